"""Users, keys, roles and the account tree, folded from durable records: both ports of the doors.

It follows the journal as a projection does, so it never knows more than what is durable.  Each
change says what it touched; `Warden` then ends what is open under it.  A key or user that changed
in any way loses its connections, not only one that was revoked: what was opened with more scopes
than it has now would otherwise go on with them.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from fencang.gateways.doors.live import LiveConnections
from fencang.gateways.doors.people import People
from fencang.messages.events import DeskDefined
from fencang.messages.record import Record
from fencang.refdata.account import CarryingAccount, MasterAccount, SubAccount
from fencang.refdata.api_key import ApiKey
from fencang.refdata.authority import Authority, Delegation
from fencang.refdata.desk import DeskItem
from fencang.refdata.user import Role, User

__all__ = ["DefinedDirectory", "Touched", "Warden"]

DEPTH_MAX: Final = 64
"""Levels of the account tree that are climbed; the engine takes no circle."""


class Touched(NamedTuple):
    """Keys and users that a record changed; ``everybody`` where it changed what roles may do."""

    key_ids: frozenset[str] = frozenset()
    user_ids: frozenset[str] = frozenset()
    everybody: bool = False


NOTHING_TOUCHED: Final = Touched()
"""What nearly every record touches."""


class DefinedDirectory:
    """What `DeskDefined` said last of each user, key, delegation, account and of the authority."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._keys: dict[str, ApiKey] = {}
        self._delegations: dict[str, Delegation] = {}
        self._lent_to: dict[str, dict[str, Delegation]] = {}
        """Delegations by the user that they lend a role to: each request asks for its own."""
        self._authority = Authority()
        self._above: dict[str, str | None] = {}
        self._master_id: str | None = None

    def api_key(self, key_id: str) -> ApiKey | None:
        """Return the key, None when there is none of this name."""
        return self._keys.get(key_id)

    def api_keys(self) -> list[ApiKey]:
        """Return all keys, by name."""
        return [key for _, key in sorted(self._keys.items())]

    def user(self, user_id: str) -> User | None:
        """Return the user, None when there is none of this name."""
        return self._users.get(user_id)

    def users(self) -> list[User]:
        """Return all users, by name."""
        return [user for _, user in sorted(self._users.items())]

    def roles_at(self, user_id: str, time_ns: int) -> frozenset[Role]:
        """Return the roles a user acts in: its own, and those that active users lent it.

        Nobody lends a role that it does not hold itself, nor one that was lent to it.
        """
        user = self._users.get(user_id)
        if user is None or not user.acts_at(time_ns):
            return frozenset()
        lent = (
            each.role
            for each in self._lent_to.get(user_id, {}).values()
            if self._lends(each, time_ns)
        )
        return frozenset((*user.roles, *lent))

    def authority(self) -> Authority:
        """Return who proposes and approves what; the ordinary one where the desk defines none."""
        return self._authority

    def path_of(self, node_id: str) -> tuple[str, ...]:
        """Return the node and all above it, upwards; empty when there is no such node.

        What has no parent of its own, carrying accounts included, stands under the master account.
        """
        path: list[str] = []
        node: str | None = node_id
        while node is not None and node in self._above and len(path) < DEPTH_MAX:
            path.append(node)
            above = self._above[node]
            node = self._master_id if above is None and node != self._master_id else above
        return tuple(path)

    def apply(self, record: Record) -> Touched:
        """Fold in the next durable record and return what it touched."""
        defined = [event for event in record.events if type(event) is DeskDefined]
        if not defined:
            return NOTHING_TOUCHED
        return self.define(item for event in defined for item in event.items)

    def define(self, items: Iterable[DeskItem]) -> Touched:
        """Take values in the place of older ones of the same name; return what that touched."""
        key_ids: set[str] = set()
        user_ids: set[str] = set()
        everybody = False
        for item in items:
            match item:
                case ApiKey():
                    self._keys[item.key_id] = item
                    key_ids.add(item.key_id)
                case User():
                    self._users[item.user_id] = item
                    user_ids.add(item.user_id)
                    user_ids.update(self._lent_by(item.user_id))
                case Delegation():
                    older = self._delegations.get(item.delegation_id, item)
                    self._delegations[item.delegation_id] = item
                    self._lent_to.get(older.to_user_id, {}).pop(item.delegation_id, None)
                    self._lent_to.setdefault(item.to_user_id, {})[item.delegation_id] = item
                    user_ids.update((item.to_user_id, older.to_user_id))
                case Authority():
                    everybody = everybody or item != self._authority
                    self._authority = item
                case SubAccount():
                    if self._place(item):
                        key_ids.update(key.key_id for key in self._keys.values() if key.sub_tree)
                case CarryingAccount():
                    self._above[f"carrying:{item.carrying_account_id}"] = None
                case MasterAccount():
                    self._above[item.master_account_id] = None
                    self._master_id = item.master_account_id
                case _:
                    pass
        return Touched(frozenset(key_ids), frozenset(user_ids), everybody)

    def _lends(self, delegation: Delegation, time_ns: int) -> bool:
        lender = self._users.get(delegation.from_user_id)
        if lender is None or not lender.acts_at(time_ns):
            return False
        return delegation.role in lender.roles and delegation.holds_at(time_ns)

    def _lent_by(self, user_id: str) -> set[str]:
        found = self._delegations.values()
        return {each.to_user_id for each in found if each.from_user_id == user_id}

    def _place(self, account: SubAccount) -> bool:
        """Put a sub-account into the tree; return whether it stood somewhere else before."""
        was = self._above.get(account.sub_account_id, account.parent_id)
        self._above[account.sub_account_id] = account.parent_id
        return was != account.parent_id


class Warden:
    """Ends what is open under keys and users that changed, and all that is secret of leavers.

    A gateway in a process of its own has connections and no ``people``.
    """

    def __init__(
        self, directory: DefinedDirectory, live: LiveConnections, people: People | None = None
    ) -> None:
        self._directory = directory
        self._live = live
        self._people = people

    def follow(self, record: Record, time_ns: int) -> int:
        """Fold in a durable record and return how many connections that closed."""
        touched = self._directory.apply(record)
        if touched is NOTHING_TOUCHED:
            return 0
        closed = sum(self._live.drop_key(key_id) for key_id in sorted(touched.key_ids))
        closed += sum(self._live.drop_user(user_id) for user_id in sorted(touched.user_ids))
        if touched.everybody:
            closed += self._live.drop_all()
        for user_id in sorted(touched.user_ids) if self._people is not None else ():
            user = self._directory.user(user_id)
            if user is None or not user.acts_at(time_ns):
                assert self._people is not None
                self._people.end(user_id, time_ns)
        return closed
