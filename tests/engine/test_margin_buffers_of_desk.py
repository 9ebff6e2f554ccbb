"""What an opening order must leave free of margin: in the book, then in the owner's pool."""

import pytest

from fencang.messages.events import OrderRejected
from fencang.messages.reasons import Reason
from tests.engine.desk import BUY, SELL, trading_desk, transfer
from tests.engine.exposure_firm import NO_BUFFER, buffer
from tests.engine.firm import changed, define, money, sub_account


@pytest.fixture
def buffered(desk):
    """ALPHA has a million; a lot of CL at 20 asks for 2,000 of margin."""
    desk.done(define(NO_BUFFER))
    return desk


def refusal(events):
    (found,) = events
    assert isinstance(found, OrderRejected), found
    assert found.reason is Reason.MARGIN_BUFFER, found
    return found


def test_an_amount_stays_free_to_the_last_lot(buffered):
    buffered.done(define(buffer("ALPHA", amount="980000")))
    buffered.accepted("ALPHA", BUY, 9, at="20")
    buffered.accepted("ALPHA", BUY, 1, at="20")
    found = refusal(buffered.submit("ALPHA", BUY, 1, at="20"))
    assert (found.node_id, found.limit, found.value) == ("ALPHA", money("980000"), money("982000"))
    assert "980000000000 micros by ALPHA" in found.detail
    buffered.accepted("BETA", BUY, 30, at="20")


def test_a_share_is_of_the_requirement_with_the_order(buffered):
    """10 lots ask for 20,000, 49 times that is 980,000."""
    buffered.done(define(buffer("ALPHA", ppm=49_000_000)))
    buffered.accepted("ALPHA", BUY, 10, at="20")
    refusal(buffered.submit("ALPHA", BUY, 1, at="20"))
    buffered.accepted("ALPHA", SELL, 10, at="20")


def test_reductions_get_out_of_any_buffer(buffered):
    buffered.trade("ALPHA", BUY, 5, "20")
    buffered.done(define(buffer("ALPHA", ppm=1_000_000_000, amount="100000000")))
    refusal(buffered.submit("ALPHA", BUY, 1, at="20"))
    buffered.trade("ALPHA", SELL, 5, "20")


def test_without_margin_the_margin_is_named_and_not_the_buffer(buffered):
    buffered.done(define(buffer("ALPHA", amount="1")))
    buffered.done(transfer("ALPHA", None, "999000"))
    found = buffered.submit("ALPHA", BUY, 1, at="20")[0]
    assert found.reason in (Reason.MARGIN_SUB_ACCOUNT, Reason.LEVERAGE)


def test_shares_hold_for_the_books_below_and_amounts_for_the_node_alone():
    desk = trading_desk(sub_account("NEST", parent="ALPHA"))
    desk.fund("NEST", "1000000")
    desk.done(define(NO_BUFFER, buffer("ALPHA", ppm=49_000_000, amount="999999")))
    refusal(desk.submit("ALPHA", BUY, 1, at="20"))
    desk.accepted("NEST", BUY, 10, at="20")
    found = refusal(desk.submit("NEST", BUY, 1, at="20"))
    assert "49000000 ppm of the requirement by ALPHA" in found.detail


@pytest.mark.parametrize("node", ["MASTER", "person:FUND"])
def test_a_pool_keeps_the_buffer_of_its_person_and_of_the_master(buffered, node):
    row = buffer(node, ppm=0, amount="9980000")
    buffered.done(define(row))
    buffered.accepted("ALPHA", BUY, 10, at="20")
    found = refusal(buffered.submit("BETA", BUY, 1, at="20"))
    assert (found.node_id, found.limit) == ("FUND", money("9980000"))


def test_a_buffer_stands_where_margin_is(buffered):
    for node in ("carrying:C1", "venue:NYMEX"):
        found = buffered.refused(define(buffer(node, amount="1")), Reason.FAULTY_DEFINITION)
        assert "has no margin of its own" in found.detail
    found = buffered.refused(define(buffer("NOBODY", ppm=1)), Reason.FAULTY_DEFINITION)
    assert "no sub-account or master account" in found.detail
    for field in ("buffer_ppm", "buffer_micros"):
        row = changed(NO_BUFFER, **{field: None})
        found = buffered.refused(define(row), Reason.FAULTY_DEFINITION)
        assert f"{field} is open at the root" in found.detail


def test_more_needs_one_person_and_less_two(buffered):
    row = buffer("ALPHA", ppm=100_000, amount="5")
    buffered.done(define(row, approved_by=""))
    buffered.done(define(changed(row, buffer_ppm=200_000), approved_by=""))
    for less in (row, buffer("ALPHA", ppm=200_000), buffer("ALPHA", ppm=300_000, amount="4")):
        buffered.refused(define(less, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
