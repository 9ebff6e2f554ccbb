"""Compiled arithmetic of volatility, one job per function, no objects; twin: ``reference.py``.

Bounds: returns are profits per unit of capital and lie within ±1,000, so that no sum of their
squares loses its meaning; the caller asserts them.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["ewma_variances", "warm_up"]


@njit("float64[::1](float64[::1], int64[::1], float64, float64, float64)", cache=True)
def ewma_variances(
    returns: npt.NDArray[np.float64],
    starts: npt.NDArray[np.int64],
    decay: float,
    prior_variance: float,
    prior_weight: float,
) -> npt.NDArray[np.float64]:
    """Return the exponentially weighted mean square of each account's returns.

    Args:
        returns: all accounts' daily returns one after another, oldest first, no unit.
        starts: where each account's returns start, then the total length (accounts + 1).
        decay: weight of a day relative to the day after it, in (0, 1].
        prior_variance: daily variance believed before the first return.
        prior_weight: days the prior counts for, at least 0; it decays as days do.

    Returns:
        Daily variances, one per account; 0 where neither days nor prior weigh anything.
    """
    accounts = len(starts) - 1
    variances = np.zeros(accounts, dtype=np.float64)
    for account in range(accounts):
        weighted = prior_weight * prior_variance
        weight = prior_weight
        for index in range(starts[account], starts[account + 1]):
            weighted = decay * weighted + returns[index] * returns[index]
            weight = decay * weight + 1.0
        if weight > 0.0:
            variances[account] = weighted / weight
    return variances


def warm_up() -> None:
    """Compile every kernel (or read it from numba's cache)."""
    ewma_variances(np.zeros(1), np.array([0, 1], dtype=np.int64), 0.5, 0.0, 0.0)
