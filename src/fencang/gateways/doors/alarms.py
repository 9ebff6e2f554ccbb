"""What the doors tell people: keys in unusual use, keys that froze, many refusals.

Acts come from whoever lets requests in and from the one way by which commands enter.  What is to be
told waits here, so that nobody at the door waits for the disk that alerts are written to.
"""

from collections import Counter, deque
from collections.abc import Callable
from typing import Final, NamedTuple

from fencang.basics.time import SECOND_NS
from fencang.gateways.doors.live import LiveConnections
from fencang.gateways.doors.watch import KeyWatch

__all__ = ["ALARMS_MAX", "FAILURES_MAX", "Alarm", "DoorAlarms"]

ALARMS_MAX: Final = 1_000
"""Alarms that wait to be told; the oldest are forgotten first."""
FAILURES_MAX: Final = 50
"""Failures within `FAILURES_NS` that are told of."""
FAILURES_NS: Final = 60 * SECOND_NS


class Alarm(NamedTuple):
    """One thing to tell: the kind of notice, what it is about, in plain words."""

    kind: str
    subject: str
    words: str


class DoorAlarms:
    """Watches what is let in and what is not; used by the thread of the requests."""

    def __init__(
        self, watch: KeyWatch, live: LiveConnections, failures_max: int = FAILURES_MAX
    ) -> None:
        self._watch, self._live, self._failures_max = watch, live, failures_max
        self._waiting: deque[Alarm] = deque(maxlen=ALARMS_MAX)
        self._failed: Counter[str] = Counter()
        self._failed_from_ns = 0
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, listener: Callable[[str], None]) -> None:
        """Let somebody hear of each key that froze: its connections end elsewhere too."""
        self._listeners.append(listener)

    def acted(
        self,
        key_id: str,
        address: str,
        time_ns: int,
        size_micros: int = 0,
        *,
        is_draft: bool = False,
    ) -> bool:
        """Take note of an act of a key and return whether it goes on; False: it froze just now."""
        anomalies = self._watch.glance(key_id, address, time_ns, size_micros, is_draft=is_draft)
        if not anomalies:
            return True
        freezing = [each for each in anomalies if each.freezes]
        for each in anomalies:
            self._waiting.append(Alarm("KeyAnomaly", f"key {key_id}", f"{key_id}: {each.words}."))
        if not freezing:
            return True
        words = "; ".join(each.words for each in freezing)
        told = f"{key_id} opens nothing until two persons thaw it: {words}."
        self._waiting.append(Alarm("KeyFrozen", f"key {key_id}", told))
        self._live.drop_key(key_id)
        for listener in self._listeners:
            listener(key_id)
        return False

    def failed(self, cause: str, time_ns: int) -> None:
        """Count a refusal behind which somebody may be guessing; many are told of once a minute."""
        if not 0 <= time_ns - self._failed_from_ns < FAILURES_NS:
            self._failed.clear()
            self._failed_from_ns = time_ns
        self._failed[cause] += 1
        if self._failed.total() == self._failures_max:
            causes = ", ".join(f"{count} {cause}" for cause, count in self._failed.most_common(3))
            words = f"{self._failures_max} requests within a minute were refused: {causes}."
            self._waiting.append(Alarm("AuthenticationFailures", "door", words))

    def take(self) -> list[Alarm]:
        """Return what waits to be told, once; any thread."""
        taken = []
        while self._waiting:
            taken.append(self._waiting.popleft())
        return taken
