"""What an alert is: something of one kind, about one subject, in plain words, once.

Texts of strangers (a venue's refusal, a person's reason) are made harmless where an alert is made:
one line, no control characters, bounded.  So no channel has to trust what it sends.
"""

from enum import IntEnum

import msgspec

__all__ = [
    "SUBJECT_LENGTH_MAX",
    "TITLE_LENGTH_MAX",
    "WORDS_LENGTH_MAX",
    "Alert",
    "Severity",
    "StoredAlert",
    "plain",
    "unstored",
]

TITLE_LENGTH_MAX = 120
SUBJECT_LENGTH_MAX = 160
WORDS_LENGTH_MAX = 1_000


class Severity(IntEnum):
    """How much an alert matters; higher numbers matter more."""

    INFORMATION = 1
    """Worth knowing; nothing is wrong."""
    WARNING = 2
    """A person should look today."""
    CRITICAL = 3
    """A person should look now; quiet hours do not hold it back."""


class Alert(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is to be told.

    ``source`` names where it comes from and is never used twice; ``cause`` is equal for alerts that
    say the same thing again.  ``runbook`` is a page of the guide, with its heading.
    """

    source: str
    kind: str
    cause: str
    severity: Severity
    subject: str
    title: str
    words: str
    runbook: str
    time_ns: int


class StoredAlert(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An alert with its number and what became of it; times are 0 where nothing has happened yet.

    ``count`` says how often its cause was seen since ``first_ns``.
    """

    alert_id: int
    kind: str
    severity: Severity
    subject: str
    title: str
    words: str
    runbook: str
    first_ns: int
    last_ns: int
    count: int
    route_id: str
    stage: int
    escalate_ns: int
    acknowledged_ns: int
    acknowledged_by: str
    note: str


def unstored(alert: Alert) -> StoredAlert:
    """Return an alert as channels take it, with the number 0: no queue holds it."""
    return StoredAlert(
        alert_id=0,
        kind=alert.kind,
        severity=alert.severity,
        subject=alert.subject,
        title=alert.title,
        words=alert.words,
        runbook=alert.runbook,
        first_ns=alert.time_ns,
        last_ns=alert.time_ns,
        count=1,
        route_id="",
        stage=0,
        escalate_ns=0,
        acknowledged_ns=0,
        acknowledged_by="",
        note="",
    )


def plain(text: str, length_max: int) -> str:
    """Return a text as one bounded line: what cannot be printed becomes a space."""
    held = text[: 2 * length_max]
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in held).split())
    return line if len(line) <= length_max else line[: length_max - 1] + "…"
