"""Keeps one copy: starts it when it is asked, one question at a time, ends it when it is not.

A copy that reads its journal is waited for, as long as an asker may wait, and reads on for the
next one; a computation that says nothing for too long is ended with its process.  Few questions
wait, and fewer of one key.
"""

import asyncio
import contextlib
import sys
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from fencang.app.serve.copies.frames import Answer, Question, framed, read_answer
from fencang.gateways.ports import DeskBusy, DeskStopped

__all__ = ["CopyKeeper", "Patience"]


class Patience(NamedTuple):
    """How long is waited: for an answer, for a word of the copy, and for somebody to ask."""

    answer_s: float = 60.0
    silence_s: float = 30.0
    idle_s: float = 900.0
    waiting_max: int = 16
    waiting_of_key_max: int = 4


class CopyKeeper:
    """One kind of copy (``plans``, ``margin``) of the desk in a folder."""

    def __init__(self, kind: str, folder: Path, patience: Patience | None = None) -> None:
        self._kind, self._folder = kind, folder
        self._patience = patience or Patience()
        self._turn = asyncio.Lock()
        self._waiting: Counter[str] = Counter()
        self._numbers = count(1)
        self._process: _Process | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._is_closed = False

    @property
    def process_id(self) -> int | None:
        """Return the copy's process, None while there is none."""
        return None if self._process is None else self._process.process_id

    async def ask(self, name: str, argument: bytes, asker: str) -> bytes:
        """Return the answer to a question, in msgpack.

        Raises:
            DeskBusy: too many wait, the journal is still being read, or it took too long.
            DeskStopped: the desk ends.
        """
        patience = self._patience
        if self._waiting[asker] >= patience.waiting_of_key_max:
            raise DeskBusy(f"{patience.waiting_of_key_max} questions of this key are under way")
        if self._waiting.total() >= patience.waiting_max:
            raise DeskBusy(f"{patience.waiting_max} questions about {self._kind} are under way")
        self._waiting[asker] += 1
        try:
            async with asyncio.timeout(patience.answer_s), self._turn:
                return await self._asked(name, argument)
        except TimeoutError as fault:
            words = f"no answer within {patience.answer_s:g} s: others were first, or the journal"
            raise DeskBusy(f"{words} is still being read; ask again") from fault
        finally:
            self._waiting[asker] -= 1
            if not self._waiting[asker]:
                del self._waiting[asker]

    async def close(self) -> None:
        """End the copy for good."""
        self._is_closed = True
        self._rest(None)
        await self._end()

    async def _asked(self, name: str, argument: bytes) -> bytes:
        if self._is_closed:
            raise DeskStopped("the desk ends; nothing more is worked out")
        self._rest(None)
        try:
            if self._process is None or self._process.has_ended:
                self._process = await _Process.started(self._kind, self._folder)
            question = Question(next(self._numbers), name, argument)
            found = await self._process.ask(question, self._patience.silence_s)
        finally:
            self._rest(self._patience.idle_s)
        if found is None:
            await self._end()
            words = f"{self._patience.silence_s:g} s were not enough, or it failed: it was ended"
            raise DeskBusy(f"{words}; the log says which")
        return found

    def _rest(self, after_s: float | None) -> None:
        """End the copy when nobody asks for so long; None: it is asked."""
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None
        if after_s is not None and not self._is_closed:
            loop = asyncio.get_running_loop()
            self._resting = loop.call_later(after_s, self._retire)

    def _retire(self) -> None:
        if self._process is not None:
            self._process.kill()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await process.end()


class _Process:
    """A copy's process and the questions that it has."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._asked: dict[int, asyncio.Future[bytes | None]] = {}
        self._heard_s = asyncio.get_running_loop().time()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def started(cls, kind: str, folder: Path) -> "_Process":
        """Start a copy; it says what goes wrong on the standard error of the desk's process."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "fencang.app.serve.copies.process",
            kind,
            str(folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(process)

    @property
    def process_id(self) -> int:
        """Return its number."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Return whether nothing more comes of it."""
        return self._reader.done()

    async def ask(self, question: Question, silence_s: float) -> bytes | None:
        """Return the answer, None when the copy ended or said nothing for so long."""
        loop = asyncio.get_running_loop()
        assert self._process.stdin is not None
        future: asyncio.Future[bytes | None] = loop.create_future()
        self._asked[question.number] = future
        begun_s = loop.time()
        try:
            with contextlib.suppress(ConnectionError):
                self._process.stdin.write(framed(question))
            while not future.done():
                left_s = max(begun_s, self._heard_s) + silence_s - loop.time()
                if left_s <= 0 or self.has_ended:
                    return None
                waited: tuple[asyncio.Future[Any], ...] = (future, self._reader)
                first = asyncio.FIRST_COMPLETED
                await asyncio.wait(waited, timeout=left_s, return_when=first)
            return future.result()
        finally:
            del self._asked[question.number]

    async def _read(self) -> None:
        """Take in what the copy says; answers that nobody waits for any more are dropped."""
        assert self._process.stdout is not None
        loop = asyncio.get_running_loop()
        while (message := await read_answer(self._process.stdout)) is not None:
            self._heard_s = loop.time()
            if isinstance(message, Answer):
                future = self._asked.get(message.number)
                if future is not None and not future.done():
                    future.set_result(message.answer)

    def kill(self) -> None:
        """End it at once: it holds nothing that is not in the journal."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """End it and wait until it has."""
        self.kill()
        await self._process.wait()
        await self._reader
