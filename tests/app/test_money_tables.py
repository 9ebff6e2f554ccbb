"""``[[fee_row]]``, ``[[funding]]`` and ``[[interest]]``: human units, every fault in words."""

from datetime import date

import pytest

from fencang.app.commands.desk import refusals_of
from fencang.app.desk.file import DeskFileFault, parse_desk
from fencang.refdata.fees import FeeKind, FeeRow, FeeStep
from fencang.refdata.funding import (
    AfterCutoff,
    DayCount,
    FundingTerms,
    InterestRate,
    InterestScope,
    SweepTarget,
)
from tests.app.program import SMALL_DESK

DAY = date(2024, 1, 1)
FEE_ROWS = """
[[fee_row]]
id = "exchange"
kind = "exchange"
scope = "CL"
from_day = 2024-01-01
per_lot = "1.50"
value = "0.00023 %"
close_today_per_lot = "0"
close_today_value = "0.00345 %"
order_minimum = "5"
carrying = "FCM"
service_tier = "standard"
[[fee_row]]
id = "maker"
kind = "exchange"
scope = "CL-C"
from_day = 2024-01-01
per_lot = "-0.25"
rebate = true
[[fee_row]]
id = "broker"
kind = "broker"
scope = "CL"
from_day = 2024-01-01
per_lot = "1.20"
day_minimum = "10"
steps = [{ above = 1000, per_lot = "0.95" }, { above = 5000, per_lot = "0.80" }]
counts = ["CL"]
"""
FUNDING = """
[[funding]]
carrying = "FCM"
currency = "USD"
from_day = 2024-01-01
cutoff = "17:30"
utc_offset = "-05:00"
after_cutoff = "refuse"
call_due_days = 0
call_due = "11:00"
call_minimum = "10000"
holidays = [2024-01-15]
"""
INTEREST = """
[[interest]]
of = "carrying"
account = "FCM"
currency = "EUR"
from_day = 2024-01-01
credit = "-0.5 %"
debit = "6 %"
day_count = "act_365"
[[interest]]
of = "sub_account"
currency = "USD"
from_day = 2024-01-01
credit = "3.6 %"
benefit = "2 %"
"""


def faults_of(text):
    with pytest.raises(DeskFileFault) as caught:
        parse_desk(text)
    return {fault.key: fault.words for fault in caught.value.faults}


def test_the_tables_in_human_units():
    """0.00023 % are 2,300 parts per billion; 17:30 are 63,000 seconds; -0.5 % are -5,000 ppm."""
    desk = parse_desk(SMALL_DESK + FEE_ROWS + FUNDING + INTEREST)
    assert desk.money_terms.fee_rows == (
        FeeRow(
            row_id="exchange",
            kind=FeeKind.EXCHANGE,
            scope_id="CL",
            from_day=DAY,
            carrying_account_id="FCM",
            service_tier="standard",
            per_lot_micros=1_500_000,
            value_ppb=2_300,
            close_today_per_lot_micros=0,
            close_today_value_ppb=34_500,
            order_minimum_micros=5_000_000,
        ),
        FeeRow(
            row_id="maker",
            kind=FeeKind.EXCHANGE,
            scope_id="CL-C",
            from_day=DAY,
            per_lot_micros=-250_000,
            is_rebate=True,
        ),
        FeeRow(
            row_id="broker",
            kind=FeeKind.BROKER,
            scope_id="CL",
            from_day=DAY,
            per_lot_micros=1_200_000,
            day_minimum_micros=10_000_000,
            steps=(FeeStep(1_000, 950_000), FeeStep(5_000, 800_000)),
            counted_products=("CL",),
        ),
    )
    assert desk.money_terms.funding == (
        FundingTerms(
            carrying_account_id="FCM",
            currency="USD",
            from_day=DAY,
            cutoff_s=63_000,
            utc_offset_minutes=-300,
            after_cutoff=AfterCutoff.REFUSE,
            call_due_days=0,
            call_due_s=39_600,
            call_minimum_micros=10_000_000_000,
            holidays=(date(2024, 1, 15),),
        ),
    )
    assert desk.money_terms.interest == (
        InterestRate(
            scope=InterestScope.CARRYING,
            scope_id="FCM",
            currency="EUR",
            from_day=DAY,
            credit_ppm=-5_000,
            debit_ppm=60_000,
            day_count=DayCount.ACT_365,
        ),
        InterestRate(
            scope=InterestScope.SUB_ACCOUNT,
            currency="USD",
            from_day=DAY,
            credit_ppm=36_000,
            benefit_ppm=20_000,
        ),
    )
    assert refusals_of(desk) == []


