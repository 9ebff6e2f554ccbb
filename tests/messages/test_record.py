"""The stored record: what was written is read back, and strangers' bytes are refused in one way."""

import contextlib

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.price import PRICE_NANOS_MAX
from fencang.messages.commands import AdvanceTime, ReportFill, SubmitOrder
from fencang.messages.events import FillBooked
from fencang.messages.message import Offset, OrderType, Side
from fencang.messages.record import (
    DECISION_VERSION,
    Record,
    RecordFault,
    decode_record,
    encode_record,
)
from fencang.refdata.definition import LOTS_MAX

PRICE = -37_630_000_000
SUBMIT = ["SubmitOrder.1", "ALPHA", "c-1", "CLK0", 1, 5, 2, PRICE, None, 0, None, 0, 0, 0]
DEPOSIT = ["DepositCash.1", "C1", "FUND", "USD", 5, "ops"]
ASSIGN = ["AssignSuspense.1", "C1", "e-1", "ALPHA", 1, "unclaimed", "ops", "boss"]
MARK = ["MarkPrices.1", "feed", [["CLK0", 1]], "feed", ""]
RATE = ["MarkRates.1", "feed", [["EUR", 1]], "feed", ""]
PLAN = ["ProposePlan.1", "m", "1", "", 0, "FUND", [["ALPHA", 0, 1, 1, ""]], "cio"]
LEVEL = ["ReportIndicator.1", "VIX", 1, False]
CURSOR = ["AdvanceGatewayCursor.1", "paper", 0]
OPEN = ["OpenSession.1", "CME", "2018-02-05"]
DEFINE = ["DefineDesk.1", [{"type": "DeskSettings.1"}], "ops", ""]
WHOLE = [SUBMIT, DEPOSIT, ASSIGN, MARK, RATE, PLAN, LEVEL, CURSOR, OPEN, DEFINE]

MSGPACK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(),
        st.text(max_size=8),
        st.binary(max_size=8),
        st.sampled_from(["AdvanceTime.1", "SubmitOrder.1", "DefineDesk.1", "FillBooked.1"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=8), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=30,
)


def stored(command, events=()):
    return msgspec.msgpack.encode([7, 1_517_864_400_000_000_000, 1, command, list(events)])


def changed(command, place, value):
    return [*command[:place], value, *command[place + 1 :]]


def test_a_record_is_read_back_as_it_was_written():
    fill = ReportFill(
        carrying_account_id="C1",
        execution_id="e-1",
        order_id=None,
        contract_id="CLK0",
        side=Side.SELL,
        quantity_lots=2,
        price_nanos=-36_980_000_000,
        offset=Offset.CLOSE_TODAY,
    )
    booked = FillBooked(**msgspec.structs.asdict(fill))
    record = Record(7, 1, DECISION_VERSION, fill, (booked, booked))
    assert decode_record(encode_record(record)) == record


def test_the_stored_form_is_an_array_that_begins_with_the_tag():
    record = Record(1, 2, 1, AdvanceTime(), ())
    assert msgspec.msgpack.decode(encode_record(record)) == [1, 2, 1, ["AdvanceTime.1"], []]


@pytest.mark.parametrize("command", WHOLE)
def test_the_sound_samples_of_this_module_are_accepted(command):
    payload = stored(command)
    record = decode_record(payload)
    assert decode_record(encode_record(record)) == record
    assert type(record.command).__struct_config__.tag == command[0]


def test_fields_left_out_at_the_end_take_their_defaults():
    order = decode_record(stored(SUBMIT[:6])).command
    assert isinstance(order, SubmitOrder)
    assert (order.order_type, order.limit_price_nanos) == (OrderType.LIMIT, None)
    assert (order.offset, order.expire_day) == (Offset.NET, None)


