"""The indicator rule: when it fires, what is kept, how a cut is sliced and priced."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fencang.basics.money import PPM
from fencang.basics.price import NANOS, parse_price
from fencang.rules.indicator import band_limit_nanos, is_triggered, lots_kept, slices

FIVE_PERCENT = 50_000
TICKS = st.sampled_from([1, 250_000_000, 10_000_000, 5_000_000_000])
MARKS = st.integers(-(10**13), 10**13)


def test_february_2018_fires_the_rule():
    """Reference close 17.31, level 37.32: at least 17.31 × 1.05 = 18.1755."""
    reference, level = parse_price("17.31"), parse_price("37.32")
    assert is_triggered(reference, level, FIVE_PERCENT)
    assert is_triggered(reference, parse_price("18.1755"), FIVE_PERCENT)
    assert not is_triggered(reference, parse_price("18.1755") - 1, FIVE_PERCENT)


@given(st.integers(1, 10**18), st.integers(1, 100_000_000))
def test_a_rise_of_exactly_the_threshold_triggers_and_one_nano_less_does_not(units, rise_ppm):
    reference = units * PPM
    threshold = units * (PPM + rise_ppm)
    assert is_triggered(reference, threshold, rise_ppm)
    assert not is_triggered(reference, threshold - 1, rise_ppm)


@given(st.integers(1, 10**18), st.integers(1, 10**19), st.integers(1, 100_000_000))
def test_the_comparison_is_exact(reference, value, rise_ppm):
    exact = Fraction(value, reference) >= 1 + Fraction(rise_ppm, PPM)
    assert is_triggered(reference, value, rise_ppm) is exact


def test_half_of_seven_lots_keeps_three():
    assert lots_kept(7, 500_000) == 3
    assert [lots_kept(7, keep_ppm) for keep_ppm in (0, 1, PPM - 1, PPM)] == [0, 0, 6, 7]
    assert lots_kept(0, 500_000) == 0


@given(st.integers(0, 10_000_000), st.integers(0, PPM))
def test_never_more_is_kept_than_the_share_and_the_cut_takes_no_lot_more_than_it_must(lots, ppm):
    kept = lots_kept(lots, ppm)
    assert 0 <= kept <= lots
    assert 0 <= Fraction(lots * ppm, PPM) - kept < 1


@pytest.mark.parametrize(
    ("quantity", "clip", "cut"),
    [(7, 3, [3, 3, 1]), (6, 3, [3, 3]), (2, 3, [2]), (3, 3, [3]), (0, 3, []), (3, 1, [1, 1, 1])],
)
def test_a_quantity_is_cut_into_clips(quantity, clip, cut):
    assert slices(quantity, clip) == cut


@given(st.integers(0, 100_000), st.integers(1, 10_000).map(lambda clip: clip * 10))
def test_slices_sum_to_the_quantity_and_never_exceed_the_clip(quantity, clip):
    cut = slices(quantity, clip)
    assert sum(cut) == quantity
    assert all(0 < part <= clip for part in cut)
    assert all(part == clip for part in cut[:-1])
    assert len(cut) == -(-quantity // clip)


@pytest.mark.parametrize(
    ("mark", "is_buy", "limit"),
    [
        ("50.00", True, "51.00"),
        ("50.00", False, "49.00"),
        ("-37.63", True, "-36.88"),
        ("-37.63", False, "-38.38"),
        ("0", True, "0.20"),
        ("0", False, "-0.20"),
        ("-0.01", True, "0.19"),
        ("1.00", False, "0.80"),
    ],
)
def test_worked_limits(mark, is_buy, limit):
    """2 % of the absolute mark, at least 20 ticks of 0.01: the band does not vanish at zero."""
    found = band_limit_nanos(
        parse_price(mark),
        is_buy=is_buy,
        tick_nanos=NANOS // 100,
        band_ppm=20_000,
        band_ticks=20,
    )
    assert found == parse_price(limit)


@given(MARKS, st.booleans(), TICKS, st.integers(0, 1_000_000), st.integers(1, 100))
@example(0, True, 10_000_000, 0, 1)
@example(-1, False, 5_000_000_000, 20_000, 1)
@example(1, True, 5_000_000_000, 0, 1)
def test_a_limit_is_on_the_tick_inside_the_band_and_at_its_far_edge(
    mark, is_buy, tick, band_ppm, band_ticks
):
    """Law: never beyond the band, less than a tick from its edge, never behind the mark."""
    limit = band_limit_nanos(
        mark, is_buy=is_buy, tick_nanos=tick, band_ppm=band_ppm, band_ticks=band_ticks
    )
    width = max(Fraction(abs(mark) * band_ppm, PPM), Fraction(band_ticks * tick))
    distance = limit - mark if is_buy else mark - limit
    assert limit % tick == 0
    assert 0 <= distance <= width
    assert width - distance < tick + 1  # the band is counted in whole nanos


@given(MARKS, TICKS, st.integers(0, 1_000_000), st.integers(1, 100))
def test_a_sale_is_priced_as_the_mirror_of_a_purchase(mark, tick, band_ppm, band_ticks):
    """Law: neither side of zero is special."""
    terms = {"tick_nanos": tick, "band_ppm": band_ppm, "band_ticks": band_ticks}
    bought = band_limit_nanos(mark, is_buy=True, **terms)
    assert band_limit_nanos(-mark, is_buy=False, **terms) == -bought
