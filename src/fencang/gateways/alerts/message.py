"""What a channel sends: one or several alerts in plain text and as JSON, and the fault it may meet.

Several alerts that are due at one moment travel together, the most severe first, so that a bad
hour does not become a thousand letters.
"""

import hashlib
from typing import NamedTuple, Protocol

import msgspec

from fencang.basics.time import format_time
from fencang.gateways.alerts.alert import StoredAlert, plain

__all__ = ["ALERTS_OF_MESSAGE_MAX", "Channel", "ChannelFault", "Message"]

ALERTS_OF_MESSAGE_MAX = 50
SUBJECT_LINE_LENGTH_MAX = 200


class ChannelFault(Exception):
    """A channel did not take a message; the text is for the log and never holds a secret."""


class Message(NamedTuple):
    """Alerts on their way to one channel; ``alerts`` has at least one, the most severe first."""

    desk_name: str
    channel_id: str
    alerts: tuple[StoredAlert, ...]

    @property
    def delivery_id(self) -> str:
        """Return the same name for the same alerts, so that a receiver knows a repetition."""
        numbers = ",".join(str(alert.alert_id) for alert in self.alerts)
        name = f"{self.desk_name}\n{self.channel_id}\n{numbers}\n{self.alerts[0].first_ns}"
        return hashlib.sha256(name.encode()).hexdigest()[:32]

    def subject_line(self) -> str:
        """Return one line: the most severe alert, and how many others."""
        first = self.alerts[0]
        more = f" (and {len(self.alerts) - 1} more)" if len(self.alerts) > 1 else ""
        line = f"[{self.desk_name}] {first.severity.name}: {first.title} - {first.subject}"
        return plain(line, SUBJECT_LINE_LENGTH_MAX - len(more)) + more

    def text(self) -> str:
        """Return everything in words."""
        parts = [_paragraph(alert) for alert in self.alerts]
        numbers = " ".join(str(alert.alert_id) for alert in self.alerts if alert.alert_id)
        end = f"To say that you look after it: fencang alerts acknowledge {numbers} --by NAME\n"
        if not numbers:
            end = "No queue holds this: it is told once, and kept nowhere.\n"
        return "\n".join([*parts, end])

    def json(self) -> bytes:
        """Return the body of a webhook; names and times as in the API."""
        alerts = [_plain_values(alert) for alert in self.alerts]
        body = {
            "version": 1,
            "desk": self.desk_name,
            "delivery_id": self.delivery_id,
            "alerts": alerts,
        }
        return msgspec.json.encode(body)


class Channel(Protocol):
    """One way to people.  ``send`` blocks, within a bound of its own; it runs on a thread."""

    def send(self, message: Message, now_ns: int) -> None:
        """Hand a message over.

        Raises:
            ChannelFault: it was not taken, or nobody knows whether it was; it is sent again.
        """
        ...


def _paragraph(alert: StoredAlert) -> str:
    seen = f"seen {alert.count} times, last {format_time(alert.last_ns)}" if alert.count > 1 else ""
    rows = [
        f"{alert.severity.name}: {alert.title}",
        f"  number   {alert.alert_id} ({alert.kind})",
        f"  about    {alert.subject}",
        f"  what     {alert.words}",
        f"  when     {format_time(alert.first_ns)}{'; ' + seen if seen else ''}",
        f"  to read  docs/guide/{alert.runbook}",
    ]
    if alert.stage:
        rows.append(f"  note     nobody acknowledged it before; handed on {alert.stage} times")
    return "\n".join(rows) + "\n"


def _plain_values(alert: StoredAlert) -> dict[str, object]:
    return {
        "alert_id": str(alert.alert_id),
        "kind": alert.kind,
        "severity": alert.severity.name.lower(),
        "subject": alert.subject,
        "title": alert.title,
        "words": alert.words,
        "runbook": f"docs/guide/{alert.runbook}",
        "first_time": format_time(alert.first_ns),
        "last_time": format_time(alert.last_ns),
        "count": alert.count,
        "stage": alert.stage,
    }
