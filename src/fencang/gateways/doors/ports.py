"""What the doors ask of the desk: its users and keys, their roles, its account tree.

Answered from durable records only: a key that is not yet durable opens nothing, and one whose
revocation is durable opens nothing from then on.
"""

from typing import Protocol

from fencang.refdata.api_key import ApiKey
from fencang.refdata.authority import Authority
from fencang.refdata.user import Role, User

__all__ = ["AccountTree", "Directory"]


class Directory(Protocol):
    """Users and keys as the desk defines them now."""

    def api_key(self, key_id: str) -> ApiKey | None:
        """Return the key, None when there is none of this name."""
        ...

    def user(self, user_id: str) -> User | None:
        """Return the user, None when there is none of this name."""
        ...

    def roles_at(self, user_id: str, time_ns: int) -> frozenset[Role]:
        """Return the roles a user acts in at a time: its own, and those delegated to it."""
        ...

    def authority(self) -> Authority:
        """Return who proposes and approves what; the ordinary one where the desk defines none."""
        ...


class AccountTree(Protocol):
    """Which node stands under which."""

    def path_of(self, node_id: str) -> tuple[str, ...]:
        """Return the node and all above it, upwards; empty when there is no such node."""
        ...
