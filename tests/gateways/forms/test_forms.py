"""Forms: what the API says of every message and reference value comes back as it was."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.price import PRICE_NANOS_MAX
from fencang.gateways.forms.fields import TIME_NAMES, field_name
from fencang.gateways.forms.forms import BodyFaults, form_of, read_body, to_form
from fencang.messages.commands import COMMAND_TYPES, DefineDesk, SubmitOrder
from fencang.messages.events import EVENT_TYPES
from fencang.messages.message import OrderType, Side
from tests.messages.test_golden_records import labelled_samples

ORDER = {
    "sub_account_id": "BOOK-1",
    "client_order_id": "order-1",
    "contract_id": "CLK0",
    "side": "buy",
    "quantity_lots": 3,
    "limit_price": "-37.63",
}


SAMPLES = labelled_samples()


@pytest.mark.parametrize("label", SAMPLES)
def test_every_message_comes_back_as_it_was(label):
    """Law: nothing is lost or rounded between the domain and the API's JSON."""
    message = SAMPLES[label]
    form = to_form(message)
    body = msgspec.json.encode(form)
    passage = form_of(type(message))
    assert passage.to_domain(msgspec.json.decode(body, type=passage.form)) == message


@pytest.mark.parametrize("domain", [*COMMAND_TYPES, *EVENT_TYPES])
def test_no_scaled_integer_reaches_a_client(domain):
    for name in form_of(domain).fields:
        assert not name.endswith(("_nanos", "_micros", "_ns")), name


def test_names_say_what_the_text_holds():
    assert field_name("limit_price_nanos")[0] == "limit_price"
    assert field_name("value_micros_max")[0] == "value_max"
    assert field_name("price_age_ns_max")[0] == "price_age_seconds_max"
    assert field_name("until_ns")[0] == "until_time"
    assert field_name("time_ns")[0] == "time"
    assert all(name.endswith("_ns") for name in TIME_NAMES)


def test_an_order_is_read_exactly():
    order = read_body(SubmitOrder, msgspec.json.encode(ORDER))
    assert order == SubmitOrder(
        sub_account_id="BOOK-1",
        client_order_id="order-1",
        contract_id="CLK0",
        side=Side.BUY,
        quantity_lots=3,
        order_type=OrderType.LIMIT,
        limit_price_nanos=-37_630_000_000,
    )


@given(st.integers(-PRICE_NANOS_MAX, PRICE_NANOS_MAX))
def test_every_price_is_exact(price_nanos):
    order = read_body(SubmitOrder, ORDER)
    order = msgspec.structs.replace(order, limit_price_nanos=price_nanos)
    body = msgspec.to_builtins(form_of(SubmitOrder, is_tagged=False).from_domain(order))
    assert read_body(SubmitOrder, body).limit_price_nanos == price_nanos


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("limit_price", "1e3", "matching"),
        ("limit_price", "0.0000000001", "matching"),
        ("limit_price", "99999999999", "allowed is from -10000000 up to 10000000"),
        ("limit_price", 37.63, "Expected `str"),
        ("side", "long", "long"),
        ("quantity_lots", 0, ">= 1"),
        ("quantity_lots", "3", "Expected `int"),
        ("sub_account_id", "BOOK 1", "matching"),
        ("sub_account_id", "BOOK-1\n", "matching"),
        ("colour", "blue", "unknown; there are sub_account_id"),
    ],
)
def test_a_fault_is_named_with_its_place(field, value, words):
    with pytest.raises(BodyFaults) as caught:
        read_body(SubmitOrder, msgspec.json.encode({**ORDER, field: value}))
    (fault,) = caught.value.faults
    assert fault.where == f"$.{field}"
    assert words in fault.what


def test_all_faults_of_a_body_are_told_at_once():
    with pytest.raises(BodyFaults) as caught:
        read_body(SubmitOrder, b'{"side": "long", "quantity_lots": 0, "colour": 1}')
    assert [fault.where for fault in caught.value.faults] == [
        "$.colour",
        "$.sub_account_id",
        "$.client_order_id",
        "$.contract_id",
        "$.side",
        "$.quantity_lots",
    ]


def test_faults_inside_a_list_have_their_number():
    body = {"items": [{"type": "Nothing"}, {"type": "Venue", "venue_id": "X"}], "entered_by": "ann"}
    with pytest.raises(BodyFaults) as caught:
        read_body(DefineDesk, msgspec.json.encode(body))
    assert [fault.where for fault in caught.value.faults][:2] == [
        "$.items[0].type",
        "$.items[1].name",
    ]


@given(st.binary(max_size=200))
def test_bytes_of_strangers_never_do_more_than_be_refused(body):
    with pytest.raises(BodyFaults):
        read_body(SubmitOrder, body)


def test_deep_json_is_refused():
    with pytest.raises(BodyFaults):
        read_body(SubmitOrder, b"[" * 100_000)
