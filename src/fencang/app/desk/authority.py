"""The tables of a desk file about people: users, keys, delegations, and who signs what."""

from enum import StrEnum
from typing import NamedTuple, TypeVar

from fencang.app.desk.fields import Fields
from fencang.app.desk.limit_tables import read_moment
from fencang.app.desk.sections import finished
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.time import DAY_NS
from fencang.refdata.api_key import ApiKey, ApiKeyKind
from fencang.refdata.authority import (
    ROLES_APART,
    Authority,
    AuthorityItem,
    Delegation,
    Matter,
    Power,
    RolesApart,
)
from fencang.refdata.user import Role, User, UserKind

__all__ = ["AuthorityRow", "read_authority_tables"]

Word = TypeVar("Word", bound=StrEnum)
_NO_KEY = "0" * 64
_KEYS_OF_PROOF = {ApiKeyKind.SIGNED: "public_key", ApiKeyKind.BEARER: "token_sha256"}


class AuthorityRow(NamedTuple):
    """One value and the table that it stands in."""

    path: str
    item: AuthorityItem


def read_authority_tables(root: Fields) -> tuple[AuthorityRow, ...]:
    """Read every table about people, kind by kind; ``[authority]`` last, where there is one."""
    rows = [
        AuthorityRow(each.path, read(each))
        for table, read in (
            ("user", read_user),
            ("delegation", read_delegation),
            ("api_key", read_api_key),
        )
        for each in root.each(table)
    ]
    if root.has("authority"):
        rows.append(AuthorityRow("authority", read_authority(root.inner("authority"))))
    return tuple(rows)


def read_user(fields: Fields) -> User:
    """Read one ``[[user]]``."""
    user = User(
        user_id=fields.identifier("id"),
        name=fields.text("name"),
        kind=fields.choice("kind", UserKind, UserKind.HUMAN),
        roles=_words(fields, "roles", Role),
        public_keys=fields.identifiers("public_keys", ()),
        from_ns=_moment(fields, "from") or 0,
        until_ns=_moment(fields, "until"),
        is_active=fields.flag("active", default=True),
    )
    finished(fields, user)
    return user


def read_api_key(fields: Fields) -> ApiKey:
    """Read one ``[[api_key]]``: ``public_key`` of a signed one, ``token_sha256`` of a bearer."""
    kind = fields.choice("kind", ApiKeyKind, ApiKeyKind.SIGNED)
    key = ApiKey(
        key_id=fields.identifier("id"),
        user_id=fields.identifier("user"),
        kind=kind,
        proof_hex=fields.text(_KEYS_OF_PROOF[kind]) or _NO_KEY,
        scopes=_texts(fields, "scopes", required=True),
        sub_tree=fields.text("sub_tree", ""),
        networks=_texts(fields, "networks", required=False),
        from_ns=_moment(fields, "from") or 0,
        until_ns=read_moment(fields, "until"),
        is_revoked=fields.flag("revoked"),
        note=fields.text("note", ""),
    )
    finished(fields, key)
    return key


def read_delegation(fields: Fields) -> Delegation:
    """Read one ``[[delegation]]``."""
    delegation = Delegation(
        delegation_id=fields.identifier("id"),
        from_user_id=fields.identifier("from_user"),
        to_user_id=fields.identifier("to_user"),
        role=fields.choice("role", Role),
        from_ns=read_moment(fields, "from"),
        until_ns=read_moment(fields, "until"),
        reason=fields.text("reason"),
        is_revoked=fields.flag("revoked"),
    )
    finished(fields, delegation)
    return delegation


def read_authority(fields: Fields) -> Authority:
    """Read ``[authority]`` with its ``[[authority.power]]``."""
    authority = Authority(
        single_operator=fields.flag("single_operator"),
        cooling_off_ns=fields.span_ns("cooling_off", 0),
        draft_age_ns_max=fields.span_ns("draft_age", 7 * DAY_NS),
        plan_micros_max=fields.decimal("plan_size", 6, 0, low=0, high=MONEY_MICROS_MAX),
        powers=tuple(_power(each) for each in fields.each("power")),
        roles_apart=_roles_apart(fields),
    )
    finished(fields, authority)
    return authority


def _power(fields: Fields) -> Power:
    power = Power(
        matter=fields.choice("matter", Matter),
        propose=_words(fields, "propose", Role) or (Role.ADMINISTRATOR,),
        approve=_words(fields, "approve", Role) or (Role.COMPLIANCE,),
    )
    fields.finish()
    return power


def _roles_apart(fields: Fields) -> tuple[RolesApart, ...]:
    """Read ``roles_apart = [["administrator", "risk_officer"]]``; absent: the pairs by default."""
    if not fields.has("roles_apart"):
        return ROLES_APART
    stated = fields.table["roles_apart"]
    pairs = []
    for each in stated if isinstance(stated, list) else [stated]:
        inner = fields.over({"roles_apart": each})
        words = _words(inner, "roles_apart", Role)
        if len(words) != 2:
            fields.fault("roles_apart", f"{each!r} is not a pair of two roles")
            continue
        pairs.append(RolesApart(first=words[0], second=words[1]))
    return tuple(pairs)


def _words(fields: Fields, key: str, kind: type[Word]) -> tuple[Word, ...]:
    """Return a list of words of a closed list."""
    known = {member.value: member for member in kind}
    found = []
    for text in _texts(fields, key, required=True):
        if text in known:
            found.append(known[text])
        else:
            fields.fault(key, f'"{text}" is not one of {", ".join(known)}')
    return tuple(found)


def _texts(fields: Fields, key: str, *, required: bool) -> tuple[str, ...]:
    if not fields.has(key):
        if required:
            fields.fault(key, "is missing")
        return ()
    stated = fields.table[key]
    if not isinstance(stated, list) or not all(isinstance(each, str) for each in stated):
        fields.fault(key, f'{stated!r} is not a list such as ["operations"]')
        return ()
    return tuple(stated)


def _moment(fields: Fields, key: str) -> int | None:
    return read_moment(fields, key) if fields.has(key) else None
