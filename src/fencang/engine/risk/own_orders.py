"""Own orders at work by price, so that those which a new order could meet are found at once.

Per principal (who counts as one), contract and side: limit orders by price, stop orders by trigger,
market orders.  An order with a replace under way stands at the price further in the market.  All of
it is a cache over the live orders.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fencang.limits.self_match import Quote
from fencang.messages.message import Side

if TYPE_CHECKING:
    from fencang.engine.orders import Order

__all__ = ["OwnOrders", "Place", "place_of", "quote_of"]

BookKey = tuple[str, str]
"""(principal, contract)."""
LIMITS, STOPS, MARKETS = range(3)

Place = tuple[tuple[str, ...], int, int]
"""Where an order stands: its principals, among limits, stops or market orders, at what price."""


def quote_of(order: "Order") -> Quote:
    """Return what a live order would trade at, as ``place_of`` finds it."""
    _, kind, price = place_of(order, ())
    limit, stop = (price if kind == each else None for each in (LIMITS, STOPS))
    return Quote(order.terms.side, limit, stop)


def place_of(order: "Order", principals: tuple[str, ...]) -> Place:
    """Return where an order stands; a replace that the venue may have taken counts.

    A stop order that was filled in part has been triggered: what is left of it is a market order.
    """
    limit = order.limit_price_nanos
    if limit is not None:
        if order.pending and order.pending_quantity_lots:
            wished = order.pending_price_nanos
            if wished is not None:
                limit = max(limit, wished) if order.terms.side is Side.BUY else min(limit, wished)
        return principals, LIMITS, limit
    stop = order.terms.stop_price_nanos
    if stop is not None and not order.filled_lots:
        return principals, STOPS, stop
    return principals, MARKETS, 0


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

    def change(self, kind: int, price: int, order: "Order", *, is_added: bool) -> None:
        """Put an order in, or take it out."""
        if kind == MARKETS:
            if is_added:
                self.markets[order.order_id] = order
            else:
                del self.markets[order.order_id]
            return
        levels = self.limits if kind == LIMITS else self.stops
        if is_added:
            levels.add(price, order)
        else:
            levels.remove(price, order.order_id)

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


class OwnBook:
    """Both sides of one contract of one principal."""

    __slots__ = ("buys", "sells")

    def __init__(self) -> None:
        self.buys, self.sells = OwnSide(), OwnSide()


class OwnOrders:
    """Every own order at work, found by who it belongs to, contract, side and price."""

    __slots__ = ("_books", "places")

    def __init__(self) -> None:
        self.places: dict[int, Place] = {}
        self._books: dict[BookKey, OwnBook] = {}

    def put(self, order: "Order", principals: tuple[str, ...]) -> None:
        """Set an order to where it stands now; one that ended is taken out."""
        order_id = order.order_id
        kept = self.places.get(order_id)
        place = place_of(order, principals) if order.is_live else None
        if place == kept:
            return
        if kept is not None:
            del self.places[order_id]
            self._change(order, kept, is_added=False)
        if place is not None:
            self.places[order_id] = place
            self._change(order, place, is_added=True)

    def is_clear(
        self, principal_id: str, contract_id: str, limit_nanos: int | None, *, is_buy: bool
    ) -> bool:
        """Return whether an order surely meets nobody: the short way, for most orders."""
        book = self._books.get((principal_id, contract_id))
        if book is None:
            return True
        side = book.sells if is_buy else book.buys
        if side.markets or side.stops.prices:
            return False
        prices = side.limits.prices
        if not prices:
            return True
        if limit_nanos is None:
            return False
        return prices[0] > limit_nanos if is_buy else prices[-1] < limit_nanos

    def met_by(
        self, principal_id: str, contract_id: str, quote: Quote, *, stops_meet_all: bool
    ) -> "Iterator[Order]":
        """Yield a principal's orders that a quote of the other side could trade with."""
        book = self._books.get((principal_id, contract_id))
        if book is None:
            return
        side = book.sells if quote.side is Side.BUY else book.buys
        yield from side.met_by(quote, stops_meet_all=stops_meet_all)

    def clear(self) -> None:
        """Forget all."""
        self.places.clear()
        self._books.clear()

    def content(self) -> dict[tuple[str, str, str], tuple[object, ...]]:
        """Return what stands where, for comparison with books built anew."""
        return {
            (*key, name): (
                side.limits.prices,
                {price: sorted(level) for price, level in side.limits.orders.items()},
                side.stops.prices,
                {price: sorted(level) for price, level in side.stops.orders.items()},
                sorted(side.markets),
            )
            for key, book in self._books.items()
            for name, side in (("buys", book.buys), ("sells", book.sells))
            if not side.is_empty
        }

    def _change(self, order: "Order", place: Place, *, is_added: bool) -> None:
        principals, kind, price = place
        contract_id, is_buy = order.terms.contract_id, order.terms.side is Side.BUY
        for principal_id in principals:
            key = (principal_id, contract_id)
            book = self._books.get(key)
            if book is None:
                book = self._books[key] = OwnBook()
            side = book.buys if is_buy else book.sells
            side.change(kind, price, order, is_added=is_added)
