"""A desk drawn from a seed: persons, venues, products, accounts, limits and rules.

Everything is within the rules of ``refdata``, so the desk must take it; what is wrong on purpose
comes from the workload.
"""

from datetime import date

from fencang.refdata.account import (
    CarryingAccount,
    Mandate,
    MasterAccount,
    PositionMode,
    Route,
    SubAccount,
)
from fencang.refdata.contract import Contract, CostMethod, FeeSchedule, Product
from fencang.refdata.desk import DeskItem, DeskSettings
from fencang.refdata.limit import PositionLimit
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule, ReferenceKind
from fencang.refdata.venue import Venue
from fencang.simulation.random import Chance
from fencang.simulation.swarm import Swarm

__all__ = ["FIRST_DAY", "FUND", "MASTER", "draw_desk", "starting_prices_ticks"]

FUND = "FUND"
MASTER = "MASTER"
FIRST_DAY = date(2018, 2, 5)
HOUR_NS = 3_600_000_000_000

_NET, _GROSS = "XNET", "XGRO"


def draw_desk(chance: Chance, swarm: Swarm) -> list[DeskItem]:
    """Return the reference values of one seed's desk, in an order in which they can be defined."""
    owners = [FUND, "CLIENT-A", "CLIENT-B"] if swarm.has_owners else [FUND]
    items: list[DeskItem] = [
        DeskSettings(
            route_age_ns_max=swarm.route_age_ns,
            currency_haircut_ppm=chance.one_of((0, 50_000)),
        ),
        *(LegalPerson(person_id=owner, name=owner, jurisdiction="US") for owner in owners),
        Venue(venue_id=_NET, name="net venue", country="US"),
        Venue(
            venue_id=_GROSS,
            name="gross venue",
            country="CN",
            one_owner_only=chance.strikes(500_000),
        ),
        MasterAccount(master_account_id=MASTER, person_id=FUND, name="master", base_currency="USD"),
        *_products(swarm),
        *_contracts(swarm),
        *_carrying(swarm),
    ]
    looks_through = any(isinstance(item, Venue) and item.one_owner_only for item in items)
    subs = _sub_accounts(chance, swarm, owners, looks_through=looks_through)
    return [*items, *subs, *_limits(chance, swarm, subs), *_rules(chance, swarm)]


def _products(swarm: Swarm) -> list[Product]:
    today = 3_000_000 if swarm.has_close_today_fees else None
    fees = FeeSchedule(
        per_lot_micros=2_050_000, clearing_per_lot_micros=400_000, close_today_per_lot_micros=today
    )
    by_value = FeeSchedule(notional_ppm=37, close_today_per_lot_micros=today)
    products = [
        Product(
            product_id="ES",
            venue_id=_NET,
            name="index",
            currency="USD",
            point_value_micros=50_000_000,
            tick_nanos=250_000_000,
            settlement_tick_nanos=10_000_000,
            fees=fees,
            margin_ppm=50_000,
            order_quantity_max=20,
        ),
        Product(
            product_id="CL",
            venue_id=_NET,
            name="crude",
            currency="USD",
            point_value_micros=1_000_000_000,
            tick_nanos=10_000_000,
            cost_method=CostMethod.AVERAGE,
            fees=by_value,
            margin_floor_micros=2_000_000_000,
            order_quantity_max=30,
        ),
    ]
    if swarm.has_currencies:
        products += _foreign_products(fees, by_value)
    if swarm.has_gross:
        products.append(_gross_product(fees, "CNY" if swarm.has_currencies else "USD"))
    return products


def _foreign_products(fees: FeeSchedule, by_value: FeeSchedule) -> list[Product]:
    return [
        Product(
            product_id="RX",
            venue_id=_NET,
            name="bond",
            currency="EUR",
            point_value_micros=1_000_000_000,
            tick_nanos=10_000_000,
            fees=fees,
            margin_ppm=20_000,
        ),
        Product(
            product_id="NK",
            venue_id=_NET,
            name="index",
            currency="JPY",
            point_value_micros=1_000_000_000,
            tick_nanos=5_000_000_000,
            fees=by_value,
        ),
    ]


def _gross_product(fees: FeeSchedule, currency: str) -> Product:
    return Product(
        product_id="RB",
        venue_id=_GROSS,
        name="rebar",
        currency=currency,
        point_value_micros=10_000_000,
        tick_nanos=1_000_000_000,
        fees=fees,
        positive_prices_only=True,
        order_quantity_max=40,
    )


