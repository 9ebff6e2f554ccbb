"""Position lines as layers of lots with equal margin, and the margin of pairs taken from them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from fencang.basics.rounding import divide_half_away
from fencang.margin.rates.combination import Combination, PairBasis, PairsFormed, match
from fencang.margin.rates.exact import EXACT, share_exact
from fencang.margin.rates.instrument import PositionKey
from fencang.margin.rates.lot_margin import lot_margin, today_price, yesterday_price
from fencang.margin.rates.parameters import RateParameters
from fencang.margin.rates.portfolio import RatePortfolio, Run
from fencang.margin.rates.result import LineFlag

__all__ = ["Exact", "Holding", "Layer", "PairMargin", "holdings_of", "pairs_of"]


class Exact(NamedTuple):
    """An exact amount for exchange and broker."""

    exchange: int = 0
    broker: int = 0

    def plus(self, other: "Exact", times: int = 1) -> "Exact":
        """Return the sum with a multiple of another amount."""
        return Exact(self.exchange + times * other.exchange, self.broker + times * other.broker)


class Layer(NamedTuple):
    """Lots of one age and price; ``lot`` is the margin of one of them."""

    is_today: bool
    price_nanos: int
    lots: int
    lot: Exact
    flags: tuple[LineFlag, ...]


class Holding(NamedTuple):
    """A position line: lots of yesterday first, then today's from the lowest price up."""

    key: PositionKey
    layers: tuple[Layer, ...]

    @property
    def lots(self) -> int:
        """Return all lots."""
        return sum(layer.lots for layer in self.layers)

    @property
    def alone(self) -> Exact:
        """Return the margin of all lots without any benefit."""
        total = Exact()
        for layer in self.layers:
            total = total.plus(layer.lot, layer.lots)
        return total

    @property
    def flags(self) -> tuple[LineFlag, ...]:
        """Return what was noticed at any of the layers."""
        noticed = dict.fromkeys(flag for layer in self.layers for flag in layer.flags)
        return tuple(sorted(noticed))


class PairMargin(NamedTuple):
    """Pairs formed: what they ask for, and what the lots of either leg ask for alone."""

    formed: PairsFormed
    margin: Exact
    first_alone: Exact
    second_alone: Exact


def holdings_of(parameters: RateParameters, portfolio: RatePortfolio) -> list[Holding]:
    """Return the position lines sorted by key, positions of one key added."""
    lots: dict[PositionKey, dict[tuple[bool, int], int]] = {}
    for position in portfolio.positions:
        instrument = parameters.instruments[position.instrument_id]
        found = lots.setdefault(position.key, {})
        rows = [(None, position.yesterday_lots)] if position.yesterday_lots else []
        for open_nanos, count in [*rows, *((price, count) for count, price in position.today)]:
            price = (
                yesterday_price(parameters, portfolio, instrument)
                if open_nanos is None
                else today_price(parameters, portfolio, instrument, open_nanos)
            )
            if count and price is not None:
                place = (open_nanos is not None, price)
                found[place] = found.get(place, 0) + count
    return [
        Holding(key, tuple(_layers(parameters, portfolio, key, lots[key])))
        for key in sorted(lots)
        if lots[key]
    ]


def _layers(
    parameters: RateParameters,
    portfolio: RatePortfolio,
    key: PositionKey,
    lots: Mapping[tuple[bool, int], int],
) -> Iterator[Layer]:
    for is_today, price in sorted(lots):
        lot = lot_margin(parameters, portfolio, key, price)
        amounts = Exact(lot.exchange_exact, lot.broker_exact)
        yield Layer(is_today, price, lots[is_today, price], amounts, lot.flags)


def pairs_of(
    parameters: RateParameters, portfolio: RatePortfolio, holdings: Sequence[Holding]
) -> list[PairMargin]:
    """Return the combinations that form, best priority first, with their margin."""
    with_today = portfolio.run is Run.SETTLEMENT or parameters.conventions.combines_today
    layers = {
        holding.key: [layer for layer in holding.layers if with_today or not layer.is_today]
        for holding in holdings
    }
    lots = {key: sum(layer.lots for layer in found) for key, found in layers.items()}
    return [
        _pair_margin(formed, layers)
        for formed in match(parameters.combinations, {k: n for k, n in lots.items() if n})
    ]


def _pair_margin(formed: PairsFormed, layers: Mapping[PositionKey, list[Layer]]) -> PairMargin:
    row = formed.combination
    first = _taken(layers[row.first.key], formed.pairs, row.first.lots)
    second = _taken(layers[row.second.key], formed.pairs, row.second.lots)
    margin = first_alone = second_alone = Exact()
    while first:
        pairs = min(first[-1][0], second[-1][0])
        one, other = _drawn(first, pairs), _drawn(second, pairs)
        first_alone = first_alone.plus(one, pairs)
        second_alone = second_alone.plus(other, pairs)
        margin = margin.plus(_of_one_pair(row, one, other), pairs)
    return PairMargin(formed, margin, first_alone, second_alone)


def _taken(layers: list[Layer], pairs: int, lots_per_pair: int) -> list[tuple[int, Exact]]:
    """Take the lots of pairs off the front of layers.

    Return runs (pairs, margin of the leg in one pair), the last first; a pair whose leg reaches
    over the end of a layer is a run of its own.
    """
    runs: list[tuple[int, Exact]] = []
    while pairs:
        layer = layers[0]
        whole = min(pairs, layer.lots // lots_per_pair)
        if whole:
            runs.append((whole, Exact().plus(layer.lot, lots_per_pair)))
            _shrink(layers, whole * lots_per_pair)
            pairs -= whole
            continue
        leg, missing = Exact(), lots_per_pair
        while missing:
            taken = min(missing, layers[0].lots)
            leg = leg.plus(layers[0].lot, taken)
            _shrink(layers, taken)
            missing -= taken
        runs.append((1, leg))
        pairs -= 1
    return runs[::-1]


def _shrink(layers: list[Layer], lots: int) -> None:
    rest = layers[0].lots - lots
    if rest:
        layers[0] = layers[0]._replace(lots=rest)
    else:
        del layers[0]


def _drawn(runs: list[tuple[int, Exact]], pairs: int) -> Exact:
    count, leg = runs.pop()
    if count > pairs:
        runs.append((count - pairs, leg))
    return leg


def _of_one_pair(row: Combination, first: Exact, second: Exact) -> Exact:
    both = first.plus(second)
    if row.margin_micros is not None:
        stated = row.margin_micros * EXACT
        broker = stated
        if both.exchange:
            broker = divide_half_away(stated * both.broker, both.exchange)
        return Exact(min(stated, both.exchange), min(broker, both.broker))
    assert row.coefficient_ppm is not None, row
    basis = {
        PairBasis.BOTH_LEGS: both,
        PairBasis.LARGER_LEG: Exact(*map(max, first, second)),
        PairBasis.SMALLER_LEG: Exact(*map(min, first, second)),
    }[row.basis]
    amounts = (share_exact(amount, row.coefficient_ppm) for amount in basis)
    return Exact(*map(min, amounts, both))
