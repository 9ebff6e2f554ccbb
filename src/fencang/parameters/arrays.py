"""Risk arrays computed where the file has none: intraday, new strikes, what-if.

    value_s = round(factor × [price now − price(F + u_s × range, vol_s, T − look-ahead)]) × weight_s

in risk units per lot, losses of a long lot positive; both roundings half away from zero, the second
in integers.  The look-ahead of one day counts also where the record states zero, and each option
has the volatility its own price implies.  Formulas and scan points are data (``SeriesModel``).

A price is a float, and another platform's exponential may differ in its last bit: a value whose
exact size lies within some 1e-9 of a half may round the other way there.  Arrays are therefore
computed once, outside the engine, and enter it as integers by command.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.basics.price import NANOS, format_price
from fencang.basics.rounding import divide_half_away
from fencang.margin.span.parameters import (
    ContractRight,
    ContractTable,
    ProductFamily,
    ScanPoint,
    Series,
)
from fencang.messages.margin_commands import RiskArray
from fencang.parameters.option_chain import OptionChain, VolatilitySource
from fencang.parameters.pricing.formulas import Floats, deltas, prices, rounded
from fencang.parameters.pricing.model import MODEL_VERSION, SeriesModel

__all__ = [
    "VALUE_MAX",
    "ComputedArrays",
    "UncomputableSeries",
    "compute_arrays",
    "risk_arrays",
]

VALUE_MAX = 10**15
"""Largest magnitude of a value, in risk units: beyond it a double no longer counts in ones."""

_MILLION = 1_000_000
_DAYS_A_YEAR = 365


class UncomputableSeries(ValueError):
    """The data of a series do not allow arrays; ``faults`` lists everything that is wrong."""

    def __init__(self, series: Series, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{series.family} {series.period}: " + "; ".join(faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedArrays:
    """Computed rows of one series; ``columns`` are those of ``ContractTable`` that hold numbers.

    ``origin`` names formula and version, ``volatility_source`` says per row which volatility.
    """

    series: Series
    columns: dict[str, NDArray[Any]]
    volatility_source: NDArray[np.int8]
    origin: str
    risk_unit_micros: int

    def __len__(self) -> int:
        return len(self.columns["right"])

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the rows' contract keys as ``margin.span.keys`` spells them."""
        family, _, kind = self.series.family.rpartition("/")
        exchange, _, code = family.partition("/")
        head = [exchange, code.replace("/", ":"), kind]
        head += [self.series.period] if self.series.period else []
        underlying = self.series.underlying_period
        tail = [underlying] if underlying and underlying != self.series.period else []
        keys = []
        for right, strike in zip(self.columns["right"], self.columns["strike_nanos"], strict=True):
            if right == ContractRight.NONE:
                keys.append("/".join(head))
            else:
                letter = "C" if right == ContractRight.CALL else "P"
                keys.append("/".join([*head, letter, format_price(int(strike)), *tail]))
        return tuple(keys)


def risk_arrays(computed: ComputedArrays) -> tuple[RiskArray, ...]:
    """Return computed rows as the command ``LoadRiskArrays`` carries them into a desk.

    They are in the risk unit they were computed in, which must be that of the file in force.
    """
    deltas, values = computed.columns["delta_e4"], computed.columns["values"]
    return tuple(
        RiskArray(key, tuple(int(value) for value in values[row]), int(deltas[row]))
        for row, key in enumerate(computed.keys)
    )


class _Scene(NamedTuple):
    # Everything of a series in the units of the formulas.
    model: SeriesModel
    forward: float
    range_price: float
    units_per_point: float
    years: float
    years_after: float
    rate: float
    carry: float
    volatility_scan: float
    is_relative: bool

    @property
    def switch_price(self) -> float:
        return self.range_price * self.model.switch_scan_ranges_e3 / 1_000

    def moved(self, scan_ranges: Floats) -> Floats:
        """Return the underlying after the look-ahead: spot moves, the carry of a day is gone."""
        faded = self.forward * np.exp(-self.carry * (self.years - self.years_after))
        grown: Floats = self.range_price * np.exp(self.carry * self.years_after) * scan_ranges
        return np.asarray(faded + grown, dtype=np.float64)


class _Found(NamedTuple):
    columns: dict[str, NDArray[Any]]
    source: NDArray[np.int8]
    formula: str


