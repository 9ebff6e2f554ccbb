"""The paper venue in talk with a desk: entry, cancel, replace, expiry, status, latency."""

from datetime import date

import pytest

from fencang.gateways.paper import PaperVenue
from fencang.messages.commands import AdvanceTime, ReportFill
from fencang.messages.events import OrderRouted
from fencang.messages.message import Offset, Side, TimeInForce
from fencang.messages.record import DECISION_VERSION, Record
from tests.gateways.paper_script import CONTRACT, OTHER_CONTRACT, PaperScript, bar, config, terms

B, S = Side.BUY, Side.SELL
MONDAY, TUESDAY = date(2018, 2, 5), date(2018, 2, 6)


@pytest.fixture
def script():
    return PaperScript.start()


def test_an_order_is_acknowledged_then_filled_on_the_next_bar(script):
    script.order(7, B, 10, offset=Offset.OPEN)
    working = script.venue.take_reports()
    assert [working[0].order_id, working[0].venue_order_id] == [7, "PAPER-7"]
    script.bar(50, 60, 40, 55)
    assert script.venue.take_reports() == [
        ReportFill(
            carrying_account_id="CARRY",
            execution_id="PAPER-7.1",
            order_id=7,
            contract_id=CONTRACT,
            side=B,
            quantity_lots=10,
            price_nanos=50_000_000_000,
            offset=Offset.OPEN,
        )
    ]


def test_an_order_never_fills_on_the_bar_it_was_decided_on():
    """Decided at 11 on the bar of 10: that bar comes to the venue late and must not match it."""
    venue = PaperVenue(config())
    routed = OrderRouted(order_id=1, terms=terms())
    venue.handle(Record(1, 11, DECISION_VERSION, AdvanceTime(), (routed,)))
    venue.on_bar(bar(50, 60, 40, 55, time_ns=10))
    assert [type(r).__name__ for r in venue.take_reports()] == ["ReportOrderWorking"]
    venue.on_bar(bar(51, 60, 40, 55, time_ns=20))
    assert venue.take_reports()[0].price_nanos == 51_000_000_000


def test_latency_keeps_an_order_from_the_market_until_it_arrives():
    venue = PaperVenue(config(latency_ns=10))
    routed = OrderRouted(order_id=1, terms=terms())
    venue.handle(Record(1, 11, DECISION_VERSION, AdvanceTime(), (routed,)))
    venue.on_bar(bar(50, 60, 40, 55, time_ns=20))
    assert venue.take_reports() == []
    venue.on_bar(bar(51, 60, 40, 55, time_ns=21))
    assert [type(r).__name__ for r in venue.take_reports()] == ["ReportOrderWorking", "ReportFill"]


def test_effects_of_other_venues_and_other_events_are_not_looked_at():
    script = PaperScript.start(venue_ids=("CME",))
    script.order(1, B, 10)
    assert script.reports() == []


def test_the_same_order_twice_is_entered_once(script):
    script.order(1, B, 10)
    script.order(1, B, 10, is_resend=True)
    script.bar(50, 60, 40, 55)
    script.order(1, B, 10, is_resend=True)
    script.bar(50, 60, 40, 55)
    assert script.reports() == ["Working 1", "Fill 1 10@50"]


REFUSED = [
    ({"contract_id": "NG-202005"}, "contract NG-202005 is not listed here"),
    ({"stop": 50, "time_in_force": TimeInForce.IOC}, "a stop order is DAY, GTC or GTD"),
]


@pytest.mark.parametrize(("fields", "text"), REFUSED, ids=[text for _, text in REFUSED])
def test_what_the_venue_cannot_work_is_rejected(script, fields, text):
    script.order(1, B, 10, **fields)
    (report,) = script.venue.take_reports()
    assert type(report).__name__ == "ReportOrderRejected"
    assert report.text.startswith(text)


def test_cancel_takes_the_order_out_and_may_be_repeated(script):
    script.order(1, B, 10, limit=40)
    script.cancel(1)
    script.cancel(1)
    script.bar(50, 60, 30, 55)
    assert script.reports() == ["Working 1", "Cancelled 1", "Cancelled 1"]


def test_cancel_too_late_or_unknown_is_rejected(script):
    script.order(1, B, 10)
    script.bar(50, 60, 30, 55)
    script.cancel(1)
    script.cancel(2)
    assert script.reports() == ["Working 1", "Fill 1 10@50", "CancelRejected 1", "CancelRejected 2"]


REPLACES = [
    # lots, limit of order 1 → which of two orders at 40 is served first
    (12, 40, 2, "more lots lose the place"),
    (8, 40, 1, "fewer lots keep it"),
    (10, 40, 1, "the same again keeps it"),
    (10, None, 1, "no price means the price it has"),
]


