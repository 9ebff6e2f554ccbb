"""Whole ``.pa2`` files become parameter sets: every record type, hand-made and real."""

import hashlib

import pytest

from fencang.basics.price import parse_price
from fencang.margin.span.keys import key_of, row_of
from fencang.margin.span.parameters import (
    ContractTable,
    ShortOptionMethod,
    Tier,
)
from fencang.parameters.pa2.reader import read_pa2
from tests.parameters.pa2_files import (
    HEADER,
    arrays,
    commodity,
    line,
    pa2,
    product,
    small,
)


def read(*lines):
    """Return the set of a file that holds, and its report."""
    parameters, report = read_pa2(pa2(*lines))
    assert not report.faults
    return parameters, report


def two_commodities(*extra):
    return read(
        HEADER,
        product("CL"),
        commodity("CL", ("CL", "FUT")),
        *arrays("CL"),
        product("HO"),
        commodity("HO", ("HO", "FUT")),
        *arrays("HO"),
        *extra,
    )[0]


def values_of(parameters, key):
    row = row_of(parameters, key)
    return parameters.contracts.values[row].tolist()


def test_short_lines_are_lines_whose_blanks_were_cut():
    """A blank number is 0 and a blank sign plus; a settlement that is not stated is no price."""
    first, second = arrays("CL")
    parameters, _ = read(
        HEADER, product("CL"), commodity("CL", ("CL", "FUT")), first[:54], second[:54]
    )
    table = parameters.contracts
    assert table.values.tolist() == [[0] * 16]
    assert (table.delta_e4[0], table.delta_scaling_e4[0], table.series[0]) == (0, 10_000, -1)
    assert table.price_nanos[0] == ContractTable.NO_PRICE


def test_negative_prices_and_strikes_keep_their_signs():
    """WTI of 2020-04-20: -37.63, and an option struck at -5."""
    parameters, _ = read(
        HEADER,
        product("CL", settlement_locator=2),
        product("LO", "OOF", settlement_locator=2),
        commodity("CL", ("CL", "FUT"), ("LO", "OOF")),
        *arrays("CL", period=202005, settlement=3_763, settlement_sign="-"),
        *arrays(
            "LO",
            "OOF",
            period=202005,
            option_month=202005,
            right="P",
            strike=500,
            strike_sign="-",
            delta=4_321,
            delta_sign="-",
        ),
    )
    table = parameters.contracts
    assert table.price_nanos[row_of(parameters, "NYM/CL/FUT/202005")] == parse_price("-37.63")
    option = row_of(parameters, "NYM/LO/OOF/202005/P/-5")
    assert (table.strike_nanos[option], table.delta_e4[option]) == (parse_price("-5"), -4_321)
    assert key_of(parameters, option) == "NYM/LO/OOF/202005/P/-5"


def test_the_high_precision_settlement_counts_where_its_flag_says_so():
    """CME advisory 10-147: flag Y, fourteen digits; the sign stays that of the second record."""
    parameters, _ = read(
        HEADER,
        product("CL", settlement_locator=5),
        commodity("CL", ("CL", "FUT")),
        *arrays(
            "CL",
            long_settlement=1_234_567_890,
            long_settlement_flag="Y",
            settlement=0,
            settlement_sign="-",
        ),
    )
    assert parameters.contracts.price_nanos[0] == parse_price("-12345.6789")


