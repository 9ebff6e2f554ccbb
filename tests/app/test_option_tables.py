"""Options and forwards in a desk file: kind, cash style, right, strike and what they become."""

import pytest

from fencang.app.commands.desk import refusals_of
from fencang.app.desk.file import DeskFileFault, parse_desk
from fencang.refdata.contract import (
    CashStyle,
    ContractKind,
    ExerciseStyle,
    OptionRight,
    OptionSettlement,
    OptionTerms,
)
from tests.app.program import SMALL_DESK

OPTIONS = """
[[product]]
id = "LO"
venue = "NYMEX"
currency = "USD"
point_value = "1000"
tick = "0.01"
kind = "option"
cash_style = "premium"
option = { exercise = "american", settlement = "future", threshold = "0.01" }
[[contract]]
id = "LO-P"
product = "LO"
right = "put"
strike = "-5.5"
underlying = "CL-C"
margin_key = "NYM/LO/OOF/202006/P/-5.5"
"""


def test_an_option_in_human_units():
    desk = parse_desk(SMALL_DESK + OPTIONS)
    product, contract = desk.products[-1], desk.contracts[-1]
    assert (product.kind, product.cash_style) == (ContractKind.OPTION, CashStyle.PREMIUM)
    assert product.option == OptionTerms(
        exercise_style=ExerciseStyle.AMERICAN,
        settlement=OptionSettlement.FUTURE,
        threshold_nanos=10_000_000,
    )
    assert (contract.right, contract.strike_nanos) == (OptionRight.PUT, -5_500_000_000)
    assert contract.underlying_id == "CL-C"
    assert refusals_of(desk) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('right = "put"', 'right = "buy"', "contract[1].right", "buy"),
        ('strike = "-5.5"', 'strike = "five"', "contract[1].strike", "five"),
        ('strike = "-5.5"\n', "", "contract[1]", "both right and strike_nanos"),
        ('kind = "option"\n', "", "product[1]", "pays no premium"),
        ('exercise = "american", ', "", "product[1].option.exercise", "is missing"),
        ('underlying = "CL-C"', 'underlying = "CLC"', "contract[1].underlying", '"CL-C"'),
    ],
)
def test_faults_are_told_with_their_place(old, new, key, words):
    assert OPTIONS.count(old) == 1, old
    with pytest.raises(DeskFileFault) as caught:
        parse_desk(SMALL_DESK + OPTIONS.replace(old, new))
    found = {fault.key: fault.words for fault in caught.value.faults}
    assert words in found[key], found
