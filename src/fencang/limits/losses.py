"""Loss limits as functions over values: what a limit comes to, and who is beyond it.

Worked number: a daily loss of 100,000 with a stop at 80 %: a loss of 80,000 is still within it, a
loss of 80,000.000001 is beyond.
"""

from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.loss_events import LossStep
from fencang.messages.reasons import Reason
from fencang.refdata.loss_limit import LossLimit

__all__ = [
    "LossAmounts",
    "LossFigures",
    "amounts_of",
    "is_beyond",
    "loss_refusal",
    "mark_jumps",
    "room_lots",
    "share_of_step",
]


class LossAmounts(NamedTuple):
    """What the limits of one node come to today, in base micros; None where none is stated."""

    daily_loss: int | None
    drawdown: int | None
    velocity: int | None


class LossFigures(NamedTuple):
    """Where a node stands, in base micros, capital moves taken away.

    ``peak`` is that of the day or ever, as the limit says; ``highest`` is the most inside the
    window of the velocity.
    """

    now: int
    start: int
    peak: int
    highest: int


def amounts_of(row: LossLimit, equity_micros: int) -> LossAmounts:
    """Return what a row's limits come to for a node with this equity at the day's start."""
    return LossAmounts(
        _lesser(row.daily_loss_micros, row.daily_loss_ppm, equity_micros),
        _lesser(row.drawdown_micros, row.drawdown_ppm, equity_micros),
        _lesser(row.velocity_micros, row.velocity_ppm, equity_micros),
    )


def _lesser(amount: int | None, share_ppm: int | None, equity_micros: int) -> int | None:
    if share_ppm is None:
        return amount
    share = max(0, equity_micros) * share_ppm // PPM
    return share if amount is None or share < amount else amount


def is_beyond(value: int, limit: int, share_ppm: int) -> bool:
    """Return whether a value is beyond a share of a limit; exactly at it is within."""
    return value * PPM > limit * share_ppm


def share_of_step(row: LossLimit, step: LossStep) -> int | None:
    """Return at which share of a limit a step is taken; None where it never is."""
    shares = (None, row.stop_ppm, row.cancel_ppm, row.liquidate_ppm)
    return shares[step]


def loss_refusal(node_id: str, amounts: LossAmounts, figures: LossFigures) -> NodeRefusal | None:
    """Refuse to open at a node that has lost more than it may."""
    daily, drawdown, velocity = amounts
    now = figures.now
    if daily is not None and figures.start - now > daily:
        lost = figures.start - now
        detail = f"{node_id} has lost {lost} micros today, more than the {daily} it may"
        return Reason.DAILY_LOSS, node_id, daily, lost, detail
    if drawdown is not None and figures.peak - now > drawdown:
        lost = figures.peak - now
        detail = f"{node_id} stands {lost} micros below its peak, more than the {drawdown} it may"
        return Reason.DRAWDOWN, node_id, drawdown, lost, detail
    if velocity is not None and figures.highest - now > velocity:
        lost = figures.highest - now
        detail = f"{node_id} has lost {lost} micros in the window, more than the {velocity} it may"
        return Reason.LOSS_VELOCITY, node_id, velocity, lost, detail
    return None


def mark_jumps(before: int, after: int, *, tick_nanos: int, jump_ppm: int, jump_ticks: int) -> bool:
    """Return whether a mark moved by more than the share and the ticks that one may.

    The share is of the absolute mark, so it holds below zero; around zero the ticks do.
    """
    return abs(after - before) > max(abs(before) * jump_ppm // PPM, jump_ticks * tick_nanos)


def room_lots(wanted: int, *bounds: int) -> int:
    """Return how many of the wanted lots every bound leaves, never below zero."""
    return max(0, min(wanted, *bounds))
