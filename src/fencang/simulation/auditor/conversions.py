"""The auditor's eye on contracts that become other ones.

Laws: two persons stand for it; a lot's value stays; every lot becomes whole lots, in every book
that has any and in no other; no cash moves; nothing works in the old contract, and the new one
begins empty.
"""

from collections import defaultdict

import msgspec

from fencang.messages.life_commands import ConvertContract
from fencang.messages.life_events import ContractConverted
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.orders import Orders
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.rules import Rules
from fencang.simulation.auditor.standing import Standing

__all__ = ["Conversions"]

Place = tuple[str, str]
"""(holder, carrying account)."""


class Conversions:
    """Moves lots, values and references of the other chapters to what a contract became."""

    def __init__(
        self, reference: Reference, lots: Lots, orders: Orders, rules: Rules, standing: Standing
    ) -> None:
        self.reference, self.lots, self.orders = reference, lots, orders
        self.rules, self.standing = rules, standing
        self.handlers: Handlers = {ContractConverted: self._convert}

    def _convert(self, page: Page, event: ContractConverted) -> None:
        old, new = event.from_contract_id, event.to_contract_id
        asked = page.record.command
        if not isinstance(asked, ConvertContract) or asked.approved_by in {"", asked.entered_by}:
            page.report("second person", f"{old} became {new} on one person's word")
        before, after = self.reference.product(old), self.reference.product(new)
        was = before.point_value_micros * event.old_lots * event.price_denominator
        if was != after.point_value_micros * event.new_lots * event.price_numerator:
            page.report("conversion", f"lots of {old} are worth something else as {new}")
        if any(order.event.terms.contract_id == old for order in self.orders.live.values()):
            page.report("conversion", f"orders work in {old}, which became {new}")
        if any(place[2] == new and lots for place, lots in self.lots.lots.items()):
            page.report("conversion", f"{new} was held before {old} became it")
        self._check_told(page, event)
        self._move(page, event)
        self._move_suspended(event)
        if event.mark_nanos is not None:
            self.standing.marks[new] = event.mark_nanos
        for rule in self.rules.rules.values():
            for place in [place for place in rule.captured if place[2] == old]:
                lots = rule.captured.pop(place)
                share = abs(lots) * event.new_lots // event.old_lots
                rule.captured[place[0], place[1], new] = share if lots > 0 else -share
        self.reference.successors[old] = new

    def _check_told(self, page: Page, event: ContractConverted) -> None:
        """Every holder of lots is told of, with just its lots."""
        held: defaultdict[Place, int] = defaultdict(int)
        for (holder, carrying, contract, leg), lots in self.lots.lots.items():
            if contract == event.from_contract_id:
                held[holder, carrying] += -lots if leg == "short" else lots
        told: dict[Place, int] = {
            (part.book_id, part.carrying_account_id): part.long_lots - part.short_lots
            for part in event.books
        }
        for account in event.carrying:
            place = (CARRYING, account.carrying_account_id)
            told[place] = account.long_lots - account.short_lots
        for place in sorted({*held, *told}):
            if held.get(place, 0) != told.get(place, 0):
                has, tells = held.get(place, 0), told.get(place, 0)
                page.report("conversion", f"{place} has {has} lots, converted were {tells}")

    def _move(self, page: Page, event: ContractConverted) -> None:
        old, new = event.from_contract_id, event.to_contract_id
        for place in [place for place in self.lots.lots if place[2] == old]:
            lots, rest = divmod(self.lots.lots.pop(place) * event.new_lots, event.old_lots)
            if rest:
                page.report("conversion", f"{place} did not become whole lots of {new}")
            self.lots.lots[place[0], place[1], new, place[3]] += lots
        for amounts in (self.lots.traded, self.lots.paid):
            for holder in [holder for holder in amounts if holder[2] == old]:
                amounts[holder[0], holder[1], new] += amounts.pop(holder)

    def _move_suspended(self, event: ContractConverted) -> None:
        lots = self.lots
        for key, item in list(lots.suspended.items()):
            if item.contract_id != event.from_contract_id:
                continue
            lots.suspended[key] = msgspec.structs.replace(item, contract_id=event.to_contract_id)
            lots.suspended_lots[key] = lots.suspended_lots[key] * event.new_lots // event.old_lots
            price = event.price(lots.suspense_price[key])
            if price is not None:
                lots.suspense_price[key] = price
