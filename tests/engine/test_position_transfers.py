"""Lots moved between sub-accounts of one owner: equity at the mark, cost only by policy."""

import pytest

from fencang.messages.fill_events import PositionTransferred
from fencang.messages.message import Offset
from fencang.messages.reasons import Reason
from fencang.refdata.contract import CostMethod
from tests.engine.desk import OPEN, SELL, kinds, only, order
from tests.engine.fill_acts import bought, bust, correct, move, permit_cost
from tests.engine.firm import (
    CL,
    MONDAY,
    TUESDAY,
    changed,
    define,
    limit,
    money,
    rule,
    sub_account,
)
from tests.engine.test_fill_corrections import cu_layers, layers, position, realised


def equities(desk, *subs):
    return [desk.equity(sub) for sub in subs]


def test_a_transfer_at_the_mark_changes_nobodys_equity(desk):
    """10 at 18, mark 20: ALPHA realises 8,000 of 4 lots, BETA begins at 20."""
    bought(desk, 10, "18")
    before = equities(desk, "ALPHA", "BETA")
    events = desk.done(move("ALPHA", "BETA", 4))
    assert kinds(events) == ["PositionTransferred"]
    assert equities(desk, "ALPHA", "BETA") == before
    assert realised(desk) == money("8000")
    assert layers(desk) == [(MONDAY, 6, money("18000"))]
    assert layers(desk, "BETA") == [(MONDAY, 4, money("20000"))]
    assert desk.state.carrying["C1"].book.position("CLM0").long_lots == 10
    assert desk.cash("ALPHA") == money("1000000")
    desk.settle(CLM0="21")
    # 6 × 3 and the 4 × 2 of before for ALPHA, 4 × 1 for BETA.
    assert desk.cash("ALPHA") == money("1026000")
    assert desk.cash("BETA") == money("1004000")


def test_a_transfer_at_cost_takes_profit_cost_and_days_along(desk):
    """4 of 10 lots of Monday at 18 move on Tuesday at 20: 8,000 of profit go with them."""
    permit_cost(desk)
    bought(desk, 10, "18")
    desk.settle(CLM0="19")
    desk.next_day(TUESDAY)
    desk.mark(CLM0="20")
    alpha, beta = equities(desk, "ALPHA", "BETA")
    desk.done(move("ALPHA", "BETA", 4, at_cost=True, approved_by="boss"))
    assert equities(desk, "ALPHA", "BETA") == [alpha - money("8000"), beta + money("8000")]
    assert realised(desk) == 0
    assert layers(desk, "BETA") == [(MONDAY, 4, money("18000"))]
    desk.settle(TUESDAY, CLM0="20")
    assert desk.cash("BETA") == money("1008000")
    assert desk.cash("ALPHA") == money("1012000")


def test_a_short_position_at_a_negative_price_moves_like_any_other(desk):
    desk.mark(CLM0="-37.63")
    bought(desk, 3, "-30", side=SELL)
    before = equities(desk, "ALPHA", "GAMMA")
    desk.done(move("ALPHA", "GAMMA", 3, SELL))
    assert equities(desk, "ALPHA", "GAMMA") == before
    assert (desk.net("ALPHA"), desk.net("GAMMA")) == (0, -3)
    assert realised(desk) == money("22890")


@pytest.mark.parametrize(
    ("contract", "at", "mark", "profit"),
    [("FDAX", "10000", "10000.5", "12.5"), ("NKM0", "20000", "19995", "-5000")],
)
def test_profit_is_realised_in_the_contracts_currency(desk, contract, at, mark, profit):
    bought(desk, 2, at, contract=contract)
    desk.mark(**{contract: mark})
    desk.done(move("ALPHA", "BETA", 1, contract=contract))
    assert realised(desk, contract=contract) == money(profit)


def test_lots_that_meet_the_receivers_opposite_close_them(desk):
    """BETA is short 5 at 21; 3 long lots at the mark of 20 close 3 of them: 3,000."""
    bought(desk, 4, "19")
    bought(desk, 5, "21", sub="BETA", side=SELL)
    desk.done(move("ALPHA", "BETA", 3))
    assert desk.lots("BETA") == (0, 2)
    assert realised(desk, "BETA") == money("3000")
    assert desk.state.carrying["C1"].book.position("CLM0").long_lots == -1


def test_a_reducing_transfer_passes_a_limit_that_an_order_would_meet(desk):
    bought(desk, 4, "19")
    bought(desk, 5, "21", sub="BETA", side=SELL)
    desk.done(define(limit("BETA", "CLM0", 0)))
    desk.done(move("ALPHA", "BETA", 3))
    desk.refused(move("BETA", "ALPHA", 3, SELL), Reason.TRANSFER_LOTS_TOO_FEW)


