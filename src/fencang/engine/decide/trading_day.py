"""The trading day: opening it, closing it by its checklist, settling in slices, correcting."""

from datetime import date

from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.price import format_price
from fencang.engine.accounts import ContractState
from fencang.engine.checklist import ChecklistRow, checklist, unmet
from fencang.engine.conversion import living
from fencang.engine.decide.day_minima import day_minima
from fencang.engine.decide.market import marks_refusal, price_fault, settlements, venue_refusal
from fencang.engine.decide.refusal import (
    day_closed_words,
    rejected,
    second_person_refusal,
    source_refusal,
)
from fencang.engine.decide.settlement_prices import approvals, far_refusal
from fencang.engine.phases import hours_words
from fencang.engine.settlements import Settlement, carries_over, following_settlement
from fencang.engine.state import DeskState
from fencang.engine.venues import VenueState
from fencang.messages.commands import PriceMark
from fencang.messages.day_commands import (
    Check,
    CloseTradingDay,
    CorrectSettlement,
    OpenTradingDay,
    SettleContracts,
)
from fencang.messages.day_events import (
    AcceptedCheck,
    ContractsSettled,
    CorrectedAccount,
    CorrectedBook,
    ProductSessionsStated,
    SettlementCorrected,
    TradingDayClosed,
    TradingDayOpened,
)
from fencang.messages.events import AnyEvent, CommandRejected, OperatorCalled, TradingDaySettled
from fencang.messages.reasons import Reason
from fencang.refdata.desk import DayPolicy
from fencang.refdata.session import Phase, session_faults

__all__ = [
    "decide_close_day",
    "decide_correct_settlement",
    "decide_open_day",
    "decide_settle_contracts",
]


def decide_open_day(state: DeskState, command: OpenTradingDay) -> list[AnyEvent]:
    """Put a venue on a trading day that lies ahead, with its sessions."""
    venue_id = command.venue_id
    venue = state.venues.get(venue_id)
    if venue is None:
        return [rejected(Reason.UNKNOWN_REFERENCE, f"no venue {venue_id}")]
    refusal = _open_refusal(venue, command) or _products_refusal(state, command)
    if refusal is not None:
        return [refusal]
    left_open = _left_open(venue, command.trading_day)
    calls: list[AnyEvent] = []
    if left_open is not None and state.settings.day_policy is DayPolicy.STRICT:
        refusal = _override_refusal(command, left_open)
        if refusal is not None:
            return [refusal]
        detail = f"opened {command.trading_day} while {left_open} is not closed: {command.reason}"
        calls.append(OperatorCalled(subject=f"venue {command.venue_id}", detail=detail))
    opened = TradingDayOpened(
        venue_id=command.venue_id,
        trading_day=command.trading_day,
        sessions=command.sessions,
        left_open=left_open,
        reason=command.reason,
    )
    left = [] if command.trading_day.toordinal() == venue.today else day_minima(state, venue_id)
    if not command.product_sessions:
        return [*left, opened, *calls]
    stated = ProductSessionsStated(
        venue_id=venue_id, trading_day=command.trading_day, groups=command.product_sessions
    )
    return [*left, opened, stated, *calls]


def _open_refusal(venue: VenueState, command: OpenTradingDay) -> CommandRejected | None:
    day, venue_id = command.trading_day, command.venue_id
    if not venue.venue.is_trading_day(day):
        return rejected(Reason.WRONG_TRADING_DAY, f"{day} is no trading day of {venue_id}")
    ordinal = day.toordinal()
    if ordinal < venue.today or ordinal <= max(
        venue.opened_day, venue.settled_day, venue.closed_day
    ):
        return rejected(Reason.WRONG_TRADING_DAY, f"{venue_id} has already opened or passed {day}")
    if venue.is_open and ordinal != venue.today:
        hours = next(hours for hours in venue.all_hours if hours.phase is not Phase.CLOSE)
        whose = hours_words(venue, hours)
        detail = f"{whose} is in phase {hours.phase.value} of an earlier day"
        return rejected(Reason.SESSION_STATE, detail)
    faults = session_faults(command.sessions)
    if faults:
        return rejected(Reason.SESSIONS_FAULTY, "; ".join(faults))
    return None