@pytest.mark.parametrize(
    ("command", "place", "value"),
    [
        (SUBMIT, 0, "SubmitOrder.9"),
        (SUBMIT, 1, ""),
        (SUBMIT, 1, "@reserve:FUND"),
        (SUBMIT, 2, "x" * 65),
        (SUBMIT, 3, "C L"),
        (SUBMIT, 3, None),
        (SUBMIT, 4, 0),
        (SUBMIT, 4, 3),
        (SUBMIT, 4, "BUY"),
        (SUBMIT, 5, 0),
        (SUBMIT, 5, -1),
        (SUBMIT, 5, LOTS_MAX + 1),
        (SUBMIT, 5, 1.0),
        (SUBMIT, 5, True),
        (SUBMIT, 6, 5),
        (SUBMIT, 7, PRICE_NANOS_MAX + 1),
        (SUBMIT, 7, -PRICE_NANOS_MAX - 1),
        (SUBMIT, 7, "50"),
        (SUBMIT, 8, float("nan")),
        (SUBMIT, 9, 2),
        (SUBMIT, 10, "2018-02-30"),
        (SUBMIT, 10, 736_730),
        (SUBMIT, 11, 5),
        (DEPOSIT, 3, "usd"),
        (DEPOSIT, 3, "USDT"),
        (DEPOSIT, 4, 0),
        (DEPOSIT, 4, -5),
        (DEPOSIT, 4, MONEY_MICROS_MAX + 1),
        (DEPOSIT, 5, ""),
        (ASSIGN, 4, 0),
        (ASSIGN, 5, "x" * 401),
        (ASSIGN, 7, "x" * 65),
        (MARK, 2, [["CLK0", PRICE_NANOS_MAX + 1]]),
        (MARK, 2, [["CLK0"]]),
        (MARK, 2, [["", 1]]),
        (MARK, 2, {"CLK0": 1}),
        (RATE, 2, [["EUR", 0]]),
        (RATE, 2, [["EUR", (1 << 60) + 1]]),
        (PLAN, 3, "a" * 65),
        (PLAN, 6, [["ALPHA", 0, 1, 1_000_001, ""]]),
        (PLAN, 6, [["ALPHA", 0, MONEY_MICROS_MAX + 1, 1, ""]]),
        (PLAN, 6, [["ALPHA", 0, 1, 1, "", "more"]]),
        (LEVEL, 2, 0),
        (CURSOR, 2, -1),
        (OPEN, 2, "today"),
        (OPEN, 2, "2018-2-5"),
        (DEFINE, 1, [{"type": "DeskSettings.2"}]),
        (DEFINE, 1, [{"type": "DeskSettings.1", "currency_haircut_ppm": 1_000_001}]),
        (DEFINE, 1, [{"type": "DeskSettings.1", "surplus": 1}]),
        (DEFINE, 1, [{}]),
        (DEFINE, 1, [["DeskSettings.1"]]),
    ],
)
def test_a_field_outside_its_bounds_is_refused(command, place, value):
    """Law: decoding is validation."""
    with pytest.raises(RecordFault, match="not a record of this version"):
        decode_record(stored(changed(command, place, value)))


@pytest.mark.parametrize("command", [changed(SUBMIT, 3, "CLK0\n"), changed(DEPOSIT, 3, "USD\n")])
def test_a_name_with_a_newline_at_its_end_is_refused(command):
    with pytest.raises(RecordFault):
        decode_record(stored(command))


@pytest.mark.parametrize("command", [command for command in WHOLE if command is not DEFINE])
def test_a_field_too_many_or_too_few_is_refused(command):
    with pytest.raises(RecordFault, match="at most length"):
        decode_record(stored([*command, "one too many"]))
    with pytest.raises(RecordFault, match="at least length"):
        decode_record(stored(command[:2]))


@pytest.mark.parametrize(
    ("command", "part"),
    [(MARK, ["CLK0", 1, "surplus"]), (RATE, ["EUR", 1, "surplus"])],
)
def test_a_field_too_many_inside_a_part_is_refused(command, part):
    """Law: bytes that are accepted are written back as they were."""
    with pytest.raises(RecordFault):
        decode_record(stored(changed(command, 2, [part])))


def test_a_field_too_many_in_an_orders_terms_is_refused():
    terms = ["NYMEX", "C1", "CLK0", 1, 0, 5, 2, 1, None, 0, None]
    decode_record(stored(["AdvanceTime.1"], [["OrderRouted.1", 1, terms, False]]))
    with pytest.raises(RecordFault):
        decode_record(stored(["AdvanceTime.1"], [["OrderRouted.1", 1, [*terms, 0], False]]))


