"""Server-sent events of one channel: the same snapshots and changes, for whoever only reads.

The event's id is the sequence it stands at, so a browser that comes back sends it as
``Last-Event-ID`` and goes on from there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec

from fencang.gateways.caller import Caller
from fencang.gateways.metrics import Metrics
from fencang.gateways.ports import ServedDesk
from fencang.gateways.rest.problem import Fault, Refused
from fencang.gateways.rest.sight import require_common, sees
from fencang.gateways.stream.connection import HEARTBEAT_S
from fencang.gateways.stream.hub import Batch, Hub
from fencang.gateways.stream.protocol import CHANNELS, Changes, Snapshot, scope_of

__all__ = ["event_stream"]

INTERVAL_S = 0.1

_encode = msgspec.json.Encoder().encode


def event_stream(
    desk: ServedDesk,
    hub: Hub,
    caller: Caller,
    channel: str,
    last_sequence: int | None,
    metrics: Metrics,
    clock: Callable[[], int],
) -> AsyncIterator[bytes]:
    """Return the events of a channel: a snapshot, or what came after ``last_sequence``; changes.

    Raises:
        Refused: no such channel, or none that this key may read.
    """
    if channel not in CHANNELS:
        what = Fault("path channel", f"there are {', '.join(CHANNELS)}")
        raise Refused.of(404, "not-found", f"there is no channel {channel}", (what,))
    if scope_of(channel) not in caller.scopes:
        raise Refused.of(403, "scope-missing", f"this key lacks the scope {scope_of(channel)}")
    require_common(caller.sub_tree, channel, is_of_books=hub.is_of_books(channel))
    sight = _Sight(desk, hub, caller, channel)
    return _events(hub, sight, channel, last_sequence, metrics, clock)


async def _events(
    hub: Hub,
    sight: "_Sight",
    channel: str,
    last_sequence: int | None,
    metrics: Metrics,
    clock: Callable[[], int],
) -> AsyncIterator[bytes]:
    news = hub.follow()
    metrics.stream_clients += 1
    hub.want(channel, news)
    try:
        place = None if last_sequence is None else hub.place_after(channel, last_sequence)
        told_at = last_sequence or 0
        while True:
            batch = None if place is None else hub.since(channel, place)
            if batch is None:
                place, told_at = hub.end(channel), hub.sequence(channel)
                yield _event(sight.snapshot())
                continue
            changes = sight.changes(batch, told_at)
            place = batch.place
            if changes is not None:
                told_at = changes.sequence
                yield _event(changes)
                if batch.told and (decided_ns := batch.told[0].decided_ns):
                    metrics.decided_to_told.observe(clock() - decided_ns)
            try:
                await asyncio.wait_for(news.wait(), HEARTBEAT_S)
                news.clear()
                await asyncio.sleep(INTERVAL_S)
            except TimeoutError:
                yield b": heartbeat\n\n"
    finally:
        metrics.stream_clients -= 1
        hub.leave(news)


class _Sight:
    """What one caller sees of a channel."""

    def __init__(self, desk: ServedDesk, hub: Hub, caller: Caller, channel: str) -> None:
        self._desk, self._hub, self._channel = desk, hub, channel
        self._tree = caller.sub_tree

    def _sees(self, book_id: str | None) -> bool:
        return sees(self._desk.board, self._tree, book_id)

    def snapshot(self) -> Snapshot:
        hub, channel = self._hub, self._channel
        rows = tuple(
            (key, row)
            for key, row in hub.rows(channel).items()
            if self._sees(hub.book_of(channel, row))
        )
        return Snapshot(channel=channel, sequence=hub.sequence(channel), rows=rows, is_last=True)

    def changes(self, batch: Batch, told_at: int) -> Changes | None:
        rows = tuple((each.key, each.row) for each in batch.told if self._sees(each.book_id))
        if not rows and not self._hub.is_asked_anew(self._channel, batch, told_at):
            return None
        return Changes(
            channel=self._channel, after_sequence=told_at, sequence=batch.sequence, rows=rows
        )


def _event(message: Snapshot | Changes) -> bytes:
    kind = b"snapshot" if isinstance(message, Snapshot) else b"changes"
    data = _encode(message)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (message.sequence, kind, data)