def compute_arrays(
    series: Series,
    scan_points: Sequence[ScanPoint],
    *,
    family: ProductFamily,
    model: SeriesModel,
    underlying_price_nanos: int | None = None,
    chain: OptionChain | None = None,
    risk_unit_micros: int = _MILLION,
) -> ComputedArrays:
    """Return the arrays and composite deltas of a series' options, or of its future.

    Args:
        series: scan ranges, rates, and time to expiry (intraday: what is left now).
        scan_points: the scenarios of the parameter set.
        family: the series' product family.
        model: formula, carry, look-ahead (``model_of``).
        underlying_price_nanos: of the future (its own), or the forward of the options' expiry; the
            series' reference price where None.
        chain: the options; None for a future.
        risk_unit_micros: risk unit of the combined commodity.

    Raises:
        UncomputableSeries: with every fault of the data.
    """
    if underlying_price_nanos is None:
        underlying_price_nanos = series.reference_price_nanos
    factor_e7 = series.value_factor_e7 or family.value_factor_e7
    faults = _faults(series, scan_points, factor_e7, underlying_price_nanos)
    faults += _chain_faults(family, chain)
    if faults or underlying_price_nanos is None:
        raise UncomputableSeries(series, faults)
    scene = _scene(series, model, factor_e7, risk_unit_micros, underlying_price_nanos / NANOS)
    if chain is None:
        found = _future(series, scan_points, scene, underlying_price_nanos)
    else:
        found = _options(series, scan_points, scene, chain)
    return _arrays(series, found, factor_e7, risk_unit_micros)


def _arrays(series: Series, found: _Found, factor_e7: int, risk_unit_micros: int) -> ComputedArrays:
    if np.abs(found.columns["values"]).max(initial=0) > VALUE_MAX:
        raise UncomputableSeries(series, [f"a value exceeds {VALUE_MAX} risk units"])
    rows = len(found.source)
    constants: dict[str, NDArray[Any]] = {
        "value_factor_e7": np.full(rows, factor_e7, dtype=np.int64),
        "delta_scaling_e4": np.full(rows, series.delta_scaling_e4, dtype=np.int32),
        "price_scan_range": np.full(rows, series.price_scan_range, dtype=np.int64),
    }
    return ComputedArrays(
        series=series,
        columns=found.columns | constants,
        volatility_source=found.source,
        origin=f"{found.formula} {MODEL_VERSION}",
        risk_unit_micros=risk_unit_micros,
    )


def _faults(
    series: Series,
    scan_points: Sequence[ScanPoint],
    factor_e7: int,
    underlying_price_nanos: int | None,
) -> list[str]:
    faults = []
    if factor_e7 <= 0:
        faults.append(f"contract value factor {factor_e7} (1e-7) is not above zero")
    if series.price_scan_range < 0:
        faults.append(f"price scan range {series.price_scan_range} is below zero")
    if underlying_price_nanos is None:
        faults.append("no underlying price: neither given nor the series' reference price")
    faults += [
        f"scan point {point.number}: a denominator is not above zero"
        for point in scan_points
        if point.price_denominator <= 0 or point.volatility_denominator <= 0
    ]
    return faults


def _chain_faults(family: ProductFamily, chain: OptionChain | None) -> list[str]:
    if (chain is not None) != family.kind.is_option:
        return ["a chain of options is needed for option families, and for no other"]
    if chain is None:
        return []
    assert len({len(column) for column in chain}) == 1, [len(column) for column in chain]
    is_known = np.isin(chain.right, (ContractRight.CALL, ContractRight.PUT))
    return [
        f"option {row}: right {chain.right[row]} is neither call (1) nor put (2)"
        for row in np.flatnonzero(~is_known)
    ] + [
        f"option {row}: volatility {chain.volatility_e6[row]} (1e-6) is below zero"
        for row in np.flatnonzero(chain.volatility_e6 < 0)
    ]


def _scene(
    series: Series, model: SeriesModel, factor_e7: int, risk_unit_micros: int, forward: float
) -> _Scene:
    years = max(0, series.expiry_years_e6) / _MILLION
    look_ahead = series.look_ahead_years_e6 / _MILLION or model.look_ahead_days / _DAYS_A_YEAR
    units_per_point = factor_e7 / 10 / risk_unit_micros
    return _Scene(
        model=model,
        forward=forward,
        range_price=series.price_scan_range / units_per_point,
        units_per_point=units_per_point,
        years=years,
        years_after=max(0.0, years - look_ahead),
        rate=series.interest_rate_e6 / _MILLION,
        carry=model.carry_rate_e6 / _MILLION,
        volatility_scan=series.volatility_scan_e6 / _MILLION,
        is_relative=series.volatility_scan_is_relative,
    )


def _move(point: ScanPoint, series: Series, model: SeriesModel) -> tuple[int, int, int]:
    # Price move in scan ranges as a fraction, and the share that counts.
    if point.paired_number == point.number and not model.is_extreme_of_points:
        sign = (point.price_numerator > 0) - (point.price_numerator < 0)
        return sign * series.extreme_multiplier_e3, 1_000, series.cover_ppm
    return point.price_numerator, point.price_denominator, point.weight_ppm


