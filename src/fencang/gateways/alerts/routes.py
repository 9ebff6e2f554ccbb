"""Whom an alert reaches, and when: routes as data.

The first route whose kinds and severity fit takes an alert.  Quiet hours hold back what is not
critical, never what is.  An alert that nobody acknowledges in time goes on to the next route.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fencang.basics.time import SECOND_NS
from fencang.gateways.alerts.alert import Severity

__all__ = ["ANY_KIND", "STAGES_MAX", "QuietHours", "Route", "Routing", "quiet_until_ns"]

ANY_KIND = "*"
STAGES_MAX = 5
"""An alert is handed on at most so often."""
MINUTES_OF_DAY = 24 * 60


class QuietHours(NamedTuple):
    """From one wall clock to another, past midnight where the end comes first; minutes of day."""

    from_minute: int
    until_minute: int
    time_zone: str


class Route(NamedTuple):
    """Which alerts go where.

    ``who`` says in words who reads the channels.  ``escalate_ns`` after its telling an alert that
    nobody acknowledged goes to the route ``escalate_to``; 0 and empty: it stays.
    """

    route_id: str
    channel_ids: tuple[str, ...]
    severity_min: Severity = Severity.INFORMATION
    kinds: tuple[str, ...] = (ANY_KIND,)
    who: str = ""
    quiet: QuietHours | None = None
    escalate_ns: int = 0
    escalate_to: str = ""

    def takes(self, kind: str, severity: Severity) -> bool:
        """Return whether alerts of that kind and severity are this route's."""
        return severity >= self.severity_min and (kind in self.kinds or ANY_KIND in self.kinds)

    def due_ns(self, severity: Severity, now_ns: int) -> int:
        """Return when an alert may be told: at once, or after the quiet hours."""
        if self.quiet is None or severity is Severity.CRITICAL:
            return now_ns
        return quiet_until_ns(self.quiet, now_ns)


class Routing:
    """All routes in order; what is wrong with them is told by ``faults``, not here."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._by_id = {route.route_id: route for route in self.routes}

    def route_of(self, kind: str, severity: Severity) -> Route | None:
        """Return the first route that takes such alerts, None where nobody is told."""
        return next((route for route in self.routes if route.takes(kind, severity)), None)

    def next_of(self, route_id: str) -> Route | None:
        """Return the route that an alert goes to after ``route_id``, None at the end."""
        route = self._by_id.get(route_id)
        return None if route is None else self._by_id.get(route.escalate_to)

    def faults(
        self, channel_ids: Iterable[str], highest: Mapping[str, Severity]
    ) -> list[tuple[int, str, str]]:
        """Return (index of the route, key, words) of every fault; index -1: of all together.

        ``highest`` has every kind with its highest severity: what is critical must reach somebody.
        """
        known = list(channel_ids)
        found = []
        for index, route in enumerate(self.routes):
            found += [
                (index, "channels", f'"{channel_id}" is no channel')
                for channel_id in route.channel_ids
                if channel_id not in known
            ]
            found += [
                (index, "kinds", f'"{kind}" is no kind of alert')
                for kind in route.kinds
                if kind not in highest and kind != ANY_KIND
            ]
            found += [(index, key, words) for key, words in self._escalation_faults(route)]
            if self._by_id[route.route_id] is not route:
                found.append((index, "id", f'"{route.route_id}" names two routes'))
        for kind, severity in highest.items():
            if severity is Severity.CRITICAL and self.route_of(kind, severity) is None:
                found.append((-1, "", f"no route takes {kind}, which may be critical"))
        return found

    def _escalation_faults(self, route: Route) -> list[tuple[str, str]]:
        if bool(route.escalate_to) != bool(route.escalate_ns):
            return [("escalate_to", "needs escalate_after, and the other way round")]
        if route.escalate_to and route.escalate_to not in self._by_id:
            return [("escalate_to", f'"{route.escalate_to}" is no route')]
        stage, at = 0, self.next_of(route.route_id)
        while at is not None:
            stage, at = stage + 1, self.next_of(at.route_id)
            if stage >= STAGES_MAX:
                return [("escalate_to", f"goes round, or further than {STAGES_MAX} routes")]
        return []


def quiet_until_ns(quiet: QuietHours, now_ns: int) -> int:
    """Return the end of the quiet hours that a time lies in, else the time itself.

    A clock that is set back or forward moves the end with it: wall clocks are what people keep.
    """
    zone = ZoneInfo(quiet.time_zone)
    local = datetime.fromtimestamp(now_ns // SECOND_NS, zone)
    minute = local.hour * 60 + local.minute
    if quiet.from_minute <= quiet.until_minute:
        is_quiet = quiet.from_minute <= minute < quiet.until_minute
    else:
        is_quiet = minute >= quiet.from_minute or minute < quiet.until_minute
    if not is_quiet:
        return now_ns
    hour, of_hour = divmod(quiet.until_minute % MINUTES_OF_DAY, 60)
    end = local.replace(hour=hour, minute=of_hour, second=0, microsecond=0, fold=0)
    if end.replace(tzinfo=None) <= local.replace(tzinfo=None):
        end += timedelta(days=1)
    return max(now_ns, int(end.astimezone(UTC).timestamp()) * SECOND_NS)
