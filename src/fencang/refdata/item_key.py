"""What identifies a reference value among its kind."""

from fencang.refdata.account import CarryingAccount, MasterAccount, SubAccount
from fencang.refdata.authority import AuthorityItem
from fencang.refdata.broker_terms import BrokerAddOn, CrossMargin
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem, DeskSettings
from fencang.refdata.fees import FeeRow
from fencang.refdata.funding import FundingTerms, InterestRate, SweepTarget
from fencang.refdata.limit import PositionLimit
from fencang.refdata.margin_rate import MarginRate
from fencang.refdata.person import LegalPerson
from fencang.refdata.risk import RiskItem
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.ties import RegimeItem
from fencang.refdata.venue import Venue

__all__ = ["item_key", "item_name"]

_THE_DESKS = "desk"
"""What the values are called that a desk has one of."""


def item_key(item: DeskItem) -> tuple[str, ...]:
    """Return the name of its kind and what identifies a value in it; no text when there is one."""
    kind = type(item).__name__
    match item:
        case PositionLimit(node_id=node, scope_id=scope):
            return kind, node, scope
        case MarginRate(scope_id=scope, from_day=day, account_type=account_type):
            of_type = () if account_type is None else (account_type.value,)
            return kind, scope, day.isoformat(), *of_type
        case FeeRow(row_id=row, scope_id=scope, from_day=day):
            place = (item.carrying_account_id, item.service_tier)
            return kind, row, scope, *place, day.isoformat()
        case FundingTerms(carrying_account_id=carrying, currency=currency, from_day=day):
            return kind, carrying, currency, day.isoformat()
        case InterestRate(scope=of, scope_id=scope, currency=currency, from_day=day):
            return kind, of.value, scope, currency, day.isoformat()
        case SweepTarget(carrying_account_id=carrying, owner_id=owner, currency=currency):
            return kind, carrying, owner, currency
        case DeskSettings() | MasterAccount():
            return (kind,)
        case _ if isinstance(item, RegimeItem | RiskItem | AuthorityItem):
            return kind, *item.key
        case (
            LegalPerson(person_id=identifier)
            | Venue(venue_id=identifier)
            | Product(product_id=identifier)
            | Contract(contract_id=identifier)
            | CarryingAccount(carrying_account_id=identifier)
            | SubAccount(sub_account_id=identifier)
            | IndicatorRule(rule_id=identifier)
            | BrokerAddOn(add_on_id=identifier)
            | CrossMargin(agreement_id=identifier)
        ):
            return kind, identifier


def item_name(item: DeskItem) -> str:
    """Return what a value is called among its kind, as one text: parts of its key with | between.

    No part has a | in it.  The master account goes by its identifier, though there is one.
    """
    if isinstance(item, MasterAccount):
        return item.master_account_id
    return "|".join(item_key(item)[1:]) or _THE_DESKS