def test_limits_above_both_do_not_count_the_lots_twice(desk):
    """The master may hold 10 and holds 10: moving them changes nothing up there."""
    bought(desk, 10, "20")
    desk.done(define(limit("MASTER", "CLM0", 10), limit("BETA", "CLM0", 10)))
    desk.done(move("ALPHA", "BETA", 10))
    assert desk.net("BETA") == 10


def test_gross_lots_move_oldest_first_and_keep_their_days(desk):
    """3 of Monday at 40,000, 2 of Tuesday at 40,010; 4 move at the mark of 40,000."""
    bought(desk, 3, "40000", contract="CU06", offset=OPEN)
    desk.settle(venue="SHFE", CU06="40000")
    desk.next_day(TUESDAY, "SHFE")
    bought(desk, 2, "40010", contract="CU06", offset=OPEN)
    desk.done(move("ALPHA", "BETA", 4, contract="CU06", account="CN1"))
    assert cu_layers(desk) == [(TUESDAY, 1, money("200050"))]
    assert cu_layers(desk, "BETA") == [
        (MONDAY, 3, money("200000")),
        (TUESDAY, 1, money("200000")),
    ]
    assert realised(desk, contract="CU06", account="CN1") == money("-50")
    desk.done(order("BETA", SELL, 3, "CU06", "40000", offset=Offset.CLOSE_YESTERDAY))
    today = order("BETA", SELL, 2, "CU06", "40000", "o", offset=Offset.CLOSE_TODAY)
    desk.refused(today, Reason.CLOSE_LOTS_TOO_FEW)


def test_gross_lots_never_close_the_receivers_other_side(desk):
    bought(desk, 3, "40000", contract="CU06", offset=OPEN)
    bought(desk, 2, "40000", sub="BETA", side=SELL, contract="CU06", offset=OPEN)
    desk.done(move("ALPHA", "BETA", 3, contract="CU06", account="CN1"))
    assert desk.lots("BETA", "CU06", "CN1") == (3, 2)


def test_average_cost_moves_in_proportion(desk):
    """2 at 100 and 1 at 103 cost 303,000: 1 lot takes 101,000 along."""
    permit_cost(desk)
    average = changed(CL, product_id="AV", cost_method=CostMethod.AVERAGE)
    contract = changed(desk.state.contracts["CLM0"].contract, contract_id="AV1", product_id="AV")
    subs = [sub_account(name, tags=("cut",), products=("AV",)) for name in ("ALPHA", "BETA")]
    desk.done(define(average, contract, *subs))
    desk.mark(AV1="100")
    bought(desk, 2, "100", contract="AV1")
    bought(desk, 1, "103", contract="AV1")
    desk.done(move("ALPHA", "BETA", 1, contract="AV1", at_cost=True, approved_by="boss"))
    assert position(desk, contract="AV1").long.cost_micros == money("202000")
    assert position(desk, "BETA", "AV1").long.cost_micros == money("101000")


def test_a_correction_after_a_transfer_stays_with_the_account_of_the_fill(desk):
    """BETA took the lots over at the mark; that they cost ALPHA less is ALPHA's."""
    execution = bought(desk, 4, "20")
    desk.done(move("ALPHA", "BETA", 4))
    desk.done(correct(execution, 4, "19"))
    assert realised(desk) == money("4000")
    assert layers(desk, "BETA") == [(MONDAY, 4, money("20000"))]
    desk.done(bust(execution, "fix2"))
    assert (desk.net("ALPHA"), desk.net("BETA")) == (-4, 4)


def test_a_rule_in_force_keeps_the_receiver_from_opening_and_cuts_nothing_twice(desk):
    desk.done(define(rule()))
    bought(desk, 10, "20", sub="GAMMA")
    bought(desk, 10, "20")
    desk.vix("20", close=True)
    desk.vix("21")
    desk.refused(move("GAMMA", "BETA", 1), Reason.OPENING_BLOCKED_BY_RULE)
    desk.refused(move("ALPHA", "GAMMA", 6), Reason.TRANSFER_LOTS_FROZEN)
    event = only(desk.done(move("ALPHA", "GAMMA", 5)), PositionTransferred)
    assert event.quantity_lots == 5


def test_margin_follows_the_lots_and_the_pools_stands(desk):
    """10 % of 20,000 a lot."""
    bought(desk, 10, "20")
    pool = dict(desk.state.pools["FUND"].standing.requirement)
    desk.done(move("ALPHA", "BETA", 4))
    assert (desk.requirement("ALPHA"), desk.requirement("BETA")) == (
        money("12000"),
        money("8000"),
    )
    assert desk.state.pools["FUND"].standing.requirement == pool
