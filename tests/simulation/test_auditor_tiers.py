"""The auditor reads service tiers by itself: an honest desk is clean, a false one is told."""

from datetime import date

import pytest
from msgspec.structs import replace

from fencang.messages import commands as cmd
from fencang.messages.events import DeskDefined, OrderAccepted, ReplaceRequested
from fencang.messages.instruction_events import (
    InstructionApplied,
    InstructionQueued,
    InstructionRefused,
)
from fencang.messages.message import Interface, OrderType, TimeInForce
from fencang.simulation.random import Chance
from fencang.simulation.tier_desk import has_tiers
from fencang.simulation.world import World
from tests.engine.desk import BUY, SELL, order, trading_desk, transfer
from tests.engine.firm import SECOND, TUESDAY, WEDNESDAY, changed, define
from tests.engine.tier_firm import FIX, REST, call_off, dated, queued, tier, use_tiers
from tests.simulation.forgery import asked_otherwise, forged, laws_of, left_out

DAY_LAW = "next trading day"
TELLING_SEEDS = (35, 43)
"""Together their instructions end in every way; found by trying the first hundred."""


@pytest.fixture(scope="module")
def honest():
    """ALPHA opens tomorrow, BETA at once by one door, with limit orders in crude, two at a time."""
    desk = trading_desk()
    plain = tier(
        "plain",
        interfaces=(REST,),
        order_types=(OrderType.LIMIT,),
        times_in_force=(TimeInForce.DAY,),
        instruments=("CL",),
        messages_per_second=1,
        messages_burst=2,
    )
    grown = desk.working("ALPHA", BUY, 2, at="19", time_in_force=TimeInForce.GTC)
    use_tiers(desk, dated(instructions_max=5), plain, ALPHA="ordinary", BETA="plain")
    for name in ("b1", "b2"):
        desk.do(order("BETA", BUY, 1, at="20", client_order_id=name, interface=REST), after_ns=1)
    for name in ("a1", "a2"):
        queued(desk.do(order("ALPHA", BUY, 1, at="20", client_order_id=name, interface=REST)))
    queued(desk.replace(grown, 3))
    queued(desk.done(transfer(None, "ALPHA", "500")))
    gone = queued(desk.do(order("ALPHA", BUY, 1, at="20", client_order_id="a3")))
    desk.done(call_off(gone.instruction_id))
    queued(desk.do(order("ALPHA", BUY, 1, at="20.001", client_order_id="a4")))
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    desk.done(cmd.OpenSession(venue_id="NYMEX", trading_day=TUESDAY))
    desk.submit("BETA", BUY, 1, at="20", interface=REST)
    return tuple(desk.records)


def test_an_honest_desk_is_clean(honest):
    assert laws_of(honest) == set()
    kinds = {type(event) for record in honest for event in record.events}
    assert {InstructionApplied, InstructionRefused, ReplaceRequested} <= kinds


def test_what_is_told_of_instructions_must_be_so(honest):
    early = forged(honest, InstructionQueued, lambda it: replace(it, trading_day=WEDNESDAY))
    assert DAY_LAW in laws_of(early)
    today = forged(
        honest, InstructionQueued, lambda it: replace(it, trading_day=date(2020, 4, 20)), 1
    )
    assert DAY_LAW in laws_of(today)
    for kind in (InstructionQueued, InstructionApplied, InstructionRefused):
        assert DAY_LAW in laws_of(forged(honest, kind, left_out)), kind
    twice = forged(honest, InstructionApplied, lambda it: replace(it, instruction_id=7))
    assert DAY_LAW in laws_of(twice)


def test_nothing_opens_at_once_under_a_tier_of_tomorrow(honest):
    """Whoever is said to be of that tier opened at once before."""
    everybody = forged(
        honest,
        DeskDefined,
        lambda it: replace(
            it,
            items=tuple(
                changed(item, service_tier="ordinary") if hasattr(item, "service_tier") else item
                for item in it.items
            ),
        ),
        last_definition(honest),
    )
    assert DAY_LAW in laws_of(everybody)


def last_definition(records):
    found = [event for record in records for event in record.events if type(event) is DeskDefined]
    return len(found) - 1


@pytest.mark.parametrize(
    "fields",
    [
        {"interfaces": (FIX,)},
        {"order_types": (OrderType.MARKET,)},
        {"times_in_force": (TimeInForce.GTC,)},
        {"instruments": ("ES",)},
        {"messages_burst": 1},
    ],
)
def test_what_a_tier_has_not_is_told(honest, fields):
    narrower = forged(
        honest,
        DeskDefined,
        lambda it: replace(
            it,
            items=tuple(
                changed(item, **fields) if getattr(item, "tier_id", "") == "plain" else item
                for item in it.items
            ),
        ),
        last_definition(honest),
    )
    assert laws_of(narrower) == {"tier"}


def test_an_order_of_another_door_is_told(honest):
    assert laws_of(asked_otherwise(honest, cmd.SubmitOrder, interface=Interface.FIX)) == {"tier"}


def test_a_reduction_needs_its_door_alone():
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 2, "20")
    use_tiers(desk, dated(order_types=(OrderType.STOP,), instruments=("ES",)), ALPHA="ordinary")
    desk.done(define(dated(order_types=(OrderType.STOP,), interfaces=(REST,))))
    desk.do(order("ALPHA", SELL, 1, at="20", interface=REST), after_ns=SECOND)
    assert laws_of(desk.records) == set()
    assert laws_of(asked_otherwise(desk.records, cmd.SubmitOrder, interface=FIX)) == {"tier"}
    opening = forged(desk.records, OrderAccepted, lambda it: replace(it, is_reducing=False), 1)
    assert {"tier", DAY_LAW} <= laws_of(opening)


def test_some_simulated_desks_have_tiers_and_their_instructions_end_in_every_way():
    those = [has_tiers(Chance(seed).fork("services")) for seed in range(100)]
    assert 10 < sum(those) < 25
    assert World(those.index(False), is_thorough=False).tier_desk.act() == ("", [])
    story = {}
    for seed in TELLING_SEEDS:
        world = World(seed, is_thorough=False)
        world.run()
        for name, count in world.story.items():
            story[name] = story.get(name, 0) + count
    for name in ("Queued", "Applied", "Refused", "Cancelled", "Expired"):
        assert story.get(f"Instruction{name}"), (name, story)
