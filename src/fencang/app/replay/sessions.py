"""Sessions of a replay: which venues open on a day, what is listed, settled and expired.

Calendars and the listing of contracts are known ahead on real markets, so a day's own bars may say
who trades; no price of a day is used before its close.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from fencang.app.desk.desk import Desk
from fencang.app.replay.prices import Listing
from fencang.app.replay.venue import slippage_nanos
from fencang.gateways.market_data import DayOfData
from fencang.gateways.paper import PaperVenue
from fencang.messages.commands import (
    AnyCommand,
    CloseSession,
    DefineDesk,
    ExpireContract,
    OpenSession,
    PriceMark,
    SettleTradingDay,
)
from fencang.messages.day_commands import Check, CloseTradingDay, OpenTradingDay
from fencang.refdata.contract import Product
from fencang.refdata.desk import DayPolicy

__all__ = ["Sessions"]


class Sessions:
    """Opening, closing, listing and expiry by the calendar and the data."""

    def __init__(self, desk: Desk, listings: Sequence[Listing]) -> None:
        self._desk = desk
        products = {product.product_id: product for product in desk.products}
        self._venues = {venue.venue_id: venue for venue in desk.venues}
        self._product_of: dict[str, Product] = {}
        self._first_day: dict[str, date] = {}
        self._last_day: dict[str, date] = {}
        self._unlisted: dict[str, Listing] = {}
        for contract in desk.contracts:
            self._product_of[contract.contract_id] = products[contract.product_id]
            if contract.first_trading_day is not None:
                self._first_day[contract.contract_id] = contract.first_trading_day
            if contract.last_trading_day is not None:
                self._last_day[contract.contract_id] = contract.last_trading_day
        for listing in listings:
            contract_id = listing.contract.contract_id
            self._product_of[contract_id] = products[listing.contract.product_id]
            self._last_day[contract_id] = listing.last_day
            self._unlisted[contract_id] = listing
        self._at_venue: set[str] = set()
        self._live: dict[str, int] = {}
        self._expired: list[str] = []
        self._slippage = {name: slippage_nanos(desk, name) for name in products}

    def opening(self, data: DayOfData) -> tuple[list[str], DayOfData]:
        """Return the venues that trade on this day, and the day with the bars that count.

        Left out are bars of venues that are shut by their calendar and of contracts that are not
        yet or no longer traded: a column of a file may go on after its contract has ended.
        """
        day = data.day
        venue_of = {
            bar.contract_id: self._product_of[bar.contract_id].venue_id for bar in data.bars
        }
        shut = [
            name
            for name in dict.fromkeys(venue_of.values())
            if not self._venues[name].is_trading_day(day)
        ]
        bars = tuple(
            bar
            for bar in data.bars
            if venue_of[bar.contract_id] not in shut and self._is_traded(bar.contract_id, day)
        )
        if len(bars) < len(data.bars):
            data = msgspec.structs.replace(data, bars=bars)
        return sorted(dict.fromkeys(venue_of[bar.contract_id] for bar in bars)), data

    def _is_traded(self, contract_id: str, day: date) -> bool:
        first, last = self._first_day.get(contract_id), self._last_day.get(contract_id)
        return (first is None or first <= day) and (last is None or day <= last)

    def listing_commands(self, data: DayOfData) -> list[AnyCommand]:
        """Define contracts that the data show for the first time."""
        found = [
            self._unlisted.pop(bar.contract_id).contract
            for bar in data.bars
            if bar.contract_id in self._unlisted
        ]
        if not found:
            return []
        return [
            DefineDesk(
                items=tuple(found),
                entered_by=self._desk.entered_by,
                approved_by=self._desk.approved_by,
            )
        ]

    def list_at(self, venue: PaperVenue, contract_id: str) -> None:
        """Let the paper venue trade a contract, once."""
        if contract_id not in self._at_venue:
            self._at_venue.add(contract_id)
            slippage = self._slippage[self._product_of[contract_id].product_id]
            venue.list_contracts({contract_id: slippage})

    def open_commands(self, day: date, venues: Sequence[str]) -> list[AnyCommand]:
        """Open the venues for the day, and first the day itself where days are kept strictly."""
        days: list[AnyCommand] = []
        if self.keeps_days:
            days = [OpenTradingDay(venue_id=venue_id, trading_day=day) for venue_id in venues]
        return [*days, *(OpenSession(venue_id=venue_id, trading_day=day) for venue_id in venues)]

    @property
    def keeps_days(self) -> bool:
        """Return whether the desk closes each trading day before the next."""
        return self._desk.settings.day_policy is DayPolicy.STRICT

    def end_commands(
        self, day: date, venues: Sequence[str], lacking: Mapping[str, tuple[Check, ...]]
    ) -> list[AnyCommand]:
        """Close the venues' day; what its checklist lacks, the day's data do not hold."""
        return [
            CloseTradingDay(
                venue_id=venue_id,
                trading_day=day,
                entered_by=self._desk.entered_by,
                accepted=lacking[venue_id],
                reason="the data of the day hold no more" if lacking[venue_id] else "",
                approved_by=self._desk.approved_by if lacking[venue_id] else "",
            )
            for venue_id in venues
        ]

    def marks(self, data: DayOfData) -> tuple[PriceMark, ...]:
        """Return the last price of every contract of the day."""
        closes = {bar.contract_id: bar.close_nanos for bar in data.bars}
        self._live.update(closes)
        return tuple(PriceMark(name, price) for name, price in closes.items())

    def close_commands(self, data: DayOfData, venues: Sequence[str]) -> list[AnyCommand]:
        """Close the venues, settle their day, and expire what ends with it."""
        closes = {bar.contract_id: bar.close_nanos for bar in data.bars}
        commands: list[AnyCommand] = [CloseSession(venue_id=venue_id) for venue_id in venues]
        for venue_id in venues:
            prices = tuple(
                PriceMark(name, price)
                for name, price in closes.items()
                if self._product_of[name].venue_id == venue_id
            )
            commands.append(
                SettleTradingDay(
                    venue_id=venue_id, trading_day=data.day, source="feed", prices=prices
                )
            )
        for name in [name for name in self._live if self._ends(name, data.day)]:
            price = self._live.pop(name)
            self._expired.append(name)
            commands.append(
                ExpireContract(contract_id=name, final_price_nanos=price, source="feed")
            )
        return commands

    def take_expired(self) -> list[str]:
        """Return the contracts expired since the last call."""
        expired, self._expired = self._expired, []
        return expired

    def _ends(self, contract_id: str, day: date) -> bool:
        last_day = self._last_day.get(contract_id)
        return last_day is not None and last_day <= day
