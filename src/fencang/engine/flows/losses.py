"""The loss ladder: what suspends liquidation, which steps are due, what they do.

A step of the machine looks at three things in turn, and at the next only when there is nothing of
the one before: figures that jumped without a cause suspend liquidation; nodes beyond a share of a
limit take their steps; liquidations that run go on.
"""

from collections.abc import Iterator
from typing import NamedTuple

from fencang.basics.money import saturated
from fencang.engine.decide.limit_warnings import Use, news_of
from fencang.engine.flows.liquidation import go_on, planned
from fencang.engine.orders import Pending
from fencang.engine.risk.loss_links import WATCHED_LOSSES, margin_use, subs_below
from fencang.engine.risk.losses import LossMemory
from fencang.engine.risk.suspensions import is_blocked
from fencang.engine.state import DeskState
from fencang.limits.losses import is_beyond, share_of_step
from fencang.messages.day_events import TradingDayOpened
from fencang.messages.events import (
    AnyEvent,
    BlockOrderCreated,
    CancelRequested,
    ContractSettled,
    OperatorCalled,
    PricesMarked,
    SessionOpened,
    TradingStateSet,
)
from fencang.messages.loss_events import (
    LiquidationEnded,
    LiquidationPlanned,
    LiquidationResumed,
    LiquidationSuspended,
    LossLimitReached,
    LossMeasure,
    LossStep,
    Suspension,
)
from fencang.messages.margin_events import (
    BenefitGranted,
    RiskArraysLoaded,
    SpanParametersActivated,
)
from fencang.messages.message import TradingState

__all__ = ["LOSS_FOLLOWED", "follow_losses", "measures"]

LOSS_FOLLOWED = frozenset(
    {
        BenefitGranted,
        BlockOrderCreated,
        RiskArraysLoaded,
        SpanParametersActivated,
        LossLimitReached,
        LiquidationPlanned,
        LiquidationEnded,
        LiquidationSuspended,
        LiquidationResumed,
    }
)
"""Events that only loss limits look at."""


class Measured(NamedTuple):
    """One measure of a node: what it may be, what it is, in base micros."""

    measure: LossMeasure
    limit: int
    value: int


def follow_losses(
    state: DeskState, events: list[AnyEvent], beside: list[AnyEvent]
) -> list[AnyEvent]:
    """Return what follows for loss limits and liquidation after a step.

    ``beside`` is what else follows from it.  Where that closes positions, liquidation waits for the
    next step, which counts what is on its way: both would close the same lots.
    """
    losses = state.risk.losses
    found = [*_suspensions(state), *_lifted(state, events), *_new_day(state, events)]
    is_noted = losses.noted_at == state.sequence and bool(losses.pending)
    told = list(_warnings(state)) if is_noted and state.risk.warnings.table.rows else []
    if not found and is_noted:
        found = _steps(state)
    if not found and losses.liquidations.running:
        is_closing = any(isinstance(each, BlockOrderCreated) for each in beside)
        found = [] if is_closing else go_on(state)
    return [*told, *found]


def _warnings(state: DeskState) -> Iterator[AnyEvent]:
    """Yield what is to be told of the nodes that were noted: the ladder does, this only says."""
    losses = state.risk.losses
    for node_id in sorted(losses.pending):
        memory = losses.memories[node_id]
        for measure, limit, value in measures(state, memory):
            # Margin with nothing to back it is wholly used.
            most = max(1, limit) if measure is LossMeasure.MARGIN_USE else limit
            use = Use(node_id, "", "", most, value, value)
            yield from news_of(state, WATCHED_LOSSES[measure], use)


# ----------------------------------------------------------------------------------- suspensions


def _suspensions(state: DeskState) -> Iterator[AnyEvent]:
    """Suspend where a figure jumped without a cause, and call a person."""
    losses = state.risk.losses
    if losses.noted_at != state.sequence:
        return
    for (node_id, cause), (subject, what, before, after) in sorted(losses.jumps.items()):
        if (node_id, cause) in losses.liquidations.suspensions:
            continue
        yield LiquidationSuspended(
            node_id=node_id,
            cause=Suspension(cause),
            subject=subject,
            what=what,
            before=saturated(before),
            after=saturated(after),
        )
        unit = "nanos" if cause == Suspension.PRICE_JUMP else "micros"
        detail = (
            f"{cause} of {subject} with {what}: {before} before, {after} after, in {unit}; "
            "nothing is closed by force until two persons resume"
        )
        yield OperatorCalled(subject=f"liquidation at {node_id}", detail=detail)


