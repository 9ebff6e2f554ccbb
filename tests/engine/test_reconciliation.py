"""The life of a break: it opens, ages, gets an owner, and ends by agreement or by two persons."""

import pytest

from fencang.engine import reconciliation
from fencang.messages.reasons import Reason
from fencang.messages.reconciliation_commands import Resolution
from tests.engine.desk import kinds
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY
from tests.engine.reconciliation_acts import (
    CASH,
    FILLS,
    POSITIONS,
    assign_break,
    break_id,
    found,
    report,
    resolve,
)


def open_breaks(desk, account="C1"):
    known = desk.state.reconciliations[account]
    return {state.found.subject: state for state in known.unresolved.values()}


def test_a_break_ages_from_the_day_it_was_first_seen(desk):
    """Monday the broker has 2 lots and we have 3; Tuesday it is 2 and 4; Wednesday they agree."""
    assert kinds(desk.done(report(found()))) == ["ReconciliationReported", "BreakOpened"]
    desk.next_day(TUESDAY)
    seen = desk.done(report(found(ours=4), day=TUESDAY))
    assert kinds(seen) == ["ReconciliationReported", "BreakSeenAgain"]
    state = open_breaks(desk)["CLM0"]
    assert (state.first_seen_day, state.last_seen_day) == (MONDAY.toordinal(), TUESDAY.toordinal())
    assert state.found.ours == 4
    desk.next_day(WEDNESDAY)
    agreed = desk.done(report(day=WEDNESDAY))
    assert kinds(agreed) == ["ReconciliationReported", "BreakCleared"]
    assert open_breaks(desk) == {}


def test_a_statement_clears_only_what_it_would_show(desk):
    """A statement without cash says nothing of cash, and Tuesday's fills nothing of Monday's."""
    desk.done(report(found("USD", section=CASH), found("x1", section=FILLS)))
    desk.next_day(TUESDAY)
    desk.done(report(day=TUESDAY, sections=(POSITIONS, FILLS)))
    assert sorted(open_breaks(desk)) == ["USD", "x1"]
    desk.done(report(day=TUESDAY, sections=(CASH,)))
    assert sorted(open_breaks(desk)) == ["x1"]
    desk.done(report(day=MONDAY))
    assert open_breaks(desk) == {}


def test_an_older_statement_does_not_clear_what_stands_today(desk):
    desk.next_day(TUESDAY)
    desk.done(report(found(), day=TUESDAY))
    desk.done(report(day=MONDAY))
    assert sorted(open_breaks(desk)) == ["CLM0"]


def test_an_older_statement_makes_a_break_older_and_leaves_its_amounts(desk):
    desk.next_day(TUESDAY)
    desk.done(report(found(ours=4), day=TUESDAY))
    desk.done(report(found(ours=3), day=MONDAY))
    state = open_breaks(desk)["CLM0"]
    assert state.first_seen_day == MONDAY.toordinal()
    assert state.found.ours == 4


def test_a_break_gets_an_owner_and_two_persons_end_it(desk):
    desk.done(report(found()))
    desk.done(assign_break(owner="ops1"))
    assert open_breaks(desk)["CLM0"].owner == "ops1"
    desk.refused(resolve(approved_by="ops"), Reason.SECOND_PERSON_IS_THE_FIRST)
    desk.refused(resolve(approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.done(resolve())
    assert open_breaks(desk) == {}
    refusal = desk.refused(resolve(), Reason.BREAK_UNKNOWN)
    assert "resolved already" in refusal.detail


def test_what_follows_from_a_break_ends_with_it(desk):
    follows = found("USD", section=CASH, cause_id=break_id("x1"))
    desk.done(report(found("x1", section=FILLS), follows, found("CLM0")))
    ended = desk.done(resolve("x1"))
    assert [event.break_id for event in ended] == [break_id("x1"), break_id("USD")]
    assert sorted(open_breaks(desk)) == ["CLM0"]


def test_what_was_written_off_stays_away_until_it_is_another_difference(desk):
    desk.done(report(found()))
    desk.done(resolve(how=Resolution.WRITTEN_OFF))
    desk.next_day(TUESDAY)
    again = desk.done(report(found(ours=13, theirs=12), day=TUESDAY))
    assert again[1].is_resolved
    assert open_breaks(desk) == {}
    grown = desk.done(report(found(ours=14, theirs=12), day=TUESDAY))
    assert grown[1].is_reopened
    state = open_breaks(desk)["CLM0"]
    assert state.first_seen_day == MONDAY.toordinal(), "it is as old as it was"


def test_what_was_booked_must_be_gone(desk):
    """A deposit was missing here; it is booked, but the next statement still differs."""
    desk.done(report(found("USD", section=CASH)))
    desk.deposit("1")
    booked = desk.machine.sequence
    desk.done(resolve("USD", Resolution.BOOKED, booked))
    again = desk.done(report(found("USD", section=CASH), at_sequence=booked))
    assert again[1].is_reopened


def test_a_booking_stands_after_the_book_that_was_compared(desk):
    desk.done(report(found(), at_sequence=5))
    for booked in (5, 999):
        desk.refused(resolve(how=Resolution.BOOKED, booked=booked), Reason.BREAK_BOOKING)
    desk.done(resolve(how=Resolution.BOOKED, booked=6))


def test_open_and_resolved_breaks_are_bounded(desk, monkeypatch):
    monkeypatch.setattr("fencang.engine.decide.reconciliation.OPEN_BREAKS_MAX", 2)
    monkeypatch.setattr(reconciliation, "RESOLVED_BREAKS_MAX", 1)
    desk.done(report(found("a"), found("b")))
    desk.refused(report(found("a"), found("b"), found("c")), Reason.BREAKS_TOO_MANY)
    desk.done(resolve("a"))
    desk.done(resolve("b"))
    assert list(desk.state.reconciliations["C1"].resolved) == [break_id("b")]


def test_accounts_do_not_know_each_others_breaks(desk):
    desk.done(report(found()))
    desk.done(report(account="OMNI"))
    assert sorted(open_breaks(desk)) == ["CLM0"]
    desk.refused(assign_break(account="OMNI"), Reason.BREAK_UNKNOWN)


def test_an_account_that_is_not_there_has_no_breaks(desk):
    for command in (report(account="NONE"), assign_break(account="NONE"), resolve(account="NONE")):
        desk.refused(command, Reason.UNKNOWN_CARRYING_ACCOUNT)


@pytest.mark.parametrize("account", ["C1", "CN1"])
def test_a_day_is_one_of_the_accounts_venues(desk, account):
    desk.next_day(TUESDAY, "SHFE")
    if account == "CN1":
        desk.done(report(day=TUESDAY, account=account))
    else:
        desk.refused(report(day=TUESDAY, account=account), Reason.STATEMENT_OF_THE_FUTURE)
