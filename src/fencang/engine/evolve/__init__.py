"""``evolve(state, event)``: the only writer of primary state; no floats, no refusals.

One table from event to change; a test holds it complete.  Events that only tell the outside world
something change nothing.
"""

from collections.abc import Callable
from typing import Any

from fencang.engine.evolve import (
    connections,
    conversion,
    desk,
    envelopes,
    exposures,
    fees,
    fill_corrections,
    fills,
    funds,
    limits,
    losses,
    margin,
    market,
    money,
    options,
    orders,
    reconciliation,
    regimes,
    rolls,
    self_match,
    substitution,
    suspense,
    trading_day,
    watch,
)
from fencang.engine.evolve.drafts import DRAFT_CHANGES
from fencang.engine.evolve.instructions import INSTRUCTION_CHANGES
from fencang.engine.evolve.mass_cancels import MASS_CANCEL_CHANGES
from fencang.engine.evolve.trade_flow import TRADE_FLOW_CHANGES
from fencang.engine.state import DeskState
from fencang.messages import day_events as day
from fencang.messages import (
    envelope_events,
    exposure_events,
    fee_events,
    fill_events,
    life_events,
    money_events,
    reconciliation_events,
    regime_events,
    substitution_events,
)
from fencang.messages import events as ev
from fencang.messages.events import AnyEvent

__all__ = ["CHANGES", "evolve"]


def _nothing(state: DeskState, event: AnyEvent) -> None:
    """Change nothing."""


