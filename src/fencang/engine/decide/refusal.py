"""The short way to refuse, and the checks of authority that many commands share."""

from datetime import date

from fencang.engine.venues import VenueState
from fencang.messages.events import CommandRejected
from fencang.messages.reasons import Reason

__all__ = ["day_closed_words", "rejected", "second_person_refusal", "source_refusal"]

MANUAL_SOURCE = "manual"


def rejected(reason: Reason, detail: str) -> CommandRejected:
    """Return the refusal of a command."""
    return CommandRejected(reason=reason, detail=detail[:2_000])


def second_person_refusal(entered_by: str, approved_by: str) -> CommandRejected | None:
    """Refuse an act that needs two persons and has one."""
    if not approved_by:
        return rejected(Reason.SECOND_PERSON_REQUIRED, "needs a second person in approved_by")
    if approved_by == entered_by:
        detail = f"{approved_by} entered it and cannot approve it too"
        return rejected(Reason.SECOND_PERSON_IS_THE_FIRST, detail)
    return None


def source_refusal(source: str, entered_by: str, approved_by: str) -> CommandRejected | None:
    """Refuse manual prices and rates that only one person stands for; feeds need none."""
    if not source.startswith(MANUAL_SOURCE):
        return None
    return second_person_refusal(entered_by, approved_by)


def day_closed_words(venue: VenueState) -> str:
    """Return that a venue's day is closed, in words."""
    return f"{date.fromordinal(venue.today)} is closed at {venue.venue.venue_id}"
