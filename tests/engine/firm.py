"""The firm of the engine's scenarios: two legal persons, four venues, three carrying accounts.

FUND holds the master account, C1 (net: New York, Frankfurt, Osaka), CN1 (gross: Shanghai) and the
omnibus account OMNI, in which CLIENT keeps a sub-account too.  ALPHA, BETA and GAMMA belong to
FUND; ALPHA and BETA carry the tag ``cut``.  One lot of CL is worth USD 1,000 a point, its margin is
10 % of its value, and it trades free of fees; ES costs 2.05 + 0.40 a lot.
"""

from datetime import date

import msgspec

from fencang.basics.money import parse_money
from fencang.basics.price import parse_price
from fencang.messages.commands import DefineDesk
from fencang.refdata.account import (
    CarryingAccount,
    Mandate,
    MasterAccount,
    PositionMode,
    Route,
    SubAccount,
)
from fencang.refdata.contract import Contract, FeeSchedule, Product
from fencang.refdata.limit import PositionLimit
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.venue import Venue

MONDAY, TUESDAY, WEDNESDAY = date(2020, 4, 20), date(2020, 4, 21), date(2020, 4, 22)
SATURDAY = date(2020, 4, 25)
SECOND = 1_000_000_000
DAY = 86_400 * SECOND
PRODUCTS = ("CL", "ES", "FDAX", "NK", "CU")
money, price = parse_money, parse_price


def product(product_id, venue_id, currency, point_value, tick, **more):
    return Product(
        product_id=product_id,
        venue_id=venue_id,
        name=product_id,
        currency=currency,
        point_value_micros=money(point_value),
        tick_nanos=price(tick),
        **more,
    )


def sub_account(name, owner="FUND", parent=None, tags=(), routes=None, **mandate):
    mandate = {"leverage_max_ppm": 20_000_000, "products": PRODUCTS, **mandate}
    if routes is None:
        routes = {"NYMEX": "C1", "EUREX": "C1", "OSE": "C1", "SHFE": "CN1"}
    return SubAccount(
        sub_account_id=name,
        owner_id=owner,
        name=name,
        mandate=Mandate(tags=tags, **mandate),
        routes=tuple(
            Route(venue_id=venue, carrying_account_id=account) for venue, account in routes.items()
        ),
        parent_id=parent,
    )


def limit(node, scope, long_lots, short_lots=None):
    short_lots = long_lots if short_lots is None else short_lots
    return PositionLimit(
        node_id=node, scope_id=scope, long_lots_max=long_lots, short_lots_max=short_lots
    )


def rule(rule_id="STORM", **changes):
    """VIX up 5 % against its last close: keep half, hold a day."""
    settings = {
        "indicator": "VIX",
        "tag": "cut",
        "rise_ppm": 50_000,
        "keep_ppm": 500_000,
        "hold_ns": DAY,
    }
    return IndicatorRule(rule_id=rule_id, **{**settings, **changes})


def define(*items, by="risk", approved_by="boss"):
    return DefineDesk(items=items, entered_by=by, approved_by=approved_by)


PERSONS = (
    LegalPerson(person_id="FUND", name="Fund", jurisdiction="US"),
    LegalPerson(person_id="CLIENT", name="Client", jurisdiction="US"),
)
VENUES = (
    Venue(venue_id="NYMEX", name="New York", country="US"),
    Venue(venue_id="EUREX", name="Frankfurt", country="DE"),
    Venue(venue_id="OSE", name="Osaka", country="JP"),
    Venue(venue_id="SHFE", name="Shanghai", country="CN", one_owner_only=True),
)
CL = product("CL", "NYMEX", "USD", "1000", "0.01")
ES = product(
    "ES",
    "NYMEX",
    "USD",
    "50",
    "0.25",
    positive_prices_only=True,
    order_quantity_max=50,
    fees=FeeSchedule(per_lot_micros=money("2.05"), clearing_per_lot_micros=money("0.40")),
)
FDAX = product("FDAX", "EUREX", "EUR", "25", "0.5")
NK = product("NK", "OSE", "JPY", "1000", "5")
CU = product(
    "CU",
    "SHFE",
    "CNY",
    "5",
    "10",
    fees=FeeSchedule(per_lot_micros=money("10"), close_today_per_lot_micros=money("0")),
)
CONTRACTS = (
    Contract(contract_id="CLM0", product_id="CL"),
    Contract(contract_id="CLZ0", product_id="CL", first_trading_day=TUESDAY),
    Contract(contract_id="CLK0", product_id="CL", last_trading_day=MONDAY),
    Contract(contract_id="CLN0", product_id="CL"),
    Contract(contract_id="ESM0", product_id="ES"),
    Contract(contract_id="FDAX", product_id="FDAX"),
    Contract(contract_id="NKM0", product_id="NK"),
    Contract(contract_id="CU06", product_id="CU"),
)
MASTER = MasterAccount(
    master_account_id="MASTER", person_id="FUND", name="Master", base_currency="USD"
)
C1 = CarryingAccount(
    carrying_account_id="C1", holder_id="FUND", broker="B", venues=("NYMEX", "EUREX", "OSE")
)
CN1 = CarryingAccount(
    carrying_account_id="CN1",
    holder_id="FUND",
    broker="B",
    venues=("SHFE", "NYMEX"),
    position_mode=PositionMode.GROSS,
)
OMNI = CarryingAccount(
    carrying_account_id="OMNI", holder_id="FUND", broker="B", venues=("NYMEX",), omnibus=True
)
ALPHA, BETA = sub_account("ALPHA", tags=("cut",)), sub_account("BETA", tags=("cut",))
GAMMA = sub_account("GAMMA")
FIRM = (
    *PERSONS,
    *VENUES,
    CL,
    ES,
    FDAX,
    NK,
    CU,
    *CONTRACTS,
    MASTER,
    C1,
    CN1,
    OMNI,
    ALPHA,
    BETA,
    GAMMA,
    sub_account("CLIENT1", owner="CLIENT", routes={"NYMEX": "OMNI"}),
    sub_account("FUNDOMNI", routes={"NYMEX": "OMNI"}),
    limit("MASTER", "*", 1_000),
)


def changed(item, **fields):
    """Return a definition with some fields changed."""
    return msgspec.structs.replace(item, **fields)
