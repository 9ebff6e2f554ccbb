"""The real lines of CME's files build: identities, arrays, prices, spreads, legs."""

import json

import pytest

from fencang.basics.price import parse_price
from fencang.margin.span.keys import row_of
from fencang.margin.span.parameters import (
    CombinationLeg,
    InterMethod,
    IntraLeg,
    LegSide,
    PriceRiskMethod,
    Tier,
)
from fencang.parameters.pa2.reader import read_pa2
from tests.parameters.pa2_files import (
    HEADER,
    REAL_LINES,
    arrays,
    commodity,
    line,
    pa2,
    product,
    real_lines,
)


def read(*lines):
    """Return the set of a file that holds, and its report."""
    parameters, report = read_pa2(pa2(*lines))
    assert not report.faults
    return parameters, report


def real(prefix):
    """Return the real lines that begin with a prefix."""
    found = [text for text in real_lines() if text.startswith(prefix)]
    assert found, prefix
    return found


def values_of(parameters, key):
    row = row_of(parameters, key)
    return parameters.contracts.values[row].tolist()


def test_the_real_e_mini_future_has_its_array_delta_scaling_and_price():
    """6,000 a scan range; 0.33 × 3 × 6,000 = 5,940 stands in the file and is not covered again."""
    parameters, report = read(
        real("0 CME   2019")[0],
        *real("T CLP"),
        *real("1 CBT"),
        *real("P CMEES"),
        commodity("SP", ("ES", "FUT"), exchange="CME"),
        *real("B CMEES"),
        *real("81CMEES"),
        *real("82CMEES"),
    )
    table, key = parameters.contracts, "CME/ES/FUT/201903"
    row = row_of(parameters, key)
    assert values_of(parameters, key) == [
        *(0, 0, -2_000, -2_000, 2_000, 2_000, -4_000, -4_000, 4_000, 4_000),
        *(-6_000, -6_000, 6_000, 6_000, -5_940, 5_940),
    ]
    assert table.price_nanos[row] == parse_price("2511")
    assert table.delta_scaling_e4[row] == 2_000
    assert (table.delta_e4[row], table.current_delta_e4[row]) == (10_000, 10_000)
    assert table.price_scan_range[row] == 6_000
    assert table.value_factor_e7[row] == 50 * 10**7
    (series,) = parameters.series
    assert (series.cover_ppm, series.extreme_multiplier_e3) == (330_000, 3_000)
    assert series.expiry_day == "20190315"
    header = parameters.header
    assert (header.business_date, header.cycle, header.account_kind) == ("20190102", "F", "C")
    assert not header.is_gross
    assert not header.caps_option_value
    (rate,) = parameters.currency_rates
    assert (rate.from_currency, rate.to_currency, rate.rate_nanos) == ("CLP", "USD", 1_063_000)
    assert report.unused == {"1": 1}


@pytest.mark.parametrize(
    ("code", "key", "price", "extreme", "factor"),
    [
        ("21", "CBT/21/FUT/201903", "122.1875", 1_040, 1_000),  # 0.99 × 1,050 = 1,039.5 → 1,040
        ("C", "CBT/C/FUT/201903", "375.75", 792, 50),  # price in cents, so 50 and not 5,000
    ],
)
def test_real_aligned_prices_build(code, key, price, extreme, factor):
    """Treasuries in 32nds, grains in eighths of a cent; first records are made up."""
    name = code.ljust(10)
    (second,) = (text for text in real("82CBT") if text[5:15] == name)
    first = f"81{second[2:54]}{'00000+' * 9}"
    parameters, _ = read(
        HEADER,
        *(text for text in real("P CBT") if text[5:15] == name),
        commodity(code, (code, "FUT"), exchange="CBT"),
        first,
        second,
    )
    row = row_of(parameters, key)
    assert parameters.contracts.price_nanos[row] == parse_price(price)
    assert parameters.contracts.values[row, 15] == extreme
    assert parameters.contracts.value_factor_e7[row] == factor * 10**7


def test_the_real_natural_gas_arrays_are_the_published_ones():
    """NG, October 2018, 2.75: values 1 to 9 of future, call and put (second records made up)."""
    firsts = real("81NYM")
    lines = [
        HEADER,
        product("NG", settlement_locator=5, strike_locator=3, value_factor=10_000 * 10**7),
        product("ON", "OOF", settlement_locator=5, strike_locator=3, exercise="EURO"),
        commodity("NY-NG", ("NG", "FUT"), ("ON", "OOF")),
        *real("B NYMON"),
    ]
    for first in firsts:
        price = first[115:122]
        lines += [first, f"82{first[2:54]}{'00100+' * 7}05432+00208000{price}++05000+C"]
    parameters, _ = read(*lines)
    published = {
        "NYM/NG/FUT/201810": [0, 0, -367, -367, 367, 367, -733, -733, 733],
        "NYM/ON/OOF/201810/C/2.75": [-87, 100, -314, -133, 123, 311, -558, -386, 314],
        "NYM/ON/OOF/201810/P/2.75": [-87, 100, 53, 233, -244, -55, 175, 347, -420],
    }
    examples = REAL_LINES.with_name("worked_examples.json")
    found = json.loads(examples.read_text(encoding="utf-8"))["examples"]
    (example,) = (each for each in found if each["id"] == "nymex-ng-on-201810-2.750")
    assert list(published.values()) == [
        example[f"{name}_values_1_to_9"] for name in ("future", "call", "put")
    ]
    for key, values in published.items():
        assert values_of(parameters, key)[:9] == values
    table, call = parameters.contracts, row_of(parameters, "NYM/ON/OOF/201810/C/2.75")
    assert table.price_nanos[row_of(parameters, "NYM/NG/FUT/201810")] == parse_price("2.805")
    assert table.delta_e4[call] == 5_432
    assert table.volatility_e6[call] == 208_000
    series = parameters.series[table.series[call]]
    assert (series.volatility_scan_e6, series.volatility_scan_is_relative) == (90_000, True)
    assert (series.volatility_e6, series.price_scan_range) == (209_372, 1_100)
    assert (series.underlying_family, series.pricing_model) == ("NYM/NG/FUT", "M")
    assert (series.expiry_years_e6, series.expiry_day) == (213_699, "20180925")
    assert table.value_factor_e7[call] == 10_000 * 10**7  # of record B


