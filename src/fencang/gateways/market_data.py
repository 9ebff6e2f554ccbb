"""What a feed says of one moment or one day: bars, ticks, index levels, rates and rolls.

Values only, on integer scales; where they came from and who trades on them is not known here.
A price may be zero or negative.  A missing price is a missing value, never a NaN.
"""

from datetime import date
from typing import Annotated

import msgspec

from fencang.messages.commands import RateMark
from fencang.refdata.definition import Nanos

__all__ = ["Bar", "DayOfData", "IndicatorLevel", "Roll", "RollNotice", "Tick"]

Volume = Annotated[int, msgspec.Meta(ge=0)]


class Bar(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Open, high, low and close of one contract over a stretch of time that ends at ``time_ns``.

    ``volume_lots`` None means that the source does not tell volume, not that nothing traded.  A
    source that knows only closes gives bars of one price.
    """

    contract_id: str
    open_nanos: Nanos
    high_nanos: Nanos
    low_nanos: Nanos
    close_nanos: Nanos
    volume_lots: Volume | None = None
    time_ns: int

    @classmethod
    def of_price(
        cls, contract_id: str, price_nanos: int, time_ns: int, *, volume_lots: int | None = None
    ) -> "Bar":
        """Return a bar of one price."""
        return cls(
            contract_id=contract_id,
            open_nanos=price_nanos,
            high_nanos=price_nanos,
            low_nanos=price_nanos,
            close_nanos=price_nanos,
            volume_lots=volume_lots,
            time_ns=time_ns,
        )


class Tick(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One trade: ``size_lots`` at a price; size 0 is a price at which nothing traded."""

    contract_id: str
    price_nanos: Nanos
    size_lots: Volume
    time_ns: int


class IndicatorLevel(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The level of a watched index; ``is_close`` marks the day's last."""

    indicator: str
    value_nanos: Nanos
    is_close: bool
    time_ns: int


class RollNotice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """From ``day`` on the held contract is another one; known ahead, as roll calendars are."""

    instrument: str
    day: date
    from_contract_id: str
    to_contract_id: str


class Roll(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The held contract changed on ``day``.

    ``old_price_nanos`` is what the day's bar of the old contract says; ``is_last_known`` tells that
    the source had no price for it that day and its last known one stands in.
    """

    instrument: str
    day: date
    from_contract_id: str
    to_contract_id: str
    old_price_nanos: Nanos
    is_last_known: bool


class DayOfData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Everything the feeds say of one day; each tuple in order of time, then of the feed's columns.

    ``rolls`` take effect today; ``rolls_next`` take effect on the instrument's next day with
    prices, so that an order decided today moves the position on bars of both contracts.
    """

    day: date
    bars: tuple[Bar, ...] = ()
    ticks: tuple[Tick, ...] = ()
    indicators: tuple[IndicatorLevel, ...] = ()
    rates: tuple[RateMark, ...] = ()
    rolls: tuple[Roll, ...] = ()
    rolls_next: tuple[RollNotice, ...] = ()
