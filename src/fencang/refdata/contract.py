"""Products and their contracts.

A product fixes what all its contracts share.  Worked number, WTI crude (CL): 1,000 barrels a lot,
quoted in dollars a barrel, so a move of 1.00 is worth USD 1,000 a lot: ``point_value_micros`` =
1_000_000_000.  The tick is 0.01 = ``tick_nanos`` 10_000_000, worth USD 10.

Exactness: ``settlement_tick_nanos × point_value_micros`` is a multiple of 1e9, so the value of any
admitted price is a whole number of micros and profit and loss never round.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.basics.price import NANOS
from fencang.basics.rounding import divide_exact
from fencang.refdata.definition import (
    CalendarName,
    CurrencyCode,
    Definition,
    Identifier,
    Lots,
    Nanos,
    NonNegativeMicros,
    PartsPerMillion,
    PositiveNanos,
    Text,
)

__all__ = [
    "CashStyle",
    "Contract",
    "ContractKind",
    "CostMethod",
    "DeliveryGuard",
    "DeliveryPolicy",
    "ExerciseStyle",
    "FeeSchedule",
    "OptionRight",
    "OptionSettlement",
    "OptionTerms",
    "Product",
]

PointValue = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000_000_000)]


class ContractKind(StrEnum):
    """What a contract is."""

    FUTURE = "future"
    OPTION = "option"
    FORWARD = "forward"


class CashStyle(StrEnum):
    """When the money of a position moves."""

    DAILY_VARIATION = "daily_variation"
    """At every settlement: futures, and options margined like futures."""
    PREMIUM = "premium"
    """At the trade, whole; the value of what is held is no cash."""
    AT_END = "at_end"
    """At the last settlement: forwards.  Until then profit counts, but is not paid."""


class OptionRight(StrEnum):
    """To buy or to sell the underlying."""

    CALL = "call"
    PUT = "put"


class ExerciseStyle(StrEnum):
    """When the holder may exercise."""

    AMERICAN = "american"
    EUROPEAN = "european"


class OptionSettlement(StrEnum):
    """What exercise brings."""

    FUTURE = "future"
    """The underlying future at the strike, one lot for one."""
    CASH = "cash"
    """The difference between the final price of the underlying and the strike."""


class CostMethod(StrEnum):
    """Which lots a close takes its cost from: the cost method of record."""

    AVERAGE = "average"
    FIFO = "fifo"


class FeeSchedule(Definition):
    """What one fill costs, in the product's currency.

    ``per_lot`` and ``clearing_per_lot`` are per lot and side; ``notional_ppm`` is parts per million
    of the absolute traded value (rounded half away from zero); ``close_today_per_lot`` replaces
    ``per_lot`` for lots that close positions of the same trading day, when it is set.
    """

    per_lot_micros: NonNegativeMicros = 0
    notional_ppm: PartsPerMillion = 0
    clearing_per_lot_micros: NonNegativeMicros = 0
    close_today_per_lot_micros: NonNegativeMicros | None = None


class DeliveryPolicy(StrEnum):
    """What a desk that wants no delivery does with contracts that may be delivered."""

    ALLOW = "allow"
    WARN = "warn"
    """Positions are named in the daily publication of margin."""
    BLOCK = "block"
    """The same, and nothing is opened any more."""
    CLOSE = "close"
    """The same, and the desk itself closes what is held, session by session."""

    def includes(self, other: "DeliveryPolicy") -> bool:
        """Return whether a guard of this policy does at least what the other one does."""
        order = list(DeliveryPolicy)
        return order.index(self) >= order.index(other)


class DeliveryGuard(Definition):
    """The policy, from so many calendar days before a contract's first notice day on.

    ``CLOSE`` also guards contracts without a notice day, before their last trading day, and closes
    short lots only before that day: it is the holder of a short who decides to deliver.
    """

    policy: DeliveryPolicy = DeliveryPolicy.ALLOW
    days_before: Annotated[int, msgspec.Meta(ge=0, le=60)] = 0


class OptionTerms(Definition):
    """What all options of a product share.

    At expiry what is in the money by at least ``threshold_nanos`` is exercised unless its holder
    abandons it; the rest is abandoned unless its holder exercises it.
    """

    exercise_style: ExerciseStyle
    settlement: OptionSettlement
    threshold_nanos: PositiveNanos = 1


class Product(Definition, tag="Product.1"):
    """What the contracts of one product share.

    ``tick_nanos`` binds order and fill prices, ``settlement_tick_nanos`` marks and settlements.
    ``margin_ppm`` of the absolute value at the last mark, at least ``margin_floor_micros`` a lot,
    is the rate-based requirement.  ``price_band_ppm`` (of the absolute mark, at least
    ``price_band_ticks``) bounds the limit price of the desk's own reduction orders.
    A settlement price further than ``settlement_band_ppm`` from the mark (at least
    ``price_band_ticks``) needs a second person; without a band none is far.
    ``positive_prices_only`` refuses prices of zero and below; by default they are ordinary.
    ``delivery_guard`` keeps a desk out of deliveries.
    ``cash_style`` says when its money moves, ``option`` (of options alone) what exercise brings.
    ``fallback_margin`` lets a contract that the SPAN file in force lacks be opened at the
    product's rate; what is held of such a contract is margined at it in any case.
    ``calendar_id`` names the trading calendar of a product whose sessions are not its venue's;
    nothing is decided by it.
    """

    product_id: Identifier
    venue_id: Identifier
    name: Text
    currency: CurrencyCode
    point_value_micros: PointValue
    tick_nanos: PositiveNanos
    settlement_tick_nanos: PositiveNanos | None = None
    kind: ContractKind = ContractKind.FUTURE
    cost_method: CostMethod = CostMethod.FIFO
    fees: FeeSchedule = FeeSchedule()
    margin_ppm: PartsPerMillion = 100_000
    margin_floor_micros: NonNegativeMicros = 0
    price_band_ppm: PartsPerMillion = 20_000
    price_band_ticks: Lots = 20
    order_quantity_max: Lots = 1_000
    positive_prices_only: bool = False
    fallback_margin: bool = False
    cash_style: CashStyle = CashStyle.DAILY_VARIATION
    option: OptionTerms | None = None
    delivery_guard: DeliveryGuard = DeliveryGuard()
    settlement_band_ppm: PartsPerMillion | None = None
    calendar_id: CalendarName = ""

    @property
    def pays_premium(self) -> bool:
        """Return whether the whole price is paid at the trade."""
        return self.cash_style is CashStyle.PREMIUM

    def pays_variation(self, *, is_final: bool) -> bool:
        """Return whether a settlement moves cash; ``is_final``: it is the contract's last."""
        if self.cash_style is CashStyle.AT_END:
            return is_final
        return self.cash_style is CashStyle.DAILY_VARIATION

    @property
    def mark_tick_nanos(self) -> int:
        """Return the tick that marks and settlement prices are checked against."""
        return self.settlement_tick_nanos or self.tick_nanos

    def value_micros(self, price_nanos: int, quantity_lots: int) -> int:
        """Return the exact value of lots at a price: CL, -36.98, 2 lots → USD -73,960."""
        return divide_exact(price_nanos * self.point_value_micros * quantity_lots, NANOS)


