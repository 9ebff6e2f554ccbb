"""The price files of a desk, opened as one stream of days.

Every source is read whole before the first day comes out, so a faulty line anywhere stops the
replay before anything is traded.  Sources without volume get the volume the desk file states.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import msgspec

from fencang.app.desk.desk import Desk
from fencang.app.desk.replay_settings import PriceLayout, PriceSource, SeriesSource
from fencang.app.exit_status import InputFault
from fencang.gateways.feed import (
    ContractSeries,
    FeedFault,
    HeldContractFeed,
    HeldInstrument,
    IndicatorSeries,
    RateSeries,
    Series,
    merge_days,
    read_bars,
    read_closes,
    read_held_contracts,
    read_packaged,
    read_ticks,
)
from fencang.gateways.feed.csv_bars import BarColumns
from fencang.gateways.market_data import Bar, DayOfData
from fencang.gateways.ports import MarketDataFeed
from fencang.refdata.contract import Contract, Product

__all__ = ["Listing", "Prices", "open_prices"]

_AHEAD = timedelta(days=400)
"""How far past the last day held contracts are read, to know which of them end before it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A contract that the data brings along, with the days on which it has prices."""

    contract: Contract
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Prices:
    """Everything the files say, ready to be walked through."""

    feeds: tuple[MarketDataFeed, ...]
    listings: tuple[Listing, ...]
    volume_lots: Mapping[str, int]
    first: date
    last: date

    def days(self) -> Iterator[DayOfData]:
        """Yield the days of the window; bars without volume get the stated one."""
        for data in map(_with_tick_bars, merge_days(self.feeds, self.first, self.last)):
            if all(bar.volume_lots is not None for bar in data.bars):
                yield data
            else:
                bars = tuple(self._with_volume(bar) for bar in data.bars)
                yield msgspec.structs.replace(data, bars=bars)

    def _with_volume(self, bar: Bar) -> Bar:
        if bar.volume_lots is not None:
            return bar
        return msgspec.structs.replace(bar, volume_lots=self.volume_lots.get(bar.contract_id))


def open_prices(desk: Desk, folder: Path | None, first: date, last: date) -> Prices:
    """Read every source of the desk's ``[replay]``.

    Raises:
        InputFault: a file is missing or faulty, or the desk names no prices.
    """
    if not desk.replay.prices:
        raise InputFault(
            "the desk file names no prices: add [[replay.prices]] with layout, file and series"
        )
    if last < first:
        raise InputFault(f"the last day {last} lies before the first day {first}")
    opener = _Opener(desk, folder, first, last)
    try:
        feeds = [feed for source in desk.replay.prices for feed in opener.prices(source)]
        for rates in desk.replay.rates:
            feeds.extend(opener.rates(rates))
        for indicators in desk.replay.indicators:
            feeds.extend(opener.indicators(indicators))
    except FeedFault as fault:
        words, *details = str(fault).splitlines()
        raise InputFault(words, [detail.strip() for detail in details]) from fault
    return Prices(tuple(feeds), tuple(opener.listings), opener.volume_lots, first, last)


class _Opener:
    def __init__(self, desk: Desk, folder: Path | None, first: date, last: date) -> None:
        self.folder = folder
        self.first = first
        self.last = last
        self.products = {product.product_id: product for product in desk.products}
        self.product_of = {
            contract.contract_id: self.products[contract.product_id] for contract in desk.contracts
        }
        self.listings: list[Listing] = []
        self.volume_lots: dict[str, int] = {}

    def prices(self, source: PriceSource) -> list[MarketDataFeed]:
        if source.layout is PriceLayout.HELD:
            return [self._held(source)]
        pairs = [(name, self._series(contract, source)) for contract, name in source.series.items()]
        for contract in source.series:
            self.volume_lots[contract] = source.volume_lots
        match source.layout:
            case PriceLayout.ARCH:
                return [read_packaged(name, each) for name, each in pairs]
            case PriceLayout.OHLC:
                return [self._bars(source, name, each) for name, each in pairs]
            case PriceLayout.TICKS:
                return [read_ticks(self._path(source.file), dict(pairs))]
            case _:
                path = self._path(source.file)
                return [
                    read_closes(path, columns, date_column=source.date_column)
                    for columns in _once_each(pairs)
                ]

    def _series(self, contract_id: str, source: PriceSource) -> ContractSeries:
        return ContractSeries(
            contract_id=contract_id,
            tick_nanos=self.product_of[contract_id].tick_nanos,
            is_off_tick=not source.keeps_tick,
        )

    def rates(self, source: SeriesSource) -> list[MarketDataFeed]:
        series = {name: RateSeries(currency=each) for each, name in source.series.items()}
        if source.layout is PriceLayout.ARCH:
            return [read_packaged(name, each) for name, each in series.items()]
        return [read_closes(self._path(source.file), series, date_column=source.date_column)]

    def indicators(self, source: SeriesSource) -> list[MarketDataFeed]:
        series = {name: IndicatorSeries(indicator=each) for each, name in source.series.items()}
        if source.layout is PriceLayout.ARCH:
            return [read_packaged(name, each) for name, each in series.items()]
        return [read_closes(self._path(source.file), series, date_column=source.date_column)]

    def _path(self, name: str) -> Path:
        if self.folder is None:
            raise InputFault(f"{name} is read from the folder given with --prices, and none was")
        return self.folder / name

    def _bars(self, source: PriceSource, name: str, series: ContractSeries) -> MarketDataFeed:
        path = self._path(source.file.replace("{series}", name))
        volume = "volume" if _has_volume(path) else None
        columns = BarColumns(time=source.date_column, volume=volume)
        return read_bars(path, series, columns=columns)

    def _held(self, source: PriceSource) -> HeldContractFeed:
        instruments = [
            HeldInstrument(
                instrument=name,
                tick_nanos=self.products[product].tick_nanos,
                is_off_tick=not source.keeps_tick,
            )
            for product, name in source.series.items()
        ]
        product_of: dict[str, Product] = {
            name: self.products[product] for product, name in source.series.items()
        }
        feed = read_held_contracts(
            self._path(source.file), instruments, first=self.first, last=self.last + _AHEAD
        )
        for held in feed.contracts():
            contract = Contract(
                contract_id=held.contract_id, product_id=product_of[held.instrument].product_id
            )
            self.listings.append(Listing(contract, held.first_day, held.last_day))
            self.volume_lots[held.contract_id] = source.volume_lots
        return feed


def _with_tick_bars(data: DayOfData) -> DayOfData:
    """Add a bar per contract that has ticks: what the day says where only its close matters."""
    if not data.ticks:
        return data
    bars: dict[str, Bar] = {}
    for tick in data.ticks:
        price, before = tick.price_nanos, bars.get(tick.contract_id)
        bars[tick.contract_id] = Bar(
            contract_id=tick.contract_id,
            open_nanos=before.open_nanos if before else price,
            high_nanos=max(before.high_nanos, price) if before else price,
            low_nanos=min(before.low_nanos, price) if before else price,
            close_nanos=price,
            volume_lots=tick.size_lots + ((before.volume_lots or 0) if before else 0),
            time_ns=tick.time_ns,
        )
    return msgspec.structs.replace(data, bars=(*data.bars, *bars.values()))


def _once_each(pairs: Sequence[tuple[str, Series]]) -> list[dict[str, Series]]:
    """Return the pairs as maps by column; a column that gives several contracts is read again."""
    maps: list[dict[str, Series]] = [{}]
    for name, series in pairs:
        free = next((each for each in maps if name not in each), None)
        if free is None:
            free = {}
            maps.append(free)
        free[name] = series
    return maps


def _has_volume(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8-sig") as file:
            return "volume" in [name.strip() for name in file.readline().split(",")]
    except (OSError, UnicodeDecodeError):
        return False  # the reader words the fault
