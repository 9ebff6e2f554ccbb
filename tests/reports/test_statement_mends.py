"""Statements of mended fills and settlements, moved lots, wires and interest, with a pencil.

One lot of CL is worth USD 1,000 a point.
"""

import pytest

from fencang.engine.checklist import checklist, unmet
from fencang.projections.desk_view import DeskView
from fencang.refdata.session import Phase
from fencang.reports.statement.as_csv import render_csv
from fencang.reports.statement.layout import lay_out
from fencang.reports.statement.values import LotChangeKind, MovementKind, PositionSide, Scope
from fencang.reports.statement.words import Language, word
from tests.engine.day_acts import close_day, open_day, session, settle_some
from tests.engine.day_acts import correct as correct_settlement
from tests.engine.desk import BUY, SELL, assign, stray, trading_desk, transfer
from tests.engine.fill_acts import bought, bust, correct, enter, move, permit_cost
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, define, money, price
from tests.engine.money_firm import (
    approve,
    broker_pays,
    confirm,
    give_back,
    post,
    requested,
    reserve_pays,
    row,
    send,
    with_terms,
    withdraw_wire,
)
from tests.engine.option_firm import use_options
from tests.projections.test_view_follows_fills import check_books
from tests.reports.statement_desk import balance_of, days_of, moved, statement_of, statements_of


@pytest.fixture
def desk():
    return trading_desk()


def told(desk, account, scope=Scope.BOOK, day=MONDAY):
    """Return an account's statement of a day as it stands now."""
    days = days_of(desk.records, (day, day))
    for each in days:
        statements_of(each)
    return statement_of(days, account, scope)


def changes(statement):
    return [
        (str(each.kind), each.side, each.quantity_lots, each.price_nanos, each.realised_micros)
        for each in statement.lot_changes
    ]


def items(statement):
    return [
        (each.kind, each.amount_micros, each.other_book_id, each.text)
        for each in statement.entries
        if each.kind is not MovementKind.TRANSFER
    ]


def crude(statement):
    (line,) = [line for line in statement.results if line.contract_id == "CLM0"]
    return line


# ------------------------------------------------------------------------------------------ fills


def test_a_corrected_fill_stands_as_lots_taken_back_and_lots_entered(desk):
    """Of 5 bought at 20, 2 were sold at 21: 2,000.  They cost 19: 2,000 more, three lots at 19."""
    execution = bought(desk, 5, "20")
    desk.trade("ALPHA", SELL, 2, "21")
    desk.done(correct(execution, 5, "19"))
    statement = told(desk, "ALPHA")
    assert changes(statement)[1:] == [
        ("fill", "sell", 2, price("21"), money("2000")),
        ("correction", "buy", -5, price("20"), 0),
        ("correction", "buy", 5, price("19"), money("2000")),
    ]
    assert {each.execution_id for each in statement.lot_changes[-2:]} == {execution}
    (line,) = statement.positions
    assert (line.quantity_lots, line.average_price_nanos) == (3, price("19"))
    assert crude(statement).realised_micros == money("4000")


def test_a_bust_leaves_what_closed_the_fill_standing(desk):
    """5 bought at 20, 2 of them sold at 21, busted: 2 short at 20, and the profit stays."""
    execution = bought(desk, 5, "20")
    desk.trade("ALPHA", SELL, 2, "21")
    desk.done(bust(execution))
    statement = told(desk, "ALPHA")
    assert changes(statement)[-1] == ("bust", "buy", -5, price("20"), 0)
    (line,) = statement.positions
    assert (line.side, line.quantity_lots) == (PositionSide.SHORT, 2)
    assert crude(statement).realised_micros == money("2000")


def test_a_correction_stands_on_today_and_leaves_the_mended_day_alone(desk):
    """3 bought at 20 on Monday and settled at 20 were 19: 3,000 of Tuesday's variation."""
    execution = bought(desk, 3, "20")
    desk.settle(CLM0="20")
    before = told(desk, "ALPHA")
    desk.next_day(TUESDAY)
    desk.done(correct(execution, 3, "19"))
    desk.settle(TUESDAY, CLM0="20")
    monday, tuesday = told(desk, "ALPHA"), told(desk, "ALPHA", day=TUESDAY)
    assert monday.lot_changes == before.lot_changes
    assert monday.balances[0].closing_micros == before.balances[0].closing_micros
    assert [each.kind for each in tuesday.lot_changes] == [LotChangeKind.CORRECTION] * 2
    assert moved(tuesday, MovementKind.VARIATION) == money("3000")


def test_what_waits_in_suspense_is_corrected_there(desk):
    """Of 3 strays sold at 22, ALPHA has 1; busted, both give back what they have."""
    lost = stray(desk, SELL, 3, "22")
    desk.done(assign(lost, "ALPHA", 1))
    desk.done(correct(lost, 3, "23"))
    assert changes(told(desk, "@suspense:C1"))[-2:] == [
        ("correction", "sell", -2, price("22"), 0),
        ("correction", "sell", 2, price("23"), 0),
    ]
    desk.done(bust(lost, "again"))
    assert changes(told(desk, "@suspense:C1"))[-1][:3] == ("bust", "sell", -2)
    assert changes(told(desk, "ALPHA"))[-1][:3] == ("bust", "sell", -1)
    assert told(desk, "MASTER", Scope.DESK).positions == ()


