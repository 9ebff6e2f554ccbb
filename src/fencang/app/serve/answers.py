"""First answers, kept: a request that comes again under the same identifier gets them once more.

The answer to a request is its record.  Records carry where they came from, so the memory is rebuilt
from the journal after a restart, and what was acknowledged before a crash is found again.
"""

import asyncio
from collections import OrderedDict
from typing import NamedTuple

from fencang.gateways.ports import RequestReused
from fencang.messages.origin import Origin
from fencang.messages.record import Record

__all__ = ["ANSWERS_MAX", "Answers"]

ANSWERS_MAX = 200_000
"""So many answered requests are remembered, the oldest are forgotten first."""

Key = tuple[str, str]
"""Who asked (a key is one program's), and the identifier it gave."""


class _Known(NamedTuple):
    body_sha256: bytes
    answer: "Record | asyncio.Future[Record]"


class Answers:
    """Requests under way and answered, by who asked and the identifier given."""

    __slots__ = ("_answers_max", "_known")

    def __init__(self, answers_max: int = ANSWERS_MAX) -> None:
        self._known: OrderedDict[Key, _Known] = OrderedDict()
        self._answers_max = answers_max

    def __len__(self) -> int:
        return len(self._known)

    def find(self, origin: Origin) -> "Record | asyncio.Future[Record] | None":
        """Return the first answer, or the one under way; None when the request is new.

        Raises:
            RequestReused: the identifier stood for another request.
        """
        known = self._known.get(_key(origin))
        if known is None:
            return None
        if known.body_sha256 != origin.body_sha256:
            raise RequestReused(origin.request_id)
        return known.answer

    def begin(self, origin: Origin, answer: "asyncio.Future[Record]") -> None:
        """Remember a request under way."""
        self._known[_key(origin)] = _Known(origin.body_sha256, answer)

    def forget(self, origin: Origin) -> None:
        """Forget a request that was not taken: it may come again."""
        self._known.pop(_key(origin), None)

    def keep(self, record: Record) -> None:
        """Remember the answer in a durable record, if somebody may ask for it again."""
        origin = record.origin
        if origin is None or not origin.request_id:
            return
        key = _key(origin)
        self._known[key] = _Known(origin.body_sha256, record)
        self._known.move_to_end(key)
        while len(self._known) > self._answers_max:
            self._known.popitem(last=False)


def _key(origin: Origin) -> Key:
    return origin.key_id, origin.request_id
