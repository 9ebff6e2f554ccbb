"""The stored form of a snapshot: plain values, every list in canonical order.

Equal desks give equal bytes whatever order they were built in, so the state hash is the SHA-256 of
these bytes.
"""

from datetime import date
from typing import dataclass_transform

import msgspec

from fencang.engine.execution_form import ExecutionForm
from fencang.engine.regimes.transfers import Transfer
from fencang.engine.regimes.watch import KnownRefusal, SentOrder, TakenLots, ToldAlarm
from fencang.engine.settlements import Settlement
from fencang.engine.snapshot_authority import AuthorityForm
from fencang.engine.snapshot_life import LifeForm
from fencang.engine.snapshot_reconciliation import ReconciliationForm
from fencang.engine.snapshot_risk import RiskForm
from fencang.messages.commands import PlanLine
from fencang.messages.events import BlockLeg
from fencang.messages.margin_commands import RiskArray
from fencang.messages.message import Offset, OrderTerms, Side
from fencang.messages.money_events import ProposedConversion, ProposedWire
from fencang.messages.proposal_events import ExcessProposed
from fencang.refdata.desk import DeskItem
from fencang.refdata.session import Session

__all__ = ["SNAPSHOT_VERSION", "DeskForm"]

SNAPSHOT_VERSION = 1


