"""Options on statements, computed with a pencil: premium, value, exercise, assignment, the end."""

import csv
import io

import pytest

from fencang.messages import commands as cmd
from fencang.refdata.contract import CashStyle, ContractKind
from fencang.reports.statement.as_csv import render_csv
from fencang.reports.statement.as_html import render_html
from fencang.reports.statement.layout import lay_out
from fencang.reports.statement.values import LotChangeKind, MovementKind, PositionSide, Scope
from fencang.reports.statement.words import Language, word
from tests.engine.acts import opening, opening_cash, opening_lots
from tests.engine.desk import BUY, OPEN, SELL, assign, new_desk, stray, trading_desk
from tests.engine.firm import CL, MONDAY, TUESDAY, changed, define, money, price, sub_account
from tests.engine.option_firm import PERMITTED, expire, instruct, report, use_options
from tests.reports.hand_desk import hand_desk
from tests.reports.option_hand_desk import option_hand_desk
from tests.reports.statement_desk import balance_of, days_of, moved, statement_of

KEYS_OF_OPTIONS = (
    "cash.option_value",
    "movement.premium",
    "result.premium",
    "result.option_value_closing",
    "change.exercise",
    "change.assignment",
)


@pytest.fixture(scope="module")
def days():
    return days_of(option_hand_desk().records, (MONDAY, TUESDAY))


@pytest.fixture
def desk():
    desk = trading_desk()
    use_options(desk)
    return desk


def line_of(statement, contract):
    (found,) = [line for line in statement.results if line.contract_id == contract]
    return found


def changes_of(statement, contract):
    return [
        (each.kind, each.side, each.quantity_lots, each.price_nanos)
        for each in statement.lot_changes
        if each.contract_id == contract
    ]


def test_a_bought_option_is_paid_at_once_and_is_worth_something_that_is_no_cash(days):
    """10 calls at 1.50 cost 15,000; at 2.00 they are worth 20,000, of which 5,000 is profit."""
    statement = statement_of(days[:1], "ALPHA")
    dollars, line = balance_of(statement), line_of(statement, "LOC")
    assert moved(statement, MovementKind.PREMIUM) == money("-15000")
    assert MovementKind.VARIATION not in {each.kind for each in dollars.movements}
    assert dollars.equity_micros == dollars.closing_micros == money("985000")
    assert dollars.unpaid_micros == line.closing_unpaid_micros == 0
    assert dollars.option_value_micros == line.closing_option_value_micros == money("20000")
    assert line.premium_micros == money("-15000")
    assert line.closing_unrealised_micros == line.net_micros == money("5000")
    (standing,) = statement.margin.standings
    assert standing.equity_micros == statement.base_equity_micros == money("985000")
    (change,) = statement.lot_changes
    assert change.premium_micros == money("-15000")
    assert statement.entries[-1].kind is not MovementKind.PREMIUM


def test_a_sold_option_is_owed(days):
    statement = statement_of(days[:1], "BETA")
    (position,) = statement.positions
    assert (position.side, position.unrealised_micros) == (PositionSide.SHORT, money("-5000"))
    assert moved(statement, MovementKind.PREMIUM) == money("15000")
    assert balance_of(statement).option_value_micros == money("-20000")
    assert balance_of(statement).equity_micros == money("1015000")
    assert line_of(statement, "LOC").net_micros == money("-5000")


def test_an_exercised_call_becomes_the_future_from_its_strike(days):
    """At 23: the premium is lost, and 10 June from 20 are paid 30,000 by the settlement."""
    statement = statement_of(days[1:], "ALPHA")
    option, crude = line_of(statement, "LOC"), line_of(statement, "CLM0")
    assert changes_of(statement, "LOC") == [(LotChangeKind.EXERCISE, "sell", 10, 0)]
    assert changes_of(statement, "CLM0") == [(LotChangeKind.EXERCISE, "buy", 10, price("20"))]
    assert option.realised_micros == money("-15000")
    assert option.opening_unrealised_micros == money("5000")
    assert option.opening_option_value_micros == money("20000")
    assert option.closing_option_value_micros == option.premium_micros == 0
    assert option.net_micros == money("-20000")
    assert crude.variation_micros == crude.closing_unrealised_micros == money("30000")
    assert [(each.contract_id, each.quantity_lots) for each in statement.positions] == [
        ("CLM0", 10)
    ]


