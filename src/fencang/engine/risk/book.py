"""The memory of the pre-trade controls: their rows, and what they count.

Each family keeps its own part here.  Rows are defined by ``DefineDesk``; what is counted is primary
state where it cannot be found anew from orders and positions.
"""

from collections.abc import Callable
from typing import Any

from fencang.engine.risk.connections import Connections
from fencang.engine.risk.substitutes import Substitutes
from fencang.limits.order_controls import NodeRefusal

__all__ = ["Check", "RiskBook"]

Check = Callable[[Any], NodeRefusal | None]
"""One step of the ladder: takes an ``Ask``, returns why the order is refused, or None."""


class RiskBook:
    """Rows and counts of every family of controls of one desk."""

    __slots__ = ("checks", "connections", "substitutes")

    def __init__(self) -> None:
        self.checks: tuple[tuple[Check, ...], tuple[Check, ...]] | None = None
        """What opening and what reducing orders are asked; a cache, found anew after a change of
        definitions."""
        self.connections = Connections()
        self.substitutes = Substitutes()
