"""The auditor keeps days, phases and checklists by its own books, and sees a day that lies."""

import pytest
from msgspec.structs import replace

from fencang.engine.checklist import checklist, unmet
from fencang.messages import commands as cmd
from fencang.messages.day_commands import Check, OpenTradingDay, SettleContracts
from fencang.messages.day_events import (
    AcceptedCheck,
    PhaseEntered,
    SettlementCorrected,
    SettlementPricesApproved,
    TradingDayClosed,
    TradingDayOpened,
)
from fencang.messages.events import (
    ContractSettled,
    MarginPublished,
    OperatorCalled,
    TradingDaySettled,
)
from fencang.refdata.session import Phase
from tests.engine.day_acts import (
    banded,
    close_day,
    correct,
    open_day,
    session,
    settle_some,
    shut,
    strict,
)
from tests.engine.desk import BUY, stray, trading_desk
from tests.engine.firm import MONDAY, SECOND, TUESDAY
from tests.engine.reconciliation_acts import found
from tests.engine.reconciliation_acts import report as report_breaks
from tests.simulation.forgery import asked_otherwise, forged, laws_of, left_out

HOUR = 3_600 * SECOND


def close(desk, day=MONDAY):
    """Close a day with whatever is not met accepted."""
    left = tuple(row.check for row in unmet(checklist(desk.state, "NYMEX")))
    desk.done(close_day(day, *left, reason="late" if left else "", approved_by="boss"))
    return desk.records


def two_days():
    """A closed Monday, a Tuesday of sessions under a strict policy, an order in its opening."""
    desk = trading_desk()
    strict(desk)
    desk.done(open_day(MONDAY))
    desk.trade("ALPHA", BUY, 3, "20")
    desk.settle(CLM0="20")
    shut(desk)
    desk.done(close_day())
    now = desk.now_ns
    phases = (
        session(Phase.PRE_OPEN, now, now + HOUR),
        session(Phase.OPEN, now + HOUR, now + 2 * HOUR),
        session(Phase.HALT, now + 2 * HOUR, now + 3 * HOUR),
    )
    desk.done(open_day(TUESDAY, *phases))
    desk.done(cmd.AdvanceTime(), HOUR)
    desk.trade("ALPHA", BUY, 1, "21")
    desk.done(cmd.AdvanceTime(), HOUR)
    desk.done(cmd.AdvanceTime(), HOUR)
    desk.done(correct(MONDAY, "21"))
    desk.settle(TUESDAY, CLM0="22")
    return close(desk, TUESDAY)


def left_open():
    """Monday is left open for a reason, on two persons' word."""
    desk = trading_desk()
    strict(desk)
    desk.done(open_day(MONDAY))
    shut(desk)
    desk.done(open_day(TUESDAY, reason="in a hurry", approved_by="boss"))
    return desk.records


@pytest.mark.parametrize("records", [two_days(), left_open()])
def test_honest_days_break_no_law(records):
    assert laws_of(records) == set()


@pytest.mark.parametrize(
    ("kind", "place", "forge", "law"),
    [
        (TradingDayOpened, 1, left_out, "closed day"),
        (TradingDayOpened, 1, lambda e: replace(e, trading_day=MONDAY), "trading day"),
        (TradingDayOpened, 1, lambda e: replace(e, left_open=MONDAY), "trading day"),
        (TradingDayOpened, 1, lambda e: replace(e, sessions=()), "phase"),
        (TradingDayClosed, 0, lambda e: replace(e, trading_day=TUESDAY), "closed day"),
        (TradingDayClosed, 0, left_out, "trading day"),
        (TradingDaySettled, 0, left_out, "closed day"),
        (TradingDaySettled, 1, lambda e: replace(e, trading_day=MONDAY), "trading day"),
        (PhaseEntered, 0, left_out, "phase"),
        (PhaseEntered, 1, lambda e: replace(e, phase=Phase.HALT), "session"),
        (PhaseEntered, 1, lambda e: replace(e, phase=Phase.HALT), "phase"),
        (PhaseEntered, 1, lambda e: replace(e, due_ns=e.due_ns + 1), "phase"),
        (ContractSettled, 1, lambda e: replace(e, books=e.books[:0]), "variation"),
        (SettlementCorrected, 0, lambda e: replace(e, following_day=TUESDAY), "correction"),
        (
            MarginPublished,
            0,
            lambda e: replace(e, accounts=(replace(e.accounts[0], cash_micros=1),)),
            "account",
        ),
    ],
)
def test_a_day_that_is_told_falsely_is_found(kind, place, forge, law):
    assert law in laws_of(forged(two_days(), kind, forge, place))


