"""What is remembered of the flow of orders, to its stored form and back."""

import msgspec

from fencang.engine.risk.like_orders import LikeOrder
from fencang.engine.risk.trade_flow import DayCount, Disabled, TradeFlow
from fencang.limits.sliding_count import SlidingCount

__all__ = ["TradeFlowForm", "restore_trade_flow", "trade_flow_form"]


class TradeFlowForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Counts of the day, repetitions, disabled sub-accounts, orders just sent."""

    counts: list[tuple[str, str, str, int, tuple[int, ...]]] = []
    """Node, scope, venue or contract; the day; the numbers of ``DayCount``."""
    repeats: list[tuple[tuple[str, str, int, str, str], int, list[tuple[int, int]]]] = []
    """Sub-account, contract, side, node, scope; the window; its slices."""
    disabled: list[tuple[str, Disabled]] = []
    sent: list[tuple[LikeOrder, int]] = []
    """Order and when it was sent, the oldest first."""


def trade_flow_form(flow: TradeFlow) -> TradeFlowForm:
    """Return the stored form; a count of nothing is no state."""
    counts = [
        (*key, count.day, count.numbers)
        for key, count in sorted(flow.counts.items(), key=lambda item: item[0])
        if any(count.numbers)
    ]
    repeats = [
        (key, count.window_ns, list(count.slices)) for key, count in sorted(flow.repeats.items())
    ]
    return TradeFlowForm(counts, repeats, sorted(flow.disabled.items()), list(flow.sent.items()))


def restore_trade_flow(flow: TradeFlow, form: TradeFlowForm) -> None:
    """Set what is remembered from its stored form; the rows are there already."""
    for node_id, scope_id, counted_id, day, numbers in form.counts:
        flow.counts[node_id, scope_id, counted_id] = DayCount(day, numbers)
    for key, window_ns, slices in form.repeats:
        flow.repeats[key] = SlidingCount(window_ns, slices)
    flow.disabled = dict(form.disabled)
    for order, sent_ns in form.sent:
        flow.sent[order] = sent_ns
