"""Rolls and conversions on statements: linked fills, and lots that become others."""

import json

import pytest

from fencang.messages.events import OrderAccepted
from fencang.messages.life_events import RollStarted
from fencang.reports.statement.as_csv import render_csv
from fencang.reports.statement.as_html import render_html
from fencang.reports.statement.as_json import render_json
from fencang.reports.statement.layout import lay_out
from fencang.reports.statement.values import LotChangeKind
from fencang.reports.statement.words import Language
from tests.engine.desk import BUY, SELL, all_of, only, stray, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, money, price
from tests.engine.life_acts import convert, list_halves, roll
from tests.reports.statement_desk import days_of, statement_of


@pytest.fixture(scope="module")
def rolled():
    """ALPHA rolls 4 lots on Monday; return the roll's number and the statement."""
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 4, "20")
    events = desk.done(roll())
    near, far = (taken.order_id for taken in all_of(events, OrderAccepted))
    desk.fill(near, 4, "20")
    desk.fill(far, 4, "20.50")
    desk.settle(CLM0="20", CLN0="20.50")
    desk.next_day(TUESDAY)
    days = days_of(desk.records, (MONDAY, TUESDAY))
    return only(events, RollStarted).roll_id, statement_of(days[:1], "ALPHA")


def test_both_fills_of_a_roll_name_it(rolled):
    roll_id, statement = rolled
    assert [(each.contract_id, each.roll_id) for each in statement.lot_changes] == [
        ("CLM0", 0),
        ("CLM0", roll_id),
        ("CLN0", roll_id),
    ]
    changes = json.loads(render_json(statement))["lot_changes"]
    assert [change.get("roll_id") for change in changes] == [None, roll_id, roll_id]
    assert render_csv(statement).count(f"roll {roll_id}") == 2


@pytest.mark.parametrize(
    ("language", "word"), [(Language.ENGLISH, "Roll"), (Language.CHINESE, "移仓编号")]
)
def test_the_roll_has_a_column_of_its_own_where_there_is_one(rolled, language, word):
    roll_id, statement = rolled
    page = render_html(lay_out(statement, language))
    assert word in page
    assert page.count(str(roll_id)) == 2


@pytest.fixture(scope="module")
def converted():
    """Days of a desk whose 3 long lots of ALPHA, 1 short of BETA and 2 in suspense convert."""
    desk = trading_desk()
    list_halves(desk)
    desk.trade("ALPHA", BUY, 3, "20")
    desk.trade("BETA", SELL, 1, "20")
    stray(desk, BUY, 2, "20")
    desk.settle(CLM0="20.50")
    desk.next_day(TUESDAY)
    desk.done(convert(day=TUESDAY))
    desk.trade("ALPHA", SELL, 2, "20.60", contract="CLX0")
    desk.settle(TUESDAY, CLX0="20.80")
    desk.next_day(WEDNESDAY)
    return days_of(desk.records, (MONDAY, WEDNESDAY))


def test_closing_of_the_day_before_is_opening_of_the_conversions_day(converted):
    for book in ("ALPHA", "BETA", "@suspense:C1"):
        monday, tuesday = (statement_of([day], book) for day in converted[:2])
        for before, after in zip(monday.balances, tuesday.balances, strict=True):
            assert after.opening_micros == before.closing_micros


def test_a_conversion_is_two_lines_at_average_cost(converted):
    tuesday = statement_of(converted[1:2], "ALPHA")
    lines = [
        (each.contract_id, each.side, each.quantity_lots, each.price_nanos)
        for each in tuesday.lot_changes
        if each.kind is LotChangeKind.CONVERSION
    ]
    assert lines == [("CLM0", "sell", 3, price("20")), ("CLX0", "buy", 6, price("20"))]


def test_profit_that_was_paid_is_handed_over(converted):
    """3 lots were paid 1,500 on Monday; on Tuesday the successor earns 300 of it twice over."""
    tuesday = statement_of(converted[1:2], "ALPHA")
    lines = {line.contract_id: line for line in tuesday.results}
    assert lines["CLM0"].brought_in_micros == -money("1500")
    assert lines["CLX0"].brought_in_micros == money("1500")
    # 2 of 6 lots of 500 sold at 20.60 against a cost of 20.00.
    assert lines["CLX0"].realised_micros == money("600")
    # 4 lots at 20.80 and 2 at 20.60, less 61,500 carried.
    assert lines["CLX0"].variation_micros == money("700")
    assert lines["CLM0"].variation_micros == 0


def test_a_month_over_a_conversion_foots_too(converted):
    month = statement_of(converted[:2], "ALPHA")
    assert [line.contract_id for line in month.results] == ["CLM0", "CLX0"]
