"""Changes remembered by channel, for everybody who follows; a follower is only a place in them.

The last changes of each channel are kept with the sequence of their record.  Nothing is queued for
anybody: whoever is slow is only further behind, and when its place is gone it starts from the table
anew or is sent away.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from fencang.gateways.stream.protocol import ASKED, CHANNELS
from fencang.messages.record import Record
from fencang.projections.tables.board import Board, Change

__all__ = ["REMEMBERED_MAX", "Batch", "Hub", "Told"]

REMEMBERED_MAX = 100_000
"""Changes remembered of each channel, and up to `FORGOTTEN_AT_ONCE` more."""
FORGOTTEN_AT_ONCE = 200
"""So many are forgotten together: a hundred thousand rows at once hold the loop up for 65 ms."""

ASKED_MAX = 14_400
"""Moments remembered of channels that are asked for: an hour of them, one after the other."""

TICK_S = 0.01
"""Followers are woken at most so often: what came between goes out together."""

_BOOK_FIELDS = {
    "orders": "sub_account_id",
    "executions": "sub_account_id",
    "positions": "book_id",
    "balances": "book_id",
    "margin": "book_id",
    "limits": "node_id",
    "instructions": "sub_account_id",
    "block_legs": "sub_account_id",
    "risk_signals": "node_id",
    "envelopes": "sub_account_id",
}
"""Channel → the field that says whose a row is; rows of the others belong to no book."""


class Told(NamedTuple):
    """One row as it was at a sequence, and whose it is; None: it was no more."""

    sequence: int
    key: str
    row: msgspec.Struct | None
    book_id: str | None
    decided_ns: int = 0
    """When its record was decided; 0: it was asked for."""


class Batch(NamedTuple):
    """Changes after one place up to another; ``place`` is where to go on."""

    told: Sequence[Told]
    place: int
    sequence: int


class _Channel:
    """Changes in order; ``first`` is the number of the oldest that is remembered."""

    __slots__ = ("_books", "_field", "first", "known_from", "rows", "told")

    def __init__(self, name: str, rows: dict[str, msgspec.Struct]) -> None:
        self.told: list[Told] = []
        self.first = 0
        self.known_from = 0
        """Every change after this sequence is remembered."""
        self.rows: dict[str, msgspec.Struct] = {}
        self._field = _BOOK_FIELDS.get(name, "")
        self._books: dict[str, str] = (
            {key: getattr(row, self._field) for key, row in rows.items()} if self._field else {}
        )
        """Key → whose its row is: when it is no more, only they are told."""

    @property
    def end(self) -> int:
        return self.first + len(self.told)

    @property
    def is_of_books(self) -> bool:
        return bool(self._field)

    def book_of(self, row: msgspec.Struct) -> str | None:
        return getattr(row, self._field) if self._field else None

    def add(self, sequence: int, key: str, row: msgspec.Struct | None, decided_ns: int = 0) -> None:
        if not self._field:
            book_id = None
        elif row is None:
            book_id = self._books.pop(key)
        else:
            book_id = self._books[key] = getattr(row, self._field)
        self.told.append(Told(sequence, key, row, book_id, decided_ns))
        if len(self.told) >= REMEMBERED_MAX + FORGOTTEN_AT_ONCE:
            self.known_from = self.told[FORGOTTEN_AT_ONCE - 1].sequence
            del self.told[:FORGOTTEN_AT_ONCE]
            self.first += FORGOTTEN_AT_ONCE


class Hub:
    """All channels; lives on the loop that the board lives on."""

    def __init__(self, board: Board) -> None:
        self._board = board
        tables = board.tables
        self._channels = {name: _Channel(name, dict(tables.get(name, {}))) for name in CHANNELS}
        for channel in self._channels.values():
            channel.known_from = board.sequence
        self._followers: set[asyncio.Event] = set()
        self._is_dirty = False
        self._asked = {name: deque((0,), ASKED_MAX) for name in ASKED}
        """Sequences that these channels were asked at: as of 0 there was nothing."""
        self._wanted: dict[str, set[asyncio.Event]] = {name: set() for name in ASKED}
        self.encoded: dict[tuple[object, ...], bytes] = {}
        """Messages of this tick as bytes: followers at the same place share them."""

    def hear(self, record: Record, changes: Sequence[Change]) -> None:
        """Remember what a durable record changed."""
        for change in changes:
            self._channels[change.table].add(
                record.sequence, change.key, change.row, record.time_ns
            )
        if changes:
            self._is_dirty = True

    def tell_rows(self, name: str, sequence: int, rows: dict[str, msgspec.Struct]) -> None:
        """Compare a whole table that is asked for from time to time, and remember what changed."""
        if sequence == self._asked[name][-1]:
            return  # nothing was decided since
        self._asked[name].append(sequence)
        channel = self._channels[name]
        before, channel.rows = channel.rows, rows
        for key, row in rows.items():
            if before.get(key) != row:
                channel.add(sequence, key, row)
        for key in before.keys() - rows.keys():
            channel.add(sequence, key, None)
        self._is_dirty = True

    async def run(self) -> None:
        """Wake followers when there is news, until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            if self._is_dirty:
                self._is_dirty = False
                self.encoded.clear()
                for follower in self._followers:
                    follower.set()

    def follow(self) -> asyncio.Event:
        """Return what is set whenever there is news."""
        follower = asyncio.Event()
        self._followers.add(follower)
        return follower

    def leave(self, follower: asyncio.Event) -> None:
        """End following."""
        self._followers.discard(follower)
        for wanting in self._wanted.values():
            wanting.discard(follower)

    def want(self, name: str, follower: asyncio.Event) -> None:
        """Note that a follower follows a channel, until it leaves or wants it no more."""
        if name in self._wanted:
            self._wanted[name].add(follower)

    def want_no_more(self, name: str, follower: asyncio.Event) -> None:
        """Note that a follower has left a channel."""
        if name in self._wanted:
            self._wanted[name].discard(follower)

    def is_due(self, name: str) -> bool:
        """Return whether a channel has to be asked for: followed, and records came since."""
        return bool(self._wanted[name]) and self._asked[name][-1] < self._board.sequence

    def is_asked_anew(self, name: str, batch: Batch, told_at: int) -> bool:
        """Return whether a batch is news without rows: a channel was asked for again since."""
        return name in self._asked and batch.sequence != told_at

    def is_of_books(self, name: str) -> bool:
        """Return whether the rows of a channel belong to books."""
        return self._channels[name].is_of_books

    def book_of(self, name: str, row: msgspec.Struct) -> str | None:
        """Return whose a row of a channel is, None where it belongs to no book."""
        return self._channels[name].book_of(row)

    def rows(self, name: str) -> dict[str, msgspec.Struct]:
        """Return the present rows of a channel."""
        tables = self._board.tables
        return dict(tables[name]) if name in tables else dict(self._channels[name].rows)

    def sequence(self, name: str) -> int:
        """Return the sequence that a channel's rows stand at."""
        asked = self._asked.get(name)
        return self._board.sequence if asked is None else asked[-1]

    def end(self, name: str) -> int:
        """Return the place behind the last change of a channel."""
        return self._channels[name].end

    def place_after(self, name: str, sequence: int) -> int | None:
        """Return the place of the first change after a sequence; None: no longer remembered.

        What is asked for goes on from where it was asked at, here or behind another gateway: what
        it was in between nobody compared with.
        """
        channel = self._channels[name]
        if name in self._asked and sequence not in self._asked[name]:
            return None
        if sequence < channel.known_from or sequence > self.sequence(name):
            return None
        low, high = 0, len(channel.told)
        while low < high:
            middle = (low + high) // 2
            if channel.told[middle].sequence <= sequence:
                low = middle + 1
            else:
                high = middle
        return channel.first + low

    def since(self, name: str, place: int) -> Batch | None:
        """Return what changed from a place on; None: the place is no longer remembered."""
        channel = self._channels[name]
        if place < channel.first:
            return None
        told = list(islice(channel.told, place - channel.first, None))
        return Batch(told, channel.end, self.sequence(name))
