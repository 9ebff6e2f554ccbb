"""A desk's data directory: its journal, with snapshots and large files beside it.

The journal is the file ``journal`` in it, or the only file named ``….journal``.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fencang.app.exit_status import InputFault, UsageFault
from fencang.app.journals import faults_in_words, reading
from fencang.app.parameter_files import ParameterFiles, blobs_beside
from fencang.engine.machine import Machine, MachineMaker
from fencang.journal.recovery import recover
from fencang.journal.sequencer import Sequencer
from fencang.journal.snapshots import snapshots_beside
from fencang.journal.sqlite import SqliteJournal

__all__ = ["committing", "journal_in", "recovered"]

NAME = "journal"


def journal_in(folder: Path) -> Path:
    """Return the journal of a data directory.

    Raises:
        InputFault: no such folder, no journal in it, or several.
    """
    if folder.is_file():
        return folder
    if not folder.is_dir():
        raise InputFault(f"there is no data directory {folder}")
    if (folder / NAME).is_file():
        return folder / NAME
    found = sorted(path for path in folder.glob(f"*.{NAME}") if path.is_file())
    if not found:
        raise InputFault(f"{folder} holds no journal: no file {NAME} and none named ….{NAME}")
    if len(found) > 1:
        names = [path.name for path in found]
        raise InputFault(f"{folder} holds {len(found)} journals; name one with --data", names)
    return found[0]


def recovered(folder: Path) -> Machine:
    """Return the desk as its journal has it; nothing is written."""
    path = journal_in(folder)
    with reading(path) as journal:
        machines = MachineMaker(ParameterFiles(blobs_beside(path)))
        return recover(journal, snapshots_beside(path), machines).machine


@contextmanager
def committing(folder: Path) -> Iterator[Sequencer[Machine]]:
    """Open a desk for commands; this process is its only writer meanwhile.

    Raises:
        JournalFault: another process writes it, or it is damaged.
    """
    path = journal_in(folder)
    with faults_in_words():
        journal = SqliteJournal.writer(path)
        try:
            machines = MachineMaker(ParameterFiles(blobs_beside(path)))
            machine = recover(journal, snapshots_beside(path), machines).machine
            if not machine.sequence:
                raise UsageFault(f"{path} is empty: no desk has been defined in it yet")
            yield Sequencer(machine, journal, time.time_ns)
        finally:
            journal.close()
