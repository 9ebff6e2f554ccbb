"""Liquidations that run, what suspends them, and how much of rate and budget is used."""

from fencang.messages.loss_events import LiquidationLeg, LossMeasure, Suspension

__all__ = ["LIQUIDATION", "Liquidation", "Liquidations", "Suspended", "liquidated_node"]

LIQUIDATION = "@liquidation:"
"""What the name of a liquidation's block orders begins with; no rule can have it."""


def liquidated_node(block_name: str) -> str:
    """Return the node whose liquidation a block order belongs to, empty where none does."""
    return block_name.removeprefix(LIQUIDATION) if block_name.startswith(LIQUIDATION) else ""


class Liquidation:
    """One liquidation: its plan, and how many intervals brought no fill."""

    __slots__ = (
        "cured_ppm",
        "last_round_ns",
        "legs",
        "liquidation_id",
        "measure",
        "node_id",
        "rounds_unfilled",
    )

    def __init__(
        self,
        *,
        liquidation_id: int,
        node_id: str,
        measure: LossMeasure,
        cured_ppm: int,
        legs: tuple[LiquidationLeg, ...],
    ) -> None:
        self.liquidation_id = liquidation_id
        self.node_id = node_id
        self.measure = measure
        self.cured_ppm = cured_ppm
        self.legs = legs
        self.rounds_unfilled = 0
        self.last_round_ns = 0

    @property
    def block_name(self) -> str:
        """Return what its block orders stand under."""
        return LIQUIDATION + self.node_id


class Suspended:
    """A suspension in force: what is suspect, and the figures that say so."""

    __slots__ = ("after", "before", "cause", "node_id", "subject", "what")

    def __init__(
        self, *, node_id: str, cause: Suspension, subject: str, what: str, before: int, after: int
    ) -> None:
        self.node_id = node_id
        self.cause = cause
        self.subject = subject
        self.what = what
        self.before = before
        self.after = after


class Liquidations:
    """All liquidations of the desk; everything here is primary state."""

    __slots__ = ("running", "sent", "spent_lots", "spent_micros", "suspensions")

    def __init__(self) -> None:
        self.running: dict[str, Liquidation] = {}
        """Node → its liquidation, oldest first."""
        self.suspensions: dict[tuple[str, Suspension], Suspended] = {}
        self.sent: dict[str, tuple[int, int]] = {}
        """Contract → when its interval began, lots sent in it."""
        self.spent_lots = self.spent_micros = 0
        """Lots closed by force today, and their value in base micros."""

    def begin_day(self) -> None:
        """Have the whole budget again."""
        self.spent_lots = self.spent_micros = 0
        self.sent.clear()

    def send(self, contract_id: str, lots: int, time_ns: int, interval_ns: int) -> None:
        """Count lots that are sent in the interval of now, which begins here if none runs."""
        since, sent = self.sent.get(contract_id, (time_ns, 0))
        if time_ns - since >= interval_ns:
            since, sent = time_ns, 0
        self.sent[contract_id] = since, sent + lots

    def sent_lots(self, contract_id: str, time_ns: int, interval_ns: int) -> int:
        """Return the lots sent in the interval that runs now."""
        since, sent = self.sent.get(contract_id, (time_ns, 0))
        return sent if time_ns - since < interval_ns else 0
