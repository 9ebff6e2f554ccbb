"""What one control found: its limit, the value it saw, and how much room was left."""

from typing import NamedTuple

from fencang.messages.reasons import Reason

__all__ = ["Evaluation"]


class Evaluation(NamedTuple):
    """One control at one node, as an explanation shows it.

    ``reason`` is the number it refuses with (None: it has several, and none applies), ``scope_id``
    the contract, product or side it looked at (empty where it looks at everything), ``unit`` what
    limit and value are counted in: lots, micros, nanos, ns, days, orders, messages, ppm, or empty
    where it only says yes or no.
    """

    control: str
    reason: Reason | None
    node_id: str
    scope_id: str
    limit: int
    value: int
    unit: str
    passes: bool
    detail: str = ""

    @property
    def head_room(self) -> int:
        """Return how much of the limit is left; below zero where it is passed."""
        return self.limit - self.value
