"""What the writer states reads back as the same set; what the format cannot state is refused."""

import io

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings

from fencang.margin.span.parameters import (
    CombinedCommodity,
    ContractTable,
    ContractType,
    CurrencyRate,
    DeliveryMonth,
    InterLeg,
    InterMethod,
    InterSpread,
    IntraLeg,
    IntraSpread,
    LegSide,
    ProductFamily,
    ScanPoint,
    Series,
    SpanHeader,
    SpanParameters,
)
from fencang.parameters.compare import equal_parameters
from fencang.parameters.faults import ParametersNotExpressible
from fencang.parameters.pa2 import read_pa2, write_pa2
from fencang.parameters.pa2.reader import SCAN_POINTS
from tests.parameters.pa2_sets import sets


def written(parameters):
    stream = io.BytesIO()
    write_pa2(parameters, stream)
    return stream.getvalue()


@settings(max_examples=60)
@given(sets())
def test_what_is_written_reads_back_as_the_same_set(parameters):
    raw = written(parameters)
    read, report = read_pa2(raw)
    assert not report.faults_total
    assert equal_parameters(parameters, read) == []
    assert written(read) == raw


def hand_made():
    """Return one future and one option on it, 100 and -100 in every scenario."""
    families = tuple(
        ProductFamily(
            exchange="NYM",
            code=code,
            kind=kind,
            currency="USD",
            value_factor_e7=1_000 * 10**7,
            settlement_locator=2,
            strike_locator=2,
        )
        for code, kind in (("CL", ContractType.FUTURE), ("LO", ContractType.OPTION_ON_FUTURE))
    )
    series = tuple(
        Series(family=family.key, period="201903", underlying_period="201903")
        for family in families
    )
    columns = {
        "family": [0, 1],
        "commodity": [0, 0],
        "series": [0, 1],
        "right": [0, 2],
        "period": [0, 0],
        "underlying_period": [0, 0],
        "strike_nanos": [0, 50 * 10**9],
        "price_nanos": [4_654 * 10**7, -(10**7)],
        "volatility_e6": [0, 300_000],
        "value_factor_e7": [1_000 * 10**7] * 2,
        "delta_e4": [10_000, -4_000],
        "current_delta_e4": [10_000, -4_000],
        "delta_scaling_e4": [10_000] * 2,
        "price_scan_range": [0, 0],
        "values": [[100] * 16, [-100] * 16],
    }
    return {
        "header": SpanHeader(
            clearing_organisation="CME", business_date="20190102", file_format="U2"
        ),
        "scan_points": SCAN_POINTS,
        "commodities": (
            CombinedCommodity(
                code="CL", currency="USD", families=tuple(family.key for family in families)
            ),
        ),
        "families": families,
        "series": series,
        "contracts": columns,
    }


def parameters_of(**changes):
    made = hand_made() | changes
    columns = made["contracts"]
    made["contracts"] = ContractTable(
        ("201903",), {name: np.array(column) for name, column in columns.items()}
    )
    return SpanParameters(**made)


def test_a_hand_made_set_is_written_in_plain_records():
    """46.54 with two decimals, -0.01, put struck at 50; every line where the layouts say."""
    lines = written(parameters_of()).decode("ascii").splitlines()
    assert [text[:2].rstrip() for text in lines] == ("0 1 P P 2 S 3 4 B B 81 82 81 82".split())
    assert lines[10][:60] == "81NYMCL        CL        FUT 201903            000000000100+"
    assert lines[11][96:126] == "10000+000000000004654++10000+ "[:29] + lines[11][125]
    assert lines[12][25:54] == "OOFP201903   201903   0005000"
    assert lines[13][96:119] == "04000-003000000000001-+"


def changed(name, **fields):
    made = hand_made()
    (first, *rest) = made[name]
    return parameters_of(**{name: (msgspec.structs.replace(first, **fields), *rest)})


def with_column(name, values):
    made = hand_made()
    return parameters_of(contracts=made["contracts"] | {name: values})


