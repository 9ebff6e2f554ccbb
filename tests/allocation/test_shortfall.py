"""Fills return by cumulative shortfall: fair to small accounts, exact, and like their slow twin."""

import random
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fencang.allocation.shortfall import allocate, allocate_lot_by_lot

LEGS = st.lists(
    st.one_of(st.integers(1, 3), st.integers(1, 20), st.integers(1, 200)), min_size=1, max_size=12
)


@st.composite
def blocks(draw, legs=LEGS):
    """Draw instructed lots and fills that do not exceed them."""
    instructed = draw(legs)
    left, fills = sum(instructed), []
    for fill in draw(st.lists(st.one_of(st.integers(1, 3), st.integers(1, 60)), max_size=60)):
        if fill <= left:
            fills.append(fill)
            left -= fill
    return instructed, fills


@st.composite
def states(draw):
    """Draw legs with any lots received, however they came by them, and a fill."""
    instructed = draw(LEGS)
    received = [draw(st.integers(0, lots)) for lots in instructed]
    return instructed, received, draw(st.integers(0, sum(instructed) - sum(received)))


def received_after(instructed, fills, rule=allocate):
    """Yield the lots received after each fill."""
    received = [0] * len(instructed)
    for fill in fills:
        given_lots = rule(instructed, received, fill)
        assert sum(given_lots) == fill
        assert min(given_lots) >= 0
        received = [had + got for had, got in zip(received, given_lots, strict=True)]
        yield received


