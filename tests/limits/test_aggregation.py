"""Who counts as one: shares along paths, circles, control, claims, and what is not known."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.regimes.aggregation import TieKind, aggregation_groups, share_of
from fencang.refdata.regime import AggregationPolicy
from fencang.refdata.ties import INDEPENDENCE_CONDITIONS, ClaimStatus, ConcertEdge
from tests.limits.regime_book import (
    BEGIN,
    DAY,
    END,
    claim,
    directs,
    owns,
    persons,
    regime,
    ties,
)


def groups(people, *edges, day=DAY, law=None, products=()):
    return aggregation_groups(law or regime(), people, ties(*edges), day, frozenset(products))


def are_one(found, *names):
    return len({found.group_of(name) for name in names}) == 1


def test_ten_percent_is_enough_and_less_is_not():
    people = persons("A", "B", "C")
    found = groups(people, owns("A", "B", 10), owns("A", "C", 9.9999))
    assert are_one(found, "A", "B")
    assert not are_one(found, "A", "C")
    (tie,) = found.ties
    assert (tie.kind, tie.words) == (TieKind.OWNERSHIP, "A holds 10 % of B")


def test_two_paths_of_six_and_five_percent_add_up():
    people = persons("A", "B", "C", "D")
    edges = owns("A", "D", 6), owns("A", "B", 50), owns("B", "D", 10)
    assert share_of(regime(), people, ties(*edges), DAY, "A", "D") == Fraction(11, 100)
    assert are_one(groups(people, *edges), "A", "D")
    one_path = groups(people, owns("A", "D", 6), owns("A", "B", 9), owns("B", "D", 9))
    assert not are_one(one_path, "A", "D")


def test_an_owner_joins_what_it_owns():
    people = persons("A", "B", "C")
    assert are_one(groups(people, owns("A", "B", 60), owns("A", "C", 15)), "B", "C")


def test_persons_who_own_each_other_are_one():
    people = persons("A", "B", "C", "D")
    found = groups(people, owns("A", "B", 3), owns("B", "C", 3), owns("C", "A", 3))
    assert are_one(found, "A", "B", "C")
    assert {tie.kind for tie in found.ties} == {TieKind.CIRCLE}
    with_outside = owns("D", "A", 6), owns("D", "B", 5), owns("A", "B", 3), owns("B", "A", 3)
    assert are_one(groups(people, *with_outside), "D", "A")


def test_control_may_be_limited_to_products():
    people = persons("A", "B")
    edge = directs("A", "B", "W")
    assert are_one(groups(people, edge, products=["W"]), "A", "B")
    assert are_one(groups(people, edge), "A", "B")
    assert not are_one(groups(people, edge, products=["CL"]), "A", "B")


def test_concert_joins_and_only_where_the_regime_says_so():
    people = persons("A", "B")
    edge = ConcertEdge(
        first_id="B", second_id="A", basis="pool", valid_from=BEGIN, evidence="letter"
    )
    known = ties()._replace(concert=(edge,))
    assert are_one(aggregation_groups(regime(), people, known, DAY), "A", "B")
    law = regime(aggregation=AggregationPolicy(ownership_ppm=100_000, uses_concert=False))
    assert not are_one(aggregation_groups(law, people, known, DAY), "A", "B")


def test_undeclared_owners_tie_to_everybody():
    people = persons("A", "B", "C", undeclared=["B"])
    found = groups(people)
    assert are_one(found, "A", "B", "C")
    assert found.reasons("A")[0].words == "the owners of B are not declared"


def test_a_claim_cuts_ownership_while_it_holds_and_rejoins_at_once_after():
    people = persons("A", "B")
    edges = owns("A", "B", 30), claim("A", "B", valid_to=DAY)
    assert not are_one(groups(people, *edges), "A", "B")
    assert are_one(groups(people, *edges, day=DAY + timedelta(1)), "A", "B")
    for weaker in (
        {"status": ClaimStatus.PROPOSED},
        {"status": ClaimStatus.REVOKED},
        {"conditions": INDEPENDENCE_CONDITIONS[:-1]},
        {"notice_day": DAY + timedelta(1)},
        {"regime_id": "CN"},
    ):
        assert are_one(groups(people, owns("A", "B", 30), claim("A", "B", **weaker)), "A", "B")


def test_common_control_makes_a_claim_untrue():
    people = persons("A", "B", "DESK")
    edges = owns("A", "B", 30), claim("A", "B"), directs("DESK", "A"), directs("DESK", "B")
    assert are_one(groups(people, *edges), "A", "B")


def test_a_claim_does_not_cut_the_way_round():
    people = persons("A", "B", "C")
    edges = owns("A", "B", 30), owns("A", "C", 40), owns("C", "B", 50), claim("A", "B")
    assert are_one(groups(people, *edges), "A", "B")


def test_edges_hold_from_their_first_to_their_last_day():
    people = persons("A", "B")
    edge = owns("A", "B", 50, valid_from=DAY, valid_to=DAY)
    assert are_one(groups(people, edge), "A", "B")
    for away in (-1, 1):
        assert not are_one(groups(people, edge, day=DAY + timedelta(away)), "A", "B")


NAMES = "ABCDEF"
EDGES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(1, 100)).filter(
        lambda edge: edge[0] != edge[1]
    ),
    max_size=12,
)


def _slow_share(edges, owner, owned, seen=()):
    """Sum over simple paths: the twin of what is counted where nobody owns in a circle."""
    total = Fraction(0)
    for first, second, percent in edges:
        if first == owner and second not in seen:
            part = Fraction(percent, 100)
            rest = 1 if second == owned else _slow_share(edges, second, owned, (*seen, second))
            total += part * rest
    return min(Fraction(1), total)


@given(edges=EDGES)
def test_shares_are_the_sum_over_all_paths(edges):
    downward = {(min(a, b), max(a, b)): percent for a, b, percent in edges}
    acyclic = [(a, b, min(percent, 40)) for (a, b), percent in sorted(downward.items())]
    known = ties(*(owns(*edge) for edge in acyclic))
    for owned in NAMES[1:]:
        found = share_of(regime(), persons(*NAMES), known, DAY, "A", owned)
        assert found == _slow_share(acyclic, "A", owned)


@given(edges=EDGES, more=EDGES)
def test_more_ties_never_part_anybody(edges, more):
    """An offshore member, another share, another controller: groups only ever grow."""
    people = persons(*NAMES)
    before = groups(people, *(owns(*edge) for edge in edges))
    after = groups(people, *(owns(*edge) for edge in (*edges, *more)))
    for one in NAMES:
        for other in NAMES:
            assert not are_one(before, one, other) or are_one(after, one, other)


@given(edges=EDGES)
def test_order_of_statement_does_not_matter(edges):
    people = persons(*NAMES)
    one = groups(people, *(owns(*edge) for edge in edges))
    other = groups(dict(reversed(people.items())), *(owns(*edge) for edge in reversed(edges)))
    assert one.ties == other.ties
    assert [one.group_of(name) for name in NAMES] == [other.group_of(name) for name in NAMES]


def test_a_regime_that_is_over_says_nothing():
    law = regime(valid_to=date(2026, 1, 31))
    assert law.is_valid(date(2026, 1, 31))
    assert not law.is_valid(date(2026, 2, 1))
    assert not law.is_valid(BEGIN - timedelta(1))
    assert regime().is_valid(END)
