"""Everybody who reads the durable records, and the laws checked while they do.

The auditor with its own books, a follower machine that only applies events (the engine's invariants
are checked on it), the projections, and what traders know.  None of them dies with the desk.
"""

from collections import Counter
from collections.abc import Sequence

from fencang.engine.invariants import check
from fencang.engine.machine import Machine
from fencang.messages.record import Record
from fencang.projections.desk_view import DeskView
from fencang.simulation.auditor import AuditFault, Auditor
from fencang.simulation.compliance import Compliance
from fencang.simulation.notes import Notes
from fencang.simulation.signatories import Signatories
from fencang.simulation.strategists import Strategists
from fencang.simulation.tier_desk import TierDesk
from fencang.simulation.untouched import books_before, touched_by_mistake
from fencang.simulation.witness import Witness

__all__ = ["CHECK_EVERY_RECORDS", "Broken", "Watch"]

CHECK_EVERY_RECORDS = 32
"""How often a run that is not thorough checks the engine's own invariants, which rebuild caches."""


class Broken(Exception):
    """A law does not hold; the fault names it."""

    def __init__(self, fault: AuditFault) -> None:
        super().__init__(f"{fault.law}: {fault.detail}")
        self.fault = fault


class Watch:
    """All readers of one run's records."""

    def __init__(self, notes: Notes, *, is_thorough: bool) -> None:
        self._is_thorough = is_thorough
        self.auditor, self.follower, self.view = Auditor(), Machine(), DeskView()
        self.witness, self.notes = Witness(), notes
        self.compliance: Compliance | None = None
        self.strategists: Strategists | None = None
        self.signatories: Signatories | None = None
        self.tier_desk: TierDesk | None = None
        self.story: Counter[str] = Counter()

    def see(self, records: Sequence[Record]) -> None:
        """Read durable records, each of them once.

        Raises:
            Broken: a law does not hold.
        """
        for record in records:
            faults = self.auditor.audit(record)
            before = books_before(self.follower.state, record)
            self.follower.apply(record)
            if before is not None:
                touched = touched_by_mistake(self.follower.state, record, before)
                faults += [AuditFault(record.sequence, "untouched", book) for book in touched]
            self.view.apply(record)
            self.witness.see(record)
            self.notes.see(record)
            if self.compliance is not None:
                self.compliance.see(record)
            if self.strategists is not None:
                self.strategists.see(record)
            if self.signatories is not None:
                self.signatories.see(record)
            if self.tier_desk is not None:
                self.tier_desk.see(record)
            if self._is_thorough or record.sequence % CHECK_EVERY_RECORDS == 0:
                faults += [
                    AuditFault(record.sequence, "invariant", broken)
                    for broken in check(self.follower.state)
                ]
            if faults:
                raise Broken(faults[0])
            for event in record.events:
                self.witness.openings.see(event)
                self.story[type(event).__name__] += 1
