"""Open, high, low, close and perhaps volume: one series, or several told apart by a column.

A field of date alone makes a daily bar that ends at its series' close; a field with a time makes an
intraday bar.  Many sources stamp a bar with its beginning: ``bar_ns`` is then added, since a bar
here ends at its time.  High and low must enclose open and close, unless the series is off-tick.
"""

from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path

import msgspec

from fencang.basics.time import DAY_NS
from fencang.gateways.feed.rows import NO_VOLUME, BarFeed, RowColumns
from fencang.gateways.feed.series import ContractSeries, Series
from fencang.gateways.feed.table import Table
from fencang.gateways.feed.values import FieldReader, zone_of

__all__ = ["BarColumns", "read_bars"]


class BarColumns(msgspec.Struct, frozen=True, kw_only=True):
    """Names of the columns.

    No ``volume`` means that the source does not tell it.  ``series`` names the columns whose
    fields, joined by "-", say whose row it is: ("symbol", "contract") gives ES-201312.
    """

    time: str = "date"
    open: str = "open"
    high: str = "high"
    low: str = "low"
    close: str = "close"
    volume: str | None = None
    series: tuple[str, ...] = ()


def read_bars(
    path: Path,
    series: Series | Mapping[str, Series],
    *,
    columns: BarColumns | None = None,
    timezone: str = "UTC",
    bar_ns: int = 0,
) -> BarFeed:
    """Read a file of bars.

    With one series every row is its own.  With a mapping, its keys are what ``columns.series`` say;
    rows of others are passed over.  Times must ascend within a series.

    Raises:
        FeedMissing: the file cannot be opened, or the time zone is not known.
        FeedContentFault: every fault in it.
    """
    names = columns or BarColumns()
    several = series if isinstance(series, Mapping) else {"": series}
    assert bool(names.series) == isinstance(series, Mapping), "series columns go with a mapping"
    return _BarReader(path, several, names, zone_of(timezone), bar_ns).read()


class _BarReader:
    def __init__(
        self,
        path: Path,
        several: Mapping[str, Series],
        names: BarColumns,
        zone: tzinfo,
        bar_ns: int,
    ) -> None:
        self.table = Table(path)
        self.fields = FieldReader(self.table.faults, self.table.counts)
        self.names = names
        self.zone = zone
        self.bar_ns = bar_ns
        self.index_of = {key: index for index, key in enumerate(several)}
        self.series = list(several.values())
        self.previous_ns: dict[int, int] = {}
        self.rows = RowColumns(8)

    def read(self) -> BarFeed:
        names = self.names
        prices = [names.open, names.high, names.low, names.close]
        # A column that is not named is read as the time column and not looked at.
        wanted = [names.time, names.volume or names.time, *prices, *names.series]
        for line, (time, volume, *texts) in self.table.rows(wanted):
            index = self.index_of.get("-".join(texts[4:]))
            if index is not None:
                self._row(line, index, time, volume, texts[:4])
        self.table.faults.settle()
        return BarFeed(self.series, self.rows, self.table.counts)

    def _row(self, line: int, index: int, time: str, volume: str, texts: list[str]) -> None:
        names, faults = self.names, self.table.faults
        moment = self._moment(line, index, time)
        if moment is None:
            return
        day, time_ns = moment
        if time_ns <= self.previous_ns.get(index, time_ns - 1):
            faults.add(line, names.time, f"{time} does not come after the bar before")
        self.previous_ns[index] = time_ns
        columns = (names.open, names.high, names.low, names.close)
        prices = [
            self.fields.price(self.series[index], line, column, text)
            for column, text in zip(columns, texts, strict=True)
        ]
        lots = self.fields.volume(line, names.volume, volume) if names.volume else None
        opening, high, low, close = prices
        if opening is None or high is None or low is None or close is None:
            return
        if not low <= min(opening, close) <= max(opening, close) <= high:
            if not self._may_widen(index):
                what = "high and low do not enclose open and close"
                faults.add(line, names.high, f"{what}; say is_off_tick for a source that errs so")
                return
            self.table.counts.widened += 1
            high, low = max(opening, high, low, close), min(opening, high, low, close)
        told = NO_VOLUME if lots is None else lots
        self.rows.append(day, time_ns, index, opening, high, low, close, told)

    def _may_widen(self, index: int) -> bool:
        series = self.series[index]
        return series.is_off_tick if isinstance(series, ContractSeries) else True

    def _moment(self, line: int, index: int, text: str) -> tuple[int, int] | None:
        if len(text.strip()) <= 10:
            day = self.table.day(line, self.names.time, text)
            return None if day is None else (day, day * DAY_NS + self.series[index].close_ns)
        time_ns = self.fields.time(line, self.names.time, text, self.zone)
        if time_ns is None:
            return None
        # The day is that of the bar's beginning: the bar that ends at midnight belongs before it.
        begin_ns = time_ns if self.bar_ns else time_ns - 1
        return begin_ns // DAY_NS, time_ns + self.bar_ns
