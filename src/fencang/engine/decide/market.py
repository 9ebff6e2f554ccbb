"""Market data, sessions, settlement and expiry."""

from collections import defaultdict
from collections.abc import Iterable

from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.price import format_price, is_on_tick
from fencang.engine.accounts import ContractState
from fencang.engine.conversion import ended_words
from fencang.engine.decide.day_minima import day_minima
from fencang.engine.decide.refusal import day_closed_words, rejected, source_refusal
from fencang.engine.decide.settlement_prices import approvals, far_refusal
from fencang.engine.state import DeskState
from fencang.messages.commands import (
    CloseSession,
    ExpireContract,
    MarkPrices,
    MarkRates,
    OpenSession,
    PriceMark,
    ReportIndicator,
    SettleTradingDay,
)
from fencang.messages.events import (
    AnyEvent,
    BookVariation,
    CarryingVariation,
    CommandRejected,
    ContractExpired,
    ContractSettled,
    IndicatorReported,
    OrderExpired,
    PricesMarked,
    RatesMarked,
    SessionClosed,
    SessionOpened,
    TradingDaySettled,
)
from fencang.messages.reasons import Reason
from fencang.refdata.desk import DayPolicy
from fencang.refdata.session import Phase

__all__ = [
    "decide_close_session",
    "decide_expire",
    "decide_indicator",
    "decide_mark_prices",
    "decide_mark_rates",
    "decide_open_session",
    "decide_settle",
    "marks_refusal",
    "price_fault",
    "settlements",
    "venue_refusal",
]


def decide_open_session(state: DeskState, command: OpenSession) -> list[AnyEvent]:
    """Open a venue for a trading day that its calendar knows and that lies ahead."""
    venue = state.venues.get(command.venue_id)
    if venue is None:
        return [rejected(Reason.UNKNOWN_REFERENCE, f"no venue {command.venue_id}")]
    day = command.trading_day
    is_moving_on = day.toordinal() != venue.today
    if venue.phase is not Phase.CLOSE or (is_moving_on and venue.is_open):
        return [rejected(Reason.SESSION_STATE, f"venue {command.venue_id} is open already")]
    if not venue.venue.is_trading_day(day):
        detail = f"{day} is no trading day of {command.venue_id}"
        return [rejected(Reason.WRONG_TRADING_DAY, detail)]
    if day.toordinal() < venue.today or day.toordinal() <= venue.settled_day:
        detail = f"{command.venue_id} has already passed {day}"
        return [rejected(Reason.WRONG_TRADING_DAY, detail)]
    if day.toordinal() != venue.opened_day and state.settings.day_policy is DayPolicy.STRICT:
        detail = f"{day} is not the open trading day of {command.venue_id}: OpenTradingDay first"
        return [rejected(Reason.DAY_NOT_OPEN, detail)]
    opened = SessionOpened(venue_id=command.venue_id, trading_day=day)
    if day.toordinal() == venue.today:
        return [opened]
    return [*day_minima(state, command.venue_id), opened]


def decide_close_session(state: DeskState, command: CloseSession) -> list[AnyEvent]:
    """Close a venue."""
    venue = state.venues.get(command.venue_id)
    if venue is None:
        return [rejected(Reason.UNKNOWN_REFERENCE, f"no venue {command.venue_id}")]
    if not venue.is_open:
        return [rejected(Reason.SESSION_STATE, f"venue {command.venue_id} is closed already")]
    return [SessionClosed(venue_id=command.venue_id)]


def price_fault(state: DeskState, contract_id: str, price_nanos: int) -> tuple[Reason, str] | None:
    """Return why a mark or settlement price cannot enter."""
    contract = state.contracts.get(contract_id)
    if contract is None:
        return Reason.UNKNOWN_CONTRACT, f"no contract {contract_id}"
    product = contract.product
    if not is_on_tick(price_nanos, product.mark_tick_nanos):
        tick = format_price(product.mark_tick_nanos)
        detail = f"{contract_id}: {format_price(price_nanos)} is off the settlement tick {tick}"
        return Reason.PRICE_OFF_TICK, detail
    if price_nanos <= 0 and product.positive_prices_only:
        return Reason.PRICE_NOT_POSITIVE, f"{contract_id} takes positive prices only"
    return None