class Contract(Definition, tag="Contract.1"):
    """One tradable delivery month of a product.

    Trading ends with ``last_trading_day`` (inclusive); None means the series never expires
    (perpetual or continuous).  ``margin_key`` names the contract in its clearing house's SPAN file
    (``CME/ES/FUT/201903``); without one it is margined by the product's rate.
    From ``first_notice_day`` on longs may be handed the goods.  ``delivery_month`` is what position
    limits of a month count by, where the last trading day lies in another one.
    Options have ``right`` and ``strike_nanos``, and ``underlying_id`` where they become a future.
    """

    contract_id: Identifier
    product_id: Identifier
    first_trading_day: date | None = None
    last_trading_day: date | None = None
    margin_key: Text = ""
    right: OptionRight | None = None
    strike_nanos: Nanos | None = None
    underlying_id: Identifier | None = None
    first_notice_day: date | None = None
    delivery_month: Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?\Z")] = ""

    @property
    def month(self) -> str:
        """Return the month whose limits bind, as ``2020-06``: stated, or that of the last day."""
        if self.delivery_month or self.last_trading_day is None:
            return self.delivery_month
        return self.last_trading_day.isoformat()[:7]

    def intrinsic_nanos(self, underlying_nanos: int) -> int:
        """Return what exercise is worth at a price of the underlying, below zero out of the money.

        >>> Contract(contract_id="P", product_id="OP", right=OptionRight.PUT,
        ...          strike_nanos=50).intrinsic_nanos(-37)
        87
        """
        assert self.strike_nanos is not None, self
        gain = underlying_nanos - self.strike_nanos
        return gain if self.right is OptionRight.CALL else -gain
