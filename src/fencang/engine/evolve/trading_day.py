"""The trading day: opened, phases, settled in slices, corrected, closed."""

from datetime import date

import msgspec

from fencang.engine.accounts import ContractState
from fencang.engine.conversion import living
from fencang.engine.evolve.fees import leave_day
from fencang.engine.netting.links import refresh_terms
from fencang.engine.netting.rate_links import refresh_rates
from fencang.engine.phases import link_hours, refresh_phase_due
from fencang.engine.regimes.links import relink_regimes
from fencang.engine.settlements import (
    HeldAtSettlement,
    SettledAccount,
    Settlement,
    carries_over,
    keep_unsettled,
)
from fencang.engine.state import DeskState
from fencang.engine.venues import ProductHours, VenueState
from fencang.ledger.book import add_cash
from fencang.messages import day_events as day
from fencang.refdata.session import Phase

__all__ = ["begin_day"]


def begin_day(state: DeskState, venue_id: str, trading_day: date) -> None:
    """Put a venue on a trading day; lots of earlier days are yesterday's from here on."""
    venue = state.venues[venue_id]
    ordinal = trading_day.toordinal()
    if ordinal != venue.today:
        keep_unsettled(state, venue)
        leave_day(state, venue_id)
        venue.today = ordinal
        _end_sessions(state, venue)
    if state.span_sets:
        refresh_terms(state)
    refresh_rates(state, venue_id)
    if not state.regimes.is_empty and ordinal > state.regimes.day:
        relink_regimes(state)


def _end_sessions(state: DeskState, venue: VenueState) -> None:
    """Forget the sessions of a day that is over; all products follow their venue again."""
    venue.sessions = ()
    if venue.product_hours:
        venue.product_hours = ()
        link_hours(state, venue)
    refresh_phase_due(state)


def on_day_opened(state: DeskState, event: day.TradingDayOpened) -> None:
    """Begin the day; its phases come with time."""
    begin_day(state, event.venue_id, event.trading_day)
    venue = state.venues[event.venue_id]
    venue.opened_day = event.trading_day.toordinal()
    venue.sessions = event.sessions
    venue.phase_since_ns = state.time_ns
    refresh_phase_due(state)


def on_phase_entered(state: DeskState, event: day.PhaseEntered) -> None:
    """Enter a phase."""
    venue = state.venues[event.venue_id]
    venue.phase = event.phase
    venue.phase_since_ns = state.time_ns
    refresh_phase_due(state)


def on_product_sessions(state: DeskState, event: day.ProductSessionsStated) -> None:
    """Give products hours of their own for the day; they begin in their venue's phase."""
    venue = state.venues[event.venue_id]
    venue.product_hours = tuple(
        ProductHours(group.product_ids, venue.phase, group.sessions) for group in event.groups
    )
    for hours in venue.product_hours:
        hours.phase_since_ns = state.time_ns
    link_hours(state, venue)
    refresh_phase_due(state)


def on_product_phase_entered(state: DeskState, event: day.ProductPhaseEntered) -> None:
    """Enter a phase of products with hours of their own."""
    hours = state.venues[event.venue_id].hours_of(event.product_ids[0])
    hours.phase = event.phase
    hours.phase_since_ns = state.time_ns
    refresh_phase_due(state)


def on_contracts_settled(state: DeskState, event: day.ContractsSettled) -> None:
    """Note where the prices came from; each contract knows by itself that it was settled."""
    state.venues[event.venue_id].settlement_source = event.source


def on_prices_approved(state: DeskState, event: day.SettlementPricesApproved) -> None:
    """Note that two persons stand for prices of the day."""
    ordinal = event.trading_day.toordinal()
    for contract_id in event.contract_ids:
        settlements = state.contracts[contract_id].settlements
        approved = msgspec.structs.replace(settlements[ordinal], is_approved=True)
        settlements[ordinal] = approved


def on_day_closed(state: DeskState, event: day.TradingDayClosed) -> None:
    """End the day: nothing is booked on it any more."""
    venue = state.venues[event.venue_id]
    keep_unsettled(state, venue)
    venue.closed_day = event.trading_day.toordinal()
    venue.phase = Phase.CLOSE
    _end_sessions(state, venue)


# -------------------------------------------------------------------------------- corrections


