"""Prices of positional SPAN files: locators, alignment codes, nothing guessed."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.price import parse_price
from fencang.parameters.prices import (
    PRICE_MAGNITUDE_MAX,
    PriceFormat,
    PriceFormatFault,
    decode_price,
    decode_prices,
    encode_price,
    encode_prices,
    value_factor_shift,
)

EXAMPLES = (
    Path(__file__).resolve().parents[2].parent / "shared" / "data" / "span" / "worked_examples.json"
)
FORMATS = [PriceFormat(locator) for locator in range(-8, 13)]
FORMATS += [PriceFormat(3, "C"), PriceFormat(3, "0"), PriceFormat(1, "0")]


def test_real_settlement_fields_decode_to_their_outside_closes():
    """cme-price-decoding-20190102: every row exact."""
    if not EXAMPLES.exists():
        pytest.skip("the worked examples are not at hand")
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))["examples"]
    (example,) = (each for each in examples if each["id"] == "cme-price-decoding-20190102")
    assert len(example["rows"]) == 7
    for name, digits, locator, alignment, price in example["rows"]:
        found = decode_price(int(digits), PriceFormat(locator, alignment.strip()))
        assert found == parse_price(str(price)), name


@pytest.mark.parametrize(
    ("digits", "price_format", "price"),
    [
        ("0251100", PriceFormat(2), "2511"),  # ES, record 82 of 2019-01-02
        ("00000000251100", PriceFormat(2), "2511"),  # the same, high precision, record 81
        ("0122060", PriceFormat(3, "C"), "122.1875"),  # ten-year note: 122 + 6/32
        ("0003757", PriceFormat(3, "0"), "375.75"),  # corn: 375 and 3/4 cents
        ("00000000280500", PriceFormat(5), "2.805"),  # NG, record 81
        ("0280500", PriceFormat(5), "2.805"),  # the reference price of its options, record B
        ("00000000284100", PriceFormat(3), "284.1"),  # soybean meal, 2025
        ("0002750", PriceFormat(3), "2.75"),  # strike of an NG option
        ("0003763", PriceFormat(2), "37.63"),  # WTI of 2020-04-20; its sign is a field of its own
        ("0122062", PriceFormat(3, "C"), "122.1953125"),  # 122 + 6.25/32 = 122 + 50/256
        ("0122065", PriceFormat(3, "C"), "122.203125"),  # 122 + 6.5/32
        ("0122067", PriceFormat(3, "C"), "122.2109375"),  # 122 + 6.75/32
        ("0122061", PriceFormat(3, "C"), "122.19140625"),  # 122 + 6.125/32
        ("0122068", PriceFormat(3, "C"), "122.21484375"),  # 122 + 6.875/32
        ("0003752", PriceFormat(3, "0"), "375.25"),
        ("0003753", PriceFormat(3, "0"), "375.375"),
        ("0003756", PriceFormat(3, "0"), "375.625"),
        ("0000042", PriceFormat(-2), "4200"),  # a negative locator multiplies
        ("0091905", PriceFormat(7), "0.0091905"),  # yen
    ],
)
def test_a_field_means_its_price(digits, price_format, price):
    assert decode_price(int(digits), price_format) == parse_price(price)


@pytest.mark.parametrize(
    ("digits", "price_format", "why"),
    [
        (122_320, PriceFormat(3, "C"), "32 thirty-seconds"),
        (122_064, PriceFormat(3, "C"), "last digit 4"),
        (122_069, PriceFormat(3, "C"), "last digit 9"),
        (3_754, PriceFormat(3, "0"), "last digit 4"),
        (1, PriceFormat(2, "C"), "alignment code C with locator 2"),
        (1, PriceFormat(0, "0"), "alignment code 0 with locator 0"),
        (1, PriceFormat(2, "K"), "alignment code 'K'; allowed is blank, C or 0"),
        (1, PriceFormat(13), "locator 13; allowed is -8 to 12"),
        (1, PriceFormat(10), "finer than a nano"),
        (10**14 - 1, PriceFormat(0), "a price above"),
    ],
)
def test_what_means_no_price_is_refused_by_name(digits, price_format, why):
    with pytest.raises(PriceFormatFault, match=why):
        decode_price(digits, price_format)


@given(st.sampled_from(FORMATS), st.lists(st.integers(0, 10**14 - 1), max_size=20))
def test_many_prices_decode_like_each_alone(price_format, digits):
    prices, bad = decode_prices(np.array(digits, dtype=np.int64), price_format)
    for each, price, is_bad in zip(digits, prices.tolist(), bad.tolist(), strict=True):
        try:
            alone = decode_price(each, price_format)
        except PriceFormatFault:
            assert is_bad
        else:
            assert (price, is_bad) == (alone, False)


@given(st.sampled_from(FORMATS), st.integers(0, 10**7 - 1))
def test_a_price_is_written_as_the_digits_it_was_read_from(price_format, digits):
    try:
        price = decode_price(digits, price_format)
    except PriceFormatFault:
        return
    assert encode_price(price, price_format) == digits
    assert encode_price(-price, price_format) == digits
    found, bad = encode_prices(np.array([price, -price], dtype=np.int64), price_format)
    assert (found.tolist(), bad.tolist()) == ([digits, digits], [False, False])


@given(st.sampled_from(FORMATS), st.integers(-PRICE_MAGNITUDE_MAX, PRICE_MAGNITUDE_MAX))
def test_a_price_finer_than_the_format_is_not_written(price_format, price):
    _, bad = encode_prices(np.array([price], dtype=np.int64), price_format)
    try:
        digits = encode_price(price, price_format)
    except PriceFormatFault:
        assert bad.tolist() == [True]
    else:
        if not bad[0]:
            assert decode_price(digits, price_format) == abs(price)


def test_the_value_factor_of_grains_fits_prices_in_cents():
    """Corn's 5,000 is for dollars (locator 3: 3.757); a price in cents needs 50 = 5,000 / 10^2."""
    assert value_factor_shift(PriceFormat(3, "0")) == 2
    assert value_factor_shift(PriceFormat(3, "C")) == 0
    assert value_factor_shift(PriceFormat(2)) == 0
