"""Everything about a stream but the network: tables folded, gaps seen, connections made again.

``Following.steps`` is a generator like ``Exchange.steps``.  It yields what is to be done, and now
and then an ``Update`` for whoever follows.  A connection that breaks, falls silent or is ended by
the desk is made again; each channel goes on after the last sequence that was seen, so that nothing
is missed and nothing told twice, or begins with a snapshot where the desk no longer remembers.
What was entered and not answered is entered again under its name: it is done once.
"""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import msgspec

from fencang import __version__
from fencang.client.answers import PUT_OFF, Reply, error_of, may_be_taken
from fencang.client.ask import Ask
from fencang.client.errors import FencangError, NotAllowed, Unexpected, Unreachable
from fencang.client.exchange import (
    SIGN_AGAIN_S,
    Exchange,
    Headers,
    NoReply,
    Pause,
    next_pause_s,
)
from fencang.client.stream_words import (
    PROTOCOL,
    Answer,
    Changes,
    Failed,
    MassCancelCounts,
    Message,
    Row,
    Snapshot,
    Subscribed,
    Tables,
    Welcome,
    enter_frame,
    messages_in,
    row_of,
    subscribe_frame,
)

__all__ = ["Answered", "Closed", "Entered", "Following", "Hear", "Open", "Say", "Silence", "Update"]

