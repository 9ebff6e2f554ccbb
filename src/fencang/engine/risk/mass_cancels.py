"""Mass cancels that have more orders to ask than one command does."""

from typing import NamedTuple

from fencang.messages.message import Side

__all__ = ["CANCELS_PER_COMMAND_MAX", "MASS_CANCELS_MAX", "MassCancel", "MassCancelBook"]

CANCELS_PER_COMMAND_MAX = 1_000
"""So many orders are asked to cancel between two commands; the rest after the next one."""
MASS_CANCELS_MAX = 100
"""Mass cancels that may go on at once; one beyond asks all its orders in its own command."""


class MassCancel(NamedTuple):
    """What is cancelled, and how far that has come."""

    mass_cancel_id: int
    """Orders with higher numbers came later and are not meant."""
    node_id: str
    scope_id: str | None
    side: Side | None
    carrying_account_id: str | None
    last_order_id: int
    """The last order that was asked; 0 before the first."""


class MassCancelBook:
    """Mass cancels that go on, by number: primary state."""

    __slots__ = ("going_on",)

    def __init__(self) -> None:
        self.going_on: dict[int, MassCancel] = {}
