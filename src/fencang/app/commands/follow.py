"""``fencang follow``: a process beside the desk that writes its snapshots."""

import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from fencang.app.journals import journal_in, reading
from fencang.app.parameter_files import ParameterFiles, blobs_beside
from fencang.engine.machine import MachineMaker
from fencang.journal.follower import follow
from fencang.journal.snapshots import SnapshotFolder

__all__ = ["run_follow"]

WAIT_S = 0.2


def run_follow(
    path: Path, folder: Path | None, every_records: int, *, once: bool, as_json: bool
) -> None:
    """Follow a journal until asked to stop (or to its end), then tell where it stands."""
    path = journal_in(path) if path.is_dir() else path
    asked_to_stop = False

    def stop(_: int, __: FrameType | None) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)

    def wait() -> bool:
        if not (once or asked_to_stop):
            time.sleep(WAIT_S)
        return not (once or asked_to_stop)

    target = folder or path.with_name(path.name + ".snapshots")
    with reading(path) as journal:
        machine = follow(
            journal,
            SnapshotFolder(target),
            MachineMaker(ParameterFiles(blobs_beside(path))),
            snapshot_every_records=every_records,
            wait=wait,
        )
    found = {
        "sequence": machine.sequence,
        "state_hash": machine.state_hash(),
        "snapshots": str(target),
    }
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        sys.stdout.write(
            f"Followed to record {machine.sequence:,}; snapshots are in {target}.\n"
            f"state hash {found['state_hash']}\n"
        )