def test_an_assigned_call_is_told_as_assignment(days):
    statement = statement_of(days[1:], "BETA")
    assert changes_of(statement, "LOC") == [(LotChangeKind.ASSIGNMENT, "buy", 10, 0)]
    assert changes_of(statement, "CLM0") == [(LotChangeKind.ASSIGNMENT, "sell", 10, price("20"))]
    assert line_of(statement, "LOC").realised_micros == money("15000")
    assert moved(statement, MovementKind.VARIATION) == money("-30000")


def test_an_option_for_cash_is_paid_out_as_premium(days):
    """4 calls at 1.50 cost 6,000 and bring 2.25 a lot, 9,000."""
    statement = statement_of(days[1:], "ALPHA")
    line = line_of(statement, "LXC")
    assert changes_of(statement, "LXC") == [
        (LotChangeKind.FILL, "buy", 4, price("1.50")),
        (LotChangeKind.EXERCISE, "sell", 4, price("2.25")),
    ]
    assert line.premium_micros == line.realised_micros == line.net_micros == money("3000")
    assert moved(statement, MovementKind.PREMIUM) == money("3000")
    # 985,000 opening, 3,000 for the call for cash, 30,000 for the future.
    assert balance_of(statement).closing_micros == money("1018000")


def test_both_days_together_say_what_each_said(days):
    statement = statement_of(days, "@pool:FUND", Scope.OWNER)
    assert line_of(statement, "LOC").premium_micros == 0
    assert line_of(statement, "LOC").net_micros == 0
    assert moved(statement, MovementKind.PREMIUM) == money("3000")


def test_what_nobody_claimed_pays_its_premium_and_is_exercised(desk):
    """Three calls at 1.50; one goes to ALPHA, two become the future and lose 3,000."""
    lost = stray(desk, BUY, 3, "1.50", contract="LOC")
    desk.done(assign(lost, "ALPHA", 1))
    days = days_of(desk.records)
    suspense, alpha = statement_of(days, "@suspense:C1"), statement_of(days, "ALPHA")
    assert moved(suspense, MovementKind.PREMIUM) == money("-3000")
    assert moved(alpha, MovementKind.PREMIUM) == money("-1500")
    assert [each.premium_micros for each in suspense.lot_changes] == [
        money("-4500"),
        money("1500"),
    ]
    desk.done(expire("LOC", "23"))
    suspense = statement_of(days_of(desk.records), "@suspense:C1")
    assert line_of(suspense, "LOC").realised_micros == money("-3000")
    assert [(each.contract_id, each.quantity_lots) for each in suspense.positions] == [("CLM0", 2)]


def test_what_is_abandoned_expires_worthless(desk):
    desk.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    desk.done(instruct("ALPHA", abandon=4))
    desk.done(expire("LOC", "23"))
    statement = statement_of(days_of(desk.records), "ALPHA")
    assert changes_of(statement, "LOC")[1:] == [
        (LotChangeKind.EXERCISE, "sell", 6, 0),
        (LotChangeKind.EXPIRED, "sell", 4, 0),
    ]
    assert [
        each.realised_micros for each in statement.lot_changes if each.contract_id == "LOC"
    ] == [
        0,
        money("-9000"),
        money("-6000"),
    ]


def test_an_early_assignment_of_a_put_buys_the_future(desk):
    desk.trade("BETA", SELL, 3, "1.10", contract="LOP")
    desk.done(report("assigned", 2, contract="LOP", execution="H1"))
    statement = statement_of(days_of(desk.records), "BETA")
    assert changes_of(statement, "LOP")[1:] == [(LotChangeKind.ASSIGNMENT, "buy", 2, 0)]
    assert changes_of(statement, "CLM0") == [(LotChangeKind.ASSIGNMENT, "buy", 2, price("20"))]
    assert statement.lot_changes[-1].execution_id == "H1"
    assert line_of(statement, "LOP").realised_micros == money("2200")
    assert balance_of(statement).option_value_micros == money("-1100")


def test_both_sides_of_a_gross_account_are_told_apart():
    desk = trading_desk()
    use_options(desk, sub_account("MIXED", products=PERMITTED, routes={"NYMEX": "CN1"}))
    desk.fund("MIXED", "1000000", account="CN1")
    desk.trade("MIXED", BUY, 5, "1.50", contract="LOC", offset=OPEN)
    desk.trade("MIXED", SELL, 3, "1.50", contract="LOC", offset=OPEN)
    desk.done(expire("LOC", "23"))
    statement = statement_of(days_of(desk.records), "MIXED")
    assert [(each.side, each.quantity_lots) for each in statement.positions] == [
        (PositionSide.LONG, 5),
        (PositionSide.SHORT, 3),
    ]
    assert line_of(statement, "LOC").net_micros == money("-3000")


