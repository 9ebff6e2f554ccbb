"""Watches keys: remembers the past of each, says what is unlike it, freezes what the policy says.

The past survives a restart: it is written down at the close and now and then, so that a crash loses
minutes of habits and a thief gains nothing by waiting for one.
"""

import threading
from collections import OrderedDict
from typing import Final

import msgspec

from fencang.gateways.doors.anomalies import Act, Anomaly, AnomalyPolicy, KeyHistory, looked_at
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


class KeyWatch:
    """The past of every key, in memory and in a file with `WATCH_SCHEMA`."""

    def __init__(
        self, file: PrivateFile, frozen: FrozenKeys, policy: AnomalyPolicy | None = None
    ) -> None:
        self._file = file
        self._frozen = frozen
        self._policy = AnomalyPolicy() if policy is None else policy
        self._guard = threading.Lock()
        self._unsaved: set[str] = set()
        self._forgotten: set[str] = set()
        rows = file.query("SELECT key_id, history FROM histories ORDER BY key_id")
        self._histories = OrderedDict((key_id, _decoder.decode(blob)) for key_id, blob in rows)

    def __len__(self) -> int:
        return len(self._histories)

    def look(self, key_id: str, act: Act) -> tuple[Anomaly, ...]:
        """Remember an act and return what about it is to be told; the key is frozen already."""
        with self._guard:
            history = self._histories.get(key_id, KeyHistory())
            self._histories[key_id], anomalies = looked_at(history, act, self._policy)
            self._histories.move_to_end(key_id)
            self._unsaved.add(key_id)
            if len(self._histories) > HISTORIES_MAX:
                oldest, _ = self._histories.popitem(last=False)
                self._unsaved.discard(oldest)
                self._forgotten.add(oldest)
        for anomaly in anomalies:
            if anomaly.freezes:
                self._frozen.freeze(key_id, anomaly.words, act.time_ns)
        return anomalies

    def save(self) -> int:
        """Write down what changed; return of how many keys. Any thread may do so."""
        with self._guard:
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
