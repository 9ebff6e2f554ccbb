"""``decide(state, command)``: the events of a command's first step; changes nothing.

One table from command to decision; a test holds it complete.  Commands that bear a name are decided
behind the gate of authority (``gate``), which stands here and nowhere else.
"""

from collections.abc import Callable
from typing import Any

from fencang.engine.decide import (
    amend,
    betas,
    calls,
    connections,
    conversion,
    desk,
    drafts,
    envelopes,
    fill_corrections,
    fill_entry,
    fills,
    impact,
    instructions,
    interest,
    liquidation,
    margin,
    market,
    mass_cancel,
    money,
    opening,
    operation,
    options,
    plans,
    proposals,
    reconciliation,
    reports,
    rolls,
    substitution,
    suspense_undo,
    sweeps,
    trade_flow,
    trading_day,
    wash_trades,
    watched,
    wires,
)
from fencang.engine.decide.gate import gated
from fencang.engine.state import DeskState
from fencang.messages import (
    cancel_commands,
    draft_commands,
    envelope_commands,
    exposure_commands,
    fill_commands,
    instruction_commands,
    life_commands,
    loss_commands,
    money_commands,
    proposal_commands,
    reconciliation_commands,
    self_match_commands,
    substitution_commands,
    trade_flow_commands,
)
from fencang.messages import commands as cmd
from fencang.messages import day_commands as day
from fencang.messages.draft_body import signed_command
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.refdata.authority import SINGLE_OPERATOR

__all__ = ["DECISIONS", "decide", "outlook"]


def _decide_signed(state: DeskState, command: cmd.AnyCommand) -> list[AnyEvent]:
    """Decide a command that two persons have signed: behind the gate."""
    return _UNGATED[type(command)](state, command)


def _approve_draft(state: DeskState, command: draft_commands.ApproveDraft) -> list[AnyEvent]:
    return drafts.decide_approve(state, command, _decide_signed)


