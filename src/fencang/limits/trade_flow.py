"""What orders come to over a day and a window, as functions over counts.

An order is refused when it would be one message, cancel or repetition too many; exactly at a limit
it passes.
"""

from fencang.limits.order_controls import NodeRefusal
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.refdata.trade_flow import TradeFlowControl

__all__ = [
    "ALERTS_PER_CENT",
    "alert_per_cent",
    "cancels_refusal",
    "disabled_refusal",
    "duplicate_refusal",
    "messages_max",
    "order_to_trade_refusal",
]

ALERTS_PER_CENT = (100, 80, 50)
"""Shares of a limit of the day at which it is told, once each."""


def messages_max(row: TradeFlowControl, executions: int) -> int:
    """Return how many messages a day with so many executions may have."""
    return row.free_messages + (row.order_to_trade_max or 0) * executions


def order_to_trade_refusal(
    row: TradeFlowControl, counted_id: str, messages: int, executions: int
) -> NodeRefusal | None:
    """Refuse a message beyond the ratio; ``messages`` counts it already."""
    if row.order_to_trade_max is None:
        return None
    limit = messages_max(row, executions)
    if messages <= limit:
        return None
    detail = (
        f"message {messages} of the day at {row.node_id} in {counted_id}: {executions} executions "
        f"allow {limit} messages ({row.order_to_trade_max} each, {row.free_messages} free); "
        "cancels and reductions always pass"
    )
    return Reason.ORDER_TO_TRADE, row.node_id, limit, messages, detail


def cancels_refusal(row: TradeFlowControl, counted_id: str, cancels: int) -> NodeRefusal | None:
    """Refuse an order whose cancel would be one too many; ``cancels`` counts it already."""
    limit = row.cancels_max
    if limit is None or cancels <= limit:
        return None
    detail = (
        f"{cancels - 1} cancels of the day at {row.node_id} in {counted_id}: {limit} are allowed, "
        "and a new order might need one more; cancels and reductions always pass"
    )
    return Reason.CANCELS_MAX, row.node_id, limit, cancels, detail


def disabled_refusal(
    node_id: str, contract_id: str, side: Side, executions: int, executions_max: int
) -> NodeRefusal:
    """Refuse what a disabled sub-account would open."""
    detail = (
        f"{executions} orders to {side.name.lower()} {contract_id} were executed in a row, "
        f"{executions_max} are allowed by {node_id}: disabled until two persons enable it again"
    )
    return Reason.REPEATED_EXECUTION, node_id, executions_max, executions, detail


def duplicate_refusal(node_id: str, duplicate_ns: int, age_ns: int | None) -> NodeRefusal | None:
    """Refuse an order like one that was sent ``age_ns`` ago; None: there was none."""
    if age_ns is None or age_ns >= duplicate_ns:
        return None
    detail = (
        f"the same order was sent {age_ns} ns ago, {node_id} asks for {duplicate_ns} ns in between"
    )
    return Reason.ORDER_REPEATED, node_id, duplicate_ns, age_ns, detail


def alert_per_cent(count: int, limit: int) -> int:
    """Return the largest share of ``ALERTS_PER_CENT`` that a count has reached, 0 for none."""
    if limit <= 0:
        return 0
    return next((share for share in ALERTS_PER_CENT if count * 100 >= limit * share), 0)
