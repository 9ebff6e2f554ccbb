"""What every book could come to in every contract: held lots, working orders, running blocks.

Lots that nobody has yet stand in the books of the suspense accounts, which work nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from fencang.messages.commands import ReportOrderStatus, SubmitOrder
from fencang.messages.events import OrderAccepted, OrderRejected, ReplaceRequested
from fencang.messages.message import Offset, OrderTerms, Side
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Page
from fencang.simulation.auditor.reference import SUSPENSE, Reference
from fencang.simulation.auditor.rules import Rules

__all__ = [
    "WorstLots",
    "as_if_accepted",
    "asked_last",
    "grown_by",
    "is_under",
    "opens",
    "worst_lots",
]

OPENING = frozenset({Offset.NET, Offset.OPEN})
Place = tuple[str, str, str]
"""Book, carrying account, contract."""


class WorstLots(NamedTuple):
    """One book in one contract: its worst long and short added, all bought, and all sold."""

    holder: str
    carrying_account_id: str
    contract_id: str
    gross: int
    bought: int
    sold: int


def opens(terms: OrderTerms) -> bool:
    """Return whether an order's offset lets it open."""
    return terms.offset in OPENING


def worst_lots(
    reference: Reference, lots: Lots, orders: Orders, rules: Rules, *, without: TrackedOrder | None
) -> Iterator[WorstLots]:
    """Yield every book in every contract, as if what an order was asked for last had not been.

    A new order is left out whole, of one that was enlarged only what it grew by.
    """
    held: defaultdict[Place, dict[str, int]] = defaultdict(lambda: {"long": 0, "short": 0})
    for (holder, carrying, contract, leg), count in lots.lots.items():
        if holder != CARRYING:
            held[holder, carrying, contract]["short" if leg == "short" else "long"] += count
    # (place, side, whether it may open) -> lots
    works: defaultdict[tuple[Place, Side, bool], int] = defaultdict(int)
    for order in orders.live.values():
        terms, sub = order.event.terms, order.event.sub_account_id
        if sub:  # slices of a block work for the legs of it
            place = sub, terms.carrying_account_id, terms.contract_id
            count = order.open_lots - (asked_last(order) if order is without else 0)
            works[place, terms.side, terms.offset in OPENING] += count
    for made, sub, count in rules.missing():
        place = sub, made.carrying_account_id, made.contract_id
        works[place, made.side, made.offset in OPENING] += count
    for place in sorted({*held, *(key[0] for key in works)}):
        long, short = held[place]["long"], held[place]["short"]
        buys, sells = works[place, Side.BUY, True], works[place, Side.SELL, True]
        net = long - short
        if reference.is_gross(place[1]):
            gross = abs(long) + abs(short) + buys + sells
        else:
            gross = max(0, net + buys) + max(0, sells - net)
        bought = net + buys + works[place, Side.BUY, False]
        sold = sells - net + works[place, Side.SELL, False]
        yield WorstLots(*place, gross, bought, sold)


def asked_last(order: TrackedOrder) -> int:
    """Return the lots that an order was asked for last: all of a new one, else what it grew by."""
    if order.wanted_lots:
        return max(0, order.wanted_lots - order.quantity_lots)
    return order.open_lots


def grown_by(exposure: Exposure, page: Page, event: ReplaceRequested) -> TrackedOrder | None:
    """Return the order that a replacement lets open more, None where it opens nothing.

    What a venue's word on an order in doubt asks again was asked when it was first asked for.
    """
    order = exposure.orders.orders.get(event.order_id)
    if order is None or order.event.block_id or not order.has_grown:
        return None
    if isinstance(page.record.command, ReportOrderStatus) or not opens(order.event.terms):
        return None
    closing, held = exposure.closing(order)
    return order if closing > held else None


def is_under(reference: Reference, place: WorstLots, node_id: str) -> bool:
    """Return whether a book's dealing in a contract stands under a node."""
    holder = place.holder
    if ":" in node_id:
        beside = reference.beside(holder, place.carrying_account_id, place.contract_id)
        return node_id in beside
    if holder.startswith(SUSPENSE):
        return node_id == reference.master_id
    return node_id in reference.chain(holder)


def as_if_accepted(reference: Reference, page: Page, event: OrderRejected) -> TrackedOrder | None:
    """Return an order that a node refused as if it had been accepted; None for legs of a roll."""
    asked, sub = page.record.command, reference.sub_accounts[event.sub_account_id]
    if not isinstance(asked, SubmitOrder):
        return None
    venue_id = reference.product(event.contract_id).venue_id
    routes = {route.venue_id: route.carrying_account_id for route in reversed(sub.routes)}
    terms = OrderTerms(
        venue_id=venue_id,
        carrying_account_id=routes[venue_id],
        contract_id=event.contract_id,
        side=asked.side,
        offset=asked.offset,
        quantity_lots=asked.quantity_lots,
        order_type=asked.order_type,
        limit_price_nanos=asked.limit_price_nanos,
        stop_price_nanos=asked.stop_price_nanos,
    )
    accepted = OrderAccepted(
        order_id=0,
        sub_account_id=event.sub_account_id,
        client_order_id=event.client_order_id,
        terms=terms,
        is_reducing=False,
    )
    return TrackedOrder(accepted, page.record.time_ns)
