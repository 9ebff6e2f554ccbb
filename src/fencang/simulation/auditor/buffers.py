"""The auditor's margin buffers: what an opening order leaves free, in its book and in its pool.

Law, checked when an order is accepted or enlarged and raises a requirement: what is available holds
the requirement with the order and the buffer beside it.  The share is the largest of the nodes from
the book up to the master account, the amount that of the book alone; a pool is asked both by its
person and by the master account.
"""

from collections.abc import Iterable

from fencang.basics.money import PPM
from fencang.messages.events import OrderAccepted, OrderRejected, ReplaceRequested
from fencang.messages.reasons import Reason
from fencang.refdata.margin_buffer import MarginBuffer
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.orders import TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.standing import POOL, Standing
from fencang.simulation.auditor.worst_lots import as_if_accepted, asked_last, grown_by

__all__ = ["Buffers"]

UNASKED = -(1 << 80)
"""Missing to who is not asked: what raises no requirement needs nothing, whatever is there."""


class Buffers:
    """Rows of margin buffers over the standings of books and pools."""

    def __init__(self, exposure: Exposure, standing: Standing) -> None:
        self.reference, self.orders = exposure.reference, exposure.orders
        self.exposure, self.standing = exposure, standing
        self.handlers: Handlers = {
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
            OrderRejected: self._refuse,
        }

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if not event.block_id and not event.is_reducing and not event.envelope_id:
            self._check(page, self.orders.orders[event.order_id])

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = grown_by(self.exposure, page, event)
        if order is not None and not order.event.envelope_id:
            self._check(page, order)

    def _check(self, page: Page, order: TrackedOrder) -> None:
        if MarginBuffer not in self.reference.rows:
            return
        for group in self._groups(order.event.sub_account_id):
            missing = self._missing(group, order)
            # The desk rounds what is added by itself and per currency.
            if missing > self._slack(group):
                detail = f"leaves {missing} micros less than the buffer of {group}"
                page.report("margin buffer", f"order {order.event.order_id} {detail}")

    def _refuse(self, page: Page, event: OrderRejected) -> None:
        """A buffer refuses only what would not leave it; what is lent is left out of this."""
        if event.reason is not Reason.MARGIN_BUFFER or self.standing.lends:
            return
        order = as_if_accepted(self.reference, page, event)
        if order is None:
            return
        self.orders.live[0] = order
        missing = {
            group: self._missing(group, order) for group in self._groups(event.sub_account_id)
        }
        del self.orders.live[0]
        if all(each < -self._slack(group) for group, each in missing.items()):
            page.report("buffer refusal", f"refused though {missing} micros are missing")

    def _groups(self, sub_account_id: str) -> tuple[str, str]:
        return sub_account_id, POOL + self.reference.owner(sub_account_id)

    def _missing(self, group: str, order: TrackedOrder) -> int:
        """Return what is missing with the order, below zero where something is left."""
        place = order.event.terms.carrying_account_id, order.event.terms.contract_id
        worst = self.standing.worst(group).get(place, 0)
        filled, more = order.filled_lots, asked_last(order)
        order.filled_lots += more
        before = self.standing.worst(group).get(place, 0)
        order.filled_lots = filled
        if worst <= before:
            return UNASKED
        figures = self.standing.figures(group)
        ppm, micros = self._stated(group)
        buffer = -(-max(0, figures.requirement) * ppm // PPM) + micros
        return figures.need + buffer - figures.held

    def _slack(self, group: str) -> int:
        each = 1 + len(self.standing.rates)
        return each + each * self._stated(group)[0] // PPM + 1

    def _stated(self, group: str) -> tuple[int, int]:
        """Return the share and the amount that a book or a pool must leave."""
        if group.startswith(POOL):
            nodes = [f"person:{group[len(POOL) :]}", self.reference.master_id]
            return self._most("buffer_ppm", nodes), self._most("buffer_micros", nodes)
        path = list(self.reference.chain(group))
        return self._most("buffer_ppm", path), self._most("buffer_micros", path[:1])

    def _most(self, field: str, nodes: Iterable[str]) -> int:
        rows = (self.reference.row(MarginBuffer, node) for node in nodes)
        return max((getattr(row, field) or 0 for row in rows if row is not None), default=0)
