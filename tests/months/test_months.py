"""Three months that a clerk computed with a pencil, and every statement of every day beside them.

The ledgers (``april-2020.csv`` and its sisters) were worked out from the diaries alone, without the
engine.  Here each ledger is checked by itself first; then the statements of every sub-account,
reserve, owner and of the desk must say the same, to the micro.
"""

from collections import Counter
from fractions import Fraction

import pytest

from fencang.reports.statement.values import MovementKind, Scope
from tests.months.arithmetic import Faulty, worked_out
from tests.months.ledger import MOVEMENTS, SIDES, Ledger
from tests.months.lived import MONTHS, days_lived, ledger_of, monthly, statements


@pytest.fixture(params=MONTHS)
def month(request):
    return request.param


def test_a_line_of_arithmetic_is_worked_out_exactly():
    assert worked_out("3 lots x (4510.25 - 4500.00) x 50") == Fraction("1537.50")
    assert worked_out("-2 lots x (-37.63 - 18.27) x 1000") == 111_800
    assert worked_out("down (-99899989.00 x 0.1 % / 360 x 1 night)") == Fraction("-277.499970")
    assert worked_out("rounded (0.0000005 x 1) - rounded (-0.0000005)") == Fraction("0.000002")
    assert worked_out("7 - 2 - 1 + 8 / 4 / 2") == 5


@pytest.mark.parametrize("text", ["3 x", "(1 + 2", "1 + 2)", "3 4", "* 2", "5 x ; 2"])
def test_arithmetic_that_nobody_can_follow_is_a_fault(text):
    with pytest.raises(Faulty):
        worked_out(text)


def test_a_ledger_adds_up_by_itself(month):
    """Arithmetic, balances from day to day, and profit by cost against cash and value."""
    assert Ledger(month).faults() == []


def test_a_ledger_s_own_check_finds_slips():
    ledger = Ledger("april-2020")
    place = next(n for n, row in enumerate(ledger.rows) if row.entry == "variation")
    wrong = ledger.rows[place]._replace(amount="1.00")
    ledger.rows[place] = wrong
    day = ledger._by_day[wrong.day]
    day[next(n for n, row in enumerate(day) if row.entry == "variation")] = wrong
    words = " ".join(ledger.faults())
    assert "comes to" in words
    assert "moved to" in words
    assert "by cost" in words


def test_the_month_has_the_days_of_its_venues(month):
    days = [day.trading_day.isoformat() for day in days_lived(month)]
    assert days == ledger_of(month).days
    assert len(days) >= 20
    assert all(day.is_final for day in days_lived(month))


# ------------------------------------------------------------------------- statements and ledgers


def nonzero(amounts):
    return {key: amount for key, amount in amounts.items() if amount}


def cash_told(statement):
    closing = {each.currency: each.closing_micros for each in statement.balances}
    moved = {
        (each.currency, str(movement.kind)): movement.amount_micros
        for each in statement.balances
        for movement in each.movements
        if movement.kind in MOVEMENTS
    }
    return nonzero(closing), nonzero(moved)


def cash_by_hand(ledger, days, books):
    closing = ledger.totals(days[-1:], books, ["closing"], lambda row: row.currency)
    moved = ledger.totals(days, books, MOVEMENTS, lambda row: (row.currency, row.entry))
    return closing, moved


def results_told(statement):
    """Return what a statement says of each contract, by the entries of the ledger."""
    found = Counter()
    for line in statement.results:
        told = {
            "realised": line.realised_micros,
            "unrealised": line.closing_unrealised_micros,
            "variation": line.variation_micros,
            "premium": line.premium_micros,
            "option value": line.closing_option_value_micros,
            "brought in": line.brought_in_micros,
            "fees": -line.fees_micros,
        }
        found.update({(line.contract_id, entry): amount for entry, amount in told.items()})
    return nonzero(found)


def results_by_hand(ledger, days, books):
    flows = ("realised", "variation", "correction", "premium", "brought in", "fees")
    found = Counter()
    for row in ledger.of(days, books, *flows):
        entry = "variation" if row.entry == "correction" else row.entry
        found[row.contract, entry] += row.micros
    for row in ledger.of(days[-1:], books, "unrealised", "option value"):
        found[row.contract, row.entry] += row.micros
    return nonzero(found)


def positions_told(statement):
    return {
        (line.book_id, line.contract_id, str(line.side)): (line.quantity_lots, line.of_today_lots)
        for line in statement.positions
    }


