"""What the nodes over an order state of a control, read row by row.

A row of one contract stands before one of its product, and that before one of everything; at one
node the narrowest row that states a field counts.
"""

from collections.abc import Iterator
from typing import TypeVar

from fencang.refdata.definition import Definition
from fencang.simulation.auditor.orders import TrackedOrder
from fencang.simulation.auditor.reference import Reference

__all__ = ["rows_at", "stated"]

Row = TypeVar("Row", bound=Definition)


def rows_at(
    reference: Reference, kind: type[Row], order: TrackedOrder, node_id: str
) -> Iterator[Row]:
    """Yield a node's rows for an order, the narrowest scope first, with overrides in force."""
    contract_id = order.event.terms.contract_id
    of_client = order.event.sub_account_id, order.event.client_order_id
    for scope_id in (contract_id, reference.contracts[contract_id].product_id, "*"):
        row = reference.row(kind, node_id, scope_id, of_client)
        if row is not None:
            yield row


def stated(
    reference: Reference, kind: type[Definition], order: TrackedOrder, field: str
) -> list[int]:
    """Return what each node over an order states of a field; a flag counts as one."""
    found = []
    for node_id in reference.path(order.event.sub_account_id, order.event.terms):
        values = (getattr(row, field) for row in rows_at(reference, kind, order, node_id))
        first = next((value for value in values if value is not None), None)
        if first is not None:
            found.append(int(first))
    return found
