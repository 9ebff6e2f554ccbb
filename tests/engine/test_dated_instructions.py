"""Dated instructions: what waits, for which day, what becomes of it, and what never waits."""

from datetime import date

import pytest

from fencang.engine.decide.entry import checked
from fencang.messages import commands as cmd
from fencang.messages.events import (
    CapitalTransferred,
    CommandRejected,
    OrderAccepted,
    OrderRejected,
    OrderRouted,
    ReplaceRequested,
    SessionOpened,
)
from fencang.messages.fill_events import PositionTransferred
from fencang.messages.instruction_events import (
    InstructionApplied,
    InstructionCancelled,
    InstructionExpired,
    InstructionQueued,
    InstructionRefused,
)
from fencang.messages.life_events import RollStarted
from fencang.messages.message import OrderType, TimeInForce
from fencang.messages.reasons import Reason
from fencang.refdata.session import Phase
from fencang.refdata.venue import Venue
from tests.engine.acts import halt
from tests.engine.day_acts import close_day, open_day, session
from tests.engine.desk import BUY, SELL, order, transfer
from tests.engine.firm import (
    MONDAY,
    SECOND,
    TUESDAY,
    VENUES,
    WEDNESDAY,
    changed,
    define,
    limit,
    money,
    price,
    sub_account,
)
from tests.engine.life_acts import roll
from tests.engine.tier_firm import (
    FIX,
    REST,
    call_off,
    dated,
    move,
    queued,
    results,
    tier,
    use_tiers,
)

HOUR = 3_600 * SECOND


@pytest.fixture
def ordinary(desk):
    """ALPHA's openings wait for the next trading day, BETA's do not."""
    use_tiers(desk, dated(), ALPHA="ordinary")
    return desk


def opened(desk, day, venue="NYMEX"):
    """Close the venue, open it for another day; return the events of its opening."""
    desk.done(cmd.CloseSession(venue_id=venue))
    return desk.do(cmd.OpenSession(venue_id=venue, trading_day=day))


def only_result(events, kind):
    (found,) = results(events)
    assert isinstance(found, kind), found
    return found


# --------------------------------------------------------------------------------------- orders


def test_an_order_waits_for_the_next_trading_day_and_is_decided_then(ordinary):
    events = ordinary.submit("ALPHA", BUY, 3, at="20", interface=REST)
    found = queued(events)
    assert events == (found,)
    assert (found.sub_account_id, found.trading_day, found.contract_id) == (
        "ALPHA",
        TUESDAY,
        "CLM0",
    )
    assert ordinary.state.risk.tiers.counts["ALPHA"] == 1
    ordinary.accepted("BETA", BUY, 3, at="20", interface=REST)
    events = opened(ordinary, TUESDAY)
    assert [type(each) for each in events] == [
        SessionOpened,
        OrderAccepted,
        OrderRouted,
        InstructionApplied,
    ]
    applied = only_result(events, InstructionApplied)
    assert (applied.instruction_id, applied.trading_day) == (found.instruction_id, TUESDAY)
    assert applied.order_ids == (events[1].order_id,)
    assert ordinary.state.risk.tiers.waiting == {}
    assert results(ordinary.do(cmd.AdvanceTime())) == []


def test_a_reduction_is_immediate_and_what_crosses_zero_is_not_one(desk):
    desk.trade("ALPHA", BUY, 5, "20")
    use_tiers(desk, dated(), ALPHA="ordinary")
    desk.accepted("ALPHA", SELL, 3, at="20")
    queued(desk.submit("ALPHA", SELL, 3, at="20"))


def test_nothing_is_decided_before_its_day_or_without_its_market(ordinary):
    queued(ordinary.submit("ALPHA", BUY, 1, at="20"))
    ordinary.done(cmd.CloseSession(venue_id="NYMEX"))
    assert results(ordinary.done(cmd.OpenSession(venue_id="NYMEX", trading_day=MONDAY))) == []
    ordinary.done(cmd.CloseSession(venue_id="NYMEX"))
    ordinary.next_day(TUESDAY, "EUREX")
    begins = ordinary.now_ns + HOUR
    sessions = (
        session(Phase.HALT, begins, begins + HOUR),
        session(Phase.OPEN, begins + HOUR, begins + 9 * HOUR),
    )
    assert results(ordinary.done(open_day(TUESDAY, *sessions))) == []
    assert results(ordinary.done(cmd.AdvanceTime(), after_ns=HOUR)) == []
    events = ordinary.done(cmd.AdvanceTime(), after_ns=HOUR)
    only_result(events, InstructionApplied)


