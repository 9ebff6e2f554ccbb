"""Identifiers by kind, and identifiers derived from the sequence (never from chance).

An order identifier is ``sequence * ORDERS_PER_COMMAND_MAX + index``: the same command at the same
place in the journal always names the same orders, so a resend after a crash repeats the ClOrdID.
"""

import re
from typing import NewType

__all__ = [
    "IDENTIFIER_LENGTH_MAX",
    "ORDERS_PER_COMMAND_MAX",
    "BlockId",
    "CarryingAccountId",
    "ContractId",
    "LegalPersonId",
    "MasterAccountId",
    "OrderId",
    "PlanId",
    "ProductId",
    "RuleId",
    "Sequence",
    "SubAccountId",
    "VenueId",
    "client_order_text",
    "order_id_of",
    "parse_client_order_text",
]

Sequence = NewType("Sequence", int)
OrderId = NewType("OrderId", int)
BlockId = NewType("BlockId", int)
PlanId = NewType("PlanId", int)
LegalPersonId = NewType("LegalPersonId", str)
MasterAccountId = NewType("MasterAccountId", str)
CarryingAccountId = NewType("CarryingAccountId", str)
SubAccountId = NewType("SubAccountId", str)
VenueId = NewType("VenueId", str)
ProductId = NewType("ProductId", str)
ContractId = NewType("ContractId", str)
RuleId = NewType("RuleId", str)

_CLIENT_ORDER = re.compile(r"F(0|[1-9]\d{0,18})\.(0|[1-9]\d{0,4})", re.ASCII)

IDENTIFIER_LENGTH_MAX = 64
ORDERS_PER_COMMAND_MAX = 100_000


def order_id_of(sequence: int, index: int) -> OrderId:
    """Return the identifier of the ``index``-th order that the command at ``sequence`` makes."""
    assert 0 <= index < ORDERS_PER_COMMAND_MAX, index
    return OrderId(sequence * ORDERS_PER_COMMAND_MAX + index)


def client_order_text(order_id: int) -> str:
    """Return the ClOrdID (FIX tag 11) under which a venue knows the order."""
    sequence, index = divmod(order_id, ORDERS_PER_COMMAND_MAX)
    return f"F{sequence}.{index}"


def parse_client_order_text(text: str) -> OrderId | None:
    """Return the order a ClOrdID stands for, or None when it is not one of ours."""
    match = _CLIENT_ORDER.fullmatch(text)
    return order_id_of(int(match.group(1)), int(match.group(2))) if match else None
