"""Who may propose and who may approve what: the rules of a desk's second person, stated once.

A desk that defines no ``Authority`` takes names on trust, as the command line of one's own machine
does.  One that does asks for signatures wherever two persons are needed.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS
from fencang.refdata.api_key import ApiKey, api_key_faults
from fencang.refdata.definition import Definition, Identifier, NonNegativeMicros, Text, TimeNs
from fencang.refdata.user import Role, User, user_faults

__all__ = [
    "AUTHORITY_KINDS",
    "POWERS",
    "PROGRAMS",
    "ROLES_APART",
    "SINGLE_OPERATOR",
    "Authority",
    "AuthorityItem",
    "Delegation",
    "Matter",
    "Power",
    "RolesApart",
    "authority_item_faults",
]

PROGRAMS = (
    "calendar",
    "desk-file",
    "feed",
    "planner",
    "process",
    "reconciliation",
    "timer",
    "venue",
)
"""Names that the desk's own programs enter commands by: nobody's, and never one of two persons."""

SINGLE_OPERATOR = "single-operator"
"""Stands where the name of a second person would, on a desk where one operator is both."""

DELEGATION_NS_MAX = 366 * DAY_NS
SpanNs = Annotated[int, msgspec.Meta(ge=0, le=30 * DAY_NS)]


class Matter(StrEnum):
    """What a draft is about; each matter has roles that propose it and roles that approve it."""

    PEOPLE = "people"
    """Users, keys, delegations, and the authority itself."""
    LIMITS = "limits"
    """Limits, controls, overrides, mandates, rules, regimes; resuming what was stopped."""
    REFERENCE = "reference"
    """Persons, venues, products, contracts, accounts, tiers, fees, settings of the desk."""
    CAPITAL = "capital"
    """Plans, transfers of capital, granted benefit."""
    MONEY = "money"
    """Money that leaves or changes: withdrawals, wires, sweeps, conversions, calls taken back."""
    BOOKS = "books"
    """Fills, positions and suspense entered, mended or moved by hand; days and breaks closed."""
    PRICES = "prices"
    """Prices, rates and parameters that no feed stands for."""


_SECOND = (Role.RISK_OFFICER, Role.COMPLIANCE)
_RoleTuple = Annotated[tuple[Role, ...], msgspec.Meta(min_length=1, max_length=len(Role))]


class Power(Definition):
    """The roles that propose a matter, and those that approve it."""

    matter: Matter
    propose: _RoleTuple
    approve: _RoleTuple


POWERS: dict[Matter, Power] = {
    power.matter: power
    for power in (
        Power(matter=Matter.PEOPLE, propose=(Role.ADMINISTRATOR, *_SECOND), approve=_SECOND),
        Power(
            matter=Matter.LIMITS,
            propose=(Role.PORTFOLIO_MANAGER, Role.ALLOCATOR, Role.OPERATIONS, *_SECOND),
            approve=_SECOND,
        ),
        Power(
            matter=Matter.REFERENCE,
            propose=(Role.OPERATIONS, Role.ADMINISTRATOR, *_SECOND),
            approve=_SECOND,
        ),
        Power(
            matter=Matter.CAPITAL,
            propose=(Role.ALLOCATOR, Role.PORTFOLIO_MANAGER),
            approve=(Role.ALLOCATOR, *_SECOND),
        ),
        Power(
            matter=Matter.MONEY,
            propose=(Role.OPERATIONS, Role.ALLOCATOR),
            approve=(Role.ALLOCATOR, *_SECOND),
        ),
        Power(matter=Matter.BOOKS, propose=(Role.OPERATIONS, Role.RISK_OFFICER), approve=_SECOND),
        Power(matter=Matter.PRICES, propose=(Role.OPERATIONS, Role.RISK_OFFICER), approve=_SECOND),
    )
}
"""Who proposes and approves what, where the authority states nothing else."""


class RolesApart(Definition):
    """Two roles that no user holds together."""

    first: Role
    second: Role


ROLES_APART = tuple(
    RolesApart(first=first, second=second)
    for second in _SECOND
    for first in (
        Role.ADMINISTRATOR,
        Role.ALLOCATOR,
        Role.PORTFOLIO_MANAGER,
        Role.OPERATIONS,
    )
)
"""Who makes a change does not also control it.

