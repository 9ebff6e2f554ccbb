"""A process that decides a journal's commands again and prints the hashes of all its statements.

``python -m tests.months.replaying_child JOURNAL beginning`` decides every command;
``… JOURNAL middle`` begins with the newest snapshot and decides what came after it.
"""

import json
import sys
from pathlib import Path

from fencang.journal.recovery import recover
from fencang.journal.snapshots import snapshots_beside
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.record import DECISION_VERSION, Record
from tests.engine.desk import MAKER
from tests.months.papers import papers_of


def replayed(journal, snapshot):
    """Return the machine at the end and the records: stored up to the snapshot, then decided."""
    machine = MAKER() if snapshot is None else MAKER.load(snapshot.state)
    records = []
    for stored in journal.read(1):
        record = stored.record()
        if record.sequence > machine.sequence:
            command, at = record.command, (record.sequence, record.time_ns)
            record = Record(*at, DECISION_VERSION, command, machine.execute(command, *at))
        records.append(record)
    return machine, records


def main():
    path, way = Path(sys.argv[1]), sys.argv[2]
    folder, snapshot = snapshots_beside(path), None
    if way == "middle":
        snapshot = folder.read(folder.newest_first()[0])
    journal = SqliteJournal.reader(path)
    machine, records = replayed(journal, snapshot)
    recovered = recover(journal, folder if snapshot else None, MAKER)
    journal.close()
    told = {
        "papers": papers_of(records),
        "state": machine.state_hash(),
        "recovered": recovered.machine.state_hash(),
        "snapshot": recovered.snapshot_sequence,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
