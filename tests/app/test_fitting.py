"""Tables that fit a terminal: every figure whole, whatever the width."""

import io

import pytest
from rich.console import Console

from fencang.app.commands.fitting import Column, fitting

NAMES = [Column("book", ["ALPHA", "分仓", "[x]", "together"], is_number=False)]
AMOUNTS = [
    Column(f"at BROKER-{number}", ["1,000,000.00", "-234,567.89", "0.00", "765,432.11"])
    for number in range(1, 5)
]


def told(width, *, last_is_sum=False):
    """Return what a terminal of a width shows, table by table."""
    found = []
    for table in fitting(width, "Cash", NAMES, AMOUNTS, last_is_sum=last_is_sum):
        console = Console(file=io.StringIO(), width=width)
        console.print(table)
        found.append(console.file.getvalue().splitlines())
    return found


@pytest.mark.parametrize(("width", "tables"), [(24, 4), (40, 2), (61, 1), (60, 2), (200, 1)])
def test_columns_that_do_not_fit_stand_in_a_further_table(width, tables):
    """Names need 9 cells and an amount 13: one of them fits in 24, two in 40, four in 61."""
    found = told(width)
    assert len(found) == tables
    whole = " ".join(line for lines in found for line in lines)
    assert whole.count("1,000,000.00") == whole.count("-234,567.89") == 4
    for lines in found:
        assert sum("分仓" in line for line in lines) == 1
        assert sum("[x]" in line for line in lines) == 1
    assert [lines[0].strip() == "Cash" for lines in found] == [True] + [False] * (tables - 1)


def test_a_line_stands_above_a_sum():
    (lines,) = told(80, last_is_sum=True)
    assert "─" in lines[-2]
    assert lines[-1].startswith("together")
    (lines,) = told(80)
    assert "─" not in "".join(lines)


def test_a_single_column_wider_than_the_terminal_still_stands():
    """There is nothing to divide: the column has a table of its own."""
    assert len(told(10)) == 4
