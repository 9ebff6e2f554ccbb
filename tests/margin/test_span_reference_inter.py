"""The reference, rules X1 to X5, X9 and X10, by hand: spreads between commodities.

AA scans 900 a lot and BB 600, deltas 1, so their weighted price risks are 900 and 600.
"""

import pytest

from fencang.margin.method import MarginRefused
from fencang.margin.reference import requirement
from fencang.margin.span.result import SpreadKind
from tests.margin.span_sets import SpanSet, calendar, inter, leg, line, month_leg, tier

USD = 1_000_000


def pair_set(*spreads, aa=None, bb=None, scaling_e4=10_000):
    """Return a set of AA, BB and CC (300), each with March and June, and the keys."""
    made = SpanSet()
    made.commodity("AA", **(aa or {}))
    made.commodity("BB", **(bb or {}))
    made.commodity("CC")
    keys = {}
    for code, scan_range in (("AA", 900), ("BB", 600), ("CC", 300)):
        for month in (3, 6):
            keys[code, month] = made.future(
                code, f"20200{month}", line(scan_range), delta_scaling_e4=scaling_e4
            )
    made.inter_spreads.extend(spreads)
    return made, keys


def spread(lots, *spreads, **fields):
    """Return the result of lots, by (code, month), under the spreads."""
    made, keys = pair_set(*spreads, **fields)
    parameters = made.build()
    return requirement(
        parameters, made.portfolio({keys[place]: held for place, held in lots.items()})
    )


def credited(found):
    """Return the credit of each commodity in dollars."""
    return {
        one.commodity: one.inter_credit_micros / USD
        for one in found.commodities
        if one.inter_credit_micros
    }


A_B = (leg("A", 1, "AA"), leg("B", 1, "BB"))
TIERS = {"inter_tiers": (tier(1, "202003"), tier(2, "202006"))}


@pytest.mark.parametrize("sign", [1, -1])
def test_a_regular_spread_credits_price_risk_on_the_deltas_it_takes(sign):
    """X2 to X5: min(5, 3) = 3 spreads; AA 3 × 900 × 50 %, BB 3 × 600 × 50 %; both ways round."""
    found = spread({("AA", 3): 5 * sign, ("BB", 3): -3 * sign}, inter(1, 50, *A_B))
    assert credited(found) == {"AA": 1_350, "BB": 900}
    (one,) = found.spreads
    assert (one.kind, one.priority, one.method, one.n_e4) == (SpreadKind.INTER, 1, 1, 30_000)
    assert [leg.delta_e4 for leg in one.legs] == [30_000 * sign, -30_000 * sign]
    assert [leg.credit_micros for leg in one.legs] == [1_350 * USD, 900 * USD]
    # R1: 4,500 − 1,350 and 1,800 − 900
    assert [one.risk_micros / USD for one in found.commodities] == [3_150, 900]


@pytest.mark.parametrize(
    "lots",
    [
        {("AA", 3): 5, ("BB", 3): 3},  # same sides
        {("AA", 3): 5},  # BB is missing
        {("AA", 3): 5, ("BB", 3): -3, ("BB", 6): 3},  # BB's net delta is zero
    ],
)
def test_no_credit_without_fitting_legs(lots):
    """X1, X2: and the requirement stands all the same (a set without spread loses no result)."""
    found = spread(lots, inter(1, 50, *A_B))
    assert credited(found) == {}
    assert found.totals[0].maintenance_total_micros > 0


def test_ratios_set_the_number_and_multiply_the_credit():
    """X3, X4: AA 2 : BB 3; min(5 / 2, 6 / 3) = 2; AA 4 × 900 × 10 %, BB 6 × 600 × 10 %."""
    legs = (leg("A", 2, "AA"), leg("B", 3, "BB"))
    found = spread({("AA", 3): 5, ("BB", 3): -6}, inter(1, 10, *legs))
    assert credited(found) == {"AA": 360, "BB": 360}


def test_consumption_rounds_half_away():
    """X5: n = 0.3333 / 0.5 = 0.6666 of each; 0.6666 × 0.25 = 0.16665 → 0.1667."""
    made, keys = pair_set(inter(1, 10, leg("A", 0.5, "AA"), leg("B", 0.25, "BB")))
    call = made.option("AA", "202003", "C", "3", line(300), delta_e4=3_333)
    parameters = made.build()
    found = requirement(parameters, made.portfolio({call: 1, keys["BB", 3]: -1}))
    assert found.spreads[0].n_e4 == 6_666
    assert [one.delta_e4 for one in found.spreads[0].legs] == [3_333, -1_667]