def marks_refusal(state: DeskState, marks: Iterable[PriceMark]) -> CommandRejected | None:
    """Refuse marks or settlement prices that cannot enter, all of them at once."""
    faults = []
    for mark in marks:
        fault = price_fault(state, mark.contract_id, mark.price_nanos)
        if fault is not None:
            faults.append(fault)
    if not faults:
        return None
    return rejected(faults[0][0], "; ".join(text for _, text in faults))


def decide_mark_prices(state: DeskState, command: MarkPrices) -> list[AnyEvent]:
    """Mark contracts; prices of expired contracts are passed over."""
    refusal = source_refusal(command.source, command.entered_by, command.approved_by)
    refusal = refusal or marks_refusal(state, command.marks)
    if refusal is not None:
        return [refusal]
    contracts = state.contracts
    live = tuple(mark for mark in command.marks if not contracts[mark.contract_id].is_expired)
    return [PricesMarked(marks=live)]


def decide_mark_rates(state: DeskState, command: MarkRates) -> list[AnyEvent]:
    """Value currencies; the base currency is worth itself."""
    refusal = source_refusal(command.source, command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    base = state.rates.base_currency
    if any(rate.currency == base for rate in command.rates):
        return [rejected(Reason.UNKNOWN_REFERENCE, f"{base} is the base currency, always 1")]
    return [RatesMarked(source=command.source, rates=command.rates)]


def decide_indicator(state: DeskState, command: ReportIndicator) -> list[AnyEvent]:
    """Take a new level; the rules that watch it follow as further steps."""
    return [
        IndicatorReported(
            indicator=command.indicator,
            value_nanos=command.value_nanos,
            is_close=command.is_close,
        )
    ]


def decide_settle(state: DeskState, command: SettleTradingDay) -> list[AnyEvent]:
    """Settle the day's contracts of one venue, all or none."""
    venue = state.venues.get(command.venue_id)
    if venue is None:
        return [rejected(Reason.UNKNOWN_REFERENCE, f"no venue {command.venue_id}")]
    day = command.trading_day.toordinal()
    if day != venue.today:
        detail = f"{command.venue_id} is not on trading day {command.trading_day}"
        return [rejected(Reason.WRONG_TRADING_DAY, detail)]
    if venue.settled_day == day:
        detail = f"{command.venue_id} has settled {command.trading_day}"
        return [rejected(Reason.ALREADY_SETTLED, detail)]
    refusal = source_refusal(command.source, command.entered_by, command.approved_by)
    refusal = refusal or marks_refusal(state, command.prices)
    refusal = refusal or venue_refusal(state, command.venue_id, command.prices)
    persons = (command.entered_by, command.approved_by)
    refusal = refusal or far_refusal(state, command.prices, *persons)
    if refusal is not None:
        return [refusal]
    settled = settlements(state, {mark.contract_id: mark.price_nanos for mark in command.prices})
    if settled is None:
        return [rejected(Reason.VALUE_OUT_OF_RANGE, "a variation is beyond what a record holds")]
    done = TradingDaySettled(
        venue_id=command.venue_id, trading_day=command.trading_day, source=command.source
    )
    approved = approvals(command.venue_id, command.trading_day, command.prices, *persons)
    return [*settled, *approved, *day_minima(state, command.venue_id), done]


def venue_refusal(
    state: DeskState, venue_id: str, prices: Iterable[PriceMark]
) -> CommandRejected | None:
    """Refuse prices of contracts that do not settle at the venue today, or did already."""
    seen = set()
    today = state.venues[venue_id].today
    for mark in prices:
        contract = state.contracts[mark.contract_id]
        if contract.product.venue_id != venue_id or contract.is_expired:
            detail = f"{mark.contract_id} does not settle at {venue_id} today"
            return rejected(Reason.UNKNOWN_CONTRACT, detail)
        settled = contract.settlements.get(today)
        if settled is not None and settled.price_nanos is not None:
            price = format_price(settled.price_nanos)
            detail = f"{mark.contract_id} was settled at {price} today; CorrectSettlement mends it"
            return rejected(Reason.ALREADY_SETTLED, detail)
        if mark.contract_id in seen:
            return rejected(Reason.ALREADY_SETTLED, f"{mark.contract_id} has two prices")
        seen.add(mark.contract_id)
    return None


def settlements(
    state: DeskState, prices: dict[str, int], *, is_final: bool = False
) -> list[AnyEvent] | None:
    """Return one ``ContractSettled`` per contract, or None when an amount is out of range."""
    books = _book_variations(state, prices, is_final=is_final)
    events: list[AnyEvent] = []
    for contract_id, price in prices.items():
        contract = state.contracts[contract_id]
        carrying = _carrying_variations(state, contract, price, is_final=is_final)
        lines = tuple(books[contract_id])
        amounts = [part.variation_micros for part in carrying]
        amounts += [part.variation_micros for part in lines]
        if any(abs(amount) > MONEY_MICROS_MAX for amount in amounts):
            return None
        events.append(
            ContractSettled(
                contract_id=contract_id,
                price_nanos=price,
                currency=contract.currency,
                carrying=carrying,
                books=lines,
                is_final=is_final,
            )
        )
    return events


def _carrying_variations(
    state: DeskState, contract: ContractState, price_nanos: int, *, is_final: bool
) -> tuple[CarryingVariation, ...]:
    parts = []
    contract_id = contract.contract.contract_id
    for carrying_id in sorted(state.carrying):
        position = state.carrying[carrying_id].book.positions.get(contract_id)
        if position is not None and not position.is_flat:
            parts.append(
                CarryingVariation(
                    carrying_account_id=carrying_id,
                    variation_micros=position.variation(
                        contract.product, price_nanos, is_final=is_final
                    ),
                )
            )
    return tuple(parts)


def _book_variations(
    state: DeskState, prices: dict[str, int], *, is_final: bool
) -> defaultdict[str, list[BookVariation]]:
    found: defaultdict[str, list[BookVariation]] = defaultdict(list)
    for contract_id, price in prices.items():
        product = state.contracts[contract_id].product
        for line in state.contracts[contract_id].sorted_lines():
            position = line.position
            if position.is_flat and not position.carried_micros:
                continue
            found[contract_id].append(
                BookVariation(
                    book_id=line.sub.sub_account_id,
                    carrying_account_id=line.carrying_account_id,
                    variation_micros=position.variation(product, price, is_final=is_final),
                )
            )
    for carrying_id in sorted(state.carrying):
        suspense = state.carrying[carrying_id].suspense
        for contract_id in sorted(suspense.positions):
            suspended = suspense.positions[contract_id]
            if contract_id not in prices or suspended.is_flat:
                continue
            product, price = state.contracts[contract_id].product, prices[contract_id]
            found[contract_id].append(
                BookVariation(
                    book_id=suspense.book.book_id,
                    carrying_account_id=carrying_id,
                    variation_micros=suspended.variation(product, price, is_final=is_final),
                )
            )
    return found


def decide_expire(state: DeskState, command: ExpireContract) -> list[AnyEvent]:
    """Settle a contract for the last time; its working orders expire with it."""
    contract = state.contracts.get(command.contract_id)
    if contract is None:
        return [rejected(Reason.UNKNOWN_CONTRACT, f"no contract {command.contract_id}")]
    if contract.is_expired:
        return [rejected(Reason.CONTRACT_EXPIRED, ended_words(contract))]
    if contract.product.option is not None:
        detail = f"{command.contract_id} is an option: it ends at the price of what it is on"
        return [rejected(Reason.EXPIRES_AS_OPTION, detail)]
    if contract.venue.is_day_closed:
        return [rejected(Reason.DAY_CLOSED, day_closed_words(contract.venue))]
    refusal = source_refusal(command.source, command.entered_by, command.approved_by)
    mark = PriceMark(command.contract_id, command.final_price_nanos)
    refusal = refusal or marks_refusal(state, (mark,))
    refusal = refusal or far_refusal(state, (mark,), command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    prices = {command.contract_id: command.final_price_nanos}
    settled = settlements(state, prices, is_final=True)
    if settled is None:
        return [rejected(Reason.VALUE_OUT_OF_RANGE, "a variation is beyond what a record holds")]
    expired = [OrderExpired(order_id=order_id) for order_id in sorted(contract.live_orders)]
    done = ContractExpired(
        contract_id=command.contract_id, final_price_nanos=command.final_price_nanos
    )
    return [*expired, *settled, done]
