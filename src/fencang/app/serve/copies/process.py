"""One copy as a process: ``python -m fencang.app.serve.copies.process plans|margin FOLDER``.

It says that it is alive while it reads, so that a long journal is waited for and a computation
that does not end is not.  Between questions it reads on, so that the next one waits for little.
"""

import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from fencang.app.serve.copies.frames import Answer, FromCopy, Reading, framed, read_question
from fencang.app.serve.opening import JOURNAL_NAME
from fencang.journal.sqlite import SqliteJournal

__all__ = ["Copy", "work"]

BEAT_S = 1.0
FOLLOW_S = 0.5
NICENESS = 5
"""Orders go before, whatever is asked here."""


class Copy(Protocol):
    """What follows a journal and answers questions."""

    @property
    def sequence(self) -> int:
        """Return the last record taken in."""
        ...

    def catch_up(self) -> None:
        """Take in every durable record that is new."""
        ...

    def answer(self, name: str, argument: bytes) -> bytes:
        """Return the answer to a question, in msgpack."""
        ...


def copy_of(kind: str, journal: SqliteJournal, folder: Path) -> Copy:
    """Return a copy of a kind; each imports only what it needs."""
    if kind == "plans":
        from fencang.app.serve.copies.plans import PlanCopy

        return PlanCopy(journal, folder)
    from fencang.app.serve.copies.margin import MarginCopy

    return MarginCopy(journal, folder / JOURNAL_NAME)


class _Out:
    """What goes to the desk's process, whole frames, from either thread."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe, self._lock = pipe, threading.Lock()

    def send(self, message: FromCopy) -> None:
        with self._lock:
            self._pipe.write(framed(message))
            self._pipe.flush()

    @contextlib.contextmanager
    def reading(self, copy: Copy) -> Iterator[None]:
        """Say every second that the copy reads, while it does."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(BEAT_S):
                try:
                    self.send(Reading(copy.sequence))
                except OSError:
                    os._exit(0)  # nobody is there any more

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def work(copy: Copy, journal: SqliteJournal, questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer questions in order until the desk's process ends; read on while there are none."""
    out = _Out(answers)
    while True:
        is_asked = bool(select.select([questions], [], [], FOLLOW_S)[0])
        if journal.last_sequence > copy.sequence:
            with out.reading(copy):
                copy.catch_up()
        if not is_asked:
            continue
        question = read_question(questions)
        if question is None:
            return
        out.send(Answer(question.number, copy.answer(question.name, question.argument)))


def _main() -> int:
    kind, folder = sys.argv[1], Path(sys.argv[2])
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the desk's process ends it, in its own time
    # Unbuffered, so that what waits in the pipe is what select sees.
    questions = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints shall not stand among the answers
    journal = SqliteJournal.reader(folder / JOURNAL_NAME)
    with contextlib.suppress(BrokenPipeError):
        work(copy_of(kind, journal, folder), journal, questions, answers)
    return 0


if __name__ == "__main__":
    raise SystemExit(_main())
