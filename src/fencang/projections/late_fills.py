"""Fills entered on a later day than they were cleared, and what has settled them since.

The carrying book lists such a fill on the day it was booked, a broker mostly on its clearing day.
What both need to be compared is told here: the fill as it stands, both days, and every settlement.
"""

from datetime import date
from typing import NamedTuple

from fencang.projections.carrying_account import AccountDays, DayFill, DayMend

__all__ = ["LateFill", "SettledAt", "late_fills_of"]


class SettledAt(NamedTuple):
    """A settlement of the fill's contract."""

    day: date
    price_nanos: int
    is_final: bool


class LateFill(NamedTuple):
    """A fill that counts for an earlier day than the one it was booked on."""

    fill: DayFill
    clearing_day: date
    booked_day: date
    is_after_settlement: bool
    """Whether its contract was settled already when it was booked: the next settlement pays it."""
    settled: tuple[SettledAt, ...]
    """From the clearing day on, oldest first."""

    @property
    def signed_lots(self) -> int:
        """Return lots, bought ones positive."""
        return self.fill.side.sign * self.fill.quantity_lots

    @property
    def last_day(self) -> date | None:
        """Return the day from whose end on both ways of counting agree; None while they do not."""
        for each in self.settled:
            if each.day > self.booked_day:
                return each.day
            if each.day == self.booked_day and not self.is_after_settlement:
                return each.day
        return None


def late_fills_of(account: AccountDays) -> list[LateFill]:
    """Return the late fills of the days that are kept, in the order they were booked."""
    found = []
    for ordinal in sorted(account.days):
        day = account.days[ordinal]
        fills = {fill.execution_id: fill for fill in day.with_fees()}
        for mend in day.mends:
            fill = fills.get(mend.execution_id)
            if mend.is_late_fill and fill is not None and mend.mended_day is not None:
                found.append(_late(account, date.fromordinal(ordinal), mend, fill))
    return found


def _late(account: AccountDays, booked_day: date, mend: DayMend, fill: DayFill) -> LateFill:
    assert mend.mended_day is not None, mend
    first, contract = mend.mended_day.toordinal(), mend.contract_id
    settled = tuple(
        SettledAt(date.fromordinal(ordinal), day.settlements[contract], contract in day.finals)
        for ordinal, day in sorted(account.days.items())
        if ordinal >= first and contract in day.settlements
    )
    return LateFill(fill, mend.mended_day, booked_day, mend.is_after_settlement, settled)
