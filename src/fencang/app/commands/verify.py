"""``fencang verify``: the whole journal decided again."""

import json
import sys
from pathlib import Path

from fencang.app.exit_status import ExitStatus
from fencang.app.journals import journal_in, reading
from fencang.app.parameter_files import ParameterFiles, blobs_beside
from fencang.app.progress import counting
from fencang.engine.machine import MachineMaker
from fencang.journal.verify import Verification, verify

__all__ = ["run_verify", "verification_json"]


def run_verify(path: Path, *, as_json: bool) -> ExitStatus:
    """Verify a journal (or the one of a folder), print what was found, return the exit status."""
    path = journal_in(path) if path.is_dir() else path
    with reading(path) as journal, counting("Verifying") as told:
        machines = MachineMaker(ParameterFiles(blobs_beside(path)))
        found = verify(journal, machines, lambda done, total: told(done, total, f"record {done:,}"))
    if as_json:
        sys.stdout.write(json.dumps(verification_json(found), indent=1) + "\n")
    else:
        sys.stdout.write(_words(path, found) + "\n")
    if found.damage is not None:
        return ExitStatus.JOURNAL_REFUSED
    return ExitStatus.DONE if found.difference is None else ExitStatus.DIFFERENCES_FOUND


def verification_json(found: Verification) -> dict[str, object]:
    """Return a verification as plain values."""
    difference = found.difference
    return {
        "is_sound": found.is_sound,
        "records": found.records,
        "events": found.events,
        "decided_again": found.decided_again,
        "other_versions": [
            {
                "decision_version": each.decision_version,
                "first_sequence": each.first_sequence,
                "last_sequence": each.last_sequence,
                "records": each.records,
            }
            for each in found.other_versions
        ],
        "state_hash": found.state_hash,
        "chain_hash": found.chain_hash.hex(),
        "first_difference": None if difference is None else difference.sequence,
        "damage": None if found.damage is None else str(found.damage),
    }


def _words(path: Path, found: Verification) -> str:
    decided = f"{found.decided_again:,} commands were decided again."
    lines = [f"{path}: {found.records:,} records, {found.events:,} events; {decided}"]
    lines.extend(
        f"Records {each.first_sequence:,} to {each.last_sequence:,} were decided by version "
        f"{each.decision_version}: {each.records:,} were applied as stored, not decided again."
        for each in found.other_versions
    )
    if found.damage is not None:
        lines.append(f"DAMAGED: {found.damage}")
    elif found.difference is not None:
        difference = found.difference
        lines += [
            f"DIFFERENT: record {difference.sequence:,} is not decided again as it is stored.",
            f"  stored: {_short(difference.expected)}",
            f"  now:    {_short(difference.actual)}",
        ]
    else:
        lines.append("Every record holds and every decision came out as stored.")
    lines.append(f"state hash {found.state_hash}")
    return "\n".join(lines)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 600 else f"{text[:600]}…"
