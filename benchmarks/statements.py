"""Statements of account: a part of ``benchmarks.day``."""

import time
from datetime import date, timedelta

from fencang.basics.money import MICROS
from fencang.basics.price import NANOS
from fencang.messages.commands import AdvanceTime
from fencang.messages.events import (
    AnyEvent,
    BookVariation,
    CarryingVariation,
    CashDeposited,
    ContractSettled,
    DeskDefined,
    FillAllocated,
    MarginLine,
    MarginPublished,
    SessionOpened,
    TradingDaySettled,
)
from fencang.messages.message import Offset, Side
from fencang.messages.record import DECISION_VERSION, Record
from fencang.refdata.account import CarryingAccount, Mandate, MasterAccount, Route, SubAccount
from fencang.refdata.contract import Contract, Product
from fencang.refdata.person import LegalPerson
from fencang.reports.statement.as_html import render_html
from fencang.reports.statement.compiled import Account, Period, compile_statement
from fencang.reports.statement.day import EndedDay
from fencang.reports.statement.fold import StatementDays
from fencang.reports.statement.layout import lay_out
from fencang.reports.statement.values import Scope
from fencang.reports.statement.words import Language

CONTRACTS = 50
FILLS = 20
DAY = date(2018, 2, 5)


def statements_per_s(sub_accounts: int) -> float:
    """Return daily statements a second, compiled, checked to foot and rendered as HTML.

    Books have 50 open positions and 20 fills each; one after another on one core.
    """
    books = [f"SUB-{number:04}" for number in range(sub_accounts)]
    day = _ended_day(books)
    before = time.perf_counter()
    period = Period([day])
    for book_id in books:
        statement = compile_statement(period, Account(Scope.BOOK, book_id))
        page = render_html(lay_out(statement, Language.ENGLISH))
        assert len(statement.positions) == CONTRACTS, statement
        assert page.count("<tr>") > CONTRACTS + FILLS, page
    return len(books) / (time.perf_counter() - before)


def _ended_day(books: list[str]) -> EndedDay:
    """Return the second of two days, with positions of the first and fills of both."""
    fold = StatementDays(DAY, DAY)
    steps = [
        [_desk(books), _deposit()],
        [_opened(DAY - timedelta(days=3))],
        _fills(books, CONTRACTS, 100),
        _settled(books, DAY - timedelta(days=3), 101),
        [_opened(DAY)],
        _fills(books, FILLS, 102),
        _settled(books, DAY, 103),
        [_opened(DAY + timedelta(days=1))],
    ]
    for sequence, events in enumerate(steps, 1):
        record = Record(sequence, sequence, DECISION_VERSION, AdvanceTime(), tuple(events))
        fold.apply(record)
    (day,) = fold.take()
    return day


def _desk(books: list[str]) -> AnyEvent:
    mandate = Mandate(leverage_max_ppm=10_000_000, products=("P",))
    route = Route(venue_id="V", carrying_account_id="C")
    product = Product(
        product_id="P",
        venue_id="V",
        name="P",
        currency="USD",
        point_value_micros=50 * MICROS,
        tick_nanos=NANOS // 4,
    )
    return DeskDefined(
        items=(
            LegalPerson(person_id="FUND", name="Fund", jurisdiction="US"),
            MasterAccount(
                master_account_id="M", person_id="FUND", name="Master", base_currency="USD"
            ),
            CarryingAccount(carrying_account_id="C", holder_id="FUND", broker="B", venues=("V",)),
            product,
            *(Contract(contract_id=f"C{place:02}", product_id="P") for place in range(CONTRACTS)),
            *(
                SubAccount(
                    sub_account_id=book,
                    owner_id="FUND",
                    name=book,
                    mandate=mandate,
                    routes=(route,),
                )
                for book in books
            ),
        )
    )


def _deposit() -> AnyEvent:
    return CashDeposited(
        carrying_account_id="C", owner_id="FUND", currency="USD", amount_micros=10**15
    )


def _opened(day: date) -> AnyEvent:
    return SessionOpened(venue_id="V", trading_day=day)


def _fills(books: list[str], contracts: int, points: int) -> list[AnyEvent]:
    return [
        FillAllocated(
            order_id=1,
            execution_id=f"E{points}-{book}-{place}",
            sub_account_id=book,
            carrying_account_id="C",
            contract_id=f"C{place:02}",
            side=Side.BUY,
            offset=Offset.NET,
            quantity_lots=place + 1,
            price_nanos=points * NANOS,
            fee_micros=2_050_000 * (place + 1),
        )
        for book in books
        for place in range(contracts)
    ]


def _settled(books: list[str], day: date, points: int) -> list[AnyEvent]:
    """Return settlements one point above the fills before, and the margin of every book."""
    events: list[AnyEvent] = []
    for place in range(CONTRACTS):
        # From 100 to 101 on the first day; then from 101 to 103, and new lots from 102.
        moved = 1 if points == 101 else 2 + (place < FILLS)
        paid = 50 * MICROS * (place + 1) * moved
        events.append(
            ContractSettled(
                contract_id=f"C{place:02}",
                price_nanos=points * NANOS,
                currency="USD",
                carrying=(
                    CarryingVariation(carrying_account_id="C", variation_micros=paid * len(books)),
                ),
                books=tuple(
                    BookVariation(book_id=book, carrying_account_id="C", variation_micros=paid)
                    for book in books
                ),
            )
        )
    lines = tuple(
        MarginLine(book_id=book, equity_micros=10**12, requirement_micros=10**11) for book in books
    )
    return [
        *events,
        TradingDaySettled(venue_id="V", trading_day=day, source="feed"),
        MarginPublished(trading_day=day, lines=lines),
    ]
