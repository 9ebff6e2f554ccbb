"""How long whoever guesses has to wait: longer with every failure, never for ever.

Three failures cost nothing, the next ones a second, two, four, up to five minutes.  An attempt
made while it has to wait is not looked at and does not make the wait longer, so that no stranger
can keep a door shut for good by knocking.  A day without failure, or one success, and all is
forgotten.
"""

from collections import OrderedDict
from typing import Final, NamedTuple

from fencang.basics.time import DAY_NS, SECOND_NS

__all__ = ["DELAY_NS_MAX", "FREE_FAILURES", "GUESSERS_MAX", "Failures", "GuessDelays"]

FREE_FAILURES: Final = 3
DELAY_NS_MAX: Final = 300 * SECOND_NS
GUESSERS_MAX: Final = 100_000
"""Names remembered; the one that failed longest ago is forgotten first."""


class Failures(NamedTuple):
    """How many in a row, when the last one, and until when nothing is looked at."""

    in_a_row: int
    last_ns: int
    until_ns: int


class GuessDelays:
    """Failures by name."""

    __slots__ = ("_failures", "_names_max")

    def __init__(self, names_max: int = GUESSERS_MAX) -> None:
        self._failures: OrderedDict[str, Failures] = OrderedDict()
        self._names_max = names_max

    def __len__(self) -> int:
        return len(self._failures)

    def wait_ns(self, name: str, time_ns: int) -> int:
        """Return how long the name has to wait, 0 when it may try; no clock makes it longer."""
        known = self._failures.get(name)
        return 0 if known is None else min(max(known.until_ns - time_ns, 0), DELAY_NS_MAX)

    def fail(self, name: str, time_ns: int) -> Failures | None:
        """Count a failure and return what was counted before; the caller asked `wait_ns` first."""
        known = self._failures.pop(name, None)
        is_recent = known is not None and time_ns - known.last_ns < DAY_NS
        in_a_row = known.in_a_row + 1 if known is not None and is_recent else 1
        self._failures[name] = Failures(in_a_row, time_ns, time_ns + _delay_ns(in_a_row))
        if len(self._failures) > self._names_max:
            self._failures.popitem(last=False)
        return known

    def take_back(self, name: str, before: Failures | None) -> None:
        """Count as before a failure that was none."""
        self._failures.pop(name, None)
        if before is not None:
            self._failures[name] = before

    def forgive(self, name: str) -> None:
        """Forget the failures of a name: it succeeded."""
        self._failures.pop(name, None)


def _delay_ns(failures: int) -> int:
    beyond = failures - FREE_FAILURES
    if beyond <= 0:
        return 0
    return min(SECOND_NS << min(beyond - 1, 16), DELAY_NS_MAX)
