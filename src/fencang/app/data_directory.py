"""A desk's data directory: its journal, with snapshots and large files beside it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fencang.app.exit_status import UsageFault
from fencang.app.journals import faults_in_words, journal_in, reading
from fencang.app.parameter_files import ParameterFiles, blobs_beside
from fencang.engine.machine import Machine, MachineMaker
from fencang.journal.recovery import recover
from fencang.journal.sequencer import Sequencer
from fencang.journal.snapshots import snapshots_beside
from fencang.journal.sqlite import SqliteJournal

__all__ = ["committing", "recovered"]


def recovered(folder: Path, until: int | None = None) -> Machine:
    """Return the desk as its journal has it, or as of record ``until``; nothing is written."""
    path = journal_in(folder)
    with reading(path) as journal:
        machines = MachineMaker(ParameterFiles(blobs_beside(path)))
        return recover(journal, snapshots_beside(path), machines, until).machine


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
