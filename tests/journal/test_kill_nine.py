"""kill -9 in the middle of commits, again and again on one journal."""

import subprocess
import sys
import time

from fencang.journal.recovery import recover
from fencang.journal.sqlite import SqliteJournal
from tests.journal.counting_machine import CountingMachine
from tests.journal.storage import HEADER

KILLS = 8


def test_no_acknowledged_command_is_lost_by_kill_nine(tmp_path):
    """Law: what was acknowledged is in the journal, in order, once, however the process ended."""
    path = tmp_path / "desk.journal"
    command = [sys.executable, "-m", "tests.journal.committing_child", str(path)]
    acknowledged = {}
    for kill in range(KILLS):
        child = subprocess.Popen(command, stdout=subprocess.PIPE)
        lines = [child.stdout.readline()]
        assert lines[0], "the child died before its first acknowledgement"
        time.sleep(0.01 + 0.017 * kill)  # wherever that is in a commit
        child.kill()
        lines += child.communicate()[0].splitlines(keepends=True)
        for line in lines:
            if line.endswith(b"\n"):
                sequence, value = map(int, line.split())
                acknowledged[sequence] = value
        journal = SqliteJournal.writer(path, HEADER)
        recovered = recover(journal, None, CountingMachine)
        stored = [stored.record() for stored in journal.read(1)]
        journal.close()
        assert recovered.machine.sequence == len(stored) >= max(acknowledged)
        assert [record.command.value_nanos for record in stored] == list(range(1, len(stored) + 1))
        assert all(stored[s - 1].command.value_nanos == v for s, v in acknowledged.items())
