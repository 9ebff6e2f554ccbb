"""What to do about a break: the command that a clerk would enter, ready to be copied.

Words in capitals stand for what only people know: ``WHO`` and ``SECOND`` are two persons, ``SUB``
is the sub-account whose trade it was, ``OFFSET`` whether it opened or closed.
"""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fencang.basics.identifiers import IDENTIFIER_LENGTH_MAX
from fencang.basics.money import format_money
from fencang.basics.price import format_price
from fencang.messages.reconciliation_commands import (
    BreakFound,
    BreakKind,
    Proposal,
    StatementSection,
)
from fencang.reports.reconciliation.basis import difference_micros
from fencang.reports.reconciliation.comparison import Comparison
from fencang.reports.reconciliation.statement import BrokerFill

__all__ = ["Step", "meanings", "record_step", "short_id", "steps_of", "words_of"]

SHORT = 8
"""So many signs of a break's identity are shown, and are enough to name it."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*\Z")
_MEANINGS = {
    "WHO": "the person who does it",
    "SECOND": "the second person",
    "SUB": "the sub-account whose trade it was",
    "OFFSET": "open, close, close_today or close_yesterday",
    "RECORD": "the record that the entry has told",
    "CONTRACT": "the contract that it is here",
}


class Step(NamedTuple):
    """One proposal: what to enter, as the words of a command line or in plain words."""

    break_id: str
    proposal: str
    commands: tuple[tuple[str, ...], ...]
    """Command lines by their words, in order; none where ``note`` says it all."""
    note: str


def short_id(break_id: str) -> str:
    """Return the beginning of a break's identity."""
    return break_id[:SHORT]


def record_step(statement: Path, map_: Path, data: Path, account: str) -> tuple[str, ...]:
    """Return the command that brings the breaks into the journal, where they have an owner."""
    named = ("--account", account) if account else ()
    words = ("fencang", "reconcile", str(statement), "--map", str(map_), "--data", str(data))
    return (*words, *named, "--record", "WHO")


def steps_of(found: Comparison, data: Path, *, is_past: bool) -> dict[str, Step]:
    """Return what is proposed for every break in its own right, by break.

    ``is_past``: the account has later days.  What is entered now is an entry of today, which the
    statement of a past day never shows, so two persons say that the break is booked.
    """
    steps = {}
    for each in found.causes:
        step = _step(found, each, str(data), is_past=is_past)
        if step is not None:
            steps[each.break_id] = step
    return steps


def _step(found: Comparison, each: BreakFound, data: str, *, is_past: bool) -> Step | None:
    told = (each.break_id, each.proposal.words)
    line = found.missing_here.get(each.break_id)
    if line is not None and each.proposal in {Proposal.BOOK, Proposal.SUSPEND}:
        entry = _entry(found, line, each.proposal, data)
        if not is_past:
            return Step(*told, (entry,), "then reconcile again")
        return Step(*told, (entry, _resolution(each, data)), "")
    if each.section is StatementSection.MOVEMENTS and each.proposal is Proposal.BOOK:
        return Step(*told, (), _cash_words(each))
    if each.kind is BreakKind.UNKNOWN_CONTRACT:
        symbol = each.subject.partition(" in ")[2]
        return Step(*told, (), f'in the map, under [symbols]: "{symbol}" = "CONTRACT"')
    if each.proposal is not Proposal.ASK_BROKER:
        return None
    asking = ("mend", "assign", short_id(each.break_id), "--data", data, "--to", "WHO")
    return Step(*told, (("fencang", *asking, "--reason", "asked the broker"),), "")


def _resolution(each: BreakFound, data: str) -> tuple[str, ...]:
    words = ["fencang", "mend", "resolve", short_id(each.break_id), "--data", data]
    words += ["--as", "booked", "--record", "RECORD", "--reason", "entered late"]
    return (*words, "--by", "WHO", "--approved-by", "SECOND")


def _entry(found: Comparison, line: BrokerFill, proposal: Proposal, data: str) -> tuple[str, ...]:
    """Return the command that enters a fill; without a leg it goes to the suspense account."""
    day, account = found.basis.ours.trading_day, found.basis.ours.carrying_account_id
    words = ["fencang", "mend", "fill", "--data", data, "--account", account]
    words += ["--execution", _execution(line, day.isoformat()), "--contract", line.contract_id]
    words += ["--side", line.side.name.lower(), "--lots", str(line.quantity_lots)]
    words += ["--price", format_price(line.price_nanos), "--date", day.isoformat()]
    if not found.basis.is_net:
        words += ["--offset", "OFFSET"]
    if proposal is Proposal.BOOK:
        words += ["--leg", f"SUB={line.quantity_lots}"]
    reason = f"line {line.line} of the broker's statement"
    return (*words, "--reason", reason, "--by", "WHO", "--approved-by", "SECOND")


def _execution(line: BrokerFill, day: str) -> str:
    """Return the broker's number of a fill, or one made of its place in the statement."""
    number = line.execution_id
    if _NAME.match(number) and len(number) <= IDENTIFIER_LENGTH_MAX:
        return number
    return f"statement-{day}-line-{line.line}"


def _cash_words(each: BreakFound) -> str:
    """Return the desk's commands for cash that a broker moved and the book has not."""
    micros = difference_micros(each)
    amount, kind = f"{format_money(abs(micros))} {each.currency}", each.subject.split()[-1]
    if kind == "interest":
        return f"at the desk: PostInterest, {amount} {'received' if micros > 0 else 'paid'}"
    if kind == "conversions":
        return f"at the desk: ConvertCurrency, {amount} {'bought' if micros > 0 else 'sold'}"
    return f"at the desk: RequestWire, {amount} {'in' if micros > 0 else 'out'}, and its approval"


def words_of(command: Sequence[str], width: int) -> list[str]:
    r"""Return a command as lines no wider than the screen; a shell reads them as one.

    >>> words_of(("fencang", "verify", "a desk.journal", "--json"), 26)
    ['fencang verify \\', "    'a desk.journal' \\", '    --json']
    """
    lines, line = [], ""
    for option in _options(command):
        longer = f"{line} {option}" if line.strip() else line + option
        if len(longer) + 2 > width and line.strip():
            lines.append(f"{line} \\")
            longer = f"    {option}"
        line = longer
    return [*lines, line]


def _options(command: Sequence[str]) -> list[str]:
    """Return the words of a command line with every option beside its value."""
    found: list[str] = []
    for word in map(shlex.quote, command):
        if found and found[-1].startswith("--") and " " not in found[-1] and word[:2] != "--":
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


def meanings(commands: Sequence[Sequence[str]], notes: Sequence[str]) -> str:
    """Return what the words in capitals stand for, of those that are there; empty for none."""
    told = {part for command in commands for word in command for part in word.split("=")}
    told |= {part for note in notes for part in note.replace('"', " ").split()}
    found = [f"{name}: {meaning}" for name, meaning in _MEANINGS.items() if name in told]
    return "; ".join(found)
