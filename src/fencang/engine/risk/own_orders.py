"""Own orders at work by price, so that those which a new order could meet are found at once.

Per principal (who counts as one), contract and side: limit orders by price, stop orders by trigger,
market orders.  An order with a replace under way stands at the price further in the market.  All of
it is a cache over the live orders.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fencang.limits.self_match import Quote
from fencang.messages.message import OrderType, Side

if TYPE_CHECKING:
    from fencang.engine.orders import Order

__all__ = ["OwnOrders", "Place", "place_of", "quote_of"]

BookKey = tuple[str, str, Side]
"""(principal, contract, side)."""


class Place(NamedTuple):
    """Where an order stands: in the books of its principals, by limit, by stop, or at any price."""

    principals: tuple[str, ...]
    quote: Quote


def quote_of(order: "Order") -> Quote:
    """Return what a live order would trade at; a replace that the venue may have taken counts.

    A stop order that was filled in part has been triggered: what is left of it is a market order.
    """
    terms = order.terms
    side, limit, stop = terms.side, order.limit_price_nanos, terms.stop_price_nanos
    wished = order.pending_price_nanos
    if limit is not None and wished is not None and order.pending and order.pending_quantity_lots:
        limit = max(limit, wished) if side is Side.BUY else min(limit, wished)
    if terms.order_type is OrderType.STOP and order.filled_lots:
        stop = None
    return Quote.of(side, terms.order_type, limit, stop)


def place_of(order: "Order", principals: tuple[str, ...]) -> Place:
    """Return where an order stands."""
    return Place(principals, quote_of(order))


class Levels:
    """Orders by price: a sorted list of the prices in use, and the orders at each."""

    __slots__ = ("orders", "prices")

    def __init__(self) -> None:
        self.prices: list[int] = []
        self.orders: dict[int, dict[int, Order]] = {}

    def add(self, price: int, order: "Order") -> None:
        level = self.orders.get(price)
        if level is None:
            level = self.orders[price] = {}
            insort(self.prices, price)
        level[order.order_id] = order

    def remove(self, price: int, order_id: int) -> None:
        level = self.orders[price]
        del level[order_id]
        if not level:
            del self.orders[price]
            del self.prices[bisect_left(self.prices, price)]

    def between(
        self, low: int | None, high: int | None, *, falling: bool = False
    ) -> "Iterator[Order]":
        """Yield the orders of prices from ``low`` to ``high``, at one price the older first."""
        start = 0 if low is None else bisect_left(self.prices, low)
        end = len(self.prices) if high is None else bisect_right(self.prices, high)
        places = range(start, end)
        for place in reversed(places) if falling else places:
            level = self.orders[self.prices[place]]
            for order_id in sorted(level) if len(level) > 1 else level:
                yield level[order_id]


class OwnSide:
    """One side of one contract of one principal."""

    __slots__ = ("limits", "markets", "stops")

    def __init__(self) -> None:
        self.limits, self.stops = Levels(), Levels()
        self.markets: dict[int, Order] = {}

    @property
    def is_empty(self) -> bool:
        return not (self.limits.prices or self.stops.prices or self.markets)

    def met_by(self, quote: Quote, *, stops_meet_all: bool) -> "Iterator[Order]":
        """Yield the orders that ``quote`` of the other side could trade with, the best first."""
        is_buy = quote.side is Side.BUY
        for order_id in sorted(self.markets):
            yield self.markets[order_id]
        limit, stop = quote.limit_nanos, quote.stop_nanos
        if limit is not None:
            reach, behind = limit, limit
        elif stop is None or stops_meet_all:
            yield from self.limits.between(None, None, falling=not is_buy)
            yield from self.stops.between(None, None, falling=not is_buy)
            return
        else:
            # A buy stop goes through what lies at its trigger and above.
            low, high = (stop, None) if is_buy else (None, stop)
            yield from self.limits.between(low, high, falling=not is_buy)
            yield from self.stops.between(low, high, falling=not is_buy)
            return
        if is_buy:
            yield from self.limits.between(None, reach)
        else:
            yield from self.limits.between(reach, None, falling=True)
        low, high = (behind, None) if is_buy else (None, behind)
        if stops_meet_all:
            low = high = None
        yield from self.stops.between(low, high, falling=not is_buy)


class OwnOrders:
    """Every own order at work, found by who it belongs to, contract, side and price."""

    __slots__ = ("_sides", "places")

    def __init__(self) -> None:
        self.places: dict[int, Place] = {}
        self._sides: dict[tuple[str, str, Side], OwnSide] = {}

    def put(self, order: "Order", principals: tuple[str, ...]) -> None:
        """Set an order to where it stands now; one that ended is taken out."""
        kept = self.places.get(order.order_id)
        place = place_of(order, principals) if order.is_live else None
        if place == kept:
            return
        if kept is not None:
            self._take_out(order, kept)
        if place is not None:
            self._put_in(order, place)

    def met_by(
        self, principal_id: str, contract_id: str, quote: Quote, *, stops_meet_all: bool
    ) -> "Iterator[Order]":
        """Yield a principal's orders that a quote of the other side could trade with."""
        side = self._sides.get((principal_id, contract_id, quote.side.opposite))
        if side is None:
            return
        yield from side.met_by(quote, stops_meet_all=stops_meet_all)

    def clear(self) -> None:
        """Forget all."""
        self.places.clear()
        self._sides.clear()

    def content(self) -> dict[BookKey, tuple[object, ...]]:
        """Return what stands where, for comparison with books built anew."""
        return {
            key: (
                side.limits.prices,
                {price: sorted(level) for price, level in side.limits.orders.items()},
                side.stops.prices,
                {price: sorted(level) for price, level in side.stops.orders.items()},
                sorted(side.markets),
            )
            for key, side in self._sides.items()
        }

    def _put_in(self, order: "Order", place: Place) -> None:
        self.places[order.order_id] = place
        quote, contract_id = place.quote, order.terms.contract_id
        for principal_id in place.principals:
            key = (principal_id, contract_id, quote.side)
            side = self._sides.get(key)
            if side is None:
                side = self._sides[key] = OwnSide()
            if quote.limit_nanos is not None:
                side.limits.add(quote.limit_nanos, order)
            elif quote.stop_nanos is not None:
                side.stops.add(quote.stop_nanos, order)
            else:
                side.markets[order.order_id] = order

    def _take_out(self, order: "Order", place: Place) -> None:
        del self.places[order.order_id]
        quote, contract_id = place.quote, order.terms.contract_id
        for principal_id in place.principals:
            key = (principal_id, contract_id, quote.side)
            side = self._sides[key]
            if quote.limit_nanos is not None:
                side.limits.remove(quote.limit_nanos, order.order_id)
            elif quote.stop_nanos is not None:
                side.stops.remove(quote.stop_nanos, order.order_id)
            else:
                del side.markets[order.order_id]
            if side.is_empty:
                del self._sides[key]