def _products_refusal(state: DeskState, command: OpenTradingDay) -> CommandRejected | None:
    """Refuse products that are not of the venue or are named twice, and sessions that overlap."""
    faults, named = [], set[str]()
    for index, group in enumerate(command.product_sessions):
        at = f"product_sessions[{index}]"
        for product_id in group.product_ids:
            product = state.products.get(product_id)
            if product is None or product.venue_id != command.venue_id:
                faults.append(f"{at}: {product_id} is no product of {command.venue_id}")
            if product_id in named:
                faults.append(f"{at}: {product_id} is named twice")
            named.add(product_id)
    if faults:
        return rejected(Reason.PRODUCT_SESSIONS_FAULTY, "; ".join(faults))
    faults = [
        f"product_sessions[{index}].{fault}"
        for index, group in enumerate(command.product_sessions)
        for fault in session_faults(group.sessions)
    ]
    return rejected(Reason.SESSIONS_FAULTY, "; ".join(faults)) if faults else None


def _left_open(venue: VenueState, day: date) -> date | None:
    """Return the day before when the venue leaves it without having closed it."""
    if not venue.today or venue.is_day_closed or venue.today == day.toordinal():
        return None
    return date.fromordinal(venue.today)


def _override_refusal(command: OpenTradingDay, left_open: date) -> CommandRejected | None:
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is None and command.reason:
        return None
    detail = (
        f"{left_open} is not closed at {command.venue_id}: close it first, "
        "or open with a reason and a second person"
    )
    return rejected(Reason.DAY_BEFORE_NOT_CLOSED, detail)


# ------------------------------------------------------------------------------------- closing


def decide_close_day(state: DeskState, command: CloseTradingDay) -> list[AnyEvent]:
    """End the day a venue is on when its checklist is met, or what is not met is accepted."""
    venue = state.venues.get(command.venue_id)
    if venue is None:
        return [rejected(Reason.UNKNOWN_REFERENCE, f"no venue {command.venue_id}")]
    refusal = _day_refusal(venue, command.trading_day)
    if refusal is not None:
        return [refusal]
    left = unmet(checklist(state, command.venue_id))
    refusal = _close_refusal(command, left)
    if refusal is not None:
        return [refusal]
    events = day_minima(state, command.venue_id)
    if venue.settled_day != venue.today:
        events.append(
            TradingDaySettled(
                venue_id=command.venue_id,
                trading_day=command.trading_day,
                source=venue.settlement_source,
            )
        )
    closed = TradingDayClosed(
        venue_id=command.venue_id,
        trading_day=command.trading_day,
        accepted=tuple(AcceptedCheck(check=row.check, missing=row.missing) for row in left),
        reason=command.reason,
    )
    return [*events, closed]


def _day_refusal(venue: VenueState, day: date) -> CommandRejected | None:
    """Refuse what is not of the day that the venue is on, or comes after its closing."""
    if not venue.today or day.toordinal() != venue.today:
        on = f"on {date.fromordinal(venue.today)}" if venue.today else "on no trading day yet"
        detail = f"{venue.venue.venue_id} is {on}, not on {day}"
        return rejected(Reason.WRONG_TRADING_DAY, detail)
    if venue.is_day_closed:
        return rejected(Reason.DAY_CLOSED, day_closed_words(venue))
    return None


def _close_refusal(command: CloseTradingDay, left: list[ChecklistRow]) -> CommandRejected | None:
    named, lacking = sorted(set(command.accepted)), sorted(row.check for row in left)
    if left and not named:
        words = "; ".join(f"{row.check.value}: {row.missing}" for row in left)
        return rejected(Reason.DAY_NOT_READY, words)
    if named != lacking:
        detail = f"accepted {_names(named)}, but not met are {_names(lacking)}"
        return rejected(Reason.DAY_ACCEPTED_DIFFERS, detail)
    if not left:
        return None
    if not command.reason:
        return rejected(Reason.DAY_REASON_MISSING, f"say why {_names(named)} may stay as they are")
    return second_person_refusal(command.entered_by, command.approved_by)


def _names(checks: list[Check]) -> str:
    return ", ".join(check.value for check in checks) or "none"


# ------------------------------------------------------------------------------------ settling