REFUSED = {
    "seven digits of a rate": (changed("commodities", som_rate=10**7), "som_rate: found 10000000"),
    "hundredths": (changed("commodities", rounding_micros=10_000), "rounds to 10000 micros"),
    "rates below the risk exponent": (
        changed("commodities", risk_unit_micros=10_000, som_rate=150),
        "rate of 1500000 micros is no multiple of 1000000",
    ),
    "a risk unit of three": (changed("commodities", risk_unit_micros=3), "no power of ten"),
    "a factor of zero": (changed("commodities", adjustment_ppm=(0, 0, 0)), "reads as 1"),
    "a fine factor": (
        changed("commodities", adjustment_ppm=(1_000_001,) * 3),
        "1000001 ppm is no multiple of 10000",
    ),
    "a delivery charge of one side": (
        changed(
            "commodities",
            delivery_months=(
                DeliveryMonth(period="201903", rate_consumed=1, rate_remaining=1, side="long"),
            ),
        ),
        "delivery month 201903 of side long",
    ),
    "half a lot in a tier spread": (
        changed(
            "commodities",
            tier_spreads=(
                IntraSpread(
                    priority=1,
                    rate=1,
                    legs=tuple(
                        IntraLeg(side=side, ratio_e4=5_000, tier_number=1) for side in LegSide
                    ),
                ),
            ),
        ),
        "ratio of a tier spread is no multiple of 10000",
    ),
    "a commodity without families": (changed("commodities", families=()), "no product family"),
    "a price format that nobody reads": (
        changed("families", settlement_alignment="K"),
        "NYM/CL/FUT: alignment code 'K'",
    ),
    "a price finer than its format": (
        with_column("price_nanos", [4_654 * 10**7 + 1, 0]),
        "settlement of 46540000001 nanos is finer",
    ),
    "a strike finer than its format": (
        with_column("strike_nanos", [0, 1]),
        "NYM/LO/OOF: strike of 1 nanos is finer",
    ),
    "a delta of ten": (with_column("delta_e4", [100_000, 0]), "delta: 100000 needs more than 5"),
    "nine digits of a value": (
        with_column("values", [[10**8] * 16, [0] * 16]),
        "record 83, value_1: 100000000 needs more than 8 digits",
    ),
    "a scaling other than the series'": (
        with_column("delta_scaling_e4", [5_000, 10_000]),
        "NYM/CL/FUT: delta_scaling_e4 other than that of its series",
    ),
    "a fine interest rate": (changed("series", interest_rate_e6=1), "interest rate finer"),
    "a period without month": (
        changed("series", period="SPOT", underlying_period="SPOT"),
        "'SPOT'",
    ),
    "a name of seven letters": (
        parameters_of(
            header=SpanHeader(
                clearing_organisation="CLEARER", business_date="20190102", file_format="U2"
            )
        ),
        "clearing_organisation: found 'CLEARER', allowed is 6 printable ASCII",
    ),
    "other scenarios": (
        parameters_of(
            scan_points=(
                *SCAN_POINTS[:15],
                ScanPoint(**msgspec.structs.asdict(SCAN_POINTS[15]) | {"paired_number": 15}),
            )
        ),
        "scenarios other than SPAN's sixteen",
    ),
    "a fine exchange rate": (
        parameters_of(
            currency_rates=(CurrencyRate(from_currency="EUR", to_currency="USD", rate_nanos=1),)
        ),
        "rate 1 nanos is no multiple of 1000",
    ),
    "five legs": (
        parameters_of(
            inter_spreads=(
                InterSpread(
                    priority=1,
                    method=InterMethod.REGULAR,
                    legs=(InterLeg(commodity="CL", side=LegSide.A, ratio_e4=10_000),) * 5,
                ),
            )
        ),
        "inter-commodity spread 1: more than 4 legs",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_format_cannot_state_is_refused_before_a_byte_is_written(case):
    parameters, why = REFUSED[case]
    stream = io.BytesIO()
    with pytest.raises(ParametersNotExpressible) as refusal:
        write_pa2(parameters, stream)
    assert any(why in reason for reason in refusal.value.reasons), refusal.value.reasons
    assert stream.getvalue() == b""


def test_differences_are_told_in_words():
    """Every kind of difference names the place and both sides."""
    one = parameters_of()
    assert equal_parameters(one, parameters_of()) == []
    other = with_column("delta_e4", [10_000, -4_001])
    assert equal_parameters(one, other) == [
        "contract NYM/LO/OOF/201903/P/50/201903, delta_e4: -4000 and -4001"
    ]
    other = changed("commodities", som_rate=7)
    assert equal_parameters(one, other) == ["commodity CL, short option minimum 1: 0 and 7000000"]
    other = changed("series", expiry_day="20190315")
    assert equal_parameters(one, other) == [
        "series NYM/CL/FUT/201903/201903, expiry_day: '' and '20190315'"
    ]
    other = with_column("price_nanos", [ContractTable.NO_PRICE, -(10**7)])
    assert equal_parameters(one, other) == [
        "contract NYM/CL/FUT/201903, price_nanos: 46540000000 and no price"
    ]
    other = with_column("strike_nanos", [0, 51 * 10**9])
    assert equal_parameters(one, other) == [
        "contract NYM/LO/OOF/201903/P/50/201903: only in the first set",
        "contract NYM/LO/OOF/201903/P/51/201903: only in the second set",
    ]


def test_amounts_in_another_risk_unit_are_no_difference():
    """100 dollars in units of a dollar are 10,000 in units of a cent."""
    cents = changed("commodities", risk_unit_micros=10_000)
    values = np.array(hand_made()["contracts"]["values"]) * 100
    finer = parameters_of(
        commodities=cents.commodities, contracts=hand_made()["contracts"] | {"values": values}
    )
    assert equal_parameters(parameters_of(), finer) == []
    assert len(equal_parameters(parameters_of(), cents)) == 2
