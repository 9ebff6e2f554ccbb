"""Further steps of a command: what follows from events before the next command may come.

``REACTIONS`` maps an event type to the flows that look at each such event of a step, and
``STEP_REACTIONS`` to the flows that look at the whole step once, whatever number of such events it
holds.  A flow decides events from the state after the step.  Steps repeat until nothing follows;
``STEPS_MAX`` bounds them.
"""

from collections.abc import Callable
from typing import Any

from fencang.engine.decide.substitution import follow_reduced
from fencang.engine.flows.blocks import (
    follow_block_done,
    follow_contract_expired,
    follow_phase_entered,
    follow_prices_marked,
    follow_product_phase_entered,
    follow_session_opened,
    follow_slice_ended,
)
from fencang.engine.flows.calls import (
    follow_collateral,
    follow_deposit,
    follow_published,
    follow_wire,
)
from fencang.engine.flows.circles import (
    follow_capital_moved,
    follow_cash_moved,
    follow_lots_moved,
    follow_wire_confirmed,
)
from fencang.engine.flows.conversion import follow_converted
from fencang.engine.flows.delivery import (
    follow_evening,
    follow_guarded_phase,
    follow_guarded_session,
    follow_resumed,
)
from fencang.engine.flows.duties import follow_settled_duties
from fencang.engine.flows.envelopes import WATCHED, follow_envelopes
from fencang.engine.flows.evasion import (
    follow_defined,
    follow_entered_fill,
    follow_opened_day,
)
from fencang.engine.flows.expiry import follow_option_expiring
from fencang.engine.flows.instructions import follow_contract_gone
from fencang.engine.flows.limit_use import USE_FOLLOWED, follow_use
from fencang.engine.flows.limits import (
    follow_limits_defined,
    follow_lots_from_elsewhere,
    follow_overrides,
    follow_overrides_defined,
)
from fencang.engine.flows.losses import LOSS_FOLLOWED, follow_losses
from fencang.engine.flows.publication import follow_day_settled
from fencang.engine.flows.recuts import TOUCHING, follow_touched_lines
from fencang.engine.flows.rolls import LEG_EVENTS, follow_rolls
from fencang.engine.flows.rules import follow_holding, follow_indicator, follow_rules_fired
from fencang.engine.flows.self_match import (
    follow_cancel_refused,
    follow_own_fill,
    follow_shut,
    kept_apart,
)
from fencang.engine.flows.standing import follow_fills, follow_money_moved
from fencang.engine.flows.steps import follow_coming_steps
from fencang.engine.flows.trade_flow import follow_cancels, follow_executions
from fencang.engine.phases import follow_day_opened, follow_product_sessions
from fencang.engine.state import DeskState
from fencang.messages import day_events as day
from fencang.messages import events as ev
from fencang.messages import fee_events, fill_events, life_events, limit_events, money_events
from fencang.messages.events import AnyEvent
from fencang.messages.loss_events import LossLimitReached
from fencang.messages.substitution_events import OrderReduced

__all__ = ["FOLLOWED", "REACTIONS", "STEPS_MAX", "STEP_NOTICES", "STEP_REACTIONS", "react"]

STEPS_MAX = 64
"""More steps than any command takes; beyond it a flow is in a loop and the process stops."""

Reaction = Callable[[DeskState, Any], list[AnyEvent]]
StepReaction = Callable[[DeskState, list[AnyEvent]], list[AnyEvent]]

REACTIONS: dict[type[Any], tuple[Reaction, ...]] = {
    ev.DeskDefined: (follow_overrides_defined, follow_limits_defined, follow_defined),
    ev.IndicatorReported: (follow_indicator,),
    ev.FillAllocated: (follow_executions,),
    fill_events.EnteredFillAllocated: (follow_entered_fill,),
    fill_events.PositionTransferred: (follow_lots_moved,),
    ev.OrderCancelled: (follow_slice_ended,),
    ev.OrderExpired: (follow_slice_ended,),
    ev.OrderRejectedByVenue: (follow_slice_ended,),
    ev.SessionOpened: (
        follow_session_opened,
        follow_guarded_session,
        follow_opened_day,
        follow_coming_steps,
    ),
    ev.SessionClosed: (follow_shut,),
    ev.FillBooked: (follow_own_fill,),
    ev.CancelRejected: (follow_cancel_refused,),
    ev.BlockOrderDone: (follow_block_done,),
    ev.TradingStateSet: (follow_resumed,),
    ev.PricesMarked: (follow_prices_marked,),
    ev.ContractExpired: (follow_contract_expired,),
    life_events.ContractConverted: (follow_converted,),
    ev.OptionExpiring: (follow_option_expiring,),
    ev.TradingDaySettled: (
        follow_day_settled,
        follow_evening,
        follow_settled_duties,
        follow_coming_steps,
    ),
    day.TradingDayOpened: (follow_day_opened, follow_coming_steps),
    day.ProductSessionsStated: (follow_product_sessions,),
    day.PhaseEntered: (follow_phase_entered, follow_guarded_phase, follow_shut),
    day.ProductPhaseEntered: (follow_product_phase_entered, follow_guarded_phase, follow_shut),
    ev.MarginPublished: (follow_published,),
    OrderReduced: (follow_reduced,),
    ev.CashDeposited: (follow_deposit, follow_cash_moved),
    ev.CashWithdrawn: (follow_cash_moved,),
    ev.CapitalTransferred: (follow_capital_moved,),
    ev.CollateralReported: (follow_collateral,),
    money_events.WireConfirmed: (follow_wire, follow_wire_confirmed),
}

