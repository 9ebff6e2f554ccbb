"""Limits by maturity: the furthest and nearest day, contracts without dates, how rows combine."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.row_scopes import Bound
from fencang.limits.tenor import (
    EffectiveTenor,
    TenorTable,
    tenor_passes,
    tenor_refusals,
)
from fencang.messages.reasons import Reason
from fencang.refdata.tenor import TenorLimit

TODAY = date(2020, 4, 20)
PATH = ("ALPHA", "MASTER")
YEAR = EffectiveTenor(Bound(365, "MASTER"), Bound(5, "ALPHA"), Bound(0, "MASTER"))


def refusals(tenor, last=None, notice=None):
    """Return the refusals for days from today on."""
    days = [None if each is None else TODAY + timedelta(days=each) for each in (last, notice)]
    found = tenor_refusals(tenor, *days, TODAY.toordinal())
    return [refusal for _, _, refusal in found if refusal is not None]


@pytest.mark.parametrize("days", [5, 200, 365])
def test_exactly_at_a_limit_passes(days):
    assert refusals(YEAR, days) == []


def test_a_day_further_or_nearer_is_refused():
    (far,) = refusals(YEAR, 366)
    assert far[:4] == (Reason.TENOR, "MASTER", 365, 366)
    (near,) = refusals(YEAR, 4)
    assert near[:4] == (Reason.TENOR, "ALPHA", 5, 4)


def test_the_first_notice_day_counts_where_it_comes_first():
    assert refusals(YEAR, 30, 5) == []
    (near,) = refusals(YEAR, 30, 4)
    assert near[:4] == (Reason.TENOR, "ALPHA", 5, 4)
    assert refusals(YEAR, 30, 40) == []


def test_what_has_no_last_day_is_not_opened_unless_a_row_says_so():
    (unknown,) = refusals(YEAR)
    assert unknown[:4] == (Reason.TENOR, "MASTER", 0, 1)
    taken = YEAR._replace(undated=Bound(1, "MASTER"))
    assert refusals(taken) == []
    (near,) = refusals(taken, None, 2)
    assert near[2:4] == (5, 2)


def table(*rows):
    found = TenorTable()
    for node, scope, fields in rows:
        found.set(TenorLimit(node_id=node, scope_id=scope, **fields))
    return found


def test_at_a_node_the_narrowest_scope_counts_and_of_all_nodes_the_strictest():
    found = table(
        ("MASTER", "*", {"furthest_days": 1_000, "nearest_days": 2}),
        ("ALPHA", "*", {"furthest_days": 90, "nearest_days": 10}),
        ("ALPHA", "GE", {"furthest_days": 2_000, "takes_undated": True}),
    )
    assert found.binding(PATH, "CLM0", "CL") == (
        Bound(90, "ALPHA"),
        Bound(10, "ALPHA"),
        Bound(0, "MASTER"),
    )
    assert found.binding(PATH, "GEZ2", "GE") == (
        Bound(1_000, "MASTER"),
        Bound(10, "ALPHA"),
        Bound(1, "ALPHA"),
    )
    assert found.binding(("BETA", "MASTER"), "CLM0", "CL").furthest == (1_000, "MASTER")


def test_a_change_is_seen_at_once():
    found = table(("MASTER", "*", {"furthest_days": 30, "nearest_days": 0}))
    assert found.binding(PATH, "CLM0", "CL").furthest.value == 30
    found.set(TenorLimit(node_id="ALPHA", furthest_days=3))
    assert found.binding(PATH, "CLM0", "CL").furthest == (3, "ALPHA")


@given(
    furthest=st.integers(0, 50),
    nearest=st.integers(0, 50),
    undated=st.integers(0, 1),
    last=st.none() | st.integers(-5, 60),
    notice=st.none() | st.integers(-5, 60),
)
def test_the_short_answer_is_that_of_every_bound(furthest, nearest, undated, last, notice):
    tenor = EffectiveTenor(Bound(furthest, "A"), Bound(nearest, "B"), Bound(undated, "C"))
    days = [None if each is None else TODAY + timedelta(days=each) for each in (last, notice)]
    assert tenor_passes(tenor, *days, TODAY.toordinal()) == (refusals(tenor, last, notice) == [])
