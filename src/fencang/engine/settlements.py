"""What every book held when a contract was settled, kept for some days so that it can be mended.

A settlement that is corrected days later pays by the position at that settlement, not by today's.
Of a day on which a contract had no price the positions are kept too, with what they carried: a late
price pays the difference.  Primary state, bounded by ``settlement_days_max`` of the settings.
"""

import msgspec

from fencang.engine.accounts import ContractState
from fencang.engine.state import DeskState
from fencang.engine.venues import VenueState
from fencang.messages.events import ContractSettled

__all__ = [
    "HeldAtSettlement",
    "SettledAccount",
    "Settlement",
    "carries_over",
    "following_settlement",
    "keep_settlement",
    "keep_unsettled",
    "mark_final",
]


class HeldAtSettlement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Net lots of one virtual book, and what they carried after the settlement."""

    book_id: str
    carrying_account_id: str
    lots: int
    carried_micros: int


class SettledAccount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Net lots of one carrying account, and what they carried after the settlement."""

    carrying_account_id: str
    lots: int
    carried_micros: int


class Settlement(msgspec.Struct, frozen=True, array_like=True):
    """One contract's settlement of one day; without a price it had none that day.

    ``is_approved``: two persons stand for the price.  ``suspended`` are the (carrying account,
    execution) whose lots lay in suspense and are carried at the price.
    """

    day: int
    price_nanos: int | None
    is_approved: bool
    is_final: bool
    carrying: tuple[SettledAccount, ...]
    books: tuple[HeldAtSettlement, ...]
    suspended: tuple[tuple[str, str], ...]


def keep_settlement(state: DeskState, contract: ContractState, event: ContractSettled) -> None:
    """Keep who held what at a settlement; of one that pays nothing, the price alone."""
    if not contract.venue.today:
        return  # no day that has a name
    product, price = contract.product, event.price_nanos
    is_paid = product.pays_variation(is_final=event.is_final)
    books = []
    for share in event.books if is_paid else ():
        lots = _lots(state, contract, share.book_id, share.carrying_account_id)
        if lots:
            value = product.value_micros(price, lots)
            books.append(HeldAtSettlement(share.book_id, share.carrying_account_id, lots, value))
    carrying = []
    contract_id = event.contract_id
    for part in event.carrying if is_paid else ():
        lots = state.carrying[part.carrying_account_id].book.positions[contract_id].net_lots
        if lots:
            value = product.value_micros(price, lots)
            carrying.append(SettledAccount(part.carrying_account_id, lots, value))
    _keep(
        state,
        contract,
        Settlement(
            day=contract.venue.today,
            price_nanos=price,
            is_approved=False,
            is_final=False,
            carrying=tuple(carrying),
            books=tuple(books),
            suspended=_suspended(state, contract_id) if is_paid else (),
        ),
    )


def _lots(state: DeskState, contract: ContractState, book_id: str, carrying_id: str) -> int:
    line = contract.lines.get(carrying_id, {}).get(book_id)
    if line is not None:
        return line.position.net_lots
    position = state.carrying[carrying_id].suspense.positions.get(contract.contract.contract_id)
    return position.net_lots if position is not None else 0


def _suspended(state: DeskState, contract_id: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (carrying_id, execution_id)
        for carrying_id in sorted(state.carrying)
        for execution_id, fill in sorted(state.carrying[carrying_id].suspense.fills.items())
        if fill.contract_id == contract_id
    )


def _keep(state: DeskState, contract: ContractState, settlement: Settlement) -> None:
    kept = contract.settlements
    kept[settlement.day] = settlement
    while len(kept) > state.settings.settlement_days_max:
        del kept[min(kept)]


def mark_final(contract: ContractState) -> None:
    """Note that the contract ended with its last settlement."""
    day = contract.venue.today
    if not day:
        return
    contract.settlements[day] = msgspec.structs.replace(contract.settlements[day], is_final=True)


def keep_unsettled(state: DeskState, venue: VenueState) -> None:
    """Keep who holds what in contracts that have no price of the day which is about to end."""
    if not venue.today:
        return
    for contract in state.contracts.values():
        if contract.venue is not venue:
            continue
        if contract.is_expired:
            _forget(contract, venue.today - state.settings.settlement_days_max)
            continue
        # Entries are a cache that only a live desk may have: without holdings nothing is kept.
        if not contract.entries or not contract.product.pays_variation(is_final=False):
            continue  # no late price of this day would pay anything
        known = contract.settlements.get(venue.today)
        if known is None or known.price_nanos is None:
            _keep_held(state, contract)


def _forget(contract: ContractState, before: int) -> None:
    """Forget the settlements of a contract that ended some days ago: no new day pushes them out."""
    for ordinal in [day for day in contract.settlements if day < before]:
        del contract.settlements[ordinal]


def _keep_held(state: DeskState, contract: ContractState) -> None:
    contract_id = contract.contract.contract_id
    books = [
        HeldAtSettlement(
            line.sub.sub_account_id,
            line.carrying_account_id,
            line.position.net_lots,
            line.position.carried_micros,
        )
        for line in contract.sorted_lines()
        if not line.position.is_flat or line.position.carried_micros
    ]
    carrying = []
    for carrying_id in sorted(state.carrying):
        account = state.carrying[carrying_id]
        suspended = account.suspense.positions.get(contract_id)
        if suspended is not None and not suspended.is_flat:
            book_id = account.suspense.book.book_id
            lots, carried = suspended.net_lots, suspended.carried_micros
            books.append(HeldAtSettlement(book_id, carrying_id, lots, carried))
        held = account.book.positions.get(contract_id)
        if held is not None and not held.is_flat:
            carrying.append(SettledAccount(carrying_id, held.net_lots, held.carried_micros))
    if not books and not carrying:
        return
    _keep(
        state,
        contract,
        Settlement(
            day=contract.venue.today,
            price_nanos=None,
            is_approved=False,
            is_final=False,
            carrying=tuple(carrying),
            books=tuple(books),
            suspended=_suspended(state, contract_id),
        ),
    )


def carries_over(
    state: DeskState, contract: ContractState, settlement: Settlement, price_nanos: int
) -> int | None:
    """Return the price at which suspended lots of a settlement are carried now.

    None when lots that were converted since have no price for it.
    """
    suspended = any(
        name in state.carrying[carrying_id].suspense.fills
        for carrying_id, name in settlement.suspended
    )
    price: int | None = price_nanos
    while suspended and price is not None and contract.conversion is not None:
        price = contract.conversion.price(price)
        contract = contract.conversion.successor
    return price


def following_settlement(contract: ContractState, day: int) -> Settlement | None:
    """Return the first settlement with a price after ``day``; None when ``day``'s is the last.

    What a contract became goes on where it ended.
    """
    later = (
        contract.settlements[other]
        for other in sorted(contract.settlements)
        if other > day and contract.settlements[other].price_nanos is not None
    )
    found = next(later, None)
    if found is None and contract.conversion is not None:
        return following_settlement(contract.conversion.successor, contract.conversion.day - 1)
    return found
