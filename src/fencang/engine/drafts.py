"""Open drafts of a desk, and how many each maker has proposed.

A closed draft is kept by the journal for ever and by nothing else: what was proposed, who signed,
and what came of it stand in its records.
"""

from fencang.messages.draft_events import DraftProposed

__all__ = ["DRAFTS_BYTES_MAX", "DRAFTS_MAX", "DRAFTS_OF_ONE_MAX", "Drafts"]

DRAFTS_MAX = 500
"""Drafts that may be open at a desk."""
DRAFTS_OF_ONE_MAX = 50
"""Drafts that one maker may have open, so that nobody keeps all others out."""
DRAFTS_BYTES_MAX = 16 << 20
"""Bytes of all commands in open drafts; they stand in every snapshot."""

NEVER_NS = 1 << 63


class Drafts:
    """Drafts that wait for a second person, by number."""

    __slots__ = ("due_ns", "made", "nonces", "open")

    def __init__(self) -> None:
        self.open: dict[int, DraftProposed] = {}
        self.made = 0
        """Drafts ever proposed: the number of the last one."""
        self.nonces: dict[str, int] = {}
        """Maker → proposals so far."""
        self.due_ns = NEVER_NS
        """When the next draft expires; a cache."""

    def add(self, draft: DraftProposed) -> None:
        """Open a draft."""
        self.open[draft.draft_id] = draft
        self.made = draft.draft_id
        self.nonces[draft.maker] = draft.nonce
        self.due_ns = min(self.due_ns, draft.expires_ns)

    def close(self, draft_id: int) -> None:
        """Forget a draft that is done."""
        del self.open[draft_id]
        self.refresh_due()

    def refresh_due(self) -> None:
        """Find when the next draft expires."""
        self.due_ns = min((draft.expires_ns for draft in self.open.values()), default=NEVER_NS)

    def next_nonce(self, maker: str) -> int:
        """Return the number that a maker's next proposal bears."""
        return self.nonces.get(maker, 0) + 1
