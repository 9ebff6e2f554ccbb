"""The auditor reads mass cancels for itself: an honest desk is clean, a false one is told."""

import pytest
from msgspec.structs import replace

from fencang.messages import commands as cmd
from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.cancel_events import MassCancelAccepted, MassCancelContinued
from fencang.messages.events import CancelRequested
from fencang.messages.instruction_events import InstructionCancelled
from fencang.simulation.world import World
from tests.engine.cancel_acts import bounded, cancel_orders
from tests.engine.desk import BUY, SELL, trading_desk
from tests.engine.tier_firm import dated, use_tiers
from tests.simulation.forgery import asked_otherwise, forged, laws_of, left_out

LAW = "mass cancel"
TELLING_SEED = 12


def cancelled(orders=1_000, **filters):
    """ALPHA buys and sells, BETA buys; then many orders are cancelled, so many with a command."""
    desk = trading_desk()
    for sub, side in (("ALPHA", BUY), ("ALPHA", SELL), ("BETA", BUY)):
        desk.working(sub, side, 1, at="19" if side is BUY else "21")
    with bounded(orders):
        desk.done(cancel_orders(**filters))
        for _ in range(3):
            desk.done(cmd.AdvanceTime())
    return desk.records


@pytest.mark.parametrize("orders", [1, 2, 1_000])
@pytest.mark.parametrize(
    "filters", [{}, {"node": "ALPHA"}, {"side": BUY}, {"scope_id": "CL"}, {"node": "GAMMA"}]
)
def test_an_honest_mass_cancel_is_clean(orders, filters):
    assert laws_of(cancelled(orders, **filters)) == set()


def test_a_cancel_that_was_left_out_is_told_whichever_part_it_is_of():
    for orders in (1, 1_000):
        for number in range(3):
            told = forged(cancelled(orders), CancelRequested, left_out, number)
            assert LAW in laws_of(told), (orders, number)


@pytest.mark.parametrize(
    "other",
    [{"node_id": "BETA"}, {"side": SELL}, {"scope_id": "CLM0"}, {"carrying_account_id": "C1"}],
)
def test_a_mass_cancel_of_something_else_is_told(other):
    assert LAW in laws_of(forged(cancelled(), MassCancelAccepted, lambda it: replace(it, **other)))
    assert LAW in laws_of(asked_otherwise(cancelled(), CancelOrders, **other))


def test_one_that_stops_before_all_are_asked_or_begins_unasked_is_told():
    records = cancelled(1)
    assert LAW in laws_of(forged(records, MassCancelContinued, left_out))
    done = forged(records, MassCancelAccepted, lambda it: replace(it, left_orders=0))
    assert LAW in laws_of(done)
    none = forged(records, MassCancelAccepted, lambda it: replace(it, asked_orders=0))
    assert LAW in laws_of(none)
    tick = cmd.AdvanceTime()
    unasked = [
        replace(each, command=tick) if isinstance(each.command, CancelOrders) else each
        for each in records
    ]
    assert LAW in laws_of(unasked)


def test_a_cancel_that_the_venue_refused_is_not_missed():
    desk = trading_desk()
    first, *_ = (desk.working("ALPHA", BUY, 1, at="19") for _ in range(4))
    with bounded(2):
        desk.done(cancel_orders())
        desk.done(cmd.ReportCancelRejected(order_id=first, text="too late"))
        desk.done(cmd.AdvanceTime())
    assert laws_of(desk.records) == set()


def test_an_order_that_was_left_waiting_for_its_day_is_told():
    desk = trading_desk()
    use_tiers(desk, dated(), ALPHA="ordinary")
    desk.submit("ALPHA", BUY, 1, at="20")
    desk.done(cancel_orders("ALPHA", side=BUY))
    assert laws_of(desk.records) == set()
    assert LAW in laws_of(forged(desk.records, InstructionCancelled, left_out))


def test_simulated_desks_cancel_much():
    world = World(TELLING_SEED, is_thorough=False)
    world.run()
    assert world.story["mass cancel"] > 1
    told = [event for each in world.disk.read(1) for event in each.record().events]
    accepted = [event for event in told if isinstance(event, MassCancelAccepted)]
    assert any(event.asked_orders > 1 for event in accepted)
    assert any(event.pending_orders for event in accepted)
