"""What the desk answers about plans and margin.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from datetime import date
from decimal import Decimal

import msgspec

from fencang.client.instant import Instant

__all__ = [
    "AccountComputed",
    "AttributedMargin",
    "AttributionRow",
    "ComputedPlan",
    "InverseVolatility",
    "MarginAnswer",
    "MarginChange",
    "MarginEffect",
    "MarginFigures",
    "PlanExplained",
    "PlanLine",
    "PlanLineRow",
    "PlanRow",
    "ProposePlanBody",
    "RequirementAnswer",
    "RequirementPart",
    "Standing",
    "WhatIfAnswer",
]


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