def test_a_market_that_takes_orders_before_it_opens_takes_those_too(ordinary):
    queued(ordinary.submit("ALPHA", BUY, 1, at="20"))
    ordinary.done(cmd.CloseSession(venue_id="NYMEX"))
    events = ordinary.done(open_day(TUESDAY, session(Phase.PRE_OPEN)))
    only_result(events, InstructionApplied)


def test_they_are_decided_in_the_order_of_their_numbers_each_after_the_one_before(ordinary):
    ordinary.done(define(limit("ALPHA", "CLM0", 5)))
    first, second, third = (
        queued(ordinary.submit("ALPHA", BUY, lots, at="20")).instruction_id for lots in (4, 2, 1)
    )
    found = results(opened(ordinary, TUESDAY))
    assert [each.instruction_id for each in found] == [first, second, third]
    assert [type(each) for each in found] == [
        InstructionApplied,
        InstructionRefused,
        InstructionApplied,
    ]
    refused = found[1]
    assert (refused.reason, refused.node_id, refused.limit) == (Reason.POSITION_LIMIT, "ALPHA", 5)


def test_halts_refuse_what_is_due_in_the_ordinary_way(ordinary):
    queued(ordinary.submit("ALPHA", BUY, 1, at="20"))
    halt(ordinary, "ALPHA")
    found = only_result(opened(ordinary, TUESDAY), InstructionRefused)
    assert (found.reason, found.client_order_id) == (Reason.TRADING_HALTED, "o1")
    assert found.contract_id == "CLM0"


def test_a_tier_is_asked_again_on_the_day(ordinary):
    queued(ordinary.submit("ALPHA", BUY, 1, at="20", interface=FIX))
    ordinary.done(define(dated(interfaces=(REST,)), approved_by=""))
    found = only_result(opened(ordinary, TUESDAY), InstructionRefused)
    assert found.reason is Reason.TIER_INTERFACE


def test_what_was_queued_stays_queued_when_its_tier_takes_effect_at_once(ordinary):
    """Choice: what was told to wait keeps its day; its client may cancel it and order anew."""
    queued(ordinary.submit("ALPHA", BUY, 1, at="20"))
    use_tiers(ordinary, ALPHA="standard")
    ordinary.accepted("ALPHA", BUY, 1, at="20")
    assert len(ordinary.state.risk.tiers.waiting) == 1
    only_result(opened(ordinary, TUESDAY), InstructionApplied)


def test_a_good_till_day_that_has_passed_is_refused_on_the_day(ordinary):
    queued(
        ordinary.submit("ALPHA", BUY, 1, at="20", time_in_force=TimeInForce.GTD, expire_day=MONDAY)
    )
    found = only_result(opened(ordinary, TUESDAY), InstructionRefused)
    assert found.reason is Reason.ORDER_EXPIRE_DAY


# ------------------------------------------------------------------------------------------ day


def test_from_the_cut_off_on_it_is_the_day_after(desk):
    ends = desk.now_ns + 10 * HOUR
    use_tiers(desk, dated(cutoff_ns=2 * HOUR), ALPHA="ordinary")
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    desk.done(open_day(TUESDAY, session(Phase.OPEN, 0, ends)))
    late = ends - 2 * HOUR - desk.now_ns
    early = order("ALPHA", BUY, 1, at="20", client_order_id="early")
    assert queued(desk.do(early, late - 1)).trading_day == WEDNESDAY
    one = order("ALPHA", BUY, 1, at="20", client_order_id="late")
    assert queued(desk.do(one, 1)).trading_day == date(2020, 4, 23)


