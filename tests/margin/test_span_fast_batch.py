"""Many accounts at once are margined as each one alone, on one thread or several."""

import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fencang.margin.method import MarginRefused
from fencang.margin.span.batch import Accounts, batch_requirements
from fencang.margin.span.compiled import ACCOUNT_PLACES, compile_span
from fencang.margin.span.full import requirement_totals
from tests.margin.span_random import random_parameters, random_portfolio
from tests.margin.span_sets import SpanSet, line


def accounts_of(portfolios):
    lots = [sorted(portfolio.lots.items()) for portfolio in portfolios]
    flat = [held for account in lots for held in account]
    return Accounts(
        offsets=np.cumsum([0, *(len(account) for account in lots)]),
        rows=np.array([row for row, _ in flat], dtype=np.int64),
        long=np.array([held.long for _, held in flat], dtype=np.int64),
        short=np.array([held.short for _, held in flat], dtype=np.int64),
        is_gross=np.array([portfolio.is_gross for portfolio in portfolios]),
        account_places=np.array([ACCOUNT_PLACES[each.account_type] for each in portfolios]),
    )


def alone(compiled, portfolio):
    try:
        return {total.currency: total for total in requirement_totals(compiled, portfolio)}
    except MarginRefused:
        return None


@pytest.mark.parametrize("seed", range(12))
def test_a_batch_is_its_accounts_one_by_one(seed):
    parameters, chance = random_parameters(seed), random.Random(seed)
    compiled = compile_span(parameters)
    made = [random_portfolio(parameters, chance, missing={}) for _ in range(60)]
    portfolios = [portfolio for portfolio in made if alone(compiled, portfolio) is not None]
    found = batch_requirements(compiled, accounts_of(portfolios))
    with ThreadPoolExecutor(2) as threads:
        again = batch_requirements(compiled, accounts_of(portfolios), threads.map)
    for column, other in zip(found, again, strict=True):
        assert (column == other).all()
    for place, portfolio in enumerate(portfolios):
        totals = alone(compiled, portfolio)
        for number, currency in enumerate(compiled.currencies):
            for name in found._fields:
                wanted = getattr(totals[currency], name) if currency in totals else 0
                assert getattr(found, name)[place, number] == wanted, (place, currency, name)


def one_contract():
    made = SpanSet()
    made.commodity("ES")
    made.future("ES", "202003", line(900))
    return compile_span(made.build())


def accounts_with(rows, long):
    ones = np.array([0], dtype=np.int64)
    return Accounts(
        np.array([0, len(rows)]), np.array(rows), np.array(long), 0 * np.array(long), ones > 1, ones
    )


def test_no_accounts_are_no_requirements():
    nothing = np.zeros(0, dtype=np.int64)
    accounts = Accounts(np.zeros(1, dtype=np.int64), *(nothing,) * 3, nothing > 0, nothing)
    assert batch_requirements(one_contract(), accounts).maintenance_micros.shape == (0, 1)


@pytest.mark.parametrize(
    ("rows", "long", "words"),
    [
        ([1], [1], "row 1 is none of the set's 1"),
        ([0, 0], [1, 1], "account 0 names row 0 twice"),
        ([0], [-1], "XYZ/ES/FUT/202003: -1 long"),
        ([0], [1 << 50], "XYZ/ES/FUT/202003: 1,125,899,906,842,624 long"),
    ],
)
def test_what_cannot_be_margined_is_refused_in_words(rows, long, words):
    with pytest.raises(MarginRefused, match=words):
        batch_requirements(one_contract(), accounts_with(rows, long))
