"""A day of the carrying book against a broker's statement: the union of both sides, every break.

A difference that another one explains exactly is told as its consequence, so that a clerk sees one
missing fill and not five breaks.  Nothing is left out: consequences are breaks too, and end with
what caused them.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from fencang.messages.reconciliation_commands import (
    BREAKS_MAX,
    BreakFound,
    Proposal,
    ReportReconciliation,
    Tolerance,
)
from fencang.reports.reconciliation.balances import cash_breaks
from fencang.reports.reconciliation.basis import Basis, Effect, difference_micros
from fencang.reports.reconciliation.fills import FillBreaks, fill_breaks
from fencang.reports.reconciliation.late import with_late_fills
from fencang.reports.reconciliation.mapping import Tolerances
from fencang.reports.reconciliation.margin import MarginParts, margin_breaks
from fencang.reports.reconciliation.positions import carried_effects, position_breaks
from fencang.reports.reconciliation.statement import BrokerFill, FileFault, StatementFault

__all__ = ["Comparison", "compare", "report_of"]


class Comparison(NamedTuple):
    """What came out: breaks in order, and what they were looked for in."""

    basis: Basis
    parts: MarginParts
    breaks: tuple[BreakFound, ...]
    fills_matched: int
    missing_here: Mapping[str, BrokerFill]
    """Break → the line of the statement that has no fill here."""

    @property
    def causes(self) -> list[BreakFound]:
        """Return the breaks in their own right."""
        return [each for each in self.breaks if not each.cause_id]


def compare(basis: Basis, parts: MarginParts) -> Comparison:
    """Return every break of a day, in the order of sections and subjects.

    Our day is taken as the broker counts late fills; the basis that comes back is that one.

    Raises:
        StatementFault: more breaks than a day's work has; it is another account's statement.
    """
    basis = with_late_fills(basis)
    found: list[BreakFound] = []
    fills = FillBreaks([], [], 0, {})
    if basis.theirs.fills is not None:
        fills = fill_breaks(basis)
        found += fills.found
    effects = fills.effects
    carried: list[Effect] = []
    if basis.theirs.positions is not None:
        positions = position_breaks(basis, effects, fills.found)
        found += positions
        if basis.theirs.fills is not None:
            carried = carried_effects(basis, effects, positions)
    if basis.theirs.cash is not None:
        found += cash_breaks(basis, effects, carried)
    if basis.theirs.margins is not None:
        found += margin_breaks(basis, parts, found)
    if len(found) > BREAKS_MAX:
        words = (
            f"{len(found):,} breaks, at most {BREAKS_MAX:,} are a day's work; is it the statement "
            f"of {basis.ours.carrying_account_id} on {basis.ours.trading_day}? nothing was reported"
        )
        raise StatementFault([FileFault("statement", 0, "", words)])
    found = _with_roots(basis.known, [_inherited(basis.known, each) for each in found])
    found.sort(key=lambda each: (each.section, each.subject, each.kind, each.break_id))
    return Comparison(basis, parts, tuple(found), fills.matched, fills.missing_here)


def _inherited(known: Mapping[str, BreakFound], found: BreakFound) -> BreakFound:
    """Return a break that stands as before with the cause it had, while that is open."""
    before = known.get(found.break_id)
    if found.cause_id or found.section.is_of_the_day or before is None:
        return found
    same = difference_micros(before) == difference_micros(found)
    if not same or before.cause_id not in known:
        return found
    return msgspec.structs.replace(
        found, cause_id=before.cause_id, proposal=Proposal.NONE, why=before.why
    )


def _with_roots(known: Mapping[str, BreakFound], found: Sequence[BreakFound]) -> list[BreakFound]:
    """Return breaks whose cause is the first of its chain, also through breaks of before."""
    cause_of = {key: each.cause_id for key, each in known.items() if each.cause_id in known}
    cause_of.update((each.break_id, each.cause_id) for each in found)
    rooted = []
    for each in found:
        cause, steps = each.cause_id, 0
        while cause_of.get(cause) and steps < len(cause_of):
            cause, steps = cause_of[cause], steps + 1
        if cause not in {each.cause_id, each.break_id}:
            each = msgspec.structs.replace(each, cause_id=cause)  # noqa: PLW2901 - the same break
        rooted.append(each)
    return rooted


def report_of(found: Comparison, *, at_sequence: int, entered_by: str) -> ReportReconciliation:
    """Return the command that brings a comparison into the journal."""
    ours, theirs = found.basis.ours, found.basis.theirs
    return ReportReconciliation(
        carrying_account_id=ours.carrying_account_id,
        trading_day=ours.trading_day,
        sha256=theirs.sha256,
        at_sequence=at_sequence,
        sections=theirs.sections,
        tolerances=tolerances_of(found.basis.tolerances),
        lines_compared=theirs.lines,
        breaks=found.breaks,
        entered_by=entered_by,
    )


def tolerances_of(tolerances: Tolerances) -> tuple[Tolerance, ...]:
    """Return tolerances as they are reported, by name."""
    return tuple(Tolerance(name, amount) for name, amount in tolerances._asdict().items())