def test_an_entered_fill_is_of_its_clearing_day(desk):
    """Entered on Tuesday for Monday: no lot of it is of today."""
    desk.settle(CLM0="20")
    desk.next_day(TUESDAY)
    desk.done(enter("B1", BUY, "20", {"ALPHA": 3, "BETA": 2}))
    statement = told(desk, "ALPHA", day=TUESDAY)
    assert changes(statement) == [("entered", "buy", 3, price("20"), 0)]
    (line,) = statement.positions
    assert (line.quantity_lots, line.of_today_lots) == (3, 0)


# ------------------------------------------------------------------------------------ moved lots


@pytest.mark.parametrize(
    ("at_cost", "at", "realised", "average"),
    [(False, "22", "2000", "22"), (True, "21", "0", "21")],
)
def test_moved_lots_leave_one_book_and_join_the_other(desk, at_cost, at, realised, average):
    """1 bought at 20 and 1 at 22 make 2 that cost 21; the mark is 22."""
    desk.trade("ALPHA", BUY, 1, "20")
    desk.trade("ALPHA", BUY, 1, "22")
    desk.mark(CLM0="22")
    permit_cost(desk)
    desk.done(move("ALPHA", "BETA", 2, at_cost=at_cost, approved_by="boss"))
    giver, receiver = told(desk, "ALPHA"), told(desk, "BETA")
    assert changes(giver)[-1] == ("transfer", "buy", -2, price(at), money(realised))
    assert changes(receiver) == [("transfer", "buy", 2, price(at), 0)]
    assert giver.positions == ()
    assert sum(line.quantity_lots for line in receiver.positions) == 2
    assert receiver.positions[0].average_price_nanos == price(average)


# ---------------------------------------------------------------------------------------- options


def test_premiums_are_paid_again_where_an_option_was_corrected_or_moved(desk):
    """10 calls at 1.50 cost 15,000; at 1.40 only 14,000; 4 of them moved at cost bring 5,600."""
    use_options(desk)
    desk.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    desk.done(correct(f"x{desk.executions}", 10, "1.40"))
    assert moved(told(desk, "ALPHA"), MovementKind.PREMIUM) == money("-14000")
    rows = [change.premium_micros for change in told(desk, "ALPHA").lot_changes]
    assert rows == [money("-15000"), money("15000"), money("-14000")]
    permit_cost(desk)
    desk.done(move("ALPHA", "BETA", 4, contract="LOC", at_cost=True, approved_by="boss"))
    assert moved(told(desk, "ALPHA"), MovementKind.PREMIUM) == money("-8400")
    assert moved(told(desk, "BETA"), MovementKind.PREMIUM) == money("-5600")
    view = DeskView()
    for record in desk.records:
        view.apply(record)
    check_books(desk.state, view)


# ------------------------------------------------------------------------------------ settlements


def test_a_corrected_settlement_is_an_item_of_today_that_names_its_day(desk):
    """2 bought at 20, settled at 21 instead of 22: 2,000 on Tuesday, and nothing twice."""
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="21")
    desk.next_day(TUESDAY)
    desk.done(correct_settlement(MONDAY, "22"))
    statement = told(desk, "ALPHA", day=TUESDAY)
    assert balance_of(statement).opening_micros == money("1002000")
    assert items(statement) == [
        (MovementKind.CORRECTION, money("2000"), "", f"CLM0 {MONDAY}"),
    ]
    assert statement.positions[0].mark_nanos == price("22")
    desk.settle(TUESDAY, CLM0="23")
    statement = told(desk, "ALPHA", day=TUESDAY)
    assert moved(statement, MovementKind.VARIATION) == money("2000")
    assert moved(statement, MovementKind.CORRECTION) == money("2000")
    assert crude(statement).variation_micros == money("4000")


def test_after_a_later_settlement_both_ends_are_told_and_nothing_is_paid(desk):
    """Monday at 21 instead of 22: what Monday should have paid Tuesday did."""
    desk.trade("ALPHA", BUY, 1, "20")
    desk.settle(CLM0="21")
    desk.next_day(TUESDAY)
    desk.settle(TUESDAY, CLM0="23")
    desk.next_day(WEDNESDAY)
    desk.done(correct_settlement(MONDAY, "22"))
    statement = told(desk, "ALPHA", day=WEDNESDAY)
    assert items(statement) == [
        (MovementKind.CORRECTION, money("1000"), "", f"CLM0 {MONDAY}"),
        (MovementKind.CORRECTION, money("-1000"), "", f"CLM0 {TUESDAY}"),
    ]
    assert moved(statement, MovementKind.CORRECTION) == 0
    assert balance_of(statement).opening_micros == balance_of(statement).closing_micros


