"""Who may act on a desk: users, keys, delegations and the authority over them, as they are defined.

All of it is primary state.  Nothing is ever taken out: who left is inactive, what is lost revoked.
"""

from collections.abc import Iterator, Mapping

from fencang.engine.drafts import Drafts
from fencang.refdata.api_key import ApiKey
from fencang.refdata.authority import (
    PROGRAMS,
    Authority,
    AuthorityItem,
    Delegation,
)
from fencang.refdata.user import Role, User

__all__ = ["API_KEYS_MAX", "DELEGATIONS_MAX", "USERS_MAX", "AuthorityBook"]

USERS_MAX = 2_000
API_KEYS_MAX = 10_000
DELEGATIONS_MAX = 2_000
"""Of each kind a desk defines so many at most, those that no longer act among them."""


class AuthorityBook:
    """Users, API keys, delegations, and the authority; None on a desk that takes names on trust."""

    __slots__ = ("api_keys", "delegations", "desk_id", "drafts", "stated", "users")

    def __init__(self) -> None:
        self.stated: Authority | None = None
        self.users: dict[str, User] = {}
        self.api_keys: dict[str, ApiKey] = {}
        self.delegations: dict[str, Delegation] = {}
        self.desk_id = ""
        """What signatures name the desk by; empty until an authority is founded."""
        self.drafts = Drafts()

    @property
    def asks_signatures(self) -> bool:
        """Return whether two persons sign what needs two persons."""
        return self.stated is not None and not self.stated.single_operator

    def set(self, item: AuthorityItem) -> None:
        """Define or change one value."""
        match item:
            case User():
                self.users[item.user_id] = item
            case ApiKey():
                self.api_keys[item.key_id] = item
            case Delegation():
                self.delegations[item.delegation_id] = item
            case Authority():
                self.stated = item

    def find(self, kind: type[AuthorityItem], key: tuple[str, ...]) -> AuthorityItem | None:
        """Return the value of a kind with a key, None where there is none."""
        if kind is Authority:
            return self.stated
        kinds: dict[type[AuthorityItem], Mapping[str, AuthorityItem]] = {
            User: self.users,
            ApiKey: self.api_keys,
            Delegation: self.delegations,
        }
        return kinds[kind].get(key[0])

    def all(self) -> Iterator[AuthorityItem]:
        """Yield every value, kind by kind, in the order of their keys."""
        for held in (self.users, self.delegations, self.api_keys):
            for key in sorted(held):
                yield held[key]
        if self.stated is not None:
            yield self.stated

    def may_act(self, name: str, time_ns: int) -> bool:
        """Return whether a name that a command bears may act: a program, or an active user."""
        if name in PROGRAMS:
            return True
        user = self.users.get(name)
        return user is not None and user.acts_at(time_ns)

    def delegators(self, user_id: str, role: Role, time_ns: int) -> list[str]:
        """Return who has given a user a role for now, of those that may act in it themselves."""
        found = []
        for key in sorted(self.delegations):
            each = self.delegations[key]
            if each.to_user_id != user_id or each.role is not role or not each.holds_at(time_ns):
                continue
            giver = self.users[each.from_user_id]
            if role in giver.roles and giver.acts_at(time_ns):
                found.append(each.from_user_id)
        return found
