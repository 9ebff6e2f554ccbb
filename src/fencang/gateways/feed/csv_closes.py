"""Wide daily closes: a date and a column per series.

    Date,Price              date,EURUSD,GBPUSD
    2020-04-20,-36.98       2020-04-20,1.0863,1.2441

Each close becomes a bar of one price without volume, an index level, or a rate.  An empty field or
NaN is no price; it is counted and nothing stands in for it.
"""

from collections.abc import Mapping
from pathlib import Path

from fencang.basics.time import DAY_NS
from fencang.gateways.feed.rows import NO_VOLUME, BarFeed, RowColumns
from fencang.gateways.feed.series import Series
from fencang.gateways.feed.table import Table
from fencang.gateways.feed.values import FieldReader

__all__ = ["read_closes"]


def read_closes(
    path: Path, series_by_column: Mapping[str, Series], *, date_column: str = "date"
) -> BarFeed:
    """Read a file of closes; columns that are not named are not looked at.

    Raises:
        FeedMissing: the file cannot be opened.
        FeedContentFault: every fault in it; dates must ascend.
    """
    table = Table(path)
    fields = FieldReader(table.faults, table.counts)
    rows = RowColumns(8)
    columns = list(series_by_column)
    series = [series_by_column[column] for column in columns]
    previous = None
    for line, (day_text, *texts) in table.rows([date_column, *columns]):
        day = table.day(line, date_column, day_text)
        if day is None:
            continue
        if previous is not None and day <= previous:
            table.faults.add(line, date_column, f"{day_text} does not come after the line before")
        previous = day
        for index, text in enumerate(texts):
            price = fields.price(series[index], line, columns[index], text)
            if price is not None:
                time_ns = day * DAY_NS + series[index].close_ns
                rows.append(day, time_ns, index, price, price, price, price, NO_VOLUME)
    table.faults.settle()
    return BarFeed(series, rows, table.counts)
