"""What the exit status of ``fencang`` means, and the fault that carries one to the shell.

::

    ProgramFault (ends the program with plain words and a status; no traceback)
    ├── UsageFault        2  the command was asked for something it cannot do
    ├── InputFault        3  a desk file or a price file is faulty, missing or does not fit
    ├── JournalFault      4  a journal is damaged, in use, or belongs to another replay
    └── DiskFault         5  the disk is full or does not let us read or write
"""

from collections.abc import Sequence
from enum import IntEnum

__all__ = [
    "DiskFault",
    "ExitStatus",
    "InputFault",
    "JournalFault",
    "ProgramFault",
    "UsageFault",
]


class ExitStatus(IntEnum):
    """Exit statuses of every ``fencang`` command."""

    DONE = 0
    DIFFERENCES_FOUND = 1
    WRONG_USAGE = 2
    FAULTY_INPUT = 3
    JOURNAL_REFUSED = 4
    DISK = 5
    INTERRUPTED = 130


class ProgramFault(Exception):
    """An operating fault in words for a person; ``details`` are listed one per line."""

    status = ExitStatus.WRONG_USAGE

    def __init__(self, words: str, details: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.words = words
        self.details = tuple(details)


class UsageFault(ProgramFault):
    """The command was asked for something it cannot do."""


class InputFault(ProgramFault):
    """A desk file or a price file is faulty, missing or does not fit the request."""

    status = ExitStatus.FAULTY_INPUT


class JournalFault(ProgramFault):
    """A journal is damaged, in use by another process, or belongs to another replay."""

    status = ExitStatus.JOURNAL_REFUSED


class DiskFault(ProgramFault):
    """The disk is full or refuses to be read or written."""

    status = ExitStatus.DISK
