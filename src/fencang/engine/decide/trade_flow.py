"""What an order's node has sent, cancelled and repeated before it: ratios, cancels, repetitions.

Cancels and reducing orders always pass, though they are counted; so does a replacement that makes
its order smaller.
"""

from collections.abc import Iterator

from fencang.engine.decide.ask import Ask
from fencang.engine.decide.overrides import under_override
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.risk.like_orders import like_order
from fencang.engine.risk.trade_flow import DayCount, LineFlow
from fencang.engine.state import DeskState
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.trade_flow import (
    alert_per_cent,
    cancels_refusal,
    disabled_refusal,
    duplicate_refusal,
    messages_max,
    order_to_trade_refusal,
)
from fencang.messages.events import AnyEvent
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.messages.trade_flow_commands import ReenableStrategy
from fencang.messages.trade_flow_events import DayCounted, DayLimitNeared, StrategyReenabled
from fencang.refdata.trade_flow import TradeFlowControl

__all__ = ["decide_reenable", "neared", "trade_flow_check", "trade_flow_evaluations"]


def trade_flow_check(ask: Ask) -> NodeRefusal | None:
    """Refuse what its node has sent, cancelled or repeated too much for."""
    if _is_free(ask):
        return None
    flow = ask.state.risk.trade_flow
    found, is_new = flow.of_line(ask.line), ask.order is None
    today = ask.line.contract.venue.today
    alerts: list[AnyEvent] = []
    for each in found.ratios:
        row = each.row
        messages, executions, _ = each.count.of(today)
        refusal = order_to_trade_refusal(row, each.counted_id, messages + 1, executions)
        if refusal is not None:
            return under_override(ask.state.risk.overrides, row, refusal)
        if 2 * (messages + 1) >= row.free_messages:  # not before anything can be told
            alerts += neared(row, each.counted_id, each.count, today, added=1)
    if is_new:
        for each in found.cancels:
            refusal = cancels_refusal(each.row, each.counted_id, each.count.of(today)[2] + 1)
            if refusal is not None:
                return under_override(ask.state.risk.overrides, each.row, refusal)
    refusal = None if ask.reduces or not flow.disabled else _disabled(ask)
    if refusal is None and is_new and found.duplicate_ns and ask.command is not None:
        age_ns = _like_age_ns(ask)
        refusal = duplicate_refusal(found.duplicate_node, found.duplicate_ns, age_ns)
    if refusal is None and alerts:
        ask.notices += alerts
    return refusal


def _is_free(ask: Ask) -> bool:
    """Return whether an order is asked nothing here."""
    order = ask.order
    if order is None:
        return ask.reduces
    return ask.stays_reducing or ask.quantity_lots < order.quantity_lots


def _disabled(ask: Ask) -> NodeRefusal | None:
    found = ask.state.risk.trade_flow.disabled.get(ask.line.sub.sub_account_id)
    if found is None:
        return None
    side = Side(found.side)
    return disabled_refusal(
        found.node_id, found.contract_id, side, found.executions, found.executions_max
    )


def _like_age_ns(ask: Ask) -> int | None:
    """Return how long ago a like order was sent, None when none is remembered."""
    command = ask.command
    like = like_order(command.sub_account_id, command, ask.offset, ask.quantity_lots)
    return ask.state.risk.trade_flow.sent_ago(like, ask.state.time_ns)


def neared(
    row: TradeFlowControl, counted_id: str, count: DayCount, today: int, *, added: int = 0
) -> Iterator[DayLimitNeared]:
    """Yield which limits of the day have been reached to a share that was not told yet.

    ``added`` messages are about to be counted.
    """
    messages, executions, cancels = count.of(today)
    limits = (
        (DayCounted.MESSAGES, row.order_to_trade_max, messages_max(row, executions)),
        (DayCounted.CANCELS, row.cancels_max, row.cancels_max or 0),
    )
    values = (messages + added, cancels)
    for (counted, stated, limit), value, told in zip(
        limits, values, count.told(today), strict=True
    ):
        per_cent = alert_per_cent(value, limit) if stated is not None else 0
        if per_cent > told:
            yield DayLimitNeared(
                node_id=row.node_id,
                scope_id=row.scope_id,
                counted_id=counted_id,
                counted=counted,
                per_cent=per_cent,
                limit=limit,
                value=value,
            )


