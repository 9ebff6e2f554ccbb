"""Sessions, marks, rates, indicators, settlement and expiry."""

from fencang.engine.accounts import ContractState, Line
from fencang.engine.evolve.fills import change_suspended
from fencang.engine.evolve.trading_day import begin_day
from fencang.engine.netting.rate_links import refresh_rates
from fencang.engine.settlements import keep_settlement, mark_final
from fencang.engine.state import DeskState, IndicatorState
from fencang.ledger.book import add_cash
from fencang.messages import events as ev
from fencang.refdata.rule import ReferenceKind
from fencang.refdata.session import Phase, phase_at

__all__: list[str] = []


def on_session_opened(state: DeskState, event: ev.SessionOpened) -> None:
    """Open; lots of earlier days are yesterday's from here on.

    Products with hours of their own are in the phase that their sessions say.
    """
    begin_day(state, event.venue_id, event.trading_day)
    venue = state.venues[event.venue_id]
    venue.phase = Phase.OPEN
    for hours in venue.product_hours:
        hours.phase = phase_at(hours.sessions, state.time_ns)


def on_session_closed(state: DeskState, event: ev.SessionClosed) -> None:
    """Close, the products with hours of their own too."""
    for hours in state.venues[event.venue_id].all_hours:
        hours.phase = Phase.CLOSE


def on_prices_marked(state: DeskState, event: ev.PricesMarked) -> None:
    """Mark every contract named."""
    contracts = state.contracts
    for mark in event.marks:
        contract = contracts[mark.contract_id]
        contract.mark(mark.price_nanos)
        contract.marked_ns = contract.venue.marked_ns = state.time_ns


def on_rates_marked(state: DeskState, event: ev.RatesMarked) -> None:
    """Value currencies; standings are kept per currency and need no change."""
    for rate in event.rates:
        state.rates.rate_nanos[rate.currency] = rate.rate_nanos
        state.rate_sources[rate.currency] = event.source


def on_indicator(state: DeskState, event: ev.IndicatorReported) -> None:
    """Keep level, close, and what the longest window of a rule still needs.

    The close before stays visible to this step's rules: it moves on with the level after it.
    """
    indicator = state.indicators.get(event.indicator)
    if indicator is None:
        indicator = state.indicators[event.indicator] = IndicatorState()
    indicator.close_nanos = indicator.next_close_nanos
    indicator.value_nanos = event.value_nanos
    if event.is_close:
        indicator.next_close_nanos = event.value_nanos
    longest = max(
        (
            armed.rule.window_ns
            for armed in state.rules.values()
            if armed.rule.indicator == event.indicator
            and armed.rule.reference is ReferenceKind.WINDOW_LOW
        ),
        default=0,
    )
    if longest:
        indicator.window.append((state.time_ns, event.value_nanos))
        while indicator.window[0][0] < state.time_ns - longest:
            indicator.window.popleft()


def on_settled(state: DeskState, event: ev.ContractSettled) -> None:
    """Mark to the settlement price and pay variation in books and carrying accounts."""
    contract = state.contracts[event.contract_id]
    contract.mark(event.price_nanos)
    contract.marked_ns = contract.venue.marked_ns = state.time_ns
    contract.settlement_nanos = event.price_nanos
    contract.take_prices()
    product, currency, is_final = contract.product, event.currency, event.is_final
    for part in event.carrying:
        carrying = state.carrying[part.carrying_account_id].book
        paid = carrying.position(event.contract_id).settle(
            product, event.price_nanos, is_final=is_final
        )
        assert paid == part.variation_micros, (event.contract_id, part, paid)
    for share in event.books:
        sub = state.subs.get(share.book_id)
        if sub is None:
            suspense = state.carrying[share.carrying_account_id].suspense
            book = suspense.book
            suspended = suspense.position(event.contract_id)
            paid = suspended.settle(product, event.price_nanos, is_final=is_final)
        else:
            book = sub.book
            position = book.positions[share.carrying_account_id, event.contract_id]
            paid = position.settle(product, event.price_nanos, is_final=is_final)
        add_cash(book.cash, currency, paid)
        carrying = state.carrying[share.carrying_account_id].book
        carrying.add_cash(book.owner_id, currency, paid)
        assert paid == share.variation_micros, (event.contract_id, share, paid)
    if product.pays_variation(is_final=is_final):
        for held in state.carrying.values():
            for fill in held.suspense.fills.values():
                if fill.contract_id == event.contract_id:
                    fill.price_nanos = event.price_nanos
    keep_settlement(state, contract, event)


def on_day_settled(state: DeskState, event: ev.TradingDaySettled) -> None:
    """Note the day; a larger side may end with its settlement."""
    state.venues[event.venue_id].settled_day = event.trading_day.toordinal()
    refresh_rates(state, event.venue_id)


def on_contract_expired(state: DeskState, event: ev.ContractExpired) -> None:
    """Close every position at the final price, which was just settled: no cash moves."""
    contract = state.contracts[event.contract_id]
    mark_final(contract)
    for line in contract.sorted_lines():
        _close_line(line, event.final_price_nanos)
    for carrying_id in sorted(state.carrying):
        carrying = state.carrying[carrying_id]
        carrying.book.positions.pop(event.contract_id, None)
        _close_suspended(state, contract, carrying_id)
    contract.is_expired = True
    for key in [key for key in state.instructions if key[2] == event.contract_id]:
        del state.instructions[key]


def _close_line(line: Line, price_nanos: int) -> None:
    position, product = line.position, line.contract.product
    if position.is_flat:
        return
    position.realised_micros += position.unrealised_micros(product, price_nanos)
    longs, shorts = position.long.quantity_lots, position.short.quantity_lots
    position.long.clear()
    position.short.clear()
    position.carried_micros = 0
    line.change_lots(-longs, -shorts, 0, 0)


def _close_suspended(state: DeskState, contract: ContractState, carrying_id: str) -> None:
    suspense = state.carrying[carrying_id].suspense
    contract_id = contract.contract.contract_id
    position = suspense.positions.pop(contract_id, None)
    if position is not None:
        longs, shorts = position.long_lots, position.short_lots
        change_suspended(state, contract, carrying_id, -longs, -shorts)
    for execution_id in sorted(suspense.fills):
        if suspense.fills[execution_id].contract_id == contract_id:
            del suspense.fills[execution_id]