def decide_settle_contracts(state: DeskState, command: SettleContracts) -> list[AnyEvent]:
    """Settle some contracts of the day, all or none of them."""
    venue = state.venues.get(command.venue_id)
    if venue is None:
        return [rejected(Reason.UNKNOWN_REFERENCE, f"no venue {command.venue_id}")]
    marks = tuple(PriceMark(price.contract_id, price.price_nanos) for price in command.prices)
    persons = (command.entered_by, command.approved_by)
    refusal = _day_refusal(venue, command.trading_day)
    refusal = refusal or source_refusal(command.source, *persons)
    refusal = refusal or marks_refusal(state, marks)
    refusal = refusal or venue_refusal(state, command.venue_id, marks)
    refusal = refusal or far_refusal(state, marks, *persons)
    if refusal is not None:
        return [refusal]
    settled = settlements(state, {mark.contract_id: mark.price_nanos for mark in marks})
    if settled is None:
        return [rejected(Reason.VALUE_OUT_OF_RANGE, "a variation is beyond what a record holds")]
    slice_ = ContractsSettled(
        venue_id=command.venue_id,
        trading_day=command.trading_day,
        source=command.source,
        contract_ids=tuple(mark.contract_id for mark in marks),
    )
    approved = approvals(command.venue_id, command.trading_day, marks, *persons)
    products = {state.contracts[mark.contract_id].product.product_id for mark in marks}
    minima = day_minima(state, command.venue_id, products)
    return [*settled, *approved, *minima, slice_]


# ---------------------------------------------------------------------------------- correcting


def decide_correct_settlement(state: DeskState, command: CorrectSettlement) -> list[AnyEvent]:
    """Give a past settlement its right price: compensating entries, made today."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    fault = price_fault(state, command.contract_id, command.price_nanos)
    if fault is not None:
        return [rejected(*fault)]
    contract = state.contracts[command.contract_id]
    if contract.venue.is_day_closed:
        detail = f"{day_closed_words(contract.venue)}; correct on the next day"
        return [rejected(Reason.DAY_CLOSED, detail)]
    settlement = contract.settlements.get(command.trading_day.toordinal())
    if settlement is None:
        return [rejected(Reason.SETTLEMENT_NOT_KEPT, _kept_words(contract, command.trading_day))]
    price = command.price_nanos
    if settlement.price_nanos == price:
        detail = f"{command.contract_id} was settled at {format_price(command.price_nanos)}"
        return [rejected(Reason.SETTLEMENT_UNCHANGED, detail)]
    corrected = _corrected(contract, settlement, command)
    if corrected.following_day is None and carries_over(state, contract, settlement, price) is None:
        name = living(contract).contract.contract_id
        detail = f"{format_price(price)} is no price of {name}, in which lots lie in suspense"
        return [rejected(Reason.CONVERSION_NOT_WHOLE, detail)]
    amounts = [part.difference_micros for part in corrected.carrying]
    amounts += [part.difference_micros for part in corrected.books]
    if any(abs(amount) > MONEY_MICROS_MAX for amount in amounts):
        return [rejected(Reason.VALUE_OUT_OF_RANGE, "a difference is beyond what a record holds")]
    return [corrected]


def _kept_words(contract: ContractState, day: date) -> str:
    kept = ", ".join(date.fromordinal(each).isoformat() for each in sorted(contract.settlements))
    name = contract.contract.contract_id
    return f"positions of {name} at a settlement of {day} are not kept; kept: {kept or 'none'}"


def _corrected(
    contract: ContractState, settlement: Settlement, command: CorrectSettlement
) -> SettlementCorrected:
    product, price = contract.product, command.price_nanos
    following = following_settlement(contract, settlement.day)
    books = [
        CorrectedBook(
            book_id=held.book_id,
            carrying_account_id=held.carrying_account_id,
            difference_micros=product.value_micros(price, held.lots) - held.carried_micros,
        )
        for held in settlement.books
    ]
    carrying = [
        CorrectedAccount(
            carrying_account_id=held.carrying_account_id,
            difference_micros=product.value_micros(price, held.lots) - held.carried_micros,
        )
        for held in settlement.carrying
    ]
    return SettlementCorrected(
        contract_id=command.contract_id,
        trading_day=command.trading_day,
        price_before_nanos=settlement.price_nanos,
        price_nanos=price,
        currency=contract.currency,
        source=command.source,
        reason=command.reason,
        approved_by=command.approved_by,
        following_day=None if following is None else date.fromordinal(following.day),
        is_final=settlement.is_final,
        carrying=tuple(part for part in carrying if part.difference_micros),
        books=tuple(part for part in books if part.difference_micros),
    )
