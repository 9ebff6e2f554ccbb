"""Cash, capital and opening books."""

from fencang.basics.money import MONEY_MICROS_MAX
from fencang.engine.accounts import SubState
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.flows.standing import uncovered_micros
from fencang.engine.state import DeskState
from fencang.ledger.book import Book, reserve_id
from fencang.messages.commands import (
    ConvertCurrency,
    DepositCash,
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
)
from fencang.messages.reasons import Reason

__all__ = [
    "decide_convert",
    "decide_deposit",
    "decide_transfer",
    "decide_withdraw",
    "owner_refusal",
    "range_refusal",
    "rate_refusal",
    "reserve_refusal",
    "unpromised_micros",
]


def owner_refusal(state: DeskState, carrying_id: str, owner_id: str) -> CommandRejected | None:
    """Refuse cash of a person who is no owner of the carrying account."""
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


def rate_refusal(state: DeskState, currency: str) -> CommandRejected | None:
    """Refuse cash in a currency without an exchange rate."""
    if state.rates.knows(currency):
        return None
    return rejected(Reason.UNKNOWN_CURRENCY_RATE, f"no exchange rate for {currency}")


def range_refusal(
    state: DeskState, owner_id: str, currency: str, amount_micros: int
) -> CommandRejected | None:
    """Refuse cash that would bring a balance near what a record can store."""
    balance = state.pool(owner_id).standing.balance.get(currency, 0) + amount_micros
    value = state.rates.value(currency, balance)
    if max(abs(balance), abs(value)) <= MONEY_MICROS_MAX // 2:
        return None
    detail = f"the owner's {currency} would come to {balance} micros, beyond what is kept exact"
    return rejected(Reason.VALUE_OUT_OF_RANGE, detail)


def unpromised_micros(state: DeskState, carrying_id: str, owner_id: str, currency: str) -> int:
    """Return an owner's cash at a carrying account that no outgoing wire is promised."""
    held = state.carrying[carrying_id].book.cash_of(owner_id, currency)
    return held - state.funds.promised_micros(owner_id, currency, carrying_id)


def decide_deposit(state: DeskState, command: DepositCash) -> list[AnyEvent]:
    """Book arrived cash into the owner's reserve."""
    refusal = owner_refusal(state, command.carrying_account_id, command.owner_id)
    refusal = refusal or rate_refusal(state, command.currency)
    refusal = refusal or range_refusal(
        state, command.owner_id, command.currency, command.amount_micros
    )
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
    refusal = refusal or owner_refusal(state, command.carrying_account_id, command.owner_id)
    refusal = refusal or rate_refusal(state, command.currency)
    if refusal is not None:
        return [refusal]
    pool = state.pool(command.owner_id)
    held = pool.reserve.cash.get(command.currency, 0)
    at_broker = unpromised_micros(
        state, command.carrying_account_id, command.owner_id, command.currency
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
    refusal = owner_refusal(state, command.carrying_account_id, book.owner_id)
    refusal = refusal or rate_refusal(state, command.sold_currency)
    refusal = refusal or rate_refusal(state, command.bought_currency)
    if refusal is not None:
        return [refusal]
    if command.sold_currency == command.bought_currency:
        return [rejected(Reason.SAME_BOOK, "a conversion needs two currencies")]
    refusal = range_refusal(state, book.owner_id, command.bought_currency, command.bought_micros)
    refusal = refusal or _converted_reserve_refusal(state, command, book)
    if refusal is not None:
        return [refusal]
    held = unpromised_micros(
        state, command.carrying_account_id, book.owner_id, command.sold_currency
    )
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


def _converted_reserve_refusal(
    state: DeskState, command: ConvertCurrency, book: Book
) -> CommandRejected | None:
    """Refuse a conversion of the reserve that sells more than it holds or covers."""
    if book.book_id != reserve_id(book.owner_id):
        return None
    held = book.cash.get(command.sold_currency, 0)
    if command.sold_micros > held:
        detail = f"the reserve holds {held} micros of {command.sold_currency}"
        return rejected(Reason.CASH_TOO_SMALL, detail)
    rates = state.rates
    sold = rates.value(command.sold_currency, command.sold_micros)
    lost = sold - rates.value(command.bought_currency, command.bought_micros)
    return reserve_refusal(state, book.owner_id, lost) if lost > 0 else None
