"""The sessions that ``fencang day open`` states: written out, or taken from trading calendars."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from fencang.app.exit_status import UsageFault
from fencang.engine.state import DeskState
from fencang.refdata.session import Phase, ProductSessions, Session

__all__ = ["OF_THE_DESK", "DaySessions", "asked_sessions", "parse_session", "require_meaning"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OF_THE_DESK = "desk"
"""In place of a calendar: those that the desk's own venues and products name."""


class DaySessions(NamedTuple):
    """The sessions of a venue's day, and those of products that keep hours of their own."""

    sessions: tuple[Session, ...] = ()
    product_sessions: tuple[ProductSessions, ...] = ()


def require_meaning(venue_id: str, sessions: Sequence[str], calendars: Sequence[str]) -> None:
    """Refuse options that contradict one another.

    Raises:
        UsageFault: with the way to say it.
    """
    of_venue = [text for text in calendars if "=" not in text]
    if OF_THE_DESK in of_venue:
        if len(calendars) > 1:
            raise UsageFault("--calendar desk takes every calendar from the desk; give no other")
        if sessions:
            raise UsageFault("--calendar desk states every session; give no --session")
    elif calendars and not venue_id:
        raise UsageFault("--calendar gives one venue's sessions; name it with --venue")
    if len(of_venue) > 1:
        raise UsageFault(f"--calendar {of_venue[1]}: the venue has {of_venue[0]} already")
    if of_venue and any(not parse_session(text)[0] for text in sessions):
        raise UsageFault("--calendar and --session both state the day's sessions; give one of them")


def asked_sessions(
    state: DeskState, venue_id: str, day: date, sessions: Sequence[str], calendars: Sequence[str]
) -> DaySessions:
    """Return what a venue's day is opened with.

    Raises:
        UsageFault: no such session or calendar, or one that does not speak of the day.
    """
    if OF_THE_DESK in calendars:
        return _of_desk(state, venue_id, day)
    by_calendar: dict[str, list[str]] = {}
    written = _written(sessions)
    stated = written.pop("", ())
    for text in calendars:
        product_id, equals, calendar_id = text.partition("=")
        if not equals:
            stated = _of_venue(text, day)
        elif product_id in written:
            raise UsageFault(f"--calendar {text}: --session states the product's hours already")
        else:
            by_calendar.setdefault(calendar_id, []).append(product_id)
    groups = [ProductSessions((name,), found) for name, found in sorted(written.items())]
    return DaySessions(stated, (*groups, *_groups(by_calendar, day)))


def _written(texts: Sequence[str]) -> dict[str, tuple[Session, ...]]:
    """Return written sessions by product, those of the venue under an empty name."""
    found: dict[str, list[Session]] = {}
    for text in texts:
        product_id, session = parse_session(text)
        found.setdefault(product_id, []).append(session)
    return {name: tuple(sorted(each, key=_start)) for name, each in found.items()}


def _of_desk(state: DeskState, venue_id: str, day: date) -> DaySessions:
    calendar_id = state.venues[venue_id].venue.calendar_id
    products: dict[str, list[str]] = {}
    for product_id, product in sorted(state.products.items()):
        own = product.calendar_id
        if product.venue_id == venue_id and own not in ("", calendar_id):
            products.setdefault(own, []).append(product_id)
    stated = _of_venue(calendar_id, day) if calendar_id else ()
    return DaySessions(stated, _groups(products, day))


def _of_venue(calendar_id: str, day: date) -> tuple[Session, ...]:
    found = _sessions_on(calendar_id, day)
    if found is None:
        raise UsageFault(f"{day} is no trading day of the calendar {calendar_id}")
    return found


def _groups(products: dict[str, list[str]], day: date) -> tuple[ProductSessions, ...]:
    """Return the hours of products by calendar; on a holiday of theirs they are shut."""
    return tuple(
        ProductSessions(tuple(product_ids), _sessions_on(calendar_id, day) or ())
        for calendar_id, product_ids in sorted(products.items())
    )


def _sessions_on(calendar_id: str, day: date) -> tuple[Session, ...] | None:
    """Return the sessions of a calendar's day, or None when it is no trading day there."""
    from fencang.parameters.calendar.days import BeyondCalendar, is_trading_day
    from fencang.parameters.calendar.sessions import sessions_of
    from fencang.parameters.calendar.shipped import calendar_ids, load_calendar

    calendar = load_calendar(calendar_id)
    if calendar is None:
        raise UsageFault(f"there is no calendar {calendar_id!r}", calendar_ids())
    try:
        if not is_trading_day(calendar, day):
            return None
    except BeyondCalendar as fault:
        raise UsageFault(str(fault)) from fault
    return tuple(
        Session(Phase(each.phase.value), each.start_ns, each.end_ns)
        for each in sessions_of(calendar, day)
    )


def _start(session: Session) -> int:
    return session.start_ns


def parse_session(text: str) -> tuple[str, Session]:
    """Return the session that ``open=2024-07-01T13:30Z/2024-07-01T20:00Z`` stands for.

    ``WHEAT:open=…`` is one of a product that keeps hours of its own; its name comes first.

    Raises:
        UsageFault: another form, an unknown phase, or a time without its offset from UTC.
    """
    name, equals, span = text.partition("=")
    product_id, _, phase = name.rpartition(":")
    begin, slash, end = span.partition("/")
    if not equals or not slash or phase not in [each.value for each in Phase]:
        raise UsageFault(
            f"--session {text}: want PHASE=FROM/TO, PHASE one of pre_open, open, halt, close, "
            "such as open=2024-07-01T13:30Z/2024-07-01T20:00Z; PRODUCT: in front for one product"
        )
    return product_id, Session(Phase(phase), _time_ns(text, begin), _time_ns(text, end))


def _time_ns(text: str, value: str) -> int:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise UsageFault(
            f"--session {text}: {value!r} is no time such as 2024-07-01T13:30Z"
        ) from None
    if found.tzinfo is None:
        raise UsageFault(f"--session {text}: {value} has no offset; end it with Z for UTC")
    return (found - EPOCH) // timedelta(microseconds=1) * 1_000
