"""How orders meet a bar: the rules of the paper venue, as functions of orders and one bar.

Told for buys; sells are the mirror image (all prices times -1).  A tick is a bar of one price.

* Market: at the open plus slippage ticks, cut back to the high.  A bar of one price tells no range,
  there the slippage is taken in full.
* Limit: trades when the low is below the limit, ahead of everybody (the market went through it), or
  when the low is the limit, after the queue ahead is used up.  Price: min(open, limit).
* Stop: triggers when the high reaches it, at max(open, stop) plus slippage, cut back to the high.
* Stop limit: triggers alike.  A bar that opens at the stop or beyond makes it a limit order of that
  bar.  Triggered later in the bar, it trades at the stop plus slippage, no worse than its limit; a
  limit below the stop rests as a limit order from the next bar on (the path is not known).
* IOC and FOK see only the open: what is not done there is cancelled, FOK all of it or nothing.
* Queue ahead: max(``queue_ahead_lots``, ``queue_ahead_ppm`` of the volume), fixed at the first bar
  that touches the limit, counted down by volume that touches it.  A bar without volume fills a
  touched limit only when ``queue_ahead_ppm`` is 0.
* Volume: all our orders share ``lots_max``.  First what trades at the open, then what trades inside
  the bar; each side in price-time order, between the sides the older order.  An order that runs
  short blocks those behind it on its side.  Our orders never trade with each other.

No price is ever divided: zero and negative prices are ordinary.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling
from fencang.gateways.market_data import Bar
from fencang.gateways.paper.book import PaperOrder
from fencang.messages.message import OrderType, Side, TimeInForce

__all__ = ["Fill", "Kill", "MatchRules", "match"]

_AT_OPEN, _INSIDE = 0, 1


class MatchRules(NamedTuple):
    """Numbers of the matching; ``lots_max`` None means unlimited."""

    slippage_nanos: int
    queue_ahead_ppm: int
    queue_ahead_lots: int
    lots_max: int | None


class Fill(NamedTuple):
    """Lots of one order execute."""

    order: PaperOrder
    quantity_lots: int
    price_nanos: int


class Kill(NamedTuple):
    """What is left of an immediate order is cancelled."""

    order: PaperOrder
    text: str


class _Quote(NamedTuple):
    phase: int
    rank: int  # 0 before any limit; else the limit, better ones lower
    priority: int
    price: int  # times the side's sign
    is_touch: bool
    order: PaperOrder


def match(orders: Iterable[PaperOrder], bar: Bar, rules: MatchRules) -> list[Fill | Kill]:
    """Return what happens to the orders on this bar, in order; only queue and trigger are changed.

    The orders must all have joined before the bar ends.
    """
    sides: dict[Side, list[_Quote]] = {Side.BUY: [], Side.SELL: []}
    outcomes: list[Fill | Kill] = []
    for order in sorted(orders, key=lambda order: order.priority):
        quote = _quote(order, bar, rules.slippage_nanos)
        if quote is not None:
            sides[order.side].append(quote)
        elif order.terms.time_in_force in {TimeInForce.IOC, TimeInForce.FOK}:
            outcomes.append(Kill(order, "no lots at the open within the limit"))
    for quotes in sides.values():
        quotes.sort(key=lambda quote: quote[:3])
    supply = _Supply(bar.volume_lots, rules)
    for quote in _interleaved(sides[Side.BUY], sides[Side.SELL]):
        outcomes.extend(_serve(quote, supply))
    return outcomes


def _quote(order: PaperOrder, bar: Bar, slippage: int) -> _Quote | None:
    """Return when and at what price the order could trade on the bar; triggers stops."""
    sign = order.side.sign
    opening = sign * bar.open_nanos
    low, high = sorted((sign * bar.low_nanos, sign * bar.high_nanos))
    kind = order.terms.order_type

    def slipped(price: int) -> int:
        return min(price + slippage, high) if high > low else price + slippage

    def at(phase: int, price: int, rank: int = 0, *, is_touch: bool = False) -> _Quote:
        return _Quote(phase, rank, order.priority, price, is_touch, order)

    gapped = order.is_triggered
    if kind in {OrderType.STOP, OrderType.STOP_LIMIT} and not order.is_triggered:
        assert order.terms.stop_price_nanos is not None
        stop = sign * order.terms.stop_price_nanos
        if high < stop:
            return None
        order.is_triggered = True
        gapped = opening >= stop
        if not gapped and kind is OrderType.STOP:
            return at(_INSIDE, slipped(stop))
        if not gapped:
            assert order.limit_price_nanos is not None
            limit = sign * order.limit_price_nanos
            return at(_INSIDE, min(slipped(stop), limit)) if limit >= stop else None
    if kind in {OrderType.MARKET, OrderType.STOP}:
        return at(_AT_OPEN, slipped(opening))

    assert order.limit_price_nanos is not None
    limit = sign * order.limit_price_nanos
    if order.terms.time_in_force in {TimeInForce.IOC, TimeInForce.FOK}:
        return at(_AT_OPEN, opening, -limit) if opening <= limit else None
    if low > limit:
        return None
    phase = _AT_OPEN if opening <= limit else _INSIDE
    return at(phase, min(opening, limit), -limit, is_touch=low == limit)


def _interleaved(buys: list[_Quote], sells: list[_Quote]) -> Iterator[_Quote]:
    """Yield both sides, each in its own order, the older of the two heads first."""
    b = s = 0
    while b < len(buys) or s < len(sells):
        buys_next = s == len(sells) or (
            b < len(buys)
            and (buys[b].phase, buys[b].priority) < (sells[s].phase, sells[s].priority)
        )
        if buys_next:
            yield buys[b]
            b += 1
        else:
            yield sells[s]
            s += 1


class _Supply:
    """What is left of the bar: shared volume, and per side what the touched price still gives."""

    def __init__(self, volume_lots: int | None, rules: MatchRules) -> None:
        self.volume = volume_lots
        self.rules = rules
        self.left = rules.lots_max
        self.is_blocked = {Side.BUY: False, Side.SELL: False}
        self.touched = {Side.BUY: 0, Side.SELL: 0}

    def offer(self, order: PaperOrder, wanted: int, *, is_touch: bool) -> int:
        """Return the lots the order may have, and count its queue down when it is touched."""
        if is_touch:
            wanted = min(wanted, self._past_queue(order, wanted))
        if self.is_blocked[order.side]:
            return 0
        return wanted if self.left is None else min(wanted, self.left)

    def _past_queue(self, order: PaperOrder, wanted: int) -> int:
        ppm = self.rules.queue_ahead_ppm
        if self.volume is None:
            return 0 if ppm else wanted
        if order.queue_lots is None:
            share = divide_ceiling(self.volume * ppm, PPM)
            order.queue_lots = max(self.rules.queue_ahead_lots, share)
        here = max(0, self.volume - self.touched[order.side])
        used = min(order.queue_lots, here)
        order.queue_lots -= used
        return here - used

    def take(self, order: PaperOrder, lots: int, *, is_touch: bool) -> None:
        if self.left is not None:
            self.left -= lots
        if is_touch:
            self.touched[order.side] += lots


def _serve(quote: _Quote, supply: _Supply) -> Iterator[Fill | Kill]:
    order = quote.order
    wanted = order.remaining_lots
    lots = supply.offer(order, wanted, is_touch=quote.is_touch)
    time_in_force = order.terms.time_in_force
    if time_in_force is TimeInForce.FOK and lots < wanted:
        yield Kill(order, f"fill or kill: only {lots} of {wanted} lots could be had")
        return
    if lots:
        supply.take(order, lots, is_touch=quote.is_touch)
        yield Fill(order, lots, order.side.sign * quote.price)
    if lots < wanted and time_in_force is TimeInForce.IOC:
        yield Kill(order, f"immediate or cancel: {lots} of {wanted} lots could be had")
    elif lots < wanted:
        supply.is_blocked[order.side] = True
