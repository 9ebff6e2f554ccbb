"""The auditor itself: one record after another through every chapter of its books.

Law of its own: sequences count from one without gaps and time rises strictly.
"""

from collections.abc import Callable
from typing import Any

from fencang.messages.message import Event
from fencang.messages.record import Record
from fencang.simulation.auditor.authority import Authority
from fencang.simulation.auditor.breaks import Breaks
from fencang.simulation.auditor.buffers import Buffers
from fencang.simulation.auditor.cash import Cash
from fencang.simulation.auditor.checklist import Checklist
from fencang.simulation.auditor.connections import Connections
from fencang.simulation.auditor.conversions import Conversions
from fencang.simulation.auditor.corrections import Corrections
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.envelopes import Envelopes
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.exposure_limits import ExposureLimits
from fencang.simulation.auditor.flow import Flow
from fencang.simulation.auditor.impact import Impact
from fencang.simulation.auditor.limits import Limits
from fencang.simulation.auditor.loss_ladder import LossLadder
from fencang.simulation.auditor.losses import Losses
from fencang.simulation.auditor.lots import Lots
from fencang.simulation.auditor.mass_cancels import MassCancels
from fencang.simulation.auditor.money import Money
from fencang.simulation.auditor.orders import Orders
from fencang.simulation.auditor.overrides import Overrides
from fencang.simulation.auditor.own_orders import OwnOrders
from fencang.simulation.auditor.page import AuditFault, Page
from fencang.simulation.auditor.persons import Persons
from fencang.simulation.auditor.phases import Phases
from fencang.simulation.auditor.positions_by_law import Counting
from fencang.simulation.auditor.proposals import Proposals
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.regimes import Regimes
from fencang.simulation.auditor.rules import Rules
from fencang.simulation.auditor.second_persons import SecondPersons
from fencang.simulation.auditor.settlements import Settlements
from fencang.simulation.auditor.signatures import Signatures
from fencang.simulation.auditor.standing import Standing
from fencang.simulation.auditor.stops import Stops
from fencang.simulation.auditor.tiers import Tiers
from fencang.simulation.auditor.today import Today
from fencang.simulation.auditor.trade_flow import TradeFlow
from fencang.simulation.auditor.warnings import Warnings
from fencang.simulation.auditor.wash_trades import WashTrades
from fencang.simulation.auditor.worth import Worth

__all__ = ["Auditor"]


