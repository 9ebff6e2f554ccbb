"""Service tiers of one seed's desk, and the clients who feel them.

Some sub-accounts open at once, some on the next trading day.  Clients try doors that they do not
have, send too fast, and take back what waits; tiers become narrower and wider meanwhile.  All of
it has streams of chance of its own, so that a seed without tiers is what it was before.
"""

from collections.abc import Callable

from msgspec.structs import replace

from fencang.messages.commands import AnyCommand, DefineDesk, SubmitOrder, TransferCapital
from fencang.messages.instruction_commands import CancelInstruction
from fencang.messages.instruction_events import (
    InstructionApplied,
    InstructionCancelled,
    InstructionExpired,
    InstructionQueued,
    InstructionRefused,
)
from fencang.messages.message import Interface, OrderType, Side, TimeInForce
from fencang.messages.record import Record
from fencang.refdata.account import SubAccount
from fencang.refdata.contract import Contract
from fencang.refdata.desk import DeskItem
from fencang.refdata.service_tier import ServiceTier, TakesEffect
from fencang.refdata.venue import Venue
from fencang.simulation.random import Chance

__all__ = ["TierDesk", "has_tiers", "with_tiers"]

DESK_PPM = 150_000
ACT_PPM = 120_000
HOUR_NS = 3_600_000_000_000
DOORS = (Interface.REST, Interface.WEBSOCKET, Interface.FIX)
ALL_TIERS = ("vip", "ordinary", "plain")
_ACTS = {"order": 6, "cancel": 3, "capital": 3, "change": 2}
_ENDED = InstructionApplied | InstructionRefused | InstructionCancelled | InstructionExpired


def has_tiers(chance: Chance) -> bool:
    """Return whether a desk has service tiers; the stream moves alike either way."""
    return chance.strikes(DESK_PPM)


def with_tiers(chance: Chance, items: list[DeskItem]) -> list[DeskItem]:
    """Return a desk's reference values with tiers, and every sub-account in one of them."""
    placed: list[DeskItem] = []
    for item in items:
        if isinstance(item, SubAccount):
            placed.append(replace(item, service_tier=chance.one_of(ALL_TIERS)))
        else:
            placed.append(item)
    return [*placed, *(_tier(chance, name, items) for name in ALL_TIERS)]


def _tier(chance: Chance, name: str, items: list[DeskItem]) -> ServiceTier:
    is_dated = name == "ordinary"
    venue = next(item for item in items if isinstance(item, Venue))
    return ServiceTier(
        tier_id=name,
        interfaces=DOORS if name == "vip" else (chance.one_of(DOORS),),
        order_types=tuple(OrderType) if name != "plain" else (OrderType.LIMIT, OrderType.MARKET),
        times_in_force=tuple(TimeInForce),
        instruments=("*",) if name != "plain" else ("CL", "ESH8"),
        messages_per_second=chance.one_of((1, 10, 1_000)),
        messages_burst=chance.one_of((2, 20, 1_000)),
        priority_class=ALL_TIERS.index(name),
        takes_effect=TakesEffect.NEXT_TRADING_DAY if is_dated else TakesEffect.AT_ONCE,
        cutoff_ns=chance.one_of((0, HOUR_NS, 8 * HOUR_NS)) if is_dated else 0,
        venue_id=venue.venue_id if is_dated else None,
        instructions_max=chance.one_of((2, 20, 100)),
    )


class TierDesk:
    """Clients of different tiers, and whoever changes these; nobody where a desk has none."""

    def __init__(self, chance: Chance, items: list[DeskItem], *, is_there: bool) -> None:
        self._chance, self._is_there = chance, is_there
        self._items = items
        self._subs = [item for item in items if isinstance(item, SubAccount)]
        self._contracts = [item for item in items if isinstance(item, Contract)]
        self._waiting: dict[int, str] = {}
        self._sent = 0
        self._acts: dict[str, Callable[[], list[AnyCommand]]] = {
            "order": self._orders,
            "cancel": self._cancel,
            "capital": self._capital,
            "change": self._change,
        }

    def see(self, record: Record) -> None:
        """Remember what waits."""
        for event in record.events:
            if isinstance(event, InstructionQueued):
                self._waiting[event.instruction_id] = event.sub_account_id
            elif isinstance(event, _ENDED):
                self._waiting.pop(event.instruction_id, None)

    def act(self) -> tuple[str, list[AnyCommand]]:
        """Return what somebody does now, under its name; mostly nobody does anything."""
        if not self._is_there or not self._chance.strikes(ACT_PPM):
            return "", []
        name = self._chance.weighted([*_ACTS.items()])
        return f"tier {name}", self._acts[name]()

    def _orders(self) -> list[AnyCommand]:
        """Send some orders at once, by some door."""
        sub = self._chance.one_of(self._subs).sub_account_id
        return [self._order(sub) for _ in range(self._chance.between(1, 4))]

    def _order(self, sub: str) -> SubmitOrder:
        chance = self._chance
        self._sent += 1
        return SubmitOrder(
            sub_account_id=sub,
            client_order_id=f"T{self._sent}",
            contract_id=chance.one_of(self._contracts).contract_id,
            side=chance.one_of((Side.BUY, Side.SELL)),
            quantity_lots=chance.between(1, 4),
            order_type=OrderType.MARKET,
            time_in_force=chance.one_of((TimeInForce.DAY, TimeInForce.IOC)),
            interface=chance.one_of((Interface.INTERNAL, *DOORS)),
        )

    def _cancel(self) -> list[AnyCommand]:
        """Take back what waits; now and then another's, or what waits no more."""
        if not self._waiting:
            return []
        number = self._chance.one_of(sorted(self._waiting))
        sub = self._waiting[number]
        if self._chance.strikes(200_000):
            sub = self._chance.one_of(self._subs).sub_account_id
        return [CancelInstruction(instruction_id=number, sub_account_id=sub, entered_by="client")]

    def _capital(self) -> list[AnyCommand]:
        sub = self._chance.one_of(self._subs).sub_account_id
        ways = (None, sub) if self._chance.strikes(700_000) else (sub, None)
        return [
            TransferCapital(
                from_sub_account_id=ways[0],
                to_sub_account_id=ways[1],
                amount_micros=self._chance.one_of((1_000_000, 90_000_000_000)),
                reason="seeded",
                entered_by="ops-1",
            )
        ]

    def _change(self) -> list[AnyCommand]:
        """State a tier anew, or give a sub-account another one; at times with one person."""
        chance = self._chance
        item: DeskItem = _tier(chance, chance.one_of(ALL_TIERS), self._items)
        approved_by = chance.weighted((("ops-2", 8), ("", 2)))
        return [DefineDesk(items=(item,), entered_by="ops-1", approved_by=approved_by)]
