"""``[[service_tier]]`` of a desk file: which doors, how fast, with what, and from which day on."""

from enum import IntEnum
from typing import TypeVar

from fencang.app.desk.fields import Fields
from fencang.app.desk.sections import finished
from fencang.refdata.order_words import Interface, OrderType, TimeInForce
from fencang.refdata.service_tier import (
    ALL_INSTRUMENTS,
    INSTRUCTIONS_MAX,
    PRIORITY_CLASS_MAX,
    RATE_MAX,
    ServiceTier,
    TakesEffect,
)

__all__ = ["read_service_tier"]

Word = TypeVar("Word", bound=IntEnum)


def read_service_tier(fields: Fields) -> ServiceTier:
    """Read one ``[[service_tier]]``; every list says what there is, nothing is there unsaid."""
    rate = fields.whole("messages_per_second", low=1, high=RATE_MAX) or 1
    tier = ServiceTier(
        tier_id=fields.identifier("id"),
        interfaces=_words(fields, "interfaces", Interface),
        order_types=_words(fields, "order_types", OrderType),
        times_in_force=_words(fields, "times_in_force", TimeInForce),
        instruments=_instruments(fields),
        messages_per_second=rate,
        messages_burst=fields.whole("burst", rate, low=1, high=RATE_MAX),
        priority_class=fields.whole("priority_class", 0, high=PRIORITY_CLASS_MAX),
        takes_effect=fields.choice("takes_effect", TakesEffect, TakesEffect.AT_ONCE),
        cutoff_ns=fields.span_ns("cutoff", 0),
        venue_id=fields.identifier("venue") if fields.has("venue") else None,
        instructions_max=fields.whole("instructions", 100, high=INSTRUCTIONS_MAX),
    )
    finished(fields, tier)
    return tier


def _words(fields: Fields, key: str, kind: type[Word]) -> tuple[Word, ...]:
    """Return a list of words of a closed list; a faulty one reads as its last member."""
    known = {member.name.lower(): member for member in kind}
    stated = fields.identifiers(key)
    for word in stated:
        if word not in known:
            fields.fault(key, f"'{word}' is not one of {', '.join(known)}")
    if fields.has(key) and not stated and not fields.is_faulty:
        fields.fault(key, "is empty: the tier could do nothing")
    return tuple(known[word] for word in stated if word in known) or (list(kind)[-1],)


def _instruments(fields: Fields) -> tuple[str, ...]:
    """Return products and contracts, or ``*`` alone."""
    if fields.table.get("instruments") == [ALL_INSTRUMENTS] and fields.has("instruments"):
        return (ALL_INSTRUMENTS,)
    return fields.identifiers("instruments") or (ALL_INSTRUMENTS,)
