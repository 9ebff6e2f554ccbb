"""Breaks as the engine keeps them: per carrying account, from the day they were first seen.

A break ends in one of two ways: a later statement no longer shows it (cleared, and forgotten here),
or two persons resolve it.  Resolved ones stay known for a while, so that a difference that was
written off does not come back every morning, and one that was booked does when it is still there.
"""

from collections import OrderedDict
from collections.abc import Iterable

from fencang.messages.reconciliation_commands import BreakFound, Resolution, StatementSection

__all__ = ["OPEN_BREAKS_MAX", "RESOLVED_BREAKS_MAX", "BreakState", "Reconciliation"]

OPEN_BREAKS_MAX = 5_000
"""Open breaks of one carrying account; a report that would bring more is refused."""
RESOLVED_BREAKS_MAX = 10_000


class BreakState:
    """One break: what was found last, since when, and who looks after it."""

    __slots__ = ("first_seen_day", "found", "last_seen_day", "owner", "reason", "resolution")

    def __init__(self, found: BreakFound, day: int) -> None:
        self.found = found
        self.first_seen_day = day
        self.last_seen_day = day
        self.owner = ""
        self.reason = ""
        self.resolution: Resolution | None = None

    def see(self, found: BreakFound, day: int) -> None:
        """Take in another sighting; the amounts are those of the latest day."""
        self.first_seen_day = min(self.first_seen_day, day)
        if day >= self.last_seen_day:
            self.last_seen_day = day
            self.found = found

    def is_settled_by(self, found: BreakFound) -> bool:
        """Return whether the resolution still covers what was found again.

        An explained or written-off difference does as long as it is the same difference; one that
        was booked should be gone.
        """
        if self.resolution is None or self.resolution is Resolution.BOOKED:
            return False
        return difference_of(self.found) == difference_of(found)


def difference_of(found: BreakFound) -> tuple[bool, bool, int]:
    """Return which sides are there, and theirs less ours."""
    ours, theirs = found.ours, found.theirs
    return ours is None, theirs is None, (theirs or 0) - (ours or 0)


class Reconciliation:
    """What is known of one carrying account: the last statement, open and resolved breaks."""

    __slots__ = ("at_sequence", "last_day", "resolved", "sha256", "unresolved")

    def __init__(self) -> None:
        self.last_day = 0
        self.sha256 = ""
        self.at_sequence = 0
        self.unresolved: dict[str, BreakState] = {}
        self.resolved: OrderedDict[str, BreakState] = OrderedDict()

    def open(self, found: BreakFound, day: int) -> None:
        """Open a break, or open it again with the age it had."""
        before = self.resolved.pop(found.break_id, None)
        state = BreakState(found, day)
        if before is not None:
            state.first_seen_day = min(before.first_seen_day, day)
            state.owner = before.owner
        self.unresolved[found.break_id] = state

    def resolve(self, break_id: str, resolution: Resolution, reason: str) -> None:
        """Move a break to the resolved ones; the oldest of them is forgotten beyond a bound."""
        state = self.unresolved.pop(break_id)
        state.resolution, state.reason = resolution, reason
        self.resolved[break_id] = state
        while len(self.resolved) > RESOLVED_BREAKS_MAX:
            self.resolved.popitem(last=False)

    def no_longer_there(
        self, sections: Iterable[StatementSection], found: Iterable[str], day: int
    ) -> list[str]:
        """Return open breaks that a statement of a day would show and does not, sorted.

        Lines of one day are shown by a statement of that day only; what stands is shown by every
        statement from the day it was last seen on.
        """
        told, covered = frozenset(found), frozenset(sections)
        gone = []
        for break_id in sorted(self.unresolved):
            state = self.unresolved[break_id]
            section = state.found.section
            if break_id in told or section not in covered:
                continue
            if section.is_of_the_day:
                is_shown = state.first_seen_day == day
            else:
                is_shown = state.last_seen_day <= day
            if is_shown:
                gone.append(break_id)
        return gone
