"""Calls about fills.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from collections.abc import Sequence
from datetime import date

from fencang.client.ask import Ask, Operation
from fencang.client.methods import Method, Resource, TransportT
from fencang.client.types import FillKind, FillLeg, Offset, Outcome, Side
from fencang.client.wire import Number

__all__ = [
    "FillsResource",
    "bust_fill",
    "correct_fill",
    "enter_fill",
]

_ENTER_FILL = Operation(
    name="enter_fill",
    method="POST",
    path="/fills",
    answer=Outcome,
    exact=frozenset(["price"]),
    has_body=True,
    is_write=True,
)


def enter_fill(
    *,
    carrying_account_id: str,
    execution_id: str,
    kind: FillKind,
    contract_id: str,
    side: Side,
    quantity_lots: int,
    price: Number,
    trade_day: date,
    clearing_day: date,
    legs: Sequence[FillLeg],
    offset: Offset = "net",
    counterparty: str = "",
    reason: str = "",
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Enter a fill by hand.

    Book a fill that no venue reported to the desk; needs two persons.

    ``trade_day`` is when it was agreed, ``clearing_day`` the trading day it counts for; the
    lots it opens are of that day.  ``legs`` sum to the fill; without any it goes to suspense.
    """
    return _ENTER_FILL.ask(locals())


_CORRECT_FILL = Operation(
    name="correct_fill",
    method="POST",
    path="/fills/corrections",
    answer=Outcome,
    exact=frozenset(["price"]),
    has_body=True,
    is_write=True,
)


def correct_fill(
    *,
    carrying_account_id: str,
    execution_id: str,
    correction_id: str,
    quantity_lots: int,
    price: Number,
    source: str,
    reason: str = "",
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Correct a fill.

    The venue or broker says that a fill had another price or quantity (FIX trade correct).

    ``execution_id`` is that of the fill or of an earlier correction of it, ``correction_id``
    the correction's own.  Sources that begin with ``manual`` need two persons.
    """
    return _CORRECT_FILL.ask(locals())


_BUST_FILL = Operation(
    name="bust_fill",
    method="POST",
    path="/fills/busts",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def bust_fill(
    *,
    carrying_account_id: str,
    execution_id: str,
    correction_id: str,
    source: str,
    reason: str = "",
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Take a fill back.

    The venue or broker cancels a fill (FIX trade cancel); fields as in ``CorrectFill``.
    """
    return _BUST_FILL.ask(locals())


class FillsResource(Resource[TransportT]):
    """Calls about fills."""

    enter = Method(enter_fill)
    correct = Method(correct_fill)
    bust = Method(bust_fill)
