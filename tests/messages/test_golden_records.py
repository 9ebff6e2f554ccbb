"""Golden records: what a released version wrote is read and written for ever, byte for byte.

One line per command and event type: ``SubmitOrder.1 hex``, the stored bytes of a whole record that
holds a sample of that type (``DefineDesk.1/Product.1``: of a type with that item in it).  A new
type, item or enumeration member adds lines at most; a line that is there never changes:
``python -m tests.messages.test_golden_records`` prints the lines that are missing and refuses when
one would differ.
"""

import contextlib
import random
import re
import sys
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest
from msgspec import inspect

from fencang.messages.commands import COMMAND_TYPES, AdvanceTime
from fencang.messages.events import EVENT_TYPES
from fencang.messages.record import Record, RecordFault, decode_record, encode_record

GOLDEN = Path(__file__).parent / "golden" / "records-v1.txt"
SEQUENCE, TIME_NS, DECISION_VERSION = 7, 1_517_864_400_000_000_000, 1


def tag_of(message_type):
    return message_type.__struct_config__.tag


@cache
def labelled_samples():
    """Return {label: message}: one of every message, and one for every item it may hold."""
    samples = {}
    for message_type in COMMAND_TYPES + EVENT_TYPES:
        for item in _item_types(message_type):
            label = tag_of(message_type) + (f"/{tag_of(item)}" if item else "")
            samples[label] = _sample(inspect.type_info(message_type), message_type.__name__, item)
    return samples


def _item_types(message_type):
    """Return the members of the closed union a message may hold, alone or many, else (None,)."""
    for field in inspect.type_info(message_type).fields:
        items = getattr(field.type, "item_type", field.type)
        if isinstance(items, inspect.UnionType) and _is_of_structs(items):
            return tuple(member.cls for member in items.types)
    return (None,)


def _is_of_structs(info):
    return all(isinstance(part, inspect.StructType) for part in info.types)


def _fits(info, text):
    """Return whether the text keeps the bounds of its field, however they are written down."""
    is_of_length = (info.min_length or 0) <= len(text) <= (info.max_length or len(text))
    return is_of_length and (info.pattern is None or re.search(info.pattern, text) is not None)


def _sample(info, name, item):
    """Return a value of that type, away from its default where it can be.

    Nothing of it depends on how many members a union or an enumeration has.
    """
    match info:
        case inspect.StrType():
            texts = (f"{name}-1", "EUR", "US", "LEI", "2018-02", "0f" * 32, "orders:read")
            return next(text for text in texts if _fits(info, text))
        case inspect.BytesType():
            return name.encode().ljust(info.min_length or 0, b"-")
        case inspect.BoolType():
            return True
        case inspect.IntType():
            value = 1_000_003 + sum(name.encode())  # differs from field to field
            return value if info.le is None else min(value, info.le)
        case inspect.DateType():
            return date(2018, 2, 5)
        case inspect.EnumType():
            return list(info.cls)[:2][-1]
        case inspect.VarTupleType():
            if isinstance(info.item_type, inspect.UnionType):
                return (_sample(inspect.type_info(item), name, None),)
            return (_sample(info.item_type, name, item), _sample(info.item_type, f"{name}-2", item))
        case inspect.TupleType():
            return tuple(_sample(part, name, item) for part in info.item_types)
        case inspect.UnionType() if _is_of_structs(info):
            return _sample(inspect.type_info(item), name, None)
        case inspect.UnionType():  # the only other union: a value or None
            (value,) = (part for part in info.types if not isinstance(part, inspect.NoneType))
            return _sample(value, name, item)
        case inspect.Metadata():
            return _sample(info.type, name, item)
        case inspect.StructType():
            return info.cls(**{f.name: _sample(f.type, f.name, item) for f in info.fields})
    raise AssertionError(f"no sample for {info!r} ({name})")


SAMPLES = labelled_samples()


def record_of(message):
    """Return the record that a golden line holds."""
    is_command = isinstance(message, COMMAND_TYPES)
    command, events = (message, ()) if is_command else (AdvanceTime(), (message,))
    return Record(SEQUENCE, TIME_NS, DECISION_VERSION, command, events)


def golden_lines():
    """Return {label: stored bytes} of the golden file."""
    lines = GOLDEN.read_text(encoding="ascii").splitlines() if GOLDEN.exists() else []
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {label: bytes.fromhex(text) for label, text in pairs}


@pytest.mark.parametrize("label", SAMPLES)
def test_every_message_has_a_golden_line_that_todays_codec_reads_and_writes(label):
    """Law: released message types are never edited; hashes cover the stored bytes."""
    golden = golden_lines()
    assert label in golden, "python -m tests.messages.test_golden_records prints the missing lines"
    record = record_of(SAMPLES[label])
    assert encode_record(record) == golden[label]
    assert decode_record(golden[label]) == record


def test_every_type_is_sampled():
    sampled = [type(message) for message in SAMPLES.values()]
    assert [kind for kind in COMMAND_TYPES + EVENT_TYPES if kind not in sampled] == []


def test_every_golden_line_can_still_be_read():
    """Law: what was written can be read, types that are no longer made included."""
    for label, stored in golden_lines().items():
        record = decode_record(stored)
        message = record.events[0] if record.events else record.command
        assert label.split("/")[0] == tag_of(type(message))
        assert encode_record(record) == stored


def test_no_golden_line_is_there_twice():
    text = GOLDEN.read_text(encoding="ascii")
    tags = [line.split()[0] for line in text.splitlines() if not line.startswith("#")]
    assert len(tags) == len(set(tags))


@pytest.mark.parametrize("label", SAMPLES)
def test_a_golden_record_cut_anywhere_is_refused(label):
    """Law: bytes of strangers never do more than raise RecordFault."""
    stored = encode_record(record_of(SAMPLES[label]))
    for end in range(0, len(stored), max(1, len(stored) // 20)):
        with pytest.raises(RecordFault):
            decode_record(stored[:end])


@pytest.mark.parametrize("label", SAMPLES)
def test_a_golden_record_with_a_changed_byte_is_a_record_or_a_fault(label):
    """Law: bytes of strangers never do more than raise RecordFault."""
    stored = encode_record(record_of(SAMPLES[label]))
    chance = random.Random(label)
    for _ in range(200):
        offset = chance.randrange(len(stored))
        changed = bytearray(stored)
        changed[offset] = chance.randrange(256)
        with contextlib.suppress(RecordFault):
            assert isinstance(decode_record(bytes(changed)), Record)


def test_bytes_with_an_unknown_tag_or_a_field_too_many_are_refused():
    stored = golden_lines()["AdvanceTime.1"]
    with pytest.raises(RecordFault, match=r"AdvanceTime\.9"):
        decode_record(stored.replace(b"AdvanceTime.1", b"AdvanceTime.9"))
    decoded = msgspec.msgpack.decode(stored)
    with pytest.raises(RecordFault):
        decode_record(msgspec.msgpack.encode([*decoded, "one too many"]))


def main():
    golden = golden_lines()
    for label, message in SAMPLES.items():
        stored = encode_record(record_of(message))
        if golden.get(label, stored) != stored:
            sys.exit(f"{label} would be written otherwise than released: make a new version of it")
        if label not in golden:
            sys.stdout.write(f"{label} {stored.hex()}\n")


if __name__ == "__main__":
    main()