def test_without_sessions_the_day_is_over_when_it_is_settled(ordinary):
    assert queued(ordinary.submit("ALPHA", BUY, 1, at="20")).trading_day == TUESDAY
    ordinary.settle(CLM0="20")
    assert queued(ordinary.submit("ALPHA", BUY, 1, at="20")).trading_day == WEDNESDAY


def test_a_day_that_was_closed_is_over(ordinary):
    ordinary.done(cmd.CloseSession(venue_id="NYMEX"))
    ordinary.settle(CLM0="20", CLN0="20", CLZ0="20", CLK0="20", ESM0="3000")
    refused = ordinary.do(close_day())
    assert not isinstance(refused[0], CommandRejected), refused
    assert queued(ordinary.submit("ALPHA", BUY, 1, at="20")).trading_day == WEDNESDAY


def test_weekends_and_holidays_are_no_trading_days(desk):
    holiday = changed(VENUES[0], holidays=(TUESDAY, date(2020, 4, 27)))
    use_tiers(desk, dated(), holiday, ALPHA="ordinary")
    assert queued(desk.submit("ALPHA", BUY, 1, at="20")).trading_day == WEDNESDAY
    desk.next_day(date(2020, 4, 24))
    found = queued(desk.submit("ALPHA", BUY, 1, at="20"))
    assert found.trading_day == date(2020, 4, 28)


def test_a_venue_that_skips_a_day_decides_on_the_next_it_opens(ordinary):
    queued(ordinary.submit("ALPHA", BUY, 1, at="20"))
    found = only_result(opened(ordinary, WEDNESDAY), InstructionApplied)
    assert found.trading_day == WEDNESDAY


def test_without_a_day_before_it_no_day_is_the_next(desk):
    lone = Venue(venue_id="LATE", name="Late", country="US")
    use_tiers(desk, lone, dated(venue_id="LATE"), ALPHA="ordinary")
    (moved,) = desk.done(transfer(None, "ALPHA", "1"))
    assert isinstance(moved, CapitalTransferred)
    never = changed(VENUES[0], weekend_days=(1, 2, 3, 4, 5, 6, 7))
    desk.done(define(never))
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.INSTRUCTION_DAY_UNKNOWN)


# --------------------------------------------------------------------------------------- bounds


def test_a_client_order_identifier_that_waits_is_used(ordinary):
    first = order("ALPHA", BUY, 1, at="20", client_order_id="mine")
    waits = queued(ordinary.do(first))
    ordinary.refused(first, Reason.DUPLICATE_ORDER)
    ordinary.done(call_off(waits.instruction_id))
    queued(ordinary.do(first))
    accepted = opened(ordinary, TUESDAY)[1]
    assert accepted.client_order_id == "mine"
    ordinary.refused(first, Reason.DUPLICATE_ORDER)


def test_so_many_may_wait_and_messages_count_when_they_are_entered(desk):
    slow = dated(instructions_max=2, messages_per_second=1, messages_burst=3)
    use_tiers(desk, slow, ALPHA="ordinary")
    for name in ("a", "b"):
        queued(desk.do(order("ALPHA", BUY, 1, at="20", client_order_id=name), after_ns=1))
    more = order("ALPHA", BUY, 1, at="20", client_order_id="c")
    refused = desk.refused(more, Reason.INSTRUCTIONS_TOO_MANY, after_ns=1)
    assert (refused.limit, refused.value) == (2, 3)
    desk.done(define(changed(slow, instructions_max=9)), after_ns=1)
    queued(desk.do(more, after_ns=1))
    found = desk.refused(changed(more, client_order_id="d"), Reason.MESSAGE_RATE, after_ns=1)
    assert "tier ordinary of ALPHA" in found.detail
    desk.done(cmd.CloseSession(venue_id="NYMEX"), after_ns=1)
    events = desk.do(cmd.OpenSession(venue_id="NYMEX", trading_day=TUESDAY), after_ns=1)
    assert [type(each) for each in results(events)] == [InstructionApplied] * 3
    desk.refused(changed(more, client_order_id="e"), Reason.MESSAGE_RATE, after_ns=1)
    queued(desk.do(changed(more, client_order_id="e"), after_ns=SECOND))