def trade_flow_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield every limit of the flow that an order is asked, in the order of the check."""
    if _is_free(ask):
        return
    found, is_new = ask.state.risk.trade_flow.of_line(ask.line), ask.order is None
    yield from _of_messages(ask, found)
    if is_new:
        yield from _of_cancels(ask, found)
    yield from _of_repeats(ask, found)
    if is_new and found.duplicate_ns and ask.command is not None:
        age_ns = _like_age_ns(ask)
        refusal = duplicate_refusal(found.duplicate_node, found.duplicate_ns, age_ns)
        yield Evaluation(
            control="repeated order",
            reason=Reason.ORDER_REPEATED,
            node_id=found.duplicate_node,
            scope_id=ask.line.key[1],
            limit=found.duplicate_ns,
            value=found.duplicate_ns if age_ns is None else age_ns,
            unit="ns",
            passes=refusal is None,
            detail="no like order is remembered" if age_ns is None else "",
        )


def _of_messages(ask: Ask, found: LineFlow) -> Iterator[Evaluation]:
    today = ask.line.contract.venue.today
    for each in found.ratios:
        row, counted_id = each.row, each.counted_id
        messages, executions, _ = each.count.of(today)
        refusal = order_to_trade_refusal(row, counted_id, messages + 1, executions)
        yield Evaluation(
            control="order-to-trade",
            reason=Reason.ORDER_TO_TRADE,
            node_id=row.node_id,
            scope_id=counted_id,
            limit=messages_max(row, executions),
            value=messages + 1,
            unit="messages",
            passes=refusal is None,
        )


def _of_cancels(ask: Ask, found: LineFlow) -> Iterator[Evaluation]:
    today = ask.line.contract.venue.today
    for each in found.cancels:
        row, counted_id = each.row, each.counted_id
        cancels = each.count.of(today)[2] + 1
        yield Evaluation(
            control="cancels",
            reason=Reason.CANCELS_MAX,
            node_id=row.node_id,
            scope_id=counted_id,
            limit=row.cancels_max or 0,
            value=cancels,
            unit="messages",
            passes=cancels_refusal(row, counted_id, cancels) is None,
        )


def _of_repeats(ask: Ask, found: LineFlow) -> Iterator[Evaluation]:
    refusal = None if ask.reduces else _disabled(ask)
    if refusal is not None:
        reason, node_id, limit, value, detail = refusal
        disabled = ask.state.risk.trade_flow.disabled[ask.line.sub.sub_account_id]
        yield Evaluation(
            "repeated execution",
            reason,
            node_id,
            disabled.contract_id,
            limit,
            value,
            "orders",
            passes=False,
            detail=detail,
        )
        return
    flow, time_ns = ask.state.risk.trade_flow, ask.state.time_ns
    for row in found.repeats:
        yield Evaluation(
            control="repeated execution",
            reason=Reason.REPEATED_EXECUTION,
            node_id=row.node_id,
            scope_id=ask.line.key[1],
            limit=row.repeated_executions_max or 0,
            value=flow.repeated(ask.line, ask.side, row, time_ns),
            unit="orders",
            passes=True,
        )


def decide_reenable(state: DeskState, command: ReenableStrategy) -> list[AnyEvent]:
    """Let a sub-account open again, with two persons; whether it was disabled or not."""
    sub_id = command.sub_account_id
    if sub_id not in state.subs:
        return [rejected(Reason.UNKNOWN_SUB_ACCOUNT, f"no sub-account {sub_id}")]
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    return [
        StrategyReenabled(
            sub_account_id=sub_id,
            reason=command.reason,
            entered_by=command.entered_by,
            approved_by=command.approved_by,
        )
    ]
