"""Events of envelopes.  What orders take from one stands in ``OrderAccepted.envelope_id``."""

from enum import StrEnum

from fencang.messages.message import Event, Offset, Side

__all__ = [
    "EnvelopeCause",
    "EnvelopeClosed",
    "EnvelopeEvent",
    "EnvelopeOpened",
    "EnvelopeShrunk",
]


class EnvelopeCause(StrEnum):
    """Why an envelope became smaller or ended."""

    ASKED = "asked"
    EXPIRED = "expired"
    MARK = "mark"
    """Prices or exchange rates moved."""
    PARAMETERS = "parameters"
    """What a lot asks for changed: a parameter file, computed arrays, a rate of the day."""
    LIMIT = "limit"
    """Limits, mandates or other definitions changed."""
    MARGIN = "margin"
    """Money moved, or the lots of a product ask for more together than one by one."""
    POSITION = "position"
    """Lots came or went by ways that ask for no room: reductions, unordered fills, transfers."""
    STATE = "state"
    """A node halts or only reduces, or the owner is over-granted."""
    RULE = "rule"
    CONTRACT = "contract"
    """The contract ended or became another one."""
    DAY_END = "day end"


class EnvelopeOpened(Event, tag="EnvelopeOpened.1"):
    """Lots are reserved ahead in every contract named, until ``expires_ns``.

    ``needed_micros`` is what they add to the sub-account's requirement now, in base currency;
    ``margin_micros`` the most that those unused may come to hold.
    """

    envelope_id: int
    sub_account_id: str
    scope_id: str
    carrying_account_id: str
    contract_ids: tuple[str, ...]
    side: Side
    offset: Offset
    quantity_lots: int
    clip_lots: int
    margin_micros: int
    needed_micros: int
    expires_ns: int
    entered_by: str


class EnvelopeShrunk(Event, tag="EnvelopeShrunk.1"):
    """An envelope has only ``quantity_lots`` now, those that orders have taken among them."""

    envelope_id: int
    sub_account_id: str
    quantity_lots: int
    freed_lots: int
    cause: EnvelopeCause


class EnvelopeClosed(Event, tag="EnvelopeClosed.1"):
    """An envelope has ended; ``freed_lots`` were not used.

    Lots of its orders that still work stay reserved as any order's are.
    """

    envelope_id: int
    sub_account_id: str
    filled_lots: int
    working_lots: int
    freed_lots: int
    cause: EnvelopeCause


EnvelopeEvent = EnvelopeOpened | EnvelopeShrunk | EnvelopeClosed