def test_options_margined_like_futures_pay_variation_and_have_no_value_apart(desk):
    desk.trade("ALPHA", BUY, 10, "1.50", contract="LFC")
    desk.settle(LFC="2.00", CLM0="22")
    line = line_of(statement_of(days_of(desk.records), "ALPHA"), "LFC")
    assert line.option_micros == (0, 0, 0, 0)
    assert line.variation_micros == money("5000")


def test_options_of_a_prior_system_bring_their_value(desk):
    """Five calls bought at 1.50 and worth 1.80 then, 2.00 now: 1,000 of profit is ours."""
    desk = new_desk()
    desk.rate(EUR="1.1")
    use_options(desk)
    lots = opening_lots("ALPHA", BUY, 5, at="1.50", carried="1.80", contract="LOC")
    desk.done(opening((lots,), (opening_cash("ALPHA", "50000"),)))
    desk.open()
    desk.settle(MONDAY, LOC="2.00")
    (day,) = days_of(desk.records)
    statement = statement_of([day], "ALPHA")
    line = line_of(statement, "LOC")
    assert line.closing_unrealised_micros == money("2500")
    assert line.brought_in_micros == money("1500")
    assert line.brought_in_option_value_micros == money("9000")
    assert line.closing_option_value_micros == money("10000")
    assert line.net_micros == money("1000")
    assert line.premium_micros == 0
    assert "Option value, brought in" in render_html(lay_out(statement, Language.ENGLISH))


def test_a_forward_is_paid_on_its_last_day_alone():
    """Bought at 20, settled at 22, ended at 24: 4,000 unpaid, then 8,000 paid; suspense too."""
    desk = trading_desk()
    forward = changed(CL, product_id="FWD", kind=ContractKind.FORWARD, cash_style=CashStyle.AT_END)
    crude = desk.state.contracts["CLM0"].contract
    contract = changed(crude, contract_id="FW1", product_id="FWD")
    desk.done(define(forward, contract, sub_account("ALPHA", products=("FWD",))))
    desk.mark(FW1="20")
    desk.trade("ALPHA", BUY, 2, "20", contract="FW1")
    stray(desk, SELL, 1, "21", contract="FW1")
    desk.settle(FW1="22")
    statement = statement_of(days_of(desk.records), "ALPHA")
    assert MovementKind.VARIATION not in {each.kind for each in balance_of(statement).movements}
    assert balance_of(statement).unpaid_micros == money("4000")
    final = cmd.ExpireContract(contract_id="FW1", final_price_nanos=price("24"), source="feed")
    desk.done(final)
    days = days_of(desk.records)
    assert moved(statement_of(days, "ALPHA"), MovementKind.VARIATION) == money("8000")
    assert moved(statement_of(days, "@suspense:C1"), MovementKind.VARIATION) == money("-3000")
    assert line_of(statement_of(days, "@suspense:C1"), "FW1").realised_micros == money("-3000")


@pytest.mark.parametrize("language", Language)
def test_pages_have_words_for_options_only_where_there_are_some(days, language):
    told = "".join(
        render_html(lay_out(statement_of([day], name), language))
        for day in days
        for name in ("ALPHA", "BETA")
    )
    (other,) = days_of(hand_desk().records, (TUESDAY, TUESDAY))
    plain = render_html(lay_out(statement_of([other], "ALPHA"), language))
    for key in KEYS_OF_OPTIONS:
        words = f">{word(key, language)}<"
        assert words in told, key
        assert words not in plain, key


def test_paper_has_room_for_options(days):
    pytest.importorskip("reportlab", reason="PDF needs the extra `statements`")
    from fencang.reports.statement.as_pdf import render_pdf
    from fencang.reports.statement.fonts import FontSet

    page = lay_out(statement_of(days, "@pool:FUND", Scope.OWNER), Language.ENGLISH)
    content = render_pdf(page, FontSet())
    assert b"(-15,000.00)" in content
    assert b"(Option premiums)" in content


def test_csv_has_premiums_by_fill_and_by_contract(days):
    text = render_csv(statement_of(days[:1], "BETA"))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    found = {(row["section"], row["item"]): row["amount"] for row in rows if row["contract_id"]}
    assert found["premium", "fill"] == found["result", "premium"] == "15000.00"
    assert found["result", "closing_option_value"] == "-20000.00"
    (value,) = [row["amount"] for row in rows if row["item"] == "option_value"]
    assert value == "-20000.00"
