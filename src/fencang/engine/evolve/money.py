"""Cash, capital, opening books and plans."""

from fencang.engine.plans import Plan, PlanState
from fencang.engine.state import PLANS_MAX, DeskState
from fencang.ledger.book import add_cash, reserve_id
from fencang.messages import events as ev
from fencang.messages.commands import OpeningLots
from fencang.messages.message import Offset, Side

__all__ = ["move_cash"]


def move_cash(
    state: DeskState, book_id: str, owner_id: str, currency: str, amount_micros: int
) -> None:
    """Change a virtual book's cash with the standings that count it."""
    pool = state.pool(owner_id)
    pool.standing.add_balance(currency, amount_micros)
    sub = state.subs.get(book_id)
    if sub is None:
        add_cash(pool.reserve.cash, currency, amount_micros)
    else:
        add_cash(sub.book.cash, currency, amount_micros)
        sub.standing.add_balance(currency, amount_micros)


def on_deposited(state: DeskState, event: ev.CashDeposited) -> None:
    """Raise carrying account and reserve."""
    book = state.carrying[event.carrying_account_id].book
    book.add_cash(event.owner_id, event.currency, event.amount_micros)
    reserve = reserve_id(event.owner_id)
    move_cash(state, reserve, event.owner_id, event.currency, event.amount_micros)
    place = (event.carrying_account_id, event.owner_id, event.currency)
    state.funds.cover_calls(place, event.amount_micros)


def on_withdrawn(state: DeskState, event: ev.CashWithdrawn) -> None:
    """Lower carrying account and reserve."""
    book = state.carrying[event.carrying_account_id].book
    book.add_cash(event.owner_id, event.currency, -event.amount_micros)
    reserve = reserve_id(event.owner_id)
    move_cash(state, reserve, event.owner_id, event.currency, -event.amount_micros)


def on_transferred(state: DeskState, event: ev.CapitalTransferred) -> None:
    """Move base-currency cash between two books of one owner."""
    base = state.rates.base_currency
    source = state.book(event.from_book_id)
    target = state.book(event.to_book_id)
    assert source is not None
    assert target is not None
    move_cash(state, source.book_id, source.owner_id, base, -event.amount_micros)
    move_cash(state, target.book_id, target.owner_id, base, event.amount_micros)


def on_converted(state: DeskState, event: ev.CurrencyConverted) -> None:
    """Exchange cash of a book and of its carrying account."""
    carrying = state.carrying[event.carrying_account_id].book
    book = state.book(event.book_id)
    assert book is not None
    carrying.add_cash(book.owner_id, event.sold_currency, -event.sold_micros)
    carrying.add_cash(book.owner_id, event.bought_currency, event.bought_micros)
    move_cash(state, book.book_id, book.owner_id, event.sold_currency, -event.sold_micros)
    move_cash(state, book.book_id, book.owner_id, event.bought_currency, event.bought_micros)


def on_imported(state: DeskState, event: ev.OpeningBookImported) -> None:
    """Take over positions with their cost, opening day and carried value, then cash."""
    for lots in sorted(event.lots, key=lambda entry: entry.opened_day):
        _import_lots(state, lots)
    for cash in event.cash:
        carrying = state.carrying[cash.carrying_account_id].book
        carrying.add_cash(cash.owner_id, cash.currency, cash.amount_micros)
        book_id = cash.sub_account_id or reserve_id(cash.owner_id)
        move_cash(state, book_id, cash.owner_id, cash.currency, cash.amount_micros)


def _import_lots(state: DeskState, lots: OpeningLots) -> None:
    contract = state.contracts[lots.contract_id]
    product = contract.product
    if contract.mark_nanos is None:
        contract.mark(lots.carried_price_nanos)
    sub = state.subs[lots.sub_account_id]
    line = state.line(sub, lots.carrying_account_id, contract)
    is_buy = lots.side is Side.BUY
    own = line.position.long if is_buy else line.position.short
    cost = product.value_micros(lots.price_nanos, lots.quantity_lots)
    own.open(lots.opened_day.toordinal(), lots.quantity_lots, cost)
    signed = lots.side.sign * lots.quantity_lots
    carried = 0
    if not product.pays_premium:
        carried = product.value_micros(lots.carried_price_nanos, signed)
    line.position.carried_micros += carried
    # Variation up to the carried price, or a premium, was paid by the prior system, outside these
    # books.
    line.position.variation_micros += carried - lots.side.sign * cost
    change = (lots.quantity_lots, 0) if is_buy else (0, lots.quantity_lots)
    line.change_lots(*change, 0, 0)
    unpaid = signed * contract.unit_value_micros - carried
    sub.standing.add_balance(contract.currency, unpaid)
    sub.pool.standing.add_balance(contract.currency, unpaid)
    carrying = state.carrying[lots.carrying_account_id]
    offset = Offset.OPEN if carrying.is_gross else Offset.NET
    carrying.book.position(lots.contract_id).trade(
        product, lots.side, offset, lots.quantity_lots, lots.carried_price_nanos
    )


def on_plan_proposed(state: DeskState, event: ev.PlanProposed) -> None:
    """Keep a plan; the oldest gives way when there are too many."""
    state.plans[event.plan_id] = Plan(
        event.plan_id, event.owner_id, event.proposed_by, state.time_ns, event.lines
    )
    if len(state.plans) > PLANS_MAX:
        del state.plans[min(state.plans)]


def on_plan_approved(state: DeskState, event: ev.PlanApproved) -> None:
    """Note the second person."""
    plan = state.plans[event.plan_id]
    plan.state = PlanState.APPROVED
    plan.approved_by = event.approved_by


def on_plan_rejected(state: DeskState, event: ev.PlanRejected) -> None:
    """Note the end."""
    state.plans[event.plan_id].state = PlanState.REJECTED


def on_plan_applied(state: DeskState, event: ev.PlanApplied) -> None:
    """Note the end; the transfers stand beside this event."""
    state.plans[event.plan_id].state = PlanState.APPLIED


def on_over_granted(state: DeskState, event: ev.OverGrantedChanged) -> None:
    """Note whether the owner's deficits are covered."""
    state.pool(event.owner_id).is_over_granted = event.is_over_granted
