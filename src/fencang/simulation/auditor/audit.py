"""The auditor itself: one record after another through every chapter of its books.

Law of its own: sequences count from one without gaps and time rises strictly.
"""

from collections.abc import Callable
from typing import Any

from fencang.messages.message import Event
from fencang.messages.record import Record
from fencang.simulation.auditor.authority import Authority
from fencang.simulation.auditor.cash import Cash
from fencang.simulation.auditor.conversions import Conversions
from fencang.simulation.auditor.corrections import Corrections
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.lots import Lots
from fencang.simulation.auditor.money import Money
from fencang.simulation.auditor.orders import Orders
from fencang.simulation.auditor.page import AuditFault, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.rules import Rules
from fencang.simulation.auditor.standing import Standing

__all__ = ["Auditor"]


class Auditor:
    """Reads durable records and reports every law they break."""

    def __init__(self) -> None:
        self.sequence = 0
        self.time_ns = 0
        self.reference = Reference()
        self.orders = Orders(self.reference)
        self.lots = Lots(self.reference)
        self.cash = Cash(self.reference)
        self.corrections = Corrections(self.reference, self.lots, self.cash, self.orders)
        self.money = Money(self.reference, self.cash)
        self.exposure = Exposure(self.reference, self.lots, self.orders)
        self.rules = Rules(self.reference, self.lots, self.orders)
        self.standing = Standing(self.reference, self.lots, self.cash, self.orders, self.rules)
        self.authority = Authority(self.reference)
        self.days = Days(self.reference, self.lots, self.cash, self.exposure, self.standing)
        self.conversions = Conversions(
            self.reference, self.lots, self.orders, self.rules, self.standing
        )
        self._handlers: dict[type[Event], list[Callable[[Page, Any], object]]] = {}
        for chapter in (
            self.reference,
            self.orders,
            self.lots,
            self.cash,
            self.corrections,
            self.money,
            self.exposure,
            self.rules,
            self.standing,
            self.authority,
            self.days,
            self.conversions,
        ):
            for kind, handler in chapter.handlers.items():
                self._handlers.setdefault(kind, []).append(handler)

    def audit(self, record: Record) -> list[AuditFault]:
        """Enter one record and return what is wrong with it; empty when nothing is."""
        page = Page(record)
        if record.sequence != self.sequence + 1:
            page.report("sequence", f"{record.sequence} follows {self.sequence}")
        if record.time_ns <= self.time_ns:
            page.report("time", f"{record.time_ns} ns follows {self.time_ns} ns")
        self.sequence, self.time_ns = record.sequence, record.time_ns
        for event in record.events:
            for handler in self._handlers.get(type(event), ()):
                handler(page, event)
        for chapter in (self.orders, self.lots, self.cash, self.standing, self.authority):
            chapter.close(page)
        return page.faults
