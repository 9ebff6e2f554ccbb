"""A venue of a desk file that names a calendar takes its trading days from there.

The desk's commands carry plain dates, so a journal says by itself which days were holidays, and a
calendar that is mended later changes no desk that was defined before.
"""

import msgspec

from fencang.app.desk.faults import nearest
from fencang.app.desk.fields import Fields
from fencang.parameters.calendar.days import holidays
from fencang.parameters.calendar.faults import CalendarFileFault
from fencang.parameters.calendar.shipped import calendar_ids, load_calendar
from fencang.refdata.venue import Venue

__all__ = ["with_calendar"]

_STATED_BY_CALENDAR = ("timezone", "weekend_days", "holidays")


def with_calendar(fields: Fields, venue: Venue) -> Venue:
    """Return the venue with what the calendar of ``fields`` states, over the calendar's span."""
    for key in _STATED_BY_CALENDAR:
        if key in fields.table:
            fields.fault(key, "is stated by the calendar; leave it out, or the calendar")
    name = fields.identifier("calendar")
    try:
        calendar = load_calendar(name) if name else None
    except CalendarFileFault as fault:  # a machine without time zones, most likely
        fields.fault("calendar", f"cannot be read: {fault.faults[0]}")
        return venue
    if calendar is None:
        if name:
            fields.fault("calendar", f'"{name}" is no calendar{nearest(name, calendar_ids())}')
        return venue
    return msgspec.structs.replace(
        venue,
        timezone=calendar.timezone,
        weekend_days=calendar.weekend_days,
        holidays=holidays(calendar),
    )
