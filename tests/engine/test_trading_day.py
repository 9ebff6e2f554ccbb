"""A trading day from its opening to its closing, as a clerk tells it."""

from fencang.engine.checklist import checklist
from fencang.messages import commands as cmd
from fencang.messages.day_commands import Check
from fencang.messages.day_events import PhaseEntered, TradingDayClosed, TradingDayOpened
from fencang.messages.events import (
    CommandRejected,
    MarginPublished,
    OperatorCalled,
    OrderRejected,
    TradingDaySettled,
)
from fencang.messages.message import TimeInForce
from fencang.messages.reasons import Reason
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.session import Phase
from tests.engine.day_acts import (
    banded,
    close_day,
    closed,
    held,
    in_phase,
    no_early_orders,
    open_day,
    session,
    settle_some,
    shut,
    strict,
)
from tests.engine.desk import BUY, OPEN, SELL, kinds, only, order, settlement, stray
from tests.engine.firm import (
    DAY,
    MONDAY,
    SECOND,
    TUESDAY,
    WEDNESDAY,
    changed,
    define,
    money,
    price,
    rule,
)
from tests.engine.reconciliation_acts import found
from tests.engine.reconciliation_acts import report as report_breaks

HOUR = 3_600 * SECOND


def missing(desk, venue="NYMEX"):
    """Return the rows that are not met, with what is missing."""
    return {row.check: row.missing for row in checklist(desk.state, venue) if not row.is_met}


def wait(desk, after_ns):
    return desk.done(cmd.AdvanceTime(), after_ns)


# ------------------------------------------------------------------------------- the checklist


def test_a_day_on_which_nothing_happened_is_ready_as_soon_as_the_venue_has_shut(desk):
    assert missing(desk) == {Check.SESSIONS: "the venue is in phase open"}
    shut(desk)
    assert missing(desk) == {}
    events = desk.done(close_day())
    assert kinds(events)[:2] == ["TradingDaySettled", "TradingDayClosed"]
    assert only(events, TradingDayClosed).accepted == ()
    assert only(events, MarginPublished).trading_day == MONDAY


def test_every_contract_held_or_worked_in_needs_a_settlement_price(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    desk.working("BETA", BUY, 1, contract="CLN0", at="19", time_in_force=TimeInForce.GTC)
    shut(desk)
    assert missing(desk) == {
        Check.PRICES: "0 of 2 contracts have a settlement price; "
        "no settlement price of CLM0; no settlement price of CLN0"
    }
    desk.done(settle_some(CLM0="21"))
    assert "1 of 2 contracts" in missing(desk)[Check.PRICES]
    desk.done(settle_some(CLN0="19"))
    assert missing(desk) == {}


def test_a_price_far_from_what_was_marked_since_waits_for_a_second_person(desk):
    """Settled at 20 in the afternoon; in the evening the feed says 25, and the band is 5 %."""
    banded(desk)
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="20")
    shut(desk)
    desk.mark(CLM0="25")
    assert missing(desk) == {
        Check.APPROVALS: "CLM0 was settled at 20, far from its mark 25",
    }


def test_two_persons_may_settle_far_from_the_mark(desk):
    banded(desk)
    desk.trade("ALPHA", BUY, 2, "20")
    refusal = desk.refused(settlement(CLM0="22"), Reason.SETTLEMENT_PRICE_FAR)
    assert "CLM0: 22 is further than 50000 ppm from the mark 20" in refusal.detail
    assert desk.cash("ALPHA") == money("1000000")
    desk.done(settlement(CLM0="22", approved_by="boss"))
    shut(desk)
    desk.mark(CLM0="30")
    assert missing(desk) == {}


def test_within_twenty_ticks_no_price_is_far(desk):
    """5 % of 0.50 is 0.025, but crude moves 0.20 without anybody being asked."""
    banded(desk)
    desk.mark(CLM0="0.50")
    desk.settle(CLM0="0.70")


def test_a_fill_that_nobody_claimed_since_yesterday_keeps_the_day_open(desk):
    execution_id = stray(desk, BUY, 1, "20")
    desk.settle(CLM0="20")
    shut(desk)
    assert missing(desk) == {}
    desk.done(close_day())
    desk.done(open_day(TUESDAY))
    desk.settle(TUESDAY, CLM0="20")
    assert missing(desk) == {Check.FILLS: f"{execution_id} at C1 lies in suspense since 2020-04-20"}


