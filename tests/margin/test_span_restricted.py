"""Law: portfolios inside a part of a set have the same requirement under it as under the whole."""

import random

import pytest

from fencang.margin.reference import requirement
from fencang.margin.span.keys import key_of, row_of
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.span.restricted import for_customers, needed_commodities, restricted
from fencang.parameters.synthetic import small_parameters
from tests.margin.span_sets import SpanSet, leg, line


def found(parameters, keys, *, is_gross):
    lots = {row_of(parameters, key): held for key, held in keys.items()}
    result = requirement(parameters, Portfolio(lots=lots, is_gross=is_gross))
    spreads = [(spread.kind, spread.method, spread.n_e4, spread.legs) for spread in result.spreads]
    return result.commodities, spreads, result.totals, result.unpriced


@pytest.mark.parametrize("seed", range(30))
def test_the_part_asks_for_what_the_whole_asks_for(seed):
    chance = random.Random(seed)
    whole = small_parameters(seed)
    places = chance.sample(range(len(whole.commodities)), chance.randint(1, len(whole.commodities)))
    part = restricted(whole, places)
    assert len(part.contracts) <= len(whole.contracts)
    rows = [row for row in range(len(whole.contracts)) if whole.contracts.commodity[row] in places]
    for _ in range(6):
        keys = {}
        for row in chance.sample(rows, min(len(rows), chance.randint(1, 12))):
            net = chance.randint(-20, 20)
            keys[key_of(whole, row)] = Lots(max(net, 0), max(-net, 0))
        is_gross = chance.random() < 0.2
        try:
            expected = found(whole, keys, is_gross=is_gross)
        except ValueError:  # lots of a combination that make no whole lots of its legs
            continue
        assert found(part, keys, is_gross=is_gross) == expected


def test_what_positions_can_reach_is_in_the_part():
    """Legs of combinations, and targets that may take over a leg's risk, come with it."""
    for seed in range(30):
        whole = small_parameters(seed)
        for place in range(len(whole.commodities)):
            needed = needed_commodities(whole, [place])
            codes = {whole.commodities[each].code for each in needed}
            for spread in whole.inter_spreads:
                if spread.target is not None and any(leg.commodity in codes for leg in spread.legs):
                    assert spread.target.commodity in codes


@pytest.mark.parametrize(
    ("eligibility", "is_credited"), [("", True), ("N", False), ("H", False), ("S", True)]
)
def test_a_spread_kept_for_house_accounts_gives_a_customer_nothing(eligibility, is_credited):
    made = SpanSet()
    for code in ("CL", "ES"):
        made.commodity(code)
        made.future(code, "202006", line(3_000))
    made.inter(1, 50, leg("A", 1, "CL"), leg("B", 1, "ES"), eligibility=eligibility)
    house = made.build()
    held = {"XYZ/CL/FUT/202006": Lots(1, 0), "XYZ/ES/FUT/202006": Lots(0, 1)}
    assert len(found(house, held, is_gross=False)[1]) == 1
    assert len(found(for_customers(house), held, is_gross=False)[1]) == is_credited


def test_a_part_of_nothing_is_empty():
    assert len(restricted(small_parameters(1), ()).contracts) == 0
