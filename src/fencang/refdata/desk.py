"""Settings of the whole desk, and the union of everything a ``DefineDesk`` command may carry."""

from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.refdata.account import CarryingAccount, MasterAccount, SubAccount
from fencang.refdata.authority import AuthorityItem
from fencang.refdata.broker_terms import BrokerAddOn, CrossMargin
from fencang.refdata.contract import Contract, Product
from fencang.refdata.definition import Definition
from fencang.refdata.fees import FeeRow
from fencang.refdata.funding import FundingTerms, InterestRate, SweepTarget
from fencang.refdata.limit import PositionLimit
from fencang.refdata.margin_rate import MarginRate
from fencang.refdata.person import LegalPerson
from fencang.refdata.risk import RiskItem
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.ties import RegimeItem
from fencang.refdata.venue import Venue

__all__ = ["DayPolicy", "DeskAttribution", "DeskItem", "DeskSettings"]


class DeskAttribution(StrEnum):
    """By which rule the daily publication divides an owner's pool (``margin.attribution``).

    Shapley is not among them: it needs a requirement for every group of books.
    """

    EULER = "euler"
    CAPPED = "capped"
    PROPORTIONAL = "proportional"


class DayPolicy(StrEnum):
    """Whether trading days must be opened and closed one after the other, or may be."""

    LENIENT = "lenient"
    STRICT = "strict"


class DeskSettings(Definition, tag="DeskSettings.1"):
    """Numbers that hold for the whole desk.

    ``route_age_ns_max``: an order in doubt that the venue denies knowing is resent only when it is
    younger than this.  ``currency_haircut_ppm`` lowers the value of foreign credit balances and
    raises foreign debits when the pool values itself.  ``plan_age_ns_max``: an approved plan older
    than this is refused.  ``span_age_days_max``: a SPAN file older than this (calendar days before
    the trading day) is stale, and its requirements count ``span_stale_ppm`` of themselves.
    ``attribution`` divides what is published; it binds no order.  ``day_policy``: under ``strict``
    sessions open only inside an open trading day, and a day opens only after the one before it was
    closed.  ``settlement_days_max``: of so many days positions at settlement are kept, so that a
    settlement price can be corrected.
    ``transfers_at_cost`` lets two persons move positions between sub-accounts at cost, profit and
    loss going with them.
    """

    route_age_ns_max: Annotated[int, msgspec.Meta(ge=0, le=1 << 62)] = 5 * SECOND_NS
    currency_haircut_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    plan_age_ns_max: Annotated[int, msgspec.Meta(ge=0, le=1 << 62)] = 4 * DAY_NS
    span_age_days_max: Annotated[int, msgspec.Meta(ge=0, le=365)] = 4
    span_stale_ppm: Annotated[int, msgspec.Meta(ge=1_000_000, le=100_000_000)] = 1_200_000
    attribution: DeskAttribution = DeskAttribution.EULER
    day_policy: DayPolicy = DayPolicy.LENIENT
    settlement_days_max: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5
    transfers_at_cost: bool = False


DeskItem = (
    DeskSettings
    | LegalPerson
    | Venue
    | Product
    | Contract
    | MasterAccount
    | CarryingAccount
    | SubAccount
    | PositionLimit
    | IndicatorRule
    | MarginRate
    | BrokerAddOn
    | CrossMargin
    | FeeRow
    | FundingTerms
    | InterestRate
    | SweepTarget
    | RiskItem
    | RegimeItem
    | AuthorityItem
)
