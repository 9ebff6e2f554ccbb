"""Nothing leaves int64 silently: kernels count exactly, and what is too large is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.rounding import divide_half_away
from fencang.margin.method import MarginRefused
from fencang.margin.reference import requirement as reference
from fencang.margin.span.compiled import compile_span
from fencang.margin.span.full import requirement
from fencang.margin.span.kernels import arithmetic
from fencang.margin.span.kernels.signatures import CREDIT_MAX
from fencang.margin.span.portfolio import Lots, Portfolio
from tests.margin.span_sets import SpanSet, inter, leg, line

NUMBERS = st.one_of(st.integers(0, 100), st.integers(0, 10**9), st.integers(0, 2**62 - 1))
SIGNED = st.builds(lambda size, sign: size * sign, NUMBERS, st.sampled_from((1, -1)))
DENOMINATORS = st.one_of(st.integers(1, 10), st.integers(1, 10**12), st.just(10**10))


@given(SIGNED, DENOMINATORS)
def test_quotients_round_half_away(numerator, denominator):
    found = arithmetic.half_away(numerator, denominator)
    assert found == divide_half_away(numerator, denominator)


@given(st.integers(-400_000_000, 400_000_000), st.integers(-(2**30), 2**30), st.data())
def test_lots_times_a_value_with_a_rest_are_exact(lots, whole, data):
    """R3, D2."""
    rest = data.draw(st.integers(0, 10**10 - 1))
    wanted = divide_half_away(lots * (whole * 10**10 + rest), 10**10)
    assert arithmetic.scaled(lots, whole, rest, 10**10) == wanted


@given(st.integers(-(2**61), 2**61), st.integers(0, 2_000_000))
def test_shares_are_exact(amount, rate):
    """R2, X8, X9."""
    wanted = divide_half_away(amount * rate, 1_000_000)
    assert arithmetic.share(amount, rate, 1_000_000) == wanted or abs(wanted) >= 2**62


@given(NUMBERS, NUMBERS)
def test_products_beyond_int64_are_exact(left, right):
    whole, rest = arithmetic.product(left, right)
    if left * right // 10**10 < CREDIT_MAX:
        assert whole * 10**10 + rest == left * right
    else:
        assert (whole, rest) == (CREDIT_MAX, 0)


@given(NUMBERS, st.integers(0, 2_000_000), NUMBERS)
def test_credits_are_exact(volume, rate, weighted):
    """X4: n × ratio (e8) × rate (ppm) × WFPR (hundredths) in micros and rest of 10^10."""
    micros, rest = arithmetic.per_risk(volume, rate, weighted)
    exact = volume * rate * weighted
    assert micros * 10**10 + rest == exact or (micros == CREDIT_MAX and exact >= 2**59 * 10**10)


@given(st.integers(0, 2**60), st.integers(0, 10**10 - 1), st.sampled_from((1, 3, 10_000, 10**6)))
def test_credits_round_to_unit_once(micros, rest, rounding):
    wanted = divide_half_away(micros * 10**10 + rest, rounding * 10**10) * rounding
    assert arithmetic.to_unit(micros, rest, rounding) == wanted


@given(st.integers(0, 2**62), st.integers(0, 10**15))
def test_amounts_per_spread_are_exact(n, amount):
    """X4, flat spreads: n (e4) × amount."""
    micros, rest = arithmetic.per_spread(n, amount)
    assert micros * 10**14 + rest * 10**4 == n * amount * 10**10 or micros == CREDIT_MAX


def one_future(**fields):
    made = SpanSet()
    made.commodity("ES", **fields)
    key = made.future("ES", "202003", line(900))
    return made, key


def test_the_largest_lots_are_exact_and_one_more_is_refused():
    """900 dollars a lot and money below 2^59 micros: 2^59 // 900,000,000 lots each side."""
    made, key = one_future()
    compiled = compile_span(made.build())
    bound = int(compiled.lots_max[0])
    assert bound == 400_000_000
    portfolio = made.portfolio({key: bound})
    assert requirement(compiled, portfolio) == reference(compiled.parameters, portfolio)
    with pytest.raises(MarginRefused, match=r"XYZ/ES/FUT/202003.*0 to 400,000,000 can be held"):
        requirement(compiled, made.portfolio({key: bound + 1}))


@pytest.mark.parametrize("lots", [1 << 61, 1 << 70])
def test_absurd_lots_name_contract_and_bound(lots):
    made, key = one_future()
    compiled = compile_span(made.build())
    with pytest.raises(MarginRefused, match=r"XYZ/ES/FUT/202003.*400,000,000 can be held"):
        requirement(compiled, made.portfolio({key: lots}))


def test_lots_below_zero_are_refused():
    made, key = one_future()
    compiled = compile_span(made.build())
    with pytest.raises(MarginRefused, match="XYZ/ES/FUT/202003"):
        requirement(compiled, Portfolio(lots={made.rows[key]: Lots(-1, 0)}))


def test_commodities_that_fit_alone_are_refused_when_they_do_not_fit_together():
    """Sums over commodities stay within the bounds, so merged vectors and totals do."""
    made = SpanSet()
    keys = []
    for code in ("A", "B", "C"):
        made.commodity(code)
        keys.append(made.future(code, "202003", line(9_000_000)))
    compiled = compile_span(made.build())
    bound = int(compiled.lots_max[0])
    assert bound < 400_000_000
    requirement(compiled, made.portfolio({keys[0]: bound}))
    with pytest.raises(MarginRefused, match="together are more than can be counted"):
        requirement(compiled, made.portfolio(dict.fromkeys(keys, bound // 2)))


def test_a_tiny_net_delta_makes_an_enormous_price_risk_and_no_wrong_credit():
    """S7, X10: 300,000 lots against as many leave a delta of 0.0001; the credit stays capped."""
    made = SpanSet()
    made.commodity("A")
    made.commodity("B")
    long = made.future("A", "202003", line(9_000))
    short = made.future("A", "202006", line(3_000), delta_e4=9_999)
    other = made.future("B", "202003", line(900))
    made.inter(1, 90, leg("A", 1, "A"), leg("B", 1, "B"))
    parameters = made.build()
    compiled = compile_span(parameters)
    portfolio = made.portfolio({long: 299_970, short: -300_000, other: -300_000})
    found = requirement(compiled, portfolio)
    assert found == reference(parameters, portfolio)
    assert found.commodities[0].net_delta_e4 == 0 or found.commodities[0].inter_credit_micros > 0


@pytest.mark.parametrize(
    ("spread", "words"),
    [
        (inter(1, 50, leg("A", 1, "ES"), leg("B", 1, "NQ")), "no combined commodity 'NQ'"),
        (inter(2, 50, leg("A", 0, "ES"), leg("B", 1, "ES")), "priority 2.*must be above 0"),
        (inter(1, 250, leg("A", 1, "ES"), leg("B", 1, "ES")), "outside 0 to 200 %"),
        (inter(1, 50, leg("A", 1, "ES"), method=4), "needs a target"),
        (
            inter(1, 50, leg("A", 1, "ES"), leg("A", 1, "ES"), method=4, target=leg("A", 1, "ES")),
            "names ES twice",
        ),
    ],
)
def test_faults_of_a_file_are_told(spread, words):
    made, _ = one_future()
    made.inter_spreads.append(spread)
    with pytest.raises(MarginRefused, match=words):
        compile_span(made.build())
