"""Several owners under one roof: what one owns never supports another."""

import pytest

from fencang.messages.events import OverGrantedChanged
from fencang.messages.reasons import Reason
from tests.engine.desk import (
    BUY,
    SELL,
    all_of,
    assign,
    convert,
    deposit,
    order,
    stray,
    transfer,
    withdraw,
)
from tests.engine.firm import C1, OMNI, VENUES, changed, define, money, sub_account


@pytest.fixture
def clients(desk):
    """CLIENT1 has USD 50,000 in the omnibus account, FUNDOMNI of the holder 500,000."""
    desk.fund("CLIENT1", "50000", owner="CLIENT", account="OMNI")
    desk.fund("FUNDOMNI", "500000", account="OMNI")
    return desk


def test_an_owner_who_does_not_hold_the_account_needs_an_omnibus_one(desk):
    desk.refused(deposit("1", owner="CLIENT"), Reason.OWNER_NEEDS_OMNIBUS)
    routed = sub_account("CLIENT2", owner="CLIENT", routes={"NYMEX": "C1"})
    refusal = desk.refused(define(routed), Reason.FAULTY_DEFINITION)
    assert "not omnibus" in refusal.detail


def test_capital_never_moves_between_owners(clients):
    clients.refused(transfer("FUNDOMNI", "CLIENT1", "1"), Reason.OWNERS_DIFFER)
    clients.refused(transfer("CLIENT1", "FUNDOMNI", "1"), Reason.OWNERS_DIFFER)


def test_positions_of_two_owners_are_margined_apart(clients):
    """Long and short of two owners in one account do not offset."""
    clients.trade("CLIENT1", BUY, 10, "20")
    clients.trade("FUNDOMNI", SELL, 10, "20")
    pools, rates = clients.state.pools, clients.state.rates
    assert rates.total(pools["CLIENT"].standing.requirement) == money("20000")
    assert rates.total(pools["FUND"].standing.requirement) == money("20000")
    clients.refused(order("CLIENT1", BUY, 16, at="20"), Reason.MARGIN_SUB_ACCOUNT)


def test_one_owners_loss_over_grants_that_owner_alone(clients):
    clients.trade("CLIENT1", BUY, 20, "20")
    events = clients.mark(CLM0="15")  # −100,000 on 50,000
    (changed_,) = all_of(events, OverGrantedChanged)
    assert (changed_.owner_id, changed_.uncovered_micros) == ("CLIENT", money("50000"))
    clients.refused(order("CLIENT1", BUY, 1, at="15"), Reason.OVER_GRANTED)
    clients.done(order("FUNDOMNI", BUY, 1, at="15"))


def test_one_owner_cannot_withdraw_cash_of_another(clients):
    clients.done(transfer("CLIENT1", None, "50000"))
    command = withdraw("50000.000001", account="OMNI", owner="CLIENT")
    clients.refused(command, Reason.CASH_TOO_SMALL)
    clients.done(withdraw("50000", account="OMNI", owner="CLIENT"))


def test_one_owner_cannot_convert_cash_of_another(clients):
    """Law: one owner's cash never supports another."""
    command = convert("CLIENT1", "50000.000001 USD", "40000 EUR", account="OMNI")
    clients.refused(command, Reason.CASH_TOO_SMALL)
    clients.done(convert("CLIENT1", "50000 USD", "45000 EUR", account="OMNI"))


def test_one_owner_cannot_withdraw_from_an_account_where_only_another_has_cash(clients):
    """The holder's cash lies in C1 and OMNI, the client's in OMNI: CLIENT may not draw on C1."""
    clients.refused(withdraw("1", account="C1", owner="CLIENT"), Reason.OWNER_NEEDS_OMNIBUS)
    clients.done(transfer("FUNDOMNI", None, "500000"))
    clients.done(withdraw("500000", account="OMNI"))
    clients.refused(withdraw("1", account="OMNI"), Reason.CASH_TOO_SMALL)
    assert clients.cash("OMNI") == money("50000")


def test_suspense_is_the_holders_and_never_assigned_to_another_owner(clients):
    execution_id = stray(clients, BUY, 4, "20", account="OMNI")
    command = assign(execution_id, "CLIENT1", 4, account="OMNI")
    clients.refused(command, Reason.OWNERS_DIFFER)
    clients.done(assign(execution_id, "FUNDOMNI", 4, account="OMNI"))
    assert clients.lots("FUNDOMNI", account="OMNI") == (4, 0)


SHANGHAI = changed(OMNI, venues=("NYMEX", "SHFE"))


def test_a_chinese_venue_refuses_sub_accounts_of_several_owners(desk):
    """Look-through: the holder of the account is the owner, omnibus or not."""
    stranger = sub_account("CLIENT2", owner="CLIENT", routes={"SHFE": "OMNI"})
    refusal = desk.refused(define(SHANGHAI, stranger), Reason.FAULTY_DEFINITION)
    assert "SHFE refuses" in refusal.detail
    desk.done(define(SHANGHAI, sub_account("FUND2", routes={"SHFE": "OMNI"})))


def test_a_venue_cannot_turn_look_through_over_the_heads_of_its_owners(desk):
    """CLIENT1 trades NYMEX through OMNI: the same fault, whichever value brings it."""
    nymex = changed(VENUES[0], one_owner_only=True)
    events = desk.do(define(nymex))
    assert events[0].reason in (Reason.FAULTY_DEFINITION, Reason.DEFINITION_IN_USE)


def test_an_account_cannot_lose_a_venue_that_sub_accounts_are_routed_to(desk):
    events = desk.do(define(changed(C1, venues=("NYMEX",))))
    assert events[0].reason in (Reason.FAULTY_DEFINITION, Reason.DEFINITION_IN_USE)


def test_an_account_that_carries_other_owners_stays_omnibus(desk):
    events = desk.do(define(changed(OMNI, omnibus=False)))
    assert events[0].reason in (Reason.FAULTY_DEFINITION, Reason.DEFINITION_IN_USE)
