"""Calls about transfers.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation
from fencang.client.methods import Method, Resource, TransportT
from fencang.client.types import Outcome, Side
from fencang.client.wire import Number

__all__ = [
    "TransfersResource",
    "transfer_capital",
    "transfer_position",
]

_TRANSFER_CAPITAL = Operation(
    name="transfer_capital",
    method="POST",
    path="/transfers/capital",
    answer=Outcome,
    exact=frozenset(["amount"]),
    has_body=True,
    is_write=True,
)


def transfer_capital(
    *,
    from_sub_account_id: str | None,
    to_sub_account_id: str | None,
    amount: Number,
    reason: str,
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Move capital.

    Move base-currency capital between books of one owner; None stands for the reserve.
    """
    return _TRANSFER_CAPITAL.ask(locals())


_TRANSFER_POSITION = Operation(
    name="transfer_position",
    method="POST",
    path="/transfers/positions",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def transfer_position(
    *,
    from_sub_account_id: str,
    to_sub_account_id: str,
    carrying_account_id: str,
    contract_id: str,
    side: Side,
    quantity_lots: int,
    reason: str,
    at_cost: bool = False,
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Move lots between books.

    Move lots between two sub-accounts of one owner, at the mark unless ``at_cost``.

    ``side`` BUY moves long lots, SELL short ones, the oldest first; they keep their days.  At
    cost needs the desk's permission (``DeskSettings.transfers_at_cost``) and two persons.
    """
    return _TRANSFER_POSITION.ask(locals())


class TransfersResource(Resource[TransportT]):
    """Calls about transfers."""

    capital = Method(transfer_capital)
    position = Method(transfer_position)
