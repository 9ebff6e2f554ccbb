"""What the firm's broker and clearing houses agree on beside margin: add-ons, a second house.

GOLD is of the house COMEX and asks 4,500 a lot (USD); an agreement credits CL against GOLD: half
of the smaller requirement on both legs, at most 60,000 for both.
"""

from datetime import date

from fencang.messages import commands as cmd
from fencang.refdata.broker_terms import BrokerAddOn, CrossMargin, CrossMarginLeg
from fencang.refdata.contract import Contract
from fencang.refdata.venue import Venue
from tests.engine.firm import (
    ALPHA,
    BETA,
    C1,
    GAMMA,
    PRODUCTS,
    changed,
    define,
    limit,
    money,
    product,
    sub_account,
)
from tests.engine.span_firm import METALS, use_span

COMEX = Venue(venue_id="COMEX", name="Metals", country="US")
GOLD = product("GOLD", "COMEX", "USD", "100", "0.1")
GOLD_CONTRACT = Contract(contract_id="GCM0", product_id="GOLD", margin_key="XYZ/GC/FUT/202006")
ROUTES = {"NYMEX": "C1", "EUREX": "C1", "OSE": "C1", "SHFE": "CN1", "COMEX": "C1"}


def concentration(free_lots=10, per_lot="100", scope=("CL",), name="BIG", account="C1"):
    return BrokerAddOn(
        add_on_id=name,
        carrying_account_id=account,
        currency="USD",
        scope_ids=scope,
        free_lots=free_lots,
        per_lot_micros=money(per_lot),
    )


def fixed(amount, currency="USD", account="C1"):
    return BrokerAddOn(
        add_on_id="DEPOSIT",
        carrying_account_id=account,
        currency=currency,
        amount_micros=money(amount),
    )


def agreement(offset_ppm=500_000, cap="60000", name="CROSS", **more):
    terms = {
        "agreement_id": name,
        "carrying_account_id": "C1",
        "first": CrossMarginLeg(clearing_house="NYMEX", commodity="CL"),
        "second": CrossMarginLeg(clearing_house="COMEX", commodity="GC"),
        "offset_ppm": offset_ppm,
        "cap_micros": money(cap),
    }
    return CrossMargin(**{**terms, **more})


def use_two_houses(desk, *items):
    """Let C1 reach COMEX, put files of both houses in force, define what else is given."""
    model = sub_account("ALPHA", routes=ROUTES, products=(*PRODUCTS, "GOLD"))
    subs = [
        changed(sub, routes=model.routes, mandate=changed(model.mandate, tags=sub.mandate.tags))
        for sub in (ALPHA, BETA, GAMMA)
    ]
    account = changed(C1, venues=(*C1.venues, "COMEX"))
    desk.done(define(COMEX, GOLD, GOLD_CONTRACT, account, *subs, limit("MASTER", "*", 1_000)))
    desk.done(cmd.OpenSession(venue_id="COMEX", trading_day=date(2020, 4, 20)))
    desk.mark(GCM0="1700")
    use_span(desk)
    desk.done(
        cmd.LoadSpanParameters(
            clearing_house="COMEX",
            sha256=METALS,
            bytes_count=1,
            parser_version=1,
            business_date=date(2020, 4, 17),
        )
    )
    desk.done(cmd.ActivateSpanParameters(clearing_house="COMEX", sha256=METALS))
    if items:
        desk.done(define(*items))
