"""Fills of an earlier day that are entered on Thursday, at a broker that had them all along.

Laws: whatever such a broker states of any day, asked after the entry, agrees, whichever sections
its statement has; one that books them on Thursday as well agrees; one that has them nowhere is told
of every one, and of nothing else in its own right.
"""

from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

import pytest

from fencang.messages.fill_commands import FillKind
from fencang.messages.message import Side
from fencang.reports.reconciliation.basis import Basis
from fencang.reports.reconciliation.certificate import as_html, as_markdown
from fencang.reports.reconciliation.comparison import compare
from fencang.reports.reconciliation.mapping import read_map
from fencang.reports.reconciliation.margin import MarginTerms, margin_parts, with_their_lots
from fencang.reports.reconciliation.reading import read_statement
from tests.engine.desk import BUY, CLOSE, OPEN, trading_desk
from tests.engine.fill_acts import bust, enter
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, money
from tests.engine.option_firm import use_options
from tests.engine.span_firm import FILES
from tests.projections.test_carrying_days import folded
from tests.reports.broker import FEES, MAP, Execution, by_price
from tests.reports.desk_days import CONTRACTS, VENUES, TradedDays
from tests.reports.test_days_of_breaks import MARGIN_MAP, certified, reconciled, span_desk

THURSDAY = WEDNESDAY + timedelta(days=1)
FRIDAY = THURSDAY + timedelta(days=1)
FIRST = (MONDAY, WEDNESDAY)
ALL = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY)


def on_thursday(seed):
    days = TradedDays(seed)
    for venue in VENUES:
        days.desk.next_day(THURSDAY, venue)
    return days


def enter_late(days, number, cleared, booked=None, contract=None, lots=None):
    """Enter a fill of chance on Thursday; the broker has it on the day ``booked``."""
    contract = contract or days.chance.choice(sorted(CONTRACTS))
    side = days.chance.choice(list(Side))
    lots = lots or days.chance.randint(1, 5)
    at = days._near(contract) + 20 * Decimal(CONTRACTS[contract][1])
    days.desk.done(
        enter(
            number,
            side,
            str(at),
            {"ALPHA": lots},
            contract,
            kind=FillKind.ORDINARY,
            trade_day=cleared,
            clearing_day=cleared,
        )
    )
    fee = FEES.get(contract[:2], Decimal(0)) * lots
    made = Execution(number, contract, side.sign, lots, at, fee, booked or cleared)
    days.books.executions.append(made)
    return made


@lru_cache
def late_days(seed, booked=None):
    """Return a desk on which three fills of earlier days were entered on Thursday."""
    days = on_thursday(seed)
    contracts = days.chance.sample(sorted(CONTRACTS), 3)
    for number, cleared in enumerate((MONDAY, TUESDAY, WEDNESDAY)):
        enter_late(days, f"late{number}", cleared, booked, contracts[number])
    days._trade(THURSDAY)
    days._close(THURSDAY)
    days.fold()
    return days


def without(text, section):
    """Return a statement without a section, and the map that it is read with."""
    parts = text.split("\r\n\r\n")
    title = {"positions": "POSITIONS", "fills": "TRADES", "cash": "CASH"}[section]
    told = [part for part in parts if not part.startswith(title)]
    lines, keeps, is_there = MAP.split("\n"), [], True
    for line in lines:
        if line.startswith("["):
            is_there = not line.startswith(f"[{section}")
        if is_there:
            keeps.append(line)
    return "\r\n\r\n".join(told), "\n".join(keeps)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("missing", ["", "positions", "fills", "cash"])
def test_a_broker_that_had_them_on_their_day_agrees_on_every_day(seed, missing):
    days = late_days(seed)
    for day in ALL:
        text, map_text = days.books.statement(day), MAP
        if missing:
            text, map_text = without(text, missing)
        found = days.compare(day, text, map_text)
        assert found.breaks == (), (day, missing)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("how", [{"numbered": False}, {"numbered": False, "merge": by_price}])
def test_lines_without_numbers_or_put_together_are_recognised_too(seed, how):
    days = late_days(seed)
    for day in ALL:
        assert days.compare(day, days.books.statement(day, **how)).breaks == (), day


@pytest.mark.parametrize("seed", range(4))
def test_a_broker_that_books_them_late_as_well_agrees_on_every_day(seed):
    days = late_days(seed, booked=THURSDAY)
    for day in ALL:
        found = days.compare(day, days.books.statement(day))
        assert found.breaks == (), day
        assert found.basis.counted == ()


