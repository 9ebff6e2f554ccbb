"""What users, keys, delegations and the authority refer to, and which changes only take away."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec.structs import replace

from fencang.engine.authority import API_KEYS_MAX, DELEGATIONS_MAX, USERS_MAX
from fencang.engine.state import DeskState
from fencang.refdata.api_key import ApiKey, network_of
from fencang.refdata.authority import Authority, AuthorityItem, Delegation, Matter
from fencang.refdata.user import Role, User, UserKind

__all__ = ["AuthorityReferences", "authority_change_faults", "authority_tightens"]


class AuthorityReferences:
    """Users, keys, delegations and the authority: the desk's, and those that a command brings."""

    def __init__(self, state: DeskState) -> None:
        self._state = state
        self.stated = state.authority.stated
        self.users = dict(state.authority.users)
        self.api_keys = dict(state.authority.api_keys)
        self.delegations = dict(state.authority.delegations)
        self._is_touched = False

    def add(self, item: AuthorityItem) -> None:
        """Take a value in; a later one of the same key takes its place."""
        self._is_touched = True
        match item:
            case User():
                self.users[item.user_id] = item
            case ApiKey():
                self.api_keys[item.key_id] = item
            case Delegation():
                self.delegations[item.delegation_id] = item
            case Authority():
                self.stated = item

    @property
    def _keeps_apart(self) -> bool:
        return self.stated is not None and not self.stated.single_operator

    def faults(self, item: AuthorityItem, nodes: Iterable[str]) -> Iterator[str]:
        """Yield what is wrong with what a value refers to; ``nodes`` are those of the tree."""
        match item:
            case User():
                yield from self._user_faults(item)
            case ApiKey():
                yield from self._key_faults(item, nodes)
            case Delegation():
                yield from self._delegation_faults(item)
            case Authority():
                pass

    @cached_property
    def _holders(self) -> dict[str, list[str]]:
        """Public key → users, in their order."""
        found: dict[str, list[str]] = {}
        for user_id in sorted(self.users):
            for public_key in self.users[user_id].public_keys:
                found.setdefault(public_key, []).append(user_id)
        return found

    @cached_property
    def _proven(self) -> dict[str, list[str]]:
        """Proof → API keys, in their order."""
        found: dict[str, list[str]] = {}
        for key_id in sorted(self.api_keys):
            found.setdefault(self.api_keys[key_id].proof_hex, []).append(key_id)
        return found

    def _user_faults(self, user: User) -> Iterator[str]:
        for public_key in user.public_keys:
            for other_id in self._holders.get(public_key, ()):
                if other_id != user.user_id:
                    yield f"public key {public_key[:12]}… is {other_id}'s: keys name one person"
            for key_id in self._proven.get(public_key, ()):
                yield f"public key {public_key[:12]}… proves {key_id}: requests are another's"
        if self._keeps_apart and user.is_active:
            assert self.stated is not None
            yield from self.stated.apart_faults(user.roles)

    def _key_faults(self, key: ApiKey, nodes: Iterable[str]) -> Iterator[str]:
        if key.user_id not in self.users:
            yield f"no user {key.user_id}"
        if key.sub_tree and key.sub_tree not in nodes:
            yield f"no sub-account or master account {key.sub_tree} that sub_tree could name"
        for other_id in self._proven.get(key.proof_hex, ()):
            if other_id != key.key_id:
                yield f"proves what {other_id} proves: every key is its own"
        for user_id in self._holders.get(key.proof_hex, ()):
            yield f"is the key that {user_id} approves with: requests are signed by another"

    def _delegation_faults(self, delegation: Delegation) -> Iterator[str]:
        giver = self.users.get(delegation.from_user_id)
        taker = self.users.get(delegation.to_user_id)
        if giver is None:
            yield f"no user {delegation.from_user_id}"
        if taker is None:
            yield f"no user {delegation.to_user_id}"
        if giver is None or taker is None or delegation.is_revoked:
            return
        if delegation.role not in giver.roles:
            yield f"{giver.user_id} is no {delegation.role} and cannot let anybody act as one"
        if taker.kind is UserKind.SERVICE:
            yield f"{taker.user_id} is a service: roles are delegated to persons"
        if Role.VIEWER in taker.roles:
            yield f"{taker.user_id} is a viewer, who sees and does nothing"
        if self._keeps_apart:
            assert self.stated is not None
            for fault in self.stated.apart_faults((*taker.roles, delegation.role)):
                yield f"{taker.user_id}: {fault}"

    def desk_faults(self) -> Iterator[str]:
        """Yield what is wrong with all of them together."""
        if not self._is_touched:
            return
        for what, held, held_max in (
            ("users", self.users, USERS_MAX),
            ("API keys", self.api_keys, API_KEYS_MAX),
            ("delegations", self.delegations, DELEGATIONS_MAX),
        ):
            if len(held) > held_max:
                yield f"the desk would have {len(held):,} {what}; {held_max:,} is the most"
        if self.stated is None:
            return
        if self.stated.single_operator:
            if not any(self._stays(user) for user in self.users.values()):
                yield "a single operator is an active user without an end: define one"
            return
        yield from self._apart_anywhere(self.stated)
        if Matter.PEOPLE not in self._matters():
            power = self.stated.power(Matter.PEOPLE)
            yield (
                "nobody could change anything any more: no two active users with public keys and "
                f"without an end are one {' or '.join(power.propose)} to propose, and another "
                f"{' or '.join(power.approve)}, in another role, to approve what concerns people"
            )

    def _apart_anywhere(self, stated: Authority) -> Iterator[str]:
        """Yield users and delegations that pairs stated anew part."""
        if stated == self._state.authority.stated:
            return
        for user_id in sorted(self.users):
            user = self.users[user_id]
            if user.is_active and user == self._state.authority.users.get(user_id):
                yield from (f"{user_id}: {fault}" for fault in stated.apart_faults(user.roles))
        for key in sorted(self.delegations):
            each, taker = self.delegations[key], self.users.get(self.delegations[key].to_user_id)
            if taker is not None and not each.is_revoked:
                together = (*taker.roles, each.role)
                yield from (f"{key}: {fault}" for fault in stated.apart_faults(together))

    def _stays(self, user: User) -> bool:
        return user.is_active and user.until_ns is None

    def _matters(self) -> set[Matter]:
        """Return the matters that two users who stay could sign: two persons in two roles."""
        assert self.stated is not None
        holders: dict[Role, list[str]] = {}
        for user_id in sorted(self.users):
            user = self.users[user_id]
            if user.public_keys and self._stays(user):
                for role in user.roles:
                    holders.setdefault(role, []).append(user_id)
        return {matter for matter in Matter if _has_pair(self.stated, matter, holders)}

    def takes_the_last_checker(self) -> bool:
        """Return whether nobody could sign a matter any more that two users could sign before."""
        if not self._is_touched or self.stated is None or self.stated.single_operator:
            return False
        before = AuthorityReferences(self._state)
        if before.stated is None or before.stated.single_operator:
            return False
        return bool(before._matters() - self._matters())


