"""Statements of made-up desks: fold records, compile every account, look things up."""

from datetime import date

from fencang.reports.statement.compiled import Account, Period, accounts_of, compile_statement
from fencang.reports.statement.fold import StatementDays
from fencang.reports.statement.values import Scope

EVER = (date(1990, 1, 1), date(2199, 1, 1))


def days_of(records, window=EVER, *, unended=True):
    """Return the days of a window, ended ones first, then those that may still change."""
    fold = StatementDays(*window)
    for record in records:
        fold.apply(record)
    return [*fold.take(), *(fold.unended() if unended else ())]


def statements_of(day_or_days):
    """Return every account's statement by its name."""
    days = day_or_days if isinstance(day_or_days, list) else [day_or_days]
    period = Period(days)
    accounts = accounts_of(days[-1])
    return {account.account_id: compile_statement(period, account) for account in accounts}


def statement_of(days, account_id, scope=Scope.BOOK):
    """Return one account's statement over all the days."""
    return compile_statement(Period(days), Account(scope, account_id))


def balance_of(statement, currency="USD"):
    """Return the balance in a currency."""
    (found,) = [each for each in statement.balances if each.currency == currency]
    return found


def moved(statement, kind, currency="USD"):
    """Return what a kind of movement did to the cash, 0 when there was none."""
    movements = balance_of(statement, currency).movements
    return sum(each.amount_micros for each in movements if each.kind == kind)