@pytest.mark.parametrize("seed", range(4))
def test_a_broker_that_has_them_nowhere_is_told_of_each(seed):
    """It lacks the lots: the opening balance is as ours, and every fill is missing there."""
    days = on_thursday(seed)
    contracts = days.chance.sample(sorted(CONTRACTS), 2)
    made = [
        enter_late(days, f"late{number}", cleared, contract=contract)
        for number, (cleared, contract) in enumerate(zip(FIRST, contracts, strict=True))
    ]
    days._close(THURSDAY)
    days.fold()
    books = days.books.copy()
    for each in made:
        books.swap(each, None)
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        assert days.compare(day, books.statement(day)).breaks == ()
    found = days.compare(THURSDAY, books.statement(THURSDAY))
    told = {(each.kind.words, each.subject.split(":")[0], each.why) for each in found.causes}
    assert told == {
        (
            "missing there",
            each.number,
            f"entered today for {cleared}; the statement does not have it",
        )
        for each, cleared in zip(made, FIRST, strict=True)
    }


def test_nothing_of_a_past_day_changes_by_a_late_entry():
    days = on_thursday(1)
    days.fold()
    before = {day: days.days.day("C1", day) for day in (MONDAY, TUESDAY, WEDNESDAY)}
    enter_late(days, "late", MONDAY)
    days.fold()
    assert {day: days.days.day("C1", day) for day in before} == before


def test_the_break_clears_when_its_day_is_asked_again_and_both_certificates_say_so():
    days = on_thursday(2)
    lost = Execution("late0", "ESM0", 1, 3, days.levels["ESM0"], Decimal("7.35"), MONDAY)
    days.books.executions.append(lost)
    found, _ = reconciled(days, MONDAY, days.books.statement(MONDAY))
    assert [each.kind.words for each in found.causes] == ["missing here"]
    at = str(lost.price)
    days.desk.done(enter("late0", BUY, at, {"BETA": 3}, "ESM0", kind=FillKind.ORDINARY))
    days._close(THURSDAY)
    found, _ = reconciled(days, MONDAY, days.books.statement(MONDAY))
    assert found.breaks == ()
    assert days.breaks.unresolved("C1") == []
    page = certified(days, found)
    assert page.is_clean
    (line,) = page.booked_later
    price = lost.price.normalize()
    assert line == (f"late0: buy 3 ESM0 at {price:f}", str(MONDAY), str(THURSDAY))
    assert "## Booked here on a later day" in as_markdown(page)
    assert "<h2>Booked here on a later day</h2>" in as_html(page)
    found, _ = reconciled(days, THURSDAY, days.books.statement(THURSDAY))
    assert found.breaks == ()
    (mend,) = certified(days, found).mends
    assert mend == ("execution late0 of ESM0", str(MONDAY), "USD", "-7.35")


def test_a_late_entry_with_other_lots_than_the_broker_has_is_one_break():
    days = on_thursday(3)
    made = enter_late(days, "late0", TUESDAY, contract="FDAX", lots=4)
    books = days.books
    books.swap(made, Execution("late0", "FDAX", made.sign, 3, made.price, Decimal(0), TUESDAY))
    days._close(THURSDAY)
    days.fold()
    found = days.compare(TUESDAY, books.statement(TUESDAY))
    assert [each.kind.words for each in found.causes] == ["lots differ"]


def test_a_late_entry_that_was_busted_the_same_day_is_none():
    days = on_thursday(4)
    made = enter_late(days, "late0", MONDAY)
    days.desk.done(bust("late0"))
    days.books.swap(made, None)
    days._close(THURSDAY)
    days.fold()
    assert days.days.late_fills("C1") == []
    for day in ALL:
        assert days.compare(day, days.books.statement(day)).breaks == ()


@pytest.mark.parametrize("seed", range(3))
def test_one_that_came_after_the_settlement_is_paid_with_the_next_and_agrees_until_then(seed):
    days = on_thursday(seed)
    days._close(THURSDAY)
    enter_late(days, "late0", WEDNESDAY)
    days.fold()
    for day in ALL:
        assert days.compare(day, days.books.statement(day)).breaks == (), day
    for venue in VENUES:
        days.desk.next_day(FRIDAY, venue)
    days._trade(FRIDAY)
    days._close(FRIDAY)
    days.fold()
    for day in (*ALL, FRIDAY):
        assert days.compare(day, days.books.statement(day)).breaks == (), day


# ------------------------------------------------------------ gross accounts, premiums, margin