def _has_pair(stated: Authority, matter: Matter, holders: dict[Role, list[str]]) -> bool:
    power = stated.power(matter)
    for making in power.propose:
        for checking in power.approve:
            if making is not checking:
                makers, checkers = holders.get(making, []), holders.get(checking, [])
                if makers and checkers and {*makers, *checkers} != {makers[0]}:
                    return True
    return False


def authority_change_faults(state: DeskState, item: AuthorityItem) -> Iterator[str]:
    """Yield why an existing value cannot change the way it is asked to."""
    old = state.authority.find(type(item), item.key)
    match item, old:
        case ApiKey(key_id=key_id), ApiKey():
            if (old.user_id, old.kind, old.proof_hex) != (item.user_id, item.kind, item.proof_hex):
                yield f"{key_id} cannot change its user, kind or proof: make another key"
            if old.is_revoked and not item.is_revoked:
                yield f"{key_id} was revoked for good: make another key"
        case Delegation(delegation_id=delegation_id), Delegation():
            fixed = (old.from_user_id, old.to_user_id, old.role)
            if fixed != (item.from_user_id, item.to_user_id, item.role):
                yield f"{delegation_id} cannot change its users or its role: make another"
            if old.is_revoked and not item.is_revoked:
                yield f"{delegation_id} was revoked for good: make another"
        case User(user_id=user_id), User() if old.kind is not item.kind:
            yield f"{user_id} cannot turn from {old.kind} to {item.kind}"
        case _:
            pass


def authority_tightens(state: DeskState, item: AuthorityItem) -> bool:
    """Return whether a change only takes away: deactivates, revokes, shortens, narrows."""
    old = state.authority.find(type(item), item.key)
    match item, old:
        case User(), User():
            return _user_tightens(item, old)
        case ApiKey(), ApiKey():
            return _key_tightens(state, item, old)
        case Delegation(), Delegation():
            same = replace(
                old, from_ns=item.from_ns, until_ns=item.until_ns, is_revoked=item.is_revoked
            )
            return item == same and _shortens(item, old)
        case Authority(), Authority():
            return item == replace(old, single_operator=False)
        case _:
            return False


def _user_tightens(item: User, old: User) -> bool:
    same = replace(
        old,
        roles=item.roles,
        public_keys=item.public_keys,
        from_ns=item.from_ns,
        until_ns=item.until_ns,
        is_active=item.is_active,
    )
    # Who is told to be a viewer may do nothing more; the role takes away, and is no power.
    return (
        item == same
        and {*item.roles} <= {*old.roles, Role.VIEWER}
        and {*item.public_keys} <= {*old.public_keys}
        and item.is_active <= old.is_active
        and _shortens(item, old)
    )


def _shortens(item: User | ApiKey | Delegation, old: User | ApiKey | Delegation) -> bool:
    """Return whether a value begins no earlier and ends no later."""
    if item.from_ns < old.from_ns:
        return False
    return old.until_ns is None or (item.until_ns is not None and item.until_ns <= old.until_ns)


def _key_tightens(state: DeskState, item: ApiKey, old: ApiKey) -> bool:
    same = replace(
        old,
        scopes=item.scopes,
        sub_tree=item.sub_tree,
        networks=item.networks,
        from_ns=item.from_ns,
        until_ns=item.until_ns,
        is_revoked=item.is_revoked,
    )
    return (
        item == same
        and {*item.scopes} <= {*old.scopes}
        and _lies_under(state, item.sub_tree, old.sub_tree)
        and _lies_within(item.networks, old.networks)
        and _shortens(item, old)
    )


def _lies_under(state: DeskState, node_id: str, above_id: str) -> bool:
    """Return whether a sub-tree is another or a part of it; empty is the whole desk."""
    if not above_id or node_id == above_id:
        return True
    return bool(node_id) and above_id in state.path_above(node_id)


def _lies_within(networks: tuple[str, ...], wider: tuple[str, ...]) -> bool:
    """Return whether every network lies in one of the wider ones; none stated is every one."""
    if not wider:
        return True
    outer = [network_of(text) for text in wider]
    for text in networks:
        inner = network_of(text)
        if not any(
            inner is not None
            and each is not None
            and inner.version == each.version
            and inner.subnet_of(each)  # type: ignore[arg-type] # of one version
            for each in outer
        ):
            return False
    return bool(networks)
