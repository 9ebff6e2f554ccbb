"""An assignment out of suspense that is undone: the opposite of what it did, in both books."""

from fencang.engine.carrying import SuspendedFill
from fencang.engine.evolve.fill_corrections import change_line
from fencang.engine.evolve.fills import (
    change_suspended,
    pay_suspended_premium,
    signed_change,
    unpaid_micros,
)
from fencang.engine.state import DeskState
from fencang.ledger.mending import take_back
from fencang.ledger.position import Position
from fencang.messages.fill_events import SuspenseAssignmentUndone

__all__: list[str] = []


def on_undone(state: DeskState, event: SuspenseAssignmentUndone) -> None:
    """Take the lots back as if they never came, then let suspense have them with their fee."""
    carrying_id, lots = event.carrying_account_id, event.quantity_lots
    execution = state.detailed_executions.get((carrying_id, event.execution_id))
    assert execution is not None, event
    part = execution.assigned_to(event.sub_account_id)[-1]
    contract = state.contracts[event.contract_id]
    sub = state.subs[event.sub_account_id]
    line = state.line(sub, carrying_id, contract)
    product, side, is_gross = contract.product, event.side, line.is_gross

    def change(position: Position) -> None:
        take_back(position, product, side, part.lots, lots, is_gross=is_gross)

    change_line(line, change)
    part.fee_micros -= event.fee_micros
    if not part.lots.quantity_lots:
        execution.parts.remove(part)
    sub.book.pay_fee(contract.currency, -event.fee_micros)
    sub.standing.add_balance(contract.currency, event.fee_micros)
    _suspend_again(state, event)


def _suspend_again(state: DeskState, event: SuspenseAssignmentUndone) -> None:
    contract = state.contracts[event.contract_id]
    carrying = state.carrying[event.carrying_account_id]
    suspense, lots, price = carrying.suspense, event.quantity_lots, event.price_nanos
    fill = suspense.fills.get(event.execution_id)
    if fill is None:
        terms = (event.contract_id, event.side, event.offset, 0, price, 0, contract.venue.today)
        fill = suspense.fills[event.execution_id] = SuspendedFill(*terms)
    fill.quantity_lots += lots
    fill.fee_micros += event.fee_micros
    premium = suspense.position(event.contract_id).trade(
        contract.product, event.side, event.offset, lots, price
    )
    pay_suspended_premium(carrying, contract.currency, premium)
    suspense.book.pay_fee(contract.currency, event.fee_micros)
    longs, shorts = signed_change(event.side, event.offset, lots)
    change_suspended(state, contract, event.carrying_account_id, longs, shorts)
    unpaid = unpaid_micros(contract, event.side, lots, price) + premium
    state.pool(carrying.account.holder_id).standing.add_balance(contract.currency, unpaid)
