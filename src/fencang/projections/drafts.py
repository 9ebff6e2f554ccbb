"""Drafts with their two signers and what came of them; the oldest closed ones are forgotten first.

The command itself stands in the record of the proposal, which every view names.
"""

from dataclasses import dataclass
from enum import StrEnum

from fencang.messages.draft_events import (
    AuthorityFounded,
    DraftApproved,
    DraftExpired,
    DraftProposed,
    DraftRefused,
    DraftRejected,
    DraftWithdrawn,
)
from fencang.messages.record import Record
from fencang.projections.projection import Projection

__all__ = ["DRAFTS_KEPT_MAX", "DraftState", "DraftView", "Drafts"]

DRAFTS_KEPT_MAX = 10_000


class DraftState(StrEnum):
    """Where a draft stands; all but open are final."""

    OPEN = "open"
    APPLIED = "applied"
    REFUSED = "refused"
    """Approved, and its command was refused by the desk."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(slots=True)
class DraftView:
    """One draft: what it is, who signed, and when and how it was closed."""

    draft_id: int
    command: str
    body_sha256: str
    maker: str
    role: str
    acts_for: str
    public_key: str
    proposed_sequence: int
    proposed_ns: int
    opens_ns: int
    expires_ns: int
    state: DraftState = DraftState.OPEN
    closed_sequence: int = 0
    closed_ns: int = 0
    closed_by: str = ""
    closed_role: str = ""
    closed_acts_for: str = ""
    closed_key: str = ""
    reason: str = ""


class Drafts(Projection):
    """All drafts by number, as far as remembered."""

    __slots__ = ("_drafts", "desk_id", "kept_max", "nonces")

    def __init__(self, kept_max: int = DRAFTS_KEPT_MAX) -> None:
        self.kept_max = kept_max
        self.desk_id = ""
        """What signatures name the desk by; empty until an authority is founded."""
        self.nonces: dict[str, int] = {}
        """Maker → proposals so far."""
        self._drafts: dict[int, DraftView] = {}

    def apply(self, record: Record) -> None:
        """Fold in proposals and what became of them."""
        for event in record.events:
            match event:
                case AuthorityFounded():
                    self.desk_id = event.desk_id
                case DraftProposed():
                    self._propose(event, record)
                case DraftApproved():
                    view = self._close(event.draft_id, DraftState.APPLIED, record, event.checker)
                    if view is not None:
                        view.closed_role, view.closed_key = event.role, event.public_key
                        view.closed_acts_for = event.acts_for
                case DraftRefused():
                    refused = self._drafts.get(event.draft_id)
                    if refused is not None:
                        refused.state = DraftState.REFUSED
                        refused.reason = f"{event.reason.words}: {event.detail}"
                case DraftRejected():
                    view = self._close(
                        event.draft_id, DraftState.REJECTED, record, event.rejected_by
                    )
                    if view is not None:
                        view.reason = event.reason
                case DraftWithdrawn():
                    self._close(event.draft_id, DraftState.WITHDRAWN, record, "")
                case DraftExpired():
                    self._close(event.draft_id, DraftState.EXPIRED, record, "")
                case _:
                    pass

    def content(self) -> object:
        """Return the drafts by number, and what the next proposals name."""
        return [self._drafts, self.kept_max, self.desk_id, self.nonces]

    def draft(self, draft_id: int) -> DraftView | None:
        """Return one draft; None when it never was, or was forgotten."""
        return self._drafts.get(draft_id)

    def drafts(self, state: DraftState | None = None) -> list[DraftView]:
        """Return drafts in the order of their numbers, of one state or of all."""
        return [each for each in self._drafts.values() if state is None or each.state is state]

    @staticmethod
    def view_of(event: DraftProposed, sequence: int, time_ns: int) -> DraftView:
        """Return an open draft as it was proposed in a record."""
        return DraftView(
            draft_id=event.draft_id,
            command=event.command,
            body_sha256=event.body_sha256,
            maker=event.maker,
            role=event.role,
            acts_for=event.acts_for,
            public_key=event.public_key,
            proposed_sequence=sequence,
            proposed_ns=time_ns,
            opens_ns=event.opens_ns,
            expires_ns=event.expires_ns,
        )

    def _propose(self, event: DraftProposed, record: Record) -> None:
        view = self.view_of(event, record.sequence, record.time_ns)
        self._drafts[event.draft_id] = view
        self.nonces[event.maker] = event.nonce
        if len(self._drafts) > self.kept_max:
            closed = (key for key, each in self._drafts.items() if each.closed_sequence)
            del self._drafts[next(closed, next(iter(self._drafts)))]

    def _close(self, draft_id: int, state: DraftState, record: Record, by: str) -> DraftView | None:
        view = self._drafts.get(draft_id)
        if view is not None:
            view.state, view.closed_by = state, by or view.maker * (state is DraftState.WITHDRAWN)
            view.closed_sequence, view.closed_ns = record.sequence, record.time_ns
        return view
