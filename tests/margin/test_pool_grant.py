"""Grants of the pool's benefit: nobody is called when any one account flattens."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from fencang.margin.method import Measure, pooled
from fencang.margin.pool.grant import GrantBounds, grant_bounds, granted, revoked
from tests.margin.test_attribution import calendar_set, scan_pools, textbook_books
from tests.margin.textbook import DOLLAR, ScanOnly, lots


def need(method, books):
    return method.requirement(pooled(books)).by_currency(Measure.MAINTENANCE).get("USD", 0)


def desk(**nets):
    """Return a method of 1 dollar a net lot, up or down, and books in one contract."""
    method = ScanOnly({"A": (DOLLAR, -DOLLAR)})
    return method, {name: {"A": lots(net)} for name, net in nets.items()}


def test_the_largest_benefactor_flattens_and_nobody_else_is_called():
    """Long 10 against short 5 and short 5: apart 20, together 0.

    Without the long the shorts need 10, all they need by themselves: B = 0.  Without one short the
    rest need 5 instead of 15: B = 10.  G - g ≤ B lets the long be granted 10 (it is the one whose
    leaving takes the benefit away) and the shorts nothing.
    """
    method, books = desk(long=10, short=-5, other=-5)
    (bounds,) = grant_bounds(method, books).values()
    assert bounds.benefit_micros == 20 * DOLLAR
    assert bounds.surviving_micros == (0, 10 * DOLLAR, 10 * DOLLAR)
    grants = granted(bounds)
    assert grants == (10 * DOLLAR, 0, 0)
    rest = need(method, [books["short"], books["other"]])
    binding = [line.binding_micros for line in bounds.lines(grants)]
    assert binding == [0, 5 * DOLLAR, 5 * DOLLAR]
    assert rest <= sum(binding[1:])


def test_handing_out_the_attributed_share_would_call_the_others():
    """Bound to Euler shares (0 each, all tied), the shorts would owe 10 when the long goes."""
    method, books = desk(long=10, short=-5, other=-5)
    (bounds,) = grant_bounds(method, books).values()
    assert not bounds.is_safe(bounds.stand_alone_micros)
    assert need(method, [books["short"], books["other"]]) == 10 * DOLLAR


def test_two_accounts_can_be_granted_nothing():
    """The textbook pair saves 11,440, and either may leave: the other then stands alone."""
    method, books = textbook_books()
    (bounds,) = grant_bounds(method, books).values()
    assert bounds.benefit_micros == 11_440 * DOLLAR
    assert bounds.surviving_micros == (0, 0)
    assert granted(bounds) == (0, 0)


def test_a_broad_pool_can_grant_most_of_its_benefit():
    """Five long 4 and five short 4: apart 40, together 0; any one gone leaves 4 instead of 36."""
    books = {f"long {n}": 4 for n in range(5)} | {f"short {n}": -4 for n in range(5)}
    method, books = desk(**books)
    (bounds,) = grant_bounds(method, books).values()
    assert bounds.surviving_micros == (32 * DOLLAR,) * 10
    grants = granted(bounds)
    assert set(grants) == {3_555_555, 3_555_556}
    assert sum(grants) == 35_555_555
    assert sum(granted(bounds, grant_ppm=500_000)) == 20 * DOLLAR


def test_where_pooling_costs_nothing_is_granted_and_the_gap_is_named():
    """Apart 10, together 12: no grant mends the 2, and any grant would widen it."""
    bounds = GrantBounds(
        currency="USD",
        accounts=("A", "B"),
        stand_alone_micros=(5, 5),
        pool_micros=12,
        surviving_micros=(0, 0),
    )
    assert bounds.uncovered_micros() == 2
    assert granted(bounds) == (0, 0)
    assert bounds.is_safe((0, 0))
    assert not bounds.is_safe((1, 0))


@given(scan_pools(), st.sampled_from([1_000_000, 500_000, 0]))
def test_whoever_flattens_nobody_else_is_called(pool, grant_ppm):
    """Law: R without j ≤ Σ over the others of (stand-alone − grant), for every j, and today."""
    method, books = pool
    (bounds,) = grant_bounds(method, books).values()
    grants = granted(bounds, grant_ppm)
    assert bounds.is_safe(grants)
    bound_to = {
        account: alone - grant
        for account, alone, grant in zip(books, bounds.stand_alone_micros, grants, strict=True)
    }
    assert min(bound_to.values()) >= 0
    assert need(method, books.values()) <= sum(bound_to.values())
    assert sum(grants) * 1_000_000 <= bounds.benefit_micros * grant_ppm
    for gone in books:
        rest = [held for account, held in books.items() if account != gone]
        others = sum(amount for account, amount in bound_to.items() if account != gone)
        assert need(method, rest) <= others


@given(scan_pools(), st.integers(0, 10))
def test_whoever_flattens_in_part_pays_for_its_rest_alone(pool, tenths):
    """Scan risk is convex: with t of j's lots left, R ≤ the others' bounds + t × j's own bound."""
    method, books = pool
    books = {
        account: {contract: lots(held.net * 10) for contract, held in book.items()}
        for account, book in books.items()
    }
    (bounds,) = grant_bounds(method, books).values()
    grants = granted(bounds)
    bound_to = [
        alone - grant for alone, grant in zip(bounds.stand_alone_micros, grants, strict=True)
    ]
    for place, leaving in enumerate(books):
        left = {
            contract: lots(held.net // 10 * tenths) for contract, held in books[leaving].items()
        }
        others = [held for account, held in books.items() if account != leaving]
        own = bound_to[place]
        assert 10 * need(method, [*others, left]) <= 10 * (sum(bound_to) - own) + tenths * own


@st.composite
def bounds_(draw):
    """Draw small bounds, also such as no requirement would make."""
    needs = draw(st.lists(st.integers(0, 5), min_size=1, max_size=4))
    count = len(needs)
    return GrantBounds(
        currency="USD",
        accounts=tuple(f"account {n}" for n in range(count)),
        stand_alone_micros=tuple(needs),
        pool_micros=draw(st.integers(0, 8)),
        surviving_micros=tuple(draw(st.lists(st.integers(-1, 8), min_size=count, max_size=count))),
    )


@given(bounds_())
def test_no_safe_grants_are_larger(bounds):
    """Law: the total is the largest of all safe ones, found here by trying every one."""
    grants = granted(bounds)
    assert bounds.is_safe(grants)
    if not bounds.uncovered_micros():
        tried = product(*(range(alone + 1) for alone in bounds.stand_alone_micros))
        assert sum(grants) == max(sum(each) for each in tried if bounds.is_safe(each))


@given(bounds_(), st.data())
def test_revoking_in_order_makes_grants_safe_and_takes_nothing_that_is_safe(bounds, data):
    held = [data.draw(st.integers(0, 6)) for _ in bounds.accounts]
    order = data.draw(st.permutations(bounds.accounts))
    kept = revoked(bounds, held, order)
    assert bounds.is_safe(kept)
    assert all(after <= before for after, before in zip(kept, held, strict=True))
    if bounds.is_safe(held):
        assert list(kept) == held


def test_the_first_in_order_loses_first():
    """Three grants of 3, and 4 survive any departure: G - g must fall from 6 to 4.

    B gives 2 (then G = 7), C gives 2 for B's departure (7 - 1 - 4), and A keeps all.
    """
    bounds = GrantBounds(
        currency="USD",
        accounts=("A", "B", "C"),
        stand_alone_micros=(9, 9, 9),
        pool_micros=0,
        surviving_micros=(4, 4, 4),
    )
    assert revoked(bounds, (3, 3, 3), ("B", "C", "A")) == (3, 1, 1)


def test_grants_of_a_real_set_of_spreads_hold_too():
    """Charges and credits are not convex; the bound is by the departures themselves."""
    method, march, june, other = calendar_set()
    books = {
        "A": {march: lots(6), june: lots(-2)},
        "B": {march: lots(-5)},
        "C": {june: lots(4), other: lots(-3)},
        "D": {other: lots(5), march: lots(-4)},
    }
    (bounds,) = grant_bounds(method, books).values()
    grants = granted(bounds)
    assert sum(grants) > 0
    for place, gone in enumerate(books):
        rest = [held for account, held in books.items() if account != gone]
        others = sum(bounds.stand_alone_micros) - bounds.stand_alone_micros[place]
        assert need(method, rest) <= others - (sum(grants) - grants[place])
