"""Historical-simulation VaR: the order statistic, scenarios from prices, derivatives."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.price import NANOS
from fencang.margin.method import MarginRefused, Measure, pooled
from fencang.margin.var.historical import HistoricalVar, TailMeasure, tail_rank
from fencang.margin.var.scenarios import (
    ContractScenarios,
    PriceHistory,
    ReturnKind,
    ScenarioSet,
    scenario_set,
)
from tests.margin.textbook import DOLLAR, lots


def var_of(profits, currency="USD", *, value_micros=0, **terms):
    """Return VaR over scenarios given per contract."""
    contracts = tuple(
        ContractScenarios(
            contract=name,
            currency=currency,
            profit_micros=tuple(array),
            option_value_micros=value_micros,
        )
        for name, array in profits.items()
    )
    count = len(contracts[0].profit_micros)
    days = tuple(range(20_200_101, 20_200_101 + count))
    return HistoricalVar(ScenarioSet(horizon_days=2, days=days, contracts=contracts), **terms)


def asked(method, positions, measure=Measure.MAINTENANCE):
    return method.requirement(positions).by_currency(measure)


@pytest.mark.parametrize(
    ("scenarios", "confidence_ppm", "rank"),
    [
        (500, 990_000, 5),
        (499, 990_000, 5),
        (498, 990_000, 4),
        (1_000, 997_000, 3),
        (98, 990_000, 0),
    ],
)
def test_the_rank_is_the_one_a_new_outcome_exceeds_seldom_enough(scenarios, confidence_ppm, rank):
    """Rank = floor((n + 1)(1 - c)): 501 × 1 % = 5.01; 500 × 1 % = 5; 499 × 1 % = 4.99."""
    assert tail_rank(scenarios, confidence_ppm) == rank


def test_five_hundred_scenarios_at_99_percent_ask_for_the_fifth_largest_loss():
    """Losses 1 to 500: value at risk 496, expected shortfall (500 + … + 496) / 5 = 498."""
    method = var_of({"A": [-loss for loss in range(1, 501)]})
    assert asked(method, {"A": lots(1)}) == {"USD": 496}
    (tail,) = method.tails({"A": lots(1)})
    assert (tail.value_at_risk_micros, tail.expected_shortfall_micros) == (496, 498)
    assert (tail.worst_loss_micros, tail.scenario, tail.day) == (500, 496, 20_200_596)
    shortfall = var_of(
        {"A": [-loss for loss in range(1, 501)]},
        measure=TailMeasure.EXPECTED_SHORTFALL,
        initial_ratio_ppm=1_100_000,
    )
    assert asked(shortfall, {"A": lots(2)}) == {"USD": 996}
    assert asked(shortfall, {"A": lots(2)}, Measure.INITIAL) == {"USD": 1_096}


def test_short_lots_lose_where_long_ones_gain():
    """Losses of the short side are the profits: -1 to -500, so its fifth largest loss is -5."""
    method = var_of({"A": [-loss for loss in range(1, 501)]})
    assert asked(method, {"A": lots(-1)}) == {"USD": 0}
    assert method.tails({"A": lots(-1)})[0].value_at_risk_micros == -5


def test_too_few_scenarios_ask_for_the_worst_and_say_so():
    method = var_of({"A": [-3, 5, -8]})
    requirement = method.requirement({"A": lots(1)})
    assert requirement.by_currency(Measure.MAINTENANCE) == {"USD": 8}
    assert requirement.flags == ("3 scenarios are too few for 990000 ppm: the worst stands",)


def test_option_value_pays_for_risk_and_is_never_paid_out():
    """Rule R4: 8 of risk less 5 of value for one long lot; a short lot owes its value."""
    method = var_of({"A": [-8, 2]}, value_micros=5, confidence_ppm=500_000)
    assert asked(method, {"A": lots(1)}) == {"USD": 3}
    assert asked(method, {"A": lots(-1)}) == {"USD": 7}
    rich = var_of({"A": [-8, 2]}, value_micros=9, confidence_ppm=500_000)
    assert asked(rich, {"A": lots(1)}) == {"USD": 0}
    assert rich.directions([{"A": lots(1)}], Measure.MAINTENANCE).shares == ({},)


def test_currencies_never_add():
    both = (
        ContractScenarios(contract="A", currency="USD", profit_micros=(-10, 10)),
        ContractScenarios(contract="B", currency="EUR", profit_micros=(10, -10)),
    )
    method = HistoricalVar(ScenarioSet(horizon_days=1, days=(1, 2), contracts=both))
    assert asked(method, {"A": lots(1), "B": lots(1)}) == {"EUR": 10, "USD": 10}


def test_shares_are_each_books_own_loss_in_the_scenario_of_the_value_at_risk():
    """Pool loses 90, 70, 50 (the worst stands): scenario 1, where A loses 100 and B gains 10."""
    method = var_of(
        {"A": [-100 * DOLLAR, -40 * DOLLAR, 0], "B": [10 * DOLLAR, -30 * DOLLAR, -50 * DOLLAR]}
    )
    found = method.directions([{"A": lots(1)}, {"B": lots(1)}], Measure.MAINTENANCE)
    assert found.shares == ({"USD": 100 * DOLLAR}, {"USD": -10 * DOLLAR})
    (piece,) = found.pieces
    assert (piece.scenarios, piece.gap_micros) == ((1,), 20 * DOLLAR)


def vars_():
    profit = st.integers(-50, 50).map(lambda cents: cents * 10_000)

    @st.composite
    def drawn(draw):
        count = draw(st.integers(2, 30))
        array = st.lists(profit, min_size=count, max_size=count)
        method = var_of(
            {"A": draw(array), "B": draw(array)},
            confidence_ppm=draw(st.sampled_from([700_000, 900_000, 990_000])),
            measure=draw(st.sampled_from(list(TailMeasure))),
        )
        book = st.dictionaries(st.sampled_from("AB"), st.integers(-9, 9).map(lots))
        return method, draw(st.lists(book, min_size=1, max_size=4))

    return drawn()


@given(vars_())
def test_derivatives_sum_to_the_requirement(drawn):
    """Law (Euler): to the rounding of the mean of a shortfall."""
    method, books = drawn
    shares = method.directions(books, Measure.MAINTENANCE).shares
    total = asked(method, pooled(books)).get("USD", 0)
    assert abs(sum(share.get("USD", Fraction()) for share in shares) - total) < 1


@given(vars_())
def test_expected_shortfall_is_sub_additive_and_its_shares_stay_below_stand_alone(drawn):
    method, books = drawn
    if "shortfall" not in method.method_id:
        return
    shares = method.directions(books, Measure.MAINTENANCE).shares
    for share, book in zip(shares, books, strict=True):
        assert share.get("USD", 0) <= asked(method, book).get("USD", 0) + 1


def history(prices, returns=ReturnKind.ABSOLUTE, **fields):
    """Return moves between given prices (whole points), on days 20200101 onward; 1,000 a point."""
    nanos = [price * NANOS for price in prices]
    return PriceHistory(
        **{
            "contract": "A",
            "currency": "USD",
            "point_value_micros": 1_000 * DOLLAR,
            "price_nanos": nanos[-1],
            "returns": returns,
            "days": tuple(range(20_200_101, 20_200_101 + len(prices) - 1)),
            "from_nanos": tuple(nanos[:-1]),
            "to_nanos": tuple(nanos[1:]),
            **fields,
        }
    )


def test_two_day_moves_overlap():
    """20, 18, -37, 10: moves of two days are -57 and -8 points of 1,000, through zero and back."""
    made = scenario_set(
        [history([20, 18, -37, 10])], (20_200_101, 20_200_102, 20_200_103), scenarios=2
    )
    (contract,) = made.contracts
    assert contract.profit_micros == (-57_000 * DOLLAR, -8_000 * DOLLAR)
    assert made.days == (20_200_102, 20_200_103)


def test_relative_moves_are_carried_to_todays_price_in_one_rounding():
    """100 → 110 → 99 is ×0.99 over two days; at 99 a lot loses 0.99 points: 990."""
    made = scenario_set(
        [history([100, 110, 99], ReturnKind.RELATIVE)], (20_200_101, 20_200_102), scenarios=1
    )
    assert made.contracts[0].profit_micros == (-990 * DOLLAR,)


def test_a_roll_is_no_move():
    """Day 2 starts from the new contract's own close (50), not from the old one's (20)."""
    rolled = history([20, 21, 51], from_nanos=(20 * NANOS, 50 * NANOS))
    made = scenario_set([rolled], (20_200_101, 20_200_102), scenarios=1)
    assert made.contracts[0].profit_micros == (2_000 * DOLLAR,)


def test_a_day_without_trading_is_no_move():
    days = tuple(range(20_200_101, 20_200_105))
    closed = history([20, 21, 25], days=(20_200_101, 20_200_104))
    made = scenario_set([closed], days, scenarios=3, missing_days_max=2)
    points = [profit // (1_000 * DOLLAR) for profit in made.contracts[0].profit_micros]
    assert points == [1, 0, 4]


def test_every_fault_of_every_history_is_told():
    days = tuple(range(20_200_101, 20_200_105))
    faulty = [
        history([20, -1, 5, 6, 7], ReturnKind.RELATIVE, contract="NEG"),
        history([1, 2, 3], contract="SHORT", days=(20_200_103, 20_200_104)),
        history([1, 2, 3], contract="TURNED", days=(20_200_102, 20_200_101)),
        history([1, 2], contract="UNEVEN", days=(20_200_101, 20_200_102)),
        history([1, 2, 3, 4, 5], contract="TWICE"),
        history([1, 2, 3, 4, 5], contract="TWICE"),
    ]
    with pytest.raises(MarginRefused) as refused:
        scenario_set(faulty, days, scenarios=3, missing_days_max=1)
    told = "\n".join(refused.value.faults)
    for words in (
        "TWICE: two histories",
        "NEG: relative moves need prices above zero",
        "SHORT: history begins with 20200103",
        "SHORT: 2 of 4 days missing",
        "TURNED: days are not ascending",
        "UNEVEN: days, from_nanos and to_nanos differ in length",
    ):
        assert words in told
    with pytest.raises(MarginRefused, match="need 501 trading days"):
        scenario_set([], days)


def test_values_are_stored_and_read_unchanged():
    made = scenario_set([history([20, 18, 10])], (20_200_101, 20_200_102), scenarios=1)
    assert msgspec.json.decode(msgspec.json.encode(made), type=ScenarioSet) == made
