"""The alarm for a pattern that looks like the evasion of a limit.  It blocks nothing by itself."""

from enum import StrEnum

from fencang.messages.message import Event

__all__ = ["EvasionAlarm", "EvasionKind"]


class EvasionKind(StrEnum):
    """What was seen."""

    LIMIT_DRIVEN_MOVE = "limit_driven_move"
    """After a limit refused an order, another owner under common control opened the same."""
    MIRRORED_STRATEGY = "mirrored_strategy"
    """Accounts of owners who do not count as one sent like orders again and again."""
    SHARE_UNDER_THRESHOLD = "share_under_threshold"
    """A share lies just under what would make owner and owned one."""
    OWNER_AFTER_FILL = "owner_after_fill"
    """Lots taken back from one owner were entered for another."""
    ACCOUNT_NEAR_LIMIT = "account_near_limit"
    """A sub-account was opened for somebody whose group is near a limit."""
    PAPERS_NEAR_LIMIT = "papers_near_limit"
    """Who owns, directs or is independent of whom was changed near a limit."""
    SHARED_DECISION = "shared_decision"
    """Two persons claim independence, and one decides for both."""
    CIRCULAR_TRANSFER = "circular_transfer"
    """Lots or money left an account shortly before a month's end and were back shortly after."""


class EvasionAlarm(Event, tag="EvasionAlarm.1"):
    """A pattern that looks like evasion, told once a day for the same subjects.

    ``subjects`` are persons or sub-accounts in order, of a circular transfer the account and what
    left it; that one is told once for each month's end.  ``evidence`` says what was seen.
    """

    kind: EvasionKind
    subjects: tuple[str, ...]
    evidence: str