@pytest.mark.parametrize(
    "command",
    [["SubmitOrder.2"], ["SubmitOrder"], ["Nonsense.1"], ["SessionClosed.1", "CME"], [], [5]],
)
def test_an_unknown_command_is_refused(command):
    with pytest.raises(RecordFault):
        decode_record(stored(command))


@pytest.mark.parametrize(
    "event", [["OrderExpired.2", 1], ["AdvanceTime.1"], [], ["BlockLeg", "A", 1]]
)
def test_an_unknown_event_is_refused(event):
    with pytest.raises(RecordFault):
        decode_record(stored(["AdvanceTime.1"], [event]))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        b"\xdd\xff\xff\xff\xff",
        b"\x95\x01\x02\x01\xdb\xff\xff\xff\xff",
        b"\x95\x01\x02\x01\x91\xadAdvanceTime.1\xdd\xff\xff\xff\xff",
        b"\x95\x01\x02\x01\x91\xa2\xff\xfe\x90",
        stored(["AdvanceTime.1"]) + b"\x00",
        stored(["AdvanceTime.1"])[:-1],
        msgspec.msgpack.encode({"sequence": 1}),
        msgspec.msgpack.encode([1, 2, 1, ["AdvanceTime.1"]]),
        msgspec.msgpack.encode([1, 2, 1, ["AdvanceTime.1"], [], 0]),
        msgspec.msgpack.encode([1.0, 2, 1, ["AdvanceTime.1"], []]),
        msgspec.msgpack.encode(["1", 2, 1, ["AdvanceTime.1"], []]),
        b"\x95" + b"\x91" * 100_000 + b"\x90",
    ],
    ids=lambda payload: payload[:12].hex(),
)
def test_bytes_that_are_no_record_are_refused(payload):
    with pytest.raises(RecordFault):
        decode_record(payload)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("value", [0, -1])
def test_sequence_time_and_version_begin_at_one(place, value):
    head = [1, 1, 1]
    head[place] = value
    with pytest.raises(RecordFault, match=">= 1"):
        decode_record(msgspec.msgpack.encode([*head, ["AdvanceTime.1"], []]))


def test_a_surplus_field_nested_without_end_is_refused():
    """Law: bytes of strangers never do more than raise RecordFault."""
    deep = b"\x91" * 200_000 + b"\x90"
    head = b"\x95\x01\x02\x01\x95" + b"".join(map(msgspec.msgpack.encode, ["MarkPrices.1", "s"]))
    tail = b"".join(map(msgspec.msgpack.encode, ["feed", "", []]))
    mark = b"\x91\x93" + msgspec.msgpack.encode("CLK0") + b"\x05" + deep
    with pytest.raises(RecordFault):
        decode_record(head + mark + tail)


@given(st.binary(max_size=200))
@example(b"\x95\x01\x02\x01\x91\xadAdvanceTime.1\x90")
def test_random_bytes_are_a_record_or_a_fault(payload):
    """Law: bytes of strangers never do more than raise RecordFault."""
    with contextlib.suppress(RecordFault):
        assert isinstance(decode_record(payload), Record)


@given(MSGPACK)
def test_random_msgpack_is_a_record_or_a_fault(value):
    with contextlib.suppress(RecordFault):
        assert isinstance(decode_record(msgspec.msgpack.encode(value)), Record)


@given(st.sampled_from(WHOLE), st.data())
def test_a_record_with_one_strange_value_is_a_record_or_a_fault(command, data):
    place = data.draw(st.integers(0, len(command) - 1))
    payload = stored(changed(command, place, data.draw(MSGPACK)))
    try:
        record = decode_record(payload)
    except RecordFault:
        return
    assert decode_record(encode_record(record)) == record


def test_a_fault_keeps_what_the_decoder_said():
    with pytest.raises(RecordFault, match=r"<= 10000000 - at `\$\[3\]\[5\]`") as caught:
        decode_record(stored(changed(SUBMIT, 5, LOTS_MAX + 1)))
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value.__cause__, msgspec.ValidationError)
