"""A running desk takes over one sub-account after the other, in contracts that others hold.

Laws: carrying positions add up, and what nobody brought in is not touched.
"""

from datetime import date

import pytest

from fencang.messages.reasons import Reason
from fencang.projections.books import Books
from fencang.projections.carrying_days import CarryingDays
from fencang.projections.reference import Reference
from fencang.simulation.auditor.audit import Auditor
from tests.engine.acts import opening, opening_lots
from tests.engine.desk import BUY, CLOSE, CLOSE_YESTERDAY, OPEN, SELL, order, stray, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, money
from tests.engine.random_desk import Office

CU = {"contract": "CU06", "carrying_account_id": "CN1", "at": "40000", "carried": "40000"}
EARLIER = date(2020, 3, 2)
BOOKS = ("cash", "lots", "two books", "variation", "reserve", "second person", "refusal")
"""Laws of the auditor that know everything a careless office does."""


@pytest.fixture
def desk():
    return trading_desk()


def carried(desk, contract="CLM0", account="C1"):
    position = desk.state.carrying[account].book.positions[contract]
    return position.long_lots, position.short_lots


def test_lots_of_another_sub_account_join_those_that_the_account_carries(desk):
    """ALPHA bought 3 at 20; BETA comes with 5 long, GAMMA with 2 short, carried at 19."""
    desk.trade("ALPHA", BUY, 3, "20")
    desk.done(opening((opening_lots("BETA"),)))
    desk.done(opening((opening_lots("GAMMA", SELL, 2),)))
    assert [desk.net(name) for name in ("ALPHA", "BETA", "GAMMA")] == [3, 5, -2]
    assert carried(desk) == (6, 0)
    desk.settle(CLM0="21")
    paid = {"ALPHA": "3000", "BETA": "10000", "GAMMA": "-4000"}
    for name, amount in paid.items():
        assert desk.cash(name) == money("1000000") + money(amount), name


def test_in_a_gross_account_both_sides_add_up_apart(desk):
    desk.trade("ALPHA", BUY, 3, "40000", contract="CU06", offset=OPEN)
    desk.done(opening((opening_lots("BETA", SELL, 2, **CU), opening_lots("GAMMA", BUY, 1, **CU))))
    assert carried(desk, "CU06", "CN1") == (4, 2)
    desk.accepted("BETA", BUY, 2, contract="CU06", at="40000", offset=CLOSE_YESTERDAY)


def test_lots_of_the_same_sub_account_are_refused_by_name_unless_they_are_said_to_add(desk):
    desk.trade("ALPHA", BUY, 3, "20")
    book = (opening_lots("ALPHA", lots=5), opening_lots("BETA", lots=1))
    refused = desk.refused(opening(book), Reason.OPENING_LOTS_HELD)
    assert refused.detail == (
        "lots[0]: ALPHA already holds 3 long and 0 short lots of CLM0 at C1; "
        "say that 5 lots long add to it"
    )
    desk.done(opening(book, add=True))
    assert (desk.net("ALPHA"), desk.net("BETA"), carried(desk)) == (8, 1, (9, 0))


def test_a_book_that_comes_twice_is_refused_although_nothing_is_held_any_more(desk):
    desk.done(opening((opening_lots("ALPHA", lots=2),)))
    desk.trade("ALPHA", SELL, 2, "20")
    refused = desk.refused(opening((opening_lots("ALPHA", lots=2),)), Reason.OPENING_LOTS_HELD)
    assert "ALPHA already held lots of CLM0 at C1" in refused.detail


def test_an_import_never_closes_lots_of_a_net_account(desk):
    desk.trade("ALPHA", BUY, 3, "20")
    book = (opening_lots("ALPHA", SELL, 2),)
    for command in (opening(book), opening(book, add=True)):
        refused = desk.refused(command, Reason.OPENING_SIDE_OPPOSITE)
        assert refused.detail.startswith(
            "lots[0]: ALPHA already holds 3 long and 0 short lots of CLM0 at C1; "
            "2 lots short would close in a net account"
        )