def test_much_that_is_due_is_decided_in_slices(ordinary, monkeypatch):
    monkeypatch.setattr("fencang.engine.decide.instructions.DUE_PER_COMMAND_MAX", 2)
    for _ in range(5):
        queued(ordinary.submit("ALPHA", BUY, 1, at="20"))
    assert len(results(opened(ordinary, TUESDAY))) == 2
    assert len(results(ordinary.do(cmd.AdvanceTime()))) == 2
    assert len(results(ordinary.do(cmd.AdvanceTime()))) == 1


def test_whoever_entered_it_takes_it_back_and_nobody_else(ordinary):
    waits = queued(ordinary.submit("ALPHA", BUY, 1, at="20"))
    number = waits.instruction_id
    ordinary.refused(call_off(number, "BETA"), Reason.INSTRUCTION_OF_ANOTHER_ACCOUNT)
    ordinary.refused(call_off(number + 1), Reason.INSTRUCTION_UNKNOWN)
    (event,) = ordinary.done(call_off(number))
    assert event == InstructionCancelled(
        instruction_id=number, sub_account_id="ALPHA", cancelled_by="client"
    )
    ordinary.refused(call_off(number), Reason.INSTRUCTION_UNKNOWN)
    assert results(opened(ordinary, TUESDAY)) == []


def test_what_waits_ends_with_its_contract(ordinary):
    queued(ordinary.submit("ALPHA", BUY, 1, at="20"))
    gone = cmd.ExpireContract(contract_id="CLM0", final_price_nanos=price("20"), source="feed")
    found = only_result(ordinary.done(gone), InstructionExpired)
    assert (found.contract_id, found.detail) == ("CLM0", "CLM0 has expired")
    ordinary.refused(order("ALPHA", BUY, 1, at="20"), Reason.ORDER_CONTRACT_EXPIRED)


# ----------------------------------------------------------------------------- what else may wait


def test_a_replacement_that_opens_more_waits_and_a_smaller_one_does_not(desk):
    number = desk.working("ALPHA", BUY, 5, at="20", time_in_force=TimeInForce.GTC)
    use_tiers(desk, dated(), ALPHA="ordinary")
    waits = queued(desk.replace(number, 8))
    assert isinstance(waits.command, cmd.ReplaceOrder)
    (asked,) = desk.replace(number, 4, at="19.99")
    assert isinstance(asked, ReplaceRequested)
    desk.done(cmd.ReportOrderReplaced(order_id=number, quantity_lots=4))
    events = opened(desk, TUESDAY)
    assert [each.quantity_lots for each in events if isinstance(each, ReplaceRequested)] == [8]
    assert only_result(events, InstructionApplied).order_ids == ()


def test_a_replacement_of_an_order_that_is_gone_is_refused(desk):
    number = desk.working("ALPHA", BUY, 5, at="20")
    use_tiers(desk, dated(), ALPHA="ordinary")
    queued(desk.replace(number, 8))
    desk.cancelled(number)
    found = only_result(opened(desk, TUESDAY), InstructionRefused)
    assert (found.reason, found.client_order_id) == (Reason.ORDER_NOT_WORKING, "")


def test_a_roll_waits_whole(desk):
    desk.trade("ALPHA", BUY, 4, "20")
    use_tiers(desk, dated(), ALPHA="ordinary")
    waits = queued(desk.do(roll()))
    assert waits.contract_id == "CLN0"
    desk.refused(roll(), Reason.DUPLICATE_ORDER)
    events = opened(desk, TUESDAY)
    (started,) = [each for each in events if isinstance(each, RollStarted)]
    applied = only_result(events, InstructionApplied)
    assert applied.order_ids == (started.near_order_id, started.far_order_id)


def test_a_roll_ends_with_either_contract(desk):
    desk.trade("ALPHA", BUY, 4, "20")
    use_tiers(desk, dated(), ALPHA="ordinary")
    queued(desk.do(roll()))
    gone = cmd.ExpireContract(contract_id="CLM0", final_price_nanos=price("20"), source="feed")
    assert only_result(desk.done(gone), InstructionExpired).contract_id == "CLM0"