GROSS = """
[positions.columns]
contract = "C"
long = "L"
short = "S"
long_today = "LT"
short_today = "ST"
"""


def of_day(desk, account, day, text, map_text):
    """Compare a statement with a day of a desk."""
    days = folded(desk)
    reference = days.reference
    map_ = read_map(map_text, "map.toml")
    contracts = reference.contracts
    statement = read_statement(
        {"b.csv": text.encode()}, "b.csv", map_, account=account, contracts=contracts, asked_day=day
    )
    ours = days.day(account, day)
    products = {key: reference.product_of(key) for key in contracts}
    definition = reference.carrying_accounts[account]
    terms = MarginTerms(definition, contracts, products, FILES)
    parts = with_their_lots(margin_parts(ours, terms), ours, terms, statement.positions or [])
    is_net = account != "CN1"
    late = tuple(days.late_fills(account))
    basis = Basis(ours, statement, map_.tolerances, products, is_net, {}, late)
    return compare(basis, parts)


def test_a_gross_account_counts_lots_of_its_day_by_age():
    """3 lots from before; on Monday 2 were opened.  On Tuesday a close of 4 of Monday is told."""
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 3, "40000", "CU06", OPEN)
    desk.next_day(TUESDAY, "SHFE")
    desk.trade("ALPHA", BUY, 2, "40000", "CU06", OPEN)
    desk.next_day(WEDNESDAY, "SHFE")
    for number, side, offset, lots in (("g1", Side.SELL, CLOSE, 4), ("g2", Side.SELL, OPEN, 1)):
        desk.done(
            enter(
                number,
                side,
                "40000",
                {"ALPHA": lots},
                "CU06",
                carrying_account_id="CN1",
                offset=offset,
                trade_day=TUESDAY,
                clearing_day=TUESDAY,
            )
        )
    head = "C,L,S,LT,ST\n"
    assert of_day(desk, "CN1", TUESDAY, f"{head}CU06,1,1,1,1\n", GROSS).breaks == ()
    assert of_day(desk, "CN1", WEDNESDAY, f"{head}CU06,1,1,0,0\n", GROSS).breaks == ()
    assert of_day(desk, "CN1", MONDAY, f"{head}CU06,3,0,3,0\n", GROSS).breaks == ()


def test_margin_of_lots_that_were_booked_later_is_no_break():
    """5 lots by SPAN on Monday, 6 at the broker: 18,750.00 there are the margin of 6."""
    desk = span_desk()
    desk.next_day(TUESDAY)
    desk.done(enter("late0", BUY, "20", {"ALPHA": 1}))
    text = (
        "POS\nC,L\nCLM0,6\nESM0,-2\n\nMARGIN\nCcy,CC,Req\nUSD,,26250\nUSD,CL,18750\nUSD,ES,7500\n"
    )
    found = of_day(desk, "C1", MONDAY, text, MARGIN_MAP)
    assert found.breaks == ()
    assert found.parts.requirement == {"USD": money("22500")}
    wrong = of_day(desk, "C1", MONDAY, text.replace("26250", "26251.50"), MARGIN_MAP)
    assert [each.subject for each in wrong.causes] == ["USD margin"]


OPTIONS = """
[fills]
title = "T"
columns = { execution = "No", contract = "C", side = "B/S", lots = "L", price = "P" }
[cash]
title = "CASH"
[cash.columns]
currency = "Ccy"
opening = "Open"
premiums = "Prem"
closing = "Close"
"""


def test_a_premium_that_was_paid_on_its_day_is_in_the_next_opening_balance():
    """10 calls at 1.50 cost 15,000.00: the broker took them on Monday, we on Tuesday."""
    desk = trading_desk()
    use_options(desk)
    desk.next_day(TUESDAY)
    desk.done(enter("late0", BUY, "1.50", {"ALPHA": 10}, "LOC"))
    head, cash = "T\nNo,C,B/S,L,P\n", "\nCASH\nCcy,Open,Prem,Close\n"
    monday = f"{head}late0,LOC,B,10,1.5\n{cash}USD,0,-15000,9985000\n"
    found = of_day(desk, "C1", MONDAY, monday, OPTIONS)
    assert found.breaks == ()
    tuesday = f"{head}{cash}USD,9985000,0,9985000\n"
    assert of_day(desk, "C1", TUESDAY, tuesday, OPTIONS).breaks == ()
    as_well = f"{head}late0,LOC,B,10,1.5\n{cash}USD,10000000,-15000,9985000\n"
    assert of_day(desk, "C1", TUESDAY, as_well, OPTIONS).breaks == ()