# ------------------------------------------------------------------------------------ trading days


def test_days_begin_with_trading_days_and_are_settled_in_slices():
    """Monday's lots are of before on Tuesday; both slices of Monday's settlement are Monday's."""
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 1, "20")
    desk.trade("ALPHA", BUY, 1, "21", contract="CLN0")
    desk.done(settle_some(CLM0="21"))
    desk.done(settle_some(CLN0="21.50", ESM0="3000"))
    left = [found.check for found in unmet(checklist(desk.state, "NYMEX"))]
    desk.done(close_day(MONDAY, *left, reason="all is known", approved_by="boss"))
    desk.done(open_day(TUESDAY, session(Phase.OPEN)))
    assert moved(told(desk, "ALPHA"), MovementKind.VARIATION) == money("1500")
    tuesday = told(desk, "ALPHA", day=TUESDAY)
    assert [line.of_today_lots for line in tuesday.positions] == [0, 0]
    assert balance_of(tuesday).opening_micros == money("1001500")


# ------------------------------------------------------------------------------- wires and interest


def test_cash_of_a_wire_is_promised_until_it_has_gone(desk):
    with_terms(desk)
    number = requested(desk, "1000")
    reserve, promised = told(desk, "@reserve:FUND"), told(desk, "@promised:FUND")
    assert items(reserve)[-1] == (
        MovementKind.PROMISED,
        money("-1000"),
        "@promised:FUND",
        f"#{number} funding",
    )
    assert balance_of(promised).closing_micros == money("1000")
    desk.done(approve(number))
    desk.done(send(number))
    desk.done(confirm(number, "1000"))
    promised, pool = told(desk, "@promised:FUND"), told(desk, "@pool:FUND", Scope.OWNER)
    assert items(promised)[-1] == (MovementKind.WIRE, money("-1000"), "", f"#{number}")
    assert balance_of(promised).closing_micros == 0
    assert moved(pool, MovementKind.PROMISED) == 0
    assert moved(pool, MovementKind.WIRE) == money("-1000")
    desk.done(give_back(number, "990", "boss"))
    assert items(told(desk, "@reserve:FUND"))[-1][:2] == (MovementKind.WIRE, money("990"))


def test_a_cancelled_wire_gives_the_reserve_its_cash_again(desk):
    with_terms(desk)
    desk.done(withdraw_wire(requested(desk, "1000")))
    assert moved(told(desk, "@reserve:FUND"), MovementKind.PROMISED) == 0
    assert balance_of(told(desk, "@promised:FUND")).closing_micros == 0


def test_interest_comes_from_the_broker_and_goes_on_to_sub_accounts(desk):
    """1,000,000 × 3.6 % / 360 = 100 a night on what ALPHA holds."""
    desk.done(define(broker_pays(credit_ppm=36_000), reserve_pays(credit_ppm=36_000)))
    desk.done(post(MONDAY, TUESDAY))
    nights = f"{MONDAY} – {TUESDAY}"
    reserve, alpha = told(desk, "@reserve:FUND"), told(desk, "ALPHA")
    assert items(alpha) == [(MovementKind.INTEREST, money("100"), "@reserve:FUND", nights)]
    paid_on = [item for item in items(reserve) if item[2] == "ALPHA"]
    assert paid_on == [(MovementKind.INTEREST, money("-100"), "ALPHA", nights)]
    desk_wide = told(desk, "MASTER", Scope.DESK)
    assert moved(desk_wide, MovementKind.INTEREST) > 0


def test_a_minimum_of_the_day_is_a_movement_of_its_own(desk):
    """4.00 with the fill, 6.00 at the settlement: both stand on the day, and they foot."""
    desk.done(define(row("broker", per_lot_micros=money("1"), day_minimum_micros=money("10"))))
    bought(desk, 4, "20")
    desk.settle(CLM0="20")
    alpha = told(desk, "ALPHA")
    assert moved(alpha, MovementKind.FEES) == money("-4")
    assert items(alpha)[-1] == (MovementKind.DAY_MINIMUM, money("-6"), "", "CL broker 10.00")
    assert moved(told(desk, "MASTER", Scope.DESK), MovementKind.DAY_MINIMUM) == money("-6")


@pytest.mark.parametrize("language", list(Language))
def test_pages_and_tables_say_what_it_is(desk, language):
    with_terms(desk)
    requested(desk, "1000")
    execution = bought(desk, 5, "20")
    desk.done(correct(execution, 5, "19"))
    desk.done(transfer(None, "ALPHA", "1"))
    statement = told(desk, "MASTER", Scope.DESK)
    cells = {
        cell for part in lay_out(statement, language).sections for row in part.rows for cell in row
    }
    assert word("movement.promised", language) in cells
    assert word("change.correction", language) in cells
    assert ",promised," in render_csv(statement)