def test_an_order_in_doubt_keeps_the_day_open(desk):
    order_id = desk.accepted("ALPHA", BUY, 1, at="20", time_in_force=TimeInForce.GTC)
    desk.done(cmd.RestartDesk())
    desk.settle(CLM0="20")
    shut(desk)
    assert missing(desk) == {Check.FILLS: f"order {order_id} is in doubt"}


def test_orders_of_the_day_must_be_gone_and_others_may_stay(desk):
    day_order = desk.working("ALPHA", BUY, 1, at="19")
    until_today = desk.working(
        "ALPHA", BUY, 1, at="19", time_in_force=TimeInForce.GTD, expire_day=MONDAY
    )
    desk.working("ALPHA", BUY, 1, at="19", time_in_force=TimeInForce.GTD, expire_day=TUESDAY)
    desk.working("ALPHA", BUY, 1, at="19", time_in_force=TimeInForce.GTC)
    desk.settle(CLM0="20")
    shut(desk)
    words = "order {} in CLM0 works although it ends with the day"
    assert missing(desk) == {
        Check.ORDERS: f"{words.format(day_order)}; {words.format(until_today)}"
    }
    for order_id in (day_order, until_today):
        desk.done(cmd.ReportOrderExpired(order_id=order_id))
    assert missing(desk) == {}


def test_open_breaks_of_a_reconciliation_keep_the_day_open(desk):
    shut(desk)
    desk.done(report_breaks(found("CLM0"), found("CLN0"), found("ESM0")))
    assert missing(desk) == {Check.BREAKS: "3 breaks at C1 are open"}
    assert missing(desk, "SHFE") == {Check.SESSIONS: "the venue is in phase open"}


def test_two_books_that_differ_keep_the_day_open(desk):
    """No command brings this about; a defect would, and must be seen before the day is closed."""
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="20")
    shut(desk)
    desk.state.carrying["C1"].book.positions["CLM0"].long_lots = 3
    assert missing(desk) == {Check.BOOKS: "CLM0 at C1: carried 3/0, books 2/0"}


def test_a_row_names_ten_and_counts_the_rest(desk):
    for _ in range(12):
        desk.working("ALPHA", BUY, 1, at="19")
    desk.settle(CLM0="20")
    shut(desk)
    assert missing(desk)[Check.ORDERS].endswith("; and 2 more")


# --------------------------------------------------------------------------------- the closing


def test_a_day_that_is_not_ready_is_refused_with_the_list(desk):
    held(desk)
    refusal = desk.refused(close_day(), Reason.DAY_NOT_READY)
    assert refusal.detail == (
        "prices: 0 of 1 contracts have a settlement price; no settlement price of CLM0"
    )


def test_what_is_missing_is_accepted_by_name_with_a_reason_and_a_second_person(desk):
    held(desk)
    alone = close_day(MONDAY, Check.PRICES, reason="no price was published")
    desk.refused(alone, Reason.SECOND_PERSON_REQUIRED)
    events = desk.done(
        close_day(MONDAY, Check.PRICES, reason="no price was published", approved_by="boss")
    )
    (accepted,) = only(events, TradingDayClosed).accepted
    assert accepted.check is Check.PRICES
    assert "no settlement price of CLM0" in accepted.missing
    assert only(events, TradingDaySettled).trading_day == MONDAY


def test_a_closed_day_takes_nothing_more(desk):
    execution_id = closed(desk)
    assert desk.state.venues["NYMEX"].is_day_closed
    session_again = cmd.OpenSession(venue_id="NYMEX", trading_day=MONDAY)
    desk.refused(session_again, Reason.WRONG_TRADING_DAY)
    desk.refused(settlement(CLM0="20"), Reason.ALREADY_SETTLED)
    desk.refused(open_day(MONDAY), Reason.WRONG_TRADING_DAY)
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.SESSION_CLOSED)
    assert execution_id in desk.state.carrying["C1"].suspense.fills


def test_a_late_fill_calls_a_person_and_is_booked_once_the_next_day_is_open(desk):
    order_id = desk.working("ALPHA", BUY, 5, at="20", time_in_force=TimeInForce.GTC)
    desk.settle(CLM0="20")
    shut(desk)
    desk.done(close_day())
    events = desk.fill(order_id, 5, "20", execution_id="late")
    assert kinds(events) == ["CommandRejected", "OperatorCalled"]
    assert "2020-04-20 is closed at NYMEX; report it on the next day" in events[0].detail
    desk.done(open_day(TUESDAY))
    desk.fill(order_id, 5, "20", execution_id="late")
    assert desk.lots("ALPHA") == (5, 0)


