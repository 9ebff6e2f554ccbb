"""Venues of a desk file take their trading days from the calendar they name, products their hours.

The desk's commands carry plain dates, so a journal says by itself which days were holidays, and a
calendar that is mended later changes no desk that was defined before.  The name of the calendar is
kept beside them, so that a day can be opened with its sessions.
"""

import msgspec

from fencang.app.desk.faults import nearest
from fencang.app.desk.fields import Fields
from fencang.parameters.calendar.days import holidays
from fencang.parameters.calendar.faults import CalendarFileFault
from fencang.parameters.calendar.shipped import calendar_ids, load_calendar
from fencang.parameters.calendar.values import Calendar
from fencang.refdata.venue import Venue

__all__ = ["calendar_of", "with_calendar"]

_STATED_BY_CALENDAR = ("timezone", "weekend_days", "holidays")


def with_calendar(fields: Fields, venue: Venue) -> Venue:
    """Return the venue with what the calendar of ``fields`` states, over the calendar's span."""
    for key in _STATED_BY_CALENDAR:
        if key in fields.table:
            fields.fault(key, "is stated by the calendar; leave it out, or the calendar")
    calendar = _named(fields)
    if calendar is None:
        return venue
    return msgspec.structs.replace(
        venue,
        timezone=calendar.timezone,
        weekend_days=calendar.weekend_days,
        holidays=holidays(calendar),
        calendar_id=calendar.calendar_id,
    )


def calendar_of(fields: Fields) -> str:
    """Return the calendar that a product names, empty when it keeps its venue's hours."""
    calendar = _named(fields) if fields.has("calendar") else None
    return calendar.calendar_id if calendar is not None else ""


def _named(fields: Fields) -> Calendar | None:
    name = fields.identifier("calendar")
    try:
        calendar = load_calendar(name) if name else None
    except CalendarFileFault as fault:  # a machine without time zones, most likely
        fields.fault("calendar", f"cannot be read: {fault.faults[0]}")
        return None
    if calendar is None and name:
        fields.fault("calendar", f'"{name}" is no calendar{nearest(name, calendar_ids())}')
    return calendar
