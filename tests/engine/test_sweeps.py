"""Sweeps on a desk: proposed by one person, applied by another as wires that wander like others.

C1 holds 10m dollars, 7m of them in the reserve.
"""

from fencang.messages.events import OperatorCalled
from fencang.messages.money_commands import WireDirection
from fencang.messages.money_events import ProposedConversion, ProposedWire, WireRequested
from fencang.messages.reasons import Reason
from tests.engine.desk import BUY, all_of, kinds, only, transfer
from tests.engine.firm import MONDAY, TUESDAY, define, money
from tests.engine.money_firm import (
    apply_sweep,
    confirm,
    funding,
    propose_sweep,
    send,
    target,
    wire,
    with_terms,
)


def test_a_sweep_moves_what_one_account_has_too_much_to_where_it_lacks(desk):
    """C1 wants 9m and has 10m; the omnibus account wants 600,000 and has nothing."""
    omni = funding(account="OMNI", holidays=(MONDAY,))
    with_terms(desk, omni, target("9000000"), target("600000", account="OMNI"))
    proposed = desk.done(propose_sweep())[0]
    assert proposed.wires == (
        ProposedWire(
            from_account_id="C1",
            to_account_id="OMNI",
            currency="USD",
            amount_micros=money("600000"),
        ),
    )
    assert desk.reserve() == money("7000000")
    events = desk.done(apply_sweep(proposed.sweep_id))
    assert kinds(events) == ["SweepApplied", *["WireRequested", "WireApproved"] * 2]
    out, into = all_of(events, WireRequested)
    assert (out.direction, into.direction) == (WireDirection.OUT, WireDirection.IN)
    # Monday is a holiday at one end: both have Tuesday's value.
    assert (out.value_date, into.value_date) == (TUESDAY, TUESDAY)
    assert desk.reserve() == money("6400000")
    # What is under way counts: nothing more is proposed.
    desk.refused(propose_sweep(), Reason.SWEEP_EMPTY)
    for each in (out, into):
        desk.done(send(each.wire_id))
        desk.done(confirm(each.wire_id, "600000"))
    assert (desk.cash("C1"), desk.cash("OMNI")) == (money("9400000"), money("600000"))
    assert desk.reserve() == money("7000000")


def test_margin_is_not_swept_away(desk):
    """400 lots need 800,000: of C1's 10m, 9.2m are free, 200,000 beyond its target of 9m."""
    with_terms(desk, funding(account="OMNI"), target("9000000"), target("600000", account="OMNI"))
    desk.trade("ALPHA", BUY, 400, "20")
    (found,) = desk.done(propose_sweep())[0].wires
    assert found.amount_micros == money("200000")


def test_what_is_short_in_a_currency_is_bought_and_a_person_is_called(desk):
    """5,500 euros are wanted, at 1.1 they cost 6,050 dollars."""
    with_terms(desk, target("0"), target("5500", "EUR"))
    proposed = desk.done(propose_sweep())[0]
    assert proposed.conversions == (
        ProposedConversion(
            carrying_account_id="C1",
            sold_currency="USD",
            sold_micros=money("6050"),
            bought_currency="EUR",
            bought_micros=money("5500"),
        ),
    )
    call = only(desk.done(apply_sweep(proposed.sweep_id)), OperatorCalled)
    assert "buy 5500.00 EUR for some 6050.00 USD" in call.detail


def test_a_sweep_whose_cash_is_gone_is_refused_whole(desk):
    with_terms(desk, funding(account="OMNI"), target("0"), target("6000000", account="OMNI"))
    number = desk.done(propose_sweep())[0].sweep_id
    desk.done(transfer(None, "ALPHA", "2000000"))
    desk.refused(apply_sweep(number), Reason.CASH_TOO_SMALL)
    desk.done(wire("5000000"))
    desk.refused(apply_sweep(number), Reason.WIRE_BEYOND_FREE_CASH)


def test_a_target_for_an_owner_who_has_no_cash_there_is_refused(desk):
    refusal = desk.do(define(target("1", owner="CLIENT")))[0]
    assert "owner CLIENT does not hold C1" in refusal.detail
