"""Desks under limits of value: what they state, what is reached, and what a faulty desk is told."""

from collections import Counter

import pytest

from fencang.engine.decide import margin_checks
from fencang.engine.flows import losses as loss_flow
from fencang.limits.margin_buffers import BoundBuffer, Buffer
from fencang.messages.events import CommandRejected, DeskDefined, OrderRejected
from fencang.messages.loss_events import (
    LiquidationEnd,
    LiquidationEnded,
    LossLimitReached,
    LossMeasure,
    LossStep,
)
from fencang.messages.reasons import Reason
from fencang.messages.trade_flow_events import CoolingOffStarted
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.loss_limit import LiquidationTerms, LossLimit
from fencang.refdata.margin_buffer import MarginBuffer
from fencang.simulation.desks import draw_desk
from fencang.simulation.firm_controls import with_firm_controls
from fencang.simulation.random import Chance
from fencang.simulation.swarm import draw_swarm
from fencang.simulation.value_rows import has_value_rows, with_value_rows
from fencang.simulation.watch import Broken
from fencang.simulation.world import World
from tests.plain_core import plain_core_only
from tests.simulation.test_auditor_values import lose_control

TELLING_SEEDS = (46, 174, 280, 465, 510)
"""Together they meet everything below (``telling_value_seeds`` finds such); fixed seeds as well."""
IMPACT_WORDS = ("rests for", "ns old", " ns exceed ", " lots exceed ")
KINDS = (ExposureLimit, MarginBuffer, ImpactLimit, LossLimit)

REFUSED = {
    Reason.GROSS_EXPOSURE,
    Reason.NET_EXPOSURE,
    Reason.BETA_EXPOSURE,
    Reason.CONCENTRATION,
    Reason.MARGIN_BUFFER,
    Reason.MARKET_IMPACT,
    Reason.DAILY_LOSS,
    Reason.DRAWDOWN,
    Reason.LOSS_VELOCITY,
}
STEPS = {(measure, step) for measure in LossMeasure for step in list(LossStep)[1:]}


@pytest.fixture(scope="module")
def told():
    """Every event of the telling seeds."""
    events = []
    for seed in TELLING_SEEDS:
        world = World(seed, is_thorough=False)
        world.run()
        events += [event for stored in world.disk.read(1) for event in stored.record().events]
    return events


def refusals(told, reason):
    return [each for each in told if isinstance(each, OrderRejected) and each.reason is reason]


def test_desks_state_rows_of_every_kind_on_the_tree_and_beside_it():
    kinds, beside = Counter(), Counter()
    for seed in range(60):
        chance = Chance(seed)
        items = draw_desk(chance.fork("desk"), draw_swarm(chance.fork("swarm")))
        more = with_value_rows(chance.fork("value rows"), items)
        assert more[: len(items)] == items
        rows = more[len(items) :]
        kinds.update(type(row) for row in rows)
        beside.update(type(row) for row in rows if ":" in row.node_id)
        assert len({(type(row), row.key) for row in rows}) == len(rows)
    assert set(kinds) == {*KINDS, LiquidationTerms}
    assert set(beside) == set(KINDS)


def test_what_a_desk_states_already_is_left_alone():
    for seed in range(60):
        chance = Chance(seed)
        items = draw_desk(chance.fork("desk"), draw_swarm(chance.fork("swarm")))
        stated = with_firm_controls(chance.fork("firm controls"), items)
        kinds = {type(item) for item in stated}
        more = with_value_rows(chance.fork("value rows"), stated)[len(stated) :]
        assert not kinds & {type(row) for row in more if isinstance(row, KINDS)}


def test_some_desks_have_rows_and_the_others_nobody_who_states_them():
    those = [has_value_rows(Chance(seed).fork("value rows")) for seed in range(100)]
    assert 10 < sum(those) < 30
    world = World(2, is_thorough=False)
    assert not world.has_value_rows
    assert world.value_desk.act() == ("", [])


@pytest.mark.parametrize("reason", sorted(REFUSED))
def test_every_limit_of_value_refuses_somebody(told, reason):
    assert refusals(told, reason)


def test_nodes_beside_the_tree_books_and_pools_refuse_too(told):
    for reason in (Reason.GROSS_EXPOSURE, Reason.NET_EXPOSURE, Reason.MARKET_IMPACT):
        assert any(":" in each.node_id for each in refusals(told, reason))
    buffers = {each.node_id.startswith("S") for each in refusals(told, Reason.MARGIN_BUFFER)}
    assert buffers == {True, False}


def test_orders_windows_rests_and_old_volumes_are_all_refused(told):
    words = [each.detail for each in refusals(told, Reason.MARKET_IMPACT)]
    for word in IMPACT_WORDS:
        assert any(word in each for each in words), word
    assert any(isinstance(each, CoolingOffStarted) for each in told)


@pytest.mark.parametrize(("measure", "step"), sorted(STEPS))
def test_every_measure_takes_every_step(told, measure, step):
    reached = [each for each in told if isinstance(each, LossLimitReached)]
    assert any((each.measure, each.step) == (measure, step) for each in reached)


def test_liquidations_are_cured_and_done(told):
    ends = {each.end for each in told if isinstance(each, LiquidationEnded)}
    assert ends == set(LiquidationEnd)


def test_rows_are_stated_anew_and_not_by_one_person_where_they_widen(told):
    again = [each for each in told if isinstance(each, DeskDefined) and len(each.items) == 1]
    assert {type(item) for each in again for item in each.items} >= set(KINDS)
    alone = [each for each in told if isinstance(each, CommandRejected)]
    assert any(each.reason is Reason.SECOND_PERSON_REQUIRED for each in alone)


# --------------------------------------------------------------------------------- faulty desks


def broken_law(seeds=TELLING_SEEDS):
    """Return the law that the first of some seeds breaks."""
    for seed in seeds:
        try:
            World(seed, is_thorough=False).run()
        except Broken as broken:
            return broken.fault.law
    return None


@pytest.mark.parametrize(
    ("control", "law"),
    [("exposure", "exposure"), ("market impact", "market impact"), ("losses", "losses")],
)
def test_a_desk_that_forgets_a_control_is_told(monkeypatch, control, law):
    lose_control(monkeypatch, control)
    assert broken_law() == law


@plain_core_only
@pytest.mark.parametrize("name", ["own_buffer", "pool_buffer"])
def test_a_desk_that_leaves_no_buffer_is_told(monkeypatch, name):
    monkeypatch.setattr(margin_checks, name, lambda *_: Buffer(0, BoundBuffer()))
    assert broken_law() == "margin buffer"


@plain_core_only
def test_a_desk_that_takes_no_steps_is_told(monkeypatch):
    monkeypatch.setattr(loss_flow, "_steps", lambda _: [])
    assert broken_law() == "loss step"