# ------------------------------------------------------------------------- one after the other


def test_a_desk_that_never_closes_days_goes_on_as_before(desk):
    desk.settle(CLM0="20")
    desk.next_day(TUESDAY)
    desk.settle(TUESDAY, CLM0="20")


def test_under_the_strict_policy_days_open_one_after_the_other(desk):
    strict(desk)
    shut(desk)
    desk.refused(open_day(TUESDAY), Reason.DAY_BEFORE_NOT_CLOSED)
    desk.done(close_day())
    opened = only(desk.done(open_day(TUESDAY)), TradingDayOpened)
    assert opened.left_open is None
    desk.open("NYMEX", TUESDAY)
    desk.accepted("ALPHA", BUY, 1, at="20")


def test_under_the_strict_policy_a_second_person_passes_over_a_day(desk):
    strict(desk)
    shut(desk)
    events = desk.done(open_day(TUESDAY, reason="the broker is late", approved_by="boss"))
    assert only(events, TradingDayOpened).left_open == MONDAY
    assert "the broker is late" in only(events, OperatorCalled).detail


def test_under_the_lenient_policy_a_day_left_open_is_named(desk):
    shut(desk)
    assert only(desk.done(open_day(TUESDAY)), TradingDayOpened).left_open == MONDAY


def test_a_day_is_not_opened_while_a_session_of_the_day_before_runs(desk):
    desk.refused(open_day(TUESDAY), Reason.SESSION_STATE)


# ------------------------------------------------------------------------------------ sessions


def night_and_day(desk, begin_in=HOUR):
    """Close Monday and open Tuesday: pre-open, a night session, a pause, a day session."""
    shut(desk)
    desk.done(close_day())
    start = desk.now_ns + begin_in
    return desk.done(
        open_day(
            TUESDAY,
            session(Phase.PRE_OPEN, start, start + HOUR),
            session(Phase.OPEN, start + HOUR, start + 3 * HOUR),
            session(Phase.OPEN, start + 10 * HOUR, start + 12 * HOUR),
            session(Phase.HALT, start + 12 * HOUR, start + 13 * HOUR),
            session(Phase.OPEN, start + 13 * HOUR, start + 14 * HOUR),
        )
    )


def test_phases_come_with_the_time_that_commands_carry(desk):
    night_and_day(desk)
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.SESSION_CLOSED)
    entered = only(wait(desk, HOUR), PhaseEntered)
    assert (entered.phase, entered.trading_day) == (Phase.PRE_OPEN, TUESDAY)
    desk.accepted("ALPHA", BUY, 1, at="20")
    assert only(wait(desk, HOUR), PhaseEntered).phase is Phase.OPEN
    assert only(wait(desk, 2 * HOUR), PhaseEntered).phase is Phase.CLOSE
    assert wait(desk, SECOND) == ()
    assert only(wait(desk, 7 * HOUR), PhaseEntered).phase is Phase.OPEN
    assert only(wait(desk, 2 * HOUR), PhaseEntered).phase is Phase.HALT
    assert only(wait(desk, HOUR), PhaseEntered).phase is Phase.OPEN
    assert only(wait(desk, DAY), PhaseEntered).phase is Phase.CLOSE


def test_any_command_brings_a_phase_that_is_due(desk):
    """Nobody sent a timer tick: the order itself comes three hours later, in the night session."""
    night_and_day(desk)
    events = desk.do(order("ALPHA", BUY, 1, at="20"), after_ns=3 * HOUR - SECOND)
    assert kinds(events) == ["PhaseEntered", "OrderAccepted", "OrderRouted"]


def test_a_refused_order_brings_the_phase_too(desk):
    night_and_day(desk)
    events = desk.do(order("ALPHA", BUY, 1, at="20"), after_ns=13 * HOUR + SECOND)
    assert [type(event) for event in events] == [PhaseEntered, OrderRejected]
    assert events[1].reason is Reason.SESSION_HALTED


