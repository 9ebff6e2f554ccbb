"""Settings of the whole desk, and the union of everything a ``DefineDesk`` command may carry."""

from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.refdata.account import CarryingAccount, MasterAccount, SubAccount
from fencang.refdata.contract import Contract, Product
from fencang.refdata.definition import Definition
from fencang.refdata.limit import PositionLimit
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.venue import Venue

__all__ = ["DeskItem", "DeskSettings"]


class DeskSettings(Definition, tag="DeskSettings.1"):
    """Numbers that hold for the whole desk.

    ``route_age_ns_max``: an order in doubt that the venue denies knowing is resent only when it is
    younger than this.  ``currency_haircut_ppm`` lowers the value of foreign credit balances and
    raises foreign debits when the pool values itself.  ``plan_age_ns_max``: an approved plan older
    than this is refused.
    """

    route_age_ns_max: Annotated[int, msgspec.Meta(ge=0)] = 5 * SECOND_NS
    currency_haircut_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    plan_age_ns_max: Annotated[int, msgspec.Meta(ge=0)] = 4 * DAY_NS


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
)
