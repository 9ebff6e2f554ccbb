"""What a broker asks beside the clearing house's margin, and credits that two houses agree on.

Whether what is named exists, and whether a part belongs to one agreement only, is not seen from
one value.
"""

from typing import Annotated

import msgspec

from fencang.refdata.definition import (
    CurrencyCode,
    Definition,
    Identifier,
    NonNegativeLots,
    NonNegativeMicros,
)

__all__ = [
    "BrokerAddOn",
    "CrossMargin",
    "CrossMarginLeg",
    "broker_add_on_faults",
    "cross_margin_faults",
]


class BrokerAddOn(Definition, tag="BrokerAddOn.1"):
    """What a carrying account asks on top of the clearing house's margin and its multiplier.

    Without ``scope_ids`` a fixed ``amount_micros`` of the account's holder, with or without
    positions.  With ``scope_ids`` (contracts or products, all quoted in ``currency``) a charge for
    concentration: ``per_lot_micros`` for every lot beyond ``free_lots`` of those contracts
    together, each owner by itself.  Lots count as margin does: the larger side that position and
    orders could come to, both sides where the account keeps them apart.
    To end one, set its amounts to zero.
    """

    add_on_id: Identifier
    carrying_account_id: Identifier
    currency: CurrencyCode
    amount_micros: NonNegativeMicros = 0
    scope_ids: tuple[Identifier, ...] = ()
    free_lots: NonNegativeLots = 0
    per_lot_micros: NonNegativeMicros = 0


class CrossMarginLeg(Definition):
    """A combined commodity of the SPAN file that a clearing house has in force."""

    clearing_house: Identifier
    commodity: Identifier


class CrossMargin(Definition, tag="CrossMargin.1"):
    """An agreement of two clearing houses to credit each other for one carrying account.

    ``offset_ppm`` of the smaller leg's requirement comes off both legs while their deltas are on
    opposite sides (``offsets_same_side``: on one side, for an inverse quotation); ``cap_micros`` is
    the most for both together.  To end one, set its offset to zero.
    """

    agreement_id: Identifier
    carrying_account_id: Identifier
    first: CrossMarginLeg
    second: CrossMarginLeg
    offset_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    cap_micros: NonNegativeMicros
    offsets_same_side: bool = False

    @property
    def legs(self) -> tuple[CrossMarginLeg, CrossMarginLeg]:
        """Return both legs."""
        return self.first, self.second


def broker_add_on_faults(item: BrokerAddOn) -> list[str]:
    """Return what is wrong with an add-on on its own, in plain words; empty when nothing is."""
    faults = []
    if item.scope_ids and item.amount_micros:
        faults.append("amount_micros is a fixed charge and takes no scope; state two add-ons")
    if not item.scope_ids and (item.free_lots or item.per_lot_micros):
        faults.append("free_lots and per_lot_micros need scope_ids: contracts or products")
    if len(set(item.scope_ids)) < len(item.scope_ids):
        faults.append("scope_ids names a contract or product twice")
    return faults


def cross_margin_faults(item: CrossMargin) -> list[str]:
    """Return what is wrong with an agreement on its own, in plain words."""
    if item.first.clearing_house == item.second.clearing_house:
        house = item.first.clearing_house
        return [f"both legs are at {house}, whose own file nets them"]
    return []
