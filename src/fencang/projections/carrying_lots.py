"""Lots of one contract in a carrying account, those of today apart.

Today's lots follow from the day's opens and closes and from what was there before them, so that a
trade of the day can be taken back as if it had not been.  Worked number: 3 lots from before and 2
opened today; a close of 4 takes the 3 first and leaves 1 of today; taken back, 2 are today's again.
"""

from typing import NamedTuple

from fencang.messages.message import Offset, Side

__all__ = ["CarryingLots", "DayPosition"]


class DayPosition(NamedTuple):
    """Open lots in one contract; those opened on the day itself are known in gross accounts."""

    long_lots: int = 0
    short_lots: int = 0
    long_today_lots: int = 0
    short_today_lots: int = 0


class _OpenSide:
    """One side of a position and what the day did to it."""

    __slots__ = ("closed", "closed_today", "lots", "opened")

    def __init__(self) -> None:
        self.lots = 0
        self.opened = 0
        self.closed = 0
        """Lots of closes that take the oldest first."""
        self.closed_today = 0
        """Lots of closes that name today's."""

    def change(self, offset: Offset, quantity_lots: int, *, is_of_today: bool) -> None:
        """Open or close lots; negative ones take it back."""
        opens = offset is Offset.OPEN
        self.lots += quantity_lots if opens else -quantity_lots
        if is_of_today:
            self.count(offset, quantity_lots)

    def count(self, offset: Offset, quantity_lots: int) -> None:
        """Count a change as one of today."""
        if offset is Offset.OPEN:
            self.opened += quantity_lots
        elif offset is Offset.CLOSE_TODAY:
            self.closed_today += quantity_lots
        else:
            self.closed += quantity_lots

    def today(self) -> int:
        """Return the open lots that were opened today."""
        before = max(0, self.lots - self.opened + self.closed + self.closed_today)
        left = self.opened - self.closed_today - max(0, self.closed - before)
        return max(0, min(left, self.lots))

    def begin_day(self) -> None:
        self.opened = self.closed = self.closed_today = 0


class CarryingLots:
    """Lots of one contract as they change; a net account has them on one side only."""

    __slots__ = ("_long", "_short")

    def __init__(self) -> None:
        self._long, self._short = _OpenSide(), _OpenSide()

    @property
    def is_flat(self) -> bool:
        """Return whether no side has lots."""
        return not (self._long.lots or self._short.lots)

    def trade(
        self, side: Side, offset: Offset, quantity_lots: int, *, is_of_today: bool = True
    ) -> None:
        """Take in lots; negative ones take a trade back, one of an earlier day where said so."""
        if offset is Offset.NET:
            net = self._long.lots - self._short.lots + side.sign * quantity_lots
            self._long.lots, self._short.lots = max(net, 0), max(-net, 0)
        else:
            held = self._held(side, offset)
            held.change(offset, quantity_lots, is_of_today=is_of_today)

    def age(self, side: Side, offset: Offset, quantity_lots: int) -> None:
        """Let a trade of today count as one of an earlier day."""
        if offset is not Offset.NET:
            self._held(side, offset).count(offset, -quantity_lots)

    def position(self) -> DayPosition:
        """Return the lots as they stand."""
        one, two = self._long, self._short
        return DayPosition(one.lots, two.lots, one.today(), two.today())

    def converted(self, new_lots: int, old_lots: int) -> "CarryingLots":
        """Return lots of a successor, ``new_lots`` for every ``old_lots``; today's stay today's."""
        found = CarryingLots()
        for own, other in ((self._long, found._long), (self._short, found._short)):
            other.lots = own.lots * new_lots // old_lots
            other.opened = own.today() * new_lots // old_lots
        return found

    def begin_day(self) -> None:
        """Let today's lots be yesterday's."""
        self._long.begin_day()
        self._short.begin_day()

    def _held(self, side: Side, offset: Offset) -> _OpenSide:
        return self._long if (offset is Offset.OPEN) == (side is Side.BUY) else self._short
