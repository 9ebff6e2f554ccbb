"""What the desk answers.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from fencang.client.instant import Instant
from fencang.client.types.accounts import Mandate

__all__ = [
    "AccountMandate",
    "Audit",
    "AuditRecord",
    "BalanceRow",
    "BlockLegRow",
    "BlockOrderRow",
    "CommandBefore",
    "ControlAnswer",
    "DefinitionForm",
    "DraftInFull",
    "DraftRow",
    "EnvelopeAnswer",
    "Envelopes",
    "ExecutionRow",
    "FiringRow",
    "InstructionRow",
    "LedgerEntryRow",
    "LimitAnswer",
    "Limits",
    "MassCancelOutcome",
    "MovementKind",
    "OrderExplained",
    "OrderOutcome",
    "OrderRow",
    "OriginForm",
    "Outcome",
    "PositionRow",
    "PriceRow",
    "RiskSignalRow",
    "RuleRow",
    "SigningTerms",
    "StatedAccountMandate",
    "StatedStrategy",
    "StatedVenueCalendar",
    "Strategy",
    "TradingStateRow",
    "VenueCalendar",
]


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """An order with its full state; prices in the quoted unit, ``quantity_lots`` in total."""

    order_id: int
    client_order_id: str
    sub_account_id: str
    carrying_account_id: str
    venue_id: str
    contract_id: str
    side: str
    offset: str
    order_type: str
    time_in_force: str
    expire_day: date | None
    quantity_lots: int
    filled_lots: int
    remaining_lots: int
    limit_price: Decimal | None
    stop_price: Decimal | None
    average_price: Decimal | None
    state: str
    is_reducing: bool
    block_id: int
    roll_id: int
    venue_order_id: str
    text: str
    accepted_time: Instant
    changed_time: Instant


class OrderOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order on its way in; ``order_ids`` are several where it was divided."""

    sequence: int
    time: Instant
    events: tuple[dict[str, Any], ...]
    order_ids: tuple[int, ...]


class ExecutionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One book's lots of an execution, at its present price, with all fees paid for them.

    ``state`` tells of corrections; ``sub_account_id`` is empty for lots in suspense.
    """

    execution_id: str
    carrying_account_id: str
    sub_account_id: str
    order_id: int | None
    contract_id: str
    side: str
    offset: str
    quantity_lots: int
    price: Decimal
    fee: Decimal
    currency: str
    state: str
    sequence: int
    time: Instant


class PositionRow(msgspec.Struct, frozen=True, kw_only=True):
    """Lots of one book in one contract at one carrying account.

    ``level``: sub_account, reserve, suspense, or carrying_account for what the broker sees.
    ``carried`` is what the lots cost up to the last settlement, in the contract's currency.
    """

    level: str
    book_id: str
    carrying_account_id: str
    contract_id: str
    long_lots: int
    short_lots: int
    net_lots: int
    carried: Decimal
    currency: str


class BalanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """Cash of one book in one currency; ``fees`` and ``variation`` are sums over its whole life."""

    level: str
    book_id: str
    currency: str
    cash: Decimal
    fees: Decimal
    variation: Decimal


class PriceRow(msgspec.Struct, frozen=True, kw_only=True):
    """The latest price of a contract."""

    contract_id: str
    price: Decimal
    time: Instant


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a command did: its record, and every event decided from it, in the API's form."""

    sequence: int
    time: Instant
    events: tuple[dict[str, Any], ...]


class TradingStateRow(msgspec.Struct, frozen=True, kw_only=True):
    """What was set for a node itself; nodes above it may be stricter."""

    node_id: str
    trading_state: str
    reason: str
    time: Instant


class FiringRow(msgspec.Struct, frozen=True, kw_only=True):
    """One firing of a rule; ``rearmed_time`` is None while it lasts."""

    rule_id: str
    sequence: int
    reference: Decimal
    value: Decimal
    fired_time: Instant
    hold_until_time: Instant
    rearmed_time: Instant | None


class DraftRow(msgspec.Struct, frozen=True, kw_only=True):
    """A change that waits for a second person, or what became of it; times None where not yet."""

    draft_id: int
    state: str
    command: str
    body_sha256: str
    maker: str
    role: str
    proposed_sequence: int
    proposed_time: Instant
    opens_time: Instant
    expires_time: Instant
    closed_by: str
    closed_role: str
    closed_time: Instant | None
    closed_sequence: int | None
    reason: str


class InstructionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for the next trading day of its venue."""

    instruction_id: int
    sub_account_id: str
    tier_id: str
    venue_id: str
    contract_id: str
    trading_day: date
    command: str
    entered_sequence: int


class BlockOrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """A block order: what cut it (``rule_id``), and how far it has come.

    ``state``: working or done; ``unfilled_lots`` is what was given up when it was done.
    ``orders`` are the slices sent so far, in ``attempts``.
    """

    block_id: int
    rule_id: str
    carrying_account_id: str
    contract_id: str
    side: str
    offset: str
    state: str
    quantity_lots: int
    filled_lots: int
    unfilled_lots: int | None
    average_price: Decimal | None
    legs: int
    orders: int
    attempts: int
    created_time: Instant
    changed_time: Instant


class BlockLegRow(msgspec.Struct, frozen=True, kw_only=True):
    """One sub-account's part in a block order, fixed before any fill, and what it received."""

    block_id: int
    sub_account_id: str
    carrying_account_id: str
    contract_id: str
    side: str
    quantity_lots: int
    filled_lots: int
    average_price: Decimal | None
    fee: Decimal
    currency: str


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it is defined, and how it stands.

    ``standing``: ``waiting`` for its first reference, ``armed`` at ``reference``, or ``fired``:
    then opening is blocked until ``hold_until_time`` at least, and the next observation after
    that which does not trigger arms it anew.  ``version`` is the record that defined it last.
    """

    rule_id: str
    kind: str
    version: int
    indicator: str
    tag: str
    rise_ppm: int
    keep_ppm: int
    hold_seconds: Decimal
    reference_kind: str
    window_seconds: Decimal
    attempts_max: int
    standing: str
    reference: Decimal | None
    fired_time: Instant | None
    hold_until_time: Instant | None


class RiskSignalRow(msgspec.Struct, frozen=True, kw_only=True):
    """One risk signal: what kind, by number and name, about which node, in plain words.

    ``node_id`` is empty where it is about no node of the account tree.  ``limit`` and ``value``
    are counted as the control counts them, money in millionths; ``sequence`` is its record.
    """

    signal_id: int
    sequence: int
    time: Instant
    kind: int
    kind_name: str
    severity: str
    node_id: str
    subject: str
    words: str
    level_ppm: int | None
    limit: int | None
    value: int | None


class LimitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A position limit at a node in a scope, with the worst case of each side, in lots."""

    node_id: str
    scope_id: str
    set_by: str
    long_lots_max: int
    short_lots_max: int
    long_worst_lots: int
    short_worst_lots: int


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Position limits with their worst cases as of ``sequence``."""

    sequence: int
    rows: tuple[LimitAnswer, ...]


class EnvelopeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Risk reserved ahead: what was granted, what works, was filled, and is left."""

    envelope_id: int
    sub_account_id: str
    scope_id: str
    contract_ids: tuple[str, ...]
    side: str
    quantity_lots: int
    working_lots: int
    filled_lots: int
    unused_lots: int
    clip_lots: int
    margin: Decimal
    expires_time: Instant
    entered_by: str


class Envelopes(msgspec.Struct, frozen=True, kw_only=True):
    """Open envelopes as of ``sequence``."""

    sequence: int
    rows: tuple[EnvelopeAnswer, ...]


class ControlAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one control found at one node: limit, value and head room in ``unit`` (may be empty)."""

    control: str
    node_id: str
    scope_id: str
    unit: str
    limit: int | None
    value: int | None
    head_room: int | None
    passes: bool
    is_reached: bool
    reason: int | None
    detail: str


class OrderExplained(msgspec.Struct, frozen=True, kw_only=True):
    """Every control that an order met, or would meet, and what bound it."""

    is_accepted: bool
    sequence: int
    controls: tuple[ControlAnswer, ...]
    reason: int | None
    detail: str


class OriginForm(msgspec.Struct, frozen=True, kw_only=True):
    """Where a command came from."""

    user_id: str
    key_id: str
    interface: str
    address: str
    request_id: str


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record of the journal: a command, where it came from, and what was decided from it."""

    sequence: int
    time: Instant
    command: dict[str, Any]
    events: tuple[dict[str, Any], ...]
    origin: OriginForm | None


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """Records in order; go on with ``next_sequence``, None at the end of the journal."""

    records: tuple[AuditRecord, ...]
    next_sequence: int | None

    @property
    def rows(self) -> tuple[AuditRecord, ...]:
        """The records."""
        return self.records

    @property
    def next_cursor(self) -> int | None:
        """Where the list goes on, None at its end."""
        return self.next_sequence


class MassCancelOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a mass cancel did; ``order_ids`` are the orders that were asked with this answer.

    A cancel is a wish until the venue answers: the orders themselves tell what becomes of them.
    """

    mass_cancel_id: int
    asked_orders: int
    pending_orders: int
    left_orders: int
    instructions: int
    sequence: int
    time: Instant
    order_ids: tuple[int, ...]


MovementKind = Literal[
    "conversion",
    "correction",
    "day_minimum",
    "deposit",
    "fees",
    "interest",
    "opening_book",
    "premium",
    "promised",
    "transfer",
    "variation",
    "wire",
    "withdrawal",
]
"""Why cash moved, in the order of the cash table.

``PROMISED`` cash went to wires under way or came back from them; ``CORRECTION`` is
variation of settlements whose price was wrong.
"""


class LedgerEntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of cash of one book in one currency; ``amount`` is positive to the book.

    ``level``: sub_account, reserve, promised, suspense, or carrying_account for what the broker
    sees.  ``trading_day`` is the day of its venue, of cash without one the earliest unsettled
    day, as on statements; None before the first day.  ``reference`` is the execution, wire or
    fee row.
    """

    entry_id: str
    sequence: int
    time: Instant
    trading_day: date | None
    kind: MovementKind
    level: str
    book_id: str
    currency: str
    amount: Decimal
    carrying_account_id: str
    contract_id: str
    other_book_id: str
    reference: str
    text: str


class DefinitionForm(msgspec.Struct, frozen=True, kw_only=True):
    """A reference value; ``version`` is the record that defined it last, and its ETag."""

    kind: str
    key: str
    version: int
    item: dict[str, Any]


class AccountMandate(msgspec.Struct, frozen=True, kw_only=True):
    """What a sub-account may do with its capital; it is changed with its sub-account."""

    sub_account_id: str
    owner_id: str
    mandate: Mandate


class StatedAccountMandate(msgspec.Struct, frozen=True, kw_only=True):
    """One of the mandates; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: AccountMandate


class Strategy(msgspec.Struct, frozen=True, kw_only=True):
    """What trades a sub-account: to the desk a strategy is the account that it trades.

    ``controller_id`` names who decides its trades, where that is not the holder of the desk;
    ``tags`` are what rules select it by.
    """

    sub_account_id: str
    owner_id: str
    name: str
    controller_id: str | None
    service_tier: str
    tags: tuple[str, ...]


class StatedStrategy(msgspec.Struct, frozen=True, kw_only=True):
    """One of the strategies; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: Strategy


class VenueCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """When a venue trades: whole days shut, and the calendar that its sessions are taken from."""

    venue_id: str
    timezone: str
    calendar_id: str
    weekend_days: tuple[int, ...]
    holidays: tuple[date, ...]


class StatedVenueCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """One of the calendars; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: VenueCalendar


class DraftInFull(msgspec.Struct, frozen=True, kw_only=True):
    """A draft with all that a second person signs: ``body`` is its command in base64.

    ``desk_id`` names the desk in the signed text.  ``acts_for`` and ``closed_acts_for`` are
    whose role maker and checker act in by delegation; keys are the public ones that they signed
    with.
    """

    draft: DraftRow
    desk_id: str
    body: str
    acts_for: str
    public_key: str
    closed_acts_for: str
    closed_key: str


class CommandBefore(msgspec.Struct, frozen=True, kw_only=True):
    """The command that takes an applied draft back, in base64, for the caller to sign and propose.

    It states the values that were in force before; what is new since then is switched off.
    """

    draft_id: int
    command: str
    body: str


class SigningTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller's next proposal is signed with: desk, person, and the number it bears.

    ``desk_id`` is empty where the desk asks for no signatures.
    """

    desk_id: str
    user_id: str
    nonce: int
