"""Faults of parameters and portfolio that would make a margin meaningless; all are collected."""

from collections.abc import Iterator

from fencang.margin.rates.instrument import (
    CommodityOption,
    Instrument,
    OptionRight,
    PositionKey,
    PositionSide,
    SideScope,
)
from fencang.margin.rates.lot_margin import (
    order_price,
    today_price,
    underlying_price,
    yesterday_price,
)
from fencang.margin.rates.parameters import RateParameters, RateStage
from fencang.margin.rates.portfolio import Position, RatePortfolio

__all__ = ["faults_of"]


def faults_of(parameters: RateParameters, portfolio: RatePortfolio) -> list[str]:
    """Return what is wrong with the rows a portfolio needs, each with its place (from 1).

    Rows of parameters that no position and no order touches are not looked at.
    """
    if parameters.conventions.rounding_micros < 1:
        return ["conventions: rounding_micros must be at least 1"]
    faults = []
    for place, position in enumerate(portfolio.positions, 1):
        where = f"position {place} ({' '.join(position.key)})"
        found = [*_lot_faults(position), *_key_faults(parameters, portfolio, position.key)]
        if not found:
            found = list(_price_faults(parameters, portfolio, position))
        faults += [f"{where}: {fault}" for fault in found]
    for place, order in enumerate(portfolio.orders, 1):
        where = f"order {place} ({' '.join(order.key)})"
        found = list(_key_faults(parameters, portfolio, order.key))
        if order.lots < 0:
            found.append(f"lots {order.lots} are below zero")
        if not found and order_price(parameters, portfolio, order) is None:
            found.append("the quote lacks the price that its margin is frozen at")
        faults += [f"{where}: {fault}" for fault in found]
    return faults


def _lot_faults(position: Position) -> Iterator[str]:
    if position.yesterday_lots < 0:
        yield f"yesterday_lots {position.yesterday_lots} are below zero"
    for lots, _ in position.today:
        if lots < 0:
            yield f"{lots} lots opened today are below zero"


def _key_faults(
    parameters: RateParameters, portfolio: RatePortfolio, key: PositionKey
) -> Iterator[str]:
    instrument = parameters.instruments.get(key.instrument_id)
    if instrument is None:
        yield "the instrument is unknown"
        return
    yield from _instrument_faults(instrument)
    if key.instrument_id not in portfolio.quotes:
        yield "the instrument has no quote"
    combined = parameters.combinations.instrument_ids
    if instrument.side_scope is not SideScope.BOTH_SIDES and key.instrument_id in combined:
        yield "the instrument has a larger side and combinations; only one of them can hold"
    option = instrument.option
    if option is None:
        yield from _rate_faults(parameters, portfolio, key)
    elif key.side is PositionSide.SHORT:
        yield from _underlying_faults(parameters, portfolio, option.underlying_id)
        if isinstance(option, CommodityOption):
            side = PositionSide.SHORT if option.right is OptionRight.CALL else PositionSide.LONG
            key = PositionKey(option.underlying_id, side, key.hedge_flag)
            if option.underlying_id not in parameters.instruments:
                yield f"the underlying {option.underlying_id} is unknown"
        yield from _rate_faults(parameters, portfolio, key)


def _instrument_faults(instrument: Instrument) -> Iterator[str]:
    if instrument.point_value_micros < 1:
        yield f"point_value_micros {instrument.point_value_micros} must be at least 1"
    if instrument.floor_micros < 0:
        yield f"floor_micros {instrument.floor_micros} is below zero"


def _underlying_faults(
    parameters: RateParameters, portfolio: RatePortfolio, underlying_id: str
) -> Iterator[str]:
    if underlying_id not in portfolio.quotes:
        yield f"the underlying {underlying_id} has no quote"
    elif underlying_price(parameters, portfolio, underlying_id) is None:
        yield f"the quote of the underlying {underlying_id} lacks the price that is chosen for it"


def _rate_faults(
    parameters: RateParameters, portfolio: RatePortfolio, key: PositionKey
) -> Iterator[str]:
    stage = parameters.stage(key.instrument_id, key.hedge_flag, portfolio.day)
    if stage is None:
        yield (
            f"no rate of {key.instrument_id} for hedge flag {key.hedge_flag} is in force on "
            f"{portfolio.day}"
        )
        return
    begins = [row.from_day for row in parameters.rates[key.instrument_id, key.hedge_flag]]
    if begins.count(stage.from_day) > 1:
        yield f"{key.instrument_id} has two stages from {stage.from_day} on"
    yield from _negative_rates(stage, key)


def _negative_rates(stage: RateStage, key: PositionKey) -> Iterator[str]:
    for who, rate in (
        ("exchange", stage.exchange.of(key.side)),
        ("broker", stage.broker_rate(key.side)),
    ):
        if rate.ratio_ppm < 0 or rate.amount_micros < 0:
            yield f"the {who}'s {key.side} rate of {key.instrument_id} is below zero"


def _price_faults(
    parameters: RateParameters, portfolio: RatePortfolio, position: Position
) -> Iterator[str]:
    instrument = parameters.instruments[position.instrument_id]
    if position.yesterday_lots and yesterday_price(parameters, portfolio, instrument) is None:
        yield "the quote lacks the price of lots of yesterday"
    if any(
        lots and today_price(parameters, portfolio, instrument, price) is None
        for lots, price in position.today
    ):
        yield "the quote lacks the price of lots of today"
