"""What the desk remembers so that a refused excess can be proposed and evasion be seen.

All of it is primary state.  What one trading day tells is forgotten with the first note of the
next; proposals stand until they are answered or expire.  Everything is bounded.
"""

from typing import TypeVar, dataclass_transform

import msgspec
from msgspec.structs import replace

from fencang.engine.regimes.transfers import Transfers
from fencang.messages.evasion_events import EvasionAlarm
from fencang.messages.message import Side
from fencang.messages.proposal_events import ExcessProposed, ExcessRefused
from fencang.refdata.evasion import EvasionWatch

__all__ = [
    "ALARMS_MAX",
    "MIRRORS_MAX",
    "ORDERS_PER_CONTRACT_MAX",
    "PROPOSALS_MAX",
    "REFUSALS_MAX",
    "SentOrder",
    "TakenLots",
    "ToldAlarm",
    "Watch",
]

PROPOSALS_MAX = 1_000
"""Proposals that wait for an answer."""
REFUSALS_MAX = 1_000
"""Refusals of a day whose excess can be proposed, and after which orders are watched."""
ORDERS_PER_CONTRACT_MAX = 32
"""Last orders of a contract among which mirrored ones are looked for."""
MIRRORS_MAX = 10_000
"""Pairs of sub-accounts whose like orders of a day are counted."""
TAKEN_MAX = 1_000
"""Entries of a day that took lots back from an owner."""
ALARMS_MAX = 1_000
"""Alarms that are remembered, so that none is told twice a day."""

