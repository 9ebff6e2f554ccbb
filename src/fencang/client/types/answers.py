"""What the desk answers.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from fencang.client.instant import Instant

__all__ = [
    "AccountComputed",
    "AttributedMargin",
    "AttributionRow",
    "Audit",
    "AuditRecord",
    "BalanceRow",
    "ComputedPlan",
    "ControlAnswer",
    "DefinitionForm",
    "DraftRow",
    "EnvelopeAnswer",
    "Envelopes",
    "ExecutionRow",
    "FiringRow",
    "InstructionRow",
    "InverseVolatility",
    "LimitAnswer",
    "Limits",
    "MarginAnswer",
    "MarginChange",
    "MarginEffect",
    "MarginFigures",
    "OrderExplained",
    "OrderOutcome",
    "OrderRow",
    "OriginForm",
    "Outcome",
    "PlanExplained",
    "PlanLine",
    "PlanLineRow",
    "PlanRow",
    "PositionRow",
    "PriceRow",
    "ProposePlanBody",
    "RequirementAnswer",
    "RequirementPart",
    "Standing",
    "TradingStateRow",
    "WhatIfAnswer",
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


class PlanLineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One sub-account's part in a plan."""

    sub_account_id: str
    old: Decimal
    new: Decimal
    weight_ppm: int
    why: str


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """A capital plan: what it says, who proposed and decided it."""

    plan_id: int
    state: str
    owner_id: str
    model: str
    solver_version: str
    input_sha256: str
    at_sequence: int
    lines: tuple[PlanLineRow, ...]
    proposed_by: str
    decided_by: str
    reason: str
    proposed_time: Instant
    changed_time: Instant


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


class DefinitionForm(msgspec.Struct, frozen=True, kw_only=True):
    """A reference value; ``version`` is the record that defined it last, and its ETag."""

    kind: str
    key: str
    version: int
    item: dict[str, Any]


class MarginAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where a book, or an owner's whole pool, stands.

    ``available`` is what is left for new requirements: equity and collateral, and what the pool
    grants, less the requirement.  ``attributed`` is the book's share of the pool's requirement:
    it is told, and binds nobody.
    """

    level: str
    book_id: str
    owner_id: str
    equity: Decimal
    requirement: Decimal
    granted: Decimal
    available: Decimal
    attributed: Decimal


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where books and pools stand as of ``sequence``."""

    sequence: int
    rows: tuple[MarginAnswer, ...]


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


class AttributionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A book's share of its owner's pool; level: sub_account, suspense or pool.

    Of the pool, ``attributed`` is the whole requirement, which the shares sum to exactly, and
    ``stand_alone`` is what its sub-accounts would need apart.  ``benefit`` is the difference.
    """

    level: str
    book_id: str
    owner_id: str
    stand_alone: Decimal
    attributed: Decimal
    benefit: Decimal
    granted: Decimal


class AttributedMargin(msgspec.Struct, frozen=True, kw_only=True):
    """Every pool's requirement, attributed by the desk's ``rule``, in the base currency."""

    sequence: int
    time: Instant
    rule: str
    rows: tuple[AttributionRow, ...]


class RequirementPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a requirement, in one currency; of ``requirement`` positions ask ``held``.

    Kinds: span or rate (a netting set), contract, premium, concentration or fixed (the broker's
    add-ons), envelopes.  Parts of a book sum to its requirement, exactly.
    """

    level: str
    book_id: str
    owner_id: str
    kind: str
    currency: str
    requirement: Decimal
    held: Decimal
    carrying_account_id: str
    clearing_house_id: str
    contract_id: str
    add_on_id: str


class RequirementAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a requirement is made of."""

    sequence: int
    time: Instant
    rows: tuple[RequirementPart, ...]


class MarginFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Where a book stands: stand-alone requirement, share of the pool's, what is left."""

    requirement: Decimal
    attributed: Decimal
    available: Decimal


class MarginChange(msgspec.Struct, frozen=True, kw_only=True):
    """After less before."""

    requirement: Decimal
    attributed: Decimal
    available: Decimal


class MarginEffect(msgspec.Struct, frozen=True, kw_only=True):
    """One book of a pool that is concerned, and last the pool; in the base currency."""

    level: str
    book_id: str
    owner_id: str
    before: MarginFigures
    after: MarginFigures
    difference: MarginChange


class WhatIfAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Every book of the pools concerned, before and after.

    ``unpriced`` are contracts asked about that have no price, or none in the base currency for
    want of an exchange rate: what they would ask for is not counted.
    """

    sequence: int
    time: Instant
    rows: tuple[MarginEffect, ...]
    unpriced: tuple[str, ...] = ()


class InverseVolatility(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """Shares in proportion to 1/volatility: calm sub-accounts get more capital, wild ones less.

    Volatility per year from daily returns, weighted by ``half_life_days``;
    ``prior_volatility_ppm`` stands alone below ``history_days_min`` days, and counts afterwards
    as ``prior_observations`` days.  No volatility below ``volatility_floor_ppm`` is believed.
    Shares are from ``floor_ppm`` to ``cap_ppm`` of what is distributed; no account moves by
    more than ``step_ppm``, or at all within ``band_ppm`` of its target, or below its margin
    requirement and ``margin_buffer_ppm`` of it.  ``deploy_ppm`` of the owner's capital is
    distributed.
    """

    half_life_days: int = 60
    history_days_min: int = 20
    prior_volatility_ppm: int = 150000
    prior_observations: int = 20
    volatility_floor_ppm: int = 10000
    trading_days_per_year: int = 252
    floor_ppm: int = 5000
    cap_ppm: int = 100000
    step_ppm: int = 20000
    band_ppm: int = 2000
    deploy_ppm: int = 900000
    margin_buffer_ppm: int = 250000


class PlanLine(msgspec.Struct, frozen=True, kw_only=True):
    """One sub-account's part in a plan: capital before, after, and why."""

    sub_account_id: str
    old: Decimal
    new: Decimal
    weight_ppm: int
    why: str


class ProposePlanBody(msgspec.Struct, frozen=True, kw_only=True):
    """Propose a move of capital computed from the state at ``at_sequence``."""

    model: str
    solver_version: str
    input_sha256: str
    at_sequence: int
    owner_id: str
    lines: tuple[PlanLine, ...]


class AccountComputed(msgspec.Struct, frozen=True, kw_only=True):
    """How one sub-account comes to its new capital, step by step.

    ``ideal`` is its share by volatility within floor and cap (``ideal_bound`` names the one
    that bound), ``target`` the same within step and margin (``target_bound``), ``new`` what it
    gets; where ``is_kept`` that is what it has.  ``rounding`` is what rounding the ideal to a
    whole micro gave it, and with a sign took.  ``need`` is what it is never cut below.
    ``returns_source`` "" is the desk's own journal; the times say how old its margin and the
    oldest price of what it holds are.
    """

    sub_account_id: str
    old: Decimal
    new: Decimal
    change: Decimal
    weight_ppm: int
    why: str
    volatility_ppm: int
    is_volatility_floored: bool
    uses_prior_only: bool
    ideal: Decimal
    ideal_bound: str
    rounding: Decimal
    target: Decimal
    target_bound: str
    is_kept: bool
    requirement: Decimal
    need: Decimal
    returns_source: str
    days_count: int
    first_trading_day: date | None
    last_trading_day: date | None
    requirement_time: Instant | None
    oldest_price_time: Instant | None


class ComputedPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that was computed and not entered; ``proposal`` is the body that proposes it.

    ``computation_id`` is the hash of the exact input.  It was computed from the durable record
    ``at_sequence`` of ``at_time``; ``settled_day`` is the last day that was settled then.
    ``moved`` beyond ``second_person_above`` is a draft: two persons sign its approval
    (``needs_second_person``).  ``step`` is wider than the policy asks where
    ``is_step_widened``.
    """

    computation_id: str
    at_sequence: int
    at_time: Instant
    owner_id: str
    policy: InverseVolatility
    proposal: ProposePlanBody
    accounts: tuple[AccountComputed, ...]
    total: Decimal
    releasable: Decimal
    distributed: Decimal
    released: Decimal
    moved: Decimal
    step: Decimal
    is_step_widened: bool
    changes_nothing: bool
    settled_day: date | None
    needs_second_person: bool = False
    second_person_above: Decimal | None = None


class PlanExplained(msgspec.Struct, frozen=True, kw_only=True):
    """A plan with the computation behind it, done again from its kept input.

    ``is_as_computed``: every line is what the computation gives.  ``computed`` is None where
    the plan was stated by somebody, or its input is not kept here; ``detail`` says which.
    """

    plan: PlanRow
    is_as_computed: bool
    computed: ComputedPlan | None
    detail: str
