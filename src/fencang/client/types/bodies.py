"""Values inside of what is sent.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

__all__ = [
    "AccountSeries",
    "DayReturn",
    "EntityKind",
    "FillKind",
    "FillLeg",
    "GivenSeries",
    "HeldChange",
    "ImaginedOrder",
    "Offset",
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
    "mass_cancel",
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


class ImaginedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that would work, in its worst case.

    Without ``carrying_account_id`` it goes by the sub-account's route.  ``limit_price``
    tells the premium that a bought option may cost; without it the last price does.
    """

    sub_account_id: str
    contract_id: str
    side: Side
    quantity_lots: int
    offset: Offset = "net"
    limit_price: Decimal | None = None
    carrying_account_id: str | None = None


class HeldChange(msgspec.Struct, frozen=True, kw_only=True):
    """Lots that would be held beyond those that are, dealt at the mark; below zero, fewer."""

    sub_account_id: str
    contract_id: str
    long_lots: int = 0
    short_lots: int = 0
    carrying_account_id: str | None = None


class DayReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What a day earned per unit of the capital that it was earned on: 0.0125 is 1.25 %."""

    trading_day: date
    daily_return: Decimal


class AccountSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A sub-account's returns day by day, the oldest first."""

    sub_account_id: str
    days: tuple[DayReturn, ...]


class GivenSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Returns from elsewhere: they take the place of the desk's own for the accounts named.

    ``source`` says where they are from, and stands in the answer.
    """

    source: str
    accounts: tuple[AccountSeries, ...]


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
