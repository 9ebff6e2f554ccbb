"""Margin by rate in the engine: which stated rate is in force, and what one lot then asks for.

Days and prices are told; nothing here reads a clock.  The formula of a lot is that of
``margin.rates``: the broker's ratio by money and amount by volume, of the absolute value, at least
the product's floor.  Today's and yesterday's lots count alike: at the one price the rate chooses.
"""

from datetime import date, timedelta
from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_exact
from fencang.margin.rates.exact import EXACT
from fencang.margin.rates.instrument import (
    Instrument,
    PositionSide,
    SideScope,
    larger_side_ends,
)
from fencang.margin.rates.lot_margin import future_lot_exact
from fencang.margin.rates.parameters import Rate, RateStage, SideRates
from fencang.refdata.account import AccountType
from fencang.refdata.contract import Contract, Product
from fencang.refdata.margin_rate import LargerSide, LotRate, MarginRate, RequirementPrice
from fencang.refdata.venue import Venue

__all__ = ["PICOS", "RateGroup", "RateTable", "RateTerms"]

PICOS = PPM
"""Picos of one micro: the value of a lot is whole micros, a share of it whole picos."""

_SCOPES = {
    LargerSide.NONE: SideScope.BOTH_SIDES,
    LargerSide.CONTRACT: SideScope.CONTRACT,
    LargerSide.PRODUCT: SideScope.PRODUCT,
    LargerSide.GROUP: SideScope.PRODUCT_GROUP,
}


class RateTable:
    """The stated rates, one per scope, account type and first day: primary state."""

    __slots__ = ("_stages",)

    def __init__(self) -> None:
        self._stages: dict[str, dict[AccountType | None, dict[date, MarginRate]]] = {}

    def __bool__(self) -> bool:
        """Return whether any rate is stated."""
        return bool(self._stages)

    def set(self, item: MarginRate) -> None:
        """State a rate; it replaces that of the same scope, account type and first day."""
        stages = self._stages.setdefault(item.scope_id, {}).setdefault(item.account_type, {})
        stages[item.from_day] = item

    def get(
        self, scope_id: str, from_day: date, account_type: AccountType | None = None
    ) -> MarginRate | None:
        """Return the rate stated for a scope from a day on: for accounts of a type, or for all."""
        return self._stages.get(scope_id, {}).get(account_type, {}).get(from_day)

    def all(self) -> list[MarginRate]:
        """Return every rate by (scope, first day, account type), whatever order they came in."""
        return sorted(
            (
                stage
                for of_scope in self._stages.values()
                for stages in of_scope.values()
                for stage in stages.values()
            ),
            key=lambda stage: (stage.scope_id, stage.from_day, stage.account_type or ""),
        )

    def in_force(
        self, contract: Contract, account_type: AccountType, today: int
    ) -> MarginRate | None:
        """Return the stage in force on a trading day (ordinal; 0 before any), None without one.

        It is the latest begun one of the contract, of its product only where that has none; in
        either scope one for accounts of the type, one for all only where there is none.
        """
        for scope_id in (contract.contract_id, contract.product_id):
            of_scope = self._stages.get(scope_id, {})
            for whose in (account_type, None):
                stages = of_scope.get(whose, {})
                begun = max((day for day in stages if day.toordinal() <= today), default=None)
                if begun is not None:
                    return stages[begun]
        return None


class RateGroup(NamedTuple):
    """Contracts whose sides are compared; of ``BOTH_SIDES`` a contract by itself."""

    scope: SideScope
    name: str
    currency: str


