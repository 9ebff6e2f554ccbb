"""From the text of a price to nanos on the tick of its contract.

Text becomes an exact integer first.  A price off the tick is a fault, unless its series says that
the source is off-tick (an index level that stands for a future, a close averaged by a vendor): then
it is rounded to the nearest tick, halves away from zero, and counted.
"""

from fencang.basics.decimals import DecimalFault, format_scaled, parse_scaled
from fencang.basics.price import PRICE_NANOS_MAX, is_on_tick
from fencang.basics.rounding import divide_half_away
from fencang.gateways.feed.series import FeedCounts

__all__ = ["NO_PRICE_WORDS", "is_no_price", "price_on_tick"]

NO_PRICE_WORDS = frozenset({"", ".", "nan", "na", "n/a", "null", "none"})
"""What sources write where they have no price (FRED a point); anything else must be a number."""

_DIGITS_MAX = 30


def is_no_price(text: str) -> bool:
    """Return whether the text says that there is no price."""
    if text and text[-1] in "0123456789":
        return False
    return text.strip().lower() in NO_PRICE_WORDS


def price_on_tick(text: str, tick_nanos: int, *, is_off_tick: bool, counts: FeedCounts) -> int:
    """Return the price in nanos on the tick.

    Raises:
        DecimalFault: not a plain decimal, out of range, or off the tick of a series that keeps it.
    """
    price = _nanos(text, is_off_tick=is_off_tick, counts=counts)
    if not is_on_tick(price, tick_nanos):
        if not is_off_tick:
            raise DecimalFault(
                f"{text.strip()} is not a multiple of the tick {format_scaled(tick_nanos, 9)}; "
                "say is_off_tick for a source that does not keep it"
            )
        counts.rounded += 1
        price = divide_half_away(price, tick_nanos) * tick_nanos
    if not -PRICE_NANOS_MAX <= price <= PRICE_NANOS_MAX:
        raise DecimalFault(
            f"{text.strip()} is beyond ±{format_scaled(PRICE_NANOS_MAX, 9)}, the range of prices"
        )
    return price


def _nanos(text: str, *, is_off_tick: bool, counts: FeedCounts) -> int:
    # Most prices are plain; the ordinary parser reads the others and words the faults.
    whole, _, fraction = text.partition(".")
    digits = whole + fraction.ljust(9, "0")
    if len(fraction) <= 9 and len(whole) <= _DIGITS_MAX and digits.isdecimal() and digits.isascii():
        if whole:
            return int(digits)
    elif is_off_tick and len(fraction.strip()) > 9:
        places = min(len(fraction.strip()), _DIGITS_MAX)
        exact = parse_scaled(text, places)
        scale = int("1".ljust(places - 8, "0"))
        if exact % scale:
            counts.rounded += 1
        return divide_half_away(exact, scale)
    if not text.isascii():
        raise DecimalFault(f"{text!r} has digits of another script")
    return parse_scaled(text, 9)
