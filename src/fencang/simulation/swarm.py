"""What one seed's desk is exposed to: features on or off, and rates, drawn once at the start.

Swarm testing: a run that leaves things out reaches states that a run with everything never does.
"""

import msgspec

from fencang.basics.money import PPM
from fencang.gateways.paper.faults import FaultKind
from fencang.simulation.random import Chance

__all__ = ["Swarm", "draw_swarm"]


class Swarm(msgspec.Struct, frozen=True, kw_only=True):
    """One seed's exposure; rates in parts per million, weights relative to one another."""

    has_owners: bool
    has_gross: bool
    has_mixed_modes: bool
    has_currencies: bool
    has_negative_prices: bool
    has_nesting: bool
    has_rules: bool
    has_tight_limits: bool
    has_close_today_fees: bool
    has_small_capital: bool
    sub_accounts: int
    days: int
    actions_per_day: int
    batch_max: int
    crash_ppm: int
    snapshot_ppm: int
    late_ppm: int
    double_ppm: int
    late_steps_max: int
    clock_back_ppm: int
    latency_ns: int
    route_age_ns: int
    faults: dict[FaultKind, int]
    weights: dict[str, int]


_ACTIONS = {
    "order": 60,
    "reduce": 16,
    "cancel": 12,
    "replace": 10,
    "prices": 30,
    "rates": 3,
    "indicator": 6,
    "deposit": 2,
    "withdraw": 2,
    "transfer": 4,
    "convert": 3,
    "plan": 6,
    "suspense": 4,
    "state": 3,
    "stranger": 3,
    "rogue": 4,
    "malformed": 5,
    "repeat": 3,
    "define": 2,
    "tick": 2,
    "expire": 1,
    "import": 1,
    "wire": 6,
    "interest": 1,
    "call": 1,
}


def draw_swarm(chance: Chance) -> Swarm:
    """Return what a seed draws."""

    def often(percent: int) -> bool:
        return chance.below(100) < percent

    def rate(most_ppm: int) -> int:
        return chance.below(most_ppm) if often(60) else 0

    return Swarm(
        has_owners=often(60),
        has_gross=often(50),
        has_mixed_modes=often(10),
        has_currencies=often(60),
        has_negative_prices=often(40),
        has_nesting=often(50),
        has_rules=often(60),
        has_tight_limits=often(40),
        has_close_today_fees=often(50),
        has_small_capital=often(25),
        sub_accounts=chance.between(2, 8),
        days=chance.between(2, 5),
        actions_per_day=chance.between(15, 60),
        batch_max=chance.one_of((1, 2, 5, 12)),
        crash_ppm=chance.one_of((0, 10_000, 30_000, 80_000)),
        snapshot_ppm=chance.one_of((0, 20_000, 100_000)),
        late_ppm=rate(400_000),
        double_ppm=rate(150_000),
        late_steps_max=chance.one_of((1, 5, 30)),
        clock_back_ppm=chance.one_of((0, 0, 50_000)),
        latency_ns=chance.one_of((0, 1_000_000, 2_000_000_000)),
        route_age_ns=chance.one_of((0, 5_000_000_000, 3_600_000_000_000)),
        faults={kind: rate(PPM // 8) for kind in FaultKind},
        weights={name: weight for name, weight in _ACTIONS.items() if often(85)},
    )
