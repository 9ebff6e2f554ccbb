"""A week at the reconciliation desk, in words a clerk reads."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from fencang.messages.reconciliation_commands import AssignBreak, Resolution, ResolveBreak
from fencang.projections.carrying_days import DayPosition
from fencang.refdata.account import PositionMode
from fencang.reports.reconciliation.basis import Basis
from fencang.reports.reconciliation.certificate import as_html, as_markdown, certificate_of
from fencang.reports.reconciliation.comparison import compare, report_of
from fencang.reports.reconciliation.mapping import read_map
from fencang.reports.reconciliation.margin import (
    MarginParts,
    MarginTerms,
    margin_parts,
    with_their_lots,
)
from fencang.reports.reconciliation.reading import read_statement
from tests.engine.desk import BUY, OPEN, SELL, kinds, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, define, money
from tests.engine.span_firm import FILES, activate, keyed, load
from tests.projections.test_carrying_days import folded
from tests.reports.desk_days import TradedDays


def words(found):
    return [(each.kind.words, each.subject) for each in found.causes]


def reconciled(days, day, text):
    """Compare a day with what is known so far, and bring the breaks into the journal."""
    days.fold()
    known = {each.found.break_id: each.found for each in days.breaks.unresolved("C1")}
    found = days.compare(day, text, known=known)
    command = report_of(found, at_sequence=days.desk.machine.sequence, entered_by="ops1")
    events = days.desk.done(command)
    days.fold()
    return found, events


def certified(days, found):
    return certificate_of(
        found,
        broker="B",
        at_sequence=days.desk.machine.sequence,
        chain_hash="00" * 32,
        unresolved=days.breaks.unresolved("C1"),
        ended=days.breaks.ended("C1"),
    )


def test_a_lost_fill_ages_for_two_days_and_is_mended_by_the_broker():
    """Monday the broker loses a fill.  Tuesday it is still gone; Wednesday it booked it."""
    days = TradedDays(3)
    lost = next(e for e in days.books.executions if e.day == MONDAY and e.contract == "FDAX")
    books = days.books.copy()
    books.swap(lost, None)

    monday, events = reconciled(days, MONDAY, books.statement(MONDAY))
    assert words(monday)[0][0] == "missing there"
    assert len(monday.causes) == 1
    assert kinds(events).count("BreakOpened") == len(monday.breaks)
    cause = monday.causes[0].break_id
    days.desk.done(
        AssignBreak(
            carrying_account_id="C1",
            break_id=cause,
            owner="ops1",
            reason="asked by mail",
            entered_by="lead",
        )
    )

    tuesday, _ = reconciled(days, TUESDAY, books.statement(TUESDAY))
    assert tuesday.causes == []
    follows = {each.subject: each.cause_id for each in tuesday.breaks}
    assert follows["FDAX"] == cause
    page = certified(days, tuesday)
    (earlier,) = [line for line in page.earlier if line.status == "open"]
    assert {line.cause_id for line in page.earlier if line.status == "follows"} == {cause}
    assert (earlier.kind, earlier.age_days, earlier.owner) == ("missing there", 1, "ops1")
    assert {line.age_days for line in page.breaks if line.subject == "FDAX"} == {1}
    assert not page.is_clean

    books.executions.append(replace(lost, day=WEDNESDAY))
    late, _ = reconciled(days, WEDNESDAY, books.statement(WEDNESDAY))
    assert ("missing here", lost.number) in [
        (kind, subject.split(":")[0]) for kind, subject in words(late)
    ]
    assert "FDAX" not in [each.subject for each in late.breaks], "the position agrees again"


def test_a_wire_that_nobody_booked_is_proposed_and_gone_when_it_is_booked():
    days = TradedDays(1)
    books = days.books.copy()
    books.wires.append((WEDNESDAY, "USD", Decimal(5_000)))
    found, _ = reconciled(days, WEDNESDAY, books.statement(WEDNESDAY))
    (wire,) = found.causes
    assert (wire.subject, wire.proposal.words) == ("USD transfers", "book")
    days.desk.deposit("5000")
    booked = days.desk.machine.sequence
    days.desk.done(
        ResolveBreak(
            carrying_account_id="C1",
            break_id=wire.break_id,
            resolution=Resolution.BOOKED,
            booked_sequence=booked,
            reason="wire of the holder",
            entered_by="ops1",
            approved_by="boss",
        )
    )
    again, events = reconciled(days, WEDNESDAY, books.statement(WEDNESDAY))
    assert again.breaks == ()
    assert kinds(events) == ["ReconciliationReported"], "what followed ended with its cause"
    page = certified(days, again)
    assert page.is_clean
    assert dict(page.sections)["movements"] == "equal"
    assert dict(page.sections)["margin"] == "not in the statement"
    for ended in days.breaks.ended("C1"):
        assert (ended.end, ended.approved_by, ended.booked_sequence) == ("booked", "boss", booked)


def test_books_that_began_apart_are_one_break_every_day():
    """Before Monday the broker had a wire that nobody here ever knew of."""
    days = TradedDays(6)
    books = days.books.copy()
    friday = date(2020, 4, 17)
    books.prices[friday, "CLZ0"] = Decimal(30)
    books.wires.append((friday, "USD", Decimal(99)))
    for age, day in enumerate((MONDAY, TUESDAY, WEDNESDAY)):
        found, _ = reconciled(days, day, books.statement(day))
        assert words(found) == [("cash differs", "USD opening balance")]
        assert [each.subject for each in found.breaks if each.cause_id] == ["USD closing balance"]
        page = certified(days, found)
        assert {line.age_days for line in page.breaks} == {age}


def test_an_older_day_knows_nothing_of_later_breaks():
    days = TradedDays(7)
    books = days.books.copy()
    books.extra_lots[TUESDAY, "CLM0"] = 2
    reconciled(days, TUESDAY, books.statement(TUESDAY))
    found, _ = reconciled(days, MONDAY, books.statement(MONDAY))
    assert certified(days, found).is_clean
    assert len(days.breaks.unresolved("C1")) == 1


def test_a_cent_that_was_written_off_stays_on_the_certificate_with_who_approved_it():
    days = TradedDays(2)
    books = days.books.copy()
    books.extra_cash[TUESDAY, "EUR"] = Decimal("-0.02")
    books.extra_cash[WEDNESDAY, "EUR"] = Decimal("-0.02")
    found, _ = reconciled(days, TUESDAY, books.statement(TUESDAY))
    (cent,) = found.causes
    days.desk.done(
        ResolveBreak(
            carrying_account_id="C1",
            break_id=cent.break_id,
            resolution=Resolution.WRITTEN_OFF,
            booked_sequence=0,
            reason="rounding of the broker",
            entered_by="ops1",
            approved_by="boss",
        )
    )
    again, events = reconciled(days, WEDNESDAY, books.statement(WEDNESDAY))
    assert kinds(events) == ["ReconciliationReported", "BreakSeenAgain"]
    page = certified(days, again)
    (line,) = page.breaks
    assert (line.status, line.approved_by, line.age_days) == ("written off", "boss", 1)
    assert page.is_clean
    let_go = "Broker and book differ only by what two persons have let go."
    assert let_go in as_markdown(page)
    assert let_go in as_html(page)


def test_a_certificate_is_the_same_bytes_every_time_and_shows_what_it_was_told():
    days = TradedDays(4)
    books = days.books.copy()
    books.extra_lots[MONDAY, "CLM0"] = 2
    found, _ = reconciled(days, MONDAY, books.statement(MONDAY))
    page = certified(days, found)
    assert as_html(page) == as_html(certified(days, found))
    assert as_markdown(page).startswith("# Reconciliation of C1 on 2020-04-20\n")
    strange = page._replace(broker="<b>|Bro*ker|</b>")
    assert "&lt;b&gt;|Bro*ker|&lt;/b&gt;" in as_html(strange)
    assert "\\<b\\>\\|Bro\\*ker\\|\\</b\\>" in as_markdown(strange)


def gross_basis(desk, text):
    days = folded(desk)
    map_ = read_map(
        """