_UNGATED: dict[type[Any], Callable[[DeskState, Any], list[AnyEvent]]] = {
    cmd.DefineDesk: watched.decide_define,
    cmd.SetTradingState: desk.decide_trading_state,
    cmd.DepositCash: money.decide_deposit,
    cmd.WithdrawCash: money.decide_withdraw,
    cmd.TransferCapital: instructions.decide_transfer,
    cmd.ConvertCurrency: money.decide_convert,
    cmd.ImportOpeningBook: opening.decide_import,
    cmd.LoadSpanParameters: margin.decide_load_span,
    cmd.ActivateSpanParameters: margin.decide_activate_span,
    cmd.LoadRiskArrays: margin.decide_load_arrays,
    cmd.GrantBenefit: margin.decide_grant,
    cmd.ReportCollateral: margin.decide_collateral,
    cmd.OpenSession: market.decide_open_session,
    cmd.CloseSession: market.decide_close_session,
    cmd.MarkPrices: market.decide_mark_prices,
    cmd.MarkRates: market.decide_mark_rates,
    cmd.ReportIndicator: market.decide_indicator,
    cmd.SettleTradingDay: market.decide_settle,
    cmd.ExpireContract: market.decide_expire,
    cmd.InstructExercise: options.decide_instruct,
    cmd.ReportExercise: options.decide_report_exercise,
    cmd.ExpireOption: options.decide_expire_option,
    cmd.SubmitOrder: watched.decide_submit,
    cmd.CancelOrder: amend.decide_cancel,
    cmd.ReplaceOrder: watched.decide_replace,
    cmd.ReportOrderWorking: reports.decide_working,
    cmd.ReportOrderRejected: reports.decide_rejected,
    cmd.ReportFill: fills.decide_fill,
    cmd.ReportOrderCancelled: reports.decide_cancelled,
    cmd.ReportCancelRejected: reports.decide_cancel_rejected,
    cmd.ReportOrderReplaced: reports.decide_replaced,
    cmd.ReportReplaceRejected: reports.decide_replace_rejected,
    cmd.ReportOrderExpired: reports.decide_expired,
    cmd.ReportOrderStatus: reports.decide_status,
    cmd.AdvanceGatewayCursor: operation.decide_advance_cursor,
    cmd.RestartDesk: operation.decide_restart,
    cmd.AdvanceTime: operation.decide_advance_time,
    cmd.AssignSuspense: fills.decide_assign_suspense,
    envelope_commands.OpenEnvelope: envelopes.decide_open_envelope,
    envelope_commands.CloseEnvelope: envelopes.decide_close_envelope,
    fill_commands.EnterFill: fill_entry.decide_enter,
    fill_commands.CorrectFill: fill_corrections.decide_correct,
    fill_commands.BustFill: fill_corrections.decide_bust,
    fill_commands.UndoSuspenseAssignment: suspense_undo.decide_undo_assignment,
    life_commands.ConvertContract: conversion.decide_convert_contract,
    life_commands.RollPosition: rolls.decide_roll,
    fill_commands.TransferPosition: instructions.decide_transfer_position,
    reconciliation_commands.ReportReconciliation: reconciliation.decide_reconciliation,
    reconciliation_commands.AssignBreak: reconciliation.decide_assign_break,
    reconciliation_commands.ResolveBreak: reconciliation.decide_resolve_break,
    cmd.ProposePlan: plans.decide_propose,
    cmd.ApprovePlan: plans.decide_approve,
    cmd.RejectPlan: plans.decide_reject,
    cmd.ApplyPlan: plans.decide_apply,
    exposure_commands.ReportBetas: betas.decide_report_betas,
    day.OpenTradingDay: trading_day.decide_open_day,
    day.CloseTradingDay: trading_day.decide_close_day,
    day.SettleContracts: trading_day.decide_settle_contracts,
    day.CorrectSettlement: trading_day.decide_correct_settlement,
    **wires.WIRE_DECISIONS,
    self_match_commands.ReleaseWashTrades: wash_trades.decide_release,
    money_commands.PostInterest: interest.decide_post_interest,
    money_commands.ProposeSweep: sweeps.decide_propose_sweep,
    money_commands.ApplySweep: sweeps.decide_apply_sweep,
    money_commands.ReportMarginCall: calls.decide_report_call,
    money_commands.CancelMarginCall: calls.decide_cancel_call,
    proposal_commands.ProposeExcess: proposals.decide_propose,
    proposal_commands.AcceptProposal: proposals.decide_accept,
    proposal_commands.RejectProposal: proposals.decide_reject,
    **connections.CONNECTION_DECISIONS,
    substitution_commands.ReportMoves: substitution.decide_report_moves,
    trade_flow_commands.ReenableStrategy: trade_flow.decide_reenable,
    trade_flow_commands.ReportVolumes: impact.decide_report_volumes,
    loss_commands.PauseLiquidation: liquidation.decide_pause_liquidation,
    loss_commands.ResumeLiquidation: liquidation.decide_resume_liquidation,
    draft_commands.ProposeDraft: drafts.decide_propose,
    draft_commands.ApproveDraft: _approve_draft,
    draft_commands.RejectDraft: drafts.decide_reject,
    draft_commands.WithdrawDraft: drafts.decide_withdraw,
    instruction_commands.CancelInstruction: instructions.decide_cancel_instruction,
    cancel_commands.CancelOrders: mass_cancel.decide_cancel_orders,
}

DECISIONS: dict[type[Any], Callable[[DeskState, Any], list[AnyEvent]]] = {
    kind: gated(kind, decision) for kind, decision in _UNGATED.items()
}


def outlook(state: DeskState, command: cmd.AnyCommand) -> CommandRejected | None:
    """Return why the desk would refuse a command that two persons signed now; None if it would not.

    Whoever proposes it is told; it decides nothing.
    """
    first = _decide_signed(state, signed_command(command, SINGLE_OPERATOR))[0]
    return first if isinstance(first, CommandRejected) else None


def decide(state: DeskState, command: cmd.AnyCommand) -> list[AnyEvent]:
    """Return the events of a command's first step."""
    return DECISIONS[type(command)](state, command)
