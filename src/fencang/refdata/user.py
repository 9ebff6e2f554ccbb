"""Users: who acts on a desk, in which roles, and with which keys they sign what needs two of them.

The desk knows public keys only.  What signs with the private half is kept by its user.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.refdata.definition import Definition, Identifier, Text, TimeNs
from fencang.signing.faults import KeyFault
from fencang.signing.keys import public_key_of

__all__ = [
    "PUBLIC_KEYS_MAX",
    "PublicKeyHex",
    "Role",
    "User",
    "UserKind",
    "key_faults",
    "user_faults",
]

PUBLIC_KEYS_MAX = 4
"""Keys of one user at the same time: an old and a new one overlap while they are exchanged."""

PublicKeyHex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""An Ed25519 public key, 32 bytes as lower-case hexadecimal digits (RFC 8032)."""


class UserKind(StrEnum):
    """What a user is: a person, or a program that somebody answers for."""

    HUMAN = "human"
    SERVICE = "service"


class Role(StrEnum):
    """What a user does at the firm, and so what the user may propose and approve."""

    ALLOCATOR = "allocator"
    PORTFOLIO_MANAGER = "portfolio_manager"
    RISK_OFFICER = "risk_officer"
    OPERATIONS = "operations"
    COMPLIANCE = "compliance"
    ADMINISTRATOR = "administrator"
    VIEWER = "viewer"
    """Sees, and does nothing."""


class User(Definition, tag="User.1"):
    """One person or program that commands name.

    ``public_keys`` sign drafts and approvals; a user without one proposes and approves nothing.
    It acts from ``from_ns`` on and no longer at ``until_ns``, while ``is_active``.  No user is ever
    removed: what it did names it for ever.
    """

    user_id: Identifier
    name: Text
    kind: UserKind = UserKind.HUMAN
    roles: Annotated[tuple[Role, ...], msgspec.Meta(max_length=len(Role))] = ()
    public_keys: Annotated[tuple[PublicKeyHex, ...], msgspec.Meta(max_length=PUBLIC_KEYS_MAX)] = ()
    from_ns: TimeNs = 0
    until_ns: TimeNs | None = None
    is_active: bool = True

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return (self.user_id,)

    def acts_at(self, time_ns: int) -> bool:
        """Return whether the user may act at a time."""
        has_begun = self.from_ns <= time_ns
        return self.is_active and has_begun and (self.until_ns is None or time_ns < self.until_ns)


def key_faults(public_keys: tuple[str, ...]) -> list[str]:
    """Return why texts are no public keys that a signature could be trusted under."""
    faults = []
    for text in public_keys:
        try:
            public_key_of(text)
        except KeyFault as fault:
            faults.append(str(fault))
    return faults


def user_faults(user: User) -> list[str]:
    """Return what is wrong with a user on its own."""
    faults = []
    if not user.name.strip():
        faults.append("name is empty: a user is called something")
    for what, held in (("roles", user.roles), ("public_keys", user.public_keys)):
        faults += [f"{what} names {each} twice" for each in sorted({*held}) if held.count(each) > 1]
    faults += key_faults(user.public_keys)
    if user.until_ns is not None and user.until_ns <= user.from_ns:
        faults.append("until_ns must lie after from_ns")
    if user.kind is UserKind.SERVICE and user.public_keys:
        faults.append("a service signs no drafts: two persons do; public_keys must be empty")
    if Role.VIEWER in user.roles and user.public_keys:
        faults.append("a viewer sees and does nothing: public_keys must be empty")
    return faults
