"""Parts of reference values that are asked for by a name of their own: mandates, calendars.

They are changed with the value that they are part of, and have its version.
"""

from datetime import date
from typing import Any, NamedTuple

import msgspec

from fencang.gateways.doors.scopes import Resource, Verb
from fencang.gateways.rest.reference_kinds import Kind
from fencang.refdata.account import Mandate, SubAccount
from fencang.refdata.venue import Venue

__all__ = ["VIEWS", "View"]


class AccountMandate(msgspec.Struct, frozen=True, kw_only=True):
    """What a sub-account may do with its capital; it is changed with its sub-account."""

    sub_account_id: str
    owner_id: str
    mandate: Mandate


class Strategy(msgspec.Struct, frozen=True, kw_only=True):
    """What trades a sub-account: to the desk a strategy is the account that it trades.

    ``controller_id`` names who decides its trades, where that is not the holder of the desk;
    ``tags`` are what rules select it by.
    """

    sub_account_id: str
    owner_id: str
    name: str
    controller_id: str | None
    service_tier: str
    tags: tuple[str, ...]


class VenueCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """When a venue trades: whole days shut, and the calendar that its sessions are taken from."""

    venue_id: str
    timezone: str
    calendar_id: str
    weekend_days: tuple[int, ...]
    holidays: tuple[date, ...]


class View(NamedTuple):
    """What is shown of a kind under a name of its own."""

    kind: Kind
    shown: type[Any]

    def of(self, item: Any) -> Any:  # noqa: ANN401 - any kind
        """Return the part of a value that is shown."""
        tags = {"tags": item.mandate.tags} if isinstance(item, SubAccount) else {}
        names = self.shown.__struct_fields__
        return self.shown(**{n: tags[n] if n in tags else getattr(item, n) for n in names})


VIEWS: tuple[View, ...] = (
    View(
        Kind(SubAccount, "mandate", "mandates", Resource.MANDATES, Verb.PROPOSE),
        AccountMandate,
    ),
    View(
        Kind(SubAccount, "strategy", "strategies", Resource.STRATEGIES, Verb.PROPOSE),
        Strategy,
    ),
    View(Kind(Venue, "calendar", "calendars", Resource.CONTRACTS, Verb.PROPOSE), VenueCalendar),
)
