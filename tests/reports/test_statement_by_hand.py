"""A day computed with a pencil: two currencies, lots of today and before, suspense, transfers."""

import pytest

from fencang.messages import commands as cmd
from fencang.reports.statement.values import LotChangeKind, MovementKind, PositionSide, Scope
from tests.engine.acts import opening, opening_cash, opening_lots
from tests.engine.desk import BUY, new_desk, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, money, price
from tests.reports.hand_desk import hand_desk
from tests.reports.statement_desk import balance_of, days_of, moved, statement_of


@pytest.fixture(scope="module")
def days():
    return days_of(hand_desk().records, (TUESDAY, TUESDAY))


def line_of(lines, contract):
    (found,) = [line for line in lines if line.contract_id == contract]
    return found


def test_cash_in_dollars_goes_from_opening_to_closing(days):
    """Monday left 1,000,000 + 4 lots from 20 to 21.

    Tuesday's variation on crude, one lot being 1,000 a point: four lots carried at 21 and two
    bought at 22 came to 128,000; five sold at 23 brought 115,000 and one assigned sale at 22.50
    22,500.  Nothing is left, so 137,500 - 128,000 = 9,500 is paid.
    """
    statement = statement_of(days, "ALPHA")
    assert statement.is_final
    dollars = balance_of(statement)
    assert dollars.opening_micros == money("1004000")
    assert moved(statement, MovementKind.VARIATION) == money("9500")
    assert moved(statement, MovementKind.TRANSFER) == money("150")
    assert moved(statement, MovementKind.CONVERSION) == money("-140")
    assert dollars.closing_micros == money("1013510")


def test_cash_in_yuan_counts_fees_by_today_s_rate(days):
    """Six lots opened at 10 a lot; two closed the same day cost nothing.

    Variation, 5 a point and lot: two from 40,100 to 40,200, four to 40,150.
    """
    yuan = balance_of(statement_of(days, "ALPHA"), "CNY")
    assert yuan.opening_micros == 0
    amounts = {str(each.kind): each.amount_micros for each in yuan.movements}
    assert amounts == {
        "conversion": money("1000"),
        "variation": money("2000"),
        "fees": money("-60"),
    }
    assert yuan.closing_micros == money("2940")
    assert yuan.rate_nanos == price("0.14")
    assert yuan.rate_source == "bank"
    assert yuan.base_value_micros == money("411.60")


def test_profit_by_cost_of_record(days):
    """First in, first out: crude of Monday cost 20, the rest 22; copper's two lots gained 100."""
    statement = statement_of(days, "ALPHA")
    crude, copper = line_of(statement.results, "CLM0"), line_of(statement.results, "CU06")
    assert crude.realised_micros == money("13500")  # 4 × 3, 1 × 1, and 1 × 0.50 assigned
    assert crude.opening_unrealised_micros == money("4000")
    assert crude.closing_unrealised_micros == 0
    assert crude.net_micros == money("9500")
    assert copper.realised_micros == money("1000")
    assert copper.closing_unrealised_micros == money("1000")
    assert copper.net_micros == money("1940")


def test_positions_with_lots_of_today(days):
    (line,) = statement_of(days, "ALPHA").positions
    assert (line.contract_id, line.side) == ("CU06", PositionSide.LONG)
    assert (line.quantity_lots, line.of_today_lots) == (4, 4)
    assert line.average_price_nanos == price("40100")
    assert line.mark_nanos == price("40150")


def test_suspense_keeps_what_nobody_claimed(days):
    """Two lots sold at 22.50 stay; at 22.80 they cost 600."""
    statement = statement_of(days, "@suspense:C1")
    (line,) = statement.positions
    assert (line.side, line.quantity_lots) == (PositionSide.LONG, -2)
    assert moved(statement, MovementKind.VARIATION) == money("-600")
    kinds = [(each.kind, each.quantity_lots) for each in statement.lot_changes]
    assert kinds == [(LotChangeKind.SUSPENDED, 3), (LotChangeKind.ASSIGNED, -1)]


def test_the_reserve_tells_its_transfers_and_withdrawals(days):
    statement = statement_of(days, "@reserve:FUND")
    entries = [(each.kind, each.amount_micros, each.other_book_id) for each in statement.entries]
    assert entries == [
        (MovementKind.TRANSFER, money("-250"), "ALPHA"),
        (MovementKind.WITHDRAWAL, money("-5000"), ""),
    ]


def test_transfers_inside_an_owner_come_to_nothing_in_the_owner_s_statement(days):
    statement = statement_of(days, "@pool:FUND", Scope.OWNER)
    assert moved(statement, MovementKind.TRANSFER) == 0
    assert moved(statement, MovementKind.WITHDRAWAL) == money("-5000")
    assert statement.owner_name == "Fund"
    assert [line.book_id for line in statement.books][:2] == ["@reserve:FUND", "@suspense:C1"]
    accounts = [(line.carrying_account_id, line.owner_id) for line in statement.margin.at_brokers]
    assert ("C1", "FUND") in accounts
    assert ("OMNI", "CLIENT") not in accounts


def test_margin_is_what_was_published_last(days):
    statement = statement_of(days, "ALPHA")
    (line,) = statement.margin.standings
    assert statement.margin.trading_day == TUESDAY
    assert line.equity_micros == statement.base_equity_micros


def test_an_opening_book_is_told_as_taken_over():
    """Two lots bought at 18 and paid up to 19 bring 2,000 that a prior system had paid."""
    desk = new_desk()
    desk.rate(EUR="1.1")
    lots = opening_lots("ALPHA", BUY, 2, at="18", carried="19")
    desk.done(opening((lots,), (opening_cash("ALPHA", "50000"),)))
    desk.open()
    desk.settle(MONDAY, CLM0="21")
    desk.next_day(TUESDAY)
    (day,) = days_of(desk.records, (MONDAY, MONDAY))
    statement = statement_of([day], "ALPHA")
    (change,) = statement.lot_changes
    assert (change.kind, change.trading_day) == (LotChangeKind.OPENING_BOOK, MONDAY)
    line = line_of(statement.results, "CLM0")
    assert line.brought_in_micros == money("2000")
    assert line.closing_unrealised_micros == money("6000")
    assert line.net_micros == line.variation_micros == money("4000")
    assert moved(statement, MovementKind.OPENING_BOOK) == money("50000")


def test_an_expiry_closes_the_lots_on_the_statement():
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 2, "20.00")
    desk.settle(MONDAY, CLM0="19")
    desk.done(
        cmd.ExpireContract(contract_id="CLM0", final_price_nanos=price("-37.63"), source="feed")
    )
    days = days_of(desk.records)
    statement = statement_of(days, "ALPHA")
    assert statement.positions == ()
    last = statement.lot_changes[-1]
    assert (last.kind, last.side, last.quantity_lots) == (LotChangeKind.EXPIRED, "sell", 2)
    assert last.price_nanos == price("-37.63")
    assert line_of(statement.results, "CLM0").realised_micros == money("-115260")
    assert moved(statement, MovementKind.VARIATION) == money("-115260")
    assert statement.waits_for == ("EUREX", "OSE", "SHFE")
    assert not statement.is_final