def test_decimals_of_arrays_and_the_risk_exponent_make_the_risk_unit():
    """Exponent 1, arrays with two decimals: 10^(1 - 2) = 0.1 a unit; 123 there is 12.3.

    Charges are whole tens, 100 units; a price scan range with exponent -1 is whole units, 10.
    """
    parameters, _ = read(
        HEADER,
        product("CL"),
        commodity(
            "CL",
            ("CL", "FUT"),
            ("HO", "FUT"),
            risk_exponent=1,
            family_1_array_locator=2,
            family_1_array_locator_sign="+",
        ),
        product("HO"),
        line(
            "4",
            commodity="CL",
            method=10,
            som_rate=7,
            months=1,
            month_1_number=1,
            month_1_period=201903,
            month_1_rate_consumed=2,
            month_1_rate_remaining=3,
        ),
        line(
            "B",
            exchange="NYM",
            code="CL",
            kind="FUT",
            future_month=201903,
            price_scan_range=55,
            price_scan_exponent=1,
            price_scan_exponent_sign="-",
            delta_scaling=10_000,
        ),
        *arrays("CL", values=[12_345_678] * 15 + [-123], long=True),
        *arrays("HO"),
    )
    (held,) = parameters.commodities
    assert (held.risk_exponent, held.risk_unit_micros) == (1, 100_000)
    assert values_of(parameters, "NYM/CL/FUT/201903") == [12_345_678] * 15 + [-123]
    assert values_of(parameters, "NYM/HO/FUT/201903")[0] == 10_000  # 100 tens
    assert held.som_rate == 700
    (month,) = held.delivery_months
    assert (month.rate_consumed, month.rate_remaining, month.side) == (200, 300, "both")
    (series,) = parameters.series
    assert series.price_scan_range == 550  # 5.5 tens


def test_a_sign_of_minus_multiplies_arrays():
    """Array locator 2 with minus: values are hundreds, rates stay units."""
    parameters, _ = read(
        HEADER,
        product("CL"),
        commodity("CL", ("CL", "FUT"), family_1_array_locator=2, family_1_array_locator_sign="-"),
        *arrays("CL", values=[3] * 16, long=True),
    )
    assert parameters.commodities[0].risk_unit_micros == 1_000_000
    assert values_of(parameters, "NYM/CL/FUT/201903") == [300] * 16


def tier_line(record, method, *tiers, **fields):
    slots = {}
    for slot, (number, first, last) in enumerate(tiers, 1):
        slots |= {
            f"tier_{slot}_number": number,
            f"tier_{slot}_first": first,
            f"tier_{slot}_last": last,
        }
    return line(record, commodity="CL", method=method, **(slots | fields))


@pytest.mark.parametrize(
    ("method", "tables"),
    [
        (1, ()),
        (10, ("scan_tiers",)),
        (20, ("inter_tiers",)),
        (21, ("scan_tiers", "inter_tiers")),
        (22, ("scan_tiers",)),
        (23, ("inter_tiers",)),
        (30, ("som_tiers",)),
    ],
)
def test_the_method_of_record_s_says_which_tiers_it_holds(method, tables):
    parameters, _ = read(
        *small(extra=[tier_line("S", method, (1, 201901, 201903), (2, 201904, 209912))])
    )
    (held,) = parameters.commodities
    for name in ("scan_tiers", "inter_tiers", "som_tiers"):
        found = [(tier.number, tier.first_period, tier.last_period) for tier in getattr(held, name)]
        wanted = [(1, "201901", "201903"), (2, "201904", "209912")] if name in tables else []
        assert found == wanted, name


def test_method_02_makes_every_month_a_tier():
    parameters, _ = read(
        *small(extra=[*arrays("CL", period=201901), line("S", commodity="CL", method=2)])
    )
    (held,) = parameters.commodities
    assert held.scan_tiers == held.inter_tiers
    assert held.scan_tiers == (
        Tier(number=1, first_period="201901", last_period="201901"),
        Tier(number=2, first_period="201903", last_period="201903"),
    )


def test_minimum_tiers_have_rates_and_day_codes():
    parameters, _ = read(
        *small(
            extra=[
                tier_line(
                    "S",
                    30,
                    (1, 201901, 201901),
                    tier_1_first_day="07",
                    tier_1_last_day="W2",
                    tier_1_som_rate=25,
                )
            ]
        )
    )
    assert parameters.commodities[0].som_tiers == (
        Tier(number=1, first_period="20190107", last_period="201901W2", som_rate=25),
    )


