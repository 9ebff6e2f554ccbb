"""Service tiers on a desk: doors, order types, time in force, instruments, rate; the ways out."""

import pytest

from fencang.messages.commands import CancelOrder
from fencang.messages.events import CancelRequested, OrderAccepted, OrderRejected, ReplaceRequested
from fencang.messages.message import Interface, OrderType, TimeInForce
from fencang.messages.reasons import Reason
from fencang.refdata.service_tier import TakesEffect
from tests.engine.control_firm import FREE_FLOW
from tests.engine.desk import BUY, SELL, only, order
from tests.engine.firm import SECOND, changed, define, sub_account
from tests.engine.life_acts import roll
from tests.engine.tier_firm import FIX, REST, VIP, WEBSOCKET, dated, tier, use_tiers

HOUR = 3_600 * SECOND


def refused(events, reason):
    assert isinstance(events[0], OrderRejected), events
    assert events[0].reason is reason, events[0]
    return events[0]


# ---------------------------------------------------------------------------------- definitions


def test_a_desk_without_tiers_asks_nobody_for_one(desk):
    desk.done(define(changed(sub_account("ALPHA", tags=("cut",)), service_tier="of-old")))
    desk.accepted("ALPHA", BUY, 1, at="20", interface=FIX)


def test_the_first_tiers_must_cover_every_sub_account(desk):
    found = desk.refused(define(tier("gold")), Reason.FAULTY_DEFINITION)
    assert "ALPHA is of service tier standard, which nothing defines; there are gold" in (
        found.detail
    )
    assert "GAMMA is of service tier standard" in found.detail
    desk.done(define(tier("gold"), VIP))
    named = changed(sub_account("ALPHA", tags=("cut",)), service_tier="silver")
    found = desk.refused(define(named), Reason.FAULTY_DEFINITION)
    assert found.detail.count("silver") == 1
    desk.done(define(changed(named, service_tier="gold")))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"interfaces": (REST, REST)}, "interfaces names rest twice"),
        ({"order_types": (OrderType.LIMIT,) * 2}, "order_types names limit twice"),
        ({"times_in_force": (TimeInForce.DAY,) * 2}, "times_in_force names day twice"),
        ({"instruments": ("CL", "CL")}, "instruments names CL twice"),
        ({"instruments": ("*", "CL")}, "names others beside *"),
        ({"instruments": ("XX",)}, "no contract or product XX"),
        ({"interfaces": (Interface.INTERNAL,)}, "is no door from outside"),
        ({"cutoff_ns": 1}, "belong to takes_effect next_trading_day"),
        ({"venue_id": "NYMEX"}, "belong to takes_effect next_trading_day"),
        ({"takes_effect": TakesEffect.NEXT_TRADING_DAY}, "venue_id is missing"),
        ({"takes_effect": TakesEffect.NEXT_TRADING_DAY, "venue_id": "XX"}, "no venue XX"),
    ],
)
def test_every_fault_of_a_tier_is_named(desk, fields, words):
    found = desk.refused(define(tier(**fields)), Reason.FAULTY_DEFINITION)
    assert words in found.detail


WIDE = dated(cutoff_ns=HOUR, instructions_max=9, messages_per_second=5, messages_burst=9)
NARROWER = {
    "interfaces": (FIX,),
    "order_types": (OrderType.LIMIT,),
    "times_in_force": (TimeInForce.DAY,),
    "instruments": ("CL",),
    "messages_per_second": 4,
    "messages_burst": 8,
    "priority_class": 1,
    "instructions_max": 8,
    "cutoff_ns": 2 * HOUR,
}


