"""Service tiers: by which doors a client comes in, how fast, with what, and from when on it counts.

A sub-account names its tier.  A desk that defines none asks nobody for one.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS
from fencang.refdata.definition import Definition, Identifier
from fencang.refdata.order_words import Interface, OrderType, TimeInForce

__all__ = [
    "ALL_INSTRUMENTS",
    "INSTRUCTIONS_MAX",
    "PRIORITY_CLASS_MAX",
    "RATE_MAX",
    "ServiceTier",
    "TakesEffect",
    "service_tier_faults",
]

ALL_INSTRUMENTS = "*"
INSTRUCTIONS_MAX = 1_000
"""Instructions of one sub-account that may wait for their day, whatever its tier says."""
PRIORITY_CLASS_MAX = 7
RATE_MAX = 1_000_000
SCOPES_MAX = 10_000


class TakesEffect(StrEnum):
    """From when on what a client instructs may open or enlarge a position."""

    AT_ONCE = "at_once"
    NEXT_TRADING_DAY = "next_trading_day"


class ServiceTier(Definition, tag="ServiceTier.1"):
    """What the clients of one tier may do, and when it takes effect.

    ``interfaces`` are the doors from outside; INTERNAL is always open.  ``messages_burst`` new
    orders and replacements may go at once, after that ``messages_per_second``; cancels and
    reductions always pass.  ``instruments`` are products or contracts, or ``*`` for all.
    ``priority_class`` 0 is served first.  Under NEXT_TRADING_DAY, what opens waits for the next
    trading day of its venue: entered from ``cutoff_ns`` before the end of the day's last session
    on, for the one after.  ``venue_id`` is the venue whose days count for capital, which has none.
    ``instructions_max`` of one sub-account may wait.
    """

    tier_id: Identifier
    interfaces: Annotated[tuple[Interface, ...], msgspec.Meta(min_length=1)]
    order_types: Annotated[tuple[OrderType, ...], msgspec.Meta(min_length=1)]
    times_in_force: Annotated[tuple[TimeInForce, ...], msgspec.Meta(min_length=1)]
    instruments: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=64)], ...],
        msgspec.Meta(min_length=1, max_length=SCOPES_MAX),
    ]
    messages_per_second: Annotated[int, msgspec.Meta(ge=1, le=RATE_MAX)]
    messages_burst: Annotated[int, msgspec.Meta(ge=1, le=RATE_MAX)]
    priority_class: Annotated[int, msgspec.Meta(ge=0, le=PRIORITY_CLASS_MAX)] = 0
    takes_effect: TakesEffect = TakesEffect.AT_ONCE
    cutoff_ns: Annotated[int, msgspec.Meta(ge=0, le=DAY_NS)] = 0
    venue_id: Identifier | None = None
    instructions_max: Annotated[int, msgspec.Meta(ge=0, le=INSTRUCTIONS_MAX)] = 100

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a tier."""
        return (self.tier_id,)

    @property
    def is_dated(self) -> bool:
        """Return whether what opens waits for the next trading day."""
        return self.takes_effect is TakesEffect.NEXT_TRADING_DAY


def service_tier_faults(tier: ServiceTier) -> list[str]:
    """Return what is wrong with a tier on its own, in plain words."""
    faults = [
        f"{name} names {words} twice"
        for name, values in (
            ("interfaces", [each.name.lower() for each in tier.interfaces]),
            ("order_types", [each.name.lower() for each in tier.order_types]),
            ("times_in_force", [each.name.lower() for each in tier.times_in_force]),
            ("instruments", list(tier.instruments)),
        )
        for words in sorted({word for word in values if values.count(word) > 1})
    ]
    if Interface.INTERNAL in tier.interfaces:
        faults.append("interfaces names internal, which is no door from outside and always open")
    if ALL_INSTRUMENTS in tier.instruments and len(tier.instruments) > 1:
        faults.append("instruments names others beside *, which stands for all")
    if tier.is_dated and tier.venue_id is None:
        faults.append("venue_id is missing: whose trading days date instructions about capital?")
    if not tier.is_dated and (tier.cutoff_ns or tier.venue_id is not None):
        faults.append("cutoff_ns and venue_id belong to takes_effect next_trading_day")
    return faults
