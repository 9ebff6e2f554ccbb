"""Loss limits of the firm: rows that ask for nothing, and terms of a liquidation."""

from fencang.messages import loss_commands as loss
from fencang.messages.reasons import Reason
from fencang.refdata.loss_limit import LiquidationTerms, LossLimit
from tests.engine.firm import DAY, SECOND, define, money

HUGE = money("1000000000000")
WIDE_LOSSES = LossLimit(
    node_id="MASTER",
    daily_loss_micros=HUGE,
    drawdown_micros=HUGE,
    velocity_micros=HUGE,
    margin_use_ppm=1_000_000_000,
)
TERMS = LiquidationTerms(
    node_id="MASTER",
    interval_lots_max=10,
    interval_ns=60 * SECOND,
    day_lots_max=10_000,
    day_micros_max=money("1000000000"),
    jump_ppm=500_000,
    jump_micros=money("1000"),
    mark_jump_ppm=200_000,
    mark_jump_ticks=50,
    price_age_ns_max=DAY,
)
STEPS = {"stop_ppm": 800_000, "cancel_ppm": 1_000_000, "liquidate_ppm": 1_200_000}


def losses(node="ALPHA", **fields):
    """Return a row: ``losses(daily="100000", stop_ppm=800_000)``, amounts in words."""
    names = {"daily": "daily_loss", "drawdown": "drawdown", "velocity": "velocity"}
    amounts = {
        f"{names[key]}_micros": money(fields.pop(key)) for key in tuple(fields) if key in names
    }
    return LossLimit(node_id=node, **amounts, **fields)


def pause(node="MASTER", by="risk"):
    return loss.PauseLiquidation(node_id=node, reason="look first", entered_by=by)


def resume(node="MASTER", approved_by="boss"):
    return loss.ResumeLiquidation(
        node_id=node, reason="looked", entered_by="risk", approved_by=approved_by
    )


def _paused(desk):
    desk.done(define(WIDE_LOSSES, TERMS))
    desk.done(pause())


LOSS_ROWS = (
    ("liquidation paused twice", _paused, lambda _: pause(), Reason.LIQUIDATION_PAUSED),
    ("nothing suspended", None, lambda _: resume(), Reason.LIQUIDATION_NOT_SUSPENDED),
)
