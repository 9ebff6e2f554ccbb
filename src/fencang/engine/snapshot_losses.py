"""Loss limits and liquidation to their stored form and back."""

from typing import dataclass_transform

import msgspec

from fencang.engine.risk.liquidations import Liquidation, Suspended
from fencang.engine.risk.losses import LossBook, LossWindow
from fencang.messages.loss_events import LiquidationLeg, LossMeasure, LossStep, Suspension

__all__ = ["LossesForm", "losses_form", "restore_losses"]


@dataclass_transform(frozen_default=True)
class Form(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Base of the parts of this form."""


class MemoryForm(Form):
    """One node's day, peaks and step."""

    node_id: str
    moved_micros: int
    start_micros: int
    peak_micros: int
    ever_peak_micros: int
    step: LossStep
    is_stopped: bool
    highs: list[tuple[int, int]]


class LiquidationForm(Form):
    """One liquidation that runs."""

    liquidation_id: int
    node_id: str
    measure: LossMeasure
    cured_ppm: int
    legs: list[LiquidationLeg]
    rounds_unfilled: int
    last_round_ns: int


class LossesForm(Form):
    """What loss limits remember."""

    day: int = 0
    memories: list[MemoryForm] = []
    unexplained: list[tuple[str, int, int]] = []
    running: list[LiquidationForm] = []
    suspensions: list[tuple[str, Suspension, str, str, int, int]] = []
    sent: list[tuple[str, int, int]] = []
    spent_lots: int = 0
    spent_micros: int = 0


def losses_form(losses: LossBook) -> LossesForm:
    """Return the stored form; liquidations in the order they began."""
    liquidations = losses.liquidations
    return LossesForm(
        day=losses.day,
        memories=[
            MemoryForm(
                key,
                memory.moved_micros,
                memory.start_micros,
                memory.peak_micros,
                memory.ever_peak_micros,
                memory.step,
                memory.is_stopped,
                [(high[0], high[1]) for high in memory.window.highs],
            )
            for key, memory in sorted(losses.memories.items())
        ],
        unexplained=[(key, *found) for key, found in sorted(losses.unexplained.items())],
        running=[
            LiquidationForm(
                each.liquidation_id,
                each.node_id,
                each.measure,
                each.cured_ppm,
                list(each.legs),
                each.rounds_unfilled,
                each.last_round_ns,
            )
            for each in liquidations.running.values()
        ],
        suspensions=[
            (*key, found.subject, found.what, found.before, found.after)
            for key, found in sorted(liquidations.suspensions.items())
        ],
        sent=[(key, *found) for key, found in sorted(liquidations.sent.items())],
        spent_lots=liquidations.spent_lots,
        spent_micros=liquidations.spent_micros,
    )


def restore_losses(losses: LossBook, form: LossesForm) -> None:
    """Set what is remembered from its stored form; equities are linked afterwards."""
    losses.day = form.day
    losses.fresh.clear()
    for stored in form.memories:
        memory = losses.memories[stored.node_id]
        memory.moved_micros = stored.moved_micros
        memory.start_micros = stored.start_micros
        memory.peak_micros = stored.peak_micros
        memory.ever_peak_micros = stored.ever_peak_micros
        memory.step = stored.step
        memory.is_stopped = stored.is_stopped
        memory.window = LossWindow(stored.highs)
    losses.unexplained = {key: (growth, fall) for key, growth, fall in form.unexplained}
    liquidations = losses.liquidations
    for running in form.running:
        known = Liquidation(
            liquidation_id=running.liquidation_id,
            node_id=running.node_id,
            measure=running.measure,
            cured_ppm=running.cured_ppm,
            legs=tuple(running.legs),
        )
        known.rounds_unfilled = running.rounds_unfilled
        known.last_round_ns = running.last_round_ns
        liquidations.running[running.node_id] = known
    for node_id, cause, subject, what, before, after in form.suspensions:
        liquidations.suspensions[node_id, cause] = Suspended(
            node_id=node_id, cause=cause, subject=subject, what=what, before=before, after=after
        )
    liquidations.sent = {key: (since, lots) for key, since, lots in form.sent}
    liquidations.spent_lots, liquidations.spent_micros = form.spent_lots, form.spent_micros
