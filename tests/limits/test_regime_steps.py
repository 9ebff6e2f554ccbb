"""Numbers that are about to fall, and the business days that are left."""

from datetime import date

import pytest

from fencang.limits.regimes.steps import business_days_left, steps_down
from fencang.refdata.regime import LimitStep
from tests.engine.regime_firm import regime_limit

MAY = [LimitStep(date(2020, 5, day), lots) for day, lots in ((4, 60), (11, 30), (18, 40), (25, 10))]


@pytest.mark.parametrize(
    ("day", "numbers"),
    [
        (date(2020, 5, 1), [60, 30, 10]),
        (date(2020, 5, 4), [30, 10]),
        (date(2020, 5, 18), [10]),
        (date(2020, 5, 25), []),
    ],
)
def test_steps_that_lower_the_number_or_begin_it_and_no_others(day, numbers):
    found = steps_down(regime_limit(1, steps=tuple(MAY)), day)
    assert [step.quantity_lots_max for step in found] == numbers


def is_business(day):
    """Monday the 4th is a holiday."""
    return day.isoweekday() < 6 and day != date(2020, 5, 4)


@pytest.mark.parametrize(
    ("day", "until", "most", "left"),
    [
        (date(2020, 5, 1), date(2020, 5, 2), 5, 1),
        (date(2020, 5, 1), date(2020, 5, 5), 5, 1),
        (date(2020, 5, 1), date(2020, 5, 6), 5, 2),
        (date(2020, 5, 2), date(2020, 5, 5), 5, 0),
        (date(2020, 5, 1), date(2020, 5, 8), 4, 4),
        (date(2020, 5, 1), date(2020, 5, 9), 4, None),
        (date(2020, 5, 1), date(2030, 5, 9), 30, None),
    ],
)
def test_business_days_before_a_day(day, until, most, left):
    assert business_days_left(day, until, is_business, most) == left