class RateTerms:
    """What one lot of a contract asks of accounts of one type now: shared by their netting sets.

    Whoever changes it lets each of the sets that hold the contract ``reprice`` it.
    """

    __slots__ = (
        "_floor_picos",
        "_instrument",
        "_last_trading_day",
        "_mark_nanos",
        "_settlement_nanos",
        "_stage",
        "_venue",
        "contract_id",
        "currency",
        "group",
        "long_picos",
        "rate",
        "short_picos",
    )

    def __init__(
        self,
        contract: Contract,
        product: Product,
        venue: Venue,
        rate: MarginRate,
        *,
        today: int,
        settled_day: int,
    ) -> None:
        self.contract_id = contract.contract_id
        self.currency = product.currency
        self._instrument = Instrument(
            instrument_id=contract.contract_id,
            product_id=product.product_id,
            point_value_micros=product.point_value_micros,
            floor_micros=product.margin_floor_micros,
        )
        self._venue = venue
        self._last_trading_day = contract.last_trading_day
        self._mark_nanos: int | None = None
        self._settlement_nanos: int | None = None
        self._floor_picos = 0
        self.long_picos = self.short_picos = 0
        """What one lot of either side asks for."""
        self.rate = rate
        self._stage = _stage_of(rate)
        self.group = self._group_on(today, settled_day)
        self._count()

    def set_stage(self, rate: MarginRate, *, today: int, settled_day: int) -> bool:
        """Take the rate in force, on the venue's trading day and last settled day (ordinals).

        Return whether anything changed.
        """
        before = self.group
        if rate != self.rate:
            self.rate = rate
            self._stage = _stage_of(rate)
        self.group = self._group_on(today, settled_day)
        is_repriced = self._count()
        return is_repriced or self.group != before

    def set_prices(
        self, mark_nanos: int | None, settlement_nanos: int | None, *, floor_micros: int = 0
    ) -> bool:
        """Take the latest mark and the last settlement price; return whether a lot changed.

        ``floor_micros``: what a lot asks for at least, beside the product's floor.
        """
        self._mark_nanos = mark_nanos
        self._settlement_nanos = settlement_nanos
        self._floor_picos = floor_micros * PICOS
        return self._count()

    def _count(self) -> bool:
        price = self._mark_nanos
        if self.rate.price is RequirementPrice.LAST_SETTLEMENT:
            price = price if self._settlement_nanos is None else self._settlement_nanos
        # Without a price a lot still asks for its amount by volume and its floor.
        before = self.long_picos, self.short_picos
        self.long_picos = self._lot_picos(PositionSide.LONG, price or 0)
        self.short_picos = self._lot_picos(PositionSide.SHORT, price or 0)
        return before != (self.long_picos, self.short_picos)

    def _lot_picos(self, side: PositionSide, price_nanos: int) -> int:
        exact = future_lot_exact(self._instrument, self._stage.broker_rate(side), price_nanos)
        return max(divide_exact(exact, EXACT // PICOS), self._floor_picos)

    def _group_on(self, today: int, settled_day: int) -> RateGroup:
        rate = self.rate
        end = self._larger_side_end()
        scope = _SCOPES[rate.larger_side]
        if end is not None and (today > end or settled_day >= end):
            scope = SideScope.BOTH_SIDES
        name = self.contract_id
        if scope is SideScope.PRODUCT:
            name = self._instrument.product_id
        elif scope is SideScope.PRODUCT_GROUP:
            assert rate.larger_side_group is not None, rate
            name = rate.larger_side_group
        return RateGroup(scope, name, self.currency)

    def _larger_side_end(self) -> int | None:
        """Return the ordinal of the day whose settlement ends the larger side, None: never."""
        days, last = self.rate.larger_side_days, self._last_trading_day
        if days is None or last is None:
            return None
        # Twice the trading days and a month reach over weekends and holidays; where a calendar has
        # fewer trading days, the first day looked at is the careful answer.
        reach = min(2 * days + 31, last.toordinal() - 1)
        window = [last - timedelta(days=back) for back in range(reach, -1, -1)]
        trading = [day for day in window if day == last or self._venue.is_trading_day(day)]
        return (larger_side_ends(trading, last, days) or window[0]).toordinal()


def _stage_of(rate: MarginRate) -> RateStage:
    broker = rate.broker
    return RateStage(
        from_day=rate.from_day,
        exchange=SideRates(long=_rate_of(rate.long), short=_rate_of(rate.short)),
        broker=None
        if broker is None
        else SideRates(long=_rate_of(broker.long), short=_rate_of(broker.short)),
        is_relative=broker is not None and broker.is_relative,
    )


def _rate_of(rate: LotRate) -> Rate:
    return Rate(ratio_ppm=rate.ratio_ppm, amount_micros=rate.amount_micros)
