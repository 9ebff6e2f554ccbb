"""What makes a calculation by rates refuse its input.

RateFault (ValueError)   parameters or portfolio are at fault; all faults are listed, nothing is
                         computed from the part that was right
"""

from collections.abc import Sequence

__all__ = ["RateFault"]


class RateFault(ValueError):
    """Input that allows no margin; ``faults`` lists every fault with its position."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("no margin was computed: " + "; ".join(faults))
        self.faults = tuple(faults)
