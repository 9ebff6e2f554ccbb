"""Rows in the API's own form: prices, money and times as exact text, everything else as it is."""

from datetime import date
from typing import dataclass_transform

import msgspec

from fencang.projections.tables.texts import DecimalText, TimeText

__all__ = [
    "BalanceRow",
    "DraftRow",
    "ExecutionRow",
    "FiringRow",
    "InstructionRow",
    "OrderRow",
    "PlanLineRow",
    "PlanRow",
    "PositionRow",
    "PriceRow",
    "Row",
    "TradingStateRow",
]


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of a table."""


class OrderRow(Row):
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
    limit_price: DecimalText | None
    stop_price: DecimalText | None
    average_price: DecimalText | None
    state: str
    is_reducing: bool
    block_id: int
    roll_id: int
    venue_order_id: str
    text: str
    accepted_time: TimeText
    changed_time: TimeText


class ExecutionRow(Row):
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
    price: DecimalText
    fee: DecimalText
    currency: str
    state: str
    sequence: int
    time: TimeText


class PositionRow(Row):
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
    carried: DecimalText
    currency: str


class BalanceRow(Row):
    """Cash of one book in one currency; ``fees`` and ``variation`` are sums over its whole life."""

    level: str
    book_id: str
    currency: str
    cash: DecimalText
    fees: DecimalText
    variation: DecimalText


class PriceRow(Row):
    """The latest price of a contract."""

    contract_id: str
    price: DecimalText
    time: TimeText


class TradingStateRow(Row):
    """What was set for a node itself; nodes above it may be stricter."""

    node_id: str
    trading_state: str
    reason: str
    time: TimeText


class PlanLineRow(Row):
    """One sub-account's part in a plan."""

    sub_account_id: str
    old: DecimalText
    new: DecimalText
    weight_ppm: int
    why: str


class PlanRow(Row):
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
    proposed_time: TimeText
    changed_time: TimeText


class FiringRow(Row):
    """One firing of a rule; ``rearmed_time`` is None while it lasts."""

    rule_id: str
    sequence: int
    reference: DecimalText
    value: DecimalText
    fired_time: TimeText
    hold_until_time: TimeText
    rearmed_time: TimeText | None


class DraftRow(Row):
    """A change that waits for a second person, or what became of it; times None where not yet."""

    draft_id: int
    state: str
    command: str
    body_sha256: str
    maker: str
    role: str
    proposed_sequence: int
    proposed_time: TimeText
    opens_time: TimeText
    expires_time: TimeText
    closed_by: str
    closed_role: str
    closed_time: TimeText | None
    closed_sequence: int | None
    reason: str


class InstructionRow(Row):
    """What waits for the next trading day of its venue."""

    instruction_id: int
    sub_account_id: str
    tier_id: str
    venue_id: str
    contract_id: str
    trading_day: date
    command: str
    entered_sequence: int
