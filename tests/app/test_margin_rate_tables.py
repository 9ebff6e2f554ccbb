"""``[[margin_rate]]`` of a desk file: human units, both sides at once or each its own."""

import tomllib
from datetime import date

import pytest

from fencang.app.desk.faults import Lines
from fencang.app.desk.fields import Fields
from fencang.app.desk.margin_rates import read_margin_rate
from fencang.refdata.margin_rate import (
    BrokerRate,
    LargerSide,
    LotRate,
    MarginRate,
    RequirementPrice,
)

HEAD = '[[margin_rate]]\nscope = "rb"\nfrom_day = 2026-01-05\n'


def read(text):
    """Return the stage of a text, and its faults as (key, words)."""
    faults = []
    root = Fields(tomllib.loads(text, parse_float=str), "", faults, Lines(text))
    [rate] = [read_margin_rate(each) for each in root.each("margin_rate")]
    return rate, [(fault.key.removeprefix("margin_rate[0]"), fault.words) for fault in faults]


def test_one_ratio_is_that_of_both_sides():
    rate, faults = read(HEAD + 'ratio = "9 %"\nper_lot = "1.5"')
    nine = LotRate(ratio_ppm=90_000, amount_micros=1_500_000)
    assert not faults
    assert rate == MarginRate(scope_id="rb", from_day=date(2026, 1, 5), long=nine, short=nine)


def test_everything_a_stage_can_state():
    rate, faults = read(
        HEAD
        + """
        ratio = "9 %"
        short_ratio = "10 %"
        long_per_lot = 20
        broker = { ratio = "2 %", short_per_lot = "0.5", relative = true }
        larger_side = "group"
        larger_side_group = "black-metals"
        larger_side_days = 5
        price = "last_settlement"
        """
    )
    assert not faults
    assert rate == MarginRate(
        scope_id="rb",
        from_day=date(2026, 1, 5),
        long=LotRate(ratio_ppm=90_000, amount_micros=20_000_000),
        short=LotRate(ratio_ppm=100_000),
        broker=BrokerRate(
            long=LotRate(ratio_ppm=20_000),
            short=LotRate(ratio_ppm=20_000, amount_micros=500_000),
            is_relative=True,
        ),
        larger_side=LargerSide.GROUP,
        larger_side_group="black-metals",
        larger_side_days=5,
        price=RequirementPrice.LAST_SETTLEMENT,
    )


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ('ratio = "9"', ".ratio", "is not a number such as 5.5 %"),
        ('ratio = "1001 %"', ".ratio", "is out of range"),
        ("per_lot = -1\nratio = '9 %'", ".per_lot", "is out of range"),
        ("ratio = '9 %'\nlarger_side = 'yes'", ".larger_side", "none, contract, product, group"),
        ("ratio = '9 %'\nlarger_side_days = 251", ".larger_side_days", "from 0 to 250"),
        ("ratio = '9 %'\nprice = 'open'", ".price", "latest_mark, last_settlement"),
        ("ratio = '9 %'\nbroker = { ratio = 'x' }", ".broker.ratio", "is not a number"),
        ("ratio = '9 %'\nbroker = { rate = '1 %' }", ".broker.rate", "is not a key"),
        ("ratio = '9 %'\nmargin = '9 %'", ".margin", "is not a key of this table"),
        ("", "", "asks for nothing"),
        ("ratio = '9 %'\nbroker = { ratio = '2 %' }", "", "below the exchange's"),
        ("ratio = '9 %'\nlarger_side = 'group'", "", "names none"),
    ],
)
def test_each_fault_is_named_with_its_key(text, key, words):
    _, faults = read(HEAD + text)
    assert [found for found, _ in faults if found != key] == []
    assert all(words in said for _, said in faults)
    assert faults


def test_scope_and_first_day_are_required():
    _, faults = read('[[margin_rate]]\nratio = "9 %"')
    assert faults == [(".from_day", "is missing"), (".scope", "is missing")]


def test_a_day_that_is_none_is_one_fault():
    _, faults = read('[[margin_rate]]\nscope = "rb"\nratio = "9 %"\nfrom_day = "2026-02-30"')
    assert faults == [(".from_day", '"2026-02-30" is not a day such as 2018-02-05')]
