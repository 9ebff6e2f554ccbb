"""What a column or file stands for: a contract, a watched index, a currency, an instrument."""

from typing import Annotated

import msgspec

from fencang.basics.time import SECOND_NS
from fencang.refdata.definition import CurrencyCode, Identifier, PositiveNanos

__all__ = [
    "CLOSE_NS",
    "ROWS_MAX",
    "ContractSeries",
    "FeedCounts",
    "HeldInstrument",
    "IndicatorSeries",
    "RateSeries",
    "Series",
]

CLOSE_NS = 21 * 3_600 * SECOND_NS
"""When a daily price stands unless its series says else: 21:00 UTC, New York's winter close."""

ROWS_MAX = 5_000_000
"""Rows one source may have; a row takes some 60 bytes."""

TimeOfDay = Annotated[int, msgspec.Meta(ge=0, lt=48 * 3_600 * SECOND_NS)]


class ContractSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Prices of a contract.

    ``tick_nanos`` is the settlement tick its prices keep; an ``is_off_tick`` source does not and is
    rounded to it; where its high and low do not enclose open and close they are moved until they
    do.  Both are counted, both are faults of any other source.  ``close_ns`` after midnight UTC is
    when a price known by its date alone stands.
    """

    contract_id: Identifier
    tick_nanos: PositiveNanos
    is_off_tick: bool = False
    close_ns: TimeOfDay = CLOSE_NS


class IndicatorSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Levels of a watched index, exact to the nano: the close of each row."""

    indicator: Identifier
    close_ns: TimeOfDay = CLOSE_NS


class RateSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Values of a currency in the base currency, rounded to 1e-9 and counted when finer."""

    currency: CurrencyCode
    close_ns: TimeOfDay = CLOSE_NS


Series = ContractSeries | IndicatorSeries | RateSeries


class HeldInstrument(msgspec.Struct, frozen=True, kw_only=True):
    """One instrument of a file of held contracts; fields as in ``ContractSeries``."""

    instrument: Identifier
    tick_nanos: PositiveNanos
    is_off_tick: bool = True
    close_ns: TimeOfDay = CLOSE_NS


class FeedCounts(msgspec.Struct, kw_only=True):
    """What reading met.

    Rows, prices taken, places without a price, prices rounded, bars whose high or low was moved to
    enclose open and close.
    """

    rows: int = 0
    prices: int = 0
    no_price: int = 0
    rounded: int = 0
    widened: int = 0
