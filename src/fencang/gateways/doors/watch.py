"""Watches keys: remembers the past of each, says what is unlike it, freezes what the policy says.

The past survives a restart: it is written down at the close and now and then, so that a crash loses
minutes of habits and a thief gains nothing by waiting for one.
"""

import threading
from collections import OrderedDict
from typing import Final

import msgspec

from fencang.basics.time import SECOND_NS
from fencang.gateways.doors.anomalies import (
    Act,
    Anomaly,
    AnomalyPolicy,
    KeyHistory,
    looked_at,
    size_class_of,
    with_more,
)
from fencang.gateways.doors.files import PrivateFile
from fencang.gateways.doors.frozen import FrozenKeys

__all__ = ["HISTORIES_MAX", "WATCH_SCHEMA", "KeyWatch"]

HISTORIES_MAX: Final = 10_000
"""Keys whose past is remembered; the one that acted longest ago is forgotten first."""

WATCH_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS histories (key_id TEXT PRIMARY KEY, history BLOB NOT NULL) STRICT",
)
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(KeyHistory)


_HOUR_NS: Final = 3_600 * SECOND_NS
_ALIKE_MAX: Final = 1_000
"""Acts that are counted beside the last that was looked at, before one is looked at again."""


class _Last:
    """The last act of a key that was looked at, and how many like it came after it."""

    __slots__ = ("act", "acts", "by_size", "hour", "size_class")

    def __init__(self, act: Act) -> None:
        self.act = act
        self.hour = act.time_ns // _HOUR_NS
        self.size_class = size_class_of(act.size_micros)
        self.acts = 0
        self.by_size: dict[int, int] = {}


class KeyWatch:
    """The past of every key, in memory and in a file with `WATCH_SCHEMA`."""

    def __init__(
        self, file: PrivateFile, frozen: FrozenKeys, policy: AnomalyPolicy | None = None
    ) -> None:
        self._file = file
        self._frozen = frozen
        self._policy = AnomalyPolicy() if policy is None else policy
        self._guard = threading.Lock()
        self._last: dict[str, _Last] = {}
        self._unsaved: set[str] = set()
        self._forgotten: set[str] = set()
        rows = file.query("SELECT key_id, history FROM histories ORDER BY key_id")
        self._histories = OrderedDict((key_id, _decoder.decode(blob)) for key_id, blob in rows)

    def __len__(self) -> int:
        return len(self._histories)

    def glance(
        self,
        key_id: str,
        address: str,
        time_ns: int,
        size_micros: int = 0,
        *,
        is_draft: bool = False,
    ) -> tuple[Anomaly, ...]:
        """Do what `look` does, and only count an act that is like the last one.

        Like it is what comes from its address within its hour and is no larger.  Such an act could
        be told of for nothing that the last one was not.
        """
        last = self._last.get(key_id)
        if (
            last is None
            or is_draft
            or address != last.act.address
            or time_ns // _HOUR_NS != last.hour
            or (size_class := size_class_of(size_micros)) > last.size_class
            or last.acts >= _ALIKE_MAX
        ):
            act = Act(time_ns=time_ns, address=address, size_micros=size_micros, is_draft=is_draft)
            return self.look(key_id, act)
        with self._guard:
            last.acts += 1
            if size_micros:
                last.by_size[size_class] = last.by_size.get(size_class, 0) + 1
        return ()

    def _fold(self, key_id: str) -> KeyHistory:
        """Return the past of a key with the acts that were only counted."""
        history: KeyHistory = self._histories.get(key_id, KeyHistory())
        last = self._last.get(key_id)
        if last is None or not last.acts:
            return history
        history = with_more(history, last.act, last.acts, last.by_size)
        last.acts, last.by_size = 0, {}
        self._unsaved.add(key_id)
        return history

    def look(self, key_id: str, act: Act) -> tuple[Anomaly, ...]:
        """Remember an act and return what about it is to be told; the key is frozen already."""
        with self._guard:
            history = self._fold(key_id)
            self._last[key_id] = _Last(act)
            self._histories[key_id], anomalies = looked_at(history, act, self._policy)
            self._histories.move_to_end(key_id)
            self._unsaved.add(key_id)
            if len(self._histories) > HISTORIES_MAX:
                oldest, _ = self._histories.popitem(last=False)
                self._unsaved.discard(oldest)
                self._last.pop(oldest, None)
                self._forgotten.add(oldest)
        for anomaly in anomalies:
            if anomaly.freezes:
                self._frozen.freeze(key_id, anomaly.words, act.time_ns)
        return anomalies

    def save(self) -> int:
        """Write down what changed; return of how many keys. Any thread may do so."""
        with self._guard:
            for key_id in self._histories:
                self._histories[key_id] = self._fold(key_id)
            rows = [(key_id, self._histories[key_id]) for key_id in sorted(self._unsaved)]
            gone = [(key_id,) for key_id in sorted(self._forgotten)]
            self._unsaved.clear()
            self._forgotten.clear()
        encoded = [(key_id, _encoder.encode(history)) for key_id, history in rows]
        if not encoded and not gone:
            return 0
        with self._file.transaction():
            self._file.change_many("DELETE FROM histories WHERE key_id = ?", gone)
            self._file.change_many("INSERT OR REPLACE INTO histories VALUES (?, ?)", encoded)
        return len(encoded)
