"""Every statement that records can give, as hashes of its bytes: what a replay is compared by."""

import hashlib
from itertools import groupby

from fencang.reports.statement.as_csv import render_csv
from fencang.reports.statement.as_html import render_html
from fencang.reports.statement.as_json import render_json
from fencang.reports.statement.compiled import Period, accounts_of, compile_statement
from fencang.reports.statement.layout import lay_out
from fencang.reports.statement.words import Language
from tests.reports.statement_desk import days_of


def forms_of(statement, language=Language.ENGLISH):
    """Return a statement's bytes as JSON, CSV and HTML."""
    page = render_html(lay_out(statement, language))
    return render_json(statement), render_csv(statement).encode(), page.encode()


def papers_of(records):
    """Return name → SHA-256 of every account's statement of every ended day and every month."""
    days = days_of(records, unended=False)
    found = {}
    for day in days:
        found |= _papers(Period([day]), day.trading_day.isoformat())
    for month, of_month in groupby(days, lambda day: f"{day.trading_day:%Y-%m}"):
        found |= _papers(Period(list(of_month), month), month)
    return found


def _papers(period, name):
    found = {}
    for account in accounts_of(period.last):
        content = b"\0".join(forms_of(compile_statement(period, account)))
        key = f"{name} {account.scope} {account.account_id}"
        found[key] = hashlib.sha256(content).hexdigest()
    return found