def test_capital_for_a_book_waits_and_out_of_it_does_not(ordinary):
    waits = queued(ordinary.done(transfer(None, "ALPHA", "500")))
    assert (waits.venue_id, waits.contract_id, waits.trading_day) == ("NYMEX", "", TUESDAY)
    queued(ordinary.done(transfer("BETA", "ALPHA", "70")))
    for target in (None, "BETA"):
        (moved,) = ordinary.done(transfer("ALPHA", target, "100"))
        assert isinstance(moved, CapitalTransferred)
    ordinary.refused(transfer(None, "ALPHA", "90000000"), Reason.RESERVE_TOO_SMALL)
    before = ordinary.cash("ALPHA")
    events = opened(ordinary, TUESDAY)
    assert [type(each) for each in results(events)] == [InstructionApplied] * 2
    assert ordinary.cash("ALPHA") == before + money("570")


def test_capital_that_is_gone_on_the_day_is_refused(ordinary):
    queued(ordinary.done(transfer("BETA", "ALPHA", "900000")))
    ordinary.done(transfer("BETA", None, "900000"))
    found = only_result(opened(ordinary, TUESDAY), InstructionRefused)
    assert found.reason is Reason.CAPITAL_TOO_SMALL


def test_lots_that_come_wait_and_lots_that_go_or_close_do_not(desk):
    desk.trade("ALPHA", BUY, 2, "20", contract="CLN0")
    desk.trade("BETA", BUY, 5, "20")
    use_tiers(desk, dated(), ALPHA="ordinary")
    (gone,) = desk.done(move(1, "BETA", "ALPHA", contract="CLN0"))
    assert isinstance(gone, PositionTransferred)
    waits = queued(desk.done(move(3, "ALPHA")))
    assert waits.contract_id == "CLM0"
    assert desk.net("ALPHA") == 0
    desk.trade("GAMMA", SELL, 1, "20", contract="CLN0")
    (closed,) = desk.done(move(1, "ALPHA", "GAMMA", SELL, contract="CLN0"))
    assert isinstance(closed, PositionTransferred)
    only_result(opened(desk, TUESDAY), InstructionApplied)
    assert (desk.net("ALPHA"), desk.net("BETA")) == (3, 2)


def test_what_cannot_wait_and_would_open_at_once_is_refused(desk):
    """An order of the desk for somebody else's account is no instruction of its client."""
    use_tiers(desk, dated(), ALPHA="ordinary")
    found = checked(desk.state, order("ALPHA", BUY, 1, at="20"))
    assert found[0] is Reason.TIER_NEXT_TRADING_DAY


def test_both_clients_see_their_own_tier_side_by_side(desk):
    desk.done(define(sub_account("NEST", parent="ALPHA")))
    use_tiers(desk, dated(), tier("vip"), ALPHA="ordinary", NEST="vip")
    desk.done(transfer("BETA", "NEST", "100000"))
    desk.accepted("NEST", BUY, 1, at="20")
    queued(desk.submit("ALPHA", BUY, 1, at="20"))


def test_day_orders_of_every_type_may_wait(ordinary):
    for order_type in OrderType:
        given = {"order_type": order_type}
        if order_type in (OrderType.STOP, OrderType.STOP_LIMIT):
            given["stop_price_nanos"] = price("20.5")
        given["limit_price_nanos"] = (
            price("20.5") if order_type in (OrderType.LIMIT, OrderType.STOP_LIMIT) else None
        )
        queued(ordinary.submit("ALPHA", BUY, 1, at="20", **given))
    found = results(opened(ordinary, TUESDAY))
    assert [type(each) for each in found] == [InstructionApplied] * 4


def test_a_faulty_order_waits_and_is_refused_on_its_day(ordinary):
    """Choice: permission and tier are asked at once, everything else on the day."""
    queued(ordinary.submit("ALPHA", BUY, 1, at="20.001"))
    assert not isinstance(ordinary.submit("ALPHA", BUY, 1, "XX")[0], InstructionQueued)
    (rejected,) = ordinary.submit("ALPHA", BUY, 1, "XX")
    assert isinstance(rejected, OrderRejected)
    found = only_result(opened(ordinary, TUESDAY), InstructionRefused)
    assert found.reason is Reason.ORDER_PRICE_OFF_TICK
