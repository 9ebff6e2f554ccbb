"""Loss limits of a node, the ladder of what happens at which share of them, and liquidation.

Source: the field's daily loss, drawdown and loss velocity limits with stop, cancel and liquidate
steps; Delegated Regulation (EU) 2017/589 (RTS 6), Articles 12 and 15.
"""

import itertools
from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.refdata.account import side_node_of
from fencang.refdata.definition import (
    LOTS_MAX,
    Definition,
    Identifier,
    NonNegativeLots,
    NonNegativeMicros,
    PartsPerMillion,
)

__all__ = [
    "LOSS_FIELDS",
    "LiquidationTerms",
    "LossLimit",
    "PeakOf",
    "liquidation_terms_faults",
    "loss_limit_faults",
]

ShareOfLimit = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
"""In parts per million: 800_000 is 80 % of a limit."""
WindowNs = Annotated[int, msgspec.Meta(ge=1, le=DAY_NS)]
IntervalNs = Annotated[int, msgspec.Meta(ge=1, le=DAY_NS)]
AgeNs = Annotated[int, msgspec.Meta(ge=1, le=30 * DAY_NS)]
PositiveLots = Annotated[int, msgspec.Meta(ge=1, le=LOTS_MAX)]
Rounds = Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class PeakOf(StrEnum):
    """From which peak a drawdown is measured."""

    DAY = "day"
    EVER = "ever"
    """Since the limit was first stated."""


class LossLimit(Definition, tag="LossLimit.1"):
    """How much a node may lose, and what happens on the way there.

    Everything is measured on the node's equity in the base currency: realised and open profit after
    fees, capital moved in or out taken away.  ``daily_loss`` counts from the start of the trading
    day, ``drawdown`` from the peak of the day or ever, ``velocity`` is the loss within
    ``velocity_ns``.  Each is an amount, or a share of the equity at the day's start; of both the
    lesser counts.  ``margin_use_ppm`` is the requirement as a share of equity and collateral.

    At ``stop_ppm`` of any of them the node may only reduce; at ``cancel_ppm`` its opening orders
    are cancelled too; at ``liquidate_ppm`` its positions are closed, until what began it is back at
    ``cured_ppm`` of its limit or ``keep_ppm`` of the lots are left.  A node stays stopped until
    two persons resume it, or the next day where ``resumes_next_day`` says so.  A field left out is
    inherited, in that no level of its own is asked; the row of the master account states all.
    """

    node_id: Identifier
    daily_loss_micros: NonNegativeMicros | None = None
    daily_loss_ppm: PartsPerMillion | None = None
    drawdown_micros: NonNegativeMicros | None = None
    drawdown_ppm: PartsPerMillion | None = None
    peak_of: PeakOf = PeakOf.DAY
    velocity_micros: NonNegativeMicros | None = None
    velocity_ppm: PartsPerMillion | None = None
    velocity_ns: WindowNs = 60 * SECOND_NS
    margin_use_ppm: PartsPerMillion | None = None
    stop_ppm: ShareOfLimit | None = None
    cancel_ppm: ShareOfLimit | None = None
    liquidate_ppm: ShareOfLimit | None = None
    cured_ppm: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 800_000
    keep_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    resumes_next_day: bool = False

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a row."""
        return (self.node_id,)

    @property
    def daily_loss(self) -> int | None:
        """Return what states the daily loss, as an amount or a share; None where nothing does."""
        return _either(self.daily_loss_micros, self.daily_loss_ppm)

    @property
    def drawdown(self) -> int | None:
        """Return what states the drawdown; None where nothing does."""
        return _either(self.drawdown_micros, self.drawdown_ppm)

    @property
    def velocity(self) -> int | None:
        """Return what states the loss velocity; None where nothing does."""
        return _either(self.velocity_micros, self.velocity_ppm)


LOSS_FIELDS = ("daily_loss", "drawdown", "velocity", "margin_use_ppm")
"""What the row at the root must state."""


class LiquidationTerms(Definition, tag="LiquidationTerms.1"):
    """How positions are closed by force: how fast, how much a day, and when it is not trusted.

    In every ``interval_ns`` at most ``interval_lots_max`` lots of a contract are sent, and at most
    ``volume_ppm`` of what it trades in that time where a feed says so; in a trading day at most
    ``day_lots_max`` lots and ``day_micros_max`` of value, over the whole desk.  After
    ``rounds_max`` intervals without a fill a person is called.

    What rises or falls without a cause in positions or prices is not trusted: a requirement that
    grows, or equity that falls, by more than ``jump_ppm`` of what it was and more than
    ``jump_micros``; a mark that moves by more than ``mark_jump_ppm`` and ``mark_jump_ticks``
    without a settlement; a mark older than ``price_age_ns_max``.
    """

    node_id: Identifier
    interval_lots_max: PositiveLots
    interval_ns: IntervalNs
    day_lots_max: NonNegativeLots
    day_micros_max: NonNegativeMicros
    jump_ppm: PartsPerMillion
    jump_micros: NonNegativeMicros
    mark_jump_ppm: PartsPerMillion
    mark_jump_ticks: NonNegativeLots
    price_age_ns_max: AgeNs
    volume_ppm: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    rounds_max: Rounds = 20

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a row."""
        return (self.node_id,)


def _either(amount: int | None, share: int | None) -> int | None:
    return share if amount is None else amount


def loss_limit_faults(row: LossLimit) -> list[str]:
    """Return what is wrong with a row on its own."""
    faults = []
    beside = side_node_of(row.node_id)
    if beside is not None and beside[0] != "person":
        faults.append(
            f"losses are measured at sub-accounts, the master account and persons, "
            f"not at {row.node_id}"
        )
    steps = (("stop", row.stop_ppm), ("cancel", row.cancel_ppm), ("liquidate", row.liquidate_ppm))
    stated = [(name, share) for name, share in steps if share is not None]
    for (early, low), (late, high) in itertools.pairwise(stated):
        if high < low:
            faults.append(f"{late} comes at {high} ppm, before {early} at {low} ppm")
    if row.liquidate_ppm is not None and row.cured_ppm > row.liquidate_ppm:
        faults.append(f"cured at {row.cured_ppm} ppm, above liquidate at {row.liquidate_ppm} ppm")
    if stated and all(getattr(row, field) is None for field in LOSS_FIELDS):
        faults.append("states steps and nothing that they are steps of")
    return faults


def liquidation_terms_faults(terms: LiquidationTerms) -> list[str]:
    """Return what is wrong with terms on their own."""
    if side_node_of(terms.node_id) is not None:
        return [f"liquidation has one set of terms, at the master account, not at {terms.node_id}"]
    return []