[positions.columns]
contract = "C"
long = "L"
short = "S"
long_today = "LT"
short_today = "ST"
""",
        "map.toml",
    )
    statement = read_statement(
        {"b.csv": text.encode()},
        "b.csv",
        map_,
        account="CN1",
        contracts=("CU06",),
        asked_day=MONDAY,
    )
    return Basis(
        ours=days.day("CN1", MONDAY),
        theirs=statement,
        tolerances=map_.tolerances,
        products={"CU06": days.reference.product_of("CU06")},
        is_net=days.reference.carrying_accounts["CN1"].position_mode is PositionMode.NET,
        known={},
    )


def test_a_gross_account_is_compared_side_by_side_and_by_age():
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 3, "40000", "CU06", OPEN)
    desk.trade("ALPHA", SELL, 1, "40000", "CU06", OPEN)
    equal = compare(gross_basis(desk, "C,L,S,LT,ST\nCU06,3,1,3,1\n"), MarginParts())
    assert equal.breaks == ()
    net = compare(gross_basis(desk, "C,L,S,LT,ST\nCU06,2,0,2,0\n"), MarginParts())
    assert words(net) == [("position differs", "CU06 long"), ("position differs", "CU06 short")]
    aged = compare(gross_basis(desk, "C,L,S,LT,ST\nCU06,3,1,1,1\n"), MarginParts())
    assert words(aged) == [("position differs", "CU06 long of today")]


def test_a_symbol_that_nobody_knows_is_one_break():
    days = TradedDays(5, trades=2)
    text = days.books.statement(MONDAY)
    strange = text.replace("[x]", "").replace("CASH", "CASH", 1)
    first_fill = strange.index("TRADES\r\nDate,No")
    end = strange.index("\r\n", strange.index("\r\n", first_fill) + 2)
    line = "\r\n20.04.2020,Q1,HOGS AUG20,B,4,80,0"
    strange = strange[:end] + line + strange[end:]
    strange = strange.replace(
        "Date,Symbol,Long,Short", "Date,Symbol,Long,Short\r\n20.04.2020,HOGS AUG20,4,0", 1
    )
    found = days.compare(MONDAY, strange)
    assert words(found) == [("unknown contract", "executions in HOGS AUG20")]
    (position,) = [each for each in found.breaks if each.cause_id]
    assert position.subject == "position in HOGS AUG20"


# ------------------------------------------------------------------------------------------ margin

MARGIN_MAP = """
account = "C1"
[positions]
title = "POS"
columns = { contract = "C", lots = "L" }
[margin]
title = "MARGIN"
columns = { currency = "Ccy", commodity = "CC", requirement = "Req" }
"""


LOTS = "POS\nC,L\nCLM0,5\nESM0,-2\n\nMARGIN\nCcy,CC,Req\n"


def span_desk():
    """CL and ES by SPAN at 1.25 of the house's figure; 3 CL June against 2 ES."""
    desk = trading_desk()
    account = msgspec.structs.replace(
        desk.state.carrying["C1"].account, house_multiplier_ppm=1_250_000
    )
    desk.done(define(*keyed(), account))
    desk.done(load())
    desk.done(activate())
    desk.trade("ALPHA", BUY, 5, "20")
    desk.trade("BETA", SELL, 2, "3000", "ESM0")
    desk.settle(CLM0="20", ESM0="3000")
    return desk