SWEEP = """
[[sweep]]
carrying = "FCM"
owner = "FIRM"
currency = "USD"
target = "250000"
least = "1000"
"""


def test_sweeps_in_human_units_and_their_faults():
    desk = parse_desk(SMALL_DESK + SWEEP)
    assert desk.money_terms.targets == (
        SweepTarget(
            carrying_account_id="FCM",
            owner_id="FIRM",
            currency="USD",
            target_micros=250_000_000_000,
            least_micros=1_000_000_000,
        ),
    )
    assert refusals_of(desk) == []
    assert "sweep[1].target" in faults_of(SMALL_DESK + SWEEP + SWEEP)
    assert "sweep[0].owner" in faults_of(SMALL_DESK + SWEEP.replace("FIRM", "FORM"))
    assert "sweep[0].target" in faults_of(SMALL_DESK + SWEEP.replace("250000", "-1"))


def test_faults_of_steps_and_minima_are_named_by_key():
    text = FEE_ROWS.replace("above = 5000", "above = 0").replace(
        'counts = ["CL"]', 'counts = ["XX"]'
    )
    faults = faults_of(SMALL_DESK + text)
    assert "from 1 to" in faults["fee_row[2].steps[1].above"]
    text = FEE_ROWS.replace('counts = ["CL"]', 'counts = ["XX"]')
    assert "no product of this desk" in faults_of(SMALL_DESK + text)["fee_row[2].counts"]
    text = FEE_ROWS.replace("above = 5000", "above = 1000")
    assert "begins above more lots" in faults_of(SMALL_DESK + text)["fee_row[2]"]
    text = FEE_ROWS.replace("rebate = true", 'day_minimum = "1"').replace("-0.25", "0.25")
    assert "CL-C is a contract" in faults_of(SMALL_DESK + text)["fee_row[1].day_minimum"]


def test_faults_of_fee_rows_are_named_by_key():
    text = FEE_ROWS.replace('per_lot = "1.50"', 'per_lot = "-1.50"').replace('"FCM"', '"FCN"')
    assert "is_rebate" in faults_of(SMALL_DESK + text)["fee_row[0]"]
    assert faults_of(SMALL_DESK + text)["fee_row[0].carrying"].startswith('"FCN" is no carrying')
    text = FEE_ROWS.replace('scope = "CL-C"', 'scope = "NG"').replace("0.00023 %", "0.00023")
    found = faults_of(SMALL_DESK + text)
    assert found["fee_row[1].scope"].startswith('"NG" is no product or contract')
    assert found["fee_row[0].value"] == '"0.00023" is not a number such as 0.0023 %'
    twice = FEE_ROWS + FEE_ROWS
    assert faults_of(SMALL_DESK + twice)["fee_row[3].id"].startswith("exchange is stated twice")
    found = faults_of(SMALL_DESK + FEE_ROWS.replace('"standard"', '"gold"'))
    assert "service tier" in found["fee_row[0].service_tier"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('cutoff = "17:30"', 'cutoff = "25:00"', "cutoff"),
        ('cutoff = "17:30"\n', "", "cutoff"),
        ('utc_offset = "-05:00"', 'utc_offset = "EST"', "utc_offset"),
        ('utc_offset = "-05:00"', 'utc_offset = "+15:00"', "utc_offset"),
        ('after_cutoff = "refuse"', 'after_cutoff = "later"', "after_cutoff"),
        ("from_day = 2024-01-01\n", "", "from_day"),
        ("call_due_days = 0", "call_due_days = 31", "call_due_days"),
        ('carrying = "FCM"', 'carrying = "X"', "carrying"),
    ],
)
def test_faults_of_funding_are_named_by_key(old, new, key):
    assert f"funding[0].{key}" in faults_of(SMALL_DESK + FUNDING.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('account = "FCM"', 'account = "X"', "interest[0].account"),
        ('credit = "-0.5 %"', 'credit = "-101 %"', "interest[0].credit"),
        ('day_count = "act_365"', 'day_count = "30_360"', "interest[0].day_count"),
        ('debit = "6 %"', 'debit = "6 %"\nbenefit = "1 %"', "interest[0]"),
        ('currency = "USD"', 'currency = "EUR"', "interest[1].benefit"),
    ],
)
def test_faults_of_interest_are_named_by_key(old, new, key):
    assert key in faults_of(SMALL_DESK + INTEREST.replace(old, new))
