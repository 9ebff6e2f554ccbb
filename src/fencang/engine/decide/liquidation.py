"""Liquidation is paused by one person and resumed by two."""

from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent
from fencang.messages.loss_commands import PauseLiquidation, ResumeLiquidation
from fencang.messages.loss_events import LiquidationResumed, LiquidationSuspended, Suspension
from fencang.messages.reasons import Reason
from fencang.refdata.account import side_node_of

__all__ = ["decide_pause_liquidation", "decide_resume_liquidation"]

CONTRACT = "contract:"


def decide_pause_liquidation(state: DeskState, command: PauseLiquidation) -> list[AnyEvent]:
    """Let nothing be closed by force at and below a node."""
    node = command.node_id
    if not _is_known(state, node):
        detail = f"no sub-account, master account, person: or contract: that {node} could name"
        return [rejected(Reason.UNKNOWN_REFERENCE, detail)]
    if (node, Suspension.PAUSED) in state.risk.losses.liquidations.suspensions:
        detail = f"liquidation is paused at {node}; two persons resume it"
        return [rejected(Reason.LIQUIDATION_PAUSED, detail)]
    return [
        LiquidationSuspended(
            node_id=node,
            cause=Suspension.PAUSED,
            subject=node,
            what=command.reason,
            before=0,
            after=0,
            entered_by=command.entered_by,
        )
    ]


def decide_resume_liquidation(state: DeskState, command: ResumeLiquidation) -> list[AnyEvent]:
    """Lift everything that suspends liquidation at exactly this node."""
    found = [
        cause
        for node_id, cause in sorted(state.risk.losses.liquidations.suspensions)
        if node_id == command.node_id
    ]
    if not found:
        known = sorted({node for node, _ in state.risk.losses.liquidations.suspensions})
        detail = f"nothing suspends liquidation at {command.node_id}; suspended: {known or 'none'}"
        return [rejected(Reason.LIQUIDATION_NOT_SUSPENDED, detail)]
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    return [
        LiquidationResumed(
            node_id=command.node_id,
            cause=cause,
            what=command.reason,
            entered_by=command.entered_by,
            approved_by=command.approved_by,
        )
        for cause in found
    ]


def _is_known(state: DeskState, node_id: str) -> bool:
    if node_id.startswith(CONTRACT):
        return node_id.removeprefix(CONTRACT) in state.contracts
    beside = side_node_of(node_id)
    if beside is not None:
        return beside[0] == "person" and beside[1] in state.pools
    is_master = state.master is not None and node_id == state.master.master_account_id
    return is_master or node_id in state.subs
