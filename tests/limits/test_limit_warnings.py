"""Levels of a limit: told once, told again after a fall, in whole lots and in parts of them."""

from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.limit_warnings import (
    NEVER,
    WarningTable,
    level_kept,
    level_reached,
    telling_shares,
    told_between,
)
from fencang.refdata.limit_warning import LimitWarning, limit_warning_faults

ROW = LimitWarning(node_id="MASTER")
HALF, MOST, ALL = ROW.levels_ppm
TOLD = (0, *ROW.levels_ppm, 20_000, 900_000)
"""What may have been told: levels of the row, and such as it stated before it was stated anew."""


def test_a_level_is_reached_exactly_and_not_a_lot_before():
    for value, level in ((4, 0), (5, HALF), (7, HALF), (8, MOST), (9, MOST), (10, ALL), (11, ALL)):
        assert level_reached(ROW.levels_ppm, 10, value) == level


def test_a_level_counts_as_told_until_the_use_has_fallen_below_it_by_the_margin():
    """80 % of 100 lots less 5 %: at 75 it still counts, at 74 it does not and 50 % does."""
    assert level_kept(ROW, 100, 75, MOST) == MOST
    assert level_kept(ROW, 100, 74, MOST) == HALF
    assert level_kept(ROW, 100, 44, MOST) == 0
    assert level_kept(ROW, 100, 100, HALF) == HALF


def test_a_limit_of_zero_and_a_node_without_a_row_warn_of_nothing():
    assert told_between(ROW, 0, 0) == told_between(None, 10, 0) == (NEVER, -NEVER)
    assert level_reached(ROW.levels_ppm, 0, 0) == 0


@given(
    limit=st.integers(0, 10**7),
    value=st.integers(0, 10**7),
    told=st.sampled_from(TOLD),
)
def test_outside_the_cached_span_there_is_news_and_inside_there_is_none(limit, value, told):
    """Law: two comparisons say what the levels say."""
    told_at, ended_below = told_between(ROW, limit, told)
    assert (value >= told_at) == (level_reached(ROW.levels_ppm, limit, value) > told)
    assert (value < ended_below) == (level_kept(ROW, limit, value, told) < told)


def test_a_level_that_is_not_stated_any_more_has_ended_whatever_is_used():
    """Told at 2 %, then the row begins at 50 % with a margin of 5: nothing falls below zero."""
    assert level_kept(ROW, 100, 100, 20_000) == 0
    assert told_between(ROW, 100, 20_000)[1] == telling_shares(ROW, 20_000).ended_below == NEVER


@given(
    limit=st.integers(1, 10**7),
    value=st.integers(0, 10**7),
    before=st.integers(0, 10**7),
    told=st.sampled_from(TOLD),
)
def test_shares_of_any_limit_say_what_the_levels_say(limit, value, before, told):
    """Law: silent is what neither reaches a higher level nor has fallen below one that was told."""
    is_silent = telling_shares(ROW, told).is_silent(limit, value, before)
    reaches = level_reached(ROW.levels_ppm, limit, value) > told
    assert is_silent == (not reaches and level_kept(ROW, limit, before, told) == told)


def test_shares_are_silent_without_a_row_and_say_nothing_of_a_limit_of_zero():
    assert telling_shares(None, 0).is_silent(10, 10, 0)
    assert not telling_shares(ROW, 0).is_silent(0, 0, 0)  # whoever asks looks twice


def test_a_node_has_its_own_row_its_parents_or_the_roots():
    table = WarningTable()
    assert table.binding(("BOOK", "TEAM", "MASTER"), "MASTER") is None
    table.rows = {"MASTER": ROW, "TEAM": LimitWarning(node_id="TEAM", levels_ppm=())}
    assert table.binding(("BOOK", "TEAM", "MASTER"), "MASTER").node_id == "TEAM"
    assert table.binding(("OTHER", "MASTER"), "MASTER").node_id == "MASTER"
    assert table.binding(("carrying:C1",), "MASTER").node_id == "MASTER"


def test_faulty_rows_are_named():
    falling = LimitWarning(node_id="MASTER", levels_ppm=(800_000, 500_000))
    assert limit_warning_faults(falling) == ["levels_ppm must rise"]
    deep = LimitWarning(node_id="MASTER", levels_ppm=(50_000,))
    (fault,) = limit_warning_faults(deep)
    assert "margin_ppm" in fault
