"""Margin of one lot at one price: futures by rate, short options by formula, long options nothing.

Nothing is rounded here.  A price at or below zero counts with its absolute value, never less than
the instrument's floor, and is flagged: by its sign the formula would give nothing or less.
"""

from typing import NamedTuple

from fencang.margin.rates.exact import EXACT, share_exact, value_exact
from fencang.margin.rates.instrument import (
    CommodityOption,
    IndexOption,
    Instrument,
    OptionRight,
    PositionKey,
    PositionSide,
)
from fencang.margin.rates.parameters import (
    FrozenPrice,
    MarginPrice,
    Rate,
    RateParameters,
    RoyaltyPrice,
)
from fencang.margin.rates.portfolio import Quote, RatePortfolio, Run, WorkingOrder
from fencang.margin.rates.result import LineFlag

__all__ = [
    "LotMargin",
    "future_lot_exact",
    "lot_margin",
    "order_price",
    "today_price",
    "underlying_price",
    "yesterday_price",
]


class LotMargin(NamedTuple):
    """Margin of one lot, exact, for exchange and broker."""

    exchange_exact: int
    broker_exact: int
    flags: tuple[LineFlag, ...] = ()


def yesterday_price(
    parameters: RateParameters, portfolio: RatePortfolio, instrument: Instrument
) -> int | None:
    """Return the price of lots carried over; None when the quote lacks it."""
    return today_price(parameters, portfolio, instrument, None)


def today_price(
    parameters: RateParameters,
    portfolio: RatePortfolio,
    instrument: Instrument,
    open_nanos: int | None,
) -> int | None:
    """Return the price of lots opened at ``open_nanos`` (None: yesterday); premium for options."""
    quote = portfolio.quotes[instrument.instrument_id]
    if portfolio.run is Run.SETTLEMENT:
        return quote.settlement_nanos
    conventions = parameters.conventions
    if instrument.option is not None:
        return _royalty(conventions.royalty_price, quote, open_nanos)
    choice = conventions.yesterday_price if open_nanos is None else conventions.today_price
    return _chosen(choice, quote, open_nanos)


def underlying_price(
    parameters: RateParameters, portfolio: RatePortfolio, underlying_id: str
) -> int | None:
    """Return the price of an option's underlying; None when the quote lacks it."""
    quote = portfolio.quotes[underlying_id]
    if portfolio.run is Run.SETTLEMENT:
        return quote.settlement_nanos
    return _chosen(parameters.conventions.underlying_price, quote, None)


def order_price(
    parameters: RateParameters, portfolio: RatePortfolio, order: WorkingOrder
) -> int | None:
    """Return the price that an order's margin is frozen at."""
    if portfolio.run is Run.SETTLEMENT:
        return portfolio.quotes[order.instrument_id].settlement_nanos
    limit = order.limit_price_nanos
    if parameters.conventions.frozen_price is FrozenPrice.LIMIT and limit is not None:
        return limit
    return portfolio.quotes[order.instrument_id].previous_settlement_nanos


def lot_margin(
    parameters: RateParameters, portfolio: RatePortfolio, key: PositionKey, price_nanos: int
) -> LotMargin:
    """Return the margin of one lot of a position line, from input that ``faults_of`` accepts."""
    instrument = parameters.instruments[key.instrument_id]
    option = instrument.option
    if option is None:
        exchange, broker = _rates(parameters, portfolio, key)
        return LotMargin(
            future_lot_exact(instrument, exchange, price_nanos),
            future_lot_exact(instrument, broker, price_nanos),
            _flags(instrument, is_flagged=price_nanos <= 0),
        )
    if key.side is PositionSide.LONG:
        return LotMargin(0, 0)
    underlying_nanos = underlying_price(parameters, portfolio, option.underlying_id)
    assert underlying_nanos is not None, option.underlying_id
    exchange_exact, broker_exact = (
        _short_option_exact(
            parameters, portfolio, key, price_nanos, underlying_nanos, is_broker=is_broker
        )
        for is_broker in (False, True)
    )
    flagged = price_nanos < 0 or underlying_nanos <= 0
    return LotMargin(exchange_exact, broker_exact, _flags(instrument, is_flagged=flagged))


