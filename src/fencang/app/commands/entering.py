"""One command entered from the command line, and what came of it."""

import json
import sys
from collections.abc import Iterable

import msgspec

from fencang.app.exit_status import ExitStatus, UsageFault
from fencang.engine.machine import Machine
from fencang.journal.sequencer import Sequencer
from fencang.messages.commands import AnyCommand
from fencang.messages.draft_events import DraftProposed, DraftRefused, SingleOperatorActed
from fencang.messages.events import CancelRequested, CommandRejected, FillSuspended

__all__ = ["enter"]


def enter(
    sequencer: Sequencer[Machine], command: AnyCommand, done: str, *, as_json: bool
) -> ExitStatus:
    """Commit one command and tell what came of it; 1 when it was refused.

    Raises:
        UsageFault: a word of the command is longer or other than its field takes.
    """
    try:
        msgspec.msgpack.decode(msgspec.msgpack.encode(command), type=type(command))
    except msgspec.ValidationError as fault:
        raise UsageFault(f"{fault}; nothing was entered") from fault
    (record,) = sequencer.commit([command])
    told = (CommandRejected, DraftRefused)
    refused = [event for event in record.events if isinstance(event, told)]
    suspended = _suspended_lots(record.events)
    cancels = sum(isinstance(event, CancelRequested) for event in record.events)
    alone = any(isinstance(event, SingleOperatorActed) for event in record.events)
    found = {
        "sequence": record.sequence,
        "suspended_lots": suspended,
        "cancels": cancels,
        "refused": refused[0].detail if refused else "",
        "reason": refused[0].reason.words if refused else "",
        "single_operator": alone,
    }
    drafts = [event.draft_id for event in record.events if isinstance(event, DraftProposed)]
    if drafts:
        found["draft_id"] = drafts[0]
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    elif refused:
        sys.stdout.write(f"refused ({found['reason']}): {found['refused']}\n")
    else:
        rest = f"; {suspended} lots wait in suspense" if suspended else ""
        rest += f"; {cancels} cancels go to the venues" if cancels else ""
        rest += "; ONE OPERATOR did alone what needs two persons" if alone else ""
        sys.stdout.write(f"record {record.sequence}: {done}{rest}\n")
    return ExitStatus.DIFFERENCES_FOUND if refused else ExitStatus.DONE


def _suspended_lots(events: Iterable[object]) -> int:
    return sum(event.quantity_lots for event in events if isinstance(event, FillSuspended))
