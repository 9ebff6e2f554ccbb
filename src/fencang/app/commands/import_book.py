"""``fencang import positions``: an opening book from files into a desk's journal, by one command.

Control totals stand on the command line, not beside the rows they control.  The desk refuses what
does not add up, and lots of a sub-account that holds or held the contract already unless they are
said to add to it; what other sub-accounts hold is not in the way.
"""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import msgspec

from fencang.app.data_directory import committing
from fencang.app.desk.opening_book import OpeningBookFiles, read_opening_book
from fencang.app.exit_status import ExitStatus, UsageFault
from fencang.basics.money import parse_money
from fencang.messages.commands import ImportOpeningBook
from fencang.messages.events import CommandRejected

__all__ = ["BookQuestion", "run_import"]


class BookQuestion(NamedTuple):
    """The files, what they must sum to, and the two persons."""

    positions: Path
    cash: Path | None
    lots_total: int
    cash_totals: tuple[str, ...]
    entered_by: str
    approved_by: str
    adds_to_holdings: bool


def run_import(data: Path, question: BookQuestion, *, as_json: bool) -> ExitStatus:
    """Take the book over, or say why not; nothing is taken over by halves.

    Raises:
        InputFault: a file is missing or has faulty lines.
        UsageFault: a control total that cannot be read.
    """
    command = _command(question)
    with committing(data) as sequencer:
        (record,) = sequencer.commit([command])
    refused = [event for event in record.events if isinstance(event, CommandRejected)]
    found = {
        "sequence": record.sequence,
        "lots": sum(lots.quantity_lots for lots in command.lots),
        "rows": len(command.lots) + len(command.cash),
        "refused": refused[0].detail if refused else "",
        "reason": refused[0].reason.words if refused else "",
    }
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    elif refused:
        sys.stdout.write(f"refused ({found['reason']}): {found['refused']}\n")
        sys.stdout.write("nothing was taken over\n")
    else:
        rows, lots = found["rows"], found["lots"]
        sys.stdout.write(f"{rows} rows with {lots} lots taken over as record {record.sequence}\n")
    return ExitStatus.DIFFERENCES_FOUND if refused else ExitStatus.DONE


def _command(question: BookQuestion) -> ImportOpeningBook:
    files = OpeningBookFiles(
        positions=str(question.positions.absolute()),
        cash=str(question.cash.absolute()) if question.cash is not None else "",
        lots_total=question.lots_total,
        cash_totals=tuple(_total(text) for text in question.cash_totals),
    )
    # Joining an absolute path to a folder gives the path; the record names the files alone.
    read = read_opening_book(
        files, Path(), entered_by=question.entered_by, approved_by=question.approved_by
    )
    names = (question.positions, question.cash)
    source = " and ".join(path.name for path in names if path is not None)
    command = msgspec.structs.replace(
        read, source=source, adds_to_holdings=question.adds_to_holdings
    )
    try:
        msgspec.msgpack.decode(msgspec.msgpack.encode(command), type=ImportOpeningBook)
    except msgspec.ValidationError as fault:
        raise UsageFault(f"{fault}; nothing was taken over") from fault
    return command


def _total(text: str) -> tuple[str, int]:
    currency, _, amount = text.partition("=")
    try:
        return currency, parse_money(amount)
    except ValueError as fault:
        wanted = "want CURRENCY=AMOUNT such as USD=1000.00"
        raise UsageFault(f"--cash-total {text}: {wanted}") from fault
