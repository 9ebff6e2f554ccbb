"""Who acts, by which keys, and what takes two persons.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from decimal import Decimal
from typing import Literal

import msgspec

from fencang.client.instant import Instant

__all__ = [
    "ApiKey",
    "ApiKeyKind",
    "Authority",
    "Delegation",
    "Matter",
    "Power",
    "Role",
    "RolesApart",
    "User",
    "UserKind",
]

UserKind = Literal["human", "service"]
"""What a user is: a person, or a program that somebody answers for."""


Role = Literal[
    "administrator",
    "allocator",
    "compliance",
    "operations",
    "portfolio_manager",
    "risk_officer",
    "viewer",
]
"""What a user does at the firm, and so what the user may propose and approve."""


class User(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """One person or program that commands name.

    ``public_keys`` sign drafts and approvals; a user without one proposes and approves nothing.
    It acts from ``from_time`` on and no longer at ``until_time``, while ``is_active``.  No user
    is ever removed: what it did names it for ever.
    """

    user_id: str
    name: str
    kind: UserKind = "human"
    roles: tuple[Role, ...] = ()
    public_keys: tuple[str, ...] = ()
    from_time: Instant = Instant.parse("1970-01-01T00:00:00.000000000Z")
    until_time: Instant | None = None
    is_active: bool = True


class Delegation(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """A role of one user that another acts in for a time.

    Who acts by delegation counts as both users: it never approves what either of them proposed.
    """

    delegation_id: str
    from_user_id: str
    to_user_id: str
    role: Role
    from_time: Instant
    until_time: Instant
    reason: str
    is_revoked: bool = False


ApiKeyKind = Literal["bearer", "signed"]
"""How a request proves that it comes from the key."""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """A key of a user: ``proof_hex`` proves it, ``scopes`` say what it opens.

    ``proof_hex`` is an Ed25519 public key (signed) or the SHA-256 of a token (bearer).
    ``sub_tree`` is the node that it may see and trade, with all below it; empty: the whole
    desk. ``networks`` are where requests may come from; empty: from anywhere.  It opens nothing
    before ``from_time`` and nothing at ``until_time`` and later, nor once it is revoked.
    """

    key_id: str
    user_id: str
    kind: ApiKeyKind
    proof_hex: str
    scopes: tuple[str, ...]
    sub_tree: str = ""
    networks: tuple[str, ...] = ()
    from_time: Instant = Instant.parse("1970-01-01T00:00:00.000000000Z")
    until_time: Instant
    is_revoked: bool = False
    note: str = ""


Matter = Literal["books", "capital", "limits", "money", "people", "prices", "reference"]
"""What a draft is about; each matter has roles that propose it and roles that approve it."""


class Power(msgspec.Struct, frozen=True, kw_only=True):
    """The roles that propose a matter, and those that approve it."""

    matter: Matter
    propose: tuple[Role, ...]
    approve: tuple[Role, ...]


class RolesApart(msgspec.Struct, frozen=True, kw_only=True):
    """Two roles that no user holds together."""

    first: Role
    second: Role


class Authority(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """How the desk asks for a second person; one for the whole desk.

    ``single_operator``: one person may be both, and everything says so.
    ``cooling_off_seconds``: so long after its proposal a draft is not approved yet.
    ``draft_age_seconds_max``: an older draft expires.  A plan that moves more than ``plan_max``
    of base currency, or a transfer of more, is a draft.  ``powers`` replace those of ``POWERS``
    for the matters that they name. ``roles_apart`` are pairs of roles that no user holds
    together.
    """

    single_operator: bool = False
    cooling_off_seconds: Decimal = Decimal(0)
    draft_age_seconds_max: Decimal = Decimal(604800)
    plan_max: Decimal = Decimal("0.00")
    powers: tuple[Power, ...] = ()
    roles_apart: tuple[RolesApart, ...] = (
        RolesApart(first="administrator", second="risk_officer"),
        RolesApart(first="allocator", second="risk_officer"),
        RolesApart(first="portfolio_manager", second="risk_officer"),
        RolesApart(first="operations", second="risk_officer"),
        RolesApart(first="administrator", second="compliance"),
        RolesApart(first="allocator", second="compliance"),
        RolesApart(first="portfolio_manager", second="compliance"),
        RolesApart(first="operations", second="compliance"),
    )
