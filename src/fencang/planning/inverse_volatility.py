"""Shares in proportion to 1/volatility, within floor, cap and step, with hysteresis.

Everything is counted in whole units of a total: parts per million when the total is 1,000,000,
micros of money when it is an amount.  Three stages, each a stated figure of its line:

1. *ideal*: proportional to 1/volatility within floor and cap.
2. *target*: the same, held above what the account needs and within the step limit around its
   present share (of what all accounts have; where none has anything there is no step limit).
   A step limit that cannot place the total is widened evenly to the least that can.
3. *new*: what lies within the band of its target stays; where the rest would not sum, the fewest
   of them (largest gap first) move, none further than to its target.  Proposing again with the
   same volatilities therefore changes nothing, unless a step limit had held an account back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_half_away
from fencang.planning.parameters import StandingFault, VolatilityParameters
from fencang.planning.rounding import round_to_total

__all__ = ["Claimant", "Share", "Split", "distribute", "fill_levels"]


@dataclass(frozen=True, slots=True)
class Claimant:
    """What one account has and needs, in units of the total, and its volatility per year."""

    sub_account_id: str
    volatility: float
    current: int = 0
    need: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """One account's share through the three stages, in units of the total.

    ``rounding_milliunits``: what rounding gave (or took from) the ideal, in thousandths of a unit.
    """

    sub_account_id: str
    ideal: int
    target: int
    new: int
    ideal_bound: str = ""
    target_bound: str = ""
    is_kept: bool = False
    rounding_milliunits: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """All shares in the order of the accounts given, and the step that was possible."""

    shares: tuple[Share, ...]
    step: int
    is_step_widened: bool


@dataclass(frozen=True, slots=True)
class _Bounds:
    lows: list[int]
    highs: list[int]

    def can_hold(self, total: int) -> bool:
        return sum(self.lows) <= total <= sum(self.highs)


def distribute(
    claimants: Sequence[Claimant], total: int, parameters: VolatilityParameters
) -> Split:
    """Return each account's share of ``total``; the shares sum to it exactly.

    Raises:
        ParametersFault: floor, cap and number of accounts contradict each other.
        StandingFault: what the accounts need exceeds the total.
    """
    parameters.check(len(claimants))
    assert total >= 0, total
    ranks = _ranks(claimants)
    outer = _floor_and_cap(len(claimants), total, parameters)
    exact, ideal = _fill(claimants, total, outer, ranks)
    outer = _with_needs(claimants, total, outer)
    step, bounds = _with_step(claimants, total, outer, -(-total * parameters.step_ppm // PPM))
    _, target = _fill(claimants, total, bounds, ranks)
    band = total * parameters.band_ppm // PPM
    new = _with_band(claimants, target, bounds, band, ranks)
    shares = tuple(
        Share(
            sub_account_id=claimant.sub_account_id,
            ideal=ideal[index],
            target=target[index],
            new=new[index],
            ideal_bound=_floor_or_cap(ideal[index], total, parameters),
            target_bound=_bound(claimant, index, ideal, target, bounds),
            is_kept=new[index] == claimant.current,
            rounding_milliunits=round(1_000 * (ideal[index] - exact[index])),
        )
        for index, claimant in enumerate(claimants)
    )
    return Split(shares, step, step > -(-total * parameters.step_ppm // PPM))


def fill_levels(
    inverses: Sequence[float], total: float, *, lows: Sequence[int], highs: Sequence[int]
) -> list[float]:
    """Return clip(level × inverse, low, high) for the one level at which they sum to ``total``.

    Water-filling: accounts beyond a bound are fixed at it, whichever side is further out first
    (those cannot come back, since the level only moves away from them), and the rest is shared
    anew, at most once per account.
    """
    values = [0.0] * len(inverses)
    free = list(range(len(inverses)))
    rest = float(total)
    while free:
        level = rest / fsum(inverses[index] for index in free)
        above = [index for index in free if level * inverses[index] > highs[index]]
        below = [index for index in free if level * inverses[index] < lows[index]]
        excess = fsum(level * inverses[index] - highs[index] for index in above)
        lack = fsum(lows[index] - level * inverses[index] for index in below)
        if not above and not below:
            for index in free:
                values[index] = level * inverses[index]
            return values
        fixed, bounds = (above, highs) if excess >= lack and above else (below, lows)
        for index in fixed:
            values[index] = float(bounds[index])
        settled = frozenset(fixed)
        free = [index for index in free if index not in settled]
        rest -= fsum(bounds[index] for index in fixed)
    return values


def _ranks(claimants: Sequence[Claimant]) -> list[int]:
    order = sorted(
        range(len(claimants)),
        key=lambda index: (claimants[index].volatility, claimants[index].sub_account_id),
    )
    ranks = [0] * len(claimants)
    for rank, index in enumerate(order):
        ranks[index] = rank
    return ranks


def _fill(
    claimants: Sequence[Claimant], total: int, bounds: _Bounds, ranks: Sequence[int]
) -> tuple[list[float], list[int]]:
    """Return the shares before and after rounding."""
    inverses = [1 / claimant.volatility for claimant in claimants]
    values = fill_levels(inverses, total, lows=bounds.lows, highs=bounds.highs)
    rounded = round_to_total(values, total, lows=bounds.lows, highs=bounds.highs, ranks=ranks)
    return values, rounded


def _floor_and_cap(count: int, total: int, parameters: VolatilityParameters) -> _Bounds:
    # Floor rounds down and cap up, by less than one unit: so n equal floors always fit the total.
    low = total * parameters.floor_ppm // PPM
    high = -(-total * parameters.cap_ppm // PPM)
    return _Bounds([low] * count, [high] * count)


def _with_needs(claimants: Sequence[Claimant], total: int, outer: _Bounds) -> _Bounds:
    lows = [max(low, claimant.need) for low, claimant in zip(outer.lows, claimants, strict=True)]
    if sum(lows) > total:
        raise StandingFault(
            f"no plan was made: floors and margin requirements with buffer need {sum(lows):,} and "
            f"{total:,} is to be distributed; distribute more, or lower the floor or the buffer"
        )
    return _Bounds(lows, [max(pair) for pair in zip(outer.highs, lows, strict=True)])


def _with_step(
    claimants: Sequence[Claimant], total: int, outer: _Bounds, step: int
) -> tuple[int, _Bounds]:
    held = [max(0, claimant.current) for claimant in claimants]
    whole = sum(held)
    if whole == 0:
        return step, outer
    # The present share of each account, in units of the total that is distributed now.
    present = [divide_half_away(amount * total, whole) for amount in held]
    bounds = _step_bounds(present, outer, step)
    if bounds.can_hold(total):
        return step, bounds
    too_small, enough = step, total + max(outer.highs)
    while enough - too_small > 1:
        middle = (too_small + enough) // 2
        if _step_bounds(present, outer, middle).can_hold(total):
            enough = middle
        else:
            too_small = middle
    return enough, _step_bounds(present, outer, enough)


def _step_bounds(present: Sequence[int], outer: _Bounds, step: int) -> _Bounds:
    triples = list(zip(outer.lows, outer.highs, present, strict=True))
    return _Bounds(
        [max(low, min(high, here - step)) for low, high, here in triples],
        [max(low, min(high, here + step)) for low, high, here in triples],
    )


def _with_band(
    claimants: Sequence[Claimant],
    target: Sequence[int],
    bounds: _Bounds,
    band: int,
    ranks: Sequence[int],
) -> list[int]:
    stay = [
        max(low, min(high, claimant.current))
        for low, high, claimant in zip(bounds.lows, bounds.highs, claimants, strict=True)
    ]
    new = [
        here if abs(aim - claimant.current) < band else aim
        for here, aim, claimant in zip(stay, target, claimants, strict=True)
    ]
    rest = sum(target) - sum(new)
    sign = 1 if rest > 0 else -1
    gaps = sorted(
        (index for index in range(len(new)) if (target[index] - new[index]) * sign > 0),
        key=lambda index: (-abs(target[index] - new[index]), ranks[index]),
    )
    for index in gaps:
        if rest == 0:
            break
        moved = sign * min(abs(rest), abs(target[index] - new[index]))
        new[index] += moved
        rest -= moved
    return new


def _floor_or_cap(ideal: int, total: int, parameters: VolatilityParameters) -> str:
    if ideal <= total * parameters.floor_ppm // PPM:
        return "floor"
    return "cap" if ideal >= -(-total * parameters.cap_ppm // PPM) else ""


def _bound(
    claimant: Claimant,
    index: int,
    ideal: Sequence[int],
    target: Sequence[int],
    bounds: _Bounds,
) -> str:
    if target[index] > ideal[index] and target[index] == bounds.lows[index]:
        return "need" if target[index] == claimant.need else "step"
    if target[index] < ideal[index] and target[index] == bounds.highs[index]:
        return "step"
    return ""
