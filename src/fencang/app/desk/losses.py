"""The tables of a desk file that state loss limits, and how positions are closed by force."""

from collections.abc import Callable

from fencang.app.desk.fields import Fields
from fencang.app.desk.sections import finished
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.time import SECOND_NS
from fencang.refdata.definition import LOTS_MAX
from fencang.refdata.loss_limit import LiquidationTerms, LossLimit, PeakOf

__all__ = ["LOSS_KEYS", "read_liquidation", "read_loss_limit"]

LOSS_KEYS = {
    "daily_loss": "daily_loss",
    "drawdown": "drawdown",
    "velocity": "velocity",
    "margin_use": "margin_use_ppm",
}
"""Key of ``[[loss_limit]]`` → field; of amount and share the row at the root states one."""

ROUNDS_MAX = 20


def read_loss_limit(fields: Fields) -> LossLimit:
    """Read one ``[[loss_limit]]``: amounts, shares of the day's first equity, steps."""
    row = LossLimit(
        node_id=fields.identifier("node"),
        daily_loss_micros=fields.stated("daily_loss", _money(fields)),
        daily_loss_ppm=fields.stated("daily_loss_share", fields.percent),
        drawdown_micros=fields.stated("drawdown", _money(fields)),
        drawdown_ppm=fields.stated("drawdown_share", fields.percent),
        peak_of=fields.choice("peak_of", PeakOf, PeakOf.DAY),
        velocity_micros=fields.stated("velocity", _money(fields)),
        velocity_ppm=fields.stated("velocity_share", fields.percent),
        velocity_ns=fields.span_ns("velocity_in", 60 * SECOND_NS),
        margin_use_ppm=fields.stated("margin_use", fields.percent),
        stop_ppm=fields.stated("stop", fields.percent),
        cancel_ppm=fields.stated("cancel", fields.percent),
        liquidate_ppm=fields.stated("liquidate", fields.percent),
        cured_ppm=fields.percent("cured", 800_000),
        keep_ppm=fields.percent("keep", 0),
        resumes_next_day=fields.flag("resumes_next_day"),
    )
    finished(fields, row)
    return row


def read_liquidation(fields: Fields) -> LiquidationTerms:
    """Read one ``[[liquidation]]``: ``lots`` in ``per``, what a day may bring, what is suspect."""
    money = _money(fields)
    terms = LiquidationTerms(
        node_id=fields.identifier("node"),
        interval_lots_max=fields.whole("lots", low=1, high=LOTS_MAX),
        interval_ns=fields.span_ns("per"),
        volume_ppm=fields.stated("volume_share", fields.percent),
        day_lots_max=fields.whole("day_lots", high=LOTS_MAX),
        day_micros_max=money("day_value"),
        jump_ppm=fields.percent("jump"),
        jump_micros=money("jump_value"),
        mark_jump_ppm=fields.percent("mark_jump"),
        mark_jump_ticks=fields.whole("mark_jump_ticks", high=LOTS_MAX),
        price_age_ns_max=fields.span_ns("price_age"),
        rounds_max=fields.whole("rounds", ROUNDS_MAX),
    )
    finished(fields, terms)
    return terms


def _money(fields: Fields) -> Callable[[str], int]:
    return lambda key: fields.decimal(key, 6, None, low=0, high=MONEY_MICROS_MAX)
