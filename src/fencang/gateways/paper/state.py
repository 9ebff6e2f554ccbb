"""What a paper venue is told at its start, and everything it knows afterwards.

The state is plain values, so that a dump is one encoding of it.
"""

from typing import Annotated

import msgspec

from fencang.basics.money import PPM
from fencang.gateways.paper.book import ContractBook, PaperOrder
from fencang.gateways.paper.faults import FaultPlan
from fencang.gateways.paper.outbox import Outbox
from fencang.messages.events import CancelRequested, OrderInDoubt, OrderRouted, ReplaceRequested

__all__ = ["Arrival", "PaperConfig", "VenueState"]

Effect = OrderRouted | CancelRequested | ReplaceRequested | OrderInDoubt
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]


class PaperConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How the venue behaves.

    ``name`` starts every execution id and venue order id, so two paper venues behind one carrying
    account need two names.  ``venue_ids`` are the venues it stands for, () for all.
    ``tick_nanos`` lists its contracts with their ticks; ``list_contracts`` adds more.
    ``slippage_ticks`` move market and stop fills against the order.  ``queue_ahead_ppm`` of the
    volume, at least ``queue_ahead_lots``, stand ahead of a limit order.  All our orders together
    get at most ``participation_max_ppm`` of a bar's volume, of ticks added up over the session.
    Finished orders beyond ``finished_orders_max`` are forgotten, the oldest first.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,15}$")] = "PAPER"
    venue_ids: tuple[str, ...] = ()
    tick_nanos: dict[str, Annotated[int, msgspec.Meta(ge=1)]] = {}
    latency_ns: Count = 0
    slippage_ticks: Count = 0
    queue_ahead_ppm: Count = 500_000
    queue_ahead_lots: Count = 0
    participation_max_ppm: Annotated[int, msgspec.Meta(ge=0, le=PPM)] = 100_000
    finished_orders_max: Annotated[int, msgspec.Meta(ge=1)] = 100_000
    fault_plan: FaultPlan = FaultPlan()


class Arrival(msgspec.Struct, frozen=True, array_like=True):
    """An effect on its way; it reaches the venue at ``time_ns``."""

    time_ns: int
    effect: Effect


class VenueState(msgspec.Struct, kw_only=True):
    """Everything a paper venue knows; ``swallowed`` counts (nth order, attempts) by order."""

    config: PaperConfig
    books: dict[str, ContractBook] = {}
    contract_of: dict[int, str] = {}
    finished: dict[int, PaperOrder] = {}
    arrivals: list[Arrival] = []
    swallowed: dict[int, tuple[int, int]] = {}
    outbox: Outbox = msgspec.field(default_factory=Outbox)
    now_ns: int = 0
    priority: int = 0
    orders_seen: int = 0
