"""The checklist of a trading day: what must be true before a venue's day is closed.

A pure function of the desk's state, for the decision, the command line and whoever else asks.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from fencang.basics.price import format_price
from fencang.engine.accounts import ContractState
from fencang.engine.carrying import CarryingState
from fencang.engine.phases import hours_words
from fencang.engine.state import DeskState
from fencang.engine.venues import VenueState
from fencang.messages.day_commands import Check
from fencang.messages.message import TimeInForce
from fencang.refdata.session import Phase

__all__ = ["ChecklistRow", "checklist", "is_far", "unmet"]

NAMED_MAX = 10
"""So many contracts, orders or fills a row names; the rest it counts."""


class ChecklistRow(NamedTuple):
    """One row: met or not, and what is missing in words (empty when met)."""

    check: Check
    is_met: bool
    missing: str


def checklist(state: DeskState, venue_id: str) -> tuple[ChecklistRow, ...]:
    """Return the checklist of the day that a known venue is on."""
    venue = state.venues[venue_id]
    contracts = [
        state.contracts[key] for key in sorted(state.contracts) if _is_due(state, key, venue)
    ]
    missing: dict[Check, Iterable[str]] = {
        Check.SESSIONS: _sessions(state, venue),
        Check.PRICES: _prices(contracts, venue),
        Check.APPROVALS: _approvals(contracts, venue),
        Check.FILLS: _fills(state, contracts, venue),
        Check.ORDERS: _orders(contracts, venue),
        Check.BREAKS: _breaks(state, venue),
        Check.BOOKS: _books(state, contracts),
    }
    rows = []
    for check, found in missing.items():
        words = _joined(list(found))
        rows.append(ChecklistRow(check, not words, words))
    return tuple(rows)


def unmet(rows: Iterable[ChecklistRow]) -> list[ChecklistRow]:
    """Return the rows that are not met."""
    return [row for row in rows if not row.is_met]


def _joined(found: list[str]) -> str:
    more = len(found) - NAMED_MAX
    return "; ".join(found[:NAMED_MAX]) + (f"; and {more} more" if more > 0 else "")


def _is_due(state: DeskState, contract_id: str, venue: VenueState) -> bool:
    contract = state.contracts[contract_id]
    return contract.venue is venue and not contract.is_expired


def _sessions(state: DeskState, venue: VenueState) -> Iterator[str]:
    """Say who is not closed yet, and whose sessions lie ahead; being closed is no session."""
    for hours in venue.all_hours:
        whose = "the venue" if hours is venue else hours_words(venue, hours)
        ahead = sum(
            session.end_ns > state.time_ns and session.phase is not Phase.CLOSE
            for session in hours.sessions
        )
        if hours.phase is not Phase.CLOSE:
            yield f"{whose} is in phase {hours.phase.value}"
        elif ahead:
            of = "the day" if hours is venue else whose
            yield f"{ahead} sessions of {of} lie ahead"


def _needs_price(contract: ContractState) -> bool:
    return bool(contract.live_orders) or any(
        not entry.exposure.is_flat for entry in contract.entries
    )


def _price_of_day(contract: ContractState, venue: VenueState) -> int | None:
    settlement = contract.settlements.get(venue.today)
    return settlement.price_nanos if settlement is not None else None


def _prices(contracts: list[ContractState], venue: VenueState) -> Iterator[str]:
    needed = [contract for contract in contracts if _needs_price(contract)]
    lacking = [contract for contract in needed if _price_of_day(contract, venue) is None]
    if lacking:
        settled = len(needed) - len(lacking)
        yield f"{settled} of {len(needed)} contracts have a settlement price"
    for contract in lacking:
        yield f"no settlement price of {contract.contract.contract_id}"


def is_far(contract: ContractState, price_nanos: int) -> bool:
    """Return whether a settlement price lies outside the product's band around the mark."""
    product, mark = contract.product, contract.mark_nanos
    if product.settlement_band_ppm is None or mark is None:
        return False
    least = product.price_band_ticks * product.tick_nanos
    distance = abs(price_nanos - mark)
    return distance > least and distance * 1_000_000 > abs(mark) * product.settlement_band_ppm


def _approvals(contracts: list[ContractState], venue: VenueState) -> Iterator[str]:
    """Say which prices are far from what was marked since, and stand on one word."""
    for contract in contracts:
        settlement = contract.settlements.get(venue.today)
        if settlement is None or settlement.price_nanos is None or settlement.is_approved:
            continue
        if is_far(contract, settlement.price_nanos):
            mark = contract.mark_nanos or 0
            yield (
                f"{contract.contract.contract_id} was settled at "
                f"{format_price(settlement.price_nanos)}, far from its mark {format_price(mark)}"
            )


def _fills(state: DeskState, contracts: list[ContractState], venue: VenueState) -> Iterator[str]:
    for contract in contracts:
        for order_id, order in sorted(contract.live_orders.items()):
            if order.is_in_doubt:
                yield f"order {order_id} is in doubt"
    for carrying_id in sorted(state.carrying):
        for execution_id, fill in sorted(state.carrying[carrying_id].suspense.fills.items()):
            if state.contracts[fill.contract_id].venue is venue and fill.day < venue.today:
                since = date.fromordinal(fill.day) if fill.day else "the beginning"
                yield f"{execution_id} at {carrying_id} lies in suspense since {since}"


def _orders(contracts: list[ContractState], venue: VenueState) -> Iterator[str]:
    for contract in contracts:
        for order_id, order in sorted(contract.live_orders.items()):
            terms = order.terms
            last = terms.expire_day
            if terms.time_in_force is TimeInForce.GTC or (
                last is not None and last.toordinal() > venue.today
            ):
                continue
            yield f"order {order_id} in {terms.contract_id} works although it ends with the day"


def _breaks(state: DeskState, venue: VenueState) -> Iterator[str]:
    for carrying_id in sorted(state.carrying):
        reconciliation = state.reconciliations.get(carrying_id)
        count = len(reconciliation.unresolved) if reconciliation is not None else 0
        if count and venue.venue.venue_id in state.carrying[carrying_id].account.venues:
            yield f"{count} breaks at {carrying_id} are open"


def _books(state: DeskState, contracts: list[ContractState]) -> Iterator[str]:
    for contract in contracts:
        for carrying_id in sorted(state.carrying):
            yield from _lots_apart(state.carrying[carrying_id], contract)


def _lots_apart(carrying: CarryingState, contract: ContractState) -> Iterator[str]:
    """Say where the carrying account and the virtual books differ in lots."""
    contract_id = contract.contract.contract_id
    carrying_id = carrying.account.carrying_account_id
    lines = contract.lines.get(carrying_id, {}).values()
    longs = sum([line.position.long.quantity_lots for line in lines])
    shorts = sum([line.position.short.quantity_lots for line in lines])
    suspended = carrying.suspense.positions.get(contract_id)
    if suspended is not None:
        longs += suspended.long_lots
        shorts += suspended.short_lots
    real = carrying.book.positions.get(contract_id)
    real_longs, real_shorts = (real.long_lots, real.short_lots) if real is not None else (0, 0)
    if carrying.is_gross:
        agree = (longs, shorts) == (real_longs, real_shorts)
    else:
        agree = longs - shorts == real_longs - real_shorts
    if not agree:
        yield (
            f"{contract_id} at {carrying_id}: carried {real_longs}/{real_shorts}, "
            f"books {longs}/{shorts}"
        )
