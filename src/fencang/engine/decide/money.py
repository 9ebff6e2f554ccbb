"""Cash, capital and opening books."""

from collections import Counter

from fencang.basics.price import is_on_tick
from fencang.engine.accounts import SubState
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.flows.standing import uncovered_micros
from fencang.engine.state import DeskState
from fencang.ledger.book import reserve_id
from fencang.messages.commands import (
    ConvertCurrency,
    DepositCash,
    ImportOpeningBook,
    OpeningCash,
    OpeningLots,
    TransferCapital,
    WithdrawCash,
)
from fencang.messages.events import (
    AnyEvent,
    CapitalTransferred,
    CashDeposited,
    CashWithdrawn,
    CommandRejected,
    CurrencyConverted,
    OpeningBookImported,
)
from fencang.messages.reasons import Reason

__all__ = [
    "decide_convert",
    "decide_deposit",
    "decide_import",
    "decide_transfer",
    "decide_withdraw",
    "reserve_refusal",
]


def _owner_refusal(state: DeskState, carrying_id: str, owner_id: str) -> CommandRejected | None:
    carrying = state.carrying.get(carrying_id)
    if carrying is None:
        detail = f"no carrying account {carrying_id}"
        return rejected(Reason.UNKNOWN_CARRYING_ACCOUNT, detail)
    if owner_id not in state.persons:
        return rejected(Reason.UNKNOWN_REFERENCE, f"no legal person {owner_id}")
    if owner_id != carrying.account.holder_id and not carrying.account.omnibus:
        detail = f"{carrying_id} is held by {carrying.account.holder_id} and is not omnibus"
        return rejected(Reason.OWNER_NEEDS_OMNIBUS, detail)
    return None


def _rate_refusal(state: DeskState, currency: str) -> CommandRejected | None:
    if state.rates.knows(currency):
        return None
    return rejected(Reason.UNKNOWN_CURRENCY_RATE, f"no exchange rate for {currency}")


def decide_deposit(state: DeskState, command: DepositCash) -> list[AnyEvent]:
    """Book arrived cash into the owner's reserve."""
    refusal = _owner_refusal(state, command.carrying_account_id, command.owner_id)
    refusal = refusal or _rate_refusal(state, command.currency)
    if refusal is not None:
        return [refusal]
    return [
        CashDeposited(
            carrying_account_id=command.carrying_account_id,
            owner_id=command.owner_id,
            currency=command.currency,
            amount_micros=command.amount_micros,
        )
    ]


def decide_withdraw(state: DeskState, command: WithdrawCash) -> list[AnyEvent]:
    """Pay out of the reserve what reserve, carrying account and margin can spare."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    refusal = refusal or _owner_refusal(state, command.carrying_account_id, command.owner_id)
    refusal = refusal or _rate_refusal(state, command.currency)
    if refusal is not None:
        return [refusal]
    pool = state.pool(command.owner_id)
    held = pool.reserve.cash.get(command.currency, 0)
    at_broker = state.carrying[command.carrying_account_id].book.cash_of(
        command.owner_id, command.currency
    )
    if command.amount_micros > min(held, at_broker):
        detail = (
            f"reserve holds {held} and {command.carrying_account_id} holds {at_broker} micros "
            f"of {command.currency}, not {command.amount_micros}"
        )
        return [rejected(Reason.CASH_TOO_SMALL, detail)]
    value = state.rates.value(command.currency, command.amount_micros)
    refusal = reserve_refusal(state, command.owner_id, value)
    if refusal is None and value > pool.standing.available_micros(state.rates):
        detail = "the pool's margin needs the cash"
        refusal = rejected(Reason.MARGIN_POOL, detail)
    if refusal is not None:
        return [refusal]
    return [
        CashWithdrawn(
            carrying_account_id=command.carrying_account_id,
            owner_id=command.owner_id,
            currency=command.currency,
            amount_micros=command.amount_micros,
        )
    ]


def reserve_refusal(state: DeskState, owner_id: str, taken_micros: int) -> CommandRejected | None:
    """Refuse to take from the reserve what covers the deficits of sub-accounts."""
    pool = state.pool(owner_id)
    covered = -uncovered_micros(state, pool)
    if taken_micros > covered:
        detail = f"the reserve can spare {max(0, covered)} micros, not {taken_micros}"
        return rejected(Reason.GRANTS_EXCEED_EQUITY, detail)
    return None


def decide_transfer(state: DeskState, command: TransferCapital) -> list[AnyEvent]:
    """Move capital between sub-accounts and reserve of one owner."""
    source, target = command.from_sub_account_id, command.to_sub_account_id
    if source == target:
        return [rejected(Reason.SAME_BOOK, "a transfer needs two different books")]
    subs: list[SubState] = []
    for sub_id in (source, target):
        if sub_id is None:
            continue
        sub = state.subs.get(sub_id)
        if sub is None:
            return [rejected(Reason.UNKNOWN_SUB_ACCOUNT, f"no sub-account {sub_id}")]
        subs.append(sub)
    pool = subs[0].pool
    if any(sub.pool is not pool for sub in subs):
        return [rejected(Reason.OWNERS_DIFFER, "capital never moves between owners")]
    refusal = _source_refusal(state, command, subs)
    if refusal is not None:
        return [refusal]
    reserve = reserve_id(pool.owner_id)
    return [
        CapitalTransferred(
            from_book_id=source or reserve,
            to_book_id=target or reserve,
            amount_micros=command.amount_micros,
            reason=command.reason,
        )
    ]


def _source_refusal(
    state: DeskState, command: TransferCapital, subs: list[SubState]
) -> CommandRejected | None:
    amount = command.amount_micros
    if command.from_sub_account_id is None:
        pool = subs[0].pool
        held = pool.reserve.cash.get(state.rates.base_currency, 0)
        if amount > held:
            detail = f"the reserve holds {held} micros, not {amount}"
            return rejected(Reason.RESERVE_TOO_SMALL, detail)
        return reserve_refusal(state, pool.owner_id, amount)
    available = subs[0].standing.available_micros(state.rates)
    if amount > available:
        detail = (
            f"{command.from_sub_account_id} can spare {max(0, available)} micros beyond its "
            f"margin requirement, not {amount}"
        )
        return rejected(Reason.CAPITAL_TOO_SMALL, detail)
    return None


def decide_convert(state: DeskState, command: ConvertCurrency) -> list[AnyEvent]:
    """Exchange cash of one book as the bank confirmed it."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    book = state.book(command.book_id)
    if book is None:
        return [rejected(Reason.UNKNOWN_SUB_ACCOUNT, f"no book {command.book_id}")]
    refusal = _owner_refusal(state, command.carrying_account_id, book.owner_id)
    refusal = refusal or _rate_refusal(state, command.sold_currency)
    refusal = refusal or _rate_refusal(state, command.bought_currency)
    if refusal is not None:
        return [refusal]
    if command.sold_currency == command.bought_currency:
        return [rejected(Reason.SAME_BOOK, "a conversion needs two currencies")]
    carrying = state.carrying[command.carrying_account_id].book
    held = carrying.cash_of(book.owner_id, command.sold_currency)
    if command.sold_micros > held:
        detail = (
            f"{command.carrying_account_id} holds {held} micros of {command.sold_currency} for "
            f"{book.owner_id}"
        )
        return [rejected(Reason.CASH_TOO_SMALL, detail)]
    return [
        CurrencyConverted(
            book_id=command.book_id,
            carrying_account_id=command.carrying_account_id,
            sold_currency=command.sold_currency,
            sold_micros=command.sold_micros,
            bought_currency=command.bought_currency,
            bought_micros=command.bought_micros,
            rate_source=command.rate_source,
        )
    ]