def test_only_months_of_the_fitting_sign_are_consumed():
    """D4, X5: AA −1 March, +3 June: net 2 against BB: June gives 2, March nothing.

    Then the March lot is still there to be short against CC: 1.
    """
    legs = (leg("A", 1, "AA", tier_number=1), leg("B", 1, "CC"))
    found = spread(
        {("AA", 3): -1, ("AA", 6): 3, ("BB", 3): -5, ("CC", 3): 5},
        inter(1, 10, *A_B),
        inter(2, 10, *legs, method=10),
        aa=TIERS,
    )
    assert [[one.delta_e4 for one in formed.legs] for formed in found.spreads] == [
        [20_000, -20_000],
        [-10_000, 10_000],
    ]


def test_three_legs_are_all_needed():
    """X3: AA long against BB and CC short; without CC nothing."""
    legs = (*A_B, leg("B", 2, "CC"))
    found = spread({("AA", 3): 5, ("BB", 3): -5, ("CC", 3): -6}, inter(1, 10, *legs))
    # n = 6 / 2 = 3: 3 × 90, 3 × 60, 3 × 2 × 30
    assert credited(found) == {"AA": 270, "BB": 180, "CC": 180}
    assert credited(spread({("AA", 3): 5, ("BB", 3): -5}, inter(1, 10, *legs))) == {}


def test_the_number_is_cut_down_and_the_credit_rounded_once_per_commodity():
    """X3, X4: ratio 3: n = 1 / 3 cut to 0.3333, of BB and of CC.

    Each spread credits AA 0.3333 × 3 × 900 × 0.05 % = 0.449955; two of them are 0.89991 → 1, though
    each alone would round to 0.  BB's single 0.29997 is 0.
    """
    legs = (leg("A", 3, "AA"), leg("B", 3, "BB"))
    others = (leg("A", 3, "AA"), leg("B", 3, "CC"))
    found = spread(
        {("AA", 3): 2, ("BB", 3): -1, ("CC", 3): -1}, inter(1, 0.05, *legs), inter(2, 0.05, *others)
    )
    assert [one.n_e4 for one in found.spreads] == [3_333, 3_333]
    assert [one.legs[0].credit_micros for one in found.spreads] == [449_955, 449_955]
    assert credited(found) == {"AA": 1}


def test_price_risk_is_per_original_delta_and_credit_per_remaining():
    """S7, X5: the calendar takes 2 of 5 March against June; 3 remain against 9 BB.

    AA: scan 5 × 900 − 2 × 900 = 2,700 over the original net delta 3: 900 a delta; n = 3.
    """
    months = (month_leg("A", 1, "202003"), month_leg("B", 1, "202006"))
    found = spread(
        {("AA", 3): 5, ("AA", 6): -2, ("BB", 3): -9},
        inter(1, 10, *A_B),
        aa={"series_spreads": (calendar(1, 7, *months),)},
    )
    assert [one.kind for one in found.spreads] == [SpreadKind.SERIES, SpreadKind.INTER]
    assert found.spreads[1].n_e4 == 30_000
    assert credited(found) == {"AA": 270, "BB": 180}


def test_super_spreads_come_before_calendars():
    """Order of steps: the super spread takes the net 3 (of March), the calendar has 2 left."""
    months = (month_leg("A", 1, "202003"), month_leg("B", 1, "202006"))
    found = spread(
        {("AA", 3): 4, ("AA", 6): -2, ("BB", 3): -9},
        inter(9, 10, *A_B, is_super=True),
        aa={"series_spreads": (calendar(1, 7, *months),)},
    )
    assert [(one.kind, one.n_e4) for one in found.spreads] == [
        (SpreadKind.SUPER, 20_000),
        (SpreadKind.SERIES, 20_000),
    ]
    # Without super the calendar would come first, with the same numbers but in the other order;
    # with 3 June short the super spread leaves March 4 − 1 = 3 for the calendar.
    found = spread(
        {("AA", 3): 4, ("AA", 6): -3, ("BB", 3): -9},
        inter(9, 10, *A_B, is_super=True),
        aa={"series_spreads": (calendar(1, 7, *months),)},
    )
    assert [one.n_e4 for one in found.spreads] == [10_000, 30_000]


