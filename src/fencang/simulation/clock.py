"""Time that passes only when the simulation says so."""

__all__ = ["SimulatedClock"]


class SimulatedClock:
    """A clock to be set; it may even go backwards, as the clocks of real machines do."""

    def __init__(self, now_ns: int) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        """Return nanoseconds since 1970-01-01 UTC."""
        return self.now_ns

    def advance(self, by_ns: int) -> None:
        """Let time pass."""
        self.now_ns += by_ns
