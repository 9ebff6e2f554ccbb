"""What a caller may do: one table from resource and verb to the scope it takes.

A scope is ``resource:verb``.  What a caller has is what its key says and its user's roles allow,
both, so that a role that ends takes effect on every key at once.  Who proposes and approves is not
said here but by the desk's authority (`refdata/authority.py`), which the engine asks as well.
Then the sub-tree: whoever is bound to a node sees and trades that node and what stands under it,
and nothing that belongs to no node but the common facts of the market.

What is not in the tables is allowed to nobody.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

from fencang.gateways.caller import Caller
from fencang.gateways.doors.ports import AccountTree
from fencang.refdata.authority import Authority, Matter
from fencang.refdata.user import Role

__all__ = [
    "MARKET_FACTS",
    "MATTER_OF",
    "SCOPE_OF",
    "Denial",
    "Resource",
    "Verb",
    "denial_of",
    "is_within",
    "role_scopes",
    "scopes_of",
]


class Verb(StrEnum):
    """What is done to a resource."""

    READ = "read"
    WRITE = "write"
    """Instructions of the day: orders, cancels, envelopes, assignments; the engine checks each."""
    PROPOSE = "propose"
    """Drafts of what loosens; a second person has to approve."""
    APPROVE = "approve"
    TIGHTEN = "tighten"
    """What one person may do alone: narrow, stop, revoke, reject."""


class Resource(StrEnum):
    """What the interface shows, by the names of its paths."""

    MASTERS = "masters"
    CARRYING_ACCOUNTS = "carrying_accounts"
    LEGAL_PERSONS = "legal_persons"
    SUB_ACCOUNTS = "sub_accounts"
    STRATEGIES = "strategies"
    MANDATES = "mandates"
    CONTRACTS = "contracts"
    PRICES = "prices"
    ORDERS = "orders"
    BLOCK_ORDERS = "block_orders"
    EXECUTIONS = "executions"
    POSITIONS = "positions"
    BALANCES = "balances"
    LEDGER = "ledger"
    MARGIN = "margin"
    LIMITS = "limits"
    ENVELOPES = "envelopes"
    PLANS = "plans"
    RULES = "rules"
    TRADING_STATES = "trading_states"
    SUSPENSE = "suspense"
    TIERS = "tiers"
    USERS = "users"
    KEYS = "keys"
    DRAFTS = "drafts"
    ALERTS = "alerts"
    AUDIT = "audit"


MATTER_OF: Final[Mapping[Resource, Matter]] = {
    Resource.MASTERS: Matter.REFERENCE,
    Resource.CARRYING_ACCOUNTS: Matter.REFERENCE,
    Resource.LEGAL_PERSONS: Matter.REFERENCE,
    Resource.SUB_ACCOUNTS: Matter.REFERENCE,
    Resource.STRATEGIES: Matter.REFERENCE,
    Resource.CONTRACTS: Matter.REFERENCE,
    Resource.TIERS: Matter.REFERENCE,
    Resource.MANDATES: Matter.LIMITS,
    Resource.LIMITS: Matter.LIMITS,
    Resource.RULES: Matter.LIMITS,
    Resource.TRADING_STATES: Matter.LIMITS,
    Resource.USERS: Matter.PEOPLE,
    Resource.KEYS: Matter.PEOPLE,
    Resource.PLANS: Matter.CAPITAL,
    Resource.LEDGER: Matter.MONEY,
    Resource.SUSPENSE: Matter.BOOKS,
    Resource.PRICES: Matter.PRICES,
}
"""What two persons change, and the matter that says who they are."""

_WRITTEN = (
    Resource.ORDERS,
    Resource.BLOCK_ORDERS,
    Resource.ENVELOPES,
    Resource.PRICES,
    Resource.ALERTS,
)

_TIGHTENED = (
    Resource.SUB_ACCOUNTS,
    Resource.MANDATES,
    Resource.LIMITS,
    Resource.RULES,
    Resource.TRADING_STATES,
    Resource.TIERS,
    Resource.USERS,
    Resource.KEYS,
    Resource.PLANS,
    Resource.DRAFTS,
)


def _scope_table() -> dict[tuple[Resource, Verb], str]:
    rows = [(resource, Verb.READ) for resource in Resource]
    rows += [(resource, Verb.WRITE) for resource in _WRITTEN]
    rows += [(resource, Verb.PROPOSE) for resource in MATTER_OF]
    rows += [(resource, Verb.TIGHTEN) for resource in _TIGHTENED]
    rows.append((Resource.DRAFTS, Verb.APPROVE))
    return {(resource, verb): f"{resource}:{verb}" for resource, verb in rows}


SCOPE_OF: Final[Mapping[tuple[Resource, Verb], str]] = _scope_table()
"""The scope that each act takes; a pair that is missing is no act."""

MARKET_FACTS: Final = frozenset({Resource.CONTRACTS, Resource.PRICES})
"""What belongs to no account and is shown to whoever may read it, whatever sub-tree binds it."""

_ALL_READ = frozenset(scope for (_, verb), scope in SCOPE_OF.items() if verb is Verb.READ)
_PRIVATE = frozenset({"users:read", "keys:read", "audit:read", "drafts:read", "alerts:read"})
_BOOKS_READ = _ALL_READ - _PRIVATE


def _scopes(*names: str) -> frozenset[str]:
    return frozenset(names)


_STANDING: Final[Mapping[Role, frozenset[str]]] = {
    Role.VIEWER: _BOOKS_READ,
    Role.PORTFOLIO_MANAGER: _BOOKS_READ
    | _scopes("orders:write", "block_orders:write", "envelopes:write")
    | _scopes("trading_states:tighten", "alerts:read", "alerts:write"),
    Role.ALLOCATOR: _BOOKS_READ
    | _scopes("plans:tighten", "mandates:tighten", "trading_states:tighten")
    | _scopes("alerts:read", "alerts:write"),
    Role.RISK_OFFICER: (_ALL_READ - {"keys:read"})
    | _scopes("orders:write", "block_orders:write", "envelopes:write", "alerts:write")
    | _scopes("limits:tighten", "rules:tighten", "mandates:tighten", "sub_accounts:tighten")
    | _scopes("plans:tighten", "tiers:tighten", "trading_states:tighten")
    | _scopes("users:tighten", "keys:tighten"),
    Role.OPERATIONS: (_ALL_READ - {"keys:read"})
    | _scopes("prices:write", "trading_states:tighten", "alerts:write"),
    Role.COMPLIANCE: _ALL_READ
    | _scopes("limits:tighten", "mandates:tighten", "trading_states:tighten", "alerts:write")
    | _scopes("users:tighten", "keys:tighten"),
    Role.ADMINISTRATOR: _scopes("users:read", "keys:read", "tiers:read", "audit:read")
    | _scopes("masters:read", "carrying_accounts:read", "sub_accounts:read", "legal_persons:read")
    | _scopes("users:tighten", "keys:tighten", "tiers:tighten", "alerts:read", "alerts:write"),
}
"""What each role may do over a network beside drafts; the engine has its own rules beneath.