def test_priority_decides_and_the_file_settles_ties():
    """X1: BB (priority 2, first listed) before CC (2), but after the one of priority 1."""
    other = (leg("A", 1, "AA"), leg("B", 1, "CC"))
    found = spread(
        {("AA", 3): 5, ("BB", 3): -3, ("CC", 3): -3}, inter(2, 10, *A_B), inter(2, 20, *other)
    )
    assert [(one.priority, one.n_e4) for one in found.spreads] == [(2, 30_000), (2, 20_000)]
    assert credited(found) == {"AA": 3 * 90 + 2 * 180, "BB": 180, "CC": 120}
    found = spread(
        {("AA", 3): 5, ("BB", 3): -3, ("CC", 3): -3}, inter(2, 10, *A_B), inter(1, 20, *other)
    )
    assert [(one.priority, one.n_e4) for one in found.spreads] == [(1, 30_000), (2, 20_000)]


def test_own_rates_are_each_legs():
    """X4: AA 30 %, BB 10 % of 2 spreads."""
    legs = (leg("A", 1, "AA", percent=30), leg("B", 1, "BB", percent=10))
    found = spread({("AA", 3): 2, ("BB", 3): -2}, inter(1, 99, *legs, has_own_rates=True))
    assert credited(found) == {"AA": 540, "BB": 120}


def test_a_flat_spread_credits_an_amount_per_spread():
    """X4: n = min(4 / 2, 3) = 2: 250 × 2 each, the ratio does not multiply it."""
    legs = (leg("A", 2, "AA"), leg("B", 1, "BB"))
    flat = inter(1, 0, *legs, is_flat=True, amount_micros=250 * USD)
    found = spread({("AA", 3): 4, ("BB", 3): -3}, flat)
    assert credited(found) == {"AA": 500, "BB": 500}
    assert [leg.delta_e4 for leg in found.spreads[0].legs] == [40_000, -20_000]


def test_a_flat_spread_with_own_amounts():
    """X4: 2 × 100 and 2 × 40."""
    legs = (leg("A", 1, "AA", amount_micros=100 * USD), leg("B", 1, "BB", amount_micros=40 * USD))
    flat = inter(1, 0, *legs, is_flat=True, amount_micros=250 * USD, has_own_rates=True)
    found = spread({("AA", 3): 2, ("BB", 3): -3}, flat)
    assert credited(found) == {"AA": 200, "BB": 80}


def test_a_credit_is_never_more_than_scan_risk_and_charges():
    """X10: flat 10,000 against scan risk 900 and 600: nothing is left, and nothing below it."""
    flat = inter(1, 0, *A_B, is_flat=True, amount_micros=10_000 * USD)
    found = spread({("AA", 3): 1, ("BB", 3): -1}, flat)
    assert credited(found) == {"AA": 900, "BB": 600}
    assert [one.risk_micros for one in found.commodities] == [0, 0]


def test_no_price_risk_no_credit_but_the_deltas_are_taken():
    """X4, X5: a long option losing by volatility alone has WFPR 0."""
    made, keys = pair_set(inter(1, 50, *A_B))
    call = made.option("AA", "202003", "C", "3", (-50, 50) * 7 + (-20, -20), delta_e4=5_000)
    parameters = made.build()
    found = requirement(parameters, made.portfolio({call: 2, keys["BB", 3]: -1}))
    assert credited(found) == {"BB": 300}
    assert [leg.delta_e4 for leg in found.spreads[0].legs] == [10_000, -10_000]


def test_tier_legs_use_the_net_delta_of_their_tier():
    """X9 (method 10): AA's tier 2 is 3 June, BB the whole of −2: n = 2, WFPR of the whole CC.

    AA: scan (5 + 3) × 900 over 8 deltas: 900; 2 × 900 × 10 %.
    """
    legs = (leg("A", 1, "AA", tier_number=2), leg("B", 1, "BB"))
    found = spread(
        {("AA", 3): 5, ("AA", 6): 3, ("BB", 3): -1, ("BB", 6): -1},
        inter(1, 10, *legs, method=10),
        aa=TIERS,
    )
    assert found.spreads[0].n_e4 == 20_000
    assert credited(found) == {"AA": 180, "BB": 120}


def test_two_tiers_of_one_commodity_can_be_the_legs():
    """X9: March against June of AA: 2 × 900 WFPR; net delta 3 − 2 = 1, FPR 900: 900 a delta."""
    legs = (leg("A", 1, "AA", tier_number=1), leg("B", 1, "AA", tier_number=2))
    found = spread({("AA", 3): 3, ("AA", 6): -2}, inter(1, 10, *legs, method=10), aa=TIERS)
    assert [leg.delta_e4 for leg in found.spreads[0].legs] == [20_000, -20_000]
    # both legs credit AA: 2 × 2 × 900 × 10 % = 360, at most its 900
    assert credited(found) == {"AA": 360}


