"""Opening books: positions and cash of a prior system, taken over all or not at all."""

from collections import Counter

from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.price import NANOS, is_on_tick
from fencang.engine.accounts import ContractState, Line
from fencang.engine.decide.money import owner_refusal, range_refusal, rate_refusal
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.state import DeskState
from fencang.messages.commands import ImportOpeningBook, OpeningCash, OpeningLots
from fencang.messages.events import AnyEvent, OpeningBookImported
from fencang.messages.message import Side
from fencang.messages.reasons import Reason

__all__ = ["decide_import"]


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
    faults += _side_faults(state, command.lots) + _reserve_faults(state, command.cash)
    held, opposite = _meeting(state, command)
    for reason, found in (
        (Reason.FAULTY_DEFINITION, faults),
        (Reason.OPENING_SIDE_OPPOSITE, opposite),
        (Reason.OPENING_LOTS_HELD, held),
    ):
        if found:
            # The first kind names the refusal; the others are told with it, all at once.
            return [rejected(reason, "; ".join([*faults, *opposite, *held]))]
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
        faults += _contract_faults(state, lots, contract)
    if carrying is None:
        faults.append(f"no carrying account {lots.carrying_account_id}")
    if faults or sub is None or contract is None or carrying is None:
        return faults
    if state.route(sub, contract.product.venue_id) != lots.carrying_account_id:
        faults.append(f"{lots.sub_account_id} is not routed to {lots.carrying_account_id}")
    return faults


def _meeting(state: DeskState, command: ImportOpeningBook) -> tuple[list[str], list[str]]:
    """Return lots that meet others of their own sub-account, and those that would close them.

    The same book may have come before, so lots are added only where the import says so.  In a net
    account lots of the other side would close, and taking a book over is no trade.
    """
    held, opposite = [], []
    for index, lots in enumerate(command.lots):
        sub = state.subs.get(lots.sub_account_id)
        key = (lots.carrying_account_id, lots.contract_id)
        line = sub.lines.get(key) if sub is not None else None
        if line is None or line.is_empty:
            continue
        coming = f"{lots.quantity_lots} lots {'long' if lots.side is Side.BUY else 'short'}"
        if not line.is_gross and line.open_lots(lots.side):
            words = f"{coming} would close in a net account, and an import closes nothing"
            opposite.append(f"lots[{index}]: {_has_words(line)}; {words}")
        elif not command.adds_to_holdings:
            held.append(f"lots[{index}]: {_has_words(line)}; say that {coming} add to it")
    return held, opposite


def _has_words(line: Line) -> str:
    longs, shorts = line.position.long.quantity_lots, line.position.short.quantity_lots
    has = f"holds {longs} long and {shorts} short lots" if longs or shorts else "held lots"
    contract_id, account = line.contract.contract.contract_id, line.carrying_account_id
    return f"{line.sub.sub_account_id} already {has} of {contract_id} at {account}"


def _cash_faults(state: DeskState, cash: OpeningCash) -> list[str]:
    refusal = owner_refusal(state, cash.carrying_account_id, cash.owner_id)
    refusal = refusal or rate_refusal(state, cash.currency)
    faults = [refusal.detail] if refusal else []
    if cash.sub_account_id is not None:
        sub = state.subs.get(cash.sub_account_id)
        if sub is None:
            faults.append(f"no sub-account {cash.sub_account_id}")
        elif sub.definition.owner_id != cash.owner_id:
            faults.append(f"{cash.sub_account_id} is not owned by {cash.owner_id}")
    return faults


def _contract_faults(state: DeskState, lots: OpeningLots, contract: ContractState) -> list[str]:
    product, today = contract.product, contract.venue.today
    tick = product.mark_tick_nanos
    faults = [
        f"price {price} nanos is off the tick of {tick} nanos"
        for price in (lots.price_nanos, lots.carried_price_nanos)
        if not is_on_tick(price, tick)
    ]
    if today and lots.opened_day.toordinal() > today:
        faults.append(f"opened on {lots.opened_day}, after the venue's trading day")
    if not state.rates.knows(product.currency):
        faults.append(f"no exchange rate for {product.currency}")
    largest = max(abs(lots.price_nanos), abs(lots.carried_price_nanos))
    value = largest * product.point_value_micros * lots.quantity_lots
    if value > MONEY_MICROS_MAX // 16 * NANOS:
        faults.append("the value of the lots is beyond what is kept exact")
    return faults


def _side_faults(state: DeskState, lots: tuple[OpeningLots, ...]) -> list[str]:
    """Return lines that a net account would hold long and short at once."""
    sides: dict[tuple[str, str, str], set[Side]] = {}
    for entry in lots:
        carrying = state.carrying.get(entry.carrying_account_id)
        if carrying is not None and not carrying.is_gross:
            key = (entry.sub_account_id, entry.carrying_account_id, entry.contract_id)
            sides.setdefault(key, set()).add(entry.side)
    return [
        f"{' '.join(key)}: both sides in a net account"
        for key, found in sorted(sides.items())
        if len(found) > 1
    ]


def _reserve_faults(state: DeskState, cash: tuple[OpeningCash, ...]) -> list[str]:
    """Return owners whose reserve would fall below zero, or whose cash out of range."""
    reserve: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for entry in cash:
        total[entry.owner_id, entry.currency] += entry.amount_micros
        if entry.sub_account_id is None:
            reserve[entry.owner_id, entry.currency] += entry.amount_micros
    faults = []
    for (owner_id, currency), amount in sorted(reserve.items()):
        held = state.pools[owner_id].reserve.cash.get(currency, 0) if owner_id in state.pools else 0
        if held + amount < 0:
            faults.append(f"{owner_id}: the reserve would fall to {held + amount} {currency}")
    for (owner_id, currency), amount in sorted(total.items()):
        refusal = (
            range_refusal(state, owner_id, currency, amount) if owner_id in state.pools else None
        )
        if refusal is not None:
            faults.append(refusal.detail)
    return faults
