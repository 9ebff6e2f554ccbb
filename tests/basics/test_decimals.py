"""Decimal text becomes a scaled integer exactly, or is refused in words."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.decimals import DecimalFault, format_scaled, parse_scaled

PLACES = st.integers(0, 12)


@pytest.mark.parametrize(
    ("text", "places", "scaled"),
    [
        ("-36.98", 9, -36_980_000_000),
        ("36.98", 2, 3698),
        ("+36.98", 2, 3698),
        ("0", 9, 0),
        ("-0", 9, 0),
        ("-0.000000001", 9, -1),
        ("007", 0, 7),
        ("1.0000000000000", 9, 1_000_000_000),
        ("5.000", 0, 5),
        ("  12.5\t", 1, 125),
        ("9" * 30, 0, 10**30 - 1),
    ],
)
def test_plain_decimals_are_exact(text, places, scaled):
    assert parse_scaled(text, places) == scaled


@pytest.mark.parametrize(
    "text",
    [
        *"NaN nan inf -Infinity 1e3 1E-3 0x10 1_000 1,000 1,5 .5 5. . + - -- +-1 1-1".split(),
        *"1.2.3 5% $5 −5 ½ ∞ true None".split(),
        *("", " ", "1 000", "1\x00"),
    ],
)
def test_what_is_no_plain_decimal_is_refused_and_quoted(text):
    with pytest.raises(DecimalFault) as caught:
        parse_scaled(text, 9)
    assert repr(text) in str(caught.value)
    assert "plain decimal" in str(caught.value)


@pytest.mark.parametrize("text", ["١٢", "１", "1.٥", "३.5", "1２"])
def test_digits_of_other_scripts_are_refused(text):
    """Law: there is one spelling of a number; what looks like another text is not read as one."""
    with pytest.raises(DecimalFault):
        parse_scaled(text, 9)


@pytest.mark.parametrize("text", ["1" * 31, "-" + "9" * 5_000, "0." + "0" * 31])
def test_a_number_too_long_to_mean_anything_is_refused(text):
    with pytest.raises(DecimalFault):
        parse_scaled(text, 9)


@pytest.mark.parametrize(
    ("text", "places"), [("0.0000000001", 9), ("1.23", 1), ("0.5", 0), ("-1.0000001", 6)]
)
def test_what_is_finer_than_the_scale_is_refused_not_rounded(text, places):
    with pytest.raises(DecimalFault, match=f"beyond the {places} decimal places"):
        parse_scaled(text, places)


@pytest.mark.parametrize(
    ("value", "places", "places_min", "text"),
    [
        (-36_980_000_000, 9, 0, "-36.98"),
        (0, 9, 0, "0"),
        (0, 6, 2, "0.00"),
        (-1, 9, 0, "-0.000000001"),
        (5_000_000, 6, 2, "5.00"),
        (5_123_400, 6, 2, "5.1234"),
        (7, 0, 0, "7"),
        (-7, 0, 2, "-7.00"),
        (10**30, 6, 0, "1" + "0" * 24),
    ],
)
def test_integers_are_written_without_superfluous_zeros(value, places, places_min, text):
    assert format_scaled(value, places, places_min) == text


@given(st.integers(-(10**28), 10**28), PLACES, st.integers(0, 12))
def test_what_is_written_is_read_back(value, places, places_min):
    text = format_scaled(value, places, min(places, places_min))
    assert parse_scaled(text, places) == value
    assert Fraction(text) == Fraction(value, 10**places)


@given(st.decimals(-(10**20), 10**20, allow_nan=False, allow_infinity=False, places=6))
def test_every_decimal_within_the_scale_is_read_exactly(number):
    assert parse_scaled(f"{number:f}", 9) == Fraction(number) * 10**9


@given(st.text(max_size=40), PLACES)
def test_any_text_is_a_number_or_a_fault(text, places):
    """Law: bad input is refused by its own fault and by no other exception."""
    try:
        value = parse_scaled(text, places)
    except DecimalFault:
        return
    assert text.strip().isascii()
    assert Fraction(text.strip()) == Fraction(value, 10**places)
