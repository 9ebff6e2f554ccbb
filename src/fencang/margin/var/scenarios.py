"""From price histories to integer profit scenarios: one number per contract and past move.

A scenario is the move over ``horizon_days`` consecutive trading days, the same days for every
contract of a set, applied to today's price.  Moves overlap: 500 two-day scenarios take 501 days.
No move is scaled by a square root of time.  Each history says whether its moves are absolute
(differences) or relative (ratios); where a price can be zero or negative only absolute ones mean
anything, and relative ones are refused.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise

from fencang.basics.price import NANOS
from fencang.basics.rounding import divide_half_away
from fencang.margin.method import MarginRefused
from fencang.margin.span.frozen import Frozen

__all__ = ["ContractScenarios", "PriceHistory", "ReturnKind", "ScenarioSet", "scenario_set"]


class ReturnKind(StrEnum):
    """How a past move is carried to today's price: as a difference or as a ratio."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


class PriceHistory(Frozen):
    """Daily moves of one contract, or of the contract held at the time.

    Entry i is the move of **one same contract** from its close before ``days[i]`` to its close of
    that day: a roll is no move.  ``days`` are ascending ``CCYYMMDD`` numbers.
    ``point_value_micros`` is money per whole point and lot; ``price_nanos`` today's price.
    """

    contract: str
    currency: str
    point_value_micros: int
    price_nanos: int
    returns: ReturnKind
    days: tuple[int, ...]
    from_nanos: tuple[int, ...]
    to_nanos: tuple[int, ...]
    option_value_micros: int = 0


class ContractScenarios(Frozen):
    """Profit (positive) or loss of one long lot per scenario, in micros of the currency.

    ``option_value_micros`` is what one long lot is worth where premium was paid (rule R3).
    """

    contract: str
    currency: str
    profit_micros: tuple[int, ...]
    option_value_micros: int = 0


class ScenarioSet(Frozen):
    """Scenarios of one length for all contracts; ``days[s]`` is the last day of scenario s."""

    horizon_days: int
    days: tuple[int, ...]
    contracts: tuple[ContractScenarios, ...]


def scenario_set(
    histories: Sequence[PriceHistory],
    days: Sequence[int],
    *,
    horizon_days: int = 2,
    scenarios: int = 500,
    missing_days_max: int = 25,
) -> ScenarioSet:
    """Return the newest ``scenarios`` moves of ``horizon_days`` days up to the last of ``days``.

    Args:
        histories: one per contract; a stand-in for a young contract is another's history under
            its name.
        days: the trading days, ascending ``CCYYMMDD``.
        horizon_days: days of one move.
        scenarios: how many moves.
        missing_days_max: a history may lack this many days of the window; on such a day the
            contract did not move, its next move covers both.

    Raises:
        MarginRefused: too few days, or a history that cannot fill the window.
    """
    assert horizon_days >= 1, horizon_days
    assert scenarios >= 1, scenarios
    length = scenarios + horizon_days - 1
    if len(days) < length:
        raise MarginRefused([f"{scenarios} scenarios need {length} trading days, not {len(days)}"])
    window = tuple(days[-length:])
    names = [history.contract for history in histories]
    faults = [f"{name}: two histories" for name in sorted({*names}) if names.count(name) > 1]
    for history in histories:
        faults.extend(_history_faults(history, window, missing_days_max))
    if faults:
        raise MarginRefused(faults)
    return ScenarioSet(
        horizon_days=horizon_days,
        days=window[horizon_days - 1 :],
        contracts=tuple(_scenarios(history, window, horizon_days) for history in histories),
    )


def _history_faults(
    history: PriceHistory, window: tuple[int, ...], missing_days_max: int
) -> list[str]:
    name, days = history.contract, history.days
    if not len(days) == len(history.from_nanos) == len(history.to_nanos):
        return [f"{name}: days, from_nanos and to_nanos differ in length"]
    faults = []
    if any(later <= earlier for earlier, later in pairwise(days)):
        faults.append(f"{name}: days are not ascending")
    if not days or days[0] > window[0]:
        first = days[0] if days else "no day at all"
        faults.append(f"{name}: history begins with {first}, the window with {window[0]}")
    known = frozenset(days)
    missing = sum(1 for day in window if day not in known)
    if missing > missing_days_max:
        faults.append(
            f"{name}: {missing} of {len(window)} days missing, at most {missing_days_max} may be"
        )
    if history.returns is ReturnKind.RELATIVE:
        prices = (history.price_nanos, *history.from_nanos, *history.to_nanos)
        if min(prices) <= 0:
            faults.append(f"{name}: relative moves need prices above zero; state absolute ones")
    return faults


def _scenarios(
    history: PriceHistory, window: tuple[int, ...], horizon_days: int
) -> ContractScenarios:
    moves: Mapping[int, tuple[int, int]] = {
        day: (start, end)
        for day, start, end in zip(history.days, history.from_nanos, history.to_nanos, strict=True)
    }
    profits = []
    for last in range(horizon_days - 1, len(window)):
        held = [moves[day] for day in window[last + 1 - horizon_days : last + 1] if day in moves]
        profits.append(_profit(history, held))
    return ContractScenarios(
        contract=history.contract,
        currency=history.currency,
        profit_micros=tuple(profits),
        option_value_micros=history.option_value_micros,
    )


def _profit(history: PriceHistory, moves: Sequence[tuple[int, int]]) -> int:
    if history.returns is ReturnKind.ABSOLUTE:
        difference = sum(end - start for start, end in moves)
        return divide_half_away(difference * history.point_value_micros, NANOS)
    grown, base = 1, 1
    for start, end in moves:
        grown, base = grown * end, base * start
    # One rounding for the whole move: the ratio of prices is never rounded by itself.
    gain = history.price_nanos * (grown - base) * history.point_value_micros
    return divide_half_away(gain, base * NANOS)
