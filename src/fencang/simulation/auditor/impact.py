"""The auditor's market impact: orders beside the volume of their market, and nodes that rest.

Laws, checked when an order is accepted or enlarged and does not reduce, for every row that it
stands under: it is no more than the share of the volume that a feed reported last; with all lots
sent in the window it is no more than what the window may have; no row opens on a volume that is
unknown or too old unless it says so; nothing opens while the node rests.  A rest begins with the
order after which another like it would not fit, and with no other.

What was sent is kept exactly here.  The desk counts in slices of a sixtieth of the window, so it
may count a slice longer, never shorter.
"""

from collections.abc import Iterator
from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.messages.commands import ReportOrderStatus
from fencang.messages.events import DeskDefined, OrderAccepted, OrderRejected, ReplaceRequested
from fencang.messages.limit_events import OverrideBegun, OverrideEnded
from fencang.messages.message import OrderTerms
from fencang.messages.reasons import Reason
from fencang.messages.trade_flow_events import CoolingOffStarted, VolumesReported
from fencang.refdata.impact import ImpactLimit
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.orders import TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.worst_lots import as_if_accepted, asked_last, opens

__all__ = ["Impact"]

SLICES = 60
Key = tuple[str, str, str]
"""Node and scope of a row, and a contract."""


class _Volume(NamedTuple):
    quantity_lots: int
    window_ns: int
    reported_ns: int


class _Sent(NamedTuple):
    """Lots of one order or of what it grew by, and the nodes that it stood under."""

    time_ns: int
    contract_id: str
    path: tuple[str, ...]
    lots: int


