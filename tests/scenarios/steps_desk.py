"""Sentences that say what a desk is: firm, products, contracts, marks, cash and capital."""

from pytest_bdd import step

from fencang.messages import commands as cmd
from fencang.messages.commands import PriceMark, RateMark
from fencang.refdata.contract import (
    CashStyle,
    Contract,
    ContractKind,
    DeliveryGuard,
    DeliveryPolicy,
    ExerciseStyle,
    FeeSchedule,
    OptionRight,
    OptionSettlement,
    OptionTerms,
    Product,
)
from fencang.refdata.desk import DayPolicy
from tests.engine.firm import (
    C1,
    CN1,
    MASTER,
    OMNI,
    PERSONS,
    VENUES,
    changed,
    define,
    limit,
    sub_account,
)
from tests.engine.span_firm import JUNE
from tests.engine.span_firm import activate as put_in_force
from tests.engine.span_firm import load as load_file
from tests.scenarios.phrases import amount, book, day, lots, money, percent, phrase, price, rows

MOVES = {
    "daily": CashStyle.DAILY_VARIATION,
    "at the trade": CashStyle.PREMIUM,
    "at the end": CashStyle.AT_END,
}
PRODUCT = {
    "product": ("product_id", str),
    "venue": ("venue_id", str),
    "currency": ("currency", str),
    "a point is worth": ("point_value_micros", money),
    "tick": ("tick_nanos", price),
    "margin": ("margin_ppm", percent),
    "kind": ("kind", ContractKind),
    "money moves": ("cash_style", MOVES.__getitem__),
    "far is beyond": ("settlement_band_ppm", percent),
    "commission a lot": ("fees", lambda text: FeeSchedule(per_lot_micros=money(text))),
    "largest order": ("order_quantity_max", lots),
    "prices": ("positive_prices_only", {"above zero": True}.__getitem__),
}
OPTION = {"exercised", "brings", "threshold"}
GUARD = {"delivery", "days before notice"}
CONTRACT = {
    "contract": ("contract_id", str),
    "product": ("product_id", str),
    "month": ("delivery_month", str),
    "first trading day": ("first_trading_day", day),
    "last trading day": ("last_trading_day", day),
    "first notice day": ("first_notice_day", day),
    "right": ("right", OptionRight),
    "strike": ("strike_nanos", price),
    "becomes": ("underlying_id", str),
    "in the margin file": ("margin_key", str),
}


def fields(row, columns):
    """Return the fields of a definition that a table's row states; empty cells state nothing."""
    return {
        columns[head][0]: columns[head][1](cell)
        for head, cell in row.items()
        if head in columns and cell
    }


# ------------------------------------------------------------------------------------ the firm


@step(phrase("the example firm"))
def firm(office):
    """FUND holds the master account, C1, CN1 (gross) and the omnibus account OMNI."""
    office.do(
        define(*PERSONS, *VENUES, MASTER, C1, CN1, OMNI, *_subs(()), limit("MASTER", "*", 1_000))
    )


def _subs(products):
    """Return the firm's sub-accounts, which may trade these products."""
    at_omni = {"routes": {"NYMEX": "OMNI"}, "products": products}
    return (
        *(sub_account(name, products=products) for name in ("ALPHA", "BETA", "GAMMA")),
        sub_account("CLIENT1", owner="CLIENT", **at_omni),
        sub_account("FUNDOMNI", **at_omni),
    )


@step(phrase("these products, which every sub-account may trade:"))
def products(office, datatable):
    needed = ("product", "venue", "currency", "a point is worth", "tick", "margin")
    optional = (set(PRODUCT) | OPTION | GUARD) - set(needed)
    made = [_product(row) for row in rows(datatable, *needed, optional=sorted(optional))]
    known = sorted({*office.state.products, *(each.product_id for each in made)})
    office.do(define(*made, *_subs(tuple(known))))


def _product(row):
    found = fields(row, PRODUCT)
    if row.get("exercised"):
        found["option"] = OptionTerms(
            exercise_style=ExerciseStyle(row["exercised"]),
            settlement=OptionSettlement(row["brings"]),
            threshold_nanos=price(row["threshold"]) if row.get("threshold") else 1,
        )
    if row.get("delivery"):
        found["delivery_guard"] = DeliveryGuard(
            policy=DeliveryPolicy(row["delivery"]), days_before=int(row["days before notice"])
        )
    return Product(name=found["product_id"], **found)


@step(phrase("these contracts:"))
def contracts(office, datatable):
    optional = [column for column in CONTRACT if column not in {"contract", "product"}]
    found = rows(datatable, "contract", "product", optional=optional)
    office.do(define(*(Contract(**fields(row, CONTRACT)) for row in found)))


@step(phrase("the margin file of {of_day:Day} is in force at {house:Name}"))
def margin_file(office, of_day, house):
    """Put the made-up file of crude in force: 3,000.00 USD scan risk a lot."""
    office.do(load_file(JUNE, of_day, house))
    office.do(put_in_force(JUNE, house))


@step(phrase("{who:Book} may hold {most:Lots} lots of {scope:Name}, long or short"))
def position_limit(office, who, most, scope):
    office.do(define(limit(who, scope, most)))


@step(phrase("trading days must be closed one after the other"))
def strict_days(office):
    office.do(define(changed(office.state.settings, day_policy=DayPolicy.STRICT)))


@step(phrase("positions may be transferred at cost"))
def transfers_at_cost(office):
    office.do(define(changed(office.state.settings, transfers_at_cost=True)))


# ---------------------------------------------------------------------------- prices and money


@step(phrase("these currencies:"))
def currencies(office, datatable):
    found = rows(datatable, "currency", "in USD")
    rates = tuple(RateMark(row["currency"], price(row["in USD"])) for row in found)
    office.do(cmd.MarkRates(source="bank", rates=rates))


@step(phrase("these marks:"))
def marks(office, datatable):
    found = rows(datatable, "contract", "price")
    made = tuple(PriceMark(row["contract"], price(row["price"])) for row in found)
    office.do(cmd.MarkPrices(source="feed", marks=made))


@step(phrase("the mark of {contract:Name} is {at:Price}"))
def mark(office, contract, at):
    office.do(cmd.MarkPrices(source="feed", marks=(PriceMark(contract, at),)))


@step(phrase("this cash:"))
def cash(office, datatable):
    for row in rows(datatable, "account", "owner", "cash"):
        arrived = amount(row["cash"])
        office.do(deposit(row["account"], row["owner"], arrived))


def deposit(account, owner, arrived):
    return cmd.DepositCash(
        carrying_account_id=account,
        owner_id=owner,
        currency=arrived.currency,
        amount_micros=arrived.micros,
        entered_by="ops",
    )


@step(phrase("{arrived:Money} of {owner:Name} arrive at {account:Name}"))
def cash_arrives(office, arrived, owner, account):
    office.do(deposit(account, owner, arrived))


@step(phrase("this capital out of the reserve:"))
def capital(office, datatable):
    for row in rows(datatable, "who", "capital"):
        office.do(capital_of(None, book(row["who"]), amount(row["capital"])))


def capital_of(source, target, moved):
    return cmd.TransferCapital(
        from_sub_account_id=source,
        to_sub_account_id=target,
        amount_micros=moved.micros,
        reason="allocation",
        entered_by="cio",
    )


@step(phrase("{moved:Money} of capital go to {who:Book}"))
def capital_goes(office, moved, who):
    office.do(capital_of(None, who, moved))


@step(phrase("{moved:Money} of capital come back from {who:Book}"))
def capital_comes_back(office, moved, who):
    office.do(capital_of(who, None, moved))