def _weighted(losses: NDArray[np.int64], weights_ppm: Sequence[int]) -> NDArray[np.int64]:
    values = losses.copy()
    for column, weight in enumerate(weights_ppm):
        if weight != _MILLION:
            values[:, column] = [
                divide_half_away(int(loss) * weight, _MILLION) for loss in losses[:, column]
            ]
    return values


def _future(
    series: Series, scan_points: Sequence[ScanPoint], scene: _Scene, price_nanos: int
) -> _Found:
    moves = [_move(point, series, scene.model) for point in scan_points]
    if scene.carry:
        moved = scene.moved(np.array([numerator / whole for numerator, whole, _ in moves]))
        losses = rounded((scene.forward - moved) * scene.units_per_point)
    else:
        exact = [divide_half_away(-n * series.price_scan_range, whole) for n, whole, _ in moves]
        losses = np.array(exact, dtype=np.int64)
    one = np.array([10_000], dtype=np.int32)
    columns: dict[str, NDArray[Any]] = {
        "right": np.array([ContractRight.NONE], dtype=np.int8),
        "strike_nanos": np.zeros(1, dtype=np.int64),
        "price_nanos": np.array([price_nanos], dtype=np.int64),
        "volatility_e6": np.zeros(1, dtype=np.int64),
        "delta_e4": one,
        "current_delta_e4": one,
        "values": _weighted(losses[np.newaxis, :], [weight for *_, weight in moves]),
    }
    source = np.array([VolatilitySource.NONE], dtype=np.int8)
    return _Found(columns, source, "carried" if scene.carry else "linear")


def _options(
    series: Series, scan_points: Sequence[ScanPoint], scene: _Scene, chain: OptionChain
) -> _Found:
    volatility_e6, source = chain.volatilities(
        scene.model.formula,
        forward=scene.forward,
        years=scene.years,
        rate=scene.rate,
        switch_price=scene.switch_price,
        otherwise_e6=series.volatility_e6,
        prefers_outside=scene.model.prefers_outside_volatility,
    )
    strike, volatility = chain.strike_nanos / NANOS, volatility_e6 / _MILLION
    formula, ends = scene.model.formula, (scene.rate, scene.switch_price)
    today = (chain.right, scene.forward, strike, volatility, scene.years, *ends)
    now = prices(formula, *today)
    moves = [_move(point, series, scene.model) for point in scan_points]
    after = prices(
        formula,
        chain.right[:, np.newaxis],
        scene.moved(np.array([numerator / whole for numerator, whole, _ in moves])),
        strike[:, np.newaxis],
        _scanned(scan_points, scene, volatility),
        scene.years_after,
        *ends,
    )
    losses = rounded((now[:, np.newaxis] - after) * scene.units_per_point)
    is_quoted = chain.price_nanos != ContractTable.NO_PRICE
    current = _delta_e4(deltas(formula, *today) * np.exp(scene.carry * scene.years))
    composite = _composite_delta_e4(scene, chain.right, strike, volatility)
    columns: dict[str, NDArray[Any]] = {
        "right": np.asarray(chain.right, dtype=np.int8),
        "strike_nanos": np.asarray(chain.strike_nanos, dtype=np.int64),
        "price_nanos": np.where(is_quoted, chain.price_nanos, rounded(now * NANOS)),
        "volatility_e6": volatility_e6,
        "delta_e4": composite if scene.model.delta_points else current,
        "current_delta_e4": current,
        "values": _weighted(losses, [weight for *_, weight in moves]),
    }
    return _Found(columns, source, formula.label)


def _scanned(points: Sequence[ScanPoint], scene: _Scene, volatility: Floats) -> Floats:
    # Volatility of each option (rows) in each scenario (columns), at least zero.
    shares = np.array([p.volatility_numerator / p.volatility_denominator for p in points])
    scan = scene.volatility_scan * shares
    own = volatility[:, np.newaxis]
    return np.asarray(np.maximum(0.0, own * (1.0 + scan) if scene.is_relative else own + scan))


def _composite_delta_e4(
    scene: _Scene, right: NDArray[np.int8], strike: Floats, volatility: Floats
) -> NDArray[np.int32]:
    # Weighted deltas over the price points after the look-ahead, volatility unchanged; to the spot
    # where the underlying carries.
    total = np.zeros(len(strike))
    for point in scene.model.delta_points:
        share = np.array([point.price_numerator / point.price_denominator])
        total += (point.weight_ppm / _MILLION) * (
            deltas(
                scene.model.formula,
                right,
                scene.moved(share),
                strike,
                volatility,
                scene.years_after,
                scene.rate,
                scene.switch_price,
            )
        )
    return _delta_e4(total * np.exp(scene.carry * scene.years_after))


def _delta_e4(deltas: Floats) -> NDArray[np.int32]:
    # No option moves more than its underlying; differences across the switch price may say 1.002.
    return rounded(np.clip(deltas, -1.0, 1.0) * 10_000).astype(np.int32)