def test_tables_continue_over_lines():
    """Five tiers of record 3, three delivery months, eight families of a commodity."""
    families = [(f"F{number}", "FUT") for number in range(8)]
    parameters, _ = read(
        HEADER,
        commodity("CL", *families[:6]),
        commodity("CL", *families[6:7], currency="", risk_exponent=None),
        commodity("CL", *families[7:]),
        tier_line(
            "3",
            10,
            *((n, 201900 + n, 201900 + n) for n in range(1, 5)),
            initial_ratio_member=1_000,
            initial_ratio_hedger=1_050,
            initial_ratio_speculator=1_100,
        ),
        tier_line("3", 10, (5, 201905, 209912)),
        *(
            line(
                "4",
                commodity="CL",
                method=10,
                months=2,
                month_1_number=number,
                month_1_period=201900 + number,
                month_1_rate_consumed=number,
                som_rate=15,
                adjustment_member=100,
                adjustment_hedger=90,
                adjustment_speculator=135,
                som_method="1",
            )
            for number in (1, 2, 3)
        ),
    )
    (held,) = parameters.commodities
    assert len(held.families) == 8
    assert [tier.number for tier in held.intra_tiers] == [1, 2, 3, 4, 5]
    assert held.initial_ratio_ppm == (1_000_000, 1_050_000, 1_100_000)
    assert [month.period for month in held.delivery_months] == ["201901", "201902", "201903"]
    assert held.adjustment_ppm == (1_000_000, 900_000, 1_350_000)
    assert (held.som_rate, held.som_method) == (15, ShortOptionMethod.MAX)


def test_inter_spreads_have_flat_amounts_own_rates_and_tiers():
    """1,250 hundredths are 12.50; own rates replace the spread's; tier 00 is the whole."""
    legs = {
        "leg_1_exchange": "NYM",
        "leg_1_commodity": "CL",
        "leg_1_ratio": 10_000,
        "leg_1_side": "A",
        "leg_2_exchange": "NYM",
        "leg_2_commodity": "HO",
        "leg_2_ratio": 15_000,
        "leg_2_side": "B",
    }
    parameters = two_commodities(
        tier_line("S", 20, (1, 201901, 209912)),
        line("6", group="ALL", priority=7, rate=1_250, method=1, credit_method="F", **legs),
        line(
            "6",
            group="ALL",
            priority=8,
            rate=0,
            method=1,
            credit_method="F",
            separate_rates="Y",
            leg_1_rate=100,
            leg_2_rate=200,
            **legs,
        ),
        line(
            "6",
            group="ALL",
            priority=9,
            method=10,
            separate_rates="Y",
            leg_1_rate=750_000,
            leg_2_rate=800_000,
            leg_1_tier=1,
            leg_2_required="N",
            eligibility="N",
            **legs,
        ),
    )
    flat, own_amounts, own_rates = parameters.inter_spreads
    assert (flat.is_flat, flat.amount_micros, flat.rate_ppm) == (True, 12_500_000, 0)
    assert [leg.amount_micros for leg in own_amounts.legs] == [1_000_000, 2_000_000]
    assert own_rates.has_own_rates
    assert [leg.rate_ppm for leg in own_rates.legs] == [750_000, 800_000]
    assert [leg.tier_number for leg in own_rates.legs] == [1, 0]
    assert [leg.is_required for leg in own_rates.legs] == [True, False]
    assert [leg.ratio_e4 for leg in own_rates.legs] == [10_000, 15_000]
    assert own_rates.eligibility == "N"


def test_the_price_offset_of_combinations_is_taken_off():
    """Record X: 10.000 was added to prices of combination 31 and of the options on it."""
    parameters, _ = read(
        HEADER,
        product("31", "CMB"),
        product("O1", "OOC", strike_locator=3),
        commodity("31", ("31", "CMB"), ("O1", "OOC")),
        line("X", method="M", code="31", price_offset=10_000),
        line("Y", code="31", option_code="O1"),
        *arrays("31", "CMB", settlement=9_500),
        *arrays("O1", "OOC", option_month=201903, right="C", strike=10_250, settlement=10_125),
    )
    table = parameters.contracts
    assert table.price_nanos.tolist() == [parse_price("-0.5"), parse_price("0.125")]
    assert table.strike_nanos.tolist() == [0, parse_price("0.25")]


