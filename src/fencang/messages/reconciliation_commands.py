"""Commands of reconciliation: what a comparison with a broker's statement found, and what became
of it.

The comparison runs outside (``reports/reconciliation``); its breaks enter as integers with the hash
of the file they were found in.
"""

from datetime import date
from enum import IntEnum
from typing import Annotated

import msgspec

from fencang.messages.message import Command, SecondPerson
from fencang.refdata.definition import Identifier, NonNegativeMicros, Text

__all__ = [
    "BREAKS_MAX",
    "AnyReconciliationCommand",
    "AssignBreak",
    "BreakFound",
    "BreakKind",
    "Proposal",
    "ReportReconciliation",
    "Resolution",
    "ResolveBreak",
    "StatementSection",
    "Tolerance",
]

BREAKS_MAX = 5_000
"""Breaks of one report; more of them mean the wrong file, not a day's work."""

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Amount = Annotated[int, msgspec.Meta(ge=-(1 << 62), le=1 << 62)]
Sequence = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]


class StatementSection(IntEnum):
    """What part of a statement a break was found in."""

    POSITIONS = 1
    FILLS = 2
    CASH = 3
    MOVEMENTS = 4
    MARGIN = 5

    @property
    def is_of_the_day(self) -> bool:
        """Return whether its lines belong to one day only; the others state what stands."""
        return self in {StatementSection.FILLS, StatementSection.MOVEMENTS}


class BreakKind(IntEnum):
    """The ways in which two books can differ: a closed list."""

    MISSING_HERE = 1
    MISSING_THERE = 2
    PRICE_DIFFERS = 3
    LOTS_DIFFER = 4
    FEE_DIFFERS = 5
    POSITION_DIFFERS = 6
    CASH_DIFFERS = 7
    MARGIN_DIFFERS = 8
    UNKNOWN_CONTRACT = 9
    DUPLICATE = 10

    @property
    def words(self) -> str:
        """Return the kind in lower-case words: ``missing here``."""
        return self.name.lower().replace("_", " ")


class Proposal(IntEnum):
    """What is proposed to mend a break: a person decides."""

    NONE = 1
    BOOK = 2
    SUSPEND = 3
    ASK_BROKER = 4

    @property
    def words(self) -> str:
        """Return the proposal in lower-case words: ``ask broker``."""
        return self.name.lower().replace("_", " ")


class Resolution(IntEnum):
    """How a break came to an end by a person's word."""

    BOOKED = 1
    EXPLAINED = 2
    WRITTEN_OFF = 3


class BreakFound(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One difference between the two books, with the amounts of both sides.

    ``break_id`` is made of what the break is about, so that the same one is known again tomorrow.
    ``currency`` is set where the amounts are micros; prices are nanos, all else counts lots.  A
    side that has nothing says None.  ``cause_id`` names the break of which this one is only a
    consequence; it is empty for a break in its own right.
    """

    break_id: Sha256
    kind: BreakKind
    section: StatementSection
    subject: Text
    contract_id: Text
    currency: Annotated[str, msgspec.Meta(max_length=3)]
    ours: Amount | None
    theirs: Amount | None
    cause_id: Annotated[str, msgspec.Meta(max_length=64)]
    proposal: Proposal
    why: Text


class Tolerance(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Up to what difference two figures of a subject count as equal."""

    subject: Text
    amount: NonNegativeMicros


class ReportReconciliation(Command, tag="ReportReconciliation.1"):
    """Tell what a broker's statement of a day differs in from the book as of ``at_sequence``.

    ``sections`` are those the statement had: a break in one of them that is not told any more is
    cleared, breaks of other sections stay as they are.
    """

    carrying_account_id: Identifier
    trading_day: date
    sha256: Sha256
    at_sequence: Sequence
    sections: Annotated[tuple[StatementSection, ...], msgspec.Meta(min_length=1, max_length=5)]
    tolerances: Annotated[tuple[Tolerance, ...], msgspec.Meta(max_length=20)]
    lines_compared: Sequence
    breaks: Annotated[tuple[BreakFound, ...], msgspec.Meta(max_length=BREAKS_MAX)]
    entered_by: Identifier = "reconciliation"


class AssignBreak(Command, tag="AssignBreak.1"):
    """Give an open break to a person, with the reason as far as it is known."""

    carrying_account_id: Identifier
    break_id: Sha256
    owner: Identifier
    reason: Text
    entered_by: Identifier


class ResolveBreak(Command, tag="ResolveBreak.1"):
    """End an open break: booked by the command at ``booked_sequence`` (0 otherwise), or not at all.

    Needs two persons and a reason.  What only follows from the break ends with it.
    """

    carrying_account_id: Identifier
    break_id: Sha256
    resolution: Resolution
    booked_sequence: Sequence
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


AnyReconciliationCommand = ReportReconciliation | AssignBreak | ResolveBreak
