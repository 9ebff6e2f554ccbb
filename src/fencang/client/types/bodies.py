"""Values inside of what is sent.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from decimal import Decimal
from typing import Literal

import msgspec

__all__ = [
    "EntityKind",
    "FillKind",
    "FillLeg",
    "Offset",
    "PlanLine",
    "PriceMark",
    "Side",
    "StopAction",
    "TradingState",
]

EntityKind = Literal[
    "block_order",
    "carrying_account",
    "contract",
    "draft",
    "envelope",
    "execution",
    "instruction",
    "key",
    "legal_person",
    "liquidation",
    "margin_call",
    "node",
    "order",
    "plan",
    "product",
    "proposal",
    "roll",
    "rule",
    "sub_account",
    "tier",
    "user",
    "venue",
    "wire",
]
"""What a trail can be asked for."""


Side = Literal["buy", "sell"]
"""One of the words of Side."""


Offset = Literal["close", "close_today", "close_yesterday", "net", "open"]
"""One of the words of Offset."""


class PriceMark(msgspec.Struct, frozen=True, kw_only=True):
    """One contract's latest price."""

    contract_id: str
    price: Decimal


TradingState = Literal["active", "halted", "reduce_only"]
"""One of the words of TradingState."""


class PlanLine(msgspec.Struct, frozen=True, kw_only=True):
    """One sub-account's part in a plan: capital before, after, and why."""

    sub_account_id: str
    old: Decimal
    new: Decimal
    weight_ppm: int
    why: str


StopAction = Literal["halt", "halt_and_cancel", "reduce_only", "reduce_only_and_cancel"]
"""What the kill switch does to a node."""


FillKind = Literal[
    "block_trade", "exchange_for_physical", "give_in", "give_up", "ordinary", "transfer"
]
"""One of the words of FillKind."""


class FillLeg(msgspec.Struct, frozen=True, kw_only=True):
    """One sub-account's lots of an entered fill."""

    sub_account_id: str
    quantity_lots: int