def test_factors_of_a_contract_go_before_those_of_its_series_and_family():
    """82 before B before P; record P's exponent multiplies, series have the period's own."""
    series = {"exchange": "NYM", "code": "CL", "kind": "FUT"}
    parameters, _ = read(
        HEADER,
        product("CL", value_factor=5 * 10**7, value_factor_exponent=2),
        commodity("CL", ("CL", "FUT")),
        line("B", future_month=201904, value_factor=7 * 10**7, delta_scaling=5_000, **series),
        line("B", future_month=201905, value_factor=7 * 10**7, **series),
        *arrays("CL", period=201903),
        *arrays("CL", period=201904),
        *arrays("CL", period=201905, value_factor=9 * 10**7, value_factor_exponent=1),
    )
    table = parameters.contracts
    assert parameters.families[0].value_factor_e7 == 500 * 10**7
    assert table.value_factor_e7.tolist() == [500 * 10**7, 7 * 10**7, 90 * 10**7]
    assert table.delta_scaling_e4.tolist() == [10_000, 5_000, 10_000]
    assert table.series.tolist() == [-1, 0, 1]


def test_weekly_options_are_told_apart_by_day_code_and_underlying():
    """Two weeklies share month and strike; the underlying's month is part of the identity."""
    option = {"option_month": 201903, "right": "C", "strike": 5_000}
    parameters, _ = read(
        HEADER,
        product("LO", "OOF"),
        commodity("CL", ("LO", "OOF")),
        *arrays("LO", "OOF", option_day="W1", **option),
        *arrays("LO", "OOF", option_day="W2", **option),
        *arrays("LO", "OOF", period=201906, option_day="W2", **option),
    )
    keys = [key_of(parameters, row) for row in range(3)]
    assert keys == [
        "NYM/LO/OOF/201903W1/C/50/201903",
        "NYM/LO/OOF/201903W2/C/50/201903",
        "NYM/LO/OOF/201903W2/C/50/201906",
    ]
    assert [row_of(parameters, key) for key in keys] == [0, 1, 2]


def test_unknown_records_are_skipped_and_counted():
    _, report = read(*small(extra=["Q something new", "Q again", "93old", "5 CME       CL"]))
    assert report.skipped == {"93": 1, "Q": 2}
    assert report.unused == {"5": 1}
    assert report.records["81"] == 1
    assert report.lines == 9


def test_families_stand_together_however_the_file_mixes_them():
    """81 and 83 pairs, two families by turns: rows of a family are one run, in file order."""
    parameters, _ = read(
        HEADER,
        product("CL"),
        product("HO"),
        commodity("CL", ("CL", "FUT"), ("HO", "FUT")),
        *arrays("HO", period=201901),
        *arrays("CL", period=201902, long=True, values=[12_345_678] * 16),
        *arrays("HO", period=201903),
        *arrays("CL", period=201904),
    )
    keys = [key_of(parameters, row) for row in range(4)]
    assert keys == [f"NYM/CL/FUT/20190{n}" for n in (2, 4)] + [
        f"NYM/HO/FUT/20190{n}" for n in (1, 3)
    ]
    assert values_of(parameters, "NYM/CL/FUT/201902") == [12_345_678] * 16


def test_the_hash_names_the_file(tmp_path):
    raw = pa2(*small())
    path = tmp_path / "cme.pa2"
    path.write_bytes(raw)
    parameters, _ = read_pa2(path)
    assert parameters.sha256 == hashlib.sha256(raw).hexdigest()
    assert read_pa2(raw)[0].sha256 == parameters.sha256
