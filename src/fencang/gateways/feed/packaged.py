"""The real series that ship inside the package ``arch``: VIX, S&P 500, NASDAQ and WTI.

The package belongs to the extra ``demo`` and is imported only when a series is asked for.  Its
floats are taken as the shortest text that stands for them, which is what its files hold.  A high
below the close (vendors round) is raised to it, a low above it lowered, and counted.
"""

from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from math import isnan
from typing import Any

from fencang.basics.time import DAY_NS
from fencang.gateways.feed.faults import FaultList, FeedMissing
from fencang.gateways.feed.rows import NO_VOLUME, BarFeed, RowColumns
from fencang.gateways.feed.series import FeedCounts, Series
from fencang.gateways.feed.table import day_number
from fencang.gateways.feed.values import FieldReader

__all__ = ["PACKAGED_SERIES", "read_packaged"]

PACKAGED_SERIES: dict[str, tuple[str, ...]] = {
    "vix": ("vix",),
    "wti": ("DCOILWTICO",),
    "sp500": ("Open", "High", "Low", "Close"),
    "nasdaq": ("Open", "High", "Low", "Close"),
}
"""The series by name, with the columns taken: a close, or open, high, low and close.

The volume of an index counts shares of its members, not lots of a contract: it is left out.
"""


def read_packaged(name: str, series: Series) -> BarFeed:
    """Read one packaged series.

    Raises:
        FeedMissing: no such series, or the package is not installed.
        FeedContentFault: the package holds what is no price.
    """
    if name not in PACKAGED_SERIES:
        known = ", ".join(PACKAGED_SERIES)
        raise FeedMissing(f"there is no packaged series {name!r}; there are {known}")
    columns = PACKAGED_SERIES[name]
    faults = FaultList(f"arch.data.{name}")
    fields = FieldReader(faults, FeedCounts())
    rows = RowColumns(8)
    previous = None
    for line, (day_text, *texts) in enumerate(_frame_rows(name, columns), 2):
        fields.counts.rows += 1
        day = day_number(day_text)
        if previous is not None and day <= previous:
            faults.add(line, "Date", f"{day_text} does not come after the line before")
        previous = day
        found = [
            fields.price(series, line, column, text)
            for column, text in zip(columns, texts, strict=True)
        ]
        prices = [price for price in found if price is not None]
        if len(prices) == len(columns):
            close = prices[-1]
            high, low = max(prices), min(prices)
            if len(prices) == 4 and (high, low) != (prices[1], prices[2]):
                fields.counts.widened += 1
            time_ns = day * DAY_NS + series.close_ns
            rows.append(day, time_ns, 0, prices[0], high, low, close, NO_VOLUME)
    faults.settle()
    return BarFeed([series], rows, fields.counts)


def _frame_rows(name: str, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    try:
        module: Any = import_module(f"arch.data.{name}")
    except ImportError as fault:
        raise FeedMissing(
            f"the series {name!r} ships inside the package arch, which is not installed here: "
            "install fencang with its extra demo"
        ) from fault
    frame = module.load()
    values = [frame[column].tolist() for column in columns]
    for stamp, *prices in zip(frame.index, *values, strict=True):
        yield (f"{stamp:%Y-%m-%d}", *(_text(price) for price in prices))


def _text(value: float) -> str:
    return "" if isnan(value) else format(Decimal(repr(float(value))), "f")
