"""``[[add_on]]`` and ``[[cross_margin]]`` of a desk file: human units, every fault in words."""

import pytest

from fencang.app.commands.desk import refusals_of
from fencang.app.desk.file import DeskFileFault, parse_desk
from fencang.refdata.broker_terms import BrokerAddOn, CrossMargin, CrossMarginLeg
from tests.app.program import SMALL_DESK

SECOND_HOUSE = '[[venue]]\nid = "COMEX"\nname = "COMEX"\ncountry = "US"\n[[product]]'
DESK = SMALL_DESK.replace("[[product]]", SECOND_HOUSE).replace(
    'venues = ["NYMEX"]', 'venues = ["NYMEX", "COMEX"]'
)
ADD_ON = """
[[add_on]]
id = "BIG"
carrying = "FCM"
currency = "USD"
scope = ["CL", "CL-C"]
free_lots = 500
per_lot = "250.5"
[[add_on]]
id = "DEPOSIT"
carrying = "FCM"
currency = "EUR"
amount = 100000
"""
AGREEMENT = """
[[cross_margin]]
id = "METALS"
carrying = "FCM"
first = { clearing_house = "NYMEX", commodity = "CL" }
second = { clearing_house = "COMEX", commodity = "GC" }
offset = "62.5 %"
cap = "2000000"
same_side = true
"""


def faults_of(text):
    with pytest.raises(DeskFileFault) as caught:
        parse_desk(text)
    return {fault.key: fault.words for fault in caught.value.faults}


def test_add_ons_in_human_units():
    desk = parse_desk(DESK + ADD_ON)
    assert desk.add_ons == (
        BrokerAddOn(
            add_on_id="BIG",
            carrying_account_id="FCM",
            currency="USD",
            scope_ids=("CL", "CL-C"),
            free_lots=500,
            per_lot_micros=250_500_000,
        ),
        BrokerAddOn(
            add_on_id="DEPOSIT",
            carrying_account_id="FCM",
            currency="EUR",
            amount_micros=100_000_000_000,
        ),
    )
    assert refusals_of(desk) == []


def test_an_agreement_in_human_units():
    desk = parse_desk(DESK + AGREEMENT)
    assert desk.agreements == (
        CrossMargin(
            agreement_id="METALS",
            carrying_account_id="FCM",
            first=CrossMarginLeg(clearing_house="NYMEX", commodity="CL"),
            second=CrossMarginLeg(clearing_house="COMEX", commodity="GC"),
            offset_ppm=625_000,
            cap_micros=2_000_000_000_000,
            offsets_same_side=True,
        ),
    )
    assert refusals_of(desk) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('"CL-C"]', '"CLC"]', "add_on[0].scope", 'did you mean "CL-C"?'),
        (
            'carrying = "FCM"\ncurrency = "EUR"',
            'carrying = "FMC"\ncurrency = "EUR"',
            "add_on[1].carrying",
            '"FMC"',
        ),
        (
            'currency = "USD"\nscope',
            'currency = "EUR"\nscope',
            "add_on[0].currency",
            "quoted in USD",
        ),
        ("amount = 100000\n", "\n", "add_on[1].amount", "is missing"),
        ("amount = 100000", 'amount = 1\nscope = ["CL"]', "add_on[1]", "state two add-ons"),
        (
            'clearing_house = "COMEX"',
            'clearing_house = "COMX"',
            "cross_margin[0].second.clearing_house",
            "COMEX",
        ),
        (
            'clearing_house = "COMEX"',
            'clearing_house = "NYMEX"',
            "cross_margin[0]",
            "both legs are at",
        ),
        ('offset = "62.5 %"', 'offset = "101 %"', "cross_margin[0].offset", "101"),
        ('id = "METALS"', 'id = "METALS"\nkap = 1', "cross_margin[0].kap", '"cap"'),
        ('id = "DEPOSIT"', 'id = "BIG"', "add_on[1].id", "defined twice"),
    ],
)
def test_faults_are_told_with_their_place(old, new, key, words):
    text = ADD_ON + AGREEMENT
    assert text.count(old) == 1, old
    found = faults_of(DESK + text.replace(old, new))
    assert words in found[key], found
