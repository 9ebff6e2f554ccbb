"""Computed risk arrays are those of the exchanges where these are known, and behave elsewhere."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.rounding import divide_half_away
from fencang.margin.span.parameters import ContractTable, ContractType, ProductFamily
from fencang.parameters.arrays import UncomputableSeries, compute_arrays
from fencang.parameters.option_chain import VolatilitySource
from fencang.parameters.pricing import (
    DELTA_POINTS,
    PricingFormula,
    SeriesModel,
    UnknownPricingCode,
    model_of,
)
from tests.parameters.scan_points import (
    CALL,
    PUT,
    chain_of,
    option_family,
    scan_points,
    series_of,
)

GAS = option_family(code="ON", factor=10_000)
GAS_SERIES = series_of(
    GAS,
    "201810",
    volatility_e6=209_372,
    volatility_scan_e6=90_000,
    price_scan_range=1_100,
    expiry_years_e6=213_699,
    pricing_model="M",
    reference_price_nanos=2_805_000_000,
)


def computed(series, family, chain, points=None, model=None, **fields):
    return compute_arrays(
        series,
        points or scan_points(),
        family=family,
        model=model or model_of(series, family),
        chain=chain,
        **fields,
    )


def test_the_published_natural_gas_option_comes_out_to_the_dollar():
    """NYMEX ON October 2018 2.75, scenarios 1-9 of a published file: all 18 values equal.

    Black-76, future 2.805, volatility 0.208 ± 9 % of itself, range 1,100 / 10,000 = 0.11, time
    78/365 now and 77/365 in the scenarios, although the record's look-ahead field is zero.
    """
    chain = chain_of((CALL, "2.75", None, 0.208), (PUT, "2.75", None, 0.208))
    found = computed(GAS_SERIES, GAS, chain)
    call, put = found.columns["values"].tolist()
    assert call[:9] == [-87, 100, -314, -133, 123, 311, -558, -386, 314]
    assert put[:9] == [-87, 100, 53, 233, -244, -55, 175, 347, -420]
    assert found.origin == "black-76 1"
    assert found.keys == ("NYM/ON/OOF/201810/C/2.75", "NYM/ON/OOF/201810/P/2.75")


def test_without_the_days_decay_the_natural_gas_values_are_wrong_by_seven_dollars():
    none = model_of(GAS_SERIES, GAS)
    none = msgspec.structs.replace(none, look_ahead_days=0)
    chain = chain_of((CALL, "2.75", None, 0.208))
    [call] = computed(GAS_SERIES, GAS, chain, model=none).columns["values"].tolist()
    assert call[:2] == [-94, 94]


def test_a_future_is_linear_and_its_extreme_is_covered_by_a_third():
    """Published: range 2,000 → 5,940 (6,000 × 0.99/3); 1,050 → 1,039.5 → 1,040; 1,100 → 367."""
    family = ProductFamily(
        exchange="CME", code="ES", kind=ContractType.FUTURE, value_factor_e7=50 * 10**7
    )
    published = {
        2_000: [0, 0, -667, -667, 667, 667, -1_333, -1_333, 1_333, 1_333, -2_000, -2_000],
        1_100: [0, 0, -367, -367, 367, 367, -733, -733, 733, 733, -1_100, -1_100],
    }
    for scan_range, first in published.items():
        series = series_of(
            family, "201903", price_scan_range=scan_range, reference_price_nanos=2_511 * 10**9
        )
        found = computed(series, family, None)
        [values] = found.columns["values"].tolist()
        assert values[:12] == first
        assert found.keys == ("CME/ES/FUT/201903",)
        assert found.columns["delta_e4"].tolist() == [10_000]
    ends = {6_000 // 3: 1_980, 800: 792, 1_050: 1_040}
    for scan_range, extreme in ends.items():
        series = series_of(family, price_scan_range=scan_range, reference_price_nanos=0)
        assert computed(series, family, None).columns["values"][0, 14:].tolist() == [
            -extreme,
            extreme,
        ]


def test_a_future_that_carries_has_time_risk_and_uneven_legs():
    """NSE NIFTY June 2026: published values, with 6.63 %, six days to go and two of look-ahead.

    8.72 = F (1 − e^(−r·2/365)); the range grows to 2,234.01 e^(r·4/365) = 2,235.64; extremes are
    0.35 × (8.72 ∓ 2 × 2,235.64).  Two days, not one: with one, time risk and legs do not meet.
    """
    family = ProductFamily(
        exchange="NSE", code="NIFTY", kind=ContractType.FUTURE, value_factor_e7=10**7
    )
    series = series_of(
        family,
        price_scan_range=223_401,
        expiry_years_e6=round(6 / 365 * 1e6),
        look_ahead_years_e6=round(2 / 365 * 1e6),
        interest_rate_e6=66_300,
        reference_price_nanos=24_005 * 10**9,
        pricing_model="BS",
    )
    model = model_of(series, family, is_extreme_of_points=True)
    found = computed(series, family, None, scan_points(2, 350_000), model, risk_unit_micros=10_000)
    published = (
        "8.72 8.72 -736.49 -736.49 753.93 753.93 -1481.7 -1481.7 1499.14 1499.14 "
        "-2226.91 -2226.91 2244.36 2244.36 -1561.89 1568.0"
    )
    differences = found.columns["values"][0] - [round(float(x) * 100) for x in published.split()]
    assert np.abs(differences).max() <= 1
    assert found.origin == "carried 1"


def test_the_composite_delta_is_the_weighted_mean_of_seven_points_after_a_day():
    """Weights 0.270, 0.217, 0.111, 0.037 at 0, ±1/3, ±2/3, ±1 range; deltas by hand from N(d1)."""
    from statistics import NormalDist

    years, deviation = 0.213699 - 1 / 365, 0.208 * (0.213699 - 1 / 365) ** 0.5
    total = 0.0
    for point in DELTA_POINTS:
        future = 2.805 + 0.11 * point.price_numerator / point.price_denominator
        d1 = np.log(future / 2.75) / deviation + deviation / 2
        total += point.weight_ppm / 1e6 * NormalDist().cdf(d1)
    found = computed(GAS_SERIES, GAS, chain_of((CALL, "2.75", None, 0.208)))
    assert years > 0
    assert found.columns["delta_e4"].tolist() == [round(total * 10_000)]
    assert sum(point.weight_ppm for point in DELTA_POINTS) == 1_000_000


def test_each_option_has_the_volatility_of_its_own_price():
    """Prices of 30 % and of 50 %: two volatilities, and the arrays of those volatilities."""
    family = option_family()
    series = series_of(family, reference_price_nanos=70 * 10**9, pricing_model="M")
    stated = computed(series, family, chain_of((CALL, "72", None, 0.3), (PUT, "65", None, 0.5)))
    quoted = [f"{price / 1e9:.9f}" for price in stated.columns["price_nanos"]]
    chain = chain_of((CALL, "72", quoted[0], 0), (PUT, "65", quoted[1], 0))
    own = computed(series, family, chain)
    assert own.columns["volatility_e6"].tolist() == [300_000, 500_000]
    assert own.columns["values"].tolist() == stated.columns["values"].tolist()
    assert own.volatility_source.tolist() == [VolatilitySource.OWN_PRICE] * 2


def test_a_price_that_implies_nothing_borrows_and_says_from_where():
    """Future 70: the 50 call at 20.00 has no time value; its put has, the 49 call's has not."""
    family = option_family()
    series = series_of(family, reference_price_nanos=70 * 10**9, pricing_model="M")
    chain = chain_of(
        (CALL, "50", "20", 0),
        (PUT, "50", "0.05", 0),
        (CALL, "49", "21", 0),
        (CALL, "80", None, 0.4),
        (PUT, "80", None, 0),
    )
    found = computed(series, family, chain)
    own, stated = VolatilitySource.OWN_PRICE, VolatilitySource.STATED
    opposite, nearest = VolatilitySource.OPPOSITE_RIGHT, VolatilitySource.NEAREST_STRIKE
    assert found.volatility_source.tolist() == [opposite, own, nearest, stated, nearest]
    volatilities = found.columns["volatility_e6"].tolist()
    assert volatilities[0] == volatilities[1] == volatilities[2] == volatilities[4]
    alone = computed(series, family, chain_of((CALL, "50", "20", 0)))
    assert alone.volatility_source.tolist() == [VolatilitySource.SERIES]
    assert alone.columns["volatility_e6"].tolist() == [350_000]


