"""What follows from cancels and fills for the flow of orders: limits neared, strategies stopped."""

from fencang.engine.decide.trade_flow import neared
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, CancelRequested, FillAllocated, OperatorCalled
from fencang.messages.trade_flow_events import StrategyDisabled

__all__ = ["follow_cancels", "follow_executions"]


def follow_cancels(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Tell which limits of the day the cancels of a step have reached to a share."""
    flow, told = state.risk.trade_flow, {}
    if not flow.rows:
        return []
    for event in events:
        if not isinstance(event, CancelRequested):
            continue
        line = state.orders[event.order_id].line
        if line is None:
            continue
        today = line.contract.venue.today
        for each in flow.of_line(line).counts:
            for near in neared(each.row, each.counted_id, each.count, today):
                told[each.row.key, each.counted_id, near.counted] = near
    return list(told.values())


def follow_executions(state: DeskState, event: FillAllocated) -> list[AnyEvent]:
    """Disable a sub-account whose orders were executed too often in a row; a person is called."""
    flow = state.risk.trade_flow
    if not flow.rows or event.sub_account_id in flow.disabled:
        return []
    order = state.orders[event.order_id]
    line, side = order.line, event.side
    if line is None:
        return []
    for row in flow.of_line(line).repeats:
        limit = row.repeated_executions_max
        executions = flow.repeated(line, side, row, state.time_ns)
        if limit is not None and executions >= limit:
            detail = (
                f"{executions} orders to {side.name.lower()} {event.contract_id} were executed in "
                f"a row, {limit} are allowed by {row.node_id}: it opens nothing until two persons "
                "enable it again"
            )
            return [
                StrategyDisabled(
                    sub_account_id=event.sub_account_id,
                    node_id=row.node_id,
                    contract_id=event.contract_id,
                    side=side,
                    executions=executions,
                    executions_max=limit,
                    window_ns=row.repeated_ns,
                ),
                OperatorCalled(subject=f"sub-account {event.sub_account_id}", detail=detail),
            ]
    return []
