"""The audit trail of one entity: every record that names it, from its birth on.

An index of everything that every record names would cost every order and grow without end; the
trail is asked for rarely.  So a request goes through a stated number of records and says where to
go on.  Most records are passed over by their bytes: what an entity is called stands in them as it
is.  What is numbered by the record that made it is looked for from there.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec

from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX
from fencang.gateways.questions import SCAN_RECORDS_MAX, Scan
from fencang.gateways.rest.asking import Audit, audit_record
from fencang.gateways.rest.operation import Call, Operation, Parameter, Reply
from fencang.gateways.rest.paging import PAGE_ROWS, PAGE_ROWS_MAX
from fencang.gateways.rest.problem import Refused
from fencang.gateways.rest.sight import require_common
from fencang.messages.draft_body import DraftBodyFault, decode_body
from fencang.messages.record import Record

__all__ = ["ENTITIES", "Entity", "EntityKind", "names_entity"]

_NUMBER_MAX = 1 << 63


class EntityKind(StrEnum):
    """What a trail can be asked for."""

    ORDER = "order"
    BLOCK_ORDER = "block_order"
    EXECUTION = "execution"
    ENVELOPE = "envelope"
    MASS_CANCEL = "mass_cancel"
    INSTRUCTION = "instruction"
    ROLL = "roll"
    PLAN = "plan"
    DRAFT = "draft"
    PROPOSAL = "proposal"
    LIQUIDATION = "liquidation"
    WIRE = "wire"
    MARGIN_CALL = "margin_call"
    SUB_ACCOUNT = "sub_account"
    CARRYING_ACCOUNT = "carrying_account"
    LEGAL_PERSON = "legal_person"
    NODE = "node"
    CONTRACT = "contract"
    PRODUCT = "product"
    VENUE = "venue"
    RULE = "rule"
    TIER = "tier"
    USER = "user"
    KEY = "key"


class Entity(NamedTuple):
    """Fields of commands, events, definitions and origins that name an entity of a kind.

    ``is_born``: its number says which record made it.
    """

    fields: frozenset[str]
    is_number: bool = False
    is_born: bool = False


def _named(words: str) -> Entity:
    return Entity(frozenset(words.split()))


def _born(words: str) -> Entity:
    return Entity(frozenset(words.split()), is_number=True, is_born=True)


_BY_KIND = {
    EntityKind.ORDER: _born("order_id near_order_id far_order_id order_ids waits_for"),
    EntityKind.BLOCK_ORDER: _born("block_id"),
    EntityKind.EXECUTION: _named("execution_id buy_execution_id sell_execution_id"),
    EntityKind.ENVELOPE: _born("envelope_id"),
    EntityKind.MASS_CANCEL: _born("mass_cancel_id"),
    EntityKind.INSTRUCTION: _born("instruction_id"),
    EntityKind.ROLL: _born("roll_id"),
    EntityKind.PLAN: _born("plan_id"),
    EntityKind.DRAFT: Entity(frozenset({"draft_id"}), is_number=True),
    EntityKind.PROPOSAL: _born("proposal_id"),
    EntityKind.LIQUIDATION: _born("liquidation_id"),
    EntityKind.WIRE: _born("wire_id"),
    EntityKind.MARGIN_CALL: _born("call_id"),
    EntityKind.SUB_ACCOUNT: _named(
        """sub_account_id from_sub_account_id to_sub_account_id book_id from_book_id to_book_id
        node_id confirmed_node_id account_id parent_id buy_sub_account_ids sell_sub_account_ids"""
    ),
    EntityKind.CARRYING_ACCOUNT: _named(
        "carrying_account_id account_id from_account_id to_account_id node_id confirmed_node_id"
    ),
    EntityKind.LEGAL_PERSON: _named(
        "owner_id person_id principal_id persons_id holder_id node_id confirmed_node_id"
    ),
    EntityKind.NODE: _named("node_id confirmed_node_id"),
    EntityKind.CONTRACT: _named(
        "contract_id from_contract_id to_contract_id underlying_id contract_ids counted_id"
    ),
    EntityKind.PRODUCT: _named("product_id product_ids"),
    EntityKind.VENUE: _named("venue_id"),
    EntityKind.RULE: _named("rule_id"),
    EntityKind.TIER: _named("tier_id"),  # who has one: a default is not stored, so not found
    EntityKind.USER: _named(
        """user_id entered_by approved_by accepted_by rejected_by proposed_by withdrawn_by
        cancelled_by decided_by closed_by maker checker acts_for"""
    ),
    EntityKind.KEY: _named("key_id"),
}


def names_entity(value: object, entity: Entity, key: str | int) -> bool:
    """Return whether a message, or what it holds, names an entity in one of its fields.

    A draft names what the command in it names.
    """
    if isinstance(value, tuple | list | frozenset):
        return any(names_entity(each, entity, key) for each in value)
    if isinstance(value, dict):
        return any(names_entity(each, entity, key) for each in value.values())
    if not isinstance(value, msgspec.Struct):
        return False
    for name in value.__struct_fields__:
        found = getattr(value, name)
        if name in entity.fields and (found == key or (type(found) is tuple and key in found)):
            return True
        if name == "body" and type(found) is bytes:
            found = _inside(found)
        if names_entity(found, entity, key):
            return True
    return False


def _inside(body: bytes) -> object:
    try:
        return decode_body(body)
    except DraftBodyFault:
        return None  # refused when it was proposed


def _key_of(kind: EntityKind, entity: Entity, text: str) -> str | int:
    """Return the key as messages have it.

    Raises:
        Refused: the kind is numbered, and this is no number.
    """
    if not entity.is_number:
        return text
    if not (text.isascii() and text.isdecimal()) or int(text) >= _NUMBER_MAX:
        detail = f"there is no {kind.value.replace('_', ' ')} of this name: a number names each"
        raise Refused.of(404, "not-found", detail)
    return int(text)


def _needles(kind: EntityKind, key: str | int) -> tuple[bytes, ...]:
    """Return bytes of which a record that names the entity holds one."""
    if kind is EntityKind.DRAFT:  # small numbers stand everywhere, the word in every message
        return (b"Draft",)
    return (key.encode() if isinstance(key, str) else msgspec.msgpack.encode(key),)


def _birth(call: Call, kind: EntityKind, entity: Entity, key: str | int) -> int:
    """Return the record that the entity cannot be named before."""
    if entity.is_born and isinstance(key, int):
        return max(1, key // ORDERS_PER_COMMAND_MAX)
    if kind is EntityKind.DRAFT and isinstance(key, int):
        draft = call.desk.board.drafts.draft(key)
        return 1 if draft is None else draft.proposed_sequence
    return 1


async def _records_of(call: Call) -> Reply:
    asked = call.parameters
    require_common(call.caller.sub_tree, "records", is_of_books=False)
    kind, count = asked["kind"], asked.get("limit", PAGE_ROWS)
    entity = _BY_KIND[kind]
    key = _key_of(kind, entity, asked["key"])

    def pick(record: Record, earlier: Callable[[int], Record]) -> Sequence[Record]:
        del earlier
        told = (record.command, record.events, record.origin)
        return [record] if names_entity(told, entity, key) else []

    scanned = await call.desk.questions.scan(
        Scan(
            first=max(asked.get("from_sequence", 1), _birth(call, kind, entity, key)),
            last=None,
            wanted=count,
            pick=pick,
            needles=_needles(kind, key),
        )
    )
    records = tuple(audit_record(record) for record in scanned.found)
    return Reply(Audit(records=records, next_sequence=scanned.next_sequence))


ENTITIES: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/audit/entities/{kind}/{key}",
        name="list_entity_records",
        tag="audit",
        summary="The records that name one entity, from its birth on",
        description=(
            f"One request goes through {SCAN_RECORDS_MAX:,} records at most: an answer may have "
            "fewer records than asked for, even none, and still say where to go on."
        ),
        scope="audit:read",
        handler=_records_of,
        answer=Audit,
        parameters=(
            Parameter("kind", EntityKind, "What kind of entity.", True),
            Parameter(
                "key",
                Annotated[str, msgspec.Meta(min_length=1, max_length=200)],
                "What identifies it.",
                True,
            ),
            Parameter(
                "from_sequence",
                Annotated[int, msgspec.Meta(ge=1, le=1 << 53)],
                "Records from this one on: the `next_sequence` of the answer before.",
            ),
            Parameter(
                "limit", Annotated[int, msgspec.Meta(ge=1, le=PAGE_ROWS_MAX)], "Records at most."
            ),
        ),
        statuses=(400, 404, 503),
    ),
)
