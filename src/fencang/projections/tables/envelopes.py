"""Whose envelopes are, told from durable records: what an envelope's number alone does not say.

How many lots of one are left follows from reservations that only the engine keeps; it is asked.
"""

from fencang.messages.envelope_events import EnvelopeOpened
from fencang.messages.record import Record

__all__ = ["ENVELOPES_REMEMBERED_MAX", "EnvelopeBooks"]

ENVELOPES_REMEMBERED_MAX = 100_000
"""Envelopes whose book is known; the oldest are forgotten first, long after they have ended."""


class EnvelopeBooks:
    """Envelope → its sub-account, also after its end: a request may be asked again then."""

    __slots__ = ("_books",)

    def __init__(self) -> None:
        self._books: dict[int, str] = {}

    def apply(self, record: Record) -> None:
        """Remember what a record opens."""
        for event in record.events:
            if isinstance(event, EnvelopeOpened):
                self._books[event.envelope_id] = event.sub_account_id
                if len(self._books) > ENVELOPES_REMEMBERED_MAX:
                    del self._books[next(iter(self._books))]

    def book_of(self, envelope_id: int) -> str | None:
        """Return whose an envelope is or was, None of one that is not known."""
        return self._books.get(envelope_id)
