"""Price files and packaged series as market data, day by day.

A reader takes the whole source, collects every fault in it and only then gives a first day:
nothing is half-read.  Prices go from text to exact integers; floats never take part.
"""

from fencang.gateways.feed.csv_bars import BarColumns, read_bars
from fencang.gateways.feed.csv_closes import read_closes
from fencang.gateways.feed.csv_ticks import TickColumns, read_ticks
from fencang.gateways.feed.faults import FeedContentFault, FeedFault, FeedMissing, LineFault
from fencang.gateways.feed.held_contract import HeldContract, HeldContractFeed, read_held_contracts
from fencang.gateways.feed.merged import merge_days
from fencang.gateways.feed.packaged import PACKAGED_SERIES, read_packaged
from fencang.gateways.feed.rows import BarFeed, TickFeed
from fencang.gateways.feed.series import (
    ContractSeries,
    FeedCounts,
    HeldInstrument,
    IndicatorSeries,
    RateSeries,
    Series,
)

__all__ = [
    "PACKAGED_SERIES",
    "BarColumns",
    "BarFeed",
    "ContractSeries",
    "FeedContentFault",
    "FeedCounts",
    "FeedFault",
    "FeedMissing",
    "HeldContract",
    "HeldContractFeed",
    "HeldInstrument",
    "IndicatorSeries",
    "LineFault",
    "RateSeries",
    "Series",
    "TickColumns",
    "TickFeed",
    "merge_days",
    "read_bars",
    "read_closes",
    "read_held_contracts",
    "read_packaged",
    "read_ticks",
]
