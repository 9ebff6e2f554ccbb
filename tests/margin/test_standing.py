"""Standing in the base currency: valuation, and the haircut that always counts against us."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.money import MONEY_MICROS_MAX, PPM, RATE_NANOS
from fencang.margin.standing import Rates, Standing

MILLION = 1_000_000_000_000
AMOUNTS = st.integers(-MONEY_MICROS_MAX, MONEY_MICROS_MAX)
BALANCES = st.dictionaries(st.sampled_from(["USD", "EUR", "CNY", "JPY"]), AMOUNTS)


def rates_of(haircut_ppm=0, **rate_nanos):
    rates = Rates("USD")
    rates.haircut_ppm = haircut_ppm
    rates.rate_nanos.update(rate_nanos)
    return rates


RATES = st.builds(
    rates_of,
    haircut_ppm=st.one_of(st.just(0), st.integers(0, PPM)),
    EUR=st.integers(1, 10 * RATE_NANOS),
    CNY=st.integers(1, RATE_NANOS),
    JPY=st.integers(1, RATE_NANOS // 100),
)


def test_the_base_currency_is_worth_itself():
    rates = Rates("USD")
    assert (rates.knows("USD"), rates.knows("EUR")) == (True, False)
    assert rates.value("USD", -7) == -7


def test_a_currency_without_a_rate_is_worth_nothing_and_stops_nothing():
    """A venue's fill may bring a currency that nobody has valued yet."""
    for haircut_ppm in (0, 10_000):
        rates = rates_of(haircut_ppm)
        assert rates.value("EUR", MILLION) == 0
        assert rates.total({"EUR": MILLION, "USD": 5}) == 5
        assert rates.prudent_total({"EUR": MILLION, "USD": 5}) == 5


def test_a_million_euros_at_one_point_one():
    rates = rates_of(haircut_ppm=50_000, EUR=1_100_000_000)
    assert rates.total({"EUR": MILLION, "USD": MILLION}) == 2_100_000_000_000
    assert rates.prudent_total({"EUR": MILLION, "USD": MILLION}) == 2_045_000_000_000
    assert rates.prudent_total({"EUR": -MILLION, "USD": MILLION}) == -155_000_000_000


def test_a_whole_haircut_takes_every_foreign_credit_and_doubles_every_debit():
    rates = rates_of(haircut_ppm=PPM, EUR=RATE_NANOS)
    assert rates.prudent_total({"EUR": 5, "USD": 3}) == 3
    assert rates.prudent_total({"EUR": -5, "USD": 3}) == -7


@pytest.mark.parametrize("haircut_ppm", [0, 10_000])
def test_an_empty_balance_needs_no_rate(haircut_ppm):
    """Law: prudent valuation refuses nothing that plain valuation takes."""
    rates = rates_of(haircut_ppm)
    assert rates.total({"EUR": 0, "USD": 5}) == 5
    assert rates.prudent_total({"EUR": 0, "USD": 5}) == 5


@given(RATES, BALANCES)
def test_a_total_is_the_exact_value_within_half_a_micro_a_currency(rates, balances):
    exact = sum(
        Fraction(amount * rates.rate_nanos[currency], RATE_NANOS)
        for currency, amount in balances.items()
    )
    assert abs(rates.total(balances) - exact) <= Fraction(len(balances), 2)


@given(RATES, BALANCES)
def test_prudence_never_flatters(rates, balances):
    """Law: credits count less, debits more, the base currency as it is."""
    plain, prudent = rates.total(balances), rates.prudent_total(balances)
    foreign = sum(
        abs(rates.value(name, amount)) for name, amount in balances.items() if name != "USD"
    )
    taken = Fraction(foreign * rates.haircut_ppm, PPM)
    assert prudent <= plain
    assert abs(plain - prudent - taken) <= Fraction(len(balances), 2)


@given(RATES, BALANCES, st.integers(0, PPM))
def test_a_larger_haircut_never_values_higher(rates, balances, haircut_ppm):
    before = rates.prudent_total(balances)
    rates.haircut_ppm = max(rates.haircut_ppm, haircut_ppm)
    assert rates.prudent_total(balances) <= before


@given(RATES, st.lists(st.tuples(st.sampled_from(["USD", "EUR"]), AMOUNTS)), BALANCES)
def test_available_is_prudent_equity_less_requirement(rates, moves, required):
    standing = Standing()
    for currency, amount in moves:
        standing.add_balance(currency, amount)
    for currency, amount in required.items():
        standing.add_margined(currency, abs(amount), 2 * abs(amount))
    requirement = rates.total(standing.requirement)
    assert standing.equity_micros(rates) == rates.total(standing.balance)
    assert standing.available_micros(rates) == rates.prudent_total(standing.balance) - requirement
    assert standing.available_micros(rates) <= standing.equity_micros(rates) - requirement


def test_balances_and_requirements_add_up_by_currency():
    standing = Standing()
    standing.add_balance("USD", 100)
    standing.add_balance("EUR", 5)
    standing.add_balance("USD", -30)
    standing.add_margined("USD", 40, 400)
    standing.add_margined("USD", -10, -100)
    assert standing.balance == {"USD": 70, "EUR": 5}
    assert (standing.requirement, standing.notional) == ({"USD": 30}, {"USD": 300})
    rates = rates_of(haircut_ppm=200_000, EUR=2 * RATE_NANOS)
    assert standing.equity_micros(rates) == 80
    assert standing.available_micros(rates) == 70 + 8 - 30