def positions_by_hand(ledger, day, books):
    found = {}
    for row in ledger.of([day], books, *SIDES):
        of_today = worked_out(row.arithmetic.split("+")[1])
        found[row.account, row.contract, row.entry] = (row.value, of_today)
    return found


def test_every_statement_of_every_day_is_what_the_clerk_computed(month):
    """Cash by currency and kind, profit by contract, lots of today and before."""
    ledger, compared = ledger_of(month), 0
    for day in days_lived(month):
        name = day.trading_day.isoformat()
        for statement, books in statements([day]):
            at = (name, statement.account_id)
            assert cash_told(statement) == cash_by_hand(ledger, [name], books), at
            assert results_told(statement) == results_by_hand(ledger, [name], books), at
            assert positions_told(statement) == positions_by_hand(ledger, name, books), at
            compared += 1
    assert compared > 100


def test_equity_at_the_day_s_rates(month):
    """Each currency is rounded by itself, in the statement as in the ledger."""
    ledger = ledger_of(month)
    for day in days_lived(month):
        name = day.trading_day.isoformat()
        for statement, books in statements([day]):
            if statement.scope is Scope.BOOK:
                told = nonzero({statement.account_id: statement.base_equity_micros})
                by_hand = ledger.totals([name], books, ["equity"], lambda row: row.account)
                assert told == by_hand, (name, statement.account_id)


@pytest.mark.parametrize("month", ["april-2020", "november-2019"])
def test_requirements_of_books_pools_and_brokers(month):
    ledger, compared = ledger_of(month), 0
    for day in days_lived(month):
        name = day.trading_day.isoformat()
        assert day.day.margin_day == day.trading_day
        by_hand = {row.account: row.micros for row in ledger.rows_of_day(name, "requirement")}
        told = {line.book_id: line.requirement_micros for line in day.day.margin}
        assert nonzero(told) == nonzero(by_hand), name
        at_brokers = {
            (f"{line.carrying_account_id} {line.owner_id}", line.currency): line.requirement_micros
            for line in day.day.accounts
        }
        asked = ledger.rows_of_day(name, "asked by broker")
        assert nonzero(at_brokers) == {(row.account, row.currency): row.micros for row in asked}
        compared += len(by_hand)
    assert compared > 60


def test_a_whole_month_s_statement_is_the_sum_of_the_ledger(month):
    ledger, days = ledger_of(month), days_lived(month)
    for statement, books in statements(days):
        at = statement.account_id
        assert statement.month == f"{days[0].trading_day:%Y-%m}"
        assert cash_told(statement) == cash_by_hand(ledger, ledger.days, books), at
        assert results_told(statement) == results_by_hand(ledger, ledger.days, books), at
        assert positions_told(statement) == positions_by_hand(ledger, ledger.days[-1], books), at
        assert all(balance.opening_micros == 0 for balance in statement.balances)


# ------------------------------------------------------------------------- what each month is for


def test_april_has_what_it_is_for():
    rows = ledger_of("april-2020").rows
    assert {row.currency for row in rows if row.entry == "closing"} == {"USD", "EUR", "JPY", "CNY"}
    assert any("of today" in row.arithmetic for row in rows if row.entry == "fees")
    assert any("3 nights" in row.arithmetic for row in rows if row.entry == "interest")
    assert any("settled at -37.63" in row.what_happened for row in rows)
    assert {"transfer", "conversion", "withdrawal"} <= {row.entry for row in rows}


def test_may_has_what_it_is_for():
    """A draw decides the odd lot of three assigned; one call is abandoned, one wanted anyway."""
    told = Counter()
    for change in monthly("may-2020", "MASTER", Scope.DESK).lot_changes:
        told[change.contract_id, str(change.kind)] += change.quantity_lots
    assert told["LOC", "exercise"] == 6
    assert told["LOC", "assignment"] == 6
    assert told["LWC", "exercise"] == 1
    assert told["LOC", "expired"] == 1
    assert told["LOP", "expired"] == 11
    assert told["LXC", "exercise"] == 4
    assert told["CLM0", "expired"] > 0


def test_november_has_what_it_is_for():
    desk = monthly("november-2019", "MASTER", Scope.DESK)
    kinds = {str(change.kind) for change in desk.lot_changes}
    assert {"opening_book", "entered"} <= kinds
    moved = {movement.kind for each in desk.balances for movement in each.movements}
    assert MovementKind.CORRECTION in moved
    flags = {day.trading_day.day: day.day.flags for day in days_lived("november-2019")}
    assert flags[26] == flags[29] == ()
    assert flags[27] == ("GCZ9: first notice day is 2019-11-29, 15 lots are open",)
