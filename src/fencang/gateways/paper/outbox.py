"""The way back: reports wait here until they are taken, and may be late, double or out of order.

A take confirms the one before it: the last taken reports are kept until then, so that
``reconnect`` can give them again to a desk that died before they were durable.
"""

import msgspec

from fencang.gateways.paper.book import PaperOrder
from fencang.gateways.paper.faults import FaultKind, FaultPlan
from fencang.messages.commands import AnyCommand, ReportOrderWorking

__all__ = ["Outbox"]


class _Late(msgspec.Struct, frozen=True, array_like=True):
    call: int
    report: AnyCommand


class Outbox(msgspec.Struct, kw_only=True):
    """Reports on their way to the desk.  ``calls`` counts takes."""

    calls: int = 0
    ready: list[AnyCommand] = []
    late: list[_Late] = []
    held_back: dict[int, AnyCommand] = {}
    taken: list[AnyCommand] = []

    def send(self, report: AnyCommand) -> None:
        """Send a report that no fault touches."""
        self.ready.append(report)

    def send_of(self, order: PaperOrder, report: AnyCommand, plan: FaultPlan) -> None:
        """Send a report of an order through the faults of the way back."""
        order.report_count += 1
        if plan.is_empty and not self.held_back:
            self.ready.append(report)
            return

        def strikes(kind: FaultKind, n: int = 1) -> bool:
            return plan.strikes(kind, order.order_id, order.nth_order, n)

        if isinstance(report, ReportOrderWorking):
            if strikes(FaultKind.LOSE_ACK):
                return
            if strikes(FaultKind.OUT_OF_ORDER):
                self.held_back[order.order_id] = report
                return
        count = 2 if strikes(FaultKind.DUPLICATE, order.report_count) else 1
        if strikes(FaultKind.LATE, order.report_count):
            due = self.calls + 1 + plan.late_calls
            self.late.extend(_Late(due, report) for _ in range(count))
        else:
            self.ready.extend(report for _ in range(count))
        if (held := self.held_back.pop(order.order_id, None)) is not None:
            self.ready.append(held)

    def take(self) -> list[AnyCommand]:
        """Return what is due at this call, on-time reports first."""
        self.calls += 1
        due = [late.report for late in self.late if late.call <= self.calls]
        self.late = [late for late in self.late if late.call > self.calls]
        self.taken = [*self.ready, *due]
        self.ready = []
        return list(self.taken)

    def reconnect(self) -> None:
        """Put the reports of the last take in front again: the desk may never have stored them."""
        self.ready = [*self.taken, *self.ready]
        self.taken = []
