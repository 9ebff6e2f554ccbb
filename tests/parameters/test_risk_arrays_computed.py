"""Computed rows join a set: new strikes behind their family, present ones replaced, all named."""

import msgspec
import numpy as np
import pytest

from fencang.margin.span.keys import key_of, row_of
from fencang.margin.span.parameters import (
    CombinationLeg,
    CombinedCommodity,
    ContractTable,
    ContractType,
    ProductFamily,
    SpanHeader,
    SpanParameters,
)
from fencang.messages.margin_commands import RiskArray
from fencang.parameters.arrays import compute_arrays, risk_arrays
from fencang.parameters.computed import ForeignArrays, with_computed
from fencang.parameters.pricing import model_of
from tests.parameters.scan_points import (
    CALL,
    PUT,
    chain_of,
    option_family,
    scan_points,
    series_of,
)

FUTURE = ProductFamily(
    exchange="NYM", code="CL", kind=ContractType.FUTURE, value_factor_e7=1_000 * 10**7
)
OPTION = option_family(is_american=True)
SPREAD = ProductFamily(
    exchange="NYM", code="CL", kind=ContractType.COMBINATION, value_factor_e7=1_000 * 10**7
)
SERIES = series_of(OPTION, "202112", reference_price_nanos=70 * 10**9, interest_rate_e6=1_000)


def set_of_file():
    """Two futures, two options, a combination of the futures behind them."""
    series = (SERIES,)
    rows = 5
    columns = {name: np.zeros(rows, dtype=np.int64) for name in ContractTable.COLUMNS}
    columns |= {
        "family": np.array([0, 0, 1, 1, 2]),
        "series": np.array([-1, -1, 0, 0, -1]),
        "right": np.array([0, 0, 1, 2, 0]),
        "period": np.array([0, 1, 0, 0, 2]),
        "underlying_period": np.array([0, 1, 0, 0, 2]),
        "strike_nanos": np.array([0, 0, 70, 70, 0]) * 10**9,
        "values": np.arange(rows * 16).reshape(rows, 16),
    }
    commodity = CombinedCommodity(
        code="CL", currency="USD", families=(FUTURE.key, OPTION.key, SPREAD.key)
    )
    return SpanParameters(
        header=SpanHeader(clearing_organisation="CME", business_date="20210709", file_format="U2"),
        scan_points=scan_points(),
        commodities=(commodity,),
        families=(FUTURE, OPTION, SPREAD),
        series=series,
        contracts=ContractTable(("202112", "202201", "202112-202201"), columns),
        combinations={
            4: (
                CombinationLeg(contract=0, ratio_e4=10_000),
                CombinationLeg(contract=1, ratio_e4=-10_000),
            )
        },
        sha256="ab" * 32,
    )


def options(*chain, series=SERIES, **fields):
    return compute_arrays(
        series,
        scan_points(),
        family=OPTION,
        model=model_of(series, OPTION),
        chain=chain_of(*chain),
        **fields,
    )


def test_new_strikes_stand_behind_their_family_and_rows_behind_move():
    file = set_of_file()
    computed = options((CALL, "72.5", None, 0.4), (PUT, "-5", None, 0.4))
    joined = with_computed(file, [computed])
    assert [key_of(joined, row) for row in range(len(joined.contracts))] == [
        "NYM/CL/FUT/202112",
        "NYM/CL/FUT/202201",
        "NYM/LO/OOF/202112/C/70",
        "NYM/LO/OOF/202112/P/70",
        "NYM/LO/OOF/202112/C/72.5",
        "NYM/LO/OOF/202112/P/-5",
        "NYM/CL/CMB/202112-202201",
    ]
    assert joined.combinations == {6: file.combinations[4]}
    assert joined.computed == {4: "bjerksund-stensland 1", 5: "bjerksund-stensland 1"}
    assert joined.contracts.series.tolist() == [-1, -1, 0, 0, 0, 0, -1]
    assert np.array_equal(joined.contracts.values[4:6], computed.columns["values"])
    assert np.array_equal(joined.contracts.values[6], file.contracts.values[4])


