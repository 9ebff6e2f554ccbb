"""The auditor's connections: clients, deadlines, links of venues, prices of venues.

Laws: when the time of a lost client or of a deadline has come, every order that it left is asked to
cancel, unless another client is there for its account; nothing is opened over a link that is down
or silent for longer than some node allows, nor at a venue without prices for so long.
"""

from collections.abc import Iterator

from fencang.messages.commands import AdvanceTime
from fencang.messages.connection_commands import ReportClientDisconnected
from fencang.messages.connection_events import (
    ClientConnected,
    ClientDisconnected,
    DeadlineSet,
    VenueLinkReported,
)
from fencang.messages.events import ContractSettled, OrderAccepted, PricesMarked
from fencang.messages.message import TimeInForce
from fencang.refdata.connection_control import ConnectionControl, LinkControl
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["Connections"]

GOOD_TILL = frozenset({TimeInForce.GTC, TimeInForce.GTD})


class Connections:
    """Who is there, and since when nobody is."""

    def __init__(self, reference: Reference, orders: Orders) -> None:
        self.reference, self.orders = reference, orders
        self.present: dict[str, str] = {}
        """Session → node of a client that is there."""
        self.gone: dict[str, tuple[str, int]] = {}
        """Session → node and time of a client that was lost."""
        self.deadlines: dict[str, int] = {}
        self.links: dict[tuple[str, str], int] = {}
        self.priced: dict[str, int] = {}
        self.handlers: Handlers = {
            ClientConnected: self._connect,
            ClientDisconnected: self._disconnect,
            DeadlineSet: self._set_deadline,
            VenueLinkReported: self._link,
            PricesMarked: self._mark,
            ContractSettled: self._settle,
            OrderAccepted: self._accept,
        }

    def _connect(self, _page: Page, event: ClientConnected) -> None:
        self.gone.pop(event.session_id, None)
        self.present[event.session_id] = event.node_id

    def _disconnect(self, page: Page, event: ClientDisconnected) -> None:
        node = self.present.pop(event.session_id, event.node_id)
        self.gone[event.session_id] = node, page.record.time_ns

    def _set_deadline(self, _page: Page, event: DeadlineSet) -> None:
        self.deadlines.pop(event.node_id, None)
        if event.deadline_ns:
            self.deadlines[event.node_id] = event.deadline_ns

    def close(self, page: Page) -> None:
        """Check the orders of clients and deadlines whose time has come with this record."""
        command, now = page.record.command, page.record.time_ns
        if isinstance(command, AdvanceTime):
            for session in [*self.gone]:
                self._check_client(page, session)
            for node in [node for node, due in self.deadlines.items() if due <= now]:
                del self.deadlines[node]
                for sub in self._below(node):
                    self._check_asked(page, sub, f"the deadline of {node} has passed")
        elif isinstance(command, ReportClientDisconnected) and page.has(ClientDisconnected):
            self._check_client(page, command.session_id)

    def _check_client(self, page: Page, session: str) -> None:
        """Check what a lost client left; it is done with when no account of its waits."""
        node, gone_ns = self.gone[session]
        waits = False
        for sub in self._below(node):
            chain = list(self.reference.chain(sub))
            if any(other in chain for other in self.present.values()):
                continue
            cancels, grace, keeps = self._terms(chain)
            if cancels and page.record.time_ns < gone_ns + grace:
                waits = True
            elif cancels:
                self._check_asked(page, sub, f"client {session} is gone", keeps=keeps)
        if not waits:
            del self.gone[session]

    def _terms(self, chain: list[str]) -> tuple[bool, int, bool]:
        rows = [row for node in chain if (row := self.reference.row(ConnectionControl, node))]
        graces = [row.grace_ns for row in rows if row.grace_ns is not None]
        keeps = [row.keeps_good_till for row in rows if row.keeps_good_till is not None]
        cancels = any(row.cancels_on_disconnect for row in rows)
        return cancels, min(graces, default=0), bool(keeps) and all(keeps)

    def _below(self, node: str) -> Iterator[str]:
        for sub in self.reference.sub_accounts:
            if node in self.reference.chain(sub):
                yield sub

    def _check_asked(self, page: Page, sub: str, why: str, *, keeps: bool = False) -> None:
        for order_id, order in self.orders.live.items():
            stays = keeps and order.event.terms.time_in_force in GOOD_TILL
            is_left = order.is_live and order.event.sub_account_id == sub and not stays
            if is_left and not order.is_cancelling:
                page.report("disconnect", f"order {order_id} works on: {why}")

    # -------------------------------------------------------------------------- links and feeds

    def _link(self, page: Page, event: VenueLinkReported) -> None:
        place = event.carrying_account_id, event.venue_id
        self.links.pop(place, None)
        if event.is_up:
            self.links[place] = page.record.time_ns

    def _mark(self, page: Page, event: PricesMarked) -> None:
        for mark in event.marks:
            self._price(page, mark.contract_id)

    def _settle(self, page: Page, event: ContractSettled) -> None:
        self._price(page, event.contract_id)

    def _price(self, page: Page, contract_id: str) -> None:
        self.priced[self.reference.product(contract_id).venue_id] = page.record.time_ns

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if event.sub_account_id and not event.is_reducing:
            self._check_open(page, self.orders.orders[event.order_id])

    def _check_open(self, page: Page, order: TrackedOrder) -> None:
        event, now = order.event, page.record.time_ns
        terms = event.terms
        place = terms.carrying_account_id, terms.venue_id
        for node in self.reference.path(event.sub_account_id, terms):
            row = self.reference.row(LinkControl, node)
            if row is None:
                continue
            heard, most = self.links.get(place), row.link_age_ns_max
            if most is not None and (heard is None or now - heard > most):
                page.report("link", f"order {event.order_id} opens over {place}, silent at {node}")
            priced, most = self.priced.get(terms.venue_id, 0), row.feed_age_ns_max
            if most is not None and now - priced > most:
                page.report("link", f"order {event.order_id} opens without prices at {place[1]}")
