"""Several feeds as one: each day once, dates ascending, everything of a day together."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from fencang.gateways.market_data import DayOfData
from fencang.gateways.ports import MarketDataFeed

__all__ = ["merge_days"]


def merge_days(
    feeds: Iterable[MarketDataFeed], first: date | None = None, last: date | None = None
) -> Iterator[DayOfData]:
    """Yield the days of all feeds from ``first`` to ``last``, both included.

    A day that only some feeds know is given with what they say.  Within a day values stand in the
    order of time, then of the feeds.
    """
    streams = [feed.days(first, last) for feed in feeds]
    for _, group in groupby(
        heapq.merge(*streams, key=lambda one: one.day), key=lambda one: one.day
    ):
        parts = list(group)
        yield parts[0] if len(parts) == 1 else _joined(parts)


def _joined(parts: list[DayOfData]) -> DayOfData:
    return DayOfData(
        day=parts[0].day,
        bars=tuple(sorted((b for p in parts for b in p.bars), key=lambda bar: bar.time_ns)),
        ticks=tuple(sorted((t for p in parts for t in p.ticks), key=lambda tick: tick.time_ns)),
        indicators=tuple(
            sorted((i for p in parts for i in p.indicators), key=lambda level: level.time_ns)
        ),
        rates=tuple(rate for part in parts for rate in part.rates),
        rolls=tuple(roll for part in parts for roll in part.rolls),
        rolls_next=tuple(notice for part in parts for notice in part.rolls_next),
    )