def _lifted(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Lift what ends by itself: a new price, a settlement, a new day's budget."""
    liquidations = state.risk.losses.liquidations
    if not liquidations.suspensions:
        return []
    found: list[AnyEvent] = []
    settled = {each.contract_id for each in events if isinstance(each, ContractSettled)}
    marked = {
        mark.contract_id for each in events if isinstance(each, PricesMarked) for mark in each.marks
    }
    begins = any(isinstance(each, SessionOpened | TradingDayOpened) for each in events)
    for node_id, cause in sorted(liquidations.suspensions):
        contract_id = node_id.removeprefix("contract:")
        what = ""
        if cause is Suspension.PRICE_JUMP and contract_id in settled:
            what = "settled"
        elif cause is Suspension.PRICE_STALE and contract_id in settled | marked:
            what = "a new price"
        elif cause is Suspension.BUDGET and begins and not liquidations.spent_lots:
            what = "a new day"
        if what:
            found.append(LiquidationResumed(node_id=node_id, cause=cause, what=what))
    return found


def _new_day(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Resume nodes that the ladder stopped, where their row says so and nothing is beyond it."""
    if not any(isinstance(each, SessionOpened | TradingDayOpened) for each in events):
        return []
    found: list[AnyEvent] = []
    for node_id, memory in sorted(state.risk.losses.memories.items()):
        stopped = memory.is_stopped and memory.row.resumes_next_day
        is_ladders = state.trading_states.get(node_id) is TradingState.REDUCE_ONLY
        if not stopped or not is_ladders or memory.step or _is_due(state, memory):
            continue
        reason = "a new trading day; the loss limit says so"
        found.append(
            TradingStateSet(node_id=node_id, trading_state=TradingState.ACTIVE, reason=reason)
        )
    return found


# ----------------------------------------------------------------------------------------- steps


def measures(state: DeskState, memory: LossMemory) -> list[Measured]:
    """Return what of a node is measured now.

    Margin that is not trusted is no measure: opening is refused by it, and nothing is done by it.
    """
    figures, (daily, drawdown, velocity) = memory.figures(state.time_ns), memory.amounts
    found = []
    if daily is not None:
        found.append(Measured(LossMeasure.DAILY_LOSS, daily, figures.start - figures.now))
    if drawdown is not None:
        found.append(Measured(LossMeasure.DRAWDOWN, drawdown, figures.peak - figures.now))
    if velocity is not None:
        found.append(Measured(LossMeasure.VELOCITY, velocity, figures.highest - figures.now))
    if memory.row.margin_use_ppm is not None and _trusts_margin(state, memory):
        found.append(Measured(LossMeasure.MARGIN_USE, *margin_use(state, memory)))
    return found


def _trusts_margin(state: DeskState, memory: LossMemory) -> bool:
    suspensions = state.risk.losses.liquidations.suspensions
    if not suspensions:
        return True
    owners = {f"person:{getattr(each, 'pool', each).owner_id}" for each in memory.holders}
    suspect = (Suspension.MARGIN_JUMP, Suspension.EQUITY_JUMP)
    return not any((owner, cause) in suspensions for owner in owners for cause in suspect)


def _is_due(state: DeskState, memory: LossMemory) -> bool:
    share = memory.next_share_ppm
    return share is not None and any(
        is_beyond(each.value, each.limit, share) for each in measures(state, memory)
    )


def _steps(state: DeskState) -> list[AnyEvent]:
    """Take every step that is due, node by node; orders are cancelled once."""
    losses = state.risk.losses
    found: list[AnyEvent] = []
    cancelled: set[int] = set()
    for node_id in sorted(losses.pending):
        memory = losses.memories[node_id]
        reached = list(_reached(state, memory))
        if not reached:
            continue
        found += reached
        if node_id not in state.trading_states:
            reason = f"{reached[0].measure} of {node_id} beyond its limit"
            stop = TradingState.REDUCE_ONLY
            found.append(TradingStateSet(node_id=node_id, trading_state=stop, reason=reason))
        last = reached[-1]
        if last.step >= LossStep.CANCEL:
            found += _cancels(state, node_id, last.step, cancelled)
        if last.step is LossStep.LIQUIDATE:
            found += planned(state, last, memory.row)
    return found


def _reached(state: DeskState, memory: LossMemory) -> Iterator[LossLimitReached]:
    """Yield the steps that are due and not taken, each with the first measure beyond it."""
    found = measures(state, memory)
    for step in LossStep:
        share = share_of_step(memory.row, step)
        if step <= memory.step or share is None:
            continue
        if step is LossStep.LIQUIDATE and is_blocked(state, memory.node_id):
            continue
        beyond = next((each for each in found if is_beyond(each.value, each.limit, share)), None)
        if beyond is None:
            continue
        figures = memory.figures(state.time_ns)
        yield LossLimitReached(
            node_id=memory.node_id,
            measure=beyond.measure,
            step=step,
            share_ppm=share,
            limit_micros=saturated(beyond.limit),
            value_micros=saturated(beyond.value),
            equity_micros=saturated(figures.now),
            start_micros=saturated(figures.start),
            peak_micros=saturated(figures.peak),
        )


def _cancels(
    state: DeskState, node_id: str, step: LossStep, cancelled: set[int]
) -> Iterator[AnyEvent]:
    """Ask for the opening orders at and below a node, for a liquidation for those that reduce."""
    for sub in subs_below(state, node_id):
        for order_id, order in sorted(sub.working.items()):
            is_wanted = order.is_reducing and step is not LossStep.LIQUIDATE
            if is_wanted or order.pending is Pending.CANCEL or order_id in cancelled:
                continue
            cancelled.add(order_id)
            yield CancelRequested(order_id=order_id, terms=order.terms)