def test_a_day_opened_in_the_middle_of_a_session_is_open_at_once(desk):
    shut(desk)
    events = desk.done(open_day(MONDAY, session(Phase.OPEN)))
    assert kinds(events) == ["TradingDayOpened", "PhaseEntered"]
    desk.accepted("ALPHA", BUY, 1, at="20")


def test_a_venue_that_was_open_is_shut_when_the_sessions_of_its_day_lie_ahead(desk):
    """Opened by hand for Monday, then the calendar says that Monday begins in an hour."""
    start = desk.now_ns + HOUR
    events = desk.done(open_day(MONDAY, session(Phase.OPEN, start, start + HOUR)))
    assert only(events, PhaseEntered).phase is Phase.CLOSE
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.SESSION_CLOSED)
    wait(desk, HOUR)
    desk.accepted("ALPHA", BUY, 1, at="20")


def test_lots_of_the_night_session_are_lots_of_the_next_trading_day(desk):
    """Shanghai: bought on Monday, closed in the night of Tuesday: 1 of yesterday, 2 of today."""
    desk.trade("ALPHA", BUY, 1, "40000", contract="CU06", offset=OPEN)
    desk.settle(venue="SHFE", CU06="40000")
    shut(desk, "SHFE")
    desk.done(close_day(venue="SHFE"))
    desk.done(open_day(TUESDAY, session(Phase.OPEN), venue="SHFE"))
    desk.trade("ALPHA", BUY, 2, "40000", contract="CU06", offset=OPEN)
    position = desk.state.subs["ALPHA"].book.positions["CN1", "CU06"]
    today = desk.state.venues["SHFE"].today
    assert today == TUESDAY.toordinal()
    assert position.long.quantity_of_day(today) == 2
    assert position.long.quantity_lots == 3


def test_in_a_halt_only_cancels_pass(desk):
    order_id = desk.working("ALPHA", BUY, 1, at="20")
    in_phase(Phase.HALT)(desk)
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.SESSION_HALTED)
    assert kinds(desk.cancel(order_id)) == ["CancelRequested"]


def test_before_the_open_the_venue_decides_whether_orders_are_taken(desk):
    desk.done(open_day(MONDAY, session(Phase.PRE_OPEN)))
    desk.accepted("ALPHA", BUY, 1, at="20")
    desk.done(no_early_orders())
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.SESSION_PRE_OPEN)


def test_a_halt_that_nobody_knew_of_is_a_closed_session_until_the_next_phase(desk):
    start = desk.now_ns
    desk.done(
        open_day(
            MONDAY,
            session(Phase.OPEN, start, start + HOUR),
            session(Phase.OPEN, start + HOUR, start + 2 * HOUR),
        )
    )
    shut(desk)
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.SESSION_CLOSED)
    wait(desk, HOUR)
    desk.accepted("ALPHA", BUY, 1, at="20")


def test_a_day_cannot_be_closed_while_sessions_lie_ahead(desk):
    night_and_day(desk)
    assert missing(desk) == {Check.SESSIONS: "5 sessions of the day lie ahead"}
    wait(desk, 2 * DAY)
    desk.done(close_day(TUESDAY))
    desk.refused(close_day(WEDNESDAY), Reason.WRONG_TRADING_DAY)


def test_a_stated_close_is_no_session_that_lies_ahead(desk):
    """Calendars state the close up to the next day's pre-open; the day may be closed before."""
    start = desk.now_ns
    desk.done(
        open_day(
            MONDAY,
            session(Phase.OPEN, start, start + HOUR),
            session(Phase.CLOSE, start + HOUR, start + 9 * HOUR),
        )
    )
    assert missing(desk) == {
        Check.SESSIONS: "the venue is in phase open",
    }
    wait(desk, 2 * HOUR)
    assert missing(desk) == {}
    desk.done(close_day(MONDAY))
    desk.done(open_day(TUESDAY))


def test_a_cut_waits_for_trading_and_leaves_with_the_open(desk):
    """A rule fires in a halt: the reductions are routed when the halt ends, not before."""
    desk.done(define(rule()))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.vix("20", close=True)
    start = desk.now_ns
    desk.done(
        open_day(
            MONDAY,
            session(Phase.HALT, start, start + HOUR),
            session(Phase.OPEN, start + HOUR, start + 9 * HOUR),
        )
    )
    assert "OrderRouted" not in kinds(desk.vix("21"))
    assert kinds(wait(desk, HOUR)) == ["PhaseEntered", "OrderAccepted", "OrderRouted"]