CLOSE_NOT_ADMITTED = 4001
SIGN_ANEW = "Sign anew"
SIGNED_ANEW_MAX = 4
"""Each time a second later at least: a desk that was killed takes no longer to be sure again."""
TOO_MANY = re.compile(r".* has \d+ of \d+ open")
"""What the desk says where it takes no further connection for now."""
HEARTBEATS_MISSED_MAX = 3
FIRST_SILENCE_S_MAX = 15.0
PATH = "/v1/stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Connect, with these headers."""

    url: str
    headers: Headers
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Say:
    """Send these frames."""

    frames: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Hear:
    """Receive the next frame, and give up after ``timeout_s``."""

    timeout_s: float


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection has ended; ``code`` is 0 where nobody said why."""

    code: int
    reason: str


class Silence:
    """Nothing came in time."""


class Answered:
    """Nothing is to be done: ``answers`` has one more, and whoever waits for it shall look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What changed in one table.

    ``rows`` in their order, None for one that is no more; of a snapshot all there are.  Where each
    change counts (orders, executions) a key may come several times.  ``is_conflated``: rows between
    were left out, because the client was slower than they came.
    """

    channel: str
    sequence: int
    rows: tuple[tuple[str, Row | None], ...]
    is_snapshot: bool = False
    is_conflated: bool = False


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """What the desk took in: the record it stands in, and the orders it made.

    Of a mass cancel ``order_ids`` are the orders that were asked to cancel, and ``cancels`` counts.
    """

    sequence: int
    order_ids: tuple[int, ...]
    cancels: MassCancelCounts | None = None


Step = Open | Say | Hear | Pause | Update | Answered
Heard = bytes | Closed | Silence | NoReply | None
Steps = Generator[Step, Heard, None]


@dataclass(slots=True)
class Following:
    """One stream over all of its connections; ``answers`` are those not yet taken."""

    exchange: Exchange
    channels: tuple[str, ...]
    tables: Tables = field(default_factory=Tables)
    sequences: dict[str, int] = field(default_factory=dict)
    pending: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    connections: int = 0
    _pieces: dict[str, list[tuple[str, Row | None]]] = field(default_factory=dict)
    _silence_s_max: float = FIRST_SILENCE_S_MAX
    _failures: int = 0
    _signed_anew: int = 0
    _failing_since_s: float = 0.0

    def steps(self) -> Steps:
        """Yield what is to be done and what changed, for ever.

        Raises:
            FencangError: the desk lets nobody in, speaks otherwise, or stays unreachable.
        """
        while True:
            ended = yield self._open()
            if ended is None:
                self.connections += 1
                yield Say(self._opening())
                ended = yield from self._heard()
            pause_s = self._pause_s(ended)
            if pause_s:
                yield Pause(pause_s)

    def enter(self, ask: Ask[object]) -> tuple[str, bytes]:
        """Return the name and the frame of something to be entered, kept until it is answered."""
        key = ask.idempotency_key or self.exchange.new_key()
        self.pending[key] = enter_frame(ask, key)
        return key, self.pending[key]

    def outcome(self, key: str) -> Entered:
        """Return what became of what was entered, and forget it.

        Raises:
            FencangError: as over REST.
        """
        answer = self.answers.pop(key)
        if answer.problem != msgspec.Raw(b"null"):
            raise self._error(bytes(answer.problem), key)
        assert answer.sequence is not None, "what has no problem has a record"
        return Entered(sequence=answer.sequence, order_ids=answer.order_ids, cancels=answer.cancels)

    def forget(self, key: str) -> None:
        """Do not enter it again, and keep no answer: nobody waits for it."""
        self.pending.pop(key, None)
        self.answers.pop(key, None)

    # ------------------------------------------------------------------------------- connections

    def _open(self) -> Open:
        exchange = self.exchange
        url = exchange.url + PATH
        headers: Headers = (("User-Agent", f"fencang/{__version__}"),)
        if exchange.credentials is not None:
            headers = (*headers, *exchange.credentials.headers("GET", url, (), b""))
        return Open(
            url="ws" + url.removeprefix("http"), headers=headers, timeout_s=exchange.timeout_s
        )

    def _opening(self) -> list[bytes]:
        self._pieces.clear()
        wishes = [subscribe_frame(name, self.sequences.get(name)) for name in self.channels]
        return [*wishes, *self.pending.values()]

    def _heard(self) -> Generator[Step, Heard, Heard]:
        """Pass on what comes until the connection ends; return how it did."""
        while True:
            heard = yield Hear(self._silence_s_max)
            if not isinstance(heard, bytes):
                return heard
            for message in messages_in(heard):
                wish, update = self._take(message)
                if wish:
                    yield Say([wish])
                if update is not None:
                    yield update
                if isinstance(message, Answer):
                    yield Answered()

    def _pause_s(self, ended: Heard) -> float:
        """Return how long to wait before the next connection; raise where there shall be none."""
        exchange = self.exchange
        least_s = 0.0
        if isinstance(ended, Closed) and ended.code == CLOSE_NOT_ADMITTED:
            self._check_admission(ended.reason)
            least_s = SIGN_AGAIN_S
        now_s = exchange.monotonic()
        if not self._failures:
            self._failing_since_s = now_s
        self._failures += 1
        pause_s = next_pause_s(exchange.patience, self._failures, exchange.chance()) + least_s
        spent_s = now_s - self._failing_since_s
        if spent_s + pause_s > exchange.patience.total_s:
            words = f"the stream of {exchange.url} could not be had again for {spent_s:.0f} s"
            raise Unreachable(f"{words}: {_words_of(ended)}", may_be_done=bool(self.pending))
        return pause_s

    def _check_admission(self, reason: str) -> None:
        """Pass on that the desk lets this key in no more, unless it may be asked again."""
        self._signed_anew += reason == SIGN_ANEW
        is_late = reason == SIGN_ANEW and self._signed_anew <= SIGNED_ANEW_MAX
        if not is_late and TOO_MANY.fullmatch(reason) is None:
            raise NotAllowed(f"the desk does not let this stream in: {reason}")

    # ---------------------------------------------------------------------------------- messages

    def _take(self, message: Message) -> tuple[bytes | None, Update | None]:
        """Return what is to be said to a message, and what it changes for whoever follows."""
        match message:
            case Welcome():
                if message.protocol != PROTOCOL:
                    raise Unexpected(f"the stream speaks {message.protocol}, not {PROTOCOL}")
                self._silence_s_max = message.heartbeat_s * HEARTBEATS_MISSED_MAX
                self._failures = self._signed_anew = 0
            case Subscribed() if not message.is_resumed:
                self._pieces[message.channel] = []
            case Snapshot():
                return None, self._piece(message)
            case Changes():
                return self._changes(message)
            case Answer():
                if self.pending.pop(message.request_id, None) is not None:
                    self.answers[message.request_id] = message
            case Failed():
                raise self._error(bytes(message.problem), "")
            case _:
                pass
        return None, None

    def _piece(self, message: Snapshot) -> Update | None:
        name = message.channel
        pieces = self._pieces.setdefault(name, [])
        pieces += [(key, row_of(name, raw)) for key, raw in message.rows]
        if not message.is_last:
            return None
        rows = tuple(self._pieces.pop(name))
        table = self.tables.of(name)
        table.clear()
        table.update(rows)
        self.sequences[name] = message.sequence
        return Update(channel=name, sequence=message.sequence, rows=rows, is_snapshot=True)

    def _changes(self, message: Changes) -> tuple[bytes | None, Update | None]:
        name = message.channel
        if message.after_sequence != self.sequences.get(name):
            self.sequences.pop(name, None)
            return subscribe_frame(name, None), None
        rows = tuple((key, row_of(name, raw)) for key, raw in message.rows)
        table = self.tables.of(name)
        for key, row in rows:
            if row is None:
                table.pop(key, None)
            else:
                table[key] = row
        self.sequences[name] = message.sequence
        if not rows:
            return None, None
        return None, Update(
            channel=name,
            sequence=message.sequence,
            rows=rows,
            is_conflated=message.is_conflated,
        )

    def _error(self, problem: bytes, key: str) -> FencangError:
        status = msgspec.json.decode(problem, type=_Status).status
        reply = Reply(status=status, headers={}, content=problem)
        may_be_done = status in PUT_OFF and may_be_taken(reply)
        return error_of(reply, key, may_be_done=may_be_done, wall_s=self.exchange.wall())


class _Status(msgspec.Struct):
    """The status of a problem."""

    status: int


def _words_of(ended: Heard) -> str:
    match ended:
        case NoReply():
            return ended.what
        case Closed():
            return f"it was closed ({ended.code} {ended.reason})"
        case _:
            return "it fell silent"
