"""Taking an assignment out of suspense back: the lots, their price and their fee return.

Only lots that the sub-account still has as it got them: what it has traded away since, or a working
order closes, or a settlement has paid variation on, stays where it is, and is moved or corrected.
"""

from fencang.basics.price import format_price
from fencang.engine.accounts import ContractState, Line
from fencang.engine.carrying import CarryingState
from fencang.engine.decide.refusal import day_closed_words, rejected, second_person_refusal
from fencang.engine.executions import Execution, FillPart
from fencang.engine.state import DeskState
from fencang.ledger.lots import OpenLots
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.messages.fill_commands import UndoSuspenseAssignment
from fencang.messages.fill_events import SuspenseAssignmentUndone
from fencang.messages.message import Side
from fencang.messages.reasons import Reason

__all__ = ["decide_undo_assignment"]


def decide_undo_assignment(state: DeskState, command: UndoSuspenseAssignment) -> list[AnyEvent]:
    """Bring lots that were assigned today back into suspense, the latest assignment first."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    carrying = state.carrying.get(command.carrying_account_id)
    if carrying is None:
        detail = f"no account {command.carrying_account_id}"
        return [rejected(Reason.UNKNOWN_CARRYING_ACCOUNT, detail)]
    key = (command.carrying_account_id, command.execution_id)
    execution = state.detailed_executions.get(key)
    parts = execution.assigned_to(command.sub_account_id) if execution is not None else []
    if execution is None or not parts:
        detail = f"{command.sub_account_id} has no lots of {command.execution_id} out of suspense"
        return [rejected(Reason.ASSIGNMENT_UNKNOWN, detail)]
    contract = state.contracts[execution.contract_id]
    refusal = _day_refusal(contract, parts)
    if refusal is not None:
        return [refusal]
    today = [part for part in parts if part.lots.day == contract.venue.today]
    line = state.line(state.subs[command.sub_account_id], key[0], contract)
    refusal = _lots_refusal(command, execution, line, today)
    refusal = refusal or _price_refusal(command, contract, carrying, today)
    if refusal is not None:
        return [refusal]
    return _undone(command, execution, today)


def _day_refusal(contract: ContractState, parts: list[FillPart]) -> CommandRejected | None:
    name = contract.contract.contract_id
    if contract.is_expired:
        return rejected(Reason.CONTRACT_EXPIRED, f"{name} has expired")
    if contract.venue.is_day_closed:
        return rejected(Reason.DAY_CLOSED, day_closed_words(contract.venue))
    if not any(part.lots.day == contract.venue.today for part in parts):
        detail = "it was assigned on an earlier day; move the position or correct the fill"
        return rejected(Reason.ASSIGNMENT_NOT_OF_TODAY, detail)
    return None


def _lots_refusal(
    command: UndoSuspenseAssignment, execution: Execution, line: Line, parts: list[FillPart]
) -> CommandRejected | None:
    """Refuse lots that were not assigned today, or that the sub-account no longer has."""
    assigned = sum(part.lots.quantity_lots for part in parts)
    if command.quantity_lots > assigned:
        detail = f"{assigned} lots were assigned today, not {command.quantity_lots}"
        return rejected(Reason.ASSIGNMENT_LOTS_TOO_FEW, detail)
    position, side = line.position, execution.side
    own = position.long if side is Side.BUY else position.short
    free = line.open_lots(side.opposite) - line.closing_lots(side.opposite)
    needed: dict[tuple[int, int], int] = {}
    left = command.quantity_lots
    for part in reversed(parts):
        taken = min(left, part.lots.quantity_lots)
        unit = line.contract.product.value_micros(part.lots.price_nanos, 1)
        opened = min(taken, part.lots.opened_lots)
        needed[part.lots.day, unit] = needed.get((part.lots.day, unit), 0) + opened
        left -= taken
    held = _held(own, needed)
    wanted = sum(needed.values())
    if wanted <= min(held, max(0, free)):
        return None
    detail = (
        f"{wanted} of the lots opened a position; {command.sub_account_id} still has {held} of "
        f"them, and {max(0, free)} lots of the side that no order closes"
    )
    return rejected(Reason.ASSIGNMENT_LOTS_TOO_FEW, detail)


def _held(lots: OpenLots, needed: dict[tuple[int, int], int]) -> int:
    """Return how many of the lots, by day and unit value, are open."""
    return sum(min(count, lots.quantity_at(*key)) for key, count in needed.items())


def _price_refusal(
    command: UndoSuspenseAssignment,
    contract: ContractState,
    carrying: CarryingState,
    parts: list[FillPart],
) -> CommandRejected | None:
    """Refuse lots that suspense would carry at another price than they come back at."""
    fill = carrying.suspense.fills.get(command.execution_id)
    settlement = contract.settlements.get(contract.venue.today)
    now = fill.price_nanos if fill is not None else None
    if settlement is not None and contract.product.pays_variation(is_final=False):
        now = settlement.price_nanos if settlement.price_nanos is not None else now
    left = command.quantity_lots
    for part in reversed(parts):
        price = part.lots.price_nanos
        if left and now is not None and price != now:
            detail = (
                f"assigned at {format_price(price)} and settled since: suspense carries the rest "
                f"at {format_price(now)}; move the position instead"
            )
            return rejected(Reason.ASSIGNMENT_SETTLED_SINCE, detail)
        left -= min(left, part.lots.quantity_lots)
    return None


def _undone(
    command: UndoSuspenseAssignment, execution: Execution, parts: list[FillPart]
) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    left = command.quantity_lots
    for part in reversed(parts):
        lots = min(left, part.lots.quantity_lots)
        if lots:
            events.append(
                SuspenseAssignmentUndone(
                    execution_id=command.execution_id,
                    carrying_account_id=command.carrying_account_id,
                    contract_id=execution.contract_id,
                    sub_account_id=command.sub_account_id,
                    side=execution.side,
                    offset=execution.offset,
                    quantity_lots=lots,
                    price_nanos=part.lots.price_nanos,
                    fee_micros=part.fee_micros * lots // part.lots.quantity_lots,
                    reason=command.reason,
                )
            )
        left -= lots
    return events
