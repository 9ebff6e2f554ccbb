"""Steps by the month's volume: each lot the rate of where it stands; months that are kept."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from fencang.ledger.fees import stepped_micros
from fencang.ledger.volumes import MonthLots, month_of
from fencang.refdata.fees import FeeStep

STEPS = (FeeStep(1_000, 950_000), FeeStep(5_000, 800_000))
MAY, JUNE = month_of(date(2020, 5, 29).toordinal()), month_of(date(2020, 6, 1).toordinal())


def test_a_fill_over_a_step_pays_both_rates():
    """990 lots so far: 10 at 1.20 and 10 at 0.95; one over two steps pays three rates."""
    assert stepped_micros(1_200_000, STEPS, 990, 20) == 21_500_000
    assert stepped_micros(1_200_000, STEPS, 1_000, 1) == 950_000
    over_both = 1_200_000 + 4_000 * 950_000 + 2 * 800_000
    assert stepped_micros(1_200_000, STEPS, 999, 4_003) == over_both


def rate_of(lot, first, steps):
    """Return what the lot of this number in its month costs."""
    rate = first
    for step in steps:
        if lot > step.above_lots:
            rate = step.per_lot_micros
    return rate


@given(
    st.integers(-50, 50),
    st.lists(st.integers(1, 60), unique=True, max_size=4),
    st.lists(st.integers(-50, 50), min_size=4, max_size=4),
    st.integers(0, 70),
    st.integers(1, 70),
)
def test_lots_cost_what_they_cost_one_by_one(first, above, rates, before, quantity):
    steps = tuple(FeeStep(*each) for each in zip(sorted(above), rates, strict=False))
    each = [rate_of(lot, first, steps) for lot in range(before + 1, before + quantity + 1)]
    assert stepped_micros(first, steps, before, quantity) == sum(each)


@given(st.integers(0, 70), st.integers(0, 30), st.integers(1, 30))
def test_a_fill_in_two_parts_costs_what_it_costs_whole(before, one, two):
    steps = (FeeStep(20, 7), FeeStep(40, -3))
    parts = stepped_micros(9, steps, before, one) + stepped_micros(9, steps, before + one, two)
    assert parts == stepped_micros(9, steps, before, one + two)


def test_a_month_is_that_of_the_trading_day_and_two_are_kept():
    lots = MonthLots()
    lots.add("C1", "CL", MAY, 7)
    lots.add("C1", "CL", JUNE, 3)
    lots.add("C1", "ES", JUNE, 2)
    lots.add("C2", "CL", JUNE, 100)
    assert lots.of("C1", ("CL", "ES"), JUNE) == 5
    lots.change("C1", "CL", MAY, -2)
    assert lots.of("C1", ("CL",), MAY) == 5
    lots.add("C1", "CL", JUNE + 1, 1)
    lots.change("C1", "CL", MAY, -5)
    assert lots.of("C1", ("CL",), MAY) == 0
    lots.add("C1", "CL", MAY, 4)
    assert lots.of("C1", ("CL",), MAY) == 0
    again = MonthLots()
    again.restore(lots.dump())
    assert again.dump() == lots.dump()
