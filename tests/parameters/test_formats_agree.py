"""One set written as .pa2 and as .spn and read back is the same set, whatever the seed."""

import io

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.margin.span.parameters import ContractTable, SpanParameters
from fencang.parameters.compare import equal_parameters
from fencang.parameters.pa2 import read_pa2, write_pa2
from fencang.parameters.spn import read_spn, write_spn
from fencang.parameters.synthetic import small_parameters, synthetic_parameters


def as_spn(parameters):
    stream = io.BytesIO()
    write_spn(parameters, stream)
    return stream.getvalue()


def as_pa2(parameters):
    stream = io.BytesIO()
    write_pa2(parameters, stream)
    return stream.getvalue()


def through_spn(parameters):
    read, report = read_spn(io.BytesIO(as_spn(parameters)))
    assert report.faults == ()
    assert report.skipped == {}
    return read


def through_pa2(parameters):
    read, report = read_pa2(as_pa2(parameters))
    assert report.faults == ()
    assert report.skipped == {}
    return read


@settings(max_examples=25)
@given(st.integers(0, 2**63))
def test_both_formats_carry_the_same_set(seed):
    parameters = small_parameters(seed)
    from_spn, from_pa2 = through_spn(parameters), through_pa2(parameters)
    assert equal_parameters(parameters, from_spn) == []
    assert equal_parameters(parameters, from_pa2) == []
    assert equal_parameters(from_spn, from_pa2) == []


@pytest.mark.parametrize("seed", range(6))
def test_a_set_that_went_through_the_other_format_is_written_byte_for_byte(seed):
    parameters = small_parameters(seed)
    assert as_pa2(through_spn(parameters)) == as_pa2(parameters)
    assert as_spn(through_spn(parameters)) == as_spn(parameters)
    assert as_spn(through_pa2(parameters)) == as_spn(parameters)


@pytest.mark.parametrize("seed", range(3))
def test_units_agree_too_not_only_amounts(seed):
    """JPY with risk exponent 2 counts hundreds in both."""
    parameters = small_parameters(seed)
    units = [one.risk_unit_micros for one in parameters.commodities]
    for read in (through_spn(parameters), through_pa2(parameters)):
        assert [one.risk_unit_micros for one in read.commodities] == units
        assert (read.contracts.values == parameters.contracts.values).all()


def changed(parameters, **parts):
    """Return the set with some parts replaced."""
    names = (
        "header scan_points commodities families series contracts inter_spreads combinations "
        "currency_rates"
    ).split()
    return SpanParameters(**{name: parts.get(name, getattr(parameters, name)) for name in names})


def with_column(parameters, name, row, value):
    """Return the set with one number of its contract table changed."""
    columns = {each: getattr(parameters.contracts, each) for each in ContractTable.COLUMNS}
    columns[name] = columns[name].copy()
    columns[name][row] = value
    return changed(parameters, contracts=ContractTable(parameters.contracts.periods, columns))


def test_one_changed_number_is_seen_through_both_formats():
    """The comparison is worth something: a single number that differs is named."""
    parameters = small_parameters(3)
    row = len(parameters.contracts) - 1
    values = parameters.contracts.values[row].copy()
    values[15] += 1
    spread = msgspec.structs.replace(parameters.inter_spreads[0], priority=77)
    for other in (
        with_column(parameters, "values", row, values),
        with_column(parameters, "delta_e4", row, 7),
        with_column(parameters, "price_nanos", row, ContractTable.NO_PRICE),
        changed(parameters, inter_spreads=(spread, *parameters.inter_spreads[1:])),
    ):
        assert len(equal_parameters(through_spn(parameters), through_spn(other))) == 1
        assert len(equal_parameters(through_pa2(parameters), through_pa2(other))) == 1


def test_prices_in_eighths_and_thirty_seconds_agree():
    """Alignment codes: 0 counts a cent's eighths, C a thirty-second's."""
    parameters = synthetic_parameters(seed=5, commodities=1, contracts=60, inter_spreads=0)
    for alignment, locator, step in (("0", 3, 125_000_000), ("C", 3, 3_906_250)):
        families = tuple(
            msgspec.structs.replace(
                family,
                settlement_locator=locator,
                strike_locator=locator,
                settlement_alignment=alignment,
                strike_alignment=alignment,
            )
            for family in parameters.families
        )
        columns = {each: getattr(parameters.contracts, each) for each in ContractTable.COLUMNS}
        rows = np.arange(len(parameters.contracts))
        is_option = parameters.contracts.right != 0
        columns["strike_nanos"] = np.where(is_option, (rows // 2 * 2 + 8) * step, 0)
        columns["price_nanos"] = (rows - 20) * step
        other = changed(
            parameters,
            families=families,
            contracts=ContractTable(parameters.contracts.periods, columns),
        )
        from_spn, from_pa2 = through_spn(other), through_pa2(other)
        assert equal_parameters(other, from_spn) == []
        assert equal_parameters(from_spn, from_pa2) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1_000, 1_200))
def test_both_formats_carry_the_same_set_for_many_seeds(seed):
    parameters = small_parameters(seed)
    assert equal_parameters(through_spn(parameters), through_pa2(parameters)) == []


@pytest.mark.long
def test_both_formats_carry_a_large_set():
    """Forty commodities, 40,000 contracts."""
    parameters = synthetic_parameters(seed=11, commodities=40, contracts=40_000, inter_spreads=150)
    assert equal_parameters(through_spn(parameters), through_pa2(parameters)) == []
