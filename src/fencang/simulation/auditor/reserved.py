"""The auditor's book of envelopes: lots that were reserved ahead and that no order has taken yet.

They count wherever working lots count.  Over several contracts a limit that they meet in counts
them once, as the contract that counts most there; so does margin.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from fencang.messages.envelope_events import EnvelopeOpened
from fencang.messages.events import OrderAccepted

__all__ = ["Ahead", "Reserved"]


class _Working(Protocol):
    """What is asked of a tracked order."""

    event: OrderAccepted

    @property
    def open_lots(self) -> int: ...


class Reserved:
    """One envelope that is open."""

    __slots__ = ("event", "filled_lots", "is_left_out", "quantity_lots")

    def __init__(self, event: EnvelopeOpened) -> None:
        self.event = event
        self.quantity_lots = event.quantity_lots
        self.filled_lots = 0
        self.is_left_out = False
        """Whether the auditor looks at the desk as it would be without the lots."""


class Ahead:
    """Every open envelope."""

    def __init__(self, live: Mapping[int, _Working]) -> None:
        self._live = live
        self.open: dict[int, Reserved] = {}

    def working(self, envelope_id: int) -> int:
        """Return what the orders inside could still fill."""
        return sum(
            order.open_lots
            for order in self._live.values()
            if order.event.envelope_id == envelope_id
        )

    def left(self, reserved: Reserved) -> int:
        """Return the lots that no order has taken; below zero where they took too many."""
        working = self.working(reserved.event.envelope_id)
        return reserved.quantity_lots - working - reserved.filled_lots

    def lots(self) -> Iterator[tuple[EnvelopeOpened, int]]:
        """Yield every envelope with its lots that count as working ones."""
        for reserved in self.open.values():
            left = 0 if reserved.is_left_out else self.left(reserved)
            if left > 0:
                yield reserved.event, left
