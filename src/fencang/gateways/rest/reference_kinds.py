"""Every kind of reference value over the API: its path, its rights, the filters of its list."""

from typing import Any, NamedTuple, get_args

from fencang.gateways.doors.scopes import Resource, Verb
from fencang.refdata.account import CarryingAccount, MasterAccount, SubAccount
from fencang.refdata.api_key import ApiKey
from fencang.refdata.authority import Authority, Delegation
from fencang.refdata.broker_terms import BrokerAddOn, CrossMargin
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem, DeskSettings
from fencang.refdata.evasion import EvasionWatch
from fencang.refdata.fees import FeeRow
from fencang.refdata.funding import FundingTerms, InterestRate, SweepTarget
from fencang.refdata.loss_limit import LiquidationTerms
from fencang.refdata.margin_rate import MarginRate
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.self_match import SelfMatch
from fencang.refdata.service_tier import ServiceTier
from fencang.refdata.user import User
from fencang.refdata.venue import Venue

__all__ = ["FILTERS", "KINDS", "KIND_OF", "Kind"]

FILTERS = {
    "owner_id": "this owner",
    "person_id": "this legal person",
    "user_id": "this user",
    "venue_id": "this venue",
    "product_id": "this product",
    "carrying_account_id": "this carrying account",
    "sub_account_id": "this sub-account",
    "parent_id": "sub-accounts nested in this one",
    "node_id": "this node",
    "scope_id": "this scope: a contract, a product or *",
    "regime_id": "this regime",
    "group_id": "this group",
    "service_tier": "this service tier",
    "currency": "this currency",
}
"""Fields that lists are filtered by, in kinds that have them, and what a row is then of."""


class Kind(NamedTuple):
    """A kind of reference values; ``one`` and ``many`` are its names in operations and paths."""

    item: type[Any]
    one: str
    many: str
    resource: Resource
    change: Verb

    @property
    def path(self) -> str:
        """Where its values are."""
        return "/" + self.many.replace("_", "-")

    @property
    def tag(self) -> str:
        """Under which its operations stand together."""
        return self.many.replace("_", " ")

    @property
    def words(self) -> str:
        """What its values are called."""
        return self.tag.replace("sub account", "sub-account")

    @property
    def scope(self) -> str:
        """What a key needs to see them."""
        return f"{self.resource}:{Verb.READ}"

    @property
    def change_scope(self) -> str:
        """What a key needs to change one; what one person may change alone the desk decides."""
        return f"{self.resource}:{self.change}"

    @property
    def filters(self) -> tuple[str, ...]:
        """The fields that a list of them is filtered by."""
        return tuple(name for name in FILTERS if name in self.item.__struct_fields__)


_NAMES: dict[type[Any], tuple[str, str]] = {
    DeskSettings: ("settings", "settings"),
    MasterAccount: ("master", "masters"),
    IndicatorRule: ("rule", "rules"),
    ServiceTier: ("tier", "tiers"),
    ApiKey: ("key", "keys"),
    Authority: ("authority", "authority"),
    SelfMatch: ("self_match_control", "self_match_controls"),
    EvasionWatch: ("evasion_terms", "evasion_terms"),
    FundingTerms: ("funding_terms", "funding_terms"),
    LiquidationTerms: ("liquidation_terms", "liquidation_terms"),
}
"""Names that are other than those of the class, or have no plural of their own."""

_RIGHTS: dict[type[Any], tuple[Resource, Verb]] = {
    DeskSettings: (Resource.MASTERS, Verb.PROPOSE),
    MasterAccount: (Resource.MASTERS, Verb.PROPOSE),
    LegalPerson: (Resource.LEGAL_PERSONS, Verb.PROPOSE),
    Venue: (Resource.CONTRACTS, Verb.PROPOSE),
    Product: (Resource.CONTRACTS, Verb.PROPOSE),
    Contract: (Resource.CONTRACTS, Verb.PROPOSE),
    CarryingAccount: (Resource.CARRYING_ACCOUNTS, Verb.PROPOSE),
    MarginRate: (Resource.CARRYING_ACCOUNTS, Verb.PROPOSE),
    BrokerAddOn: (Resource.CARRYING_ACCOUNTS, Verb.PROPOSE),
    CrossMargin: (Resource.CARRYING_ACCOUNTS, Verb.PROPOSE),
    FeeRow: (Resource.CARRYING_ACCOUNTS, Verb.PROPOSE),
    FundingTerms: (Resource.CARRYING_ACCOUNTS, Verb.PROPOSE),
    InterestRate: (Resource.CARRYING_ACCOUNTS, Verb.PROPOSE),
    SweepTarget: (Resource.CARRYING_ACCOUNTS, Verb.PROPOSE),
    SubAccount: (Resource.SUB_ACCOUNTS, Verb.TIGHTEN),
    IndicatorRule: (Resource.RULES, Verb.TIGHTEN),
    ServiceTier: (Resource.TIERS, Verb.TIGHTEN),
    User: (Resource.USERS, Verb.TIGHTEN),
    Delegation: (Resource.USERS, Verb.TIGHTEN),
    Authority: (Resource.USERS, Verb.TIGHTEN),
    ApiKey: (Resource.KEYS, Verb.TIGHTEN),
}
"""Everything else limits what is done: rows of nodes, and bodies of rules with their ties."""


def _kind(item: type[Any]) -> Kind:
    one = "".join("_" + each.lower() if each.isupper() else each for each in item.__name__)[1:]
    names = _NAMES.get(item, (one, one + "s"))
    return Kind(item, *names, *_RIGHTS.get(item, (Resource.LIMITS, Verb.TIGHTEN)))


KINDS: tuple[Kind, ...] = tuple(map(_kind, get_args(DeskItem)))
KIND_OF: dict[str, Kind] = {kind.item.__name__: kind for kind in KINDS}
"""Kinds by the name of their class, as ``/definitions`` names them."""
