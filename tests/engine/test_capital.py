"""Cash and capital: deposits, withdrawals, transfers, the reserve law, over-granted owners."""

import pytest

from fencang.messages.events import CapitalTransferred, CommandRejected, OverGrantedChanged
from fencang.messages.reasons import Reason
from tests.engine.acts import apply, approved, line, plan
from tests.engine.desk import BUY, SELL, all_of, deposit, kinds, only, order, transfer, withdraw
from tests.engine.firm import TUESDAY, money


def test_a_deposit_raises_account_and_reserve(desk):
    desk.deposit("250.000001")
    assert desk.reserve() == money("7000250.000001")
    assert desk.cash("C1") == money("10000250.000001")


def test_a_withdrawal_lowers_account_and_reserve(desk):
    desk.done(withdraw("7000000"))
    assert (desk.reserve(), desk.cash("C1")) == (0, money("3000000"))


def test_a_withdrawal_needs_two_persons(desk):
    desk.refused(withdraw("1", approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.refused(withdraw("1", approved_by="ops"), Reason.SECOND_PERSON_IS_THE_FIRST)
    assert kinds(desk.done(withdraw("1"))) == ["CashWithdrawn"]


def test_a_withdrawal_takes_nothing_from_sub_accounts(desk):
    """Law: sub-account capital + reserve = pool capital, and the reserve is never negative."""
    desk.refused(withdraw("7000000.000001"), Reason.CASH_TOO_SMALL)


def test_a_withdrawal_takes_only_what_lies_in_the_account_it_is_paid_from(desk):
    desk.deposit("5", account="OMNI")
    desk.refused(withdraw("6", account="OMNI"), Reason.CASH_TOO_SMALL)
    desk.done(withdraw("5", account="OMNI"))


def test_a_transfer_is_a_double_entry(desk):
    events = desk.done(transfer("ALPHA", "BETA", "400000"))
    moved = only(events, CapitalTransferred)
    assert (moved.from_book_id, moved.to_book_id) == ("ALPHA", "BETA")
    assert (desk.cash("ALPHA"), desk.cash("BETA")) == (money("600000"), money("1400000"))
    desk.done(transfer("BETA", None, "1400000"))
    assert (desk.cash("BETA"), desk.reserve()) == (0, money("8400000"))


def test_a_sub_account_keeps_what_its_margin_needs(desk):
    desk.accepted("ALPHA", BUY, 100, at="20")  # 100 lots at 2,000 of margin
    desk.refused(transfer("ALPHA", None, "800000.000001"), Reason.CAPITAL_TOO_SMALL)
    desk.done(transfer("ALPHA", None, "800000"))


def test_unpaid_profit_counts_as_capital_and_unpaid_loss_against_it(desk):
    desk.trade("ALPHA", BUY, 100, "20")
    desk.mark(CLM0="21")
    assert desk.equity("ALPHA") == money("1100000")
    desk.mark(CLM0="18.50")
    assert desk.equity("ALPHA") == money("850000")
    need = 100 * money("1850")
    assert desk.requirement("ALPHA") == need
    desk.refused(transfer("ALPHA", None, "665000.000001"), Reason.CAPITAL_TOO_SMALL)


def test_the_reserve_carries_a_deficit_and_keeps_what_it_needs(desk):
    """ALPHA stands at −2m: the reserve of 7m can spare 5m."""
    desk.trade("ALPHA", BUY, 400, "20")
    events = desk.mark(CLM0="12.50")
    assert desk.equity("ALPHA") == money("-2000000")
    assert all_of(events, OverGrantedChanged) == []
    desk.refused(transfer(None, "BETA", "5000000.000001"), Reason.GRANTS_EXCEED_EQUITY)
    desk.done(transfer(None, "BETA", "5000000"))


def over_granted(desk):
    desk.trade("ALPHA", BUY, 400, "20")
    desk.done(transfer(None, "GAMMA", "6500000"))
    return desk.mark(CLM0="12.50")


def test_a_market_loss_beyond_the_reserve_sets_over_granted(desk):
    """ALPHA stands at −2m, the reserve holds 0.5m: 1.5m would be other accounts' capital."""
    changed = only(over_granted(desk), OverGrantedChanged)
    assert (changed.owner_id, changed.is_over_granted) == ("FUND", True)
    assert changed.uncovered_micros == money("1500000")


def test_a_loss_exactly_covered_is_not_over_granted(desk):
    desk.trade("ALPHA", BUY, 400, "20")
    desk.done(transfer(None, "GAMMA", "6500000"))
    assert all_of(desk.mark(CLM0="16.25"), OverGrantedChanged) == []
    assert only(desk.mark(CLM0="16.24"), OverGrantedChanged).uncovered_micros == money("4000")


def test_over_granted_blocks_opening_everywhere_and_leaves_reducing(desk):
    over_granted(desk)
    desk.refused(order("GAMMA", BUY, 1, at="12.50"), Reason.OVER_GRANTED)
    desk.done(order("ALPHA", SELL, 400, at="12.50"))


def test_over_granted_freezes_plans_and_grants(desk):
    plan_id = approved(line("BETA", "1000000", "900000"))(desk)
    over_granted(desk)
    desk.refused(apply(plan_id), Reason.PLAN_FROZEN_OVER_GRANTED)
    desk.refused(plan(line("BETA", "1", "2")), Reason.PLAN_FROZEN_OVER_GRANTED)
    desk.refused(transfer(None, "BETA", "1"), Reason.GRANTS_EXCEED_EQUITY)
    desk.refused(withdraw("1"), Reason.GRANTS_EXCEED_EQUITY)


@pytest.mark.parametrize(
    "recover",
    [
        lambda desk: desk.mark(CLM0="20"),
        lambda desk: desk.deposit("1500000"),
        lambda desk: desk.done(transfer("GAMMA", "ALPHA", "1500000")),
        lambda desk: desk.done(transfer("GAMMA", None, "1500000")),
    ],
    ids=["the market", "a deposit", "capital of another", "capital given back"],
)
def test_recovery_clears_over_granted(desk, recover):
    over_granted(desk)
    changed = only(recover(desk), OverGrantedChanged)
    assert (changed.is_over_granted, changed.uncovered_micros) == (False, 0)
    desk.done(order("GAMMA", BUY, 1, at="12.50"))


def test_settling_a_loss_in_cash_does_not_change_who_stands_where(desk):
    over_granted(desk)
    equity = desk.equity("ALPHA")
    assert all_of(desk.settle(CLM0="12.50"), OverGrantedChanged) == []
    assert desk.equity("ALPHA") == equity == desk.cash("ALPHA")
    desk.next_day(TUESDAY)
    assert all_of(desk.mark(CLM0="12.50"), OverGrantedChanged) == []


def test_a_fill_far_from_the_mark_can_over_grant_at_once(desk):
    """The loss is there with the fill, not only with the next price."""
    desk.done(transfer(None, "GAMMA", "7000000"))
    order_id = desk.working("ALPHA", BUY, 400, at="20")
    events = desk.fill(order_id, 400, "25")
    assert only(events, OverGrantedChanged).uncovered_micros == money("1000000")


def test_deposits_beyond_what_a_record_holds_are_refused(desk):
    """Law: every state can be written down; an amount beyond the record's range is refused."""
    large = deposit("500000000000")
    events = [desk.do(large)[0] for _ in range(20)]
    refused = [event for event in events if isinstance(event, CommandRejected)]
    assert {event.reason for event in refused} == {Reason.VALUE_OUT_OF_RANGE}
    assert 0 < len(refused) < 20