An administrator hands out keys and sees no position; a viewer sees books and no people.
"""


@lru_cache(maxsize=64)
def role_scopes(authority: Authority) -> Mapping[Role, frozenset[str]]:
    """Return the scopes of every role on a desk with this authority."""
    table = {role: set(scopes) for role, scopes in _STANDING.items()}
    for matter in Matter:
        power = authority.power(matter)
        for role in power.propose:
            proposed = (resource for resource, each in MATTER_OF.items() if each is matter)
            table[role].update(f"{resource}:{Verb.PROPOSE}" for resource in proposed)
            table[role].update(("drafts:read", "drafts:tighten"))
        for role in power.approve:
            table[role].update(("drafts:read", "drafts:approve", "drafts:tighten"))
    return {role: frozenset(scopes) for role, scopes in table.items()}


class Denial(StrEnum):
    """Why an act is not the caller's.

    HIDDEN is answered as if the thing did not exist: that another account has an order of this
    number is itself something to know.
    """

    NO_SUCH_ACT = "no such act"
    SCOPE = "scope"
    HIDDEN = "hidden"


@lru_cache(maxsize=1_024)  # a key brings the same of each in all of its requests
def scopes_of(
    key_scopes: tuple[str, ...] | None, roles: frozenset[Role], authority: Authority
) -> frozenset[str]:
    """Return what a key (None: a person's session) and the roles of its user both allow."""
    table = role_scopes(authority)
    of_roles: frozenset[str] = frozenset().union(*(table[role] for role in roles))
    return of_roles if key_scopes is None else of_roles.intersection(key_scopes)


def is_within(tree: AccountTree, node_id: str, sub_tree: str) -> bool:
    """Return whether a node is the root of a sub-tree or is under it; an unknown one is not."""
    return sub_tree in tree.path_of(node_id)


def denial_of(
    caller: Caller, resource: Resource, verb: Verb, node_id: str | None, tree: AccountTree
) -> Denial | None:
    """Return why the caller may not do this to a resource of a node, None when it may.

    ``node_id`` is None for what belongs to no node; of that, whoever is bound to a sub-tree reads
    the facts of the market and nothing else.  A list is asked for with the caller's own sub-tree,
    and what `is_within` leaves of it is shown.
    """
    scope = SCOPE_OF.get((resource, verb))
    if scope is None:
        return Denial.NO_SUCH_ACT
    if scope not in caller.scopes:
        return Denial.SCOPE
    if not caller.sub_tree:
        return None
    if node_id is None:
        is_fact = verb is Verb.READ and resource in MARKET_FACTS
        return None if is_fact else Denial.HIDDEN
    return None if is_within(tree, node_id, caller.sub_tree) else Denial.HIDDEN