def future_lot_exact(instrument: Instrument, rate: Rate, price_nanos: int) -> int:
    """Return ratio × value + amount of one lot, at least its floor, never below zero."""
    value = value_exact(price_nanos, instrument.point_value_micros)
    margin = share_exact(value, rate.ratio_ppm) + rate.amount_micros * EXACT
    return max(margin, instrument.floor_micros * EXACT, 0)


def _short_option_exact(
    parameters: RateParameters,
    portfolio: RatePortfolio,
    key: PositionKey,
    premium_nanos: int,
    underlying_nanos: int,
    *,
    is_broker: bool,
) -> int:
    instrument = parameters.instruments[key.instrument_id]
    option = instrument.option
    assert option is not None, key
    is_call = option.right is OptionRight.CALL
    distance = option.strike_nanos - underlying_nanos
    out_of_money = value_exact(
        max(distance if is_call else -distance, 0), instrument.point_value_micros
    )
    if isinstance(option, CommodityOption):
        # Exercise gives a short call a short future, a short put a long one.
        side = PositionSide.SHORT if is_call else PositionSide.LONG
        future = PositionKey(option.underlying_id, side, key.hedge_flag)
        underlying = parameters.instruments[option.underlying_id]
        rate = _rates(parameters, portfolio, future)[is_broker]
        margin = future_lot_exact(underlying, rate, underlying_nanos) * option.underlying_lots
        risk = _commodity_risk_exact(option, margin, out_of_money)
    else:
        rate = _rates(parameters, portfolio, key)[is_broker]
        risk = _index_risk_exact(instrument, option, rate, underlying_nanos, out_of_money)
    premium = value_exact(premium_nanos, instrument.point_value_micros)
    return max(premium + risk, instrument.floor_micros * EXACT, 0)


def _commodity_risk_exact(option: CommodityOption, margin: int, out_of_money: int) -> int:
    full = margin - share_exact(out_of_money, option.out_of_money_share_ppm)
    return max(full, share_exact(margin, option.minimum_share_ppm))


def _index_risk_exact(
    instrument: Instrument,
    option: IndexOption,
    rate: Rate,
    underlying_nanos: int,
    out_of_money: int,
) -> int:
    value = value_exact(underlying_nanos, instrument.point_value_micros)
    basis = value
    if option.right is OptionRight.PUT:
        basis = value_exact(option.strike_nanos, instrument.point_value_micros)
    full = share_exact(value, rate.ratio_ppm) - out_of_money
    least = share_exact(share_exact(basis, rate.ratio_ppm), option.minimum_share_ppm)
    return max(full, least) + rate.amount_micros * EXACT


def _rates(
    parameters: RateParameters, portfolio: RatePortfolio, key: PositionKey
) -> tuple[Rate, Rate]:
    stage = parameters.stage(key.instrument_id, key.hedge_flag, portfolio.day)
    assert stage is not None, key
    return stage.exchange.of(key.side), stage.broker_rate(key.side)


def _chosen(choice: MarginPrice, quote: Quote, open_nanos: int | None) -> int | None:
    match choice:
        case MarginPrice.PREVIOUS_SETTLEMENT:
            return quote.previous_settlement_nanos
        case MarginPrice.LATEST:
            return quote.latest_nanos
        case MarginPrice.AVERAGE_TRADE:
            return quote.average_nanos
        case MarginPrice.OPEN:
            # Lots carried over were restated to the previous settlement overnight.
            return quote.previous_settlement_nanos if open_nanos is None else open_nanos


def _royalty(choice: RoyaltyPrice, quote: Quote, open_nanos: int | None) -> int:
    match choice:
        case RoyaltyPrice.PREVIOUS_SETTLEMENT:
            return quote.previous_settlement_nanos
        case RoyaltyPrice.OPEN:
            return quote.previous_settlement_nanos if open_nanos is None else open_nanos
        case RoyaltyPrice.LATEST_OR_PREVIOUS if quote.latest_nanos is not None:
            return max(quote.latest_nanos, quote.previous_settlement_nanos)
        case RoyaltyPrice.LATEST_OR_PREVIOUS:
            return quote.previous_settlement_nanos


def _flags(instrument: Instrument, *, is_flagged: bool) -> tuple[LineFlag, ...]:
    if not is_flagged:
        return ()
    if instrument.floor_micros:
        return (LineFlag.PRICE_NOT_POSITIVE,)
    return (LineFlag.PRICE_NOT_POSITIVE, LineFlag.NO_FLOOR)
