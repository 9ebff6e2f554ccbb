"""Whether two persons may do together what neither may do alone, for acts outside of the journal.

Recoveries of people and thawing of keys are such acts: what they change are secrets and doors,
which the engine never sees.  Everything else that two persons do is a draft, which the engine
checks.
"""

from typing import Final

from fencang.gateways.doors.ports import Directory
from fencang.refdata.user import Role, User, UserKind

__all__ = ["DECIDING_ROLES", "active_person_fault", "pair_fault", "person_fault"]

DECIDING_ROLES: Final = frozenset(
    {Role.ADMINISTRATOR, Role.COMPLIANCE, Role.OPERATIONS, Role.RISK_OFFICER}
)
"""Roles that look after people and keys; who trades or allocates capital does not."""


def active_person_fault(directory: Directory, by: str, time_ns: int) -> str | None:
    """Return why this is nobody who acts now, None when it is an active person."""
    person = directory.user(by)
    if person is None or not person.acts_at(time_ns) or person.kind is not UserKind.HUMAN:
        return f"{by} is no active person"
    return None


def person_fault(
    directory: Directory, by: str, about: str, time_ns: int, *, roles_apart: bool
) -> str | None:
    """Return why a person may not take part in an act about a user, None when it may.

    It is an active person, not the user itself, and holds a deciding role of its own; delegated
    ones do not count, because who lends a role could be the one it is about.  With ``roles_apart``
    that role is none that the user holds.
    """
    if fault := active_person_fault(directory, by, time_ns):
        return fault
    person = directory.user(by)
    assert person is not None, by
    if by == about:
        return f"{by} cannot do this for itself"
    if not _deciding(person, directory.user(about) if roles_apart else None):
        needed = ", ".join(sorted(DECIDING_ROLES))
        other = f" that {about} does not hold" if roles_apart else ""
        return f"{by} has none of the roles {needed}{other}"
    return None


def pair_fault(
    directory: Directory, first: str, second: str, about: str, time_ns: int, *, roles_apart: bool
) -> str | None:
    """Return why two persons may not do it together: each for itself, then two in two roles."""
    for by in (first, second):
        if fault := person_fault(directory, by, about, time_ns, roles_apart=roles_apart):
            return fault
    if first == second:
        return f"{first} is one person; another one has to agree"
    user = directory.user(about) if roles_apart else None
    one, other = directory.user(first), directory.user(second)
    assert one is not None, first
    assert other is not None, second
    if len(_deciding(one, user) | _deciding(other, user)) < 2:
        return f"{first} and {second} act in the same role; another one has to agree"
    return None


def _deciding(person: User, about: User | None) -> frozenset[Role]:
    held = DECIDING_ROLES.intersection(person.roles)
    return held if about is None else held.difference(about.roles)
