"""Trading venues and their calendars."""

from datetime import date
from typing import Annotated

import msgspec

from fencang.refdata.definition import CalendarName, Definition, Identifier, Text

__all__ = ["Venue"]


class Venue(Definition, tag="Venue.1"):
    """One market: where its orders go and which owners it lets in.

    ``one_owner_only`` venues (the Chinese futures exchanges) refuse sub-accounts of an owner who
    is not the holder of the carrying account outright (look-through rules, 2019).
    ``clearing_house`` nets and margins its contracts; venues with one name share it, an empty one
    means the venue clears by itself.
    ``pre_open_orders``: whether orders are taken before the market opens; cancels always are.
    ``weekend_days`` are ISO weekday numbers (Saturday 6, Sunday 7); ``holidays`` whole days shut.
    ``calendar_id`` names the calendar that sessions are taken from; nothing is decided by it.
    """

    venue_id: Identifier
    name: Text
    country: Annotated[str, msgspec.Meta(min_length=2, max_length=2)]
    timezone: str = "UTC"
    one_owner_only: bool = False
    clearing_house: Annotated[str, msgspec.Meta(max_length=64)] = ""
    weekend_days: tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...] = (6, 7)
    holidays: tuple[date, ...] = ()
    pre_open_orders: bool = True
    calendar_id: CalendarName = ""

    @property
    def clearing_house_id(self) -> str:
        """Return the clearing house that nets what is traded here."""
        return self.clearing_house or self.venue_id

    def is_trading_day(self, day: date) -> bool:
        """Return whether the venue trades on this calendar day."""
        return day.isoweekday() not in self.weekend_days and day not in self.holidays
