"""The three months as a desk lived them: records, ended days, and who belongs to whom."""

from datetime import date
from functools import cache

from fencang.reports.statement.compiled import Account, Period, accounts_of, compile_statement
from fencang.reports.statement.values import Scope
from tests.months.diary import Diary
from tests.months.firms import FIRMS
from tests.months.ledger import Ledger
from tests.reports.statement_desk import days_of

MONTHS = tuple(FIRMS)


@cache
def desk_of(month):
    """Return the desk at the end of a month, checked after every command."""
    return Diary(month).live()


@cache
def ledger_of(month):
    return Ledger(month)


@cache
def days_lived(month):
    """Return the ended days of a month."""
    days = [date.fromisoformat(day) for day in ledger_of(month).days]
    return days_of(desk_of(month).records, (days[0], days[-1]), unended=False)


def statements(days):
    """Yield every account's statement over days, with the books that it adds up."""
    period = Period(days, f"{days[0].trading_day:%Y-%m}" if len(days) > 1 else "")
    for account in accounts_of(days[-1]):
        yield compile_statement(period, account), account.books(days[-1])


def monthly(month, account_id, scope=Scope.BOOK):
    """Return one account's statement of a whole month."""
    days = days_lived(month)
    period = Period(days, f"{days[0].trading_day:%Y-%m}")
    return compile_statement(period, Account(scope, account_id))
