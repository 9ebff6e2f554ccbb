"""Books of a prior system are taken over whole, against control totals, or not at all."""

from datetime import date

import pytest

from fencang.messages.reasons import Reason
from tests.engine.acts import opening, opening_cash, opening_lots
from tests.engine.desk import BUY, CLOSE_TODAY, CLOSE_YESTERDAY, SELL, assign, order, stray
from tests.engine.firm import MONDAY, TUESDAY, money

FRIDAY = date(2020, 4, 17)


def test_lots_come_with_cost_and_carried_value_and_cash_with_its_account(desk):
    """5 lots bought at 18, carried at 19, marked at 20: 5,000 were paid before, 5,000 are due."""
    lots = (opening_lots(), opening_lots("BETA", SELL, 2, at="18", carried="19"))
    cash = (opening_cash("ALPHA", "100"), opening_cash(None, "7", "EUR"))
    desk.done(opening(lots, cash))
    assert (desk.net("ALPHA"), desk.net("BETA")) == (5, -2)
    assert desk.state.carrying["C1"].book.positions["CLM0"].net_lots == 3
    assert desk.equity("ALPHA") == money("1000100") + money("5000")
    assert (desk.reserve("EUR"), desk.cash("C1", "EUR")) == (money("7"), money("7"))
    desk.settle(CLM0="20.50")
    assert desk.cash("ALPHA") == money("1000100") + money("7500")
    assert desk.cash("BETA") == money("1000000") - money("3000")
    position = desk.state.subs["ALPHA"].book.positions["C1", "CLM0"]
    assert position.variation_micros == money("12500")  # 5 × (20.50 − 18) × 1,000, paid in all


def test_an_opening_book_needs_two_persons(desk):
    desk.refused(opening(approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.refused(opening(approved_by="ops"), Reason.SECOND_PERSON_IS_THE_FIRST)


@pytest.mark.parametrize(
    "totals",
    [
        {"lots_total": 4},
        {"lots_total": 6},
        {"cash_totals": (("USD", money("101")),)},
        {"cash_totals": ()},
        {"cash_totals": (("USD", money("100")), ("EUR", 0))},
    ],
)
def test_control_totals_must_agree(desk, totals):
    command = opening((opening_lots(),), (opening_cash("ALPHA", "100"),), **totals)
    desk.refused(command, Reason.CONTROL_TOTAL_DIFFERS)


def test_every_fault_is_listed_with_its_place(desk):
    lots = (
        opening_lots("NOBODY"),
        opening_lots(),
        opening_lots(contract="XX"),
        opening_lots(carrying_account_id="OMNI"),
        opening_lots(at="18.001"),
    )
    cash = (opening_cash("ALPHA", "1", owner="CLIENT"), opening_cash(None, "1", "SEK"))
    detail = desk.refused(opening(lots, cash), Reason.FAULTY_DEFINITION).detail
    for place in ("lots[0]", "lots[2]", "lots[3]", "lots[4]", "cash[0]", "cash[1]"):
        assert place in detail, detail
    assert "lots[1]" not in detail


def test_a_line_with_a_history_takes_no_opening_lots(desk):
    desk.trade("ALPHA", BUY, 1, "20")
    desk.trade("ALPHA", SELL, 1, "20.01")
    desk.refused(opening((opening_lots(),)), Reason.OPENING_LOTS_HELD)


def test_opening_lots_of_earlier_days_are_yesterdays(desk):
    lots = {"contract": "CU06", "carrying_account_id": "CN1", "at": "40000", "carried": "40000"}
    desk.done(
        opening(
            (
                opening_lots(lots=3, opened_day=FRIDAY, **lots),
                opening_lots(lots=2, opened_day=MONDAY, **lots),
            )
        )
    )
    command = order("ALPHA", SELL, 3, "CU06", "40000", offset=CLOSE_TODAY)
    desk.refused(command, Reason.CLOSE_LOTS_TOO_FEW)
    desk.done(order("ALPHA", SELL, 3, "CU06", "40000", offset=CLOSE_YESTERDAY, client_order_id="y"))


def test_lots_opened_tomorrow_are_no_opening_lots(desk):
    """Days never decrease within a book."""
    command = opening((opening_lots(opened_day=TUESDAY),))
    desk.refused(command, Reason.FAULTY_DEFINITION)


def test_a_net_account_takes_no_two_sides_of_one_line(desk):
    """In a net account one side is always empty."""
    command = opening((opening_lots(side=BUY, lots=5), opening_lots(side=SELL, lots=2)))
    desk.refused(command, Reason.FAULTY_DEFINITION)


def test_a_gross_account_takes_both_sides(desk):
    more = {"contract": "CU06", "carrying_account_id": "CN1", "at": "40000", "carried": "40000"}
    desk.done(opening((opening_lots(lots=5, **more), opening_lots(side=SELL, lots=2, **more))))
    assert desk.lots("ALPHA", "CU06", "CN1") == (5, 2)


def test_opening_cash_never_takes_the_reserve_below_zero(desk):
    """Law: the reserve is never negative."""
    command = opening(cash=(opening_cash(None, "-7000001"),))
    events = desk.do(command)
    assert events[0].__class__.__name__ == "CommandRejected"


def test_a_debit_of_a_sub_account_can_be_taken_over(desk):
    desk.done(opening(cash=(opening_cash("ALPHA", "-500"),)))
    assert desk.cash("ALPHA") == money("999500")


def test_suspense_of_the_day_is_assigned_at_its_fill_price(desk):
    execution_id = stray(desk, BUY, 4, "19")
    desk.done(assign(execution_id, "ALPHA", 4))
    desk.settle(CLM0="20")
    assert desk.cash("ALPHA") == money("1004000")
    assert desk.cash("@suspense:C1") == 0
