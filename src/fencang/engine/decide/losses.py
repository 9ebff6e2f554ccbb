"""Loss limits on the order path: nothing is opened at a node that has lost more than it may."""

from collections.abc import Iterator

from fencang.engine.decide.ask import Ask
from fencang.limits.evaluation import Evaluation
from fencang.limits.losses import loss_refusal
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.reasons import Reason

__all__ = ["losses_check", "losses_evaluations"]


def losses_check(ask: Ask) -> NodeRefusal | None:
    """Refuse to open where daily loss, drawdown or loss velocity of a node is beyond its limit."""
    state = ask.state
    for memory in state.risk.losses.rows_of(ask.line.path):
        if not memory.is_within(state.time_ns):
            figures = memory.figures(state.time_ns)
            return loss_refusal(memory.node_id, memory.amounts, figures)
    return None


def losses_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield every loss limit of every node the order stands under."""
    state = ask.state
    for memory in state.risk.losses.rows_of(ask.line.path):
        figures = memory.figures(state.time_ns)
        values = (figures.start, figures.peak, figures.highest)
        reasons = (Reason.DAILY_LOSS, Reason.DRAWDOWN, Reason.LOSS_VELOCITY)
        for reason, limit, level in zip(reasons, memory.amounts, values, strict=True):
            if limit is None:
                continue
            lost = level - figures.now
            yield Evaluation(
                control="losses",
                reason=reason,
                node_id=memory.node_id,
                scope_id="",
                limit=limit,
                value=lost,
                unit="micros",
                passes=lost <= limit,
            )