class Auditor:
    """Reads durable records and reports every law they break."""

    def __init__(self) -> None:
        self.sequence = 0
        self.time_ns = 0
        self.reference = Reference()
        self.orders = Orders(self.reference)
        self.lots = Lots(self.reference)
        self.days = Days(self.reference)
        self.today = Today(self.reference, self.lots, self.orders, self.days)
        self.cash = Cash(self.reference, self.today)
        self.corrections = Corrections(self.reference, self.lots, self.cash, self.orders, self.days)
        self.money = Money(self.reference, self.cash)
        self.phases = Phases(self.reference)
        self.exposure = Exposure(self.reference, self.lots, self.orders, self.phases)
        self.rules = Rules(self.reference, self.lots, self.orders)
        self.authority = Authority(self.reference)
        self.standing = Standing(
            self.reference, self.lots, self.cash, self.orders, self.rules, self.authority
        )
        self.settlements = Settlements(
            self.reference, self.lots, self.cash, self.days, self.standing
        )
        self.breaks = Breaks(self.reference, self.days)
        self.checklist = Checklist(
            self.reference,
            self.lots,
            self.orders,
            self.phases,
            self.days,
            self.settlements,
            self.breaks,
        )
        self.conversions = Conversions(
            self.reference, self.lots, self.orders, self.rules, self.standing
        )
        self.persons = Persons(self.reference)
        self.proposals = Proposals(self.reference, self.persons, self.days)
        counting = Counting(self.reference, self.lots, self.orders, self.rules, self.persons)
        self.regimes = Regimes(self.reference, self.persons, counting, self.days, self.proposals)
        self._add_controls()
        self._handlers = self._list_handlers()

    def _add_controls(self) -> None:
        """Add the chapters about the firm's own controls."""
        self.overrides = Overrides(self.reference)
        self.warnings = Warnings(self.reference)
        self.limits = Limits(self.reference, self.lots, self.orders, self.exposure)
        self.flow = Flow(self.reference, self.orders, self.standing)
        self.stops = Stops(self.reference, self.orders, self.exposure, self.rules)
        self.connections = Connections(self.reference, self.orders)
        self.own_orders = OwnOrders(self.reference, self.orders, self.rules)
        self.second_persons = SecondPersons(self.reference)
        self.signatures = Signatures()
        self.worth = Worth(self.reference, self.orders, self.standing, self.days)
        self.trade_flow = TradeFlow(self.reference, self.orders, self.days, self.exposure)
        self.wash_trades = WashTrades(self.reference)
        self._controls = (
            self.limits,
            self.warnings,
            self.flow,
            self.stops,
            self.connections,
            self.own_orders,
            self.worth,
            self.trade_flow,
            self.wash_trades,
        )
        self._add_value_controls()
        self.tiers = Tiers(self.reference, self.phases, self.days, self.exposure)
        self.envelopes = Envelopes(self.limits, self.standing, self.regimes)
        self.mass_cancels = MassCancels(self.reference, self.orders, self.tiers)

    def _add_value_controls(self) -> None:
        """Add the chapters about value at risk, margin that stays free, volume, and losses."""
        losses = Losses(self.reference, self.lots, self.cash, self.standing)
        self.loss_ladder = LossLadder(losses, self.exposure, self.rules, self.days)
        self.value_controls = (
            ExposureLimits(self.exposure, self.rules, self.standing),
            Buffers(self.exposure, self.standing),
            Impact(self.exposure),
            self.loss_ladder,
        )

    def _list_handlers(self) -> dict[type[Event], list[Callable[[Page, Any], object]]]:
        """Return what each kind of event goes through, in the order of the chapters.

        What looks at a day before it ends or changes stands before what ends or changes it.
        """
        handlers: dict[type[Event], list[Callable[[Page, Any], object]]] = {}
        for chapter in (
            self.overrides,
            self.second_persons,
            self.signatures,
            self.reference,
            self.checklist,
            self.settlements,
            self.phases,
            self.orders,
            self.today,
            self.days,
            self.breaks,
            self.lots,
            self.cash,
            self.corrections,
            self.money,
            self.exposure,
            self.rules,
            self.standing,
            self.authority,
            self.conversions,
            self.persons,
            self.regimes,
            self.proposals,
            *self._controls,
            *self.value_controls,
            self.envelopes,
            self.tiers,
            self.mass_cancels,
        ):
            for kind, handler in chapter.handlers.items():
                handlers.setdefault(kind, []).append(handler)
        return handlers

    def audit(self, record: Record) -> list[AuditFault]:
        """Enter one record and return what is wrong with it; empty when nothing is."""
        page = Page(self.signatures.as_decided(record), self.tiers.waiting)
        if record.sequence != self.sequence + 1:
            page.report("sequence", f"{record.sequence} follows {self.sequence}")
        if record.time_ns <= self.time_ns:
            page.report("time", f"{record.time_ns} ns follows {self.time_ns} ns")
        self.sequence, self.time_ns = record.sequence, record.time_ns
        self.phases.begin(page)
        for event in record.events:
            for handler in self._handlers.get(type(event), ()):
                handler(page, event)
        for chapter in (
            self.orders,
            self.lots,
            self.cash,
            self.standing,
            self.authority,
            self.signatures,
            self.checklist,
            self.today,
            self.overrides,
            self.stops,
            self.connections,
            self.trade_flow,
            self.loss_ladder,
            self.envelopes,
            self.tiers,
            self.mass_cancels,
        ):
            chapter.close(page)
        return page.faults
