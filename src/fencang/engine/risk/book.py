"""The memory of the pre-trade controls: their rows, and what they count.

Each family keeps its own part here.  Rows are defined by ``DefineDesk``; what is counted is primary
state where it cannot be found anew from orders and positions.
"""

from collections.abc import Callable
from typing import Any

from fencang.engine.risk.envelopes import EnvelopeBook
from fencang.limits.order_controls import NodeRefusal

__all__ = ["Check", "RiskBook"]

Check = Callable[[Any], NodeRefusal | None]
"""One step of the ladder: takes an ``Ask``, returns why the order is refused, or None."""


class RiskBook:
    """Rows and counts of every family of controls of one desk."""

    __slots__ = ("checks", "envelopes")

    def __init__(self) -> None:
        self.checks: tuple[tuple[Check, ...], ...] | None = None
        """What opening orders, reducing orders and those inside an envelope are asked; a cache,
        found anew after a change of definitions."""
        self.envelopes = EnvelopeBook()
