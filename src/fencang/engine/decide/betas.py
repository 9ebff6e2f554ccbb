"""Betas come from outside; what they may say is checked here."""

from collections import Counter
from collections.abc import Iterator

from fencang.engine.decide.refusal import rejected, source_refusal
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent
from fencang.messages.exposure_commands import ReportBetas
from fencang.messages.exposure_events import BetasReported
from fencang.messages.reasons import Reason

__all__ = ["decide_report_betas"]


def decide_report_betas(state: DeskState, command: ReportBetas) -> list[AnyEvent]:
    """Take betas, all or none; every fault is listed at once."""
    refusal = source_refusal(command.source, command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    faults = list(_faults(state, command))
    if faults:
        return [rejected(Reason.BETAS_FAULTY, "; ".join(faults))]
    return [
        BetasReported(
            index_id=command.index_id,
            as_of_ns=command.as_of_ns,
            source=command.source,
            betas=command.betas,
        )
    ]


def _faults(state: DeskState, command: ReportBetas) -> Iterator[str]:
    if command.as_of_ns > state.time_ns:
        yield f"as_of_ns {command.as_of_ns} lies ahead of {state.time_ns}"
    known = state.risk.exposures.betas
    times = Counter(mark.scope_id for mark in command.betas)
    for scope_id, count in sorted(times.items()):
        if scope_id not in state.contracts and scope_id not in state.products:
            yield f"no contract or product {scope_id}"
        if count > 1:
            yield f"{scope_id} has {count} betas"
        before = known.get((command.index_id, scope_id))
        if before is not None and before.as_of_ns > command.as_of_ns:
            yield f"the beta of {scope_id} is known as of {before.as_of_ns}, which is later"
