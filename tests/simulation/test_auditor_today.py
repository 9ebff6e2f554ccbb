"""The auditor tells today's lots from yesterday's, and sees a close or a fee that mixes them."""

import pytest
from msgspec.structs import replace

from fencang.messages.events import FillAllocated, FillBooked, OrderAccepted, OrderRouted
from fencang.messages.fill_events import PositionTransferred
from fencang.messages.message import Offset
from tests.engine.desk import BUY, CLOSE, CLOSE_TODAY, OPEN, SELL, trading_desk
from tests.engine.fill_acts import bought, bust, move
from tests.engine.firm import MONDAY, TUESDAY
from tests.simulation.forgery import forged, laws_of

YESTERDAY = Offset.CLOSE_YESTERDAY


def cu(desk, lots, side=BUY, offset=OPEN, at="40000"):
    return bought(desk, lots, at, "ALPHA", side, "CU06", offset)


def two_days():
    """3 lots of Monday, 2 of Tuesday; 1 of today, 2 of yesterday and 1 of any are closed."""
    desk = trading_desk()
    cu(desk, 3)
    desk.settle(venue="SHFE", CU06="40000")
    desk.next_day(TUESDAY, "SHFE")
    cu(desk, 2)
    cu(desk, 1, SELL, CLOSE_TODAY)
    cu(desk, 2, SELL, YESTERDAY)
    cu(desk, 1, SELL, CLOSE)
    assert desk.lots("ALPHA", "CU06", "CN1") == (1, 0)
    return desk.records


def test_an_honest_desk_breaks_no_law():
    assert laws_of(two_days()) == set()


def closing(records, offset, place):
    """Return records whose fill at a place, and its order, close with another offset."""
    terms = lambda e: replace(e, terms=replace(e.terms, offset=offset))  # noqa: E731
    for kind in (OrderAccepted, OrderRouted):
        records = forged(records, kind, terms, place)
    for kind in (FillBooked, FillAllocated):
        records = forged(records, kind, lambda e: replace(e, offset=offset), place)
    return records


def test_more_of_today_than_was_opened_today_is_found():
    assert "today lots" in laws_of(closing(two_days(), CLOSE_TODAY, 3))


def test_more_of_yesterday_than_there_is_is_found():
    records = closing(two_days(), YESTERDAY, 2)  # the lot of today too: 3 are yesterday's
    assert "today lots" in laws_of(closing(records, YESTERDAY, 4))


@pytest.mark.parametrize("place", [2, 3, 4])
def test_a_fee_of_the_other_day_is_found(place):
    """10 CNY to close a lot of yesterday, nothing for one of today."""

    def mixed(event):
        return replace(event, fee_micros=0 if event.fee_micros else 10_000_000)

    assert "fee" in laws_of(forged(two_days(), FillAllocated, mixed, place))


def moved_lots():
    """2 of Monday and 2 of Tuesday; 3 of them move, the oldest first."""
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="20")
    desk.next_day(TUESDAY)
    desk.trade("ALPHA", BUY, 2, "20")
    desk.done(move("ALPHA", "GAMMA", 3))
    return desk.records


def test_lots_move_with_their_days():
    records = moved_lots()
    assert laws_of(records) == set()

    def aged(event):
        return replace(
            event, pieces=tuple(replace(piece, opened_day=MONDAY) for piece in event.pieces)
        )

    def turned(event):
        return replace(event, pieces=event.pieces[::-1])

    assert laws_of(forged(records, PositionTransferred, aged)) == {"today lots"}
    assert laws_of(forged(records, PositionTransferred, turned)) == {"today lots"}


def test_after_a_correction_the_days_are_known_again_tomorrow():
    desk = trading_desk()
    cu(desk, 3)
    desk.done(bust(cu(desk, 2), account="CN1"))
    desk.settle(venue="SHFE", CU06="40000")
    desk.next_day(TUESDAY, "SHFE")
    cu(desk, 3, SELL, YESTERDAY)
    assert laws_of(desk.records) == set()
    last = sum(isinstance(e, FillAllocated) for r in desk.records for e in r.events) - 1
    assert "today lots" in laws_of(closing(desk.records, CLOSE_TODAY, last))
