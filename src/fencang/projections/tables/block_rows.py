"""Rows of block orders: the whole, and each leg, so that whoever sees one book sees its part."""

from fencang.basics.money import format_money
from fencang.basics.price import format_price
from fencang.basics.time import format_time
from fencang.projections.blocks import BlockOrder, Leg
from fencang.projections.tables.rows import Row
from fencang.projections.tables.texts import DecimalText, TimeText

__all__ = ["BlockLegRow", "BlockOrderRow", "block_leg_row", "block_order_row", "leg_key"]


class BlockOrderRow(Row):
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
    average_price: DecimalText | None
    legs: int
    orders: int
    attempts: int
    created_time: TimeText
    changed_time: TimeText


class BlockLegRow(Row):
    """One sub-account's part in a block order, fixed before any fill, and what it received."""

    block_id: int
    sub_account_id: str
    carrying_account_id: str
    contract_id: str
    side: str
    quantity_lots: int
    filled_lots: int
    average_price: DecimalText | None
    fee: DecimalText
    currency: str


def leg_key(block_id: int, sub_account_id: str) -> str:
    """Return the key of a leg's row: sorted by block, then by sub-account."""
    return f"{block_id:020d}|{sub_account_id}"


def block_order_row(block: BlockOrder) -> BlockOrderRow:
    """Return a block order's row."""
    average = block.average_price_nanos
    return BlockOrderRow(
        block_id=block.block_id,
        rule_id=block.rule_id,
        carrying_account_id=block.carrying_account_id,
        contract_id=block.contract_id,
        side=block.side.name.lower(),
        offset=block.offset.name.lower(),
        state="working" if block.unfilled_lots is None else "done",
        quantity_lots=block.quantity_lots,
        filled_lots=block.filled_lots,
        unfilled_lots=block.unfilled_lots,
        average_price=None if average is None else format_price(average),
        legs=len(block.legs),
        orders=len(block.order_ids),
        attempts=block.attempts,
        created_time=format_time(block.created_ns),
        changed_time=format_time(block.changed_ns),
    )


def block_leg_row(block: BlockOrder, leg: Leg, currency: str) -> BlockLegRow:
    """Return a leg's row; fees are in the contract's currency."""
    average = leg.average_price_nanos
    return BlockLegRow(
        block_id=block.block_id,
        sub_account_id=leg.sub_account_id,
        carrying_account_id=block.carrying_account_id,
        contract_id=block.contract_id,
        side=block.side.name.lower(),
        quantity_lots=leg.quantity_lots,
        filled_lots=leg.filled_lots,
        average_price=None if average is None else format_price(average),
        fee=format_money(leg.fee_micros),
        currency=currency,
    )