def test_a_small_account_does_not_starve():
    """60/30/10 %, 2,000 small fills, 3,213 lots: every fill rounded alone gives the 10 % none."""
    chance = random.Random(20_180_205)
    fills = [1] * 1_000 + [2] * 787 + [3] * 213
    chance.shuffle(fills)
    assert (len(fills), sum(fills)) == (2_000, 3_213)
    instructed = [6_000, 3_000, 1_000]
    alone = [0, 0, 0]
    for fill in fills:
        shares = [fill * lots // 10 for lots in (6, 3, 1)]
        rests = sorted(range(3), key=lambda leg: -(fill * (6, 3, 1)[leg] % 10))
        for leg in rests[: fill - sum(shares)]:
            shares[leg] += 1
        alone = [had + got for had, got in zip(alone, shares, strict=True)]
    *_, received = received_after(instructed, fills)
    assert alone[2] == 0
    assert received == [1_928, 964, 321]


def test_the_measured_example_never_strays_more_than_six_tenths_of_a_lot():
    chance = random.Random(7)
    fills = [chance.choice([1, 1, 1, 2, 3]) for _ in range(2_000)]
    instructed = [6_000, 3_000, 1_000]
    strayed = max(
        abs(Fraction(lots * sum(received), 10_000) - got)
        for received in received_after(instructed, fills)
        for lots, got in zip(instructed, received, strict=True)
    )
    assert strayed <= Fraction(6, 10)


@pytest.mark.parametrize(
    ("instructed", "received", "fill", "given_lots"),
    [
        ([6, 3, 1], [0, 0, 0], 10, [6, 3, 1]),
        ([6, 3, 1], [0, 0, 0], 1, [1, 0, 0]),
        ([6, 3, 1], [1, 0, 0], 1, [0, 1, 0]),
        ([6, 3, 1], [4, 2, 0], 2, [1, 0, 1]),
        ([5], [2], 3, [3]),
        ([1, 1, 1], [0, 0, 0], 0, [0, 0, 0]),
        ([1, 1, 1], [1, 1, 1], 0, [0, 0, 0]),
    ],
)
def test_worked_fills(instructed, received, fill, given_lots):
    assert allocate(instructed, received, fill) == given_lots
    assert allocate_lot_by_lot(instructed, received, fill) == given_lots


def test_equal_shortfalls_take_turns():
    """Rotation: first the leg whose place follows the number of lots received, modulo legs."""
    assert allocate([9, 9, 9], [3, 3, 3], 1) == [1, 0, 0]
    assert allocate([9, 9], [0, 0], 1) == [1, 0]
    assert allocate([3, 3, 3, 3], [0, 1, 1, 0], 1) == [0, 0, 0, 1]
    assert [list(now) for now in received_after([2, 2], [1, 1, 1, 1])][-1] == [2, 2]


@given(states())
@example(([3, 3, 3, 17, 1, 17, 1, 3, 3, 2, 1], [3, 3, 3, 15, 1, 15, 1, 3, 3, 2, 1], 1))
@example(([3, 1, 1, 12, 1, 3, 3], [1, 1, 1, 7, 1, 2, 2], 1))
def test_the_quick_rule_is_the_slow_one(state):
    """Law: ``allocate`` equals one lot after the other, for legs ahead of their share too."""
    instructed, received, fill = state
    given_lots = allocate(instructed, received, fill)
    assert given_lots == allocate_lot_by_lot(instructed, received, fill)
    assert sum(given_lots) == fill
    assert min(given_lots) >= 0
    after = zip(instructed, received, given_lots, strict=True)
    assert all(had + got <= lots for lots, had, got in after)


@given(blocks())
def test_over_many_fills_the_quick_rule_is_the_slow_one(block):
    quick, slow = received_after(*block), received_after(*block, rule=allocate_lot_by_lot)
    assert list(quick) == list(slow)


@given(blocks())
def test_no_leg_gets_more_than_instructed_and_a_filled_block_fills_every_leg(block):
    """Law: allocations sum to the fill; the split was fixed before it."""
    instructed, fills = block
    received = [0] * len(instructed)
    for received in received_after(instructed, fills):
        assert all(got <= lots for lots, got in zip(instructed, received, strict=True))
    rest = sum(instructed) - sum(received)
    last = allocate(instructed, received, rest)
    assert [had + got for had, got in zip(received, last, strict=True)] == instructed


def bounds(legs):
    """Return how far a leg may stand above and below its due share.

    Below: 1/2 + 1/3 + … + 1/legs, the backlog of the greedy rule (cup game) when all sums are zero.
    """
    return 1 - Fraction(1, legs), sum((Fraction(1, n) for n in range(2, legs + 1)), Fraction(0))


@given(blocks())
@example(([1, 14, 1, 14, 1, 1], [1] * 23))
@example(([1, 1, 9, 1, 1, 9, 15, 3], [2, 6, 2, 1, 1, 3, 3, 2, 1, 1, 1, 2, 1, 1]))
def test_no_leg_strays_further_from_its_due_share_than_the_rule_allows(block):
    """Law: less than one lot above it, and below it no more than the rule's backlog."""
    instructed, fills = block
    above, below = bounds(len(instructed))
    for received in received_after(instructed, fills):
        for lots, got in zip(instructed, received, strict=True):
            assert -below <= got - Fraction(lots * sum(received), sum(instructed)) <= above


@given(blocks(st.lists(st.integers(1, 60), min_size=1, max_size=3)))
def test_up_to_three_legs_are_always_within_one_lot_of_their_due_share(block):
    instructed, fills = block
    for received in received_after(instructed, fills):
        for lots, got in zip(instructed, received, strict=True):
            assert abs(got - Fraction(lots * sum(received), sum(instructed))) < 1


@given(blocks(), st.randoms(use_true_random=False))
def test_whoever_stands_first_has_no_advantage(block, chance):
    """Law: objective method, no account consistently better (17 CFR 1.35(b)(5)).

    Legs in another order get the same lots but for ties, which one lot settles.
    """
    instructed, fills = block
    order = list(range(len(instructed)))
    chance.shuffle(order)
    first_fill = fills[:1]
    for received in received_after(instructed, first_fill):
        for moved in received_after([instructed[leg] for leg in order], first_fill):
            for place, leg in enumerate(order):
                assert abs(moved[place] - received[leg]) <= 1


def test_a_fill_beyond_what_is_missing_stops_the_process():
    """Over-fills are the caller's: they belong to whoever ordered, by another rule."""
    with pytest.raises(AssertionError):
        allocate([3, 2], [1, 1], 4)
    with pytest.raises(AssertionError):
        allocate([3], [1], 3)


def test_many_legs_and_large_lots_are_exact():
    instructed = [10_000_000 - leg for leg in range(500)]
    given_lots = allocate(instructed, [0] * 500, 1_234_567)
    assert sum(given_lots) == 1_234_567
    assert max(given_lots) - min(given_lots) <= 1
