"""The limit tree: unset inherits, unset at the root is zero, the nearest node speaks first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.position_limits import LimitPair, LimitTable
from fencang.limits.row_scopes import ANY_SCOPE
from fencang.refdata.limit import PositionLimit

PATH = ("BOOK", "TEAM", "MASTER")
SCOPES = ("ESH8", "ES")


def table_of(**limits):
    """Return a table; ``TEAM__ES=(5, 3)`` sets TEAM's limit for ES, ``TEAM__any`` for "*"."""
    table = LimitTable()
    for key, (long_lots, short_lots) in limits.items():
        node_id, scope_id = key.split("__")
        scope_id = ANY_SCOPE if scope_id == "any" else scope_id
        table.set(limit_of(node_id, scope_id, long_lots, short_lots))
    return table


def limit_of(node_id, scope_id, long_lots, short_lots=0):
    return PositionLimit(
        node_id=node_id, scope_id=scope_id, long_lots_max=long_lots, short_lots_max=short_lots
    )


def test_unset_at_the_root_is_zero_and_never_infinite():
    assert LimitTable().binding(PATH, SCOPES) == LimitPair(0, 0, "MASTER")
    assert LimitTable().binding(("MASTER",), ("ES",)) == LimitPair(0, 0, "MASTER")


def test_what_a_node_leaves_unset_it_inherits():
    table = table_of(MASTER__any=(100, 90))
    assert table.binding(PATH, SCOPES) == LimitPair(100, 90, "MASTER")
    assert table.binding(PATH[1:], SCOPES) == LimitPair(100, 90, "MASTER")


@pytest.mark.parametrize(
    ("limits", "binding"),
    [
        ({"BOOK__ESH8": (1, 2), "BOOK__ES": (3, 4), "BOOK__any": (5, 6)}, (1, 2, "BOOK")),
        ({"BOOK__ES": (3, 4), "BOOK__any": (5, 6)}, (3, 4, "BOOK")),
        ({"BOOK__any": (5, 6), "TEAM__ESH8": (1, 2)}, (5, 6, "BOOK")),
        ({"TEAM__any": (5, 6), "MASTER__ESH8": (1, 2)}, (5, 6, "TEAM")),
        ({"TEAM__ESH8": (0, 0), "MASTER__any": (9, 9)}, (0, 0, "TEAM")),
        ({"BOOK__ESM8": (1, 1), "BOOK__NQ": (2, 2), "MASTER__ES": (7, 8)}, (7, 8, "MASTER")),
        ({"OTHER__any": (9, 9)}, (0, 0, "MASTER")),
    ],
)
def test_the_narrowest_scope_of_the_nearest_node_binds(limits, binding):
    assert table_of(**limits).binding(PATH, SCOPES) == binding


def test_a_limit_for_a_contract_says_nothing_about_its_product():
    table = table_of(BOOK__ESH8=(1, 2), MASTER__ES=(7, 8))
    assert table.binding(PATH, ("ES",)) == LimitPair(7, 8, "MASTER")


def test_a_changed_limit_binds_at_once():
    """Law: no answer outlives the limit it came from."""
    table = table_of(MASTER__any=(100, 90))
    assert table.binding(PATH, SCOPES).long_lots_max == 100
    table.set(limit_of("MASTER", ANY_SCOPE, 10))
    assert table.binding(PATH, SCOPES) == LimitPair(10, 0, "MASTER")
    table.set(limit_of("BOOK", "ES", 3))
    assert table.binding(PATH, SCOPES) == LimitPair(3, 0, "BOOK")


def test_a_moved_book_is_bound_by_its_new_parents():
    table = table_of(TEAM__any=(5, 5), OTHER__any=(6, 6))
    assert table.binding(("BOOK", "TEAM", "MASTER"), SCOPES).set_by == "TEAM"
    assert table.binding(("BOOK", "OTHER", "MASTER"), SCOPES).set_by == "OTHER"


def test_the_version_rises_with_every_change():
    table = LimitTable()
    versions = [table.version]
    for long_lots in (1, 2, 2):
        table.set(limit_of("BOOK", "ES", long_lots))
        versions.append(table.version)
    assert versions == sorted(set(versions))


def test_limits_are_listed_in_one_order():
    table = table_of(TEAM__NQ=(1, 1), BOOK__ES=(2, 2), BOOK__any=(3, 3))
    listed = [(limit.node_id, limit.scope_id) for limit in table.all()]
    assert listed == [("BOOK", "*"), ("BOOK", "ES"), ("TEAM", "NQ")]
    assert table.get("TEAM", "NQ") == limit_of("TEAM", "NQ", 1, 1)
    assert table.get("TEAM", "ES") is None


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([*PATH, "OTHER"]), st.sampled_from([*SCOPES, "NQ", "*"])),
        st.tuples(st.integers(0, 9), st.integers(0, 9)),
    )
)
def test_the_binding_limit_is_the_first_that_is_set(limits):
    table = LimitTable()
    for (node_id, scope_id), (long_lots, short_lots) in limits.items():
        table.set(limit_of(node_id, scope_id, long_lots, short_lots))
    asked = [(node, scope) for node in PATH for scope in (*SCOPES, "*")]
    first = next((key for key in asked if key in limits), None)
    expected = (*limits[first], first[0]) if first else (0, 0, "MASTER")
    assert table.binding(PATH, SCOPES) == expected