def test_in_a_gross_account_the_other_side_is_added_where_the_import_says_so(desk):
    desk.trade("ALPHA", BUY, 3, "40000", contract="CU06", offset=OPEN)
    book = (opening_lots("ALPHA", SELL, 2, **CU),)
    desk.refused(opening(book), Reason.OPENING_LOTS_HELD)
    desk.done(opening(book, add=True))
    assert desk.lots("ALPHA", "CU06", "CN1") == (3, 2)
    assert carried(desk, "CU06", "CN1") == (3, 2)


def test_older_lots_that_come_late_are_closed_first(desk):
    """First in first out: bought at 20 on Monday, then 2 lots of March at 18 are brought in."""
    desk.trade("ALPHA", BUY, 1, "20")
    desk.done(opening((opening_lots("ALPHA", lots=2, at="18", opened_day=EARLIER),), add=True))
    days = [layer[0] for layer in desk.state.subs["ALPHA"].book.positions["C1", "CLM0"].long.layers]
    assert days == [EARLIER.toordinal(), MONDAY.toordinal()]
    desk.trade("ALPHA", SELL, 2, "20")
    position = desk.state.subs["ALPHA"].book.positions["C1", "CLM0"]
    assert position.realised_micros == money("4000")
    assert [layer[0] for layer in position.long.layers] == [MONDAY.toordinal()]


def test_working_orders_stay_as_they_are(desk):
    """A sale of 3 opens; 5 lots that come meanwhile make the next sale a reduction."""
    desk.trade("ALPHA", BUY, 1, "20")
    desk.working("ALPHA", SELL, 3, at="20.50")
    desk.done(opening((opening_lots("ALPHA", lots=5),), add=True))
    assert desk.net("ALPHA") == 6
    events = desk.do(order("ALPHA", SELL, 3, at="20.50", client_order_id="more"))
    assert events[0].is_reducing


def test_lots_in_suspense_stay_part_of_the_sum(desk):
    stray(desk, BUY, 4, "20")
    desk.done(opening((opening_lots("BETA", SELL, 1),)))
    assert (carried(desk), desk.suspended()) == ((3, 0), (4, 0))


def test_control_totals_hold_for_lots_that_add(desk):
    desk.trade("ALPHA", BUY, 3, "20")
    command = opening((opening_lots("ALPHA"),), lots_total=8, add=True)
    desk.refused(command, Reason.CONTROL_TOTAL_DIFFERS)


def merged(desk):
    """A desk with books that joined others, over a settlement into the next day."""
    desk.trade("ALPHA", BUY, 3, "20")
    desk.trade("BETA", SELL, 1, "40000", contract="CU06", offset=OPEN)
    desk.done(opening((opening_lots("BETA"), opening_lots("ALPHA", SELL, 2, **CU))))
    desk.done(opening((opening_lots("ALPHA"), opening_lots("BETA", BUY, 2, **CU)), add=True))
    desk.settle(CLM0="21")
    desk.settle(venue="SHFE", CU06="40100")
    desk.next_day(TUESDAY)
    desk.trade("ALPHA", SELL, 4, "21")
    desk.trade("ALPHA", BUY, 1, "40100", contract="CU06", offset=CLOSE)


def test_read_models_and_the_auditor_follow_books_that_join_others(desk):
    merged(desk)
    reference, auditor = Reference(), Auditor()
    books, days = Books(reference), CarryingDays(reference, 10)
    for record in desk.records:
        reference.apply(record)
        books.apply(record)
        days.apply(record)
        assert auditor.audit(record) == []
    assert (books.lot_gaps(), carried(desk)) == ({}, (9, 0))
    held = days.day("C1", TUESDAY).positions["CLM0"]
    assert held.long_lots - held.short_lots == 9


@pytest.mark.parametrize("seed", range(3))
def test_the_laws_hold_while_books_come_into_a_desk_that_trades(seed):
    office = Office(seed)
    for _ in range(60):
        office.step("office")
        office.step(office.chance.choice(("order", "report", "market", "session", "office")))
    events = [event for record in office.desk.records for event in record.events]
    assert "OpeningBookImported" in {type(event).__name__ for event in events}
    auditor = Auditor()
    faults = [fault for record in office.desk.records for fault in auditor.audit(record)]
    assert [fault for fault in faults if fault.law in BOOKS] == []