STEP_REACTIONS: dict[type[Any], StepReaction] = {
    ev.RuleFired: follow_rules_fired,
    ev.DeskDefined: follow_holding,
    ev.TradingStateSet: follow_holding,
    ev.FillAllocated: follow_fills,
    **dict.fromkeys(LEG_EVENTS, follow_rolls),
    ev.PricesMarked: follow_money_moved,
    ev.RatesMarked: follow_money_moved,
    ev.CashDeposited: follow_money_moved,
    ev.CapitalTransferred: follow_money_moved,
    ev.CurrencyConverted: follow_money_moved,
    ev.FillSuspended: follow_money_moved,
    ev.SuspenseAssigned: follow_money_moved,
    fill_events.EnteredFillAllocated: follow_money_moved,
    fill_events.FillCorrected: follow_money_moved,
    fill_events.FillBusted: follow_money_moved,
    fill_events.PositionTransferred: follow_money_moved,
    fill_events.SuspenseAssignmentUndone: follow_money_moved,
    ev.ContractExpired: follow_money_moved,
    life_events.ContractConverted: follow_money_moved,
    ev.OptionExercised: follow_money_moved,
    ev.TradingDaySettled: follow_money_moved,
    ev.OpeningBookImported: follow_money_moved,
    day.ContractsSettled: follow_money_moved,
    day.SettlementCorrected: follow_money_moved,
    money_events.WireRequested: follow_money_moved,
    money_events.WireConfirmed: follow_money_moved,
    money_events.WireReturned: follow_money_moved,
    money_events.WireCancelled: follow_money_moved,
    money_events.InterestPosted: follow_money_moved,
    fee_events.DayMinimumCharged: follow_money_moved,
}

STEP_NOTICES: dict[type[Any], StepReaction] = {
    ev.CancelRequested: follow_cancels,
    limit_events.OverrideBegun: follow_overrides,
    limit_events.OverrideEnded: follow_overrides,
    ev.FillSuspended: follow_lots_from_elsewhere,
    ev.SuspenseAssigned: follow_lots_from_elsewhere,
    fill_events.EnteredFillAllocated: follow_lots_from_elsewhere,
    fill_events.FillCorrected: follow_lots_from_elsewhere,
    fill_events.FillBusted: follow_lots_from_elsewhere,
    fill_events.PositionTransferred: follow_lots_from_elsewhere,
    fill_events.SuspenseAssignmentUndone: follow_lots_from_elsewhere,
    ev.ContractExpired: follow_contract_gone,
    life_events.ContractConverted: follow_contract_gone,
}
"""What is told of a whole step beside what follows from it: cancels, used-up limits, dates."""

STEP_CUTS: dict[type[Any], StepReaction] = dict.fromkeys(TOUCHING, follow_touched_lines)
"""What goes after what a step did to lots and working closes: each line is cut once."""

FOLLOWED = frozenset(
    {
        *REACTIONS,
        *STEP_CUTS,
        *STEP_REACTIONS,
        *STEP_NOTICES,
        *LOSS_FOLLOWED,
        *WATCHED,
        *USE_FOLLOWED,
    }
)
"""Event types that some flow looks at."""


TOLD_FIGURES = (
    ev.MarginPublished,
    LossLimitReached,
    limit_events.LimitWarned,
    limit_events.LimitWarningEnded,
)
"""Event types that tell what margin or losses come to, lots that lie reserved among them."""


def react(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Return the events that follow from the events of a step."""
    following: list[AnyEvent] = []
    once: list[StepReaction] = []
    for event in events:
        kind = type(event)
        for reaction in REACTIONS.get(kind, ()):
            following += reaction(state, event)
        for table in (STEP_CUTS, STEP_REACTIONS, STEP_NOTICES):
            whole = table.get(kind)
            if whole is not None and whole not in once:
                once.append(whole)
    for whole in once:
        following += whole(state, events)
    if state.risk.warnings.table.rows:
        following += follow_use(state, events)
    if state.risk.losses.rows:
        following += follow_losses(state, events, following)
    if state.risk.self_match.is_stated:
        following = kept_apart(state, events, following)
    return _with_envelopes(state, events, following) if state.risk.envelopes.open else following


def _with_envelopes(
    state: DeskState, events: list[AnyEvent], following: list[AnyEvent]
) -> list[AnyEvent]:
    """Return the events that follow with those of envelopes, which tell lots as they are now.

    So they stand before anything that moves orders, and behind figures that count them.
    """
    ends = follow_envelopes(state, events)
    if not ends:
        return following
    figures = [event for event in following if isinstance(event, TOLD_FIGURES)]
    others = [event for event in following if not isinstance(event, TOLD_FIGURES)]
    return [*figures, *ends, *others]
