"""Volatility of each sub-account: how much a unit of its capital swings in a year.

A day's return is its profit divided by the capital the day's profit was earned on.  Days without
positive capital say nothing about risk and are left out.  The mean is taken as zero: over weeks a
mean is noise, and a steady loser shall not look calm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from fencang.basics.money import PPM
from fencang.planning.parameters import VolatilityParameters

__all__ = ["DayResult", "VolatilityEstimate", "estimate_volatilities"]

RETURN_MAX = 1_000.0
"""Returns beyond ±1,000 times the capital are cut there; such an account is beyond measure."""

DayResult = tuple[int, int, int]
"""(trading day as yyyymmdd, profit in micros, capital it was earned on in micros)."""


@dataclass(frozen=True, slots=True)
class VolatilityEstimate:
    """One account's volatility per year, and what it rests on."""

    volatility: float
    days_count: int
    uses_prior_only: bool
    is_floored: bool


def estimate_volatilities(
    histories: Sequence[Sequence[DayResult]], parameters: VolatilityParameters
) -> list[VolatilityEstimate]:
    """Return the volatility per year of each history, oldest day first."""
    import numpy as np

    from fencang.planning.kernels import ewma_variances

    returns = [daily_returns(history, parameters.lookback_days) for history in histories]
    ends = [0]
    for days in returns:
        ends.append(ends[-1] + len(days))
    prior = parameters.prior_volatility_ppm / PPM
    variances = ewma_variances(
        np.array([value for days in returns for value in days], dtype=np.float64),
        np.array(ends, dtype=np.int64),
        0.5 ** (1 / parameters.half_life_days),
        prior * prior / parameters.trading_days_per_year,
        float(parameters.prior_observations),
    )
    return [
        _estimate(float(variance), len(days), parameters)
        for variance, days in zip(variances, returns, strict=True)
    ]


def daily_returns(history: Sequence[DayResult], days_max: int) -> list[float]:
    """Return profit per unit of capital of the last days, days without capital left out."""
    return [
        max(-RETURN_MAX, min(RETURN_MAX, profit_micros / capital_micros))
        for _, profit_micros, capital_micros in history[-days_max:]
        if capital_micros > 0
    ]


def _estimate(
    variance: float, days_count: int, parameters: VolatilityParameters
) -> VolatilityEstimate:
    prior_only = days_count < max(1, parameters.history_days_min)
    if prior_only:
        volatility = parameters.prior_volatility_ppm / PPM
    else:
        volatility = sqrt(variance * parameters.trading_days_per_year)
    floor = parameters.volatility_floor_ppm / PPM
    return VolatilityEstimate(max(volatility, floor), days_count, prior_only, volatility < floor)
