"""Losses, exposures and buffers.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from decimal import Decimal
from typing import Literal

import msgspec

__all__ = [
    "ExposureLimit",
    "Interface",
    "LiquidationTerms",
    "LossLimit",
    "MarginBuffer",
    "OrderType",
    "PeakOf",
    "ServiceTier",
    "TakesEffect",
    "TimeInForce",
]

PeakOf = Literal["day", "ever"]
"""From which peak a drawdown is measured."""


class LossLimit(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """How much a node may lose, and what happens on the way there.

    Everything is measured on the node's equity in the base currency: realised and open profit
    after fees, capital moved in or out taken away.  ``daily_loss`` counts from the start of the
    trading day, ``drawdown`` from the peak of the day or ever, ``velocity`` is the loss within
    ``velocity_seconds``.  Each is an amount, or a share of the equity at the day's start; of
    both the lesser counts.  ``margin_use_ppm`` is the requirement as a share of equity and
    collateral.

    At ``stop_ppm`` of any of them the node may only reduce; at ``cancel_ppm`` its opening
    orders are cancelled too; at ``liquidate_ppm`` its positions are closed, until what began it
    is back at ``cured_ppm`` of its limit or ``keep_ppm`` of the lots are left.  A node stays
    stopped until two persons resume it, or the next day where ``resumes_next_day`` says so.  A
    field left out is inherited, in that no level of its own is asked; the row of the master
    account states all.
    """

    node_id: str
    daily_loss: Decimal | None = None
    daily_loss_ppm: int | None = None
    drawdown: Decimal | None = None
    drawdown_ppm: int | None = None
    peak_of: PeakOf = "day"
    velocity: Decimal | None = None
    velocity_ppm: int | None = None
    velocity_seconds: Decimal = Decimal(60)
    margin_use_ppm: int | None = None
    stop_ppm: int | None = None
    cancel_ppm: int | None = None
    liquidate_ppm: int | None = None
    cured_ppm: int = 800000
    keep_ppm: int = 0
    resumes_next_day: bool = False


class LiquidationTerms(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """How positions are closed by force: how fast, how much a day, and when it is not trusted.

    In every ``interval_seconds`` at most ``interval_lots_max`` lots of a contract are sent, and
    at most ``volume_ppm`` of what it trades in that time where a feed says so; in a trading day
    at most ``day_lots_max`` lots and ``day_max`` of value, over the whole desk.  After
    ``rounds_max`` intervals without a fill a person is called.

    What rises or falls without a cause in positions or prices is not trusted: a requirement
    that grows, or equity that falls, by more than ``jump_ppm`` of what it was and more than
    ``jump``; a mark that moves by more than ``mark_jump_ppm`` and ``mark_jump_ticks`` without a
    settlement; a mark older than ``price_age_seconds_max``.
    """

    node_id: str
    interval_lots_max: int
    interval_seconds: Decimal
    day_lots_max: int
    day_max: Decimal
    jump_ppm: int
    jump: Decimal
    mark_jump_ppm: int
    mark_jump_ticks: int
    price_age_seconds_max: Decimal
    volume_ppm: int | None = None
    rounds_max: int = 20


class ExposureLimit(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """The largest exposure of one node in a contract, a product, named products, or all (``"*"``).

    ``product_ids`` makes ``scope_id`` a name for these products together.  ``gross_max``
    bounds the sum over every book below the node, long and short added; ``net_max`` the
    worst long and the worst short apart, books netted; ``beta_max`` the same, each value
    times its beta to ``beta_index``.  A beta that nobody reported, or that is older than
    ``beta_age_seconds_max``, counts as ``beta_unknown_ppm`` on both sides: it offsets nothing.
    No product may be more than ``share_ppm_max`` of the gross value once that is above
    ``share_from``.  A lot counts at least the value of ``floor_ticks`` ticks, so that no
    size slips through at a price near nothing.

    A number left out is not asked at the node; index, age, unknown beta and floor left out are
    those of the master account's row for all, which states everything.
    """

    node_id: str
    scope_id: str = "*"
    product_ids: tuple[str, ...] = ()
    gross_max: Decimal | None = None
    net_max: Decimal | None = None
    beta_max: Decimal | None = None
    share_ppm_max: int | None = None
    share_from: Decimal = Decimal("0.00")
    beta_index: str | None = None
    beta_age_seconds_max: Decimal | None = None
    beta_unknown_ppm: int | None = None
    floor_ticks: int | None = None


class MarginBuffer(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """What an opening order must leave available, in parts of the requirement and as an amount.

    ``buffer_ppm`` of the requirement after the order holds for every sub-account at and below
    the node; the largest on the way to the root counts.  ``buffer``, in base currency, holds
    for the node alone.  The row of the master account, or of ``person:OWNER``, holds for the
    owner's pool, both numbers.  The row of the master account states both.
    """

    node_id: str
    buffer_ppm: int | None = None
    buffer: Decimal | None = None


Interface = Literal["fix", "internal", "rest", "websocket"]
"""One of the words of Interface."""


OrderType = Literal["limit", "market", "stop", "stop_limit"]
"""One of the words of OrderType."""


TimeInForce = Literal["day", "fok", "gtc", "gtd", "ioc"]
"""One of the words of TimeInForce."""


TakesEffect = Literal["at_once", "next_trading_day"]
"""From when on what a client instructs may open or enlarge a position."""


class ServiceTier(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """What the clients of one tier may do, and when it takes effect.

    ``interfaces`` are the doors from outside; INTERNAL is always open.  ``messages_burst`` new
    orders and replacements may go at once, after that ``messages_per_second``; cancels and
    reductions always pass.  ``instruments`` are products or contracts, or ``*`` for all.
    ``priority_class`` 0 is served first.  Under NEXT_TRADING_DAY, what opens waits for the next
    trading day of its venue: entered from ``cutoff_seconds`` before the end of the day's last
    session on, for the one after.  ``venue_id`` is the venue whose days count for capital,
    which has none. ``instructions_max`` of one sub-account may wait.
    """

    tier_id: str
    interfaces: tuple[Interface, ...]
    order_types: tuple[OrderType, ...]
    times_in_force: tuple[TimeInForce, ...]
    instruments: tuple[str, ...]
    messages_per_second: int
    messages_burst: int
    priority_class: int = 0
    takes_effect: TakesEffect = "at_once"
    cutoff_seconds: Decimal = Decimal(0)
    venue_id: str | None = None
    instructions_max: int = 100
