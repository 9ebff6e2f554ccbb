"""The inbox: lanes keep their order, a higher one goes first, none waits for ever."""

from queue import Empty

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.journal.inbox import LANES, TURNS_MAX, Inbox

LANE = st.integers(0, LANES - 1)


def taken(inbox):
    items = []
    while len(inbox):
        items.append(inbox.take(0))
    return items


def test_an_empty_inbox_says_so():
    with pytest.raises(Empty):
        Inbox().take(0)


def test_a_higher_lane_goes_first():
    inbox = Inbox()
    for lane in (3, 2, 0, 1):
        inbox.put(lane, lane)
    assert taken(inbox) == [0, 1, 2, 3]


@given(st.lists(LANE, max_size=200))
def test_nothing_is_lost_and_a_lane_keeps_its_order(lanes):
    inbox = Inbox()
    for number, lane in enumerate(lanes):
        inbox.put((lane, number), lane)
    items = taken(inbox)
    assert sorted(items, key=lambda item: item[1]) == [(b, a) for a, b in enumerate(lanes)]
    for lane in range(LANES):
        numbers = [number for one, number in items if one == lane]
        assert numbers == sorted(numbers)


@given(st.integers(1, LANES - 1))
def test_no_lane_waits_for_ever_behind_a_busy_one(low):
    """Law: with the first lane always full, every other has its turn within a stated number."""
    inbox = Inbox()
    for lane in range(1, LANES):
        inbox.put(lane, lane)
    for _ in range((TURNS_MAX + 1) * LANES):
        inbox.put(0, 0)
        if inbox.take(0) == low:
            return
    raise AssertionError(f"lane {low} never had its turn")


def test_a_marker_is_whole_when_all_that_came_before_it_has_gone():
    inbox = Inbox()
    inbox.put("before", 3)
    inbox.put_everywhere("marker")
    inbox.put("after", 0)
    items = taken(inbox)
    assert items.count("marker") == LANES
    last = len(items) - 1 - items[::-1].index("marker")
    assert items.index("before") < last
