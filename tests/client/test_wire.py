"""Values pass exactly or not at all, and the sender hears of every fault at once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.decimals import parse_scaled
from fencang.client import BadRequest, Instant
from fencang.client.resources.position_limits import put_position_limit
from fencang.client.types import ControlOverride, OverrideValue, PositionLimit, PriceMark, PriceRow
from fencang.client.wire import decoded, encoded_body

EXACT = frozenset({"price"})


def sent(value, exact=EXACT):
    return msgspec.json.decode(encoded_body({"price": value}, exact))["price"]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-1e9, max_value=1e9))
def test_what_is_sent_is_the_number_that_was_said(value):
    assert Decimal(sent(value)) == value
    assert parse_scaled(sent(value), 9) == int(value.scaleb(9))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("-37.63"), "-37.63"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-9"), "0.000000001"),
        ("74.10", "74.10"),
        (50, "50"),
        (timedelta(milliseconds=250), "0.250000"),
        (None, None),
    ],
)
def test_exact_values_travel_as_plain_decimal_text(value, text):
    assert sent(value) == text


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), True, Decimal("NaN"), Decimal("Infinity"), object(), b"1"]
)
def test_what_is_not_exact_is_refused_and_said_why(value):
    with pytest.raises(BadRequest, match="nothing was sent") as caught:
        sent(value)
    assert [fault.where for fault in caught.value.faults] == ["price"]


def test_a_float_is_refused_wherever_it_stands_and_all_of_them_are_named():
    marks = [PriceMark(contract_id="A", price=1.5), PriceMark(contract_id="B", price=Decimal(2))]
    with pytest.raises(BadRequest) as caught:
        encoded_body({"marks": marks, "more": {"deep": [0.1]}, "lots": 2.0})
    places = [fault.where for fault in caught.value.faults]
    assert places == ["marks[0].price", "more.deep[0]", "lots"]


def test_a_structure_is_sent_with_its_type_and_its_exact_texts():
    override = ControlOverride(
        override_id="O-1",
        row_kind="PositionLimit",
        node_id="ALPHA",
        values=(OverrideValue(field="long_lots_max", value=3),),
        from_time=Instant.parse("2026-11-26T00:00:00Z"),
        until_time=datetime(2026, 11, 27, tzinfo=UTC),
        reason="a large order",
    )
    found = msgspec.json.decode(encoded_body({"items": [override]}))["items"][0]
    assert found["type"] == "ControlOverride"
    assert found["from_time"] == "2026-11-26T00:00:00.000000000Z"
    assert found["until_time"] == "2026-11-27T00:00:00.000000000Z"
    assert found["values"] == [{"field": "long_lots_max", "value": 3}]


def test_days_and_times_are_text_and_a_time_has_a_zone():
    assert sent(date(2026, 11, 26)) == "2026-11-26"
    with pytest.raises(BadRequest, match="has no time zone"):
        sent(datetime(2026, 11, 26))  # noqa: DTZ001 - that is the point


@given(st.integers(0, 7_000_000_000_000_000_000))
def test_an_instant_loses_no_nanosecond(ns):
    row = {"contract_id": "A", "price": "-37.63", "time": str(Instant(ns))}
    found = decoded(msgspec.json.encode(row), PriceRow)
    assert found.time == Instant(ns)
    assert found.price == Decimal("-37.63")
    assert str(found.time) == row["time"]
    assert Instant.of(found.time.datetime).ns == ns // 1_000 * 1_000
    assert hash(found.time) == hash(Instant(ns))
    assert Instant(ns) < Instant(ns + 1) >= Instant(ns)


def test_unknown_fields_of_a_newer_desk_are_passed_over():
    row = {"contract_id": "A", "price": "1", "time": str(Instant(0)), "colour": "blue"}
    assert decoded(msgspec.json.encode(row), PriceRow).contract_id == "A"


def test_a_version_is_said_as_http_has_it():
    row = PositionLimit(node_id="A/B", scope_id="*", long_lots_max=1, short_lots_max=1)
    changed = put_position_limit("A/B|*", item=row, if_match=17)
    assert changed.path == "/v1/position-limits/A%2FB%7C%2A"
    assert changed.headers == (("If-Match", '"17"'),)
    new = put_position_limit("A/B|*", item=row, if_match=0)
    assert new.headers == (("If-None-Match", "*"),)
    assert msgspec.json.decode(new.body)["item"]["node_id"] == "A/B"