@pytest.mark.parametrize("field", NARROWER)
def test_one_person_narrows_a_tier_and_two_widen_it(desk, field):
    """Law: nobody loosens anything alone."""
    desk.done(define(VIP, WIDE, approved_by=""))
    narrower = changed(WIDE, **{field: NARROWER[field]})
    desk.done(define(narrower, approved_by=""))
    desk.refused(define(WIDE, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.done(define(WIDE))


def test_only_two_persons_let_anything_take_effect_sooner(desk):
    desk.done(define(VIP, dated(), approved_by=""))
    desk.refused(define(tier("ordinary"), approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    elsewhere = dated(venue_id="EUREX")
    desk.refused(define(elsewhere, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.done(define(tier("ordinary")))
    desk.done(define(dated(), approved_by=""))
    alpha = changed(sub_account("ALPHA", tags=("cut",)), service_tier="ordinary")
    desk.refused(define(alpha, approved_by=""), Reason.SECOND_PERSON_REQUIRED)


# ---------------------------------------------------------------------------------------- rules


def test_vip_and_ordinary_clients_have_different_doors(desk):
    use_tiers(desk, tier("web", interfaces=(REST,)), ALPHA="web")
    found = refused(
        desk.submit("ALPHA", BUY, 1, at="20", interface=WEBSOCKET), Reason.TIER_INTERFACE
    )
    assert found.node_id == "ALPHA"
    assert found.detail == "tier web of ALPHA has rest, not websocket"
    desk.accepted("ALPHA", BUY, 1, at="20", interface=REST)
    desk.accepted("BETA", BUY, 1, at="20", interface=FIX)
    desk.accepted("ALPHA", BUY, 1, at="20")


def test_order_types_times_and_instruments_are_of_the_tier(desk):
    narrow = tier(
        "plain",
        order_types=(OrderType.LIMIT,),
        times_in_force=(TimeInForce.DAY,),
        instruments=("CLM0", "ES"),
    )
    use_tiers(desk, narrow, ALPHA="plain")
    refused(desk.submit("ALPHA", BUY, 1), Reason.TIER_ORDER_TYPE)
    good_till = desk.submit("ALPHA", BUY, 1, at="20", time_in_force=TimeInForce.GTC)
    refused(good_till, Reason.TIER_TIME_IN_FORCE)
    found = refused(desk.submit("ALPHA", BUY, 1, "CLN0", at="20"), Reason.TIER_INSTRUMENT)
    assert found.detail == "tier plain of ALPHA has neither CLN0 nor CL"
    desk.accepted("ALPHA", BUY, 1, at="20")
    desk.accepted("ALPHA", BUY, 1, "ESM0", at="3000")
    desk.accepted("BETA", BUY, 1, "CLN0")


def test_the_rate_of_a_tier_joins_the_buckets_of_the_nodes_and_the_least_wins(desk):
    slow = tier("slow", messages_per_second=1, messages_burst=2)
    use_tiers(desk, slow, ALPHA="slow", BETA="slow")
    for _ in range(2):
        desk.do(order("ALPHA", BUY, 1, at="20", client_order_id=f"a{desk.now_ns}"), after_ns=1)
    more = order("ALPHA", BUY, 1, at="20", client_order_id="more")
    (found,) = desk.do(more, after_ns=1)
    assert (found.reason, found.node_id, found.limit, found.value) == (
        Reason.MESSAGE_RATE,
        "ALPHA",
        2,
        3,
    )
    assert "tier slow of ALPHA has 1 messages a second, 2 at once" in found.detail
    other = desk.do(order("BETA", BUY, 1, at="20"), after_ns=1)
    assert isinstance(other[0], OrderAccepted)
    assert isinstance(desk.do(more, after_ns=SECOND)[0], OrderAccepted)
    desk.done(define(FREE_FLOW))
    desk.done(define(changed(FREE_FLOW, node_id="ALPHA", messages_max=0), approved_by=""))
    desk.now_ns += HOUR
    found = refused(desk.submit("ALPHA", BUY, 1, at="20"), Reason.MESSAGE_RATE)
    assert "ALPHA may send 0 messages" in found.detail


def test_a_replacement_is_a_message_and_what_it_opens_is_asked(desk):
    number = desk.working("ALPHA", BUY, 2, at="20", time_in_force=TimeInForce.GTC)
    narrow = tier("plain", interfaces=(REST,), times_in_force=(TimeInForce.DAY,))
    use_tiers(desk, narrow, ALPHA="plain")
    assert desk.replace(number, 3)[0].reason is Reason.TIER_TIME_IN_FORCE
    assert only(desk.replace(number, 1), ReplaceRequested)


# ------------------------------------------------------------------------------------- ways out


def test_a_reduction_is_refused_by_its_door_alone(desk):
    """Law: reductions must always get out; choice: type, time, instrument and rate let them."""
    desk.trade("ALPHA", BUY, 5, "20")
    narrow = tier(
        "plain",
        interfaces=(REST,),
        order_types=(OrderType.STOP,),
        times_in_force=(TimeInForce.FOK,),
        instruments=("ES",),
        messages_per_second=1,
        messages_burst=1,
    )
    use_tiers(desk, narrow, ALPHA="plain")
    for place in range(3):
        out = order("ALPHA", SELL, 1, at="20", client_order_id=f"out{place}", interface=REST)
        assert isinstance(desk.do(out, after_ns=1)[0], OrderAccepted)
    refused(desk.submit("ALPHA", SELL, 1, at="20", interface=FIX), Reason.TIER_INTERFACE)
    refused(desk.submit("ALPHA", SELL, 9, at="20", interface=REST), Reason.TIER_ORDER_TYPE)


def test_cancels_pass_by_every_door(desk):
    number = desk.working("ALPHA", BUY, 2, at="20")
    use_tiers(desk, tier("web", interfaces=(REST,)), ALPHA="web")
    cancel = CancelOrder(sub_account_id="ALPHA", order_id=number, interface=FIX)
    assert only(desk.do(cancel), CancelRequested)


def test_a_roll_is_asked_by_both_of_its_legs(desk):
    desk.trade("ALPHA", BUY, 4, "20")
    use_tiers(desk, tier("near", interfaces=(REST,), instruments=("CLM0",)), ALPHA="near")
    found = refused(desk.do(roll()), Reason.TIER_INSTRUMENT)
    assert found.detail.startswith("far leg: ")
    refused(desk.do(roll(interface=FIX)), Reason.TIER_INTERFACE)
    desk.done(define(tier("near")))
    desk.done(roll(interface=FIX))