def test_a_hold_and_a_phase_may_end_with_one_tick(desk):
    watched = changed(rule(hold_ns=HOUR), rule_id="STORM")
    assert isinstance(watched, IndicatorRule)
    desk.done(define(watched))
    desk.trade("ALPHA", SELL, 10, "20")
    desk.vix("20", close=True)
    desk.vix("21")
    desk.vix("20", close=True)
    desk.done(open_day(MONDAY, session(Phase.HALT, 0, desk.now_ns + HOUR)))
    assert kinds(wait(desk, 2 * HOUR)) == ["PhaseEntered", "RuleArmed"]


# -------------------------------------------------------------------------------------- slices


def test_a_day_settled_in_slices_pays_what_one_settlement_pays(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    desk.trade("BETA", SELL, 3, "21", contract="CLN0")
    desk.done(settle_some(CLM0="21.50"))
    assert desk.cash("ALPHA") == money("1003000")
    assert desk.cash("BETA") == money("1000000")
    desk.accepted("GAMMA", BUY, 1, at="20")
    desk.done(settle_some(CLN0="20"))
    assert desk.cash("BETA") == money("1003000")
    events = desk.done(settlement())
    assert only(events, TradingDaySettled).trading_day == MONDAY


def test_a_slice_is_settled_whole_or_not_at_all_and_once(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    desk.refused(settle_some(CLM0="21", ESM0="3000.1"), Reason.PRICE_OFF_TICK)
    desk.done(settle_some(CLM0="21"))
    refusal = desk.refused(settle_some(CLM0="22"), Reason.ALREADY_SETTLED)
    assert "CorrectSettlement mends it" in refusal.detail
    desk.refused(settlement(CLM0="22"), Reason.ALREADY_SETTLED)
    desk.refused(settle_some(TUESDAY, CLN0="22"), Reason.WRONG_TRADING_DAY)
    desk.refused(settle_some(CU06="40000"), Reason.UNKNOWN_CONTRACT)
    desk.refused(settle_some(venue="LSE", CLN0="20"), Reason.UNKNOWN_REFERENCE)


def test_a_manual_slice_needs_two_persons(desk):
    desk.refused(settle_some(source="manual", CLM0="20"), Reason.SECOND_PERSON_REQUIRED)
    desk.done(settle_some(source="manual", approved_by="boss", CLM0="20"))


def test_lots_traded_after_their_contract_was_settled_are_paid_the_next_day(desk):
    desk.done(settle_some(CLM0="21"))
    desk.trade("ALPHA", BUY, 1, "22")
    shut(desk)
    desk.done(close_day())
    desk.done(open_day(TUESDAY, session(Phase.OPEN)))
    assert desk.cash("ALPHA") == money("1000000")
    desk.settle(TUESDAY, CLM0="23")
    assert desk.cash("ALPHA") == money("1001000")


def test_commands_on_a_venue_nobody_knows_are_refused(desk):
    for command in (open_day(venue="LSE"), close_day(venue="LSE")):
        refusal = desk.refused(command, Reason.UNKNOWN_REFERENCE)
        assert isinstance(refusal, CommandRejected)
        assert "LSE" in refusal.detail


def test_a_price_of_a_day_is_a_price_whatever_its_sign(desk):
    banded(desk)
    desk.mark(CLM0="-37.63")
    desk.settle(CLM0="-38")
    assert desk.state.contracts["CLM0"].settlement_nanos == price("-38")


def test_the_close_that_a_calendar_states_is_no_session_ahead(desk):
    """Shanghai is shut from 15:00 on; its calendar says so up to the next morning."""
    start, shuts = desk.now_ns + HOUR, desk.now_ns + 7 * HOUR
    sessions = session(Phase.OPEN, start, shuts), session(Phase.CLOSE, shuts, shuts + 17 * HOUR)
    shut(desk, "SHFE")
    desk.settle(venue="SHFE", CU06="40000")
    desk.done(close_day(venue="SHFE"))
    desk.done(open_day(TUESDAY, *sessions, venue="SHFE"))
    assert missing(desk, "SHFE") == {Check.SESSIONS: "1 sessions of the day lie ahead"}
    wait(desk, 8 * HOUR)
    assert missing(desk, "SHFE") == {}
    desk.done(close_day(TUESDAY, venue="SHFE"))