_CHANGES: dict[type[Any], Callable[[DeskState, Any], None]] = {
    ev.CommandRejected: _nothing,
    ev.DeskDefined: desk.on_defined,
    ev.TradingStateSet: desk.on_trading_state,
    ev.CashDeposited: money.on_deposited,
    ev.CashWithdrawn: money.on_withdrawn,
    ev.CapitalTransferred: money.on_transferred,
    ev.CurrencyConverted: money.on_converted,
    ev.OpeningBookImported: money.on_imported,
    ev.SessionOpened: market.on_session_opened,
    ev.SessionClosed: market.on_session_closed,
    ev.PricesMarked: market.on_prices_marked,
    ev.RatesMarked: market.on_rates_marked,
    ev.IndicatorReported: market.on_indicator,
    ev.ContractSettled: market.on_settled,
    ev.TradingDaySettled: market.on_day_settled,
    ev.ContractExpired: market.on_contract_expired,
    ev.ExerciseInstructed: options.on_instructed,
    ev.OptionExercised: options.on_exercised,
    ev.OptionExpiring: _nothing,
    ev.SpanParametersLoaded: margin.on_span_loaded,
    ev.SpanParametersActivated: margin.on_span_activated,
    ev.RiskArraysLoaded: margin.on_arrays_loaded,
    ev.BenefitGranted: margin.on_benefit_granted,
    ev.CollateralReported: margin.on_collateral,
    ev.MarginPublished: _nothing,
    ev.OverGrantedChanged: money.on_over_granted,
    ev.OrderAccepted: orders.on_accepted,
    ev.OrderRouted: orders.on_routed,
    ev.OrderRejected: _nothing,
    ev.OrderWorking: orders.on_working,
    ev.OrderRejectedByVenue: orders.on_rejected_by_venue,
    ev.CancelRequested: orders.on_cancel_requested,
    ev.CancelRejected: orders.on_cancel_rejected,
    ev.OrderCancelled: orders.on_cancelled,
    ev.ReplaceRequested: orders.on_replace_requested,
    ev.OrderReplaced: orders.on_replaced,
    ev.ReplaceRejected: orders.on_replace_rejected,
    ev.OrderExpired: orders.on_expired,
    ev.OrderInDoubt: orders.on_in_doubt,
    ev.OrderStatusConfirmed: orders.on_status_confirmed,
    ev.OperatorCalled: _nothing,
    regime_events.LimitNotice: regimes.on_notice,
    regime_events.LimitStepApproached: regimes.on_step_approached,
    regime_events.ReportDutyArisen: regimes.on_duty_arisen,
    regime_events.ReportDutyEnded: regimes.on_duty_ended,
    exposure_events.BetasReported: exposures.on_betas,
    ev.FillBooked: fills.on_booked,
    ev.FillAllocated: fills.on_allocated,
    ev.FillSuspended: fills.on_suspended,
    ev.SuspenseAssigned: fills.on_suspense_assigned,
    ev.DuplicateFillIgnored: _nothing,
    fill_events.FillEntered: fill_corrections.on_entered,
    fill_events.EnteredFillAllocated: fill_corrections.on_entered_allocated,
    fill_events.FillCorrected: fill_corrections.on_corrected,
    fill_events.FillBusted: fill_corrections.on_busted,
    fill_events.PositionTransferred: fill_corrections.on_position_transferred,
    fill_events.SuspenseAssignmentUndone: suspense.on_undone,
    life_events.RollStarted: rolls.on_started,
    life_events.RollDone: rolls.on_done,
    life_events.ContractConverted: conversion.on_converted,
    reconciliation_events.ReconciliationReported: reconciliation.on_reported,
    reconciliation_events.BreakOpened: reconciliation.on_opened,
    reconciliation_events.BreakSeenAgain: reconciliation.on_seen_again,
    reconciliation_events.BreakCleared: reconciliation.on_cleared,
    reconciliation_events.BreakAssigned: reconciliation.on_assigned,
    reconciliation_events.BreakResolved: reconciliation.on_resolved,
    ev.BlockOrderCreated: orders.on_block_created,
    ev.BlockOrderDone: orders.on_block_done,
    ev.RuleArmed: desk.on_rule_armed,
    ev.RuleFired: desk.on_rule_fired,
    ev.PlanProposed: money.on_plan_proposed,
    ev.PlanApproved: money.on_plan_approved,
    ev.PlanRejected: money.on_plan_rejected,
    ev.PlanApplied: money.on_plan_applied,
    ev.GatewayCursorAdvanced: desk.on_cursor,
    ev.DeskRestarted: _nothing,
    day.TradingDayOpened: trading_day.on_day_opened,
    day.PhaseEntered: trading_day.on_phase_entered,
    day.ProductSessionsStated: trading_day.on_product_sessions,
    day.ProductPhaseEntered: trading_day.on_product_phase_entered,
    day.ContractsSettled: trading_day.on_contracts_settled,
    day.SettlementPricesApproved: trading_day.on_prices_approved,
    day.SettlementCorrected: trading_day.on_settlement_corrected,
    day.TradingDayClosed: trading_day.on_day_closed,
    money_events.FillCharged: fees.on_fill_charged,
    fee_events.DayMinimumCharged: fees.on_day_minimum,
    **self_match.SELF_MATCH_CHANGES,
    **funds.FUNDS_CHANGES,
    **watch.WATCH_CHANGES,
    **limits.LIMIT_CHANGES,
    **connections.CONNECTION_CHANGES,
    substitution_events.MovesReported: substitution.on_moves_reported,
    substitution_events.OrderReduced: _nothing,
    substitution_events.OrderSubstituted: _nothing,
    substitution_events.SubstituteMissing: _nothing,
    **TRADE_FLOW_CHANGES,
    **DRAFT_CHANGES,
    **losses.LOSS_CHANGES,
    **INSTRUCTION_CHANGES,
    **MASS_CANCEL_CHANGES,
    envelope_events.EnvelopeOpened: envelopes.on_opened,
    envelope_events.EnvelopeShrunk: envelopes.on_shrunk,
    envelope_events.EnvelopeClosed: envelopes.on_closed,
}
_CHANGES.update(envelopes.covering(_CHANGES))
_CHANGES.update(losses.following(_CHANGES))

CHANGES = watch.watched(_CHANGES)


def evolve(state: DeskState, event: AnyEvent) -> None:
    """Change the state by one event."""
    CHANGES[type(event)](state, event)