def test_the_keys_of_computed_rows_are_those_of_the_set():
    computed = options((CALL, "72.5", None, 0.4), (PUT, "-5", None, 0.4))
    joined = with_computed(set_of_file(), [computed])
    for place, key in enumerate(computed.keys):
        row = row_of(joined, key)
        assert key_of(joined, row) == key
        assert np.array_equal(joined.contracts.values[row], computed.columns["values"][place])


def test_a_desk_gets_the_same_rows_by_command():
    computed = options((CALL, "70", "4.00", 0), (PUT, "70", None, 0.4))
    carried = risk_arrays(computed)
    assert [each.margin_key for each in carried] == list(computed.keys)
    assert [list(each.values) for each in carried] == computed.columns["values"].tolist()
    assert [each.delta_e4 for each in carried] == computed.columns["delta_e4"].tolist()
    assert msgspec.json.decode(msgspec.json.encode(carried), type=tuple[RiskArray, ...]) == carried


def test_present_rows_are_replaced_where_they_stand():
    file = set_of_file()
    joined = with_computed(file, [options((PUT, "70", "2.50", 0), (CALL, "71", None, 0.3))])
    assert len(joined.contracts) == 6
    assert joined.computed == {3: "bjerksund-stensland 1", 4: "bjerksund-stensland 1"}
    assert joined.contracts.price_nanos[3] == 2_500_000_000
    assert np.array_equal(joined.contracts.values[:3], file.contracts.values[:3])
    assert not np.array_equal(joined.contracts.values[3], file.contracts.values[3])
    assert np.array_equal(file.contracts.values, np.arange(80).reshape(5, 16)), "left as it was"


def test_a_new_month_brings_its_period_and_series():
    later = series_of(
        OPTION, "202203W1", underlying_period="202204", reference_price_nanos=68 * 10**9
    )
    computed = options((CALL, "70", None, 0.4), series=later)
    joined = with_computed(set_of_file(), [computed])
    assert computed.keys == ("NYM/LO/OOF/202203W1/C/70/202204",)
    assert row_of(joined, computed.keys[0]) == 4
    assert joined.contracts.periods[3:] == ("202203W1", "202204")
    assert joined.series == (SERIES, later)


def test_the_joined_set_has_another_hash_that_says_what_was_computed():
    file = set_of_file()
    one, same, other = (
        with_computed(file, [options((CALL, "72", None, volatility))]).sha256
        for volatility in (0.4, 0.4, 0.41)
    )
    assert one == same
    assert len({file.sha256, one, other}) == 3


def test_computing_again_keeps_what_was_computed_before():
    joined = with_computed(set_of_file(), [options((CALL, "72", None, 0.4))])
    twice = with_computed(joined, [options((CALL, "74", None, 0.4), (CALL, "72", None, 0.5))])
    assert sorted(twice.computed) == [4, 5]
    assert twice.contracts.volatility_e6[4:6].tolist() == [500_000, 400_000]


def test_a_future_without_option_code_joins_too():
    series = series_of(FUTURE, "202112", reference_price_nanos=-37_630_000_000)
    computed = compute_arrays(series, scan_points(), family=FUTURE, model=model_of(series, FUTURE))
    joined = with_computed(set_of_file(), [computed])
    assert joined.computed == {0: "linear 1"}
    assert joined.contracts.values[0, 10:12].tolist() == [-1_000, -1_000]


def test_what_does_not_fit_is_refused_with_every_reason():
    foreign = option_family(code="XX")
    series = series_of(foreign, reference_price_nanos=70 * 10**9)
    elsewhere = compute_arrays(
        series,
        scan_points(),
        family=foreign,
        model=model_of(series, foreign),
        chain=chain_of((CALL, "70", None, 0.3)),
    )
    cents = options((CALL, "70", None, 0.3), risk_unit_micros=10_000)
    again = options((CALL, "70", None, 0.3))
    with pytest.raises(ForeignArrays) as refused:
        with_computed(set_of_file(), [elsewhere, cents, again])
    assert refused.value.faults == (
        "NYM/XX/OOF: the set has no such family in a combined commodity",
        "NYM/LO/OOF: computed in units of 10000 micros, its combined commodity counts in 1000000",
        "NYM/LO/OOF/202112/C/70: computed twice",
    )
