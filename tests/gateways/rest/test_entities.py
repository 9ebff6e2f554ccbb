"""Which records name an entity: every field that could be meant is decided about."""

import msgspec
import pytest
from msgspec import inspect

from fencang.gateways.rest import entities
from fencang.gateways.rest.entities import Entity, EntityKind, names_entity
from fencang.messages.commands import COMMAND_TYPES, AdvanceTime, TransferCapital
from fencang.messages.draft_body import encode_body
from fencang.messages.events import EVENT_TYPES, CapitalTransferred
from fencang.messages.origin import Origin
from fencang.messages.record import Record, encode_record
from tests.engine.random_desk import Office

NOT_ASKED_FOR = frozenset(
    """client_order_id client_roll_id session_id gateway_id desk_id bank_id venue_order_id scope_id
    other_scope_id limit_id regime_id exemption_id threshold_id override_id row_id correction_id
    break_id sweep_id cause_id last_order_id refusal_id substitute_id index_id collateral_id
    request_id met_by""".split()
)
"""Fields that name what no trail is asked for: words of clients, and rows of definitions."""


def fields_of(kind, found=None):
    """Return every field name of a message and of what it holds, but for definitions."""
    found = set() if found is None else found
    info = inspect.type_info(kind)
    for field in info.fields:
        found.add(field.name)
        inner = field.type
        while isinstance(inner, inspect.VarTupleType):
            inner = inner.item_type
        if isinstance(inner, inspect.StructType) and "refdata" not in inner.cls.__module__:
            fields_of(inner.cls, found)
    return found


def test_every_identifier_in_a_message_is_decided_about():
    """A new field that names something has a kind of entity, or is said not to be asked for."""
    names = set()
    for kind in (*COMMAND_TYPES, *EVENT_TYPES, Origin):
        fields_of(kind, names)
    named = {name for name in names if name.endswith(("_id", "_ids", "_by"))}
    known = set().union(*(entity.fields for entity in entities._BY_KIND.values()))
    assert named - known - NOT_ASKED_FOR == set()


def test_every_kind_has_its_fields():
    assert entities._BY_KIND.keys() == {*EntityKind}


@pytest.fixture(scope="module")
def records():
    office = Office(23, uses_span=False)
    for _ in range(160):
        office.step()
    return office.desk.records


def texts_in(value, found):
    """Yield (field, value) of everything a record says, by a walk of its own over plain values."""
    if isinstance(value, msgspec.Struct):
        for name, each in msgspec.structs.asdict(value).items():
            if isinstance(each, str | int):
                found.add((name, each))
            elif isinstance(each, tuple):
                found.update((name, one) for one in each if isinstance(one, str | int))
            texts_in(each, found)
    elif isinstance(value, tuple | list):
        for each in value:
            texts_in(each, found)


@pytest.mark.parametrize("kind", [kind for kind in EntityKind if kind is not EntityKind.DRAFT])
def test_what_is_named_is_found_and_is_not_passed_over_by_its_bytes(records, kind):
    """Law: a record that says it anywhere is found; the bytes that are looked for are in it."""
    entity = entities._BY_KIND[kind]
    said = []
    for record in records:
        found = set()
        texts_in((record.command, record.events, record.origin), found)
        said.append({value for name, value in found if name in entity.fields and value})
    keys = sorted(set().union(*said), key=str)[:40]
    for key in keys:
        if isinstance(key, str) == entity.is_number:
            continue
        for record, values in zip(records, said, strict=True):
            told = (record.command, record.events, record.origin)
            assert names_entity(told, entity, key) == (key in values), (key, record)
            if key in values:
                payload = encode_record(record)
                assert any(needle in payload for needle in entities._needles(kind, key))


@pytest.mark.parametrize("kind", [k for k, entity in entities._BY_KIND.items() if entity.is_born])
def test_nothing_is_named_before_its_birth(records, kind):
    entity = entities._BY_KIND[kind]
    for record in records:
        found = set()
        texts_in(record.events, found)
        numbers = [value for name, value in found if name in entity.fields and value]
        assert all(number // 100_000 <= record.sequence for number in numbers)


def test_a_draft_names_what_its_command_names():
    command = TransferCapital(
        from_sub_account_id=None,
        to_sub_account_id="ALPHA",
        amount_micros=1,
        reason="more",
        entered_by="ann",
    )
    entity = entities._BY_KIND[EntityKind.SUB_ACCOUNT]

    class Held(msgspec.Struct):
        body: bytes

    assert names_entity(Held(encode_body(command)), entity, "ALPHA")
    assert not names_entity(Held(encode_body(command)), entity, "BETA")
    assert not names_entity(Held(b"\xc1 no command"), entity, "ALPHA")


def test_every_message_of_drafts_has_the_word_that_is_looked_for():
    """Law: whatever has a draft's number is stored under a name with this word in it."""
    (needle,) = entities._needles(EntityKind.DRAFT, 7)
    for kind in (*COMMAND_TYPES, *EVENT_TYPES):
        if "draft_id" in kind.__struct_fields__:
            assert needle in kind.__struct_config__.tag.encode()


def test_an_origin_names_who_asked():
    origin = Origin("ann", "ann-1", "rest", "127.0.0.1")
    event = CapitalTransferred(from_book_id="A", to_book_id="B", amount_micros=1, reason="x")
    record = Record(1, 1, 1, AdvanceTime(), (event,), origin)
    told = (record.command, record.events, record.origin)
    assert names_entity(told, entities._BY_KIND[EntityKind.USER], "ann")
    assert names_entity(told, entities._BY_KIND[EntityKind.KEY], "ann-1")
    assert not names_entity(told, Entity(frozenset({"key_id"})), "ann")
