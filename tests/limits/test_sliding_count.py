"""A count over the last window: nothing leaves early, and nothing stays longer than a slice."""

from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.sliding_count import SLICES_OF_WINDOW, SlidingCount

MINUTE = 60 * 10**9
SECOND = 10**9


def test_an_amount_counts_for_its_window():
    count = SlidingCount(MINUTE)
    count.add(5 * SECOND, 3)
    count.add(20 * SECOND, 4)
    assert count.of(64 * SECOND) == 7
    assert count.of(66 * SECOND) == 4
    assert count.of(81 * SECOND) == 0


def test_looking_changes_nothing():
    count = SlidingCount(MINUTE)
    count.add(0, 3)
    assert count.of(10 * MINUTE) == 0
    assert list(count.slices) == [(0, 3)]
    assert count.of(0) == 3


@given(
    window=st.integers(1, 10**6),
    steps=st.lists(st.tuples(st.integers(0, 10**5), st.integers(1, 50)), max_size=200),
)
def test_it_never_forgets_early_and_at_most_a_slice_late(window, steps):
    """Law: the true amount of the window ≤ what counts ≤ that of a window a slice longer."""
    count, now, known = SlidingCount(window), 10**7, []
    slice_ns = -(-window // SLICES_OF_WINDOW)
    for gap, amount in steps:
        now += gap
        count.add(now, amount)
        known.append((now, amount))
        least = sum(each for at, each in known if at > now - window)
        most = sum(each for at, each in known if at > now - window - slice_ns)
        assert least <= count.of(now) <= most
        assert len(count.slices) <= SLICES_OF_WINDOW + 1
        assert SlidingCount(window, list(count.slices)).of(now) == count.of(now)


@given(
    before=st.integers(1, 10**6),
    after=st.integers(1, 10**6),
    steps=st.lists(st.tuples(st.integers(0, 10**4), st.integers(1, 9)), min_size=1, max_size=60),
)
def test_another_window_forgets_nothing_early(before, after, steps):
    count, now, known = SlidingCount(before), 10**7, []
    for gap, amount in steps:
        now += gap
        count.add(now, amount)
        known.append((now, amount))
    other = count.over(after)
    assert other.of(now) >= sum(each for at, each in known if at > now - min(before, after))
    other.add(now, 1)
    numbers = [number for number, _ in other.slices]
    assert numbers == sorted(set(numbers))
