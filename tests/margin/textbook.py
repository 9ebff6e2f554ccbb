"""The textbook's two contracts (a future and a call on it) as a SPAN set, and tiny scan methods."""

from fractions import Fraction

from fencang.margin.method import (
    TIE_MICROS,
    Directions,
    Measure,
    MethodRequirement,
    RequirementPart,
    pooled,
    total_of,
)
from fencang.margin.span.method import SpanMethod
from fencang.margin.span.portfolio import Lots
from tests.margin.span_sets import SpanSet

FUTURE_PROFIT = (
    0, 0, 3_330, 3_330, -3_330, -3_330, 6_670, 6_670,
    -6_670, -6_670, 10_000, 10_000, -10_000, -10_000, 7_000, -7_000,
)  # fmt: skip
CALL_PROFIT = (
    460, -610, 2_640, 1_730, -1_270, -2_340, 5_210, 4_540,
    -2_540, -3_430, 8_060, 7_640, -3_380, -3_990, 3_130, -1_500,
)  # fmt: skip
DOLLAR = 1_000_000


def lots(net):
    """Return lots of one side."""
    return Lots(max(net, 0), max(-net, 0))


def textbook(**fields):
    """Return (method, future's key, call's key); the call is margined like a future."""
    made = SpanSet()
    made.commodity("SP", is_futures_style=True, **fields)
    future = made.future("SP", "199912", [-value for value in FUTURE_PROFIT])
    call = made.option(
        "SP", "199912", "C", "410", [-value for value in CALL_PROFIT], delta_e4=5_000
    )
    return SpanMethod(made.build()), future, call


class ScanOnly:
    """Scan risk and nothing else, by a few lines of its own: max over s of Σ lots × loss."""

    method_id = "scan only"

    def __init__(self, losses, currency="USD"):
        self.losses = losses
        self.currency = currency

    def vector(self, positions):
        count = len(next(iter(self.losses.values())))
        return [
            sum(held.net * self.losses[contract][s] for contract, held in positions.items())
            for s in range(count)
        ]

    def requirement(self, positions):
        amount = max(0, *self.vector(positions))
        part = RequirementPart(name="all", currency=self.currency, amount_micros=amount)
        totals = (total_of(self.currency, amount, amount),)
        return MethodRequirement(method_id=self.method_id, totals=totals, parts=(part,))

    def directions(self, parts, measure):
        assert isinstance(measure, Measure)
        vector = self.vector(pooled(parts))
        worst = max(vector)
        if worst <= 0:
            return Directions(shares=tuple({} for _ in parts))
        tied = [s for s, loss in enumerate(vector) if worst - loss <= TIE_MICROS]
        return Directions(
            shares=tuple(
                {self.currency: Fraction(sum(self.vector(part)[s] for s in tied), len(tied))}
                for part in parts
            )
        )


class OnlyRequirement:
    """A method without derivatives."""

    def __init__(self, method):
        self.method_id = "without derivatives"
        self.requirement = method.requirement
