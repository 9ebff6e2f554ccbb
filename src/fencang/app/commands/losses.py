"""``fencang losses``: who has lost how much of what they may, and what is closed by force."""

import json
import sys
from pathlib import Path
from typing import Any

from fencang.app.commands.losses_words import tell
from fencang.app.data_directory import recovered
from fencang.app.exit_status import ExitStatus
from fencang.app.journals import journal_in, reading
from fencang.app.progress import counting
from fencang.basics.time import format_time
from fencang.engine.flows.losses import measures
from fencang.engine.state import DeskState
from fencang.messages.loss_events import LossStep
from fencang.projections.losses import Losses, PlanView, StepView

__all__ = ["losses_found", "run_losses"]

Found = dict[str, Any]


def run_losses(data: Path, *, as_json: bool) -> ExitStatus:
    """Show every limit, step, plan and suspension; 1 where a node is beyond a limit."""
    state, losses = recovered(data).state, Losses()
    with reading(journal_in(data)) as journal, counting("Reading") as told:
        total = journal.last_sequence
        for stored in journal.read(1):
            record = stored.record()
            losses.apply(record)
            told(record.sequence, total, f"record {record.sequence:,}")
    found = losses_found(state, losses)
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        tell(found)
    is_beyond = any(row["is_beyond"] for row in found["limits"])
    return ExitStatus.DIFFERENCES_FOUND if is_beyond else ExitStatus.DONE


def losses_found(state: DeskState, losses: Losses) -> Found:
    """Return everything as plain values, amounts in base micros."""
    return {
        "sequence": state.sequence,
        "currency": state.rates.base_currency,
        "limits": _limits(state),
        "steps": [_step(step) for step in losses.steps()],
        "plans": [_plan(plan) for plan in losses.plans()],
        "suspensions": [
            {
                "node": each.node_id,
                "cause": each.cause.value,
                "subject": each.subject,
                "what": each.what,
                "before": each.before,
                "after": each.after,
                "entered_by": each.entered_by,
            }
            for each in losses.suspensions()
        ],
        "budget": _budget(state),
    }


def _limits(state: DeskState) -> list[Found]:
    return [
        {
            "node": node_id,
            "measure": each.measure.value,
            "limit_micros": each.limit,
            "value_micros": each.value,
            "used_percent": max(0, each.value) * 100 // each.limit if each.limit else 0,
            "is_beyond": each.value > each.limit,
            "step": LossStep(memory.step).name.lower(),
        }
        for node_id, memory in sorted(state.risk.losses.memories.items())
        for each in measures(state, memory)
    ]


def _step(step: StepView) -> Found:
    return {
        "time": format_time(step.time_ns),
        "sequence": step.sequence,
        "node": step.event.node_id,
        "measure": step.event.measure.value,
        "step": step.event.step.name.lower(),
        "limit_micros": step.event.limit_micros,
        "value_micros": step.event.value_micros,
    }


def _budget(state: DeskState) -> Found | None:
    """Return what was closed by force today; None where the desk has no terms."""
    liquidations, terms = state.risk.losses.liquidations, state.risk.losses.terms
    if terms is None:
        return None
    return {
        "lots": liquidations.spent_lots,
        "day_lots_max": terms.day_lots_max,
        "micros": liquidations.spent_micros,
        "day_micros_max": terms.day_micros_max,
    }


def _plan(plan: PlanView) -> Found:
    return {
        "liquidation": plan.liquidation_id,
        "time": format_time(plan.time_ns),
        "node": plan.node_id,
        "measure": plan.measure,
        "state": plan.end or "running",
        "legs": [
            {
                "sub_account": view.leg.sub_account_id,
                "carrying_account": view.leg.carrying_account_id,
                "contract": view.leg.contract_id,
                "side": view.leg.side.name.lower(),
                "lots": view.leg.quantity_lots,
                "kept_lots": view.leg.kept_lots,
                "relief_micros": view.leg.relief_micros,
                "intervals": view.leg.slices,
                "sent_lots": view.sent_lots,
                "closed_lots": view.closed_lots,
            }
            for view in plan.legs.values()
        ],
    }
