"""Choosing and sizing substitutes from deviations and correlations: integers, rounded down."""

from collections.abc import Iterable
from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_floor
from fencang.messages.substitution_commands import Correlation, Deviation
from fencang.refdata.substitute import Substitute, SubstituteMode

__all__ = ["Moves", "Sized", "correlation_fault", "sized_lots"]


class Sized(NamedTuple):
    """What a substitute would come to, and the numbers it comes from."""

    lots: int
    own_risk_micros: int
    to_risk_micros: int
    correlation_ppm: int
    as_of_ns: int


class Moves:
    """The last deviations and correlations that were reported."""

    __slots__ = ("correlations", "deviations")

    def __init__(self) -> None:
        self.deviations: dict[str, tuple[int, int]] = {}
        """Contract or product → (deviation in nanos, as of)."""
        self.correlations: dict[tuple[str, str], tuple[int, int]] = {}
        """Two scopes in order → (parts per million, as of)."""

    def take(
        self, as_of_ns: int, deviations: Iterable[Deviation], correlations: Iterable[Correlation]
    ) -> None:
        """Take over what is no older than what is known."""
        for each in deviations:
            if self.deviations.get(each.scope_id, (0, -1))[1] <= as_of_ns:
                self.deviations[each.scope_id] = each.deviation_nanos, as_of_ns
        for pair in correlations:
            key = _pair(pair.scope_id, pair.other_scope_id)
            if self.correlations.get(key, (0, -1))[1] <= as_of_ns:
                self.correlations[key] = pair.correlation_ppm, as_of_ns

    def deviation(self, scope_ids: tuple[str, ...]) -> tuple[int, int] | None:
        """Return deviation and time of the narrowest scope that has one."""
        return next((self.deviations[key] for key in scope_ids if key in self.deviations), None)

    def correlation(
        self, scope_ids: tuple[str, ...], other_ids: tuple[str, ...]
    ) -> tuple[int, int] | None:
        """Return correlation and time of the narrowest scopes that have one."""
        for one in scope_ids:
            for other in other_ids:
                found = self.correlations.get(_pair(one, other))
                if found is not None:
                    return found
        return None


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)


def correlation_fault(row: Substitute, correlation_ppm: int) -> str:
    """Return why a correlation does not allow the substitute; empty where it does."""
    bound = row.correlation_ppm
    if row.mode is SubstituteMode.DIVERSIFY and abs(correlation_ppm) > bound:
        return f"correlation {correlation_ppm} ppm is more than {bound} either way"
    if row.mode is SubstituteMode.PROXY and correlation_ppm < bound:
        return f"correlation {correlation_ppm} ppm is less than {bound}"
    return ""


def sized_lots(
    mode: SubstituteMode,
    excess_lots: int,
    own_risk_micros: int,
    to_risk_micros: int,
    correlation_ppm: int,
) -> int:
    """Return the whole lots that stand for an excess, rounded down.

    Equal volatility: excess × own risk / other risk.  Beta: that times the correlation, which is
    the slope of one market's move on the other's.
    """
    assert to_risk_micros > 0, to_risk_micros
    risk = excess_lots * own_risk_micros
    if mode is SubstituteMode.PROXY:
        return divide_floor(risk * correlation_ppm, to_risk_micros * PPM)
    return divide_floor(risk, to_risk_micros)
