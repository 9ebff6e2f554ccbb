"""Phases of a trading day and the sessions it is made of, in UTC nanoseconds.

Calendars with their time zones and holidays are worked out outside; what arrives here is integers.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.refdata.definition import Identifier, TimeNs

__all__ = ["Phase", "ProductSessions", "Session", "Sessions", "phase_at", "session_faults"]

SESSIONS_MAX = 64
GROUP_PRODUCTS_MAX = 1_000


class Phase(StrEnum):
    """What a venue does at a moment: take orders without trading, trade, pause, nothing."""

    PRE_OPEN = "pre_open"
    OPEN = "open"
    HALT = "halt"
    CLOSE = "close"


class Session(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One phase from ``start_ns`` on, up to and without ``end_ns``."""

    phase: Phase
    start_ns: TimeNs
    end_ns: TimeNs


Sessions = Annotated[tuple[Session, ...], msgspec.Meta(max_length=SESSIONS_MAX)]


class ProductSessions(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """Products of a venue whose day has other sessions than the venue's; none: shut all day."""

    product_ids: Annotated[
        tuple[Identifier, ...], msgspec.Meta(min_length=1, max_length=GROUP_PRODUCTS_MAX)
    ]
    sessions: Sessions = ()


def phase_at(sessions: tuple[Session, ...], time_ns: int) -> Phase:
    """Return the phase of a moment; between sessions and around them a venue is closed."""
    for session in sessions:
        if session.start_ns <= time_ns < session.end_ns:
            return session.phase
    return Phase.CLOSE


def session_faults(sessions: tuple[Session, ...]) -> list[str]:
    """Return what is wrong with the sessions of a day: empty ones, and ones that overlap."""
    faults = []
    before_ns = 0
    for index, session in enumerate(sessions):
        if session.end_ns <= session.start_ns:
            faults.append(f"sessions[{index}] ends at {session.end_ns}, before it has begun")
        if session.start_ns < before_ns:
            faults.append(f"sessions[{index}] begins before the one ahead of it has ended")
        before_ns = max(before_ns, session.end_ns)
    return faults