@dataclass_transform(frozen_default=True)
class Form(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Base of the parts of a snapshot."""


Cash = list[tuple[str, int]]


class LotsForm(Form):
    """One side's open lots."""

    cost_micros: int
    layers: list[list[int]]


class PositionForm(Form):
    """One position of a virtual book."""

    carrying_account_id: str
    contract_id: str
    long: LotsForm
    short: LotsForm
    carried_micros: int
    realised_micros: int
    variation_micros: int


class BookForm(Form):
    """One virtual book."""

    book_id: str
    cash: Cash
    fees: Cash
    positions: list[PositionForm]


class SignedForm(Form):
    """One position of a carrying or suspense account."""

    contract_id: str
    long_lots: int
    short_lots: int
    carried_micros: int


class SuspendedForm(Form):
    """One unclaimed fill."""

    execution_id: str
    contract_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int
    fee_micros: int
    day: int


class CarryingForm(Form):
    """One carrying account with its suspense account."""

    carrying_account_id: str
    cash: list[tuple[str, str, int]]
    positions: list[SignedForm]
    suspense: BookForm
    suspense_positions: list[SignedForm]
    suspended: list[SuspendedForm]


class OrderForm(Form):
    """One order; ``sub_account_id`` is empty for a slice."""

    order_id: int
    sub_account_id: str
    block_id: int
    client_order_id: str
    terms: OrderTerms
    quantity_lots: int
    limit_price_nanos: int | None
    filled_lots: int
    state: int
    pending: int
    pending_quantity_lots: int
    pending_price_nanos: int | None
    routed_at_ns: int
    is_in_doubt: bool
    is_reducing: bool
    attempt: int
    charged: Cash = []
    """Rows with a minimum: what its fills have come to."""
    envelope_id: int = 0


class BlockForm(Form):
    """One block order, also a done one that late fills may still name."""

    block_id: int
    rule_id: str
    carrying_account_id: str
    contract_id: str
    side: Side
    offset: Offset
    legs: list[BlockLeg]
    received: list[int]
    attempts_used: int
    is_done: bool


class RuleForm(Form):
    """One rule's standing."""

    rule_id: str
    reference_nanos: int
    positions: list[tuple[str, list[tuple[str, str, int, int]]]]
    is_holding: bool
    hold_until_ns: int
    firings: int


class IndicatorForm(Form):
    """One watched index."""

    indicator: str
    value_nanos: int
    close_nanos: int
    next_close_nanos: int
    window: list[tuple[int, int]]


class PlanForm(Form):
    """One capital plan."""

    plan_id: int
    owner_id: str
    proposed_by: str
    proposed_at_ns: int
    lines: list[PlanLine]
    state: str
    approved_by: str


class WireForm(Form):
    """One wire."""

    wire_id: int
    carrying_account_id: str
    owner_id: str
    currency: str
    direction: int
    amount_micros: int
    value_date: date
    entered_by: str
    approved_by: str
    state: int
    reference: str


class CallForm(Form):
    """One margin call."""

    call_id: int
    carrying_account_id: str
    owner_id: str
    currency: str
    kind: int
    amount_micros: int
    due_ns: int
    requirement_micros: int
    reference: str
    covered_micros: int
    is_overdue: bool
    state: int


class SweepForm(Form):
    """One proposal of a sweep."""

    sweep_id: int
    owner_id: str
    proposed_by: str
    wires: list[ProposedWire]
    conversions: list[ProposedConversion]
    is_applied: bool


class DayChargeForm(Form):
    """What a day's fills were charged under a row with a minimum of the day, and paid on top."""

    carrying_account_id: str
    product_id: str
    row_id: str
    earlier_micros: int
    fills: list[tuple[str, int]]
    """Execution and micros, in the order they came."""
    paid: list[tuple[str, int]]


class FundsForm(Form):
    """Wires and calls, open and remembered, accrued interest, and what fee rows count."""

    wires: list[WireForm] = []
    calls: list[CallForm] = []
    sweeps: list[SweepForm] = []
    interest_until: int = 0
    accrued: list[tuple[int, str, str, str, int, int]] = []
    """Kind, account, owner, currency, owed, rest."""
    month_lots: list[tuple[str, str, int, int]] = []
    """Carrying account, product, month, lots."""
    day_charges: list[DayChargeForm] = []


class SpanSetForm(Form):
    """A clearing house's parameter files, oldest first, and the one in force."""

    clearing_house: str
    loaded: list[tuple[str, int, date]]
    active_sha256: str
    overrides: list[RiskArray]


class VenueForm(Form):
    """One venue's day: phase, sessions, and the last days opened, settled and closed."""

    venue_id: str
    phase: str
    sessions: list[Session]
    today: int
    opened_day: int
    settled_day: int
    closed_day: int
    settlement_source: str


class ProductHoursForm(Form):
    """Hours that products of a venue keep for themselves today."""

    venue_id: str
    product_ids: list[str]
    phase: str
    sessions: list[Session]


class WatchForm(Form):
    """Refusals, proposals and traces of a day, in the order they came."""

    day: int = 0
    refusals: list[KnownRefusal] = []
    proposals: list[ExcessProposed] = []
    orders: list[tuple[str, list[SentOrder]]] = []
    """Contract, its last orders."""
    mirrors: list[tuple[str, str, str, bool, int]] = []
    """Contract, two sub-accounts, whether on the same side, how often."""
    taken: list[TakenLots] = []
    alarms: list[ToldAlarm] = []
    transfers: list[tuple[str, str, str, tuple[Transfer, ...]]] = []
    """Account, what moved, in what unit, its transfers."""


class RegimesForm(Form):
    """Position limits of jurisdictions: deltas of the day before, what was told, what is due."""

    lagged_ppm: list[tuple[str, int]] = []
    """Option, its delta in the file before the one in force."""
    notices: list[tuple[str, str, str, int]] = []
    """Limit, group of persons, side, day it was told."""
    duties: list[tuple[str, str, str, str, int]] = []
    """Threshold, group of persons, month, side, day it arose."""
    watch: WatchForm = WatchForm()
    steps: list[tuple[str, str, str, int, int]] = []
    """Limit, group of persons, side, day of the step, day it was told."""


class DeskForm(Form):
    """The whole desk."""

    version: int
    sequence: int
    time_ns: int
    items: list[DeskItem]
    span_sets: list[SpanSetForm]
    grants: list[tuple[str, int]]
    collateral: list[tuple[str, str, str, str, int, int]]
    """Owner, carrying account, item, currency, value, haircut."""
    venues: list[VenueForm]
    contracts: list[tuple[str, int | None, int | None, bool, int, int]]
    """Contract, mark, settlement price, expired, floor of the rate, when it was marked."""
    settlements: list[tuple[str, list[Settlement]]]
    """Contract → its last settlements, oldest first."""
    rates: list[tuple[str, int, str]]
    trading_states: list[tuple[str, int]]
    subs: list[BookForm]
    reserves: list[tuple[str, BookForm, bool]]
    carrying: list[CarryingForm]
    orders: list[OrderForm]
    closed_orders: list[int]
    blocks: list[BlockForm]
    executions: list[tuple[str, str]]
    rules: list[RuleForm]
    indicators: list[IndicatorForm]
    plans: list[PlanForm]
    cursors: list[tuple[str, int]]
    instructions: list[tuple[str, str, str, int, int]]
    """Sub-account, carrying account, option, lots to exercise, lots to abandon."""
    detailed_executions: list[ExecutionForm]
    reconciliations: list[ReconciliationForm]
    funds: FundsForm = FundsForm()
    product_hours: list[ProductHoursForm] = []
    life: LifeForm = LifeForm()
    regimes: RegimesForm = RegimesForm()
    risk: RiskForm = RiskForm()
    authority: AuthorityForm = AuthorityForm()
    versions: list[tuple[list[str], int]] = []
    """Kind and key of a value, and the record that defined it last."""