def test_an_inter_tier_that_the_commodity_lacks_forms_nothing():
    legs = (leg("A", 1, "AA", tier_number=7), leg("B", 1, "BB"))
    found = spread({("AA", 3): 5, ("BB", 3): -1}, inter(1, 10, *legs, method=10), aa=TIERS)
    assert found.spreads == ()


def own_risk(lots, percent, **fields):
    legs = (leg("A", 1, "AA", tier_number=2), leg("B", 1, "BB"))
    tiers = {**TIERS, "scan_tiers": TIERS["inter_tiers"]}
    return spread(lots, inter(1, percent, *legs, method=20, **fields), aa=tiers)


def test_own_risk_is_that_of_the_legs_scan_tier():
    """X9 (method 20): AA's tier 2: 3 June, scan 2,700 over 3 deltas; n = 2 at 10 %."""
    found = own_risk({("AA", 3): -5, ("AA", 6): 3, ("BB", 3): -2}, 10)
    assert credited(found) == {"AA": 180, "BB": 120}


def test_own_risk_rounds_the_rate_of_risk_and_then_each_credit():
    """X9: 900 × 0.0016 % = 0.0144 → 0.01; 600 × 0.0016 % = 0.0096 → 0.01 a delta.

    60 spreads: AA 60 × 0.01 = 0.6 → 1 (unrounded 0.864), BB the same (unrounded 0.576).
    40 spreads: 0.4 → 0.
    """
    assert credited(own_risk({("AA", 6): 60, ("BB", 3): -90}, 0.0016)) == {"AA": 1, "BB": 1}
    assert credited(own_risk({("AA", 6): 40, ("BB", 3): -90}, 0.0016)) == {}


def test_own_risk_rounds_every_spread_for_itself():
    """X9: two spreads of 0.6 are 1 + 1, where X4 would round 1.2 to 1."""
    legs = (leg("A", 1, "AA"), leg("B", 1, "BB"))
    others = (leg("A", 1, "AA"), leg("B", 1, "CC"))
    spreads = (inter(1, 0.0016, *legs, method=20), inter(2, 0.0016, *others, method=20))
    found = spread({("AA", 6): 120, ("BB", 3): -60, ("CC", 3): -60}, *spreads)
    assert credited(found)["AA"] == 2


def test_a_flat_spread_of_own_risk_rounds_each_amount():
    """X9 †: 2.5 × 0.2 = 0.5 → 1."""
    legs = (leg("A", 1, "AA"), leg("B", 2, "BB"))
    flat = inter(1, 0, *legs, method=20, is_flat=True, amount_micros=200_000)
    assert credited(spread({("AA", 6): 9, ("BB", 3): -5}, flat)) == {"AA": 1, "BB": 1}


def test_a_scan_tier_without_position_has_no_price_risk_of_its_own():
    """X9 †: delta in scan tier 1, but the leg's inter tier 2 holds the same month."""
    legs = (leg("A", 1, "AA", tier_number=2), leg("B", 1, "BB"))
    tiers = {
        "inter_tiers": (tier(2, "202003"),),
        "scan_tiers": (tier(1, "202003"), tier(2, "202006")),
    }
    found = spread({("AA", 3): 1, ("BB", 3): -1}, inter(1, 10, *legs, method=20), aa=tiers)
    assert credited(found) == {"BB": 60}
    # without such a scan tier the commodity's own price risk stands in: 900 × 10 %
    found = spread(
        {("AA", 3): 1, ("BB", 3): -1},
        inter(1, 10, *legs, method=20),
        aa={"inter_tiers": (tier(2, "202003"),)},
    )
    assert credited(found) == {"AA": 90, "BB": 60}


def test_deltas_count_scaled():
    """D1: scaling 0.2: 10 lots are 2 deltas at 4,500; n = 2: 2 × 4,500 × 10 %, 2 × 3,000 × 10 %."""
    found = spread({("AA", 3): 10, ("BB", 3): -20}, inter(1, 10, *A_B), scaling_e4=2_000)
    assert found.spreads[0].n_e4 == 20_000
    assert credited(found) == {"AA": 900, "BB": 600}


def test_legs_unknown_to_the_file_are_a_fault_of_the_file_each_named():
    """X1."""
    with pytest.raises(MarginRefused) as refused:
        spread({}, inter(1, 10, leg("A", 1, "QQ"), leg("B", 1, "ZZ")), inter(4, 10, *A_B))
    assert refused.value.faults == (
        "inter-commodity spread 1 (priority 1): the set has no combined commodity 'QQ'",
        "inter-commodity spread 1 (priority 1): the set has no combined commodity 'ZZ'",
    )


def test_a_spread_without_legs_forms_nothing():
    assert spread({("AA", 3): 1}, inter(1, 10)).spreads == ()