class Impact:
    """Volumes, what was sent beside them, and rests."""

    def __init__(self, exposure: Exposure) -> None:
        self.reference, self.orders = exposure.reference, exposure.orders
        self.exposure = exposure
        self.volumes: dict[str, _Volume] = {}
        self.sent: list[_Sent] = []
        self.since_ns: dict[tuple[str, str], tuple[int, int]] = {}
        """Row → its window, and since when what was sent counts in it."""
        self.rests: dict[Key, int] = {}
        """Until when a node opens nothing in a contract."""
        self.handlers: Handlers = {
            DeskDefined: self._define,
            OverrideBegun: self._define,
            OverrideEnded: self._define,
            VolumesReported: self._report,
            CoolingOffStarted: self._rest,
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
            OrderRejected: self._refuse,
        }

    def _define(self, page: Page, _event: DeskDefined | OverrideBegun | OverrideEnded) -> None:
        for key in self.reference.rows.get(ImpactLimit, {}):
            row = self._row(key)
            if row is not None and self.since_ns.get(row.key, (0, 0))[0] != row.window_ns:
                # Of a window that was shorter the desk knows no more than that.
                self.since_ns[row.key] = row.window_ns, page.record.time_ns

    def _report(self, page: Page, event: VolumesReported) -> None:
        for each in event.volumes:
            volume = _Volume(each.quantity_lots, each.window_ns, page.record.time_ns)
            self.volumes[each.contract_id] = volume

    def _row(self, key: tuple[str, ...]) -> ImpactLimit | None:
        return self.reference.row(ImpactLimit, key[0], key[1])

    # ------------------------------------------------------------------------------------- laws

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if event.block_id or not self.reference.rows.get(ImpactLimit):
            return
        order = self.orders.orders[event.order_id]
        if not event.is_reducing:
            self._check(page, order)
        self._count(page, order)

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = self.orders.orders.get(event.order_id)
        if order is None or order.event.block_id or not order.has_grown:
            return
        closing, held = self.exposure.closing(order)
        is_asked = not isinstance(page.record.command, ReportOrderStatus)
        if is_asked and opens(order.event.terms) and closing > held:
            self._check(page, order)
        self._count(page, order)

    def _count(self, page: Page, order: TrackedOrder) -> None:
        """Count what was sent, opening or not: the market sees both."""
        event = order.event
        path = tuple(self.reference.path(event.sub_account_id, event.terms))
        sent = _Sent(page.record.time_ns, event.terms.contract_id, path, asked_last(order))
        self.sent.append(sent)

    def _check(self, page: Page, order: TrackedOrder) -> None:
        terms, now = order.event.terms, page.record.time_ns
        name, told = f"order {order.event.order_id}", self._told_rests(page, order)
        for row in self._rows(order):
            key = row.node_id, row.scope_id, terms.contract_id
            if now < self.rests.get(key, 0):
                page.report("market impact", f"{name} opens while {row.node_id} rests")
            volume = self.volumes.get(terms.contract_id)
            if volume is None or now - volume.reported_ns > row.volume_age_ns_max:
                if not row.passes_unknown:
                    page.report("market impact", f"{name}: {row.node_id} knows no volume")
                continue
            lots, most = order.open_lots, _share_of(row, volume)
            if most is not None and lots > most:
                page.report("market impact", f"{name} has {lots} lots, {row.node_id} {most}")
            self._check_window(page, order, row, volume, is_told=key in told)

    def _check_window(
        self, page: Page, order: TrackedOrder, row: ImpactLimit, volume: _Volume, *, is_told: bool
    ) -> None:
        most, terms, now = _share_of_window(row, volume), order.event.terms, page.record.time_ns
        if most is None:
            return
        name, more = f"order {order.event.order_id}", asked_last(order)
        least = self._sent_lots(row, terms, now, row.window_ns) + more
        if least > most:
            detail = f"{least} lots in {row.window_ns} ns, {row.node_id} may send {most}"
            page.report("market impact", f"{name}: {detail}")
        if not row.cooling_off_ns:
            return
        slice_ns = -(-row.window_ns // SLICES)
        longest = self._sent_lots(row, terms, now, row.window_ns + slice_ns) + more
        if most - least < more and not is_told:
            page.report("market impact", f"{name} uses the share of {row.node_id} up: no rest")
        if is_told and most - longest >= more:
            page.report("market impact", f"{name} leaves room, and {row.node_id} rests")

    def _told_rests(self, page: Page, order: TrackedOrder) -> set[Key]:
        """Return the rests that are told behind an order and before what comes after it."""
        told: set[Key] = set()
        is_its = False
        for event in page.record.events:
            if isinstance(event, OrderAccepted | ReplaceRequested):
                is_its = event.order_id == order.event.order_id
            elif isinstance(event, CoolingOffStarted) and is_its:
                told.add((event.node_id, event.scope_id, event.contract_id))
        return told

    def _rest(self, page: Page, event: CoolingOffStarted) -> None:
        key = event.node_id, event.scope_id, event.contract_id
        row = self._row(key)
        until = page.record.time_ns + (row.cooling_off_ns if row is not None else 0)
        if row is None or event.until_ns != until:
            page.report("market impact", f"{event.node_id} rests until {event.until_ns} ns")
        self.rests[key] = event.until_ns

    def _refuse(self, page: Page, event: OrderRejected) -> None:
        """What is refused for the volume is refused by some row of the node that is told."""
        if event.reason is not Reason.MARKET_IMPACT:
            return
        order = as_if_accepted(self.reference, page, event)
        if order is None:
            return
        now, contract = page.record.time_ns, order.event.terms.contract_id
        volume = self.volumes.get(contract)
        for row in self._rows(order):
            if row.node_id == event.node_id and self._is_beyond(row, order, volume, now):
                return
        page.report("impact refusal", f"{event.node_id} refuses {event.value} of {event.limit}")

    def _is_beyond(
        self, row: ImpactLimit, order: TrackedOrder, volume: _Volume | None, now_ns: int
    ) -> bool:
        terms = order.event.terms
        if now_ns < self.rests.get((row.node_id, row.scope_id, terms.contract_id), 0):
            return True
        if volume is None or now_ns - volume.reported_ns > row.volume_age_ns_max:
            return not row.passes_unknown
        of_order, of_window = _share_of(row, volume), _share_of_window(row, volume)
        if of_order is not None and terms.quantity_lots > of_order:
            return True
        longest = row.window_ns + -(-row.window_ns // SLICES)
        # What was sent before the window was changed still counts at the desk.
        sent = self._sent_lots(row, terms, now_ns, longest, is_all=True)
        return of_window is not None and sent + terms.quantity_lots > of_window

    # ------------------------------------------------------------------------------------ counts

    def _rows(self, order: TrackedOrder) -> Iterator[ImpactLimit]:
        """Yield every row that an order is asked: of every node above it, of every scope."""
        terms = order.event.terms
        contract = terms.contract_id
        scopes = {contract, self.reference.contracts[contract].product_id, "*"}
        path = self.reference.path(order.event.sub_account_id, terms)
        for key in sorted(self.reference.rows.get(ImpactLimit, {})):
            row = self._row(key)
            if row is not None and row.node_id in path and row.scope_id in scopes:
                yield row

    def _sent_lots(
        self,
        row: ImpactLimit,
        terms: OrderTerms,
        now_ns: int,
        window_ns: int,
        *,
        is_all: bool = False,
    ) -> int:
        """Return the lots that went in a contract below a row's node in a window of time."""
        since = 0 if is_all else self.since_ns[row.key][1]
        return sum(
            sent.lots
            for sent in self.sent
            if sent.contract_id == terms.contract_id
            and row.node_id in sent.path
            and sent.time_ns >= max(since, now_ns - window_ns)
        )


def _share_of(row: ImpactLimit, volume: _Volume) -> int | None:
    if row.order_share_ppm is None:
        return None
    return volume.quantity_lots * row.order_share_ppm // PPM


def _share_of_window(row: ImpactLimit, volume: _Volume) -> int | None:
    if row.window_share_ppm is None:
        return None
    share = volume.quantity_lots * row.window_share_ppm * row.window_ns
    return share // (PPM * volume.window_ns)
