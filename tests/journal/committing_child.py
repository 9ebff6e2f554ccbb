"""A process that commits as fast as it can and prints every acknowledgement, until it is killed."""

import os
import sys
from pathlib import Path

from fencang.journal.group_commit import ThreadedSequencer
from fencang.journal.port import InboxFull
from fencang.journal.recovery import recover
from fencang.journal.sqlite import SqliteJournal
from tests.journal.counting_machine import CountingMachine, TickingClock, report
from tests.journal.storage import HEADER


def acknowledge(record):
    os.write(1, b"%d %d\n" % (record.sequence, record.command.value_nanos))


def main():
    journal = SqliteJournal.writer(Path(sys.argv[1]), HEADER)
    machine = recover(journal, None, CountingMachine).machine
    sequencer = ThreadedSequencer(machine, journal, TickingClock(machine.time_ns))
    sequencer.start()
    value = machine.reports
    while True:
        value += 1
        try:
            sequencer.submit(report(value), acknowledge)
        except InboxFull:
            sequencer.drain()
            value -= 1


if __name__ == "__main__":
    main()
