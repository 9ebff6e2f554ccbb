"""The auditor's counting under regimes: what a group of persons holds and works, summed anew.

Numbers are lots of the parent contract in parts per million, for a long and a short side.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from fencang.messages.message import Offset, Side
from fencang.refdata.regime import (
    LimitBucket,
    LimitHardness,
    Netting,
    Regime,
    RegimeLimit,
    SettlementKind,
)
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.orders import Orders
from fencang.simulation.auditor.persons import Persons
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.rules import Rules

__all__ = ["Asked", "Counting", "Scope"]


class Asked(NamedTuple):
    """Lots that join (or, below zero, leave) the working orders of a sub-account."""

    sub_account_id: str
    carrying_account_id: str
    contract_id: str
    side: Side
    offset: Offset
    quantity_lots: int


class Scope(NamedTuple):
    """Of whom, and in which contracts, something is counted: ``month`` None for all months."""

    regime: Regime
    group_id: str
    persons: frozenset[str]
    month: str | None = None
    settlement: SettlementKind = SettlementKind.ANY


class _Held:
    """What one owner has in one contract at one carrying account."""

    __slots__ = ("buys", "closing_buys", "closing_sells", "long", "sells", "short")

    def __init__(self) -> None:
        self.long = self.short = self.buys = self.sells = 0
        self.closing_buys = self.closing_sells = 0

    def work(self, side: Side, lots: int, *, closes: bool) -> None:
        """Add working lots."""
        if side is Side.BUY:
            self.closing_buys += lots if closes else 0
            self.buys += 0 if closes else lots
        else:
            self.closing_sells += lots if closes else 0
            self.sells += 0 if closes else lots


class Counting:
    """Sums from scratch over the auditor's lots, orders and blocks."""

    def __init__(
        self, reference: Reference, lots: Lots, orders: Orders, rules: Rules, persons: Persons
    ) -> None:
        self.reference, self.lots, self.orders = reference, lots, orders
        self.rules, self.persons = rules, persons

    def scopes(
        self, owner_id: str, contract_id: str, day: date
    ) -> Iterator[tuple[Scope, RegimeLimit, int]]:
        """Yield every hard limit that a trade in a contract can meet, with its lots of the day."""
        month = self.reference.contracts[contract_id].month
        for regime, member in self.persons.counted(contract_id):
            group_id = member.group_id
            persons = frozenset(self.persons.one_with(owner_id, regime, group_id, day))
            for limit in self.persons.each(RegimeLimit):
                lots_max = limit.lots_max(day)
                is_of_group = (limit.regime_id, limit.group_id) == (regime.regime_id, group_id)
                is_hard = limit.hardness is LimitHardness.LIMIT
                if not is_of_group or not is_hard or lots_max is None:
                    continue
                if limit.settlement not in (SettlementKind.ANY, member.settlement):
                    continue
                if limit.bucket is LimitBucket.SPOT and limit.month != month:
                    continue
                of_month = None if limit.bucket is LimitBucket.ALL_MONTHS else month
                yield (
                    Scope(regime, group_id, persons, of_month, limit.settlement),
                    limit,
                    lots_max,
                )

    def worst(self, scope: Scope, *more: Asked, blocks: bool) -> tuple[int, int]:
        """Return the most long and the most short that working orders could lead to.

        ``more`` joins them; ``blocks``: what blocks may still close works too.
        """
        long_ppm = short_ppm = 0
        for ratio_ppm, carrying, held in self._held(scope, more, blocks=blocks):
            net = held.long - held.short
            if scope.regime.counting.netting is Netting.NET:
                up, down = (
                    net + held.buys + held.closing_buys,
                    held.sells + held.closing_sells - net,
                )
            elif self.reference.is_gross(carrying):
                up, down = held.long + held.buys, held.short + held.sells
            else:
                up, down = max(0, net + held.buys), max(0, held.sells - net)
            long_ppm += ratio_ppm * up
            short_ppm += ratio_ppm * down
        long_ahead, short_ahead = self._ahead(scope)
        return long_ppm + long_ahead, short_ppm + short_ahead

    def _ahead(self, scope: Scope) -> tuple[int, int]:
        """Return what lots reserved over several contracts count: once, as what counts most."""
        ratios, found = self._ratios(scope), [0, 0]
        for event, lots in self.orders.ahead.lots():
            owner = self.reference.owner(event.sub_account_id)
            if len(event.contract_ids) > 1 and owner in scope.persons:
                most = max(ratios.get(name, 0) for name in event.contract_ids)
                found[0 if event.side is Side.BUY else 1] += most * lots
        return found[0], found[1]

    def held(self, scope: Scope) -> tuple[int, int]:
        """Return what is held, as the regime's reports count it."""
        long_ppm = short_ppm = 0
        for ratio_ppm, carrying, held in self._held(scope, (), blocks=False):
            long, short = held.long, held.short
            if not self.reference.is_gross(carrying):
                long, short = max(0, long - short), max(0, short - long)
            long_ppm += ratio_ppm * long
            short_ppm += ratio_ppm * short
        if scope.regime.counting.report_netting is Netting.NET:
            return long_ppm - short_ppm, short_ppm - long_ppm
        return long_ppm, short_ppm

    def _held(
        self, scope: Scope, more: tuple[Asked, ...], *, blocks: bool
    ) -> Iterator[tuple[int, str, _Held]]:
        ratios = self._ratios(scope)
        found: defaultdict[tuple[str, str, str], _Held] = defaultdict(_Held)
        for (holder, carrying, contract, leg), lots in self.lots.lots.items():
            owner = "" if holder == CARRYING else self.reference.owner(holder)
            if owner in scope.persons and contract in ratios:
                held = found[owner, carrying, contract]
                held.long += lots if leg in {"long", "net"} else 0
                held.short += lots if leg == "short" else 0
        for asked in (*self._working(blocks=blocks), *more):
            owner = self.reference.owner(asked.sub_account_id)
            if owner in scope.persons and asked.contract_id in ratios:
                held = found[owner, asked.carrying_account_id, asked.contract_id]
                closes = asked.offset not in {Offset.NET, Offset.OPEN}
                held.work(asked.side, asked.quantity_lots, closes=closes)
        for (_, carrying, contract), held in found.items():
            yield ratios[contract], carrying, held

    def _ratios(self, scope: Scope) -> dict[str, int]:
        """Return the contracts that count in a scope, and how much of the parent a lot is."""
        found = {}
        for contract_id, contract in self.reference.contracts.items():
            venue_id = self.reference.product(contract_id).venue_id
            governs = [each.regime_id for each in self.persons.governing(venue_id)]
            if scope.regime.regime_id not in governs or scope.month not in (None, contract.month):
                continue
            for member in self.persons.members(scope.regime.regime_id, contract_id):
                is_kind = scope.settlement in (SettlementKind.ANY, member.settlement)
                if member.group_id == scope.group_id and is_kind:
                    found[contract_id] = member.ratio_ppm
        return found

    def _working(self, *, blocks: bool) -> Iterator[Asked]:
        for order in self.orders.live.values():
            terms, sub_id = order.event.terms, order.event.sub_account_id
            if sub_id:
                yield Asked(
                    sub_id,
                    terms.carrying_account_id,
                    terms.contract_id,
                    terms.side,
                    terms.offset,
                    order.open_lots,
                )
        for ahead, lots in self.orders.ahead.lots():
            if len(ahead.contract_ids) == 1:
                account, contract = ahead.carrying_account_id, ahead.contract_ids[0]
                yield Asked(ahead.sub_account_id, account, contract, ahead.side, ahead.offset, lots)
        for block in self.rules.blocks.values():
            event = block.event
            if not blocks or block.is_done:
                continue
            for leg, wanted, received in zip(
                event.legs, block.instructed, block.received, strict=True
            ):
                place = event.carrying_account_id, event.contract_id, event.side, event.offset
                yield Asked(leg.sub_account_id, *place, max(0, wanted - received))