def test_the_real_henry_hub_spread_scans_into_natural_gas():
    """Record 6: penultimate and last-day products into NG at 98 %, one leg enough, super."""
    lines = [HEADER]
    for code in ("NY-HH", "NY-HP", "NY-NG"):
        short = code.removeprefix("NY-")
        lines += [product(short), commodity(code, (short, "FUT")), *arrays(short)]
    parameters, _ = read(*lines, *real("6 ALL"))
    (spread,) = parameters.inter_spreads
    assert spread.method is InterMethod.SCANNING
    assert (spread.group, spread.priority, spread.is_super) == ("ALL", 1, True)
    assert (spread.rate_ppm, spread.legs_min, spread.is_flat) == (980_000, 1, False)
    assert [(leg.commodity, leg.ratio_e4, leg.is_required) for leg in spread.legs] == [
        ("NY-HH", 10_000, False),
        ("NY-HP", 10_000, False),
    ]
    assert spread.target is not None
    assert (spread.target.commodity, spread.target.ratio_e4) == ("NY-NG", 10_000)
    assert not spread.target.is_required


def test_the_real_butterfly_and_series_spread_build():
    """06: 1-2-1 over tiers 14, 15, 16 at 100; 17: September, December, March at 250."""
    lines = [HEADER]
    for code in ("06", "17"):
        lines += [product(code, exchange="CBT"), commodity(code, (code, "FUT"), exchange="CBT")]
        lines += arrays(code, exchange="CBT")
    tiers = {}
    for slot, number in enumerate((14, 15, 16), 1):
        tiers |= {
            f"tier_{slot}_number": number,
            f"tier_{slot}_first": 202500 + slot,
            f"tier_{slot}_last": 202500 + slot,
        }
    parameters, _ = read(
        *lines, line("3", commodity="06", method=10, **tiers), *real("C 06"), *real("E 17")
    )
    meal, other = parameters.commodities
    (butterfly,) = meal.tier_spreads
    assert (butterfly.priority, butterfly.rate) == (1, 100)
    assert butterfly.legs == tuple(
        IntraLeg(side=LegSide(side), ratio_e4=ratio, tier_number=tier)
        for side, ratio, tier in (("A", 10_000, 14), ("B", 20_000, 15), ("A", 10_000, 16))
    )
    (series,) = other.series_spreads
    assert (series.priority, series.rate) == (1, 250)
    assert [(leg.side.value, leg.ratio_e4, leg.period) for leg in series.legs] == [
        ("A", 10_000, "202509"),
        ("B", 20_000, "202512"),
        ("A", 10_000, "202603"),
    ]


def test_the_real_scan_tiers_and_combined_commodity_build():
    """07: tiers for spreads only, weighted risk capped; 26: six families, none with contracts."""
    parameters, report = read(
        HEADER,
        product("07", exchange="CBT"),
        commodity("07", ("07", "FUT"), exchange="CBT"),
        *real("S 07"),
        *real("2 CBT 26"),
        *real("5 CME"),
    )
    oil, notes = parameters.commodities
    assert oil.price_risk_method is PriceRiskMethod.CAPPED_AT_SCAN_RANGE
    assert oil.scan_tiers == ()
    assert oil.inter_tiers == (
        Tier(number=1, first_period="202507", last_period="202507"),
        Tier(number=2, first_period="202508", last_period="202812"),
    )
    assert notes.families == (
        *("CBT/26/FUT", "CBT/26/OOF", "CBT/59/OOF"),
        *("CBT/WT1/OOF", "CBT/VT1/OOF", "CBT/GT1/OOF"),
    )
    assert report.unused == {"5": 1}


def test_the_real_crush_leg_is_sold_tenfold():
    """Record Z: leg 1 of the July 2025 crush sells ten soybean futures."""
    parameters, _ = read(
        HEADER,
        product("S", exchange="CBT"),
        product("31", "CMB", exchange="CBT", positionable="N"),
        commodity("31", ("31", "CMB"), ("S", "FUT"), exchange="CBT", combination_method="M"),
        *arrays("S", period=202507, exchange="CBT"),
        *arrays("31", "CMB", period=202507, exchange="CBT"),
        *real("Z CBT31"),
    )
    future, combination = (
        row_of(parameters, key) for key in ("CBT/S/FUT/202507", "CBT/31/CMB/202507")
    )
    assert parameters.combinations == {
        combination: (CombinationLeg(contract=future, ratio_e4=-100_000),)
    }
    (held,) = (family for family in parameters.families if family.code == "31")
    assert not held.is_positionable
    assert parameters.commodities[0].combination_method == "M"
