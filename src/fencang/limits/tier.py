"""What a service tier lets a client do: doors, order types, time in force, instruments, days.

The rows become ``TierTerms`` once after a change, so that an order asks sets.
"""

from datetime import date, timedelta
from typing import Final

from fencang.limits.order_controls import NodeRefusal
from fencang.messages.message import Interface, OrderType, TimeInForce
from fencang.messages.reasons import Reason
from fencang.refdata.service_tier import ALL_INSTRUMENTS, ServiceTier
from fencang.refdata.session import Phase, Session
from fencang.refdata.venue import Venue

__all__ = [
    "DAYS_SEARCHED_MAX",
    "TierTerms",
    "day_refusal",
    "effective_day",
    "instrument_refusal",
    "interface_refusal",
    "is_after_cutoff",
    "order_type_refusal",
    "time_in_force_refusal",
]

_INTERNAL: Final = Interface.INTERNAL

DAYS_SEARCHED_MAX: Final = 400
"""Calendar days beyond which a venue without any trading day is a fault of its definition."""


class TierTerms:
    """One tier, ready to be asked by every order."""

    __slots__ = ("instruments", "interfaces", "is_dated", "order_types", "row", "times_in_force")

    def __init__(self, row: ServiceTier) -> None:
        self.row = row
        self.interfaces = frozenset((Interface.INTERNAL, *row.interfaces))
        self.order_types = frozenset(row.order_types)
        self.times_in_force = frozenset(row.times_in_force)
        self.instruments = (
            None if ALL_INSTRUMENTS in row.instruments else frozenset(row.instruments)
        )
        """Products and contracts; None: all."""
        self.is_dated = row.is_dated


def interface_refusal(tier: TierTerms, sub_id: str, interface: Interface) -> NodeRefusal | None:
    """Refuse a door that the tier does not have."""
    if interface is _INTERNAL or interface in tier.interfaces:
        return None
    doors = ", ".join(each.name.lower() for each in sorted(tier.row.interfaces))
    detail = f"tier {tier.row.tier_id} of {sub_id} has {doors}, not {interface.name.lower()}"
    return Reason.TIER_INTERFACE, sub_id, 0, 0, detail


def order_type_refusal(tier: TierTerms, sub_id: str, order_type: OrderType) -> NodeRefusal | None:
    """Refuse an order type that the tier does not have."""
    if order_type in tier.order_types:
        return None
    types = ", ".join(_words(each.name) for each in sorted(tier.order_types))
    detail = f"tier {tier.row.tier_id} of {sub_id} has {types}, not {_words(order_type.name)}"
    return Reason.TIER_ORDER_TYPE, sub_id, 0, 0, detail


def time_in_force_refusal(
    tier: TierTerms, sub_id: str, time_in_force: TimeInForce
) -> NodeRefusal | None:
    """Refuse a time in force that the tier does not have."""
    if time_in_force in tier.times_in_force:
        return None
    times = ", ".join(each.name for each in sorted(tier.times_in_force))
    detail = f"tier {tier.row.tier_id} of {sub_id} has {times}, not {time_in_force.name}"
    return Reason.TIER_TIME_IN_FORCE, sub_id, 0, 0, detail


def instrument_refusal(
    tier: TierTerms, sub_id: str, contract_id: str, product_id: str
) -> NodeRefusal | None:
    """Refuse a contract when the tier has neither it nor its product."""
    instruments = tier.instruments
    if instruments is None or product_id in instruments or contract_id in instruments:
        return None
    detail = f"tier {tier.row.tier_id} of {sub_id} has neither {contract_id} nor {product_id}"
    return Reason.TIER_INSTRUMENT, sub_id, 0, 0, detail


def day_refusal(tier: TierTerms, sub_id: str) -> NodeRefusal | None:
    """Refuse to open at once what the tier opens on the next trading day."""
    if not tier.is_dated:
        return None
    detail = f"tier {tier.row.tier_id} of {sub_id} opens on the next trading day, not at once"
    return Reason.TIER_NEXT_TRADING_DAY, sub_id, 0, 0, detail


def is_after_cutoff(
    sessions: tuple[Session, ...], time_ns: int, cutoff_ns: int, *, is_day_over: bool
) -> bool:
    """Return whether an instruction comes too late for the next trading day.

    The cut-off lies ``cutoff_ns`` before the end of the last session in which the venue is not
    closed.  Whatever the sessions say, a day that was settled or closed is over; one without
    stated sessions has no other cut-off.
    """
    if is_day_over:
        return True
    ends = [each.end_ns for each in sessions if each.phase is not Phase.CLOSE]
    return bool(ends) and time_ns >= max(ends) - cutoff_ns


def effective_day(venue: Venue, today: date, *, is_after: bool) -> date | None:
    """Return the next trading day of a venue, or after the cut-off the one after it.

    None: its calendar has no such day within ``DAYS_SEARCHED_MAX``.
    """
    wanted = 2 if is_after else 1
    for ahead in range(1, DAYS_SEARCHED_MAX + 1):
        day = today + timedelta(days=ahead)
        wanted -= venue.is_trading_day(day)
        if not wanted:
            return day
    return None


def _words(name: str) -> str:
    return name.lower().replace("_", " ")
