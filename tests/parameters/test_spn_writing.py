"""Writing SPAN XML: what it says to other readers, and what it refuses."""

import io
from xml.etree import ElementTree as ET

import msgspec
import pytest

from fencang.margin.span.parameters import ContractTable, InterMethod, SpanParameters
from fencang.parameters.compare import equal_parameters
from fencang.parameters.faults import ParametersNotExpressible
from fencang.parameters.spn import read_spn, write_spn
from fencang.parameters.spn.vocabulary import CONTAINERS, EXTENSION_NAMESPACE
from fencang.parameters.synthetic import small_parameters
from tests.parameters.spn_file import FILE, read

OURS = "{" + EXTENSION_NAMESPACE + "}"


def written(parameters):
    stream = io.BytesIO()
    write_spn(parameters, stream)
    return stream.getvalue()


def changed(parameters, **parts):
    names = (
        "header scan_points commodities families series contracts inter_spreads combinations "
        "currency_rates"
    ).split()
    return SpanParameters(**{name: parts.get(name, getattr(parameters, name)) for name in names})


def test_a_hand_made_file_is_equal_after_writing_and_reading():
    parameters, _ = read(FILE)
    again, report = read_spn(io.BytesIO(written(parameters)))
    assert equal_parameters(parameters, again) == []
    assert report.skipped == {}
    assert again.header == parameters.header


@pytest.mark.parametrize("seed", range(4))
def test_every_element_is_a_known_one_or_stands_in_our_namespace(seed):
    """Other readers skip elements of a foreign namespace; all others are the format's own."""
    root = ET.fromstring(written(small_parameters(seed)))  # noqa: S314 -- our own bytes
    for parent in root.iter():
        for child in parent:
            name = child.tag.replace(OURS, "fencang:")
            assert name in CONTAINERS[parent.tag], (parent.tag, name)
            assert not child.attrib


def test_without_our_elements_a_file_still_reads_as_span():
    """What is lost is only what the format cannot say: methods, required legs, sides."""
    root = ET.fromstring(written(small_parameters(2)))  # noqa: S314 -- our own bytes
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.startswith(OURS) and "underlying" not in child.tag:
                parent.remove(child)
    parameters, report = read_spn(io.BytesIO(ET.tostring(root)))
    assert not report.faults
    methods = {spread.method for spread in parameters.inter_spreads}
    assert methods <= {InterMethod.REGULAR, InterMethod.TIER_LEGS, InterMethod.SCANNING}


def test_sides_of_delivery_months_survive():
    """V1: a charge that meets only long or only short deltas."""
    parameters, _ = read(FILE)
    alpha = parameters.commodities[0]
    months = tuple(
        msgspec.structs.replace(alpha.delivery_months[0], side=side, period=f"2026{month:02d}")
        for month, side in enumerate(("long", "short", "both"), 1)
    )
    other = changed(
        parameters,
        commodities=(
            msgspec.structs.replace(alpha, delivery_months=months),
            *parameters.commodities[1:],
        ),
    )
    again, _ = read_spn(io.BytesIO(written(other)))
    assert again.commodities[0].delivery_months == months


def test_contracts_without_a_month_of_their_own_are_written():
    """A positional file may state no record B for a contract."""
    parameters, _ = read(FILE)
    columns = {name: getattr(parameters.contracts, name) for name in ContractTable.COLUMNS}
    columns["series"] = columns["series"] * 0 - 1
    bare = changed(
        parameters, contracts=ContractTable(parameters.contracts.periods, columns), series=()
    )
    again, _ = read_spn(io.BytesIO(written(bare)))
    assert len(again.contracts) == len(bare.contracts)
    assert (again.contracts.values == bare.contracts.values).all()
    assert (again.contracts.delta_scaling_e4 == bare.contracts.delta_scaling_e4).all()
    periods = [
        [table.periods[row] for row in table.underlying_period.tolist()]
        for table in (again.contracts, bare.contracts)
    ]
    assert periods[0] == periods[1]


def test_texts_with_marks_of_xml_are_escaped():
    parameters, _ = read(FILE)
    alpha = msgspec.structs.replace(parameters.commodities[0], name="A & B <C>")
    other = changed(parameters, commodities=(alpha, *parameters.commodities[1:]))
    assert read_spn(io.BytesIO(written(other)))[0].commodities[0].name == "A & B <C>"


@pytest.mark.parametrize(
    ("method", "changes", "words"),
    [
        (InterMethod.SCANNING, {"target": None}, "no target"),
        (InterMethod.SCANNING, {"is_flat": True}, "flat or own rates"),
        (InterMethod.TIER_LEGS, {"method": InterMethod.SCANNING}, "no target"),
    ],
)
def test_what_the_format_cannot_say_is_refused_by_name(method, changes, words):
    parameters, _ = read(FILE)
    spreads = tuple(
        msgspec.structs.replace(one, **changes) if one.method is method else one
        for one in parameters.inter_spreads
    )
    stream = io.BytesIO()
    with pytest.raises(ParametersNotExpressible, match=words):
        write_spn(changed(parameters, inter_spreads=spreads), stream)
    assert stream.getvalue() == b""


def test_a_price_that_the_familys_format_cannot_write_is_refused():
    parameters, _ = read(FILE)
    families = tuple(
        msgspec.structs.replace(one, settlement_alignment="C", settlement_locator=3)
        for one in parameters.families
    )
    with pytest.raises(ParametersNotExpressible, match="prices finer than"):
        written(changed(parameters, families=families))