def margin_comparison(text):
    days = folded(span_desk())
    reference = days.reference
    products = {key: reference.product_of(key) for key in reference.contracts}
    map_ = read_map(MARGIN_MAP, "map.toml")
    statement = read_statement(
        {"b.csv": text.encode()},
        "b.csv",
        map_,
        account="C1",
        contracts=reference.contracts,
        asked_day=MONDAY,
    )
    ours = days.day("C1", MONDAY)
    terms = MarginTerms(reference.carrying_accounts["C1"], reference.contracts, products, FILES)
    parts = with_their_lots(margin_parts(ours, terms), ours, terms, statement.positions)
    basis = Basis(
        ours=ours,
        theirs=statement,
        tolerances=map_.tolerances,
        products=products,
        is_net=True,
        known={},
    )
    return compare(basis, parts), parts


def test_our_margin_is_the_sum_of_its_commodities():
    """Scan 5 x 3,000 and 2 x 6,000; two spreads credit half of both: 3,000 and 6,000 off."""
    found, parts = margin_comparison(
        "POS\nC,L\nCLM0,5\nESM0,-2\n\nMARGIN\nCcy,CC,Req\nUSD,,22500\n"
    )
    assert found.breaks == ()
    by_code = {part.commodity: part for part in parts.commodities}
    assert by_code["CL"].scan_micros == money("15000")
    assert by_code["CL"].credit_micros == money("3000")
    assert by_code["ES"].credit_micros == money("6000")
    assert by_code["CL"].requirement_micros == money("15000")
    assert by_code["ES"].requirement_micros == money("7500")
    assert parts.requirement == {"USD": money("22500")}
    assert parts.rest == {"USD": 0}
    assert sum(part.requirement_micros for part in parts.commodities) == money("22500")