def test_an_american_option_in_the_money_takes_the_volatility_from_outside():
    family = option_family(is_american=True)
    series = series_of(family, reference_price_nanos=70 * 10**9, interest_rate_e6=50_000)
    chain = chain_of((CALL, "55", "15.10", 0), (PUT, "55", "0.12", 0), (CALL, "85", "0.10", 0))
    found = computed(series, family, chain)
    assert found.origin == "bjerksund-stensland 1"
    opposite, own = VolatilitySource.OPPOSITE_RIGHT, VolatilitySource.OWN_PRICE
    assert found.volatility_source.tolist() == [opposite, own, own]
    itself = computed(
        series, family, chain, model=SeriesModel(formula=PricingFormula.BJERKSUND_STENSLAND)
    )
    assert itself.volatility_source.tolist() == [own, own, own]


def test_the_volatility_scan_is_relative_or_absolute_as_the_series_says():
    """25 % of 40 % is 10 points: the same array as 10 points absolute."""
    family = option_family()
    chain = chain_of((CALL, "72", None, 0.4), (PUT, "66", None, 0.4))
    relative = series_of(family, reference_price_nanos=70 * 10**9, pricing_model="M")
    absolute = msgspec.structs.replace(
        relative, volatility_scan_e6=100_000, volatility_scan_is_relative=False
    )
    both = [computed(series, family, chain).columns["values"] for series in (relative, absolute)]
    assert np.array_equal(*both)


