"""Long ticks: one trade a line, with contract, time, price and size.

    contract,time,price,size
    201312,2013-10-07 00:00:00.276,1313.7,1

Times never descend; trades of one moment keep the order of the file.  A tick without a price is
counted and passed over; a tick needs a size, which may be 0.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from fencang.basics.time import DAY_NS
from fencang.gateways.feed.rows import RowColumns, TickFeed
from fencang.gateways.feed.series import ContractSeries
from fencang.gateways.feed.table import Table
from fencang.gateways.feed.values import FieldReader, zone_of

__all__ = ["TickColumns", "read_ticks"]


class TickColumns(msgspec.Struct, frozen=True, kw_only=True):
    """Names of the columns."""

    contract: str = "contract"
    time: str = "time"
    price: str = "price"
    size: str = "size"


def read_ticks(
    path: Path,
    contracts: Mapping[str, ContractSeries],
    *,
    columns: TickColumns | None = None,
    timezone: str = "UTC",
) -> TickFeed:
    """Read a file of ticks; ``contracts`` maps its words to ours, rows of others are passed over.

    Raises:
        FeedMissing: the file cannot be opened, or the time zone is not known.
        FeedContentFault: every fault in it.
    """
    names = columns or TickColumns()
    zone = zone_of(timezone)
    table = Table(path)
    fields = FieldReader(table.faults, table.counts)
    index_of = {key: index for index, key in enumerate(contracts)}
    series = list(contracts.values())
    rows = RowColumns(5)
    previous_ns = -(1 << 63)
    wanted = [names.contract, names.time, names.price, names.size]
    for line, (contract, time, price_text, size_text) in table.rows(wanted):
        index = index_of.get(contract.strip())
        if index is None:
            continue
        time_ns = fields.time(line, names.time, time, zone)
        if time_ns is None:
            continue
        if time_ns < previous_ns:
            table.faults.add(line, names.time, f"{time} comes before the line before")
        previous_ns = time_ns
        price = fields.price(series[index], line, names.price, price_text)
        size = fields.volume(line, names.size, size_text)
        if not size_text.strip():
            table.faults.add(line, names.size, "a tick needs a size in whole lots, 0 is allowed")
        if price is not None and size is not None:
            rows.append(time_ns // DAY_NS, time_ns, index, price, size)
    table.faults.settle()
    return TickFeed([one.contract_id for one in series], rows, table.counts)
