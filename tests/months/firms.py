"""The firms of the three months: who trades, what a lot is worth, what a fill and a night cost.

All are made of the firm of the engine's scenarios; venues take their holidays from the calendars.
"""

from datetime import date

from fencang.parameters.calendar.days import holidays
from fencang.parameters.calendar.shipped import load_calendar
from fencang.refdata.contract import (
    CashStyle,
    Contract,
    DeliveryGuard,
    DeliveryPolicy,
    FeeSchedule,
    OptionRight,
)
from fencang.refdata.fees import FeeKind
from tests.engine import firm, option_firm
from tests.engine.day_acts import STRICT
from tests.engine.firm import changed, limit, money, price, product, sub_account
from tests.engine.money_firm import broker_pays, reserve_pays, row, year_of
from tests.engine.span_firm import KEYS

CALENDARS = {
    "NYMEX": load_calendar("cme-energy"),
    "EUREX": load_calendar("eurex"),
    "OSE": load_calendar("ose-index"),
    "SHFE": load_calendar("shfe-0100"),
}
HERE = {"NYMEX": "C1"}
YEAR = date(2019, 1, 1)
SUBS = ("ALPHA", "BETA", "GAMMA")


def venues(*names):
    """Return venues whose weekends and holidays are those of their calendars."""
    return [
        changed(
            venue,
            timezone=CALENDARS[venue.venue_id].timezone,
            weekend_days=CALENDARS[venue.venue_id].weekend_days,
            holidays=holidays(CALENDARS[venue.venue_id]),
        )
        for venue in firm.VENUES
        if venue.venue_id in names
    ]


CL = changed(
    firm.CL,
    fees=FeeSchedule(per_lot_micros=money("1.50"), clearing_per_lot_micros=money("0.85")),
)


def april():
    """Futures of four currencies; copper pays by value and by lot, more for closing today."""
    return (
        *firm.PERSONS,
        *venues("NYMEX", "EUREX", "OSE", "SHFE"),
        firm.MASTER,
        firm.C1,
        firm.CN1,
        firm.OMNI,
        STRICT,
        CL,
        firm.ES,
        firm.FDAX,
        firm.NK,
        changed(firm.CU, fees=FeeSchedule()),
        Contract(contract_id="CLK0", product_id="CL", last_trading_day=date(2020, 4, 21)),
        Contract(contract_id="CLM0", product_id="CL"),
        Contract(contract_id="ESM0", product_id="ES"),
        Contract(contract_id="FDAX", product_id="FDAX"),
        Contract(contract_id="NKM0", product_id="NK"),
        Contract(contract_id="CU06", product_id="CU"),
        *(sub_account(name) for name in SUBS),
        limit("MASTER", "*", 1_000),
        row("exchange", "ES", per_lot_micros=money("1.18")),
        row("exchange", "FDAX", per_lot_micros=money("1.60")),
        row("exchange", "NK", per_lot_micros=money("11")),
        row(
            "exchange",
            "CU",
            value_ppb=50_000,
            close_today_value_ppb=100_000,
            per_lot_micros=money("1"),
            close_today_per_lot_micros=money("3"),
        ),
        broker_pays("USD", credit_ppm=12_000),
        broker_pays("EUR", credit_ppm=-4_500),
        broker_pays("JPY", credit_ppm=-1_000),
        broker_pays("CNY", "CN1", credit_ppm=7_200, day_count=year_of("CNY")),
        reserve_pays("USD", credit_ppm=9_000),
        reserve_pays("EUR", debit_ppm=20_000),
    )


def may():
    """Options on June crude at 20, by premium, like futures, for cash; a weekly with a threshold.

    The SPAN file asks for their margin; its arithmetic has tests of its own.
    """
    weekly = changed(option_firm.AMERICAN, threshold_nanos=price("0.05"))
    fees = FeeSchedule(per_lot_micros=money("1.10"), clearing_per_lot_micros=money("0.35"))
    crude = Contract(
        contract_id="CLM0",
        product_id="CL",
        last_trading_day=date(2020, 5, 19),
        margin_key=KEYS["CLM0"],
    )
    style = CashStyle.DAILY_VARIATION
    return (
        *firm.PERSONS,
        *venues("NYMEX"),
        firm.MASTER,
        changed(firm.C1, venues=("NYMEX",)),
        STRICT,
        CL,
        crude,
        Contract(contract_id="CLN0", product_id="CL", margin_key=KEYS["CLN0"]),
        changed(option_firm.LO, fees=fees),
        changed(option_firm.option_product("LW", option=weekly), fees=fees),
        changed(option_firm.option_product("LF", style), fees=fees),
        changed(option_firm.LX, fees=fees),
        option_firm.LOC,
        option_firm.LOP,
        option_firm.option("LWC", "LW", key=option_firm.CALL_KEY),
        option_firm.option("LWP", "LW", OptionRight.PUT, key=option_firm.PUT_KEY),
        option_firm.LFC,
        option_firm.LXC,
        *(sub_account(n, routes=HERE, products=("CL", "LO", "LW", "LF", "LX")) for n in SUBS),
        limit("MASTER", "*", 1_000),
    )


def november():
    """Gold, its February and its December with a first notice day; a client in an omnibus account.

    From two days before the first notice nothing is opened in December.
    """
    gold = product(
        "GC",
        "NYMEX",
        "USD",
        "100",
        "0.1",
        fees=FeeSchedule(per_lot_micros=money("1.55"), clearing_per_lot_micros=money("0.45")),
        delivery_guard=DeliveryGuard(policy=DeliveryPolicy.BLOCK, days_before=2),
    )
    return (
        *firm.PERSONS,
        *venues("NYMEX"),
        firm.MASTER,
        changed(firm.C1, venues=("NYMEX",)),
        firm.OMNI,
        STRICT,
        gold,
        Contract(
            contract_id="GCZ9",
            product_id="GC",
            first_notice_day=date(2019, 11, 29),
            last_trading_day=date(2019, 12, 27),
        ),
        Contract(
            contract_id="GCG0",
            product_id="GC",
            first_notice_day=date(2020, 1, 31),
            last_trading_day=date(2020, 2, 26),
        ),
        *(sub_account(name, routes=HERE, products=("GC",)) for name in SUBS[:2]),
        sub_account("CLIENT1", "CLIENT", routes={"NYMEX": "OMNI"}, products=("GC",)),
        limit("MASTER", "*", 1_000),
        row("NFA", "GC", FeeKind.REGULATORY, per_lot_micros=money("0.02"), from_day=YEAR),
        broker_pays("USD", credit_ppm=15_500, from_day=YEAR),
        reserve_pays("USD", credit_ppm=12_000, from_day=YEAR),
    )


FIRMS = {"april-2020": april, "may-2020": may, "november-2019": november}
