"""Faults of one reference value on its own; faults between values are found by the engine."""

from fencang.basics.price import NANOS
from fencang.refdata.account import CarryingAccount, SubAccount, side_node_of
from fencang.refdata.authority import AuthorityItem, authority_item_faults
from fencang.refdata.broker_terms import (
    BrokerAddOn,
    CrossMargin,
    broker_add_on_faults,
    cross_margin_faults,
)
from fencang.refdata.contract import CashStyle, Contract, ContractKind, Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.fees import FeeRow, fee_row_faults
from fencang.refdata.funding import (
    FundingTerms,
    InterestRate,
    funding_terms_faults,
    interest_rate_faults,
)
from fencang.refdata.margin_rate import MarginRate, margin_rate_faults
from fencang.refdata.person import LegalPerson
from fencang.refdata.regime_faults import regime_item_faults
from fencang.refdata.risk import RiskItem, risk_item_faults
from fencang.refdata.rule import IndicatorRule, ReferenceKind
from fencang.refdata.ties import RegimeItem

__all__ = ["faults_of", "is_lei"]


def is_lei(text: str) -> bool:
    """Return whether the text is a Legal Entity Identifier with right check digits (ISO 17442).

    20 characters, letters counted as 10 to 35, the whole number modulo 97 equal to 1 (ISO 7064).
    """
    if len(text) != 20 or not text.isascii() or not text.isalnum() or text != text.upper():
        return False
    if not text[18:].isdigit():
        return False
    return int("".join(str(int(character, 36)) for character in text)) % 97 == 1


def faults_of(item: DeskItem) -> list[str]:
    """Return what is wrong with one reference value, in plain words; empty when nothing is."""
    match item:
        case LegalPerson():
            return _person_faults(item)
        case Product():
            return _product_faults(item)
        case Contract():
            return _contract_faults(item)
        case CarryingAccount(venues=venues) if len(set(venues)) < len(venues):
            return ["venues names a venue twice"]
        case SubAccount(routes=routes):
            routed = [route.venue_id for route in routes]
            if len(set(routed)) < len(routed):
                return ["routes names a venue twice; a venue has one carrying account"]
            if side_node_of(item.sub_account_id) is not None:
                return [f"{item.sub_account_id}: carrying:, venue: and person: name other nodes"]
        case IndicatorRule(reference=ReferenceKind.WINDOW_LOW, window_ns=0):
            return ["window_ns must be above 0 when the reference is window_low"]
        case MarginRate():
            return margin_rate_faults(item)
        case BrokerAddOn():
            return broker_add_on_faults(item)
        case CrossMargin():
            return cross_margin_faults(item)
        case FeeRow():
            return fee_row_faults(item)
        case FundingTerms():
            return funding_terms_faults(item)
        case InterestRate():
            return interest_rate_faults(item)
        case _ if isinstance(item, RiskItem):
            return risk_item_faults(item)
        case _ if isinstance(item, RegimeItem):
            return regime_item_faults(item)
        case _ if isinstance(item, AuthorityItem):
            return authority_item_faults(item)
        case _:
            pass
    return []


def _person_faults(person: LegalPerson) -> list[str]:
    faults = []
    if person.lei and not is_lei(person.lei):
        faults.append(f"lei {person.lei!r} is not a valid LEI (20 characters, ISO 7064 check)")
    country = person.jurisdiction
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        faults.append(f"jurisdiction {country!r} is not a two-letter ISO 3166 code")
    return faults


def _contract_faults(contract: Contract) -> list[str]:
    faults = []
    first, last = contract.first_trading_day, contract.last_trading_day
    if first and last and first > last:
        faults.append(f"last_trading_day {last} lies before first_trading_day {first}")
    if (contract.right is None) != (contract.strike_nanos is None):
        faults.append("an option has both right and strike_nanos, everything else neither")
    if contract.right is None and contract.underlying_id is not None:
        faults.append("underlying_id is for options; this contract has no right and no strike")
    return faults


def _product_faults(product: Product) -> list[str]:
    faults = _kind_faults(product)
    if product.tick_nanos % product.mark_tick_nanos:
        faults.append("tick_nanos must be a multiple of settlement_tick_nanos")
    if product.mark_tick_nanos * product.point_value_micros % NANOS:
        faults.append(
            "one settlement tick is worth a fraction of a micro: "
            "settlement_tick_nanos × point_value_micros must be a multiple of 1,000,000,000"
        )
    return faults


def _kind_faults(product: Product) -> list[str]:
    faults = []
    kind, style = product.kind, product.cash_style
    if (kind is ContractKind.OPTION) != (product.option is not None):
        faults.append("option terms belong to products of kind option, and to those always")
    if style is CashStyle.PREMIUM and kind is not ContractKind.OPTION:
        faults.append(f"a {kind} pays no premium; its cash_style is daily_variation or at_end")
    if style is CashStyle.AT_END and kind is not ContractKind.FORWARD:
        faults.append(f"a {kind} is not settled at the end alone; only forwards are")
    if product.option is not None and product.fallback_margin:
        faults.append("fallback_margin: a rate of the premium would margin no short option")
    return faults
