"""Exposure in value: what a lot counts, how it counts in a sum, and what a row says to the sum.

Prices may be zero or negative: a lot counts its absolute value at the mark, what margin asks for it
where that is more, and never less than a stated number of ticks.
"""

from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling
from fencang.limits.evaluation import Evaluation
from fencang.limits.limit_warnings import Watched, watched
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.reasons import Reason
from fencang.refdata.contract import Contract, OptionRight, Product

__all__ = [
    "BETA",
    "GROSS",
    "MEASURES",
    "NET",
    "SHARE",
    "Beta",
    "LotValue",
    "Measure",
    "Weights",
    "exposure_evaluation",
    "exposure_refusal",
    "floor_micros",
    "lot_value",
    "weights",
]


class Measure(NamedTuple):
    """One number that a row may bound."""

    name: str
    reason: Reason
    unit: str
    words: str
    watched: Watched


def _measure(name: str, reason: Reason, unit: str, words: str) -> Measure:
    return Measure(name, reason, unit, words, watched(name, reason))


GROSS = _measure("gross exposure", Reason.GROSS_EXPOSURE, "micros", "gross value")
NET = _measure("net exposure", Reason.NET_EXPOSURE, "micros", "net value")
BETA = _measure("beta-weighted exposure", Reason.BETA_EXPOSURE, "micros", "beta-weighted net value")
SHARE = _measure("concentration", Reason.CONCENTRATION, "ppm", "share of one product")
MEASURES = (GROSS, NET, BETA, SHARE)
"""In the order that a row asks them in."""


class Beta(NamedTuple):
    """What a contract or product moves with an index, and who said so of when."""

    beta_ppm: int
    as_of_ns: int
    source: str


class LotValue(NamedTuple):
    """What one lot is worth, and whether buying it is a bet on falling prices."""

    micros: int
    is_turned: bool


def lot_value(
    product: Product,
    contract: Contract,
    mark_nanos: int | None,
    *,
    delta_ppm: int | None = None,
    underlying_nanos: int | None = None,
    margin_micros: int = 0,
) -> LotValue:
    """Return the absolute value of one lot in micros of the product's currency.

    An option counts its delta times its underlying's value, where both are known, else its strike.
    ``margin_micros`` is what margin asks for one lot by itself.
    """
    is_turned = False
    if product.option is None:
        worth = abs(product.value_micros(mark_nanos or 0, 1))
    elif delta_ppm is not None and underlying_nanos is not None:
        value = abs(product.value_micros(underlying_nanos, 1))
        worth = divide_ceiling(value * abs(delta_ppm), PPM)
    else:
        worth = abs(product.value_micros(contract.strike_nanos or 0, 1))
    if product.option is not None:
        is_turned = contract.right is OptionRight.PUT if not delta_ppm else delta_ppm < 0
    return LotValue(max(worth, margin_micros), is_turned)


def floor_micros(product: Product, floor_ticks: int) -> int:
    """Return what a lot counts at least: the value of so many ticks."""
    return product.value_micros(floor_ticks * product.tick_nanos, 1)


class Weights(NamedTuple):
    """What one lot of a contract counts in the sums of one row, in micros.

    ``value`` in gross; a lot bought counts ``value`` in the net long sum, turned in the short one.
    ``beta`` is value times the beta's size, in parts per million of a micro; of a beta that is not
    known every lot of gross counts in both sums.
    """

    value: int
    is_turned: bool
    beta: int
    is_beta_turned: bool
    is_beta_unknown: bool


def weights(lot: LotValue, floor: int, beta_ppm: int | None, beta_unknown_ppm: int) -> Weights:
    """Return what a lot counts; ``beta_ppm`` is None where it is not known or too old."""
    value = max(lot.micros, floor)
    if beta_ppm is None:
        return Weights(value, lot.is_turned, value * beta_unknown_ppm, False, True)
    is_turned = lot.is_turned != (beta_ppm < 0)
    return Weights(value, lot.is_turned, value * abs(beta_ppm), is_turned, False)


def exposure_refusal(
    measure: Measure, node_id: str, scope_id: str, limit: int, value: int, side: str = ""
) -> NodeRefusal:
    """Return the refusal of a number that is beyond its limit."""
    return (measure.reason, node_id, limit, value, _detail(measure, scope_id, limit, value, side))


def exposure_evaluation(
    measure: Measure,
    node_id: str,
    scope_id: str,
    limit: int,
    value: int,
    side: str = "",
    *,
    passes: bool,
) -> Evaluation:
    """Return what a row found, whether or not it passes."""
    return Evaluation(
        control=measure.name,
        reason=measure.reason,
        node_id=node_id,
        scope_id=scope_id,
        limit=limit,
        value=value,
        unit=measure.unit,
        passes=passes,
        detail=_detail(measure, scope_id, limit, value, side),
    )


def _detail(measure: Measure, scope_id: str, limit: int, value: int, side: str) -> str:
    where = "" if scope_id == "*" else f" in {scope_id}"
    way = f" {side}" if side else ""
    word = "is more than" if value > limit else "is within"
    return f"{measure.words}{way}{where} of {value} {measure.unit} {word} {limit}"
