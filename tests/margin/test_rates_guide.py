"""The guide's worked example and its lines of code say what the program does."""

import re
from pathlib import Path

from fencang.margin.rates.combination import (
    Combination,
    CombinationKind,
    CombinationTable,
    parse_legs,
)
from fencang.margin.rates.requirement import rate_margin
from tests.margin import rates_book as rb

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "rate-margin.md"


def listed(text, priority, coefficient_ppm):
    first, second = parse_legs(text)
    return Combination(
        kind=CombinationKind.LOCK if "2603" not in text else CombinationKind.CALENDAR,
        priority=priority,
        first=first,
        second=second,
        coefficient_ppm=coefficient_ppm,
    )


def test_the_worked_example_of_the_guide():
    table = CombinationTable(
        [listed("a2601,-a2603", 2, 400_000), listed("a2601,-a2601", 1, 100_000)]
    )
    found = rb.parameters(
        [rb.future("a2601"), rb.future("a2603")],
        {"a2601": rb.stage("0.2"), "a2603": rb.stage(0, 3000)},
        table,
    )
    positions = [
        rb.held("a2601", rb.LONG, 3),
        rb.held("a2601", rb.SHORT, 1),
        rb.held("a2603", rb.SHORT, 1),
    ]
    result = rate_margin(found, rb.book({"a2601": 4203, "a2603": 4200}, positions))
    alone = sum(line.single.exchange_micros for line in result.positions)
    amounts = [line.margin.exchange_micros for line in result.pairs]
    text = GUIDE.read_text(encoding="utf-8")
    for amount in (alone, *amounts, rb.micros(8406), result.used.exchange_micros):
        assert f"{amount / 1_000_000:,.2f}" in text
    assert [line.combination.priority for line in result.pairs] == [1, 2]


def test_the_lines_of_code_in_the_guide_hold():
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, str(GUIDE), "exec"), {})  # noqa: S102 - the guide's own lines
