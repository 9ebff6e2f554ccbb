"""The sequencer on threads: while one commit is in flight, arriving commands form the next batch.

A core thread decides and encodes, a commit thread appends and then releases.  Between them stands
one open batch: the commit thread takes whatever is in it the moment its disk is free, so batches
are as large as the disk is slow and no timer decides.  The laws are those of ``sequencer``.

The interpreter lock is shared: a commit thread that comes back from the disk waits for a busy core
thread up to the switch interval, hence ``switch_interval_s`` (Python's own 5 ms would be the
latency of every commit).
"""

import gc
import sys
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

from fencang.journal.inbox import LANE_ORDINARY, LANES, Inbox
from fencang.journal.port import InboxFull, JournalPort, Machine, SequencerStopped
from fencang.journal.sequencer import Clock, Core, OpenBatch, SequencerLimits, Subscriber
from fencang.messages.commands import AnyCommand
from fencang.messages.origin import Origin
from fencang.messages.record import Record

__all__ = ["SWITCH_INTERVAL_S", "OnDurable", "OnStopped", "ThreadedSequencer"]

OnDurable = Callable[[Record], None]
"""Acknowledges one command: its record is durable.  Runs on the commit thread; must be brief."""

OnStopped = Callable[[BaseException], None]
"""Hears once why the sequencer failed; a batch on its way to the disk may still be acknowledged."""

SWITCH_INTERVAL_S = 0.000_5
"""Below it the threads cost a quarter more processor time in switches, above it a busy core thread
holds commits back; on a quiet machine 0.5 to 5 ms give the same latency at 30,000 orders a second.
"""
IDLE_S = 0.05
"""After this long without a command the garbage collector looks at what is new."""
OWN_ROOM = 4
"""Lane 0 is refused only where so many times as much waits as clients may bring."""
UNCOLLECTED_RECORDS_MAX = 200
"""After so many records it does at the latest: about a millisecond; 60,000 at once took 0.3 s."""
UNCOLLECTED_RECORDS_OF_ALL = 10_000_000
"""After so many it looks at everything in the next moment without a command; that takes a second
where 200,000 answers are remembered, and finds what connections leave behind.
"""

MachineT = TypeVar("MachineT", bound=Machine)
AnswerT = TypeVar("AnswerT")

OnAnswer = Callable[[Any, BaseException | None], None]
"""Takes the answer to a question, or what the question raised.  Runs on the commit thread."""


class _Drain:
    """A marker behind everything that was submitted before it, in every lane."""

    __slots__ = ("drained", "lanes_left")

    def __init__(self) -> None:
        self.drained = threading.Event()
        self.lanes_left = LANES


class _Question(NamedTuple):
    ask: Callable[[Any], Any]
    on_answer: OnAnswer


class _Wish(NamedTuple):
    command: AnyCommand
    on_durable: OnDurable | None
    origin: Origin | None


_Item = _Wish | _Question | _Drain | None
"""A command, a question, a drain marker, or None: look up, something happened."""


class _Waiting(OpenBatch):
    """The open batch with who waits for it."""

    __slots__ = ("acknowledgements", "answers", "drained")

    def __init__(self, first_sequence: int, previous_hash: bytes) -> None:
        super().__init__(first_sequence, previous_hash)
        self.acknowledgements: list[OnDurable | None] = []
        self.answers: list[tuple[OnAnswer, Any, BaseException | None]] = []
        self.drained: list[threading.Event] = []


