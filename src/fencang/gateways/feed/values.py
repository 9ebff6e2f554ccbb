"""Fields of a row as values of its series: prices on the tick, times, volumes.

What is wrong is noted with its line and column; the caller gets None and goes on to the next.
"""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fencang.basics.decimals import DecimalFault, parse_scaled
from fencang.basics.time import DAY_NS, SECOND_NS, parse_time
from fencang.gateways.feed.faults import FaultList, FeedMissing
from fencang.gateways.feed.rounding import is_no_price, price_on_tick
from fencang.gateways.feed.series import ContractSeries, FeedCounts, RateSeries, Series

__all__ = ["FieldReader", "zone_of"]

_RATE_NANOS_MAX = 1 << 60


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its IANA name.  Raises FeedMissing when this machine has none."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise FeedMissing(
            f"the time zone {name!r} is not known here; use UTC or an IANA name such as "
            "America/Chicago (a system without zones needs the package tzdata)"
        ) from fault


class FieldReader:
    """Reads fields of one source; ``faults`` and ``counts`` are the source's."""

    def __init__(self, faults: FaultList, counts: FeedCounts) -> None:
        self.faults = faults
        self.counts = counts

    def price(self, series: Series, line: int, column: str, text: str) -> int | None:
        """Return a price, level or rate in nanos; None when there is none or it is faulty."""
        if is_no_price(text):
            self.counts.no_price += 1
            return None
        tick, is_off_tick = 1, isinstance(series, RateSeries)
        if isinstance(series, ContractSeries):
            tick, is_off_tick = series.tick_nanos, series.is_off_tick
        try:
            price = price_on_tick(text, tick, is_off_tick=is_off_tick, counts=self.counts)
        except DecimalFault as fault:
            words = "a number such as -36.98, or nothing where there is no price"
            self.faults.add(line, column, f"{fault}; allowed is {words}")
            return None
        if price < 1 and not isinstance(series, ContractSeries):
            self.faults.add(line, column, f"{text} is not above 0, as index levels and rates are")
            return None
        self.counts.prices += 1
        return price

    def volume(self, line: int, column: str, text: str) -> int | None:
        """Return whole lots; None when nothing is told, or when it is faulty (and noted)."""
        if is_no_price(text):
            return None
        try:
            lots = parse_scaled(text, 0)
        except DecimalFault as fault:
            self.faults.add(line, column, f"{fault}; allowed are whole lots")
            return None
        if not 0 <= lots < 1 << 62:
            self.faults.add(line, column, f"{text} lots; allowed are 0 and above")
            return None
        return lots

    def time(self, line: int, column: str, text: str, zone: tzinfo) -> int | None:
        """Return nanoseconds UTC of a time with an offset, or without one in ``zone``."""
        text = text.strip()
        has_offset = text.endswith(("Z", "z")) or "+" in text or "-" in text[10:]
        try:
            time_ns = parse_time(text if has_offset else text + "Z")
            if not has_offset and zone is not UTC:
                local = datetime.fromtimestamp(time_ns // SECOND_NS, UTC).replace(tzinfo=zone)
                offset = local.utcoffset()
                assert offset is not None
                time_ns = type(time_ns)(
                    time_ns - (offset.days * DAY_NS + offset.seconds * SECOND_NS)
                )
        except ValueError:
            what = f"{text!r} is no time; write it as 2018-02-05 14:30:00.25 or with an offset"
            self.faults.add(line, column, what)
            return None
        return time_ns
