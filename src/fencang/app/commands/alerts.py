"""``fencang alerts``: list, acknowledge, kinds, and a check of settings and channels."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from fencang.app.exit_status import DiskFault, ExitStatus, InputFault, UsageFault
from fencang.app.serve.alert_settings import AlertSettings, channels_of
from fencang.app.serve.alerting import ALERTS_FILE
from fencang.app.serve.settings import read_settings
from fencang.basics.time import format_time
from fencang.gateways.alerts.alert import Severity, StoredAlert, unstored
from fencang.gateways.alerts.kinds import KINDS, NOTICES
from fencang.gateways.alerts.message import ChannelFault, Message
from fencang.gateways.alerts.routes import Routing
from fencang.gateways.alerts.store import (
    AlertStore,
    AlertStoreFault,
    AlertStoreForeign,
    DeliveryTerms,
)

__all__ = ["run_acknowledge", "run_check", "run_kinds", "run_list"]

Found = dict[str, Any]


@contextmanager
def _queue(data: Path) -> Iterator[AlertStore]:
    path = data / ALERTS_FILE
    if not path.is_file():
        raise UsageFault(f"{data} holds no alerts ({ALERTS_FILE}): no server has run there yet")
    try:
        store = AlertStore(path, desk=None, routing=Routing(()), terms=DeliveryTerms())
        try:
            yield store
        finally:
            store.close()
    except AlertStoreForeign as fault:
        raise InputFault(str(fault)) from fault
    except AlertStoreFault as fault:
        raise DiskFault(str(fault)) from fault


def run_list(data: Path, *, everything: bool, as_json: bool) -> ExitStatus:
    """Show alerts; 1 where one is open."""
    with _queue(data) as store:
        rows = [_row(store, alert) for alert in store.alerts(only_open=not everything)]
        counts = store.counts()
    if as_json:
        _say({"counts": counts, "alerts": rows})
    else:
        _tell_list(rows, counts)
    return ExitStatus.DIFFERENCES_FOUND if counts["open"] else ExitStatus.DONE


def _row(store: AlertStore, alert: StoredAlert) -> Found:
    return {
        "number": alert.alert_id,
        "severity": alert.severity.name.lower(),
        "kind": alert.kind,
        "title": alert.title,
        "subject": alert.subject,
        "words": alert.words,
        "runbook": f"docs/guide/{alert.runbook}",
        "first": format_time(alert.first_ns),
        "last": format_time(alert.last_ns),
        "count": alert.count,
        "route": alert.route_id,
        "handed_on": alert.stage,
        "acknowledged": format_time(alert.acknowledged_ns) if alert.acknowledged_ns else "",
        "acknowledged_by": alert.acknowledged_by,
        "note": alert.note,
        "deliveries": [
            {"channel": channel, "state": state.name.lower(), "tries": tries, "fault": fault}
            for channel, state, tries, fault in store.deliveries(alert.alert_id)
        ],
    }


def _tell_list(rows: list[Found], counts: dict[str, int]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if rows:
        table = Table("No.", "Severity", "When", "What", "Deliveries", "Looked after by")
        for row in rows:
            seen = f" (seen {row['count']} times)" if row["count"] > 1 else ""
            what = f"{row['title']}: {row['subject']}{seen}\n{row['words']}\n{row['runbook']}"
            deliveries = "\n".join(
                f"{each['channel']}: {each['state'].replace('_', ' ')}"
                + (f", {each['tries']} tries: {each['fault']}" if each["fault"] else "")
                for each in row["deliveries"]
            )
            table.add_row(
                *(str(row["number"]), row["severity"], row["first"][:19] + "Z"),
                *(_escaped(what), _escaped(deliveries), _escaped(row["acknowledged_by"])),
            )
        console.print(table)
    console.print(
        f"{counts['open']} alerts open, {counts['waiting']} deliveries wait, "
        f"{counts['dropped']} dropped unsent."
    )


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def run_acknowledge(
    data: Path, numbers: Sequence[int], by: str, note: str, *, as_json: bool
) -> ExitStatus:
    """Note who looks after alerts; 1 where one is not open."""
    if not by.strip():
        raise UsageFault("--by names who looks after the alerts")
    with _queue(data) as store:
        now_ns = time.time_ns()
        done = {number: store.acknowledge(number, by, now_ns, note) for number in numbers}
    if as_json:
        _say({"acknowledged": [each for each in done if done[each]], "by": by})
    else:
        for number, is_done in done.items():
            words = f"is looked after by {by}" if is_done else "is no open alert; nothing was done"
            sys.stdout.write(f"{number} {words}\n")
    return ExitStatus.DONE if all(done.values()) else ExitStatus.DIFFERENCES_FOUND


def run_kinds(*, as_json: bool) -> None:
    """List every kind of alert."""
    rows = [
        {
            "kind": kind,
            "severity": told.severity.name.lower(),
            "title": told.title,
            "runbook": f"docs/guide/{told.runbook}",
        }
        for kind, told in {**KINDS, **NOTICES}.items()
    ]
    if as_json:
        _say({"kinds": rows})
        return
    from rich.console import Console
    from rich.table import Column, Table

    table = Table(Column("Kind", no_wrap=True), "Severity up to", "Title")
    table.add_column("Read", overflow="fold")
    for row in rows:
        table.add_row(row["kind"], row["severity"], row["title"], row["runbook"])
    Console().print(table)


def run_check(path: Path, *, send: bool, as_json: bool) -> ExitStatus:
    """Show whom each kind reaches; with ``send`` try every channel: 1 where one takes nothing.

    Raises:
        InputFault: the settings have faults; all are told.
    """
    settings = read_settings(path).alerts
    routes = _reached(settings)
    tried = _tried(settings) if send else {}
    if as_json:
        _say({"routes": routes, "sent": tried})
    else:
        _tell_check(routes, tried)
    return ExitStatus.DIFFERENCES_FOUND if any(tried.values()) else ExitStatus.DONE


def _reached(settings: AlertSettings) -> list[Found]:
    routing = Routing(settings.routes)
    rows = []
    for kind, severity in settings.table().highest_of_all().items():
        route = routing.route_of(kind, severity)
        row: Found = {"kind": kind, "severity": severity.name.lower()}
        row["route"] = "" if route is None else route.route_id
        row["channels"] = [] if route is None else list(route.channel_ids)
        row["who"] = "" if route is None else route.who
        row["then"] = "" if route is None else route.escalate_to
        rows.append(row)
    return rows


def _tried(settings: AlertSettings) -> dict[str, str]:
    """Send a test to every channel; return the fault of each, empty where it was taken."""
    now_ns = time.time_ns()
    notice = settings.table().notice("AlertTest", "channel", "Somebody tries this channel.", now_ns)
    alert = unstored(msgspec.structs.replace(notice, severity=Severity.INFORMATION))
    found = {}
    for channel_id, channel in channels_of(settings).items():
        sys.stderr.write(f"Trying {channel_id} …\n")
        try:
            channel.send(Message("fencang", channel_id, (alert,)), now_ns)
            found[channel_id] = ""
        except ChannelFault as fault:
            found[channel_id] = str(fault)
    return found


def _tell_check(routes: list[Found], tried: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    table = Table(
        Column("Kind", no_wrap=True), "Severity up to", "Route", "Channels", "Who", "Then"
    )
    for row in routes:
        channels = ", ".join(row["channels"]) or "nobody"
        table.add_row(
            row["kind"], row["severity"], row["route"], channels, _escaped(row["who"]), row["then"]
        )
    console = Console()
    console.print(table)
    for channel_id, fault in tried.items():
        console.print(_escaped(f"{channel_id}: {fault or 'taken'}"))


def _say(found: Found) -> None:
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