def test_a_commodity_that_differs_explains_the_total():
    found, _ = margin_comparison(LOTS + "USD,,24375\nUSD,CL,16875\nUSD,ES,7500\n")
    assert words(found) == [("margin differs", "USD margin of CL")]
    (cause,) = found.causes
    assert "scan 15000.00" in cause.why
    assert "credit -3000.00" in cause.why
    (total,) = [each for each in found.breaks if each.cause_id]
    assert total.why == "the commodities that differ sum to it"


def test_margin_of_other_lots_follows_from_the_lots():
    """The broker has 6 CL and asks for 6: one break, of the position."""
    text = (
        "POS\nC,L\nCLM0,6\nESM0,-2\n\nMARGIN\nCcy,CC,Req\nUSD,,26250\nUSD,CL,18750\nUSD,ES,7500\n"
    )
    found, parts = margin_comparison(text)
    assert words(found) == [("position differs", "CLM0")]
    assert parts.on_their_lots["USD"] == money("26250")
    assert len(found.breaks) == 3


def test_a_total_that_nothing_explains_shows_our_parts():
    found, _ = margin_comparison(LOTS + "USD,,30000\n")
    (total,) = found.causes
    assert total.why == "ours is CL 15000.00, ES 7500.00"


def test_positions_of_a_day_hold_what_was_traded():
    assert folded(span_desk()).day("C1", MONDAY).positions == {
        "CLM0": DayPosition(5),
        "ESM0": DayPosition(0, 2),
    }


def test_a_currency_that_the_statement_lacks_follows_from_its_only_execution():
    """The broker lost the one trade that ever cost euros, and so has no euro account at all."""
    days = TradedDays(0, trades=0)
    thursday = date(2020, 4, 23)
    days.desk.next_day(thursday, "EUREX")
    days.desk.trade("ALPHA", BUY, 1, "10000", "FDAX")
    days.desk.settle(thursday, "EUREX", FDAX="10010")
    days.books.prices[thursday, "FDAX"] = Decimal(10_010)
    days.fold()
    text = days.books.statement(thursday)
    lines = [line for line in text.split("\r\n") if ",EUR," not in line]
    found = days.compare(thursday, "\r\n".join(lines))
    assert [kind for kind, _ in words(found)] == ["missing there"]
    (euro,) = [each for each in found.breaks if each.currency == "EUR"]
    assert (euro.theirs, euro.ours) == (None, money("250"))
    assert euro.cause_id == found.causes[0].break_id


@pytest.mark.parametrize("seed", range(8))
def test_whatever_fill_is_lost_for_good_it_stays_one_break(seed):
    """Law: a slip is found once; on later days all that differs follows from it."""
    days = TradedDays(seed)
    lost = days.chance.choice([e for e in days.books.executions if e.day == MONDAY])
    books = days.books.copy()
    books.swap(lost, None)
    monday, _ = reconciled(days, MONDAY, books.statement(MONDAY))
    (cause,) = monday.causes
    for day in (TUESDAY, WEDNESDAY):
        found, _ = reconciled(days, day, books.statement(day))
        assert words(found) == []
        assert {each.cause_id for each in found.breaks} <= {cause.break_id}
    (still,) = [each for each in days.breaks.unresolved("C1") if not each.found.cause_id]
    assert still.found.break_id == cause.break_id
