"""What operations of one seed's desk do beside trading: drawn once at the start, like a swarm.

Duties have a stream of chance of their own, so that a seed's traders, market and crashes draw what
they drew before there were any.  Some desks have no duties at all.
"""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from fencang.refdata.contract import Product
from fencang.refdata.desk import DayPolicy, DeskItem, DeskSettings
from fencang.refdata.venue import Venue
from fencang.simulation.random import Chance

__all__ = ["Duties", "draw_duties", "with_duties"]


class Duties(msgspec.Struct, frozen=True, kw_only=True):
    """One seed's operations; rates in parts per million, weights relative to one another."""

    has_trading_days: bool
    is_strict: bool
    has_sessions: bool
    has_slices: bool
    has_pre_open_orders: bool
    settlement_band_ppm: int | None
    settlement_days_max: int
    transfers_at_cost: bool
    duty_ppm: int
    weights: dict[str, int]


_ACTS = {
    "enter": 10,
    "correct": 9,
    "bust": 5,
    "move": 9,
    "settle": 4,
    "mend": 6,
    "shut": 2,
    "reopen": 2,
    "pause": 2,
    "reconcile": 5,
    "break": 6,
    "grant": 3,
    "collateral": 3,
    "claim": 4,
    "again": 4,
}


def draw_duties(chance: Chance) -> Duties:
    """Return what a seed draws."""

    def often(percent: int) -> bool:
        return chance.below(100) < percent

    weights = {name: weight for name, weight in _ACTS.items() if often(80)}
    return Duties(
        has_trading_days=often(65),
        is_strict=often(50),
        has_sessions=often(40),
        has_slices=often(50),
        has_pre_open_orders=often(50),
        settlement_band_ppm=chance.one_of((None, None, 2_000, 30_000)),
        settlement_days_max=chance.one_of((1, 2, 5)),
        transfers_at_cost=often(50),
        duty_ppm=chance.one_of((0, 100_000, 300_000, 600_000)) if weights else 0,
        weights=weights,
    )


def with_duties(items: Iterable[DeskItem], duties: Duties) -> list[DeskItem]:
    """Return a desk's reference values as its duties want them."""
    return [_with_duties(item, duties) for item in items]


def _with_duties(item: DeskItem, duties: Duties) -> DeskItem:
    match item:
        case DeskSettings():
            is_strict = duties.has_trading_days and duties.is_strict
            return replace(
                item,
                day_policy=DayPolicy.STRICT if is_strict else DayPolicy.LENIENT,
                settlement_days_max=duties.settlement_days_max,
                transfers_at_cost=duties.transfers_at_cost,
            )
        case Product():
            return replace(item, price_band_ticks=5, settlement_band_ppm=duties.settlement_band_ppm)
        case Venue():
            return replace(item, pre_open_orders=duties.has_pre_open_orders)
        case _:
            return item
