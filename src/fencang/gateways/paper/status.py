"""The venue's answers about orders it had long ago: after our restart, or to a repeated wish.

It knows an order and how it ended; it does not know what the desk has stored.  Therefore every
fill is told again under its first execution id, and the desk ignores what it has.
"""

from fencang.gateways.paper.book import OrderState, PaperOrder
from fencang.messages.commands import (
    AnyCommand,
    ReportCancelRejected,
    ReportFill,
    ReportOrderCancelled,
    ReportOrderExpired,
    ReportOrderRejected,
    ReportOrderStatus,
)

__all__ = ["answer_late_cancel", "answer_status", "fill_reports", "unknown_fill"]


def fill_reports(order: PaperOrder) -> list[AnyCommand]:
    """Return a report of every fill of the order, as first told."""
    terms = order.terms
    return [
        ReportFill(
            carrying_account_id=terms.carrying_account_id,
            execution_id=execution.execution_id,
            order_id=order.order_id,
            contract_id=terms.contract_id,
            side=terms.side,
            quantity_lots=execution.quantity_lots,
            price_nanos=execution.price_nanos,
            offset=terms.offset,
        )
        for execution in order.executions
    ]


def unknown_fill(order: PaperOrder, price_nanos: int) -> ReportFill:
    """Return a report of one lot that names no order, as a fault of this order makes it."""
    return ReportFill(
        carrying_account_id=order.terms.carrying_account_id,
        execution_id=f"{order.venue_order_id}.unknown",
        order_id=None,
        contract_id=order.terms.contract_id,
        side=order.side,
        quantity_lots=1,
        price_nanos=price_nanos,
        offset=order.terms.offset,
    )


def answer_status(order_id: int, order: PaperOrder | None) -> list[AnyCommand]:
    """Return the answer to a status question: every fill again, then how the order stands."""
    if order is None:
        return [ReportOrderStatus(order_id=order_id, known=False)]
    status = ReportOrderStatus(
        order_id=order_id,
        known=True,
        filled_lots=order.filled_lots,
        working_lots=order.remaining_lots,
    )
    return [*fill_reports(order), status]


def answer_late_cancel(order_id: int, order: PaperOrder | None) -> AnyCommand:
    """Return the answer to a cancel of an order that does not work: how it ended, told again."""
    match order:
        case None:
            return ReportCancelRejected(order_id=order_id, text="unknown order")
        case PaperOrder(state=OrderState.CANCELLED):
            return ReportOrderCancelled(order_id=order_id, text="already cancelled")
        case PaperOrder(state=OrderState.EXPIRED):
            return ReportOrderExpired(order_id=order_id)
        case PaperOrder(state=OrderState.REJECTED):
            return ReportOrderRejected(order_id=order_id, text="already rejected")
        case _:
            return ReportCancelRejected(order_id=order_id, text="too late: the order is filled")
