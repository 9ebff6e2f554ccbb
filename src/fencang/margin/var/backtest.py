"""Did losses exceed the requirement as often as its confidence said: Kupiec's test.

Kupiec (1995), proportion of failures: with x exceptions in T outcomes and probability p,
``LR = 2 [ (T − x) ln((1 − x/T)/(1 − p)) + x ln((x/T)/p) ]`` follows a chi-square law with one
degree of freedom when exceptions are independent with probability p.  Outcomes must not overlap:
``rolling_outcomes`` therefore steps by the horizon.

The statistic is the only float of the package.  It is shown to people and decides nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import erfc, log, sqrt

from fencang.basics.money import PPM
from fencang.margin.span.frozen import Frozen
from fencang.margin.var.historical import tail_rank

__all__ = ["Backtest", "backtest", "rolling_outcomes"]


class Backtest(Frozen):
    """How often a requirement was exceeded, and how surprising that is.

    ``p_value``: the chance of a statistic at least as large if the confidence held.  Below 0.05 a
    reader doubts it; which way, ``exceptions`` against ``expected_ppm`` says.
    """

    outcomes: int
    exceptions: int
    expected_ppm: int
    """Expected exceptions × 1,000,000."""
    likelihood_ratio: float
    p_value: float


def backtest(outcomes: Iterable[tuple[int, int]], confidence_ppm: int = 990_000) -> Backtest:
    """Return Kupiec's test of (requirement, realised profit) pairs in micros.

    An exception is a realised loss above the requirement: profit < −requirement.
    """
    assert 0 < confidence_ppm < PPM, confidence_ppm
    count = exceptions = 0
    for requirement_micros, profit_micros in outcomes:
        count += 1
        exceptions += profit_micros < -requirement_micros
    assert count, "no outcome to test"
    probability_ppm = PPM - confidence_ppm
    ratio = _likelihood_ratio(exceptions, count, probability_ppm)
    return Backtest(
        outcomes=count,
        exceptions=exceptions,
        expected_ppm=count * probability_ppm,
        likelihood_ratio=ratio,
        p_value=erfc(sqrt(ratio * 0.5)),
    )


def rolling_outcomes(
    profit_micros: Sequence[int],
    *,
    window: int = 500,
    horizon_days: int = 2,
    confidence_ppm: int = 990_000,
) -> Iterator[tuple[int, int]]:
    """Yield (value at risk, realised profit) of unchanged positions, horizon by horizon.

    Args:
        profit_micros: profit over the ``horizon_days`` days that end with each trading day, oldest
            first (overlapping, as scenarios are).
        window: scenarios each value at risk is taken from: the newest known at the time.
        horizon_days: days between forecast and outcome, and between one forecast and the next.
        confidence_ppm: as in ``HistoricalVar``, with the same order statistic.
    """
    rank = tail_rank(window, confidence_ppm)
    assert rank, (window, confidence_ppm)
    for now in range(window, len(profit_micros) - horizon_days + 1, horizon_days):
        known = sorted(profit_micros[now - window : now])
        yield max(0, -known[rank - 1]), profit_micros[now + horizon_days - 1]


def _likelihood_ratio(exceptions: int, count: int, probability_ppm: int) -> float:
    kept = count - exceptions
    ratio = 0.0
    if exceptions:
        expected = log(count) + log(probability_ppm) - log(PPM)
        ratio += exceptions * (log(exceptions) - expected)
    if kept:
        expected = log(count) + log(PPM - probability_ppm) - log(PPM)
        ratio += kept * (log(kept) - expected)
    return max(0.0, 2.0 * ratio)
