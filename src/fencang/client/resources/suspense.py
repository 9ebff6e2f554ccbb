"""Calls about suspense.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation
from fencang.client.methods import Method, Resource, TransportT
from fencang.client.types import Outcome

__all__ = [
    "SuspenseResource",
    "assign_suspense",
    "undo_suspense_assignment",
]

_ASSIGN_SUSPENSE = Operation(
    name="assign_suspense",
    method="POST",
    path="/suspense/assignments",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def assign_suspense(
    *,
    carrying_account_id: str,
    execution_id: str,
    sub_account_id: str,
    quantity_lots: int,
    reason: str,
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Assign suspense lots.

    Give lots of the suspense account to a sub-account of the same owner; needs two persons.
    """
    return _ASSIGN_SUSPENSE.ask(locals())


_UNDO_SUSPENSE_ASSIGNMENT = Operation(
    name="undo_suspense_assignment",
    method="POST",
    path="/suspense/undone-assignments",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def undo_suspense_assignment(
    *,
    carrying_account_id: str,
    execution_id: str,
    sub_account_id: str,
    quantity_lots: int,
    reason: str,
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Undo an assignment.

    Bring lots that a sub-account got out of suspense today back there; needs two persons.
    """
    return _UNDO_SUSPENSE_ASSIGNMENT.ask(locals())


class SuspenseResource(Resource[TransportT]):
    """Calls about suspense."""

    assign = Method(assign_suspense)
    undo_assignment = Method(undo_suspense_assignment)
