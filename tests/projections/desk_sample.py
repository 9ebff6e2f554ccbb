"""A small desk and a pen that writes records: hand-made events, as an engine would decide them."""

from datetime import date

from fencang.messages.commands import AdvanceTime, PriceMark, RateMark
from fencang.messages.events import (
    BookVariation,
    CapitalTransferred,
    CarryingVariation,
    CashDeposited,
    ContractSettled,
    DeskDefined,
    FillAllocated,
    FillBooked,
    MarginLine,
    MarginPublished,
    OrderAccepted,
    PricesMarked,
    RatesMarked,
    SessionOpened,
    TradingDaySettled,
)
from fencang.messages.message import Offset, OrderTerms, OrderType, Side
from fencang.messages.record import DECISION_VERSION, Record
from fencang.projections.desk_view import DeskView
from fencang.refdata.account import (
    CarryingAccount,
    Mandate,
    MasterAccount,
    PositionMode,
    Route,
    SubAccount,
)
from fencang.refdata.contract import Contract, Product
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule

NANOS = 1_000_000_000
USD = 1_000_000
BUY, SELL = Side.BUY, Side.SELL
DAY = date(2018, 2, 5)


def sub_account(name, tags=()):
    return SubAccount(
        sub_account_id=name,
        owner_id="FUND",
        name=name,
        mandate=Mandate(leverage_max_ppm=10_000_000, products=("CL", "DAX"), tags=tags),
        routes=(Route(venue_id="NYMEX", carrying_account_id="C1"),),
    )


def product(name, venue, currency, point_value):
    return Product(
        product_id=name,
        venue_id=venue,
        name=name,
        currency=currency,
        point_value_micros=point_value * USD,
        tick_nanos=NANOS // 100,
    )


DESK = DeskDefined(
    items=(
        LegalPerson(person_id="FUND", name="Fund", jurisdiction="US"),
        MasterAccount(master_account_id="M", person_id="FUND", name="Master", base_currency="USD"),
        CarryingAccount(
            carrying_account_id="C1", holder_id="FUND", broker="B", venues=("NYMEX", "EUREX")
        ),
        CarryingAccount(
            carrying_account_id="G1",
            holder_id="FUND",
            broker="B",
            venues=("SHFE",),
            position_mode=PositionMode.GROSS,
        ),
        sub_account("A", tags=("vix",)),
        sub_account("B"),
        product("CL", "NYMEX", "USD", 1_000),
        product("DAX", "EUREX", "EUR", 25),
        Contract(contract_id="CLH8", product_id="CL"),
        Contract(contract_id="FDAX", product_id="DAX"),
        IndicatorRule(
            rule_id="R", indicator="VIX", tag="vix", rise_ppm=50_000, keep_ppm=500_000, hold_ns=1
        ),
    )
)


class Pen:
    """Writes records one after another and folds each into a desk view."""

    def __init__(self, *events):
        self.records = []
        self.view = DeskView()
        if events:
            self.write(*events)

    def write(self, *events):
        sequence = len(self.records) + 1
        record = Record(sequence, sequence * NANOS, DECISION_VERSION, AdvanceTime(), events)
        self.records.append(record)
        self.view.apply(record)
        return sequence


def deposit(amount, currency="USD", account="C1"):
    return CashDeposited(
        carrying_account_id=account, owner_id="FUND", currency=currency, amount_micros=amount
    )


def transfer(source, target, amount):
    return CapitalTransferred(
        from_book_id=source, to_book_id=target, amount_micros=amount, reason=""
    )


def terms(contract="CLH8", side=BUY, lots=10, price=50):
    return OrderTerms(
        venue_id="NYMEX",
        carrying_account_id="C1",
        contract_id=contract,
        side=side,
        offset=Offset.NET,
        quantity_lots=lots,
        order_type=OrderType.LIMIT,
        limit_price_nanos=price * NANOS,
    )


def accepted(order_id, account="A", block_id=0, **words):
    return OrderAccepted(
        order_id=order_id,
        sub_account_id=account,
        client_order_id=f"c{order_id}",
        terms=terms(**words),
        is_reducing=False,
        block_id=block_id,
    )


def booked(order_id, lots, price, side=BUY, contract="CLH8", **words):
    return FillBooked(
        carrying_account_id=words.get("account", "C1"),
        execution_id=words.get("execution", f"e{order_id}"),
        order_id=order_id,
        contract_id=contract,
        side=side,
        offset=words.get("offset", Offset.NET),
        quantity_lots=lots,
        price_nanos=price * NANOS,
    )


def allocated(order_id, book, lots, price, side=BUY, contract="CLH8", **words):
    return FillAllocated(
        order_id=order_id,
        execution_id=words.get("execution", f"e{order_id}"),
        sub_account_id=book,
        carrying_account_id=words.get("account", "C1"),
        contract_id=contract,
        side=side,
        offset=words.get("offset", Offset.NET),
        quantity_lots=lots,
        price_nanos=price * NANOS,
        fee_micros=words.get("fee", 0),
    )


def opened(venue="NYMEX", day=DAY):
    return SessionOpened(venue_id=venue, trading_day=day)


def settled(contract, price, books, currency="USD", carrying=None):
    whole = sum(books.values()) if carrying is None else carrying
    return ContractSettled(
        contract_id=contract,
        price_nanos=price * NANOS,
        currency=currency,
        carrying=(CarryingVariation(carrying_account_id="C1", variation_micros=whole),),
        books=tuple(
            BookVariation(book_id=book, carrying_account_id="C1", variation_micros=amount)
            for book, amount in books.items()
        ),
    )


def day_settled(venue="NYMEX", day=DAY):
    return TradingDaySettled(venue_id=venue, trading_day=day, source="test")


def margin(day=DAY, **lines):
    return MarginPublished(
        trading_day=day,
        lines=tuple(
            MarginLine(book_id=book, equity_micros=equity, requirement_micros=need)
            for book, (equity, need) in lines.items()
        ),
    )


def marked(**prices):
    return PricesMarked(
        marks=tuple(PriceMark(name, price * NANOS) for name, price in prices.items())
    )


def rated(**rates):
    return RatesMarked(
        source="test",
        rates=tuple(RateMark(name, round(rate * NANOS)) for name, rate in rates.items()),
    )
