"""``fencang risk cancel``: every order of a node asked to cancel, or some of them."""

import json
import sys
from pathlib import Path
from typing import NamedTuple

from fencang.app.data_directory import committing
from fencang.app.exit_status import ExitStatus, UsageFault
from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.cancel_events import MassCancelAccepted
from fencang.messages.events import CommandRejected
from fencang.messages.message import Side

__all__ = ["CancelWords", "run_cancel"]


class CancelWords(NamedTuple):
    """A mass cancel as it was written on the command line; filters are empty where none is set."""

    node: str
    scope: str
    side: str
    account: str
    by: str


def run_cancel(data: Path, words: CancelWords, *, as_json: bool) -> ExitStatus:
    """Ask the orders of a node to cancel; 1 where a name is not the desk's.

    Raises:
        UsageFault: a side that is none.
    """
    side = words.side.upper()
    if side and side not in Side.__members__:
        raise UsageFault(f"--side {words.side}: it is buy or sell; nothing was cancelled")
    command = CancelOrders(
        node_id=words.node,
        entered_by=words.by,
        scope_id=words.scope or None,
        side=Side[side] if side else None,
        carrying_account_id=words.account or None,
    )
    with committing(data) as sequencer:
        (record,) = sequencer.commit([command])
    refused = next((each for each in record.events if isinstance(each, CommandRejected)), None)
    told = next((each for each in record.events if isinstance(each, MassCancelAccepted)), None)
    found = {
        "sequence": record.sequence,
        "asked_orders": 0 if told is None else told.asked_orders,
        "pending_orders": 0 if told is None else told.pending_orders,
        "left_orders": 0 if told is None else told.left_orders,
        "instructions": 0 if told is None else told.instructions,
        "refused": "" if refused is None else refused.detail,
        "reason": "" if refused is None else refused.reason.words,
    }
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    elif refused is not None:
        sys.stdout.write(f"refused ({found['reason']}): {refused.detail}\n")
    elif told is not None:
        sys.stdout.write(_words(record.sequence, told))
    return ExitStatus.DONE if refused is None else ExitStatus.DIFFERENCES_FOUND


def _words(sequence: int, told: MassCancelAccepted) -> str:
    rest = f"; {told.pending_orders:,} waited for their cancel already" * bool(told.pending_orders)
    rest += f"; {told.left_orders:,} are asked next" * bool(told.left_orders)
    rest += f"; {told.instructions:,} instructions are taken back" * bool(told.instructions)
    return f"record {sequence}: {told.asked_orders:,} orders are asked to cancel{rest}\n"
