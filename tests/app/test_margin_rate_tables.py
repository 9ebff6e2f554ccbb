"""``[[margin_rate]]`` of a desk file: human units, both sides at once or each its own."""

import tomllib
from datetime import date

import pytest

from fencang.app.desk.faults import Lines
from fencang.app.desk.fields import Fields
from fencang.app.desk.file import DeskFileFault, parse_desk
from fencang.app.desk.margin_rates import read_margin_rate
from fencang.refdata.account import AccountType
from fencang.refdata.margin_rate import (
    BrokerRate,
    LargerSide,
    LotRate,
    MarginRate,
    RequirementPrice,
)
from tests.app.program import SMALL_DESK

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
        account_type = "hedger"
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
        account_type=AccountType.HEDGER,
    )


@pytest.mark.parametrize("account_type", AccountType)
def test_a_rate_is_for_accounts_of_the_type_it_names(account_type):
    rate, faults = read(HEAD + f'ratio = "5 %"\naccount_type = "{account_type}"')
    assert not faults
    assert rate.account_type is account_type


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ('ratio = "9"', ".ratio", "is not a number such as 5.5 %"),
        ('ratio = "1001 %"', ".ratio", "is out of range"),
        ("per_lot = -1\nratio = '9 %'", ".per_lot", "is out of range"),
        ("ratio = '9 %'\nlarger_side = 'yes'", ".larger_side", "none, contract, product, group"),
        ("ratio = '9 %'\nlarger_side_days = 251", ".larger_side_days", "from 0 to 250"),
        ("ratio = '9 %'\nprice = 'open'", ".price", "latest_mark, last_settlement"),
        ("ratio = '9 %'\naccount_type = 'all'", ".account_type", "member, hedger, speculator"),
        ("ratio = '9 %'\naccount_type = 1", ".account_type", "member, hedger, speculator"),
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


def stage(ratio, account_type="", scope="CL", day=5):
    """Return one table for a desk that trades the contract CL-C of the product CL."""
    whose = f'account_type = "{account_type}"' if account_type else ""
    return f"""
[[margin_rate]]
scope = "{scope}"
from_day = 2026-01-0{day}
ratio = "{ratio} %"
{whose}
"""


def test_a_desk_states_one_rate_for_hedgers_and_one_for_all_others():
    desk = parse_desk(SMALL_DESK + stage(5, "hedger") + stage(8) + stage(6, "hedger", "CL-C"))
    assert [(rate.long.ratio_ppm, rate.account_type) for rate in desk.margin_rates] == [
        (50_000, AccountType.HEDGER),
        (80_000, None),
        (60_000, AccountType.HEDGER),
    ]
    assert set(desk.margin_rates) <= set(desk.define.items)


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (stage(5, "hedger"), "[0].account_type", "member and speculator accounts have no rate"),
        (stage(8, day=6) + stage(5, "hedger"), "[1].account_type", "from 2026-01-05 on; state"),
        (stage(8, "", "CL-C") + stage(5, "hedger"), "[1].account_type", "have no rate of CL from"),
        (stage(8) + stage(5, "hedgers"), "[1].account_type", "is not one of member, hedger"),
        (stage(8) + stage(5, "hedger", "CO"), "[1].scope", "is no product or contract"),
        (
            stage(8) + 2 * stage(5, "hedger"),
            "[2].from_day",
            "CL has a rate for hedger accounts from 2026-01-05 on",
        ),
        (2 * stage(8), "[1].from_day", "CL has a rate from 2026-01-05 on"),
    ],
)
def test_rates_that_leave_accounts_out_or_clash_are_one_fault(text, key, words):
    with pytest.raises(DeskFileFault) as caught:
        parse_desk(SMALL_DESK + text)
    [fault] = caught.value.faults
    assert fault.key == f"margin_rate{key}"
    assert words in fault.words
    assert fault.line
