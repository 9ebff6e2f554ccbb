"""Rows of prices kept as plain integer columns, and the feed that gives them out by day.

A row is a series, a day, a time and open, high, low, close; volume -1 stands for not told.  What a
row becomes (bar, index level, rate) is the matter of its series.  Some 60 bytes a row.
"""

from array import array
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from fencang.gateways.feed.series import (
    ContractSeries,
    FeedCounts,
    IndicatorSeries,
    RateSeries,
    Series,
)
from fencang.gateways.market_data import Bar, DayOfData, IndicatorLevel, Tick
from fencang.messages.commands import RateMark

__all__ = ["BarFeed", "RowColumns", "TickFeed", "date_of", "day_spans", "number_of"]

NO_VOLUME = -1
_EPOCH = date(1970, 1, 1)


def date_of(day: int) -> date:
    """Return the date of a number of days since 1970-01-01."""
    return _EPOCH + timedelta(days=day)


def number_of(day: date) -> int:
    """Return the days since 1970-01-01."""
    return (day - _EPOCH).days


class RowColumns:
    """Equally long columns of integers that grow row by row."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._cells = array("q")  # row after row: one extension a row, turned at the end

    def append(self, *values: int) -> None:
        """Add one row."""
        assert len(values) == self._width, values
        self._cells.extend(values)

    def sorted_columns(self, *keys: int) -> "list[np.ndarray[tuple[int], np.dtype[np.int64]]]":
        """Return the columns, rows sorted by the key columns, equal ones as they came."""
        table = np.frombuffer(self._cells, dtype=np.int64).reshape(-1, self._width)
        order = np.lexsort([table[:, key] for key in reversed(keys)])
        return [table[order, place] for place in range(self._width)]


def day_spans(
    days: "np.ndarray[tuple[int], np.dtype[np.int64]]", first: date | None, last: date | None
) -> Iterator[tuple[int, int, int]]:
    """Yield (day, start, end) for each run of equal days between the dates, both included."""
    start = 0 if first is None else int(np.searchsorted(days, number_of(first)))
    stop = len(days) if last is None else int(np.searchsorted(days, number_of(last), side="right"))
    while start < stop:
        day = int(days[start])
        end = int(np.searchsorted(days, day, side="right"))
        yield day, start, end
        start = end


class BarFeed:
    """Bars, index levels and rates of any number of series; ``counts`` tells what reading met."""

    def __init__(self, series: Sequence[Series], rows: RowColumns, counts: FeedCounts) -> None:
        self.counts = counts
        self._series = tuple(series)
        self._columns = rows.sorted_columns(0, 1, 2)

    def days(self, first: date | None = None, last: date | None = None) -> Iterator[DayOfData]:
        """Yield the days from ``first`` to ``last`` that have any value."""
        for day, start, end in day_spans(self._columns[0], first, last):
            block = [column[start:end].tolist() for column in self._columns]
            yield self._day(date_of(day), list(zip(*block, strict=True)))

    def _day(self, day: date, rows: list[tuple[int, ...]]) -> DayOfData:
        bars: list[Bar] = []
        levels: dict[str, list[tuple[int, int]]] = {}
        rates: dict[str, int] = {}
        for _, time_ns, index, opening, high, low, close, volume in rows:
            match self._series[index]:
                case ContractSeries(contract_id=contract_id):
                    bar = Bar(
                        contract_id=contract_id,
                        open_nanos=opening,
                        high_nanos=high,
                        low_nanos=low,
                        close_nanos=close,
                        volume_lots=None if volume == NO_VOLUME else volume,
                        time_ns=time_ns,
                    )
                    bars.append(bar)
                case IndicatorSeries(indicator=indicator):
                    levels.setdefault(indicator, []).append((time_ns, close))
                case RateSeries(currency=currency):
                    rates[currency] = close
        return DayOfData(
            day=day,
            bars=tuple(bars),
            indicators=tuple(_levels(levels)),
            rates=tuple(RateMark(currency, rate) for currency, rate in rates.items()),
        )


def _levels(levels: dict[str, list[tuple[int, int]]]) -> list[IndicatorLevel]:
    found = [
        IndicatorLevel(
            indicator=indicator,
            value_nanos=value,
            is_close=place == len(values),
            time_ns=time_ns,
        )
        for indicator, values in levels.items()
        for place, (time_ns, value) in enumerate(values, 1)
    ]
    return sorted(found, key=lambda level: level.time_ns)


class TickFeed:
    """Ticks of any number of contracts by day; ``counts`` tells what reading met."""

    def __init__(self, contract_ids: Sequence[str], rows: RowColumns, counts: FeedCounts) -> None:
        self.counts = counts
        self._contract_ids = tuple(contract_ids)
        self._columns = rows.sorted_columns(0, 1)

    def days(self, first: date | None = None, last: date | None = None) -> Iterator[DayOfData]:
        """Yield the days from ``first`` to ``last`` that have ticks."""
        for day, start, end in day_spans(self._columns[0], first, last):
            block = [column[start:end].tolist() for column in self._columns[1:]]
            ticks = tuple(
                Tick(
                    contract_id=self._contract_ids[index],
                    price_nanos=price,
                    size_lots=size,
                    time_ns=time_ns,
                )
                for time_ns, index, price, size in zip(*block, strict=True)
            )
            yield DayOfData(day=date_of(day), ticks=ticks)