class ThreadedSequencer(Generic[MachineT]):
    """Takes commands from any thread: ``start`` once, ``submit``, ``drain``, ``stop``."""

    def __init__(
        self,
        machine: MachineT,
        journal: JournalPort,
        clock: Clock,
        limits: SequencerLimits = SequencerLimits(),  # noqa: B008 - frozen
    ) -> None:
        core = Core(machine, journal, clock)
        self._core: Core[MachineT] | None = core
        self._journal = journal
        self._limits = limits
        self._subscribers: list[Subscriber] = []
        self._on_stopped: OnStopped | None = None
        self._cause: BaseException | None = None
        self._inbox: Inbox[_Item] = Inbox()
        self._door = threading.Lock()  # around the decision whether a command still enters
        self._is_accepting = False
        self._gate = threading.Lock()  # around the open batch and the three flags below
        self._open = _Waiting(core.sequence + 1, core.chain_hash)
        self._chain_hash = core.chain_hash
        self._committer_rests = False
        self._core_has_ended = False
        # A queue in C wakes a thread for a third of what a semaphore in Python costs.
        self._work: SimpleQueue[None] = SimpleQueue()
        self._space = threading.Semaphore(0)
        self._core_waits_for_space = False
        self._durable_sequence = core.sequence
        self._restore: Callable[[], None] = lambda: None
        self._threads: list[threading.Thread] = []

    @property
    def durable_sequence(self) -> int:
        """Return the sequence of the last record that was released."""
        return self._durable_sequence

    def subscribe(self, subscriber: Subscriber) -> None:
        """Let somebody hear every batch once durable, before its acknowledgements; before start."""
        assert not self._threads, "subscribe before start, or records would be missed"
        self._subscribers.append(subscriber)

    def start(
        self,
        *,
        on_stopped: OnStopped | None = None,
        switch_interval_s: float = SWITCH_INTERVAL_S,
        freezes_garbage: bool = True,
    ) -> None:
        """Start both threads.

        ``switch_interval_s`` and the garbage collector belong to the whole process; both are put
        back by ``stop``.  With ``freezes_garbage`` what exists now is never looked at again, and
        the collector looks at what is new in small steps.
        """
        assert not self._threads, "a sequencer is started once"
        self._on_stopped = on_stopped
        self._restore = _quieten(switch_interval_s, freezes_garbage=freezes_garbage)
        self._is_accepting = True
        self._threads = [
            threading.Thread(target=self._guarded, args=(run,), name=name, daemon=True)
            for run, name in (
                (self._run_core, "fencang-core"),
                (self._run_commits, "fencang-commit"),
            )
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        command: AnyCommand,
        on_durable: OnDurable | None = None,
        *,
        origin: Origin | None = None,
        lane: int = 0,
    ) -> None:
        """Hand in a command from any thread; ``on_durable`` is called when its record is durable.

        ``lane``: the priority class, 0 first; commands of one lane keep their order.

        Raises:
            InboxFull: it was not taken; wait and send it again.
            SequencerStopped: it was not taken; ``__cause__`` says why, None when asked to stop.
        """
        with self._door:
            self._require_room(lane)
            self._inbox.put(_Wish(command, on_durable, origin), lane)

    def ask(
        self,
        question: Callable[[MachineT], AnswerT],
        on_answer: Callable[[AnswerT | None, BaseException | None], None],
        *,
        lane: int = LANE_ORDINARY,
    ) -> None:
        """Ask the machine something between two commands; the answer waits until it is durable.

        The question runs on the core thread, must change nothing and must be brief: the desk
        decides nothing meanwhile.  What it raises is handed on and stops nobody.

        Raises:
            InboxFull: too much waits; ask again.
            SequencerStopped: it was not taken.
        """
        with self._door:
            self._require_room(lane)
            self._inbox.put(_Question(question, on_answer), lane)

    @property
    def waiting(self) -> int:
        """Return how many commands and questions wait to be decided."""
        return len(self._inbox)

    def drain(self) -> None:
        """Wait until everything submitted before is durable and released.

        Raises:
            SequencerStopped: it failed before; what was not acknowledged was not released.
        """
        marker = _Drain()
        with self._door:
            if not self._is_accepting:
                self._refuse()
            self._inbox.put_everywhere(marker)
        self._await(marker.drained)

    def stop(self) -> MachineT:
        """Drain, take no more commands, end both threads and put the process settings back.

        Returns the machine, which stands at the last durable record.

        Raises:
            SequencerStopped: it failed; everything is ended all the same.
        """
        assert threading.current_thread() not in self._threads, "a callback cannot stop its thread"
        with self._door:
            was_accepting, self._is_accepting = self._is_accepting, False
            marker = _Drain()
            self._inbox.put_everywhere(marker)
        if was_accepting:
            while not marker.drained.wait(IDLE_S) and self._cause is None:
                pass
        with self._gate:
            self._core_has_ended = True
            self._wake_committer()
        self._inbox.put(None)
        for thread in self._threads:
            thread.join()
        self._restore()
        self._restore = lambda: None
        if self._core is None:
            self._refuse()
        return self._core.machine

    def _require_room(self, lane: int) -> None:
        """Refuse what comes too late or is too much; the door is held.

        What clients send leaves room for the venues' word and the desk's own, which come by lane 0.
        """
        if not self._is_accepting:
            self._refuse()
        most = self._limits.inbox_commands_max * (1 if lane else OWN_ROOM)
        if len(self._inbox) >= most:
            raise InboxFull(
                f"{most:,} commands wait to be decided; this one "
                "was not taken and may be sent again"
            )

    def _await(self, drained: threading.Event) -> None:
        while not drained.wait(IDLE_S):
            if self._cause is not None or not any(thread.is_alive() for thread in self._threads):
                self._refuse()

    def _refuse(self) -> NoReturn:
        if self._cause is None:
            raise SequencerStopped("the sequencer is not running; the command was not taken")
        raise SequencerStopped(
            f"the sequencer stopped: {self._cause}. What was acknowledged is durable, nothing else "
            "was released and the machine is discarded. Recover from the journal."
        ) from self._cause

    def _guarded(self, run: Callable[[], None]) -> None:
        try:
            run()
        except BaseException as cause:  # noqa: BLE001 - whatever it is, the sequencer ends by it
            self._fail(cause)

    def _fail(self, cause: BaseException) -> None:
        with self._door:
            self._is_accepting = False
            is_first = self._cause is None
            if is_first:
                self._cause = cause
            self._core = None  # the machine is ahead of the disk: nobody may look at it again
        with self._gate:
            self._core_has_ended = True
            self._open = _Waiting(0, b"")
            self._wake_committer()
        self._inbox.put(None)
        self._space.release()
        if is_first and self._on_stopped is not None:
            self._on_stopped(cause)

    # ------------------------------------------------------------------------- the core thread

    def _run_core(self) -> None:
        core = self._core
        assert core is not None
        take, decide, gate = self._inbox.take, core.decide, self._gate
        records_max, bytes_max = self._limits.batch_records_max, self._limits.batch_bytes_max
        uncollected, of_all = 0, 0
        while not self._core_has_ended:
            try:
                item = take(IDLE_S)
            except Empty:
                if uncollected or of_all >= UNCOLLECTED_RECORDS_OF_ALL:
                    uncollected, of_all = 0, _collect(of_all)
                continue
            if type(item) is not _Wish:
                self._serve(core, item)
                continue
            record, frame = decide(item.command, item.origin)
            with gate:
                batch = self._open
                batch.add(record, frame)
                batch.acknowledgements.append(item.on_durable)
                self._chain_hash = core.chain_hash
                if self._committer_rests:
                    self._committer_rests = False
                    self._work.put(None)
                is_full = len(batch.records) >= records_max or batch.bytes_count > bytes_max
                self._core_waits_for_space = is_full
            if is_full:
                self._space.acquire()
            uncollected, of_all = uncollected + 1, of_all + 1
            if uncollected >= UNCOLLECTED_RECORDS_MAX:
                uncollected = 0
                _collect_new()

    def _serve(self, core: Core[MachineT], item: _Item) -> None:
        """Take in what is no command."""
        if isinstance(item, _Drain):
            item.lanes_left -= 1
            if not item.lanes_left:
                with self._gate:
                    self._open.drained.append(item.drained)
                    self._wake_committer()
        elif isinstance(item, _Question):
            answer, cause = None, None
            try:
                answer = item.ask(core.machine)
            except Exception as fault:  # noqa: BLE001 - it is the asker's to handle
                cause = fault
            with self._gate:
                self._open.answers.append((item.on_answer, answer, cause))
                self._wake_committer()

    # ----------------------------------------------------------------------- the commit thread

    def _run_commits(self) -> None:
        while True:
            batch, chain_hash = self._take()
            if batch is None:
                if self._core_has_ended:
                    return
                self._work.get()
                continue
            if batch.records:
                self._journal.append(batch.closed(chain_hash), batch.first_sequence - 1)
                self._release(batch)
            for on_answer, answer, cause in batch.answers:
                on_answer(answer, cause)
            for drained in batch.drained:
                drained.set()

    def _take(self) -> tuple[_Waiting | None, bytes]:
        """Take the open batch and put an empty one in its place; None when nothing is in it."""
        with self._gate:
            batch, chain_hash = self._open, self._chain_hash
            if not (batch.records or batch.answers or batch.drained):
                self._committer_rests = not self._core_has_ended
                return None, chain_hash
            self._open = _Waiting(batch.first_sequence + len(batch.records), chain_hash)
            if self._core_waits_for_space:
                self._core_waits_for_space = False
                self._space.release()
            return batch, chain_hash

    def _release(self, batch: _Waiting) -> None:
        records = tuple(batch.records)
        for subscriber in self._subscribers:
            subscriber(records)
        self._durable_sequence = records[-1].sequence
        for record, acknowledge in zip(records, batch.acknowledgements, strict=True):
            if acknowledge is not None:
                acknowledge(record)

    def _wake_committer(self) -> None:
        """Wake the commit thread; the gate is held."""
        if self._committer_rests:
            self._committer_rests = False
            self._work.put(None)


def _quieten(switch_interval_s: float, *, freezes_garbage: bool) -> Callable[[], None]:
    """Set the process up for even latency; return what puts it back."""
    interval_before_s = sys.getswitchinterval()
    collected_before = gc.isenabled()
    sys.setswitchinterval(switch_interval_s)
    if freezes_garbage:
        gc.collect()
        gc.freeze()
        gc.disable()

    def restore() -> None:
        sys.setswitchinterval(interval_before_s)
        if freezes_garbage:
            gc.unfreeze()
            if collected_before:
                gc.enable()

    return restore


def _collect_new() -> None:
    """Collect what was made since the last time, if nobody else collects."""
    if not gc.isenabled():
        gc.collect(1)


def _collect(records: int) -> int:
    """Collect what is new, or all after many records; return how many there are since then."""
    if gc.isenabled() or records < UNCOLLECTED_RECORDS_OF_ALL:
        _collect_new()
        return records
    gc.collect()
    return 0
