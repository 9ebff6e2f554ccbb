"""Sentences of statements: what one says, how days chain, how books add up, bytes that repeat."""

from collections import Counter

from pytest_bdd import step, then

from fencang.engine.flows.publication import pool_id
from fencang.reports.statement.as_csv import render_csv
from fencang.reports.statement.as_html import render_html
from fencang.reports.statement.as_json import render_json
from fencang.reports.statement.layout import lay_out
from fencang.reports.statement.values import Scope
from fencang.reports.statement.words import Language
from tests.reports.statement_desk import days_of, statements_of
from tests.scenarios.phrases import Amount, amount, phrase, rows

RESULTS = {
    "realised": "realised_micros",
    "unrealised before": "opening_unrealised_micros",
    "unrealised after": "closing_unrealised_micros",
    "variation": "variation_micros",
    "fees": "fees_micros",
    "net": "net_micros",
}


def statements(office, of_day):
    """Return every account's statement of a day by its name; each of them foots, or is refused."""
    (found,) = days_of(office.desk.records, (of_day, of_day))
    return statements_of(found)


def _balance(statement, code):
    (found,) = [each for each in statement.balances if each.currency == code]
    return found


@then(phrase("the statement of {who:Book} of {of_day:Day} says, in {code:Currency}:"))
def says(office, who, of_day, code, datatable):
    """Opening and closing and every movement between them."""
    balance = _balance(statements(office, of_day)[who], code)
    found = {
        "opening": Amount(balance.opening_micros, code),
        **{
            each.kind.value.replace("_", " "): Amount(each.amount_micros, code)
            for each in balance.movements
        },
        "closing": Amount(balance.closing_micros, code),
    }
    told = {row["line"]: amount(row["cash"]) for row in rows(datatable, "line", "cash")}
    assert found == told
    assert sum(each.micros for line, each in told.items() if line != "closing") == (
        told["closing"].micros
    ), "the table of the scenario does not add up"


@then(phrase("the statement of {who:Book} of {of_day:Day} says of {contract:Name}:"))
def says_of_contract(office, who, of_day, contract, datatable):
    """Profit and loss: realised and change of unrealised less fees."""
    (line,) = [
        each for each in statements(office, of_day)[who].results if each.contract_id == contract
    ]
    (row,) = rows(datatable, *RESULTS)
    found = {head: Amount(getattr(line, field), line.currency) for head, field in RESULTS.items()}
    assert found == {head: amount(cell) for head, cell in row.items()}


@then(phrase("the statement of {who:Book} of {of_day:Day} has these entries:"))
def has_entries(office, who, of_day, datatable):
    found = [
        (each.kind.value.replace("_", " "), str(Amount(each.amount_micros, each.currency)))
        for each in statements(office, of_day)[who].entries
    ]
    told = rows(datatable, "kind", "cash")
    assert found == [(row["kind"], str(amount(row["cash"]))) for row in told]


@then(phrase("every statement of {second:Day} begins as that of {first:Day} ended"))
def chain(office, second, first):
    """Law: closing is the next opening, in cash of every currency and in open profit."""
    before, after = statements(office, first), statements(office, second)
    assert set(before) <= set(after)
    for who, statement in after.items():
        assert _nonzero(_opening(statement)) == (
            _nonzero(_closing(before[who])) if who in before else {}
        ), who


def _opening(statement):
    found = {each.currency: each.opening_micros for each in statement.balances}
    found |= {each.contract_id: each.opening_unrealised_micros for each in statement.results}
    return found


def _closing(statement):
    found = {each.currency: each.closing_micros for each in statement.balances}
    found |= {each.contract_id: each.closing_unrealised_micros for each in statement.results}
    return found


def _nonzero(amounts):
    return {key: value for key, value in amounts.items() if value}


@then(phrase("the statements of the books of {owner:Name} of {of_day:Day} add up to its pool's"))
def add_up(office, owner, of_day):
    """Law: balances, every kind of movement, results; the table shows what to add."""
    found = statements(office, of_day)
    pool = found[pool_id(owner)]
    books = [each for each in found.values() if each.scope is Scope.BOOK and each.owner_id == owner]
    total = Counter()
    for each in books:
        total.update(_figures(each))
    assert len(books) > 1
    assert _nonzero(total) == _nonzero(_figures(pool))


def _figures(statement):
    found = {}
    for balance in statement.balances:
        found[balance.currency, "opening"] = balance.opening_micros
        found[balance.currency, "closing"] = balance.closing_micros
        for each in balance.movements:
            found[balance.currency, each.kind.value] = each.amount_micros
    for line in statement.results:
        found |= {(line.contract_id, head): getattr(line, field) for head, field in RESULTS.items()}
    return found


@then(phrase("the pool of {owner:Name} closes {of_day:Day} with {held:Money}"))
def pool_closes(office, owner, of_day, held):
    balance = _balance(statements(office, of_day)[pool_id(owner)], held.currency)
    assert Amount(balance.closing_micros, held.currency) == held


# --------------------------------------------------------------------------------------- bytes


def _papers(office, of_day):
    """Return the bytes of every account's statement in every form and language."""
    found = {}
    for who, statement in statements(office, of_day).items():
        found[who, "json"] = render_json(statement)
        found[who, "csv"] = render_csv(statement).encode()
        for language in Language:
            found[who, language] = render_html(lay_out(statement, language)).encode()
    return found


@step(phrase("all statements of {of_day:Day} are printed"))
def printed(office, of_day):
    assert all(each.is_final for each in statements(office, of_day).values())
    office.kept[of_day] = _papers(office, of_day)


@then(phrase("all statements of {of_day:Day} are the same when they are printed again"))
def printed_again(office, of_day):
    assert _papers(office, of_day) == office.kept[of_day]
