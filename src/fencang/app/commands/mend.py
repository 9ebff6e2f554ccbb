"""``fencang mend``: what mends a break, entered from the command line, one command at a time."""

from datetime import date
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple, TypeVar

from fencang.app.commands.entering import enter
from fencang.app.data_directory import committing
from fencang.app.exit_status import ExitStatus, InputFault, UsageFault
from fencang.basics.price import parse_price
from fencang.engine.state import DeskState
from fencang.messages.fill_commands import EnterFill, FillKind, FillLeg
from fencang.messages.message import Offset, Side
from fencang.messages.reconciliation_commands import AssignBreak, Resolution, ResolveBreak

__all__ = ["FillWords", "Persons", "fill_of", "run_assign", "run_fill", "run_resolve"]

Persons = tuple[str, str, str]
"""Who enters it, who approves it, and why."""
Member = TypeVar("Member", bound=IntEnum)


class FillWords(NamedTuple):
    """A fill as it was written on the command line."""

    account: str
    execution: str
    contract: str
    side: str
    lots: int
    price: str
    traded: date
    clearing: date | None
    legs: tuple[str, ...]
    offset: str


def run_fill(data: Path, words: FillWords, persons: Persons, *, as_json: bool) -> ExitStatus:
    """Enter a fill, for sub-accounts or into suspense.

    Raises:
        UsageFault: a word that means nothing.
    """
    command = fill_of(words, persons)
    with committing(data) as sequencer:
        return enter(sequencer, command, "the fill is entered", as_json=as_json)


def fill_of(words: FillWords, persons: Persons) -> EnterFill:
    """Return the command that the words of a fill mean.

    Raises:
        UsageFault: a word that means nothing.
    """
    entered_by, approved_by, reason = persons
    try:
        price_nanos = parse_price(words.price)
    except ValueError as fault:
        raise UsageFault(f"--price {words.price}: {fault}; nothing was entered") from fault
    return EnterFill(
        carrying_account_id=words.account,
        execution_id=words.execution,
        kind=FillKind.ORDINARY,
        contract_id=words.contract,
        side=_member(Side, "--side", words.side),
        quantity_lots=words.lots,
        price_nanos=price_nanos,
        trade_day=words.traded,
        clearing_day=words.clearing or words.traded,
        legs=tuple(map(_leg, words.legs)),
        entered_by=entered_by,
        approved_by=approved_by,
        offset=_member(Offset, "--offset", words.offset),
        reason=reason,
    )


def run_assign(
    data: Path, break_id: str, owner: str, persons: Persons, *, as_json: bool
) -> ExitStatus:
    """Give a break to a person.

    Raises:
        InputFault: no open break, or several, begin so.
    """
    with committing(data) as sequencer:
        account, found = _break(sequencer.machine.state, break_id)
        command = AssignBreak(
            carrying_account_id=account,
            break_id=found,
            owner=owner,
            reason=persons[2],
            entered_by=persons[0],
        )
        return enter(sequencer, command, f"{owner} looks after {found[:8]}", as_json=as_json)


def run_resolve(
    data: Path, break_id: str, how: str, record: int, persons: Persons, *, as_json: bool
) -> ExitStatus:
    """End a break by the word of two persons.

    Raises:
        InputFault: no open break, or several, begin so.
        UsageFault: there is no such way for a break to end.
    """
    resolution = _member(Resolution, "--as", how)
    entered_by, approved_by, reason = persons
    with committing(data) as sequencer:
        account, found = _break(sequencer.machine.state, break_id)
        command = ResolveBreak(
            carrying_account_id=account,
            break_id=found,
            resolution=resolution,
            booked_sequence=record,
            reason=reason,
            entered_by=entered_by,
            approved_by=approved_by,
        )
        words = f"{found[:8]} is {resolution.name.lower().replace('_', ' ')}"
        return enter(sequencer, command, words, as_json=as_json)


def _member(kind: type[Member], option: str, word: str) -> Member:
    found = kind.__members__.get(word.upper().replace("-", "_"))
    if found is None:
        known = ", ".join(name.lower() for name in kind.__members__)
        raise UsageFault(f"{option} {word}: it is one of {known}; nothing was entered")
    return found


def _leg(text: str) -> FillLeg:
    sub, _, lots = text.rpartition("=")
    if not sub or not lots.isdecimal():
        raise UsageFault(f"--leg {text}: want SUB=LOTS such as TREND-1=5; nothing was entered")
    return FillLeg(sub, int(lots))


def _break(state: DeskState, begin: str) -> tuple[str, str]:
    """Return the account and the identity of the one open break that begins so."""
    found = [
        (account, break_id)
        for account, known in sorted(state.reconciliations.items())
        for break_id in sorted(known.unresolved)
        if break_id.startswith(begin.lower()) and begin
    ]
    if len(found) == 1:
        return found[0]
    if found:
        told = [f"{break_id} at {account}" for account, break_id in found]
        raise InputFault(f"{len(found)} open breaks begin with {begin!r}; name more of one", told)
    hint = "fencang reconcile … --record WHO brings breaks into the journal"
    raise InputFault(f"no open break begins with {begin!r}; {hint}")
