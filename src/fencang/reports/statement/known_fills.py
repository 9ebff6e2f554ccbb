"""Fills whose lots are remembered, so that a correction takes back just what a fill did.

As many are remembered as the desk remembers: it refuses to correct older ones.
"""

from collections import OrderedDict

from fencang.ledger.mending import FillLots

__all__ = ["FILLS_MAX", "FillPart", "KnownFill", "KnownFills"]

FILLS_MAX = 100_000
"""Fills remembered, oldest forgotten first: as many as the desk corrects."""

Place = tuple[str, str]
"""(carrying account, execution)."""


class FillPart:
    """What a fill did in one sub-account."""

    __slots__ = ("lots", "sub_account_id")

    def __init__(self, sub_account_id: str, lots: FillLots) -> None:
        self.sub_account_id = sub_account_id
        self.lots = lots


class KnownFill:
    """A fill: the day (ordinal) that it counts for, and who has its lots."""

    __slots__ = ("day", "parts")

    def __init__(self, day: int) -> None:
        self.day = day
        self.parts: list[FillPart] = []


class KnownFills:
    """The fills remembered, oldest first."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: OrderedDict[Place, KnownFill] = OrderedDict()

    def add(self, place: Place, day: int) -> None:
        """Remember a fill; the oldest gives way when there are too many."""
        self._found[place] = KnownFill(day)
        if len(self._found) > FILLS_MAX:
            self._found.popitem(last=False)

    def of(self, place: Place) -> KnownFill:
        """Return a fill that is remembered."""
        return self._found[place]

    def note(
        self,
        place: Place,
        sub_account_id: str,
        bought: tuple[int, int],
        closed: list[list[int]],
        day: int,
    ) -> None:
        """Note (lots, price in nanos) that a sub-account received, and the lots they closed.

        ``closed`` is ``[opened_day, lots, cost]`` each.  A forgotten fill stays forgotten.
        """
        fill = self._found.get(place)
        if fill is not None:
            lots, price_nanos = bought
            opened = lots - sum(piece[1] for piece in closed)
            part = FillPart(sub_account_id, FillLots(day, price_nanos, opened, closed))
            fill.parts.append(part)