MirrorKey = tuple[str, str, str, bool]
"""(contract, sub-account, sub-account, whether on the same side)."""
AlarmKey = tuple[str, ...]
"""(kind, subject, …)."""
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass_transform(frozen_default=True)
class Kept(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Base of what is remembered; it is stored as it is."""


class KnownRefusal(Kept):
    """A refused order, when it was, and the lots of it that proposals and acceptances hold."""

    refused: ExcessRefused
    time_ns: int
    proposed_lots: int = 0

    @property
    def free_lots(self) -> int:
        """Return the excess that may still be proposed."""
        return self.refused.excess_lots - self.proposed_lots


class SentOrder(Kept):
    """An order that was accepted."""

    time_ns: int
    sub_account_id: str
    owner_id: str
    side: Side
    quantity_lots: int
    mirrored_by: tuple[str, ...] = ()
    """Sub-accounts whose like orders it was counted with."""


class TakenLots(Kept):
    """Lots that a correction or a bust took back from an owner."""

    owner_id: str
    contract_id: str
    side: Side
    quantity_lots: int
    execution_id: str


class ToldAlarm(Kept):
    """An alarm and the day that it was told, as ordinal."""

    day: int
    alarm: EvasionAlarm


class Watch:
    """Refusals, proposals, traces of a day, and transfers around the ends of months."""

    __slots__ = (
        "alarms",
        "day",
        "mirrors",
        "orders",
        "proposals",
        "refusals",
        "taken",
        "transfers",
    )

    def __init__(self) -> None:
        self.day = 0
        """The day that refusals, orders, mirrors and taken lots are of, as ordinal."""
        self.refusals: dict[int, KnownRefusal] = {}
        self.proposals: dict[int, ExcessProposed] = {}
        """Those that wait for an answer."""
        self.orders: dict[str, list[SentOrder]] = {}
        """Contract → its last orders, oldest first."""
        self.mirrors: dict[MirrorKey, int] = {}
        self.taken: list[TakenLots] = []
        self.transfers = Transfers()
        self.alarms: dict[AlarmKey, ToldAlarm] = {}

    def begin_day(self, day: int) -> None:
        """Forget what another day told."""
        if day != self.day:
            self.day = day
            self.refusals.clear()
            self.orders.clear()
            self.mirrors.clear()
            self.taken.clear()
            self.transfers.forget(day)

    def refusals_of(self, day: int) -> dict[int, KnownRefusal]:
        """Return the refusals of a day."""
        return self.refusals if day == self.day else {}

    def taken_of(self, day: int) -> list[TakenLots]:
        """Return what was taken back on a day."""
        return self.taken if day == self.day else []

    def keep_refusal(self, refused: ExcessRefused, time_ns: int) -> None:
        """Remember a refusal; the oldest gives way."""
        self.refusals[refused.refusal_id] = KnownRefusal(refused, time_ns)
        _bound(self.refusals, REFUSALS_MAX)

    def hold(self, refusal_id: int, lots: int) -> None:
        """Count lots of a refusal as proposed; below zero, as free again."""
        known = self.refusals.get(refusal_id)
        if known is not None:
            held = known.proposed_lots + lots
            self.refusals[refusal_id] = KnownRefusal(known.refused, known.time_ns, held)

    def likes_of(
        self, contract_id: str, sent: SentOrder, rules: EvasionWatch, day: int
    ) -> dict[MirrorKey, int]:
        """Return pairs in which an order is like one of another owner just now, and that one's
        place among the contract's orders; two orders make one pair, once.
        """
        found: dict[MirrorKey, int] = {}
        known = self.orders.get(contract_id, []) if day == self.day else []
        for place in range(len(known) - 1, -1, -1):
            other, own = known[place], sent.sub_account_id
            if sent.time_ns - other.time_ns > rules.mirror_ns:
                break
            is_like = other.quantity_lots == sent.quantity_lots and other.owner_id != sent.owner_id
            if is_like and own not in other.mirrored_by:
                one, two = sorted((other.sub_account_id, own))
                found.setdefault((contract_id, one, two, other.side is sent.side), place)
        return found

    def count_mirrored(self, day: int, key: MirrorKey) -> int:
        """Return how often a pair was seen on a day."""
        return self.mirrors.get(key, 0) if day == self.day else 0

    def keep_order(self, contract_id: str, sent: SentOrder, rules: EvasionWatch) -> None:
        """Remember an order of the day, and count whose it mirrors."""
        known, own = list(self.orders.get(contract_id, ())), sent.sub_account_id
        partners = []
        for key, place in self.likes_of(contract_id, sent, rules, self.day).items():
            self.mirrors[key] = self.mirrors.pop(key, 0) + 1
            _bound(self.mirrors, MIRRORS_MAX)
            other = known[place]
            partners.append(other.sub_account_id)
            known[place] = replace(other, mirrored_by=(*other.mirrored_by, own))
        first = sent.time_ns - rules.mirror_ns
        near = [each for each in known if each.time_ns >= first]
        kept = near[-(ORDERS_PER_CONTRACT_MAX - 1) :]
        self.orders[contract_id] = [*kept, replace(sent, mirrored_by=tuple(partners))]

    def keep_taken(self, taken: TakenLots) -> None:
        """Remember lots that were taken back."""
        self.taken.append(taken)
        del self.taken[:-TAKEN_MAX]

    def keep_alarm(self, alarm: EvasionAlarm, day: int) -> None:
        """Remember that an alarm was told."""
        key = alarm_key(alarm)
        self.alarms.pop(key, None)
        self.alarms[key] = ToldAlarm(day, alarm)
        _bound(self.alarms, ALARMS_MAX)

    def is_news(self, alarm: EvasionAlarm, day: int) -> bool:
        """Return whether an alarm was not told on a day."""
        told = self.alarms.get(alarm_key(alarm))
        return told is None or told.day != day

    def is_first_since(self, alarm: EvasionAlarm, day: int) -> bool:
        """Return whether an alarm was not told after a day."""
        told = self.alarms.get(alarm_key(alarm))
        return told is None or told.day <= day

    def is_open(self, proposal: ExcessProposed, time_ns: int) -> bool:
        """Return whether a proposal can still be accepted."""
        return time_ns < proposal.expires_ns

    def overdue(self, time_ns: int) -> list[int]:
        """Return proposals that have expired and were not told so, by number."""
        return [
            number
            for number, proposal in sorted(self.proposals.items())
            if not self.is_open(proposal, time_ns)
        ]


def alarm_key(alarm: EvasionAlarm) -> AlarmKey:
    """Return what makes two alarms the same."""
    return alarm.kind.value, *alarm.subjects


def _bound(known: dict[Key, Value], most: int) -> None:
    """Forget the oldest beyond a bound."""
    while len(known) > most:
        del known[next(iter(known))]
