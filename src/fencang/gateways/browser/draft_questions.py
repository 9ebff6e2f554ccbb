"""What a page of a draft asks the desk: its bytes, and every value before and after, in words."""

from typing import Protocol

import msgspec

from fencang.projections.drafts import DraftView

__all__ = ["ChangeWords", "DraftQuestions", "DraftShown"]


class ChangeWords(msgspec.Struct, frozen=True):
    """One value: what it is, what is in force (None where nothing is), what the draft says."""

    subject: str
    field: str
    before: str | None
    after: str


class DraftShown(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as it stands against the desk.

    ``desk_id`` and ``body`` are what is signed.  ``changes`` are those against what is in force, of
    a closed draft against what was in force then.  ``refusal`` is why the desk would refuse it now.
    """

    desk_id: str
    body: bytes
    changes: tuple[ChangeWords, ...]
    refusal: str = ""


class DraftQuestions(Protocol):
    """Answers about drafts."""

    async def draft(self, view: DraftView) -> DraftShown | None:
        """Return a draft against the desk; None where it was closed a moment ago.

        Raises:
            DeskFault: the desk does not run, or is too busy.
        """
        ...
