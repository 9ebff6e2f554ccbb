"""Greeks of a contract in a SPAN file: the formula of its series at the volatility it brings.

For people only: floats of this kind never decide anything.  What is not known is said in words and
never guessed; then the file's composite delta is all there is.
"""

from typing import NamedTuple

import numpy as np

from fencang.basics.price import NANOS
from fencang.margin.span.parameters import ContractRight, ContractTable, Series, SpanParameters
from fencang.parameters.pricing.formulas import Floats, greeks, implied_volatilities
from fencang.parameters.pricing.model import SeriesModel, UnknownPricingCode, model_of

__all__ = ["OptionGreeks", "option_greeks", "underlying_price"]

_MILLION = 1_000_000


class OptionGreeks(NamedTuple):
    """Sensitivities of one long option to the price, the volatility and time.

    ``delta`` and ``gamma`` per point of the underlying, ``vega`` per unit of volatility (1.00 is
    100 % where the formula is lognormal), ``theta`` per year.  ``volatility_source`` is ``file``
    (stated for the contract), ``implied`` (by its price in the file) or ``series``.
    """

    delta: float
    gamma: float
    vega: float
    theta: float
    volatility: float
    volatility_source: str
    formula: str
    years: float


class _Scene(NamedTuple):
    right: int
    strike: float
    years: float
    rate: float
    switch_price: float


def underlying_price(parameters: SpanParameters, row: int) -> int | None:
    """Return the price in nanos that the file states for what an option is on."""
    table = parameters.contracts
    is_candidate = (table.commodity == table.commodity[row]) & (table.right == ContractRight.NONE)
    is_candidate &= table.period == table.underlying_period[row]
    is_candidate &= table.price_nanos != ContractTable.NO_PRICE
    found = np.flatnonzero(is_candidate)
    if len(found):
        return int(table.price_nanos[found[0]])
    place = int(table.series[row])
    return parameters.series[place].reference_price_nanos if place >= 0 else None


def option_greeks(
    parameters: SpanParameters, row: int, forward_nanos: int | None
) -> OptionGreeks | str:
    """Return the Greeks of an option's row at a price of its underlying, or what is missing.

    Without a price the file's own is taken.  A volatility that the file states for the contract
    comes before the one that its price implies, and that before its series' own.
    """
    table = parameters.contracts
    place = int(table.series[row])
    series = parameters.series[place] if place >= 0 else None
    if series is None or series.expiry_years_e6 <= 0:
        return "the file states no time to expiry"
    try:
        model = model_of(series, parameters.families[table.family[row]])
    except UnknownPricingCode as fault:
        return str(fault)
    scene = _scene(parameters, row, series, model)
    in_file = underlying_price(parameters, row)
    forward = in_file if forward_nanos is None else forward_nanos
    if forward is None:
        return "no price of the underlying, neither a mark nor in the file"
    volatility, source = _volatility(parameters, row, series, model, scene, in_file)
    if not source:
        return "the file brings no volatility: none stated and none implied by a price"
    return _at(model, scene, forward / NANOS, volatility, source)


def _at(
    model: SeriesModel, scene: _Scene, forward: float, volatility: float, source: str
) -> OptionGreeks:
    found = greeks(
        model.formula,
        scene.right,
        forward,
        scene.strike,
        volatility,
        scene.years,
        scene.rate,
        scene.switch_price,
    )
    return OptionGreeks(
        delta=_one(found.delta),
        gamma=_one(found.gamma),
        vega=_one(found.vega),
        theta=_one(found.theta),
        volatility=volatility,
        volatility_source=source,
        formula=model.formula.label,
        years=scene.years,
    )


def _one(values: Floats) -> float:
    return float(np.asarray(values).reshape(-1)[0])


def _scene(parameters: SpanParameters, row: int, series: Series, model: SeriesModel) -> _Scene:
    table = parameters.contracts
    unit = parameters.commodities[table.commodity[row]].risk_unit_micros
    units_per_point = int(table.value_factor_e7[row]) / 10 / unit
    range_price = series.price_scan_range / units_per_point if units_per_point else 0.0
    return _Scene(
        right=int(table.right[row]),
        strike=int(table.strike_nanos[row]) / NANOS,
        years=series.expiry_years_e6 / _MILLION,
        rate=series.interest_rate_e6 / _MILLION,
        switch_price=range_price * model.switch_scan_ranges_e3 / 1_000,
    )


def _volatility(
    parameters: SpanParameters,
    row: int,
    series: Series,
    model: SeriesModel,
    scene: _Scene,
    forward_nanos: int | None,
) -> tuple[float, str]:
    """Return a volatility and where it is from; nothing when there is none."""
    table = parameters.contracts
    if table.volatility_e6[row] > 0:
        return int(table.volatility_e6[row]) / _MILLION, "file"
    price = int(table.price_nanos[row])
    if price != ContractTable.NO_PRICE and forward_nanos is not None:
        implied = implied_volatilities(
            model.formula,
            scene.right,
            price / NANOS,
            forward_nanos / NANOS,
            scene.strike,
            scene.years,
            scene.rate,
            scene.switch_price,
        )
        found = _one(implied)
        if found > 0.0:
            return found, "implied"
    if series.volatility_e6 > 0:
        return series.volatility_e6 / _MILLION, "series"
    return 0.0, ""