@pytest.mark.parametrize(("lots", "limit", "first", "why"), REPLACES, ids=[r[3] for r in REPLACES])
def test_replace_and_the_place_in_the_queue(script, lots, limit, first, why):
    script.order(1, B, 10, limit=40)
    script.order(2, B, 10, limit=40)
    script.replace(1, lots, limit)
    script.bar(50, 60, 39, 55, 1)
    assert script.fills() == [(first, 1, 40)]


def test_a_new_price_and_back_again_loses_the_place(script):
    script.order(1, B, 10, limit=40)
    script.order(2, B, 10, limit=40)
    script.replace(1, 10, 41)
    script.replace(1, 10, 40)
    script.bar(50, 60, 39, 55, 1)
    assert script.fills() == [(2, 1, 40)]


def test_replace_counts_what_is_filled(script):
    script.order(1, B, 10, limit=40)
    script.bar(50, 60, 39, 55, 6)
    script.reports()
    script.replace(1, 6, 40)
    script.replace(1, 7, 40)
    script.bar(50, 60, 39, 55, 6)
    script.replace(1, 9, 40)
    script.replace(5, 9, 40)
    assert script.reports() == [
        "ReplaceRejected 1",
        "Replaced 1 7@40",
        "Fill 1 1@40",
        "ReplaceRejected 1",
        "ReplaceRejected 5",
    ]


def test_orders_end_with_their_time_in_force(script):
    script.order(1, B, 10, limit=20)
    script.order(2, B, 10, limit=20, time_in_force=TimeInForce.GTC)
    script.order(3, B, 10, limit=20, time_in_force=TimeInForce.GTD, expire_day=MONDAY)
    script.order(4, B, 10, limit=20, time_in_force=TimeInForce.GTD, expire_day=TUESDAY)
    script.order(5, B, 10, limit=20, time_in_force=TimeInForce.IOC)
    script.order(6, B, 10, limit=20, venue_id="CME")
    script.reports()
    script.venue.close_session("NYMEX", MONDAY)
    assert script.reports() == ["Expired 1", "Expired 3", "Cancelled 5"]
    script.venue.close_session("NYMEX", TUESDAY)
    assert script.reports() == ["Expired 4"]
    script.cancel(1)
    script.ask(3)
    assert script.reports() == ["Expired 1", "Status 3 known=True 0+0"]


def test_an_order_on_its_way_at_the_close_joins_the_next_session():
    script = PaperScript.start(latency_ns=5)
    script.order(1, B, 10)
    script.venue.close_session("NYMEX", MONDAY, time_ns=3)
    script.venue.advance(6)
    assert script.reports() == ["Working 1"]


def test_delisting_ends_the_orders_of_the_contract_only(script):
    script.order(1, B, 10, limit=20)
    script.order(2, B, 10, limit=20, contract_id=OTHER_CONTRACT)
    script.venue.delist_contract(CONTRACT)
    script.order(3, B, 10, limit=20)
    assert script.reports() == ["Working 1", "Working 2", "Expired 1", "Rejected 3"]


def test_status_tells_every_fill_again_under_its_first_id(script):
    script.order(1, B, 10, limit=40)
    script.bar(50, 60, 39, 55, 3)
    script.bar(50, 60, 39, 55, 4)
    first = [r for r in script.venue.take_reports() if isinstance(r, ReportFill)]
    script.ask(1)
    *fills, status = script.venue.take_reports()
    assert fills == first
    assert len({fill.execution_id for fill in fills}) == 2
    assert (status.known, status.filled_lots, status.working_lots) == (True, 7, 3)
    script.ask(99)
    assert script.reports() == ["Status 99 known=False 0+0"]


def test_status_is_asked_behind_the_order_it_asks_about():
    """With both on the way, the venue must not deny an order that arrives just before."""
    script = PaperScript.start(latency_ns=50)
    script.order(1, B, 10)
    script.ask(1)
    script.venue.advance(100)
    assert script.reports() == ["Working 1", "Status 1 known=True 0+10"]


def test_a_desk_that_came_up_anew_gets_the_last_reports_again(script):
    script.order(1, B, 10)
    assert script.reports() == ["Working 1"]
    script.bar(50, 60, 40, 55)
    script.venue.reconnect()
    assert script.reports() == ["Working 1", "Fill 1 10@50"]
    script.reports()
    script.venue.reconnect()
    assert script.reports() == []


def test_finished_orders_are_forgotten_oldest_first():
    script = PaperScript.start(finished_orders_max=2)
    for order_id in (1, 2, 3):
        script.order(order_id, B, 10)
        script.cancel(order_id)
    script.reports()
    for order_id in (1, 2, 3):
        script.ask(order_id)
    assert [line.split()[2] for line in script.reports()] == [
        "known=False",
        "known=True",
        "known=True",
    ]


def test_the_price_of_april_2020_passes(script):
    """WTI settled at -37.63 on 20 April 2020: below zero everything works as above it."""
    script.order(1, S, 10, stop=0)
    script.order(2, B, 10, limit=-37)
    script.bar(17, 18, -40, -38)
    assert script.fills() == [(1, 10, 0), (2, 10, -37)]
