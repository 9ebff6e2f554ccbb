"""Journals as the command line opens them, with their faults in words and an exit status."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fencang.app.exit_status import DiskFault, InputFault, JournalFault, ProgramFault
from fencang.journal import port
from fencang.journal.header import header_of_today
from fencang.journal.sqlite import SqliteJournal

__all__ = ["faults_in_words", "journal_in", "reading", "writing"]

NAME = "journal"


def journal_in(data: Path) -> Path:
    """Return the journal that ``--data`` names: itself, or the one of a desk's data directory.

    That is the file ``journal``, or the only file that ends in ``.journal``.

    Raises:
        InputFault: no such place, no journal in it, or several.
    """
    if data.is_file():
        return data
    if not data.is_dir():
        raise InputFault(f"there is no journal and no data directory {data}")
    if (data / NAME).is_file():
        return data / NAME
    found = sorted(path for path in data.glob(f"*.{NAME}") if path.is_file())
    if not found:
        raise InputFault(f"{data} holds no journal: no file {NAME} and none named ….{NAME}")
    if len(found) > 1:
        names = [path.name for path in found]
        raise InputFault(f"{data} holds {len(found)} journals; name one with --data", names)
    return found[0]


@contextmanager
def faults_in_words() -> Iterator[None]:
    """Turn faults of journal and disk into faults for a person."""
    try:
        yield
    except port.JournalFault as fault:
        raise _program_fault(fault) from fault
    except OSError as fault:
        name = f"{fault.filename}: " if fault.filename else ""
        raise DiskFault(f"{name}{fault.strerror or fault}") from fault


@contextmanager
def writing(path: Path, desk_id: str) -> Iterator[SqliteJournal]:
    """Open a journal for writing, making it when there is none; close it whatever happens."""
    with faults_in_words():
        if not path.parent.is_dir():
            raise DiskFault(f"the folder {path.parent} of the journal does not exist")
        journal = SqliteJournal.writer(path, header_of_today(desk_id))
        try:
            yield journal
        finally:
            journal.close()


@contextmanager
def reading(path: Path) -> Iterator[SqliteJournal]:
    """Open a journal for reading only."""
    with faults_in_words():
        journal = SqliteJournal.reader(path)
        try:
            yield journal
        finally:
            journal.close()


def _program_fault(fault: port.JournalFault) -> ProgramFault:
    cause: BaseException | None = fault
    while isinstance(cause, port.SequencerStopped) and cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, (port.JournalFull, port.JournalUnwritable)):
        return DiskFault(str(cause))
    if isinstance(cause, port.JournalFault):
        return JournalFault(str(cause))
    if isinstance(cause, OSError):
        return DiskFault(str(cause))
    raise fault  # a programmer's error: let it be seen whole
