"""Whether an order is small beside the volume of its market; and the volumes that feeds report.

Reducing orders are not asked, though their lots count.  A refusal changes nothing, so it begins no
rest: the order does after which another like it would not fit.
"""

from collections import Counter
from collections.abc import Iterator

from fencang.engine.decide.ask import Ask
from fencang.engine.decide.overrides import under_override
from fencang.engine.decide.refusal import rejected, source_refusal
from fencang.engine.risk.impact import LineImpact
from fencang.engine.state import DeskState
from fencang.limits.evaluation import Evaluation
from fencang.limits.impact import (
    cooling_refusal,
    order_lots_max,
    order_refusal,
    volume_refusal,
    window_lots_max,
    window_refusal,
)
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.events import AnyEvent
from fencang.messages.reasons import Reason
from fencang.messages.trade_flow_commands import ReportVolumes
from fencang.messages.trade_flow_events import CoolingOffStarted, VolumesReported

__all__ = ["decide_report_volumes", "impact_check", "impact_evaluations"]


def impact_check(ask: Ask) -> NodeRefusal | None:
    """Refuse lots that are too many beside the volume, at every node that says so."""
    if not ask.added_lots:
        return None
    impact, time_ns = ask.state.risk.impact, ask.state.time_ns
    volume = impact.volumes.get(ask.line.key[1])
    rests: list[AnyEvent] = []
    order_lots = _order_lots(ask)
    for found in impact.of_line(ask.line):
        row, refusal = found.row, None
        if impact.resting:
            refusal = cooling_refusal(row, impact.resting.get(found.key, 0), time_ns)
            if refusal is not None:
                return refusal
        if volume is None or time_ns - volume.reported_ns > row.volume_age_ns_max:
            if row.passes_unknown:
                continue
            return under_override(
                ask.state.risk.overrides, row, volume_refusal(row, volume, time_ns)
            )
        found.measure(volume)
        limit, lots = found.window_lots_max, found.sent.of(time_ns) + ask.added_lots
        if order_lots > found.order_lots_max:
            refusal = order_refusal(row, found.order_lots_max, order_lots)
        elif lots > limit:
            refusal = window_refusal(row, limit, lots)
        if refusal is not None:
            return under_override(ask.state.risk.overrides, row, refusal)
        if row.cooling_off_ns and limit - lots < ask.added_lots:
            rests.append(_rest(found, lots, time_ns))
    if rests:
        ask.notices += rests
    return None


def _order_lots(ask: Ask) -> int:
    """Return the lots that an order would have in the market."""
    return ask.quantity_lots - (0 if ask.order is None else ask.order.filled_lots)


def _rest(found: LineImpact, lots: int, time_ns: int) -> CoolingOffStarted:
    node_id, scope_id, contract_id = found.key
    return CoolingOffStarted(
        node_id=node_id,
        scope_id=scope_id,
        contract_id=contract_id,
        sent_lots=lots,
        until_ns=time_ns + found.row.cooling_off_ns,
    )


def impact_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield every limit beside the volume that lots are asked, in the order of the check."""
    if not ask.added_lots or ask.reduces:
        return
    impact, time_ns = ask.state.risk.impact, ask.state.time_ns
    volume = impact.volumes.get(ask.line.key[1])
    for found in impact.of_line(ask.line):
        row, contract_id = found.row, ask.line.key[1]
        until_ns = impact.resting.get(found.key, 0)
        if until_ns:
            left = max(0, until_ns - time_ns)
            yield _evaluation(row.node_id, contract_id, 0, left, "ns", "is resting")
        age = row.volume_age_ns_max + 1 if volume is None else time_ns - volume.reported_ns
        if volume_refusal(row, volume, time_ns) is not None and row.passes_unknown:
            words = "the volume is not known or old, which the row lets pass"
            yield _evaluation(row.node_id, contract_id, age, age, "ns", words)
            continue
        yield _evaluation(row.node_id, contract_id, row.volume_age_ns_max, age, "ns", "age")
        if volume is None or age > row.volume_age_ns_max:
            continue
        sent = found.sent.of(time_ns) + ask.added_lots
        for limit, lots, words in (
            (order_lots_max(row, volume), _order_lots(ask), "this order"),
            (window_lots_max(row, volume), sent, f"all orders of {row.window_ns} ns"),
        ):
            if limit is not None:
                yield _evaluation(row.node_id, contract_id, limit, lots, "lots", words)


def _evaluation(
    node_id: str, contract_id: str, limit: int, value: int, unit: str, words: str
) -> Evaluation:
    return Evaluation(
        control="market impact",
        reason=Reason.MARKET_IMPACT,
        node_id=node_id,
        scope_id=contract_id,
        limit=limit,
        value=value,
        unit=unit,
        passes=value <= limit,
        detail=words,
    )


def decide_report_volumes(state: DeskState, command: ReportVolumes) -> list[AnyEvent]:
    """Take volumes of a feed; manual sources need two persons, every fault is named at once."""
    refusal = source_refusal(command.source, command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    named = [each.contract_id for each in command.volumes]
    unknown = sorted({name for name in named if name not in state.contracts})
    if unknown:
        return [rejected(Reason.UNKNOWN_CONTRACT, f"no contract {', '.join(unknown)}")]
    twice = sorted(name for name, times in Counter(named).items() if times > 1)
    if twice:
        detail = f"one volume of a contract at a time, more are given of {', '.join(twice)}"
        return [rejected(Reason.UNKNOWN_REFERENCE, detail)]
    return [VolumesReported(source=command.source, volumes=command.volumes)]