def test_a_scan_larger_than_the_volatility_stops_at_none():
    family = option_family()
    series = series_of(
        family,
        reference_price_nanos=70 * 10**9,
        volatility_scan_e6=900_000,
        volatility_scan_is_relative=False,
        pricing_model="M",
    )
    found = computed(series, family, chain_of((CALL, "70", None, 0.3)))
    price = found.columns["price_nanos"][0] / 1e9
    assert found.columns["values"][0, 1] == round(price * 1_000), "all of the premium is lost"


def test_extremes_come_from_the_series_or_from_the_points():
    """Records B state multiplier and cover per series; XML states both once, in its points."""
    family = ProductFamily(
        exchange="NSE", code="BANKNIFTY", kind=ContractType.FUTURE, value_factor_e7=10**7
    )
    series = series_of(
        family, extreme_multiplier_e3=2_000, cover_ppm=400_000, reference_price_nanos=10**9
    )
    of_series = computed(series, family, None).columns["values"][0, 14:]
    assert of_series.tolist() == [-800, 800]
    model = model_of(series, family, is_extreme_of_points=True)
    of_points = computed(series, family, None, scan_points(2, 350_000), model)
    assert of_points.columns["values"][0, 14:].tolist() == [-700, 700]


@given(st.integers(0, 100_000), st.integers(0, 5_000), st.integers(0, 10**6))
def test_a_futures_array_is_exact_in_integers(scan_range, multiplier_e3, cover_ppm):
    """No float takes part: every value is the fraction, rounded half away, twice at the ends."""
    family = ProductFamily(exchange="X", code="F", kind=ContractType.FUTURE, value_factor_e7=10**7)
    series = series_of(
        family,
        price_scan_range=scan_range,
        extreme_multiplier_e3=multiplier_e3,
        cover_ppm=cover_ppm,
        reference_price_nanos=-(10**9),
    )
    [values] = computed(series, family, None).columns["values"].tolist()
    assert values[2] == -divide_half_away(scan_range, 3)
    assert values[8] == divide_half_away(2 * scan_range, 3)
    loss = divide_half_away(scan_range * multiplier_e3, 1_000)
    assert values[15] == divide_half_away(loss * cover_ppm, 1_000_000)
    assert values[14] == -values[15]


@given(
    st.lists(st.tuples(st.sampled_from((CALL, PUT)), st.integers(1, 200)), min_size=1, max_size=8),
    st.integers(1, 200),
    st.sampled_from(("M", "W")),
)
def test_an_option_never_loses_more_than_its_price(options, future, code):
    """Law of long options: the loss in every scenario is at most the premium (rounded)."""
    family = option_family()
    series = series_of(
        family,
        reference_price_nanos=future * 10**9,
        price_scan_range=7_000,
        pricing_model=code,
        interest_rate_e6=30_000,
    )
    found = computed(series, family, chain_of(*((r, str(k), None, 0.45) for r, k in options)))
    premiums = found.columns["price_nanos"] / 1e6
    assert (found.columns["values"].max(axis=1) <= premiums + 0.5).all()


def test_faults_are_told_all_at_once():
    family = option_family(factor=0)
    series = series_of(family, price_scan_range=-1)
    chain = chain_of((CALL, "70", None, 0.3), (0, "70", None, 0.3), (PUT, "70", None, -0.1))
    with pytest.raises(UncomputableSeries) as refused:
        computed(series, family, chain, model=SeriesModel(formula=PricingFormula.BLACK_76))
    assert refused.value.faults == (
        "contract value factor 0 (1e-7) is not above zero",
        "price scan range -1 is below zero",
        "no underlying price: neither given nor the series' reference price",
        "option 1: right 0 is neither call (1) nor put (2)",
        "option 2: volatility -100000 (1e-6) is below zero",
    )
    with pytest.raises(UncomputableSeries, match="a chain of options is needed"):
        computed(GAS_SERIES, GAS, None)


def test_an_unknown_pricing_code_is_refused_by_name_and_may_be_given_a_formula():
    family = option_family()
    series = series_of(family, pricing_model="ZZ")
    with pytest.raises(UnknownPricingCode, match="'ZZ' is not one of BS, M, W"):
        model_of(series, family)
    own = {"ZZ": PricingFormula.BACHELIER}
    assert model_of(series, family, codes=own).formula is PricingFormula.BACHELIER


def test_without_a_code_the_style_of_the_family_chooses():
    american, european = option_family(is_american=True), option_family()
    chosen = [model_of(series_of(family), family).formula for family in (american, european)]
    assert chosen == [PricingFormula.BJERKSUND_STENSLAND, PricingFormula.BLACK_76]


def test_columns_are_those_of_the_contract_table():
    """Every column that holds numbers, in the table's types."""
    found = computed(GAS_SERIES, GAS, chain_of((CALL, "2.75", None, 0.208)))
    numbers = set(ContractTable.COLUMNS) - {
        "family",
        "commodity",
        "series",
        "period",
        "underlying_period",
    }
    assert set(found.columns) == numbers
    for name, column in found.columns.items():
        assert column.dtype == ContractTable.DTYPES.get(name, np.int64), name
        assert len(column) == 1
