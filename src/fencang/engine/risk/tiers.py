"""Service tiers of a desk, and the dated instructions that wait for their trading day."""

from collections import Counter
from collections.abc import Iterable

from fencang.engine.accounts import SubState
from fencang.limits.order_flow import OrderFlow
from fencang.limits.tier import TierTerms
from fencang.messages.commands import SubmitOrder
from fencang.messages.instruction_events import Instruction, InstructionQueued
from fencang.messages.life_commands import RollPosition
from fencang.refdata.service_tier import ServiceTier

__all__ = ["DUE_PER_COMMAND_MAX", "WAITING_MAX", "TierBook", "own_names"]

WAITING_MAX = 10_000
"""Instructions of the whole desk that may wait at once."""
DUE_PER_COMMAND_MAX = 200
"""So many are decided between two commands when their day comes; the rest after the next one."""


class TierBook:
    """Tiers by identifier, and what waits.

    ``rows`` and ``waiting`` are primary state, the rest are caches over them.
    """

    __slots__ = ("counts", "days", "names", "rows", "seen", "waiting")

    def __init__(self) -> None:
        self.rows: dict[str, ServiceTier] = {}
        self.waiting: dict[int, InstructionQueued] = {}
        """Instruction → as it was queued, in the order of their numbers."""
        self.counts: Counter[str] = Counter()
        """Sub-account → how many of its instructions wait."""
        self.names: set[tuple[str, str]] = set()
        """(sub-account, client order identifier) of orders that wait."""
        self.days: dict[str, Counter[int]] = {}
        """Venue → day, as ordinal → how many wait for it."""
        self.seen: tuple[object, ...] | None = None
        """Days and phases of the venues at which everything that waits was last looked at."""

    def all(self) -> list[ServiceTier]:
        """Return every tier, by identifier."""
        return [self.rows[key] for key in sorted(self.rows)]

    def link(self, subs: Iterable[SubState], flow: OrderFlow) -> None:
        """Let sub-accounts, and the flow of their orders, find their tiers (a cache)."""
        terms = {key: TierTerms(row) for key, row in self.rows.items()}
        rates = {}
        for sub in subs:
            sub.tier = terms.get(sub.definition.service_tier)
            if sub.tier is not None:
                rates[sub.sub_account_id] = sub.tier.row
        flow.set_tiers(rates)
        self.seen = None

    def add(self, queued: InstructionQueued) -> None:
        """Let an instruction wait."""
        self.waiting[queued.instruction_id] = queued
        sub_id, day = queued.sub_account_id, queued.trading_day.toordinal()
        self.counts[sub_id] += 1
        self.names.update((sub_id, name) for name in own_names(queued.command))
        self.days.setdefault(queued.venue_id, Counter())[day] += 1

    def take(self, instruction_id: int) -> InstructionQueued:
        """Take an instruction out, once."""
        queued = self.waiting.pop(instruction_id)
        sub_id, venue_id = queued.sub_account_id, queued.venue_id
        self.counts[sub_id] -= 1
        if not self.counts[sub_id]:
            del self.counts[sub_id]
        self.names.difference_update((sub_id, name) for name in own_names(queued.command))
        days, day = self.days[venue_id], queued.trading_day.toordinal()
        days[day] -= 1
        if not days[day]:
            del days[day]
        if not days:
            del self.days[venue_id]
        return queued

    def of_sub(self, sub_account_id: str) -> list[InstructionQueued]:
        """Return what waits for a sub-account, the oldest first."""
        return [each for each in self.waiting.values() if each.sub_account_id == sub_account_id]


def own_names(command: Instruction) -> tuple[str, ...]:
    """Return the client order identifiers that an instruction will use."""
    match command:
        case SubmitOrder(client_order_id=name):
            return (name,)
        case RollPosition(client_roll_id=name):
            return f"{name}:near", f"{name}:far"
        case _:
            return ()