Source: Delegated Regulation (EU) 2017/589 (RTS 6), Article 1: separation of tasks between trading
and supporting functions, so that unauthorised trading cannot be concealed.
"""


class Authority(Definition, tag="Authority.1"):
    """How the desk asks for a second person; one for the whole desk.

    ``single_operator``: one person may be both, and everything says so.  ``cooling_off_ns``: so
    long after its proposal a draft is not approved yet.  ``draft_age_ns_max``: an older draft
    expires.  A plan that moves more than ``plan_micros_max`` of base currency, or a transfer of
    more, is a draft.  ``powers`` replace those of ``POWERS`` for the matters that they name.
    ``roles_apart`` are pairs of roles that no user holds together.
    """

    single_operator: bool = False
    cooling_off_ns: SpanNs = 0
    draft_age_ns_max: SpanNs = 7 * DAY_NS
    plan_micros_max: NonNegativeMicros = 0
    powers: Annotated[tuple[Power, ...], msgspec.Meta(max_length=len(Matter))] = ()
    roles_apart: Annotated[tuple[RolesApart, ...], msgspec.Meta(max_length=30)] = ROLES_APART

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind: there is one."""
        return ()

    def power(self, matter: Matter) -> Power:
        """Return who proposes and approves a matter."""
        for power in self.powers:
            if power.matter is matter:
                return power
        return POWERS[matter]

    def apart_faults(self, roles: Collection[Role]) -> list[str]:
        """Return the pairs of roles that one user must not hold together, in words."""
        return [
            f"{pair.first} and {pair.second} are kept apart: one user does not hold both"
            for pair in self.roles_apart
            if pair.first in roles and pair.second in roles
        ]


class Delegation(Definition, tag="Delegation.1"):
    """A role of one user that another acts in for a time.

    Who acts by delegation counts as both users: it never approves what either of them proposed.
    """

    delegation_id: Identifier
    from_user_id: Identifier
    to_user_id: Identifier
    role: Role
    from_ns: TimeNs
    until_ns: TimeNs
    reason: Text
    is_revoked: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return (self.delegation_id,)

    def holds_at(self, time_ns: int) -> bool:
        """Return whether the delegation holds at a time."""
        return not self.is_revoked and self.from_ns <= time_ns < self.until_ns


AuthorityItem = User | Delegation | ApiKey | Authority

AUTHORITY_KINDS: tuple[type[AuthorityItem], ...] = AuthorityItem.__args__
"""In the order they are defined in; each has a ``key`` that identifies it among its kind."""


def authority_item_faults(item: AuthorityItem) -> list[str]:
    """Return what is wrong with a value on its own, in plain words."""
    match item:
        case User():
            return [*_name_faults(item), *user_faults(item)]
        case ApiKey():
            return api_key_faults(item)
        case Delegation():
            return _delegation_faults(item)
        case Authority():
            return _authority_faults(item)


def _name_faults(user: User) -> list[str]:
    if user.user_id in PROGRAMS or user.user_id == SINGLE_OPERATOR:
        return [f"{user.user_id} names no user: the desk uses it itself"]
    return []


def _delegation_faults(delegation: Delegation) -> list[str]:
    faults = []
    lasts = delegation.until_ns - delegation.from_ns
    if lasts <= 0:
        faults.append("until_ns must lie after from_ns")
    elif lasts > DELEGATION_NS_MAX:
        faults.append("lasts more than 366 days: what holds longer is a role of its own")
    if delegation.from_user_id == delegation.to_user_id:
        faults.append("delegates to the user itself")
    if delegation.role is Role.VIEWER:
        faults.append("a viewer does nothing that could be delegated")
    if not delegation.reason.strip():
        faults.append("reason is empty: a delegation says why")
    return faults


def _authority_faults(authority: Authority) -> list[str]:
    faults = []
    if authority.draft_age_ns_max <= authority.cooling_off_ns:
        faults.append("draft_age_ns_max must be above cooling_off_ns: drafts would expire first")
    matters = [power.matter for power in authority.powers]
    faults += [
        f"powers states {each} twice" for each in sorted({*matters}) if matters.count(each) > 1
    ]
    for power in authority.powers:
        held = (*power.propose, *power.approve)
        if Role.VIEWER in held:
            faults.append(f"{power.matter}: a viewer sees and does nothing")
        if len({*held}) < 2:
            faults.append(
                f"{power.matter}: {held[0]} alone both proposes and approves; "
                "the two act in different roles"
            )
    for pair in authority.roles_apart:
        if pair.first is pair.second:
            faults.append(f"roles_apart keeps {pair.first} apart from itself")
    return faults
