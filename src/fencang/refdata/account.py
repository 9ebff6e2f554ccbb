"""The account tree: master account, carrying accounts, sub-accounts, mandates.

The master account is the pool.  A carrying account is a real account at a clearing broker; a
sub-account is a virtual book inside the pool.  ``routes`` says which carrying account takes a
sub-account's orders of a venue.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.refdata.definition import (
    CurrencyCode,
    Definition,
    Identifier,
    NonNegativeMicros,
    PartsPerMillion,
    Text,
)

__all__ = [
    "AccountType",
    "Capacity",
    "CarryingAccount",
    "Mandate",
    "MasterAccount",
    "PositionMode",
    "Route",
    "SubAccount",
    "side_node_of",
    "side_nodes",
]


class PositionMode(StrEnum):
    """How a carrying account keeps positions: one signed number, or both sides apart."""

    NET = "net"
    GROSS = "gross"


class Capacity(StrEnum):
    """In which capacity the owner of a sub-account trades."""

    OWN_BOOK = "own_book"
    AGENCY = "agency"
    BACK_TO_BACK = "back_to_back"


class AccountType(StrEnum):
    """As what a clearing house treats an account: whose factors, ratios and stated rates apply."""

    MEMBER = "member"
    HEDGER = "hedger"
    SPECULATOR = "speculator"


class MasterAccount(Definition, tag="MasterAccount.1"):
    """The pool of one legal person; its base currency values everything."""

    master_account_id: Identifier
    person_id: Identifier
    name: Text
    base_currency: CurrencyCode


class CarryingAccount(Definition, tag="CarryingAccount.1"):
    """A real account at a clearing broker.

    ``omnibus`` accounts may carry owners other than the holder and are margined gross by owner.
    ``house_multiplier_ppm``: the broker asks for so much of the clearing house's requirement.
    """

    carrying_account_id: Identifier
    holder_id: Identifier
    broker: Text
    venues: Annotated[tuple[Identifier, ...], msgspec.Meta(min_length=1)]
    position_mode: PositionMode = PositionMode.NET
    omnibus: bool = False
    account_type: AccountType = AccountType.SPECULATOR
    house_multiplier_ppm: Annotated[int, msgspec.Meta(ge=1_000_000, le=100_000_000)] = 1_000_000


class Route(Definition):
    """Orders of this venue go through this carrying account."""

    venue_id: Identifier
    carrying_account_id: Identifier


class Mandate(Definition):
    """What a sub-account may do with its capital.

    ``leverage_max_ppm`` caps the gross notional value in parts per million of capital (10× is
    10_000_000), 0 forbids every exposure; an empty ``products`` permits nothing; ``tags`` are what
    rules and reports select by.
    """

    leverage_max_ppm: PartsPerMillion
    products: tuple[Identifier, ...]
    risk_budget_micros: NonNegativeMicros = 0
    tags: tuple[Identifier, ...] = ()


class SubAccount(Definition, tag="SubAccount.1"):
    """A virtual book: owner, mandate, routes; ``parent_id`` nests it under another sub-account.

    ``controller_id`` names who decides its trades, where that is not the holder of the desk:
    position limits add up what one person directs.
    """

    sub_account_id: Identifier
    owner_id: Identifier
    name: Text
    mandate: Mandate
    routes: tuple[Route, ...]
    parent_id: Identifier | None = None
    capacity: Capacity = Capacity.OWN_BOOK
    service_tier: Identifier = "standard"
    controller_id: Identifier | None = None


SIDE_KINDS = ("carrying", "venue", "person")


def side_nodes(carrying_id: str, venue_id: str, owner_id: str) -> tuple[str, str, str]:
    """Return the nodes beside the account tree that dealing stands under too.

    The carrying account, the venue, and the legal person that owns the book: the firm itself, or a
    client.  What is not stated for them is not asked; the tree's root states everything.
    """
    return f"carrying:{carrying_id}", f"venue:{venue_id}", f"person:{owner_id}"


def side_node_of(node_id: str) -> tuple[str, str] | None:
    """Return kind and identifier of a node beside the tree, None for a node of the tree."""
    kind, colon, identifier = node_id.partition(":")
    return (kind, identifier) if colon and kind in SIDE_KINDS else None
