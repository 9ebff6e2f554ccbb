"""The slow, readable twin of ``kernels.py``: property tests compare the two."""

from collections.abc import Sequence

__all__ = ["ewma_variance"]


def ewma_variance(
    returns: Sequence[float], *, decay: float, prior_variance: float, prior_weight: float
) -> float:
    """Return the weighted mean of squared returns, each day weighing ``decay`` of the next.

    The prior stands before the oldest day and decays like a day: of ``n`` days the oldest weighs
    decay^(n-1), the newest 1, the prior ``prior_weight`` × decay^n.
    """
    count = len(returns)
    weights = [decay ** (count - 1 - index) for index in range(count)]
    squares = [value * value for value in returns]
    prior = prior_weight * decay**count
    weight = sum(weights) + prior
    if weight == 0:
        return 0.0
    terms = [part * square for part, square in zip(weights, squares, strict=True)]
    return (sum(terms) + prior * prior_variance) / weight