def decide_import(state: DeskState, command: ImportOpeningBook) -> list[AnyEvent]:
    """Take over positions and cash of a prior system; every fault is listed, none is applied."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    faults = [
        f"lots[{index}]: {fault}"
        for index, lots in enumerate(command.lots)
        for fault in _lots_faults(state, lots)
    ]
    faults += [
        f"cash[{index}]: {fault}"
        for index, cash in enumerate(command.cash)
        for fault in _cash_faults(state, cash)
    ]
    if faults:
        return [rejected(Reason.FAULTY_DEFINITION, "; ".join(faults))]
    if sum(lots.quantity_lots for lots in command.lots) != command.lots_total:
        total = sum(lots.quantity_lots for lots in command.lots)
        detail = f"lots sum to {total}, the control total is {command.lots_total}"
        return [rejected(Reason.CONTROL_TOTAL_DIFFERS, detail)]
    sums: Counter[str] = Counter()
    for cash in command.cash:
        sums[cash.currency] += cash.amount_micros
    if dict(sums) != dict(command.cash_totals):
        detail = f"cash sums to {dict(sorted(sums.items()))}, control totals differ"
        return [rejected(Reason.CONTROL_TOTAL_DIFFERS, detail)]
    return [OpeningBookImported(source=command.source, lots=command.lots, cash=command.cash)]


def _lots_faults(state: DeskState, lots: OpeningLots) -> list[str]:
    sub = state.subs.get(lots.sub_account_id)
    contract = state.contracts.get(lots.contract_id)
    carrying = state.carrying.get(lots.carrying_account_id)
    faults = []
    if sub is None:
        faults.append(f"no sub-account {lots.sub_account_id}")
    if contract is None or contract.is_expired:
        faults.append(f"no live contract {lots.contract_id}")
    else:
        tick = contract.product.mark_tick_nanos
        faults += [
            f"price {price} nanos is off the tick of {tick} nanos"
            for price in (lots.price_nanos, lots.carried_price_nanos)
            if not is_on_tick(price, tick)
        ]
    if carrying is None:
        faults.append(f"no carrying account {lots.carrying_account_id}")
    if faults or sub is None or contract is None or carrying is None:
        return faults
    if state.route(sub, contract.product.venue_id) != lots.carrying_account_id:
        faults.append(f"{lots.sub_account_id} is not routed to {lots.carrying_account_id}")
    line = sub.lines.get((lots.carrying_account_id, lots.contract_id))
    if line is not None and not line.is_empty:
        faults.append(f"{lots.sub_account_id} already holds or held {lots.contract_id}")
    return faults


def _cash_faults(state: DeskState, cash: OpeningCash) -> list[str]:
    refusal = _owner_refusal(state, cash.carrying_account_id, cash.owner_id)
    refusal = refusal or _rate_refusal(state, cash.currency)
    faults = [refusal.detail] if refusal else []
    if cash.sub_account_id is not None:
        sub = state.subs.get(cash.sub_account_id)
        if sub is None:
            faults.append(f"no sub-account {cash.sub_account_id}")
        elif sub.definition.owner_id != cash.owner_id:
            faults.append(f"{cash.sub_account_id} is not owned by {cash.owner_id}")
    return faults
