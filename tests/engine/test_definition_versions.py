"""Versions of reference values: a change made for another version than the present one is refused.

What is asked is decided where the change takes effect, so of two changes of one version exactly one
is taken, in whatever order and from wherever they come; a snapshot and a replay know the same ones.
"""

import pytest

from fencang.messages.reasons import Reason
from fencang.refdata.item_key import item_key
from tests.engine.desk import Desk
from tests.engine.firm import CL, FIRM, changed, define, limit, money, sub_account


def at(*versions, items, **persons):
    return changed(define(*items, **persons), expected_versions=versions)


def version_of(desk, item):
    return desk.state.versions.get(item_key(item), 0)


def test_the_version_of_a_value_is_the_record_that_defined_it_last(desk):
    before = version_of(desk, CL)
    assert before > 0
    desk.done(define(CL))
    assert version_of(desk, CL) == desk.state.sequence > before


def test_of_two_changes_of_one_version_the_first_is_taken_and_the_second_is_not(desk):
    row = limit("ALPHA", "*", 7)
    desk.done(define(row))
    seen = version_of(desk, row)
    desk.done(at(seen, items=(limit("ALPHA", "*", 5),)))
    found = desk.refused(at(seen, items=(limit("ALPHA", "*", 6),)), Reason.DEFINITION_CHANGED)
    assert found.detail == (
        f"PositionLimit ALPHA *: version {seen} was expected, it is {desk.state.sequence - 1}"
    )
    assert desk.state.limits.get("ALPHA", "*").long_lots_max == 5


def test_what_shall_be_new_is_not_there_yet(desk):
    desk.refused(at(0, items=(CL,)), Reason.DEFINITION_CHANGED)
    desk.done(at(0, items=(sub_account("FRESH"),)))
    found = desk.refused(at(99, items=(sub_account("NEVER"),)), Reason.DEFINITION_CHANGED)
    assert found.detail.endswith("version 99 was expected, there is none")
    assert "NEVER" not in desk.state.subs


def test_one_stale_value_refuses_all_of_them(desk):
    first, second = limit("ALPHA", "*", 3), limit("BETA", "*", 3)
    desk.done(define(first, second))
    seen = version_of(desk, first)
    desk.done(define(second))
    lower = (limit("ALPHA", "*", 1), limit("BETA", "*", 1))
    desk.refused(at(seen, seen, items=lower), Reason.DEFINITION_CHANGED)
    assert desk.state.limits.get("ALPHA", "*").long_lots_max == 3


@pytest.mark.parametrize("versions", [(1,), (1, 2, 3)])
def test_versions_are_of_every_item_or_of_none(desk, versions):
    items = (limit("ALPHA", "*", 1), limit("BETA", "*", 1))
    desk.refused(at(*versions, items=items), Reason.FAULTY_DEFINITION)


def test_a_refused_change_leaves_the_version_as_it_was(desk):
    seen = version_of(desk, CL)
    desk.refused(define(changed(CL, point_value_micros=money("500"))), Reason.DEFINITION_IN_USE)
    assert version_of(desk, CL) == seen


def test_a_founding_may_ask_that_all_of_it_is_new():
    desk = Desk()
    desk.done(at(*(0 for _ in FIRM), items=FIRM))
    desk.refused(at(*(0 for _ in FIRM), items=FIRM), Reason.DEFINITION_CHANGED)
