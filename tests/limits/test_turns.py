"""The ends of months, stated days, and what lies around them."""

from datetime import date

import pytest

from fencang.limits.regimes.turns import is_near_turn, turn_before

APRIL_30, STATED = date(2020, 4, 30), date(2020, 4, 23)


@pytest.mark.parametrize(
    ("day", "days", "stated", "turn"),
    [
        (date(2020, 4, 30), 5, (), None),
        (date(2020, 5, 1), 5, (), APRIL_30),
        (date(2020, 5, 5), 5, (), APRIL_30),
        (date(2020, 5, 6), 5, (), None),
        (date(2020, 5, 1), 0, (), None),
        (date(2020, 1, 1), 1, (), date(2019, 12, 31)),
        (date(2020, 3, 2), 2, (), date(2020, 2, 29)),
        (date(2020, 4, 24), 5, (STATED,), STATED),
        (date(2020, 5, 2), 14, (STATED,), APRIL_30),
        (date.min, 14, (), None),
        (date.max, 14, (), None),
    ],
)
def test_the_turn_that_lies_shortly_before_a_day(day, days, stated, turn):
    assert turn_before(day, days, stated) == turn


@pytest.mark.parametrize(
    ("day", "is_near"),
    [
        (date(2020, 4, 18), False),
        (date(2020, 4, 19), True),
        (STATED, True),
        (date(2020, 4, 25), True),
        (date(2020, 4, 28), True),
        (APRIL_30, True),
        (date(2020, 5, 5), True),
        (date(2020, 5, 6), False),
        (date(2020, 12, 31), True),
        (date.min, False),
        (date.max, True),
    ],
)
def test_the_days_around_a_turn(day, is_near):
    """5 days up to the 23rd begin with the 19th, those after it end with the 28th."""
    assert is_near_turn(day, 5, (STATED,)) is is_near