def test_a_day_left_open_needs_two_persons_a_reason_and_a_call():
    records = left_open()
    assert laws_of(asked_otherwise(records, OpenTradingDay, approved_by="")) == {"second person"}
    assert laws_of(asked_otherwise(records, OpenTradingDay, reason="")) == {"second person"}
    assert laws_of(forged(records, OperatorCalled, left_out)) == {"trading day"}


# ------------------------------------------------------------------------------- checklist


def without_price(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    shut(desk)


def open_venue(desk):
    desk.mark(CLM0="20")


def far_price(desk):
    banded(desk)
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="20")
    desk.mark(CLM0="30")
    shut(desk)


def long_suspended(desk):
    stray(desk, BUY, 1, "20")
    desk.settle(CLM0="20")
    desk.next_day(TUESDAY)
    desk.settle(TUESDAY, CLM0="20")
    shut(desk)


def works_on(desk):
    desk.working("ALPHA", BUY, 2, at="20")
    desk.settle(CLM0="20")
    shut(desk)


def broken(desk):
    desk.done(report_breaks(found()))
    shut(desk)


ROWS = [
    (Check.PRICES, without_price, MONDAY),
    (Check.SESSIONS, open_venue, MONDAY),
    (Check.APPROVALS, far_price, MONDAY),
    (Check.FILLS, long_suspended, TUESDAY),
    (Check.ORDERS, works_on, MONDAY),
    (Check.BREAKS, broken, MONDAY),
]


@pytest.mark.parametrize(("check", "way", "day"), ROWS)
def test_a_row_that_is_not_met_and_nobody_accepted_is_found(check, way, day):
    desk = trading_desk()
    way(desk)
    records = close(desk, day)
    assert laws_of(records) == set()

    def forget(event):
        assert check in [row.check for row in event.accepted]
        kept = tuple(row for row in event.accepted if row.check is not check)
        return replace(event, accepted=kept)

    assert laws_of(forged(records, TradingDayClosed, forget)) == {"checklist"}


def test_a_row_that_was_accepted_and_lacks_nothing_is_found():
    row = AcceptedCheck(check=Check.FILLS, missing="nothing")
    records = forged(
        two_days(), TradingDayClosed, lambda e: replace(e, accepted=(row,), reason="so")
    )
    assert laws_of(records) == {"checklist"}


def test_accepting_needs_a_reason_and_two_persons():
    desk = trading_desk()
    without_price(desk)
    records = close(desk)
    no_reason = forged(records, TradingDayClosed, lambda e: replace(e, reason=""))
    assert laws_of(no_reason) == {"checklist"}
    alone = asked_otherwise(records, type(records[-1].command), approved_by="ops")
    assert laws_of(alone) == {"second person"}


# ------------------------------------------------------------------------------ settlements


def far_slice():
    desk = trading_desk()
    banded(desk)
    desk.trade("ALPHA", BUY, 2, "20")
    desk.done(settle_some(CLM0="30", approved_by="boss"))
    return desk.records


def test_a_far_price_on_one_persons_word_is_found():
    records = far_slice()
    assert laws_of(records) == set()
    laws = laws_of(asked_otherwise(records, SettleContracts, approved_by=""))
    assert laws == {"far price", "second person"}


def test_prices_are_approved_by_who_approved_them():
    told = forged(far_slice(), SettlementPricesApproved, lambda e: replace(e, approved_by="x"))
    assert laws_of(told) == {"second person"}


def test_a_contract_has_one_price_a_day():
    records = far_slice()
    twice = replace(records[-1], events=records[-1].events[:1] * 2)
    assert "settled twice" in laws_of([*records[:-1], twice])


def late_price():
    """Monday has no price; it gets one on Tuesday, after ALPHA has bought again."""
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 2, "20")
    desk.next_day(TUESDAY)
    desk.trade("ALPHA", BUY, 1, "21")
    desk.done(correct(MONDAY, "22"))
    desk.settle(TUESDAY, CLM0="22")
    return desk.records


def test_a_late_price_pays_what_its_day_carried():
    records = late_price()
    assert laws_of(records) == set()

    def of_today(event):
        part = replace(event.books[0], difference_micros=event.books[0].difference_micros * 3 // 2)
        return replace(event, books=(part,))

    assert "correction" in laws_of(forged(records, SettlementCorrected, of_today))
