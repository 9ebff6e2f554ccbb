"""Refusals: how often each numbered reason was given, to whom, and the last ones in full."""

from collections import deque
from typing import NamedTuple

from fencang.messages.events import (
    CommandRejected,
    OrderRejected,
    OrderRejectedByVenue,
    ReplaceRejected,
)
from fencang.messages.instruction_events import InstructionRefused
from fencang.messages.reasons import Reason
from fencang.messages.record import Record
from fencang.projections.projection import Projection

__all__ = ["RECENT_MAX", "Rejection", "Rejections"]

RECENT_MAX = 200


class Rejection(NamedTuple):
    """One refusal; ``sub_account_id`` is empty for a command that is no order."""

    sequence: int
    reason: Reason
    sub_account_id: str
    detail: str


class Rejections(Projection):
    """Counts since the first record, and the last ``recent_max`` refusals."""

    __slots__ = ("_counts", "_of_account", "_recent", "venue_count")

    def __init__(self, recent_max: int = RECENT_MAX) -> None:
        self._counts: dict[Reason, int] = {}
        self._of_account: dict[str, dict[Reason, int]] = {}
        self._recent: deque[Rejection] = deque(maxlen=recent_max)
        self.venue_count = 0

    def apply(self, record: Record) -> None:
        """Fold in refusals by the desk and by venues."""
        for event in record.events:
            match event:
                case (
                    OrderRejected(sub_account_id=account, reason=reason, detail=detail)
                    | InstructionRefused(sub_account_id=account, reason=reason, detail=detail)
                ):
                    self._add(Rejection(record.sequence, reason, account, detail))
                case (
                    CommandRejected(reason=reason, detail=detail)
                    | ReplaceRejected(reason=Reason() as reason, text=detail)
                ):
                    self._add(Rejection(record.sequence, reason, "", detail))
                case OrderRejectedByVenue():
                    self.venue_count += 1
                case _:
                    pass

    def content(self) -> object:
        """Return all counts and the refusals remembered in full."""
        return [self._counts, self._of_account, list(self._recent), self.venue_count]

    def counts(self) -> dict[Reason, int]:
        """Return how often each reason was given, in the order of their numbers."""
        return dict(sorted(self._counts.items()))

    def counts_of(self, sub_account_id: str) -> dict[Reason, int]:
        """Return how often each reason met one sub-account's orders."""
        return dict(sorted(self._of_account.get(sub_account_id, {}).items()))

    def recent(self) -> list[Rejection]:
        """Return the last refusals, oldest first."""
        return list(self._recent)

    def _add(self, rejection: Rejection) -> None:
        reason = rejection.reason
        self._counts[reason] = self._counts.get(reason, 0) + 1
        if rejection.sub_account_id:
            counts = self._of_account.setdefault(rejection.sub_account_id, {})
            counts[reason] = counts.get(reason, 0) + 1
        self._recent.append(rejection)
