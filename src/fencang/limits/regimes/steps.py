"""Which numbers of a limit are about to fall, and how many business days are left until then."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from fencang.refdata.regime import LimitStep, RegimeLimit

__all__ = ["business_days_left", "steps_down"]

DAY = timedelta(days=1)


def steps_down(limit: RegimeLimit, day: date) -> Iterator[LimitStep]:
    """Yield the steps after a day that lower the number, or that begin a schedule, in order."""
    for step in limit.steps:
        if step.from_day > day:
            before = limit.lots_max(step.from_day - DAY)
            if before is None or step.quantity_lots_max < before:
                yield step


def business_days_left(
    day: date, until: date, is_business: Callable[[date], bool], most: int
) -> int | None:
    """Return the business days from a day on, itself included, before another one.

    None where they are more than ``most``.
    """
    count = 0
    while day < until and count <= most:
        count += is_business(day)
        day += DAY
    return count if count <= most else None