def _contracts(swarm: Swarm) -> list[Contract]:
    contracts = [
        Contract(contract_id="ESH8", product_id="ES"),
        Contract(contract_id="CLX", product_id="CL"),
    ]
    contracts += [
        Contract(contract_id="CLH8", product_id="CL", last_trading_day=date(2018, 2, 7)),
        Contract(contract_id="ESM8", product_id="ES", first_trading_day=date(2018, 2, 6)),
    ]
    if swarm.has_currencies:
        contracts += [
            Contract(contract_id="RXH8", product_id="RX"),
            Contract(contract_id="NKH8", product_id="NK"),
        ]
    if swarm.has_gross:
        contracts.append(Contract(contract_id="RB1805", product_id="RB"))
    return contracts


def starting_prices_ticks(swarm: Swarm, contract: Contract) -> int:
    """Return where a contract's price begins, in ticks of its product."""
    crude = 40 if swarm.has_negative_prices else 6_500
    return {"ES": 10_800, "CL": crude, "RX": 15_800, "NK": 4_500, "RB": 3_900}[contract.product_id]


def _carrying(swarm: Swarm) -> list[CarryingAccount]:
    accounts = [
        CarryingAccount(
            carrying_account_id="C-NET",
            holder_id=FUND,
            broker="one",
            venues=(_NET,),
            omnibus=swarm.has_owners,
        ),
        CarryingAccount(
            carrying_account_id="C-NET-2",
            holder_id=FUND,
            broker="two",
            venues=(_NET,),
            position_mode=PositionMode.GROSS if swarm.has_mixed_modes else PositionMode.NET,
            omnibus=swarm.has_owners,
        ),
        CarryingAccount(
            carrying_account_id="C-GROSS",
            holder_id=FUND,
            broker="three",
            venues=(_GROSS,),
            position_mode=PositionMode.GROSS,
            omnibus=swarm.has_owners,
        ),
    ]
    if swarm.has_owners:
        accounts.append(
            CarryingAccount(
                carrying_account_id="C-OWN", holder_id="CLIENT-A", broker="four", venues=(_NET,)
            )
        )
    return accounts


def _sub_accounts(
    chance: Chance, swarm: Swarm, owners: list[str], *, looks_through: bool
) -> list[SubAccount]:
    products = tuple(product.product_id for product in _products(swarm))
    subs: list[SubAccount] = []
    for number in range(swarm.sub_accounts):
        owner = chance.one_of(owners)
        kin = [sub.sub_account_id for sub in subs if sub.owner_id == owner]
        net = chance.one_of(("C-NET", "C-NET", "C-NET-2"))
        if owner == "CLIENT-A" and chance.strikes(500_000):
            net = "C-OWN"
        routes = [Route(venue_id=_NET, carrying_account_id=net)]
        if owner == FUND or not looks_through:
            routes.append(Route(venue_id=_GROSS, carrying_account_id="C-GROSS"))
        subs.append(
            SubAccount(
                sub_account_id=f"S{number}",
                owner_id=owner,
                name=f"book {number}",
                mandate=Mandate(
                    leverage_max_ppm=chance.one_of((2_000_000, 10_000_000, 100_000_000)),
                    products=products if chance.strikes(800_000) else products[:1],
                    tags=("RISKY",) if number == 0 or chance.strikes(600_000) else (),
                ),
                routes=tuple(routes),
                parent_id=chance.one_of(kin) if kin and swarm.has_nesting else None,
            )
        )
    return subs


def _limits(chance: Chance, swarm: Swarm, subs: list[SubAccount]) -> list[PositionLimit]:
    most = 25 if swarm.has_tight_limits else 400
    limits = [PositionLimit(node_id=MASTER, scope_id="*", long_lots_max=most, short_lots_max=most)]
    scopes = ("*", "CL", "ESH8", "RB") if swarm.has_gross else ("*", "CL", "ESH8")
    places = [(sub.sub_account_id, scope) for sub in subs for scope in scopes]
    limits += [
        PositionLimit(
            node_id=node,
            scope_id=scope,
            long_lots_max=chance.below(15),
            short_lots_max=chance.below(15),
        )
        for node, scope in places
        if swarm.has_tight_limits and chance.strikes(250_000)
    ]
    return limits


def _rules(chance: Chance, swarm: Swarm) -> list[IndicatorRule]:
    if not swarm.has_rules:
        return []
    return [
        IndicatorRule(
            rule_id="VIX-CLOSE",
            indicator="VIX",
            tag="RISKY",
            rise_ppm=50_000,
            keep_ppm=chance.one_of((0, 300_000, 500_000)),
            hold_ns=chance.one_of((0, HOUR_NS, 30 * HOUR_NS)),
            attempts_max=chance.between(1, 4),
        ),
        IndicatorRule(
            rule_id="VIX-MINUTES",
            indicator="VIX",
            tag="RISKY",
            rise_ppm=80_000,
            keep_ppm=600_000,
            hold_ns=HOUR_NS,
            reference=ReferenceKind.WINDOW_LOW,
            window_ns=HOUR_NS // 2,
        ),
    ][: chance.between(1, 2)]
