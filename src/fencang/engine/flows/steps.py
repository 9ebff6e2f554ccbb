"""Limits that are about to step down below what a group of persons holds and has working.

Asked at every opening of a day and at every settlement, so that what was bought after the first
look is told too; each step is told once to each group and side.
"""

from collections.abc import Iterator
from datetime import date

from fencang.engine.regimes.counters import RegimeCounter
from fencang.engine.regimes.links import today_of
from fencang.engine.state import DeskState
from fencang.limits.regimes.counting import LOT_PARTS
from fencang.limits.regimes.steps import business_days_left, steps_down
from fencang.messages.day_events import TradingDayOpened
from fencang.messages.events import AnyEvent, SessionOpened, TradingDaySettled
from fencang.messages.regime_events import LimitStepApproached
from fencang.refdata.regime import (
    Exemption,
    LimitBucket,
    LimitHardness,
    LimitStep,
    RegimeLimit,
    RegimeVenue,
)

__all__ = ["follow_coming_steps"]

DayEvent = SessionOpened | TradingDayOpened | TradingDaySettled


def follow_coming_steps(state: DeskState, event: DayEvent) -> list[AnyEvent]:
    """Tell which groups are beyond a number that holds in a few business days."""
    book, most = state.regimes, state.regimes.watch_rules.step_days
    if not book.counters or not most:
        return []
    found: dict[tuple[str, str, str, int], LimitStepApproached] = {}
    for _, counter in sorted(book.counters.items()):
        for limit in _limits_of(state, counter):
            for step, days_left in _coming(state, limit, most):
                for is_long in (True, False):
                    told = _told(state, counter, limit, step, days_left, is_long=is_long)
                    key = limit.limit_id, counter.persons_id, _side(is_long=is_long), _ordinal(step)
                    if told is None or key in book.steps:
                        continue
                    known = found.get(key)
                    # Of today's deltas and those of the day before, the larger number.
                    if known is None or known.worst_case_lots < told.worst_case_lots:
                        found[key] = told
    return [found[key] for key in sorted(found)]


def _ordinal(step: LimitStep) -> int:
    return step.from_day.toordinal()


def _side(*, is_long: bool) -> str:
    return "long" if is_long else "short"


def _limits_of(state: DeskState, counter: RegimeCounter) -> Iterator[RegimeLimit]:
    """Yield the hard limits that speak of a counter, those that have not begun among them."""
    regime_id, group_id, _, bucket, settlement, month, _ = counter.key
    for limit in state.regimes.limits(regime_id, group_id):
        if (limit.bucket, limit.settlement) != (bucket, settlement):
            continue
        is_of_month = limit.bucket is not LimitBucket.SPOT or limit.month == month
        if is_of_month and limit.hardness is LimitHardness.LIMIT:
            yield limit


def _coming(state: DeskState, limit: RegimeLimit, most: int) -> Iterator[tuple[LimitStep, int]]:
    """Yield the steps down that are so near, with the business days that are left."""
    today = today_of(state)
    venues = [
        state.venues[each.venue_id].venue
        for each in state.regimes.each(RegimeVenue)
        if each.regime_id == limit.regime_id and each.venue_id in state.venues
    ]

    def is_business(day: date) -> bool:
        return any(venue.is_trading_day(day) for venue in venues)

    for step in steps_down(limit, today):
        left = business_days_left(today, step.from_day, is_business, most)
        if left is None:
            return
        yield step, left


def _told(
    state: DeskState,
    counter: RegimeCounter,
    limit: RegimeLimit,
    step: LimitStep,
    days_left: int,
    *,
    is_long: bool,
) -> LimitStepApproached | None:
    """Return what is told of a number to come, None where the group is within it."""
    parts, lots_max = counter.total.of(is_long=is_long), step.quantity_lots_max
    if parts <= lots_max * LOT_PARTS or _is_granted(state, counter, limit, step, is_long=is_long):
        return None
    return LimitStepApproached(
        regime_id=limit.regime_id,
        limit_id=limit.limit_id,
        persons_id=counter.persons_id,
        side=_side(is_long=is_long),
        from_day=step.from_day,
        days_left=days_left,
        quantity_lots_max=lots_max,
        worst_case_lots=-(-parts // LOT_PARTS),
    )


def _is_granted(
    state: DeskState, counter: RegimeCounter, limit: RegimeLimit, step: LimitStep, *, is_long: bool
) -> bool:
    """Return whether an exemption of one person covers the group on the day of the step.

    What the others of the group have must fit the limit alone, as for an order.
    """
    parts = counter.total.of(is_long=is_long)

    def covers(exemption: Exemption) -> bool:
        own = counter.worst_of.get(exemption.person_id)
        cap = exemption.long_lots_max if is_long else exemption.short_lots_max
        if own is None or not exemption.is_valid(step.from_day) or parts > cap * LOT_PARTS:
            return False
        others = parts - own.of(is_long=is_long)
        return limit.bucket in exemption.buckets and others <= step.quantity_lots_max * LOT_PARTS

    return any(covers(each) for each in state.regimes.exemptions(limit.regime_id, limit.group_id))