def on_settlement_corrected(state: DeskState, event: day.SettlementCorrected) -> None:
    """Put the right price in; pay the differences when no later settlement has paid them."""
    contract = state.contracts[event.contract_id]
    settlement = contract.settlements[event.trading_day.toordinal()]
    if event.following_day is None:
        now = living(contract)  # lots that were converted since are paid where they are
        for part in event.books:
            _pay_book(state, now, event, part)
        if not event.is_final:
            for account in event.carrying:
                position = state.carrying[account.carrying_account_id].book.position(
                    now.contract.contract_id
                )
                position.carried_micros += account.difference_micros
        _take_price(state, contract, settlement, event)
        _carry_on(contract, event)
    contract.settlements[settlement.day] = msgspec.structs.replace(
        settlement,
        price_nanos=event.price_nanos,
        is_approved=True,
        carrying=_accounts_after(settlement, event),
        books=_books_after(settlement, event),
    )


def _pay_book(
    state: DeskState,
    contract: ContractState,
    event: day.SettlementCorrected,
    part: day.CorrectedBook,
) -> None:
    """Pay a book; what it carries moves with it, or after the contract's end its profit does."""
    carrying, micros, currency = part.carrying_account_id, part.difference_micros, event.currency
    account = state.carrying[carrying]
    sub = state.subs.get(part.book_id)
    if sub is None:
        book = account.suspense.book
        if event.is_final:
            state.pool(book.owner_id).standing.add_balance(currency, micros)
        else:
            account.suspense.position(contract.contract.contract_id).carried_micros += micros
    else:
        book = sub.book
        # A position that left nothing behind is in no snapshot: its line opens empty again.
        position = state.line(sub, carrying, contract).position
        position.variation_micros += micros
        if event.is_final:
            position.realised_micros += micros
            sub.standing.add_balance(currency, micros)
            sub.pool.standing.add_balance(currency, micros)
        else:
            position.carried_micros += micros
    add_cash(book.cash, currency, micros)
    account.book.add_cash(book.owner_id, currency, micros)


def _take_price(
    state: DeskState,
    contract: ContractState,
    settlement: Settlement,
    event: day.SettlementCorrected,
) -> None:
    """Let the right price be the settlement price, and the mark where the wrong one still is."""
    contract.settlement_nanos = event.price_nanos
    if not contract.is_expired:
        if contract.mark_nanos == settlement.price_nanos:
            contract.mark(event.price_nanos)
        else:
            contract.take_prices()
    price = carries_over(state, contract, settlement, event.price_nanos)
    assert price is not None, event
    for carrying_id, execution_id in settlement.suspended:
        fill = state.carrying[carrying_id].suspense.fills.get(execution_id)
        if fill is not None:
            fill.price_nanos = price


def _books_after(
    settlement: Settlement, event: day.SettlementCorrected
) -> tuple[HeldAtSettlement, ...]:
    more = {
        (part.book_id, part.carrying_account_id): part.difference_micros for part in event.books
    }
    found = []
    for held in settlement.books:
        added = more.pop((held.book_id, held.carrying_account_id), 0)
        carried = held.carried_micros + added
        found.append(HeldAtSettlement(held.book_id, held.carrying_account_id, held.lots, carried))
    found += [HeldAtSettlement(*key, 0, added) for key, added in sorted(more.items())]
    return tuple(found)


def _accounts_after(
    settlement: Settlement, event: day.SettlementCorrected
) -> tuple[SettledAccount, ...]:
    more = {part.carrying_account_id: part.difference_micros for part in event.carrying}
    found = []
    for held in settlement.carrying:
        carried = held.carried_micros + more.pop(held.carrying_account_id, 0)
        found.append(SettledAccount(held.carrying_account_id, held.lots, carried))
    found += [SettledAccount(key, 0, added) for key, added in sorted(more.items())]
    return tuple(found)


def _carry_on(contract: ContractState, event: day.SettlementCorrected) -> None:
    """Let days without a price that came since know what is carried now."""
    mended = event.trading_day.toordinal()
    now: ContractState | None = contract
    while now is not None:
        for ordinal, later in now.settlements.items():
            if ordinal > mended:
                now.settlements[ordinal] = msgspec.structs.replace(
                    later,
                    carrying=_accounts_after(later, event),
                    books=_books_after(later, event),
                )
        conversion = now.conversion
        now = conversion.successor if conversion is not None else None
        mended = conversion.day - 1 if conversion is not None else mended
