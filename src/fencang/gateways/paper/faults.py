"""Faults on demand: which misfortune strikes which order, decided without state.

A fault strikes the n-th opportunity of an order.  It is either listed, or drawn: the draw is a hash
(splitmix64) of seed, kind, order and n, so it depends neither on the order of calls nor on a
restart.  What a fault then does is told by ``venue.py`` and ``outbox.py``.
"""

from enum import IntEnum
from typing import Annotated

import msgspec

from fencang.basics.money import PPM

__all__ = ["Fault", "FaultKind", "FaultPlan", "splitmix64"]

_MASK = (1 << 64) - 1


class FaultKind(IntEnum):
    """What may go wrong at a venue or on the way back from it.

    REJECT refuses the order.  SWALLOW loses it on the way in: the venue never knew it.  LOSE_ACK
    enters it without telling.  DUPLICATE tells a report twice.  LATE delays a report by
    ``late_calls`` calls.  OUT_OF_ORDER tells "working" only after the order's next report.
    UNSOLICITED_CANCEL cancels at the next market data.  FILL_AFTER_CANCEL executes one lot after
    the cancel was confirmed, OVER_FILL one lot beyond the quantity, UNKNOWN_FILL reports one lot
    that names no order.
    """

    REJECT = 1
    SWALLOW = 2
    LOSE_ACK = 3
    DUPLICATE = 4
    LATE = 5
    OUT_OF_ORDER = 6
    UNSOLICITED_CANCEL = 7
    FILL_AFTER_CANCEL = 8
    OVER_FILL = 9
    UNKNOWN_FILL = 10


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A listed fault: of one order, named by its id or as the ``nth_order`` to reach the venue.

    It strikes the first ``times`` opportunities: sendings (REJECT, SWALLOW), reports (DUPLICATE,
    LATE); the other kinds have one opportunity per order.
    """

    kind: FaultKind
    order_id: int | None = None
    nth_order: int | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] = 1


class FaultPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Listed faults and drawn ones: ``rates_ppm`` opportunities in a million, by kind."""

    faults: tuple[Fault, ...] = ()
    rates_ppm: dict[FaultKind, Annotated[int, msgspec.Meta(ge=0, le=PPM)]] = {}
    seed: Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)] = 0
    late_calls: Annotated[int, msgspec.Meta(ge=1)] = 1

    @property
    def is_empty(self) -> bool:
        """Return whether nothing can strike anybody."""
        return not self.faults and not self.rates_ppm

    def strikes(self, kind: FaultKind, order_id: int, nth_order: int, n: int = 1) -> bool:
        """Return whether ``kind`` strikes the ``n``-th opportunity (from 1) of this order."""
        if self.is_empty:
            return False
        for fault in self.faults:
            is_meant = fault.order_id == order_id or fault.nth_order == nth_order
            if fault.kind is kind and is_meant and n <= fault.times:
                return True
        rate = self.rates_ppm.get(kind, 0)
        if not rate:
            return False
        drawn = self.seed & _MASK
        for part in (kind, order_id, n):
            drawn = splitmix64(drawn ^ (part & _MASK))
        return drawn % PPM < rate


def splitmix64(state: int) -> int:
    """Return the next 64-bit number of splitmix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    mixed = (state + 0x9E3779B97F4A7C15) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return mixed ^ (mixed >> 31)
