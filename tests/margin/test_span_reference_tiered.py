"""The reference, rules X6 and X7, by hand: spreads formed by tier and by month.

Futures scan 900 a lot with delta 1, so weighted price risk is 900 wherever the months of one
commodity have one sign; at 10 % a delta spread is worth 90.
"""

from fencang.margin.reference import requirement
from tests.margin.span_sets import SpanSet, inter, leg, line, tier

USD = 1_000_000
NEAR_FAR = (tier(1, "202003", "202005"), tier(2, "202006", "202012"))


def formed(commodities, lots, *spreads, exchange="XYZ"):
    """Return (n, deltas per leg) of each spread, and credited, of lots by (code, CCYYMM)."""
    made = SpanSet(exchange=exchange)
    for code, inter_tiers in commodities.items():
        made.commodity(code, inter_tiers=inter_tiers)
    keys = {place: made.future(*place, line(900)) for place in lots}
    made.inter_spreads.extend(spreads)
    parameters = made.build()
    found = requirement(
        parameters, made.portfolio({keys[place]: held for place, held in lots.items()})
    )
    numbers = [
        (one.n_e4 / 10_000, {leg.commodity: leg.delta_e4 / 10_000 for leg in one.legs})
        for one in found.spreads
    ]
    return numbers, {
        one.commodity: one.inter_credit_micros / USD
        for one in found.commodities
        if one.inter_credit_micros
    }


A_B = (leg("A", 1, "AA"), leg("B", 1, "BB"))
TWO = {"AA": NEAR_FAR, "BB": NEAR_FAR}


def test_tiers_are_walked_in_order_and_the_whole_bounds_their_sum():
    """X6: whole: min(4 + 3, 2 + 9) = 7.  Tier 1: min(4, 2) = 2; tier 2: min(3, 9) = 3."""
    lots = {("AA", "202003"): 4, ("AA", "202006"): 3, ("BB", "202004"): -2, ("BB", "202007"): -9}
    numbers, credited = formed(TWO, lots, inter(1, 10, *A_B, method=2))
    assert numbers == [(2, {"AA": 2, "BB": -2}), (3, {"AA": 3, "BB": -3})]
    assert credited == {"AA": 450, "BB": 450}


def test_a_tier_forms_no_more_than_is_left_of_the_whole():
    """X6: AA 5 near and −1 far, BB −9 near: whole min(4, 9) = 4, so tier 1's 5 become 4.

    AA: scan 4 × 900 over net 4: 900.
    """
    lots = {("AA", "202003"): 5, ("AA", "202006"): -1, ("BB", "202004"): -9}
    numbers, credited = formed(TWO, lots, inter(1, 10, *A_B, method=2))
    assert numbers == [(4, {"AA": 4, "BB": -4})]
    assert credited == {"AA": 360, "BB": 360}


def test_a_tier_whose_signs_are_the_other_way_round_forms_nothing():
    """X6: whole +3, −3; tier 1 is the other way round, tier 2 fits: min(5, 4), capped at 3."""
    lots = {("AA", "202003"): -2, ("AA", "202006"): 5, ("BB", "202004"): 1, ("BB", "202007"): -4}
    numbers, _ = formed(TWO, lots, inter(1, 10, *A_B, method=2))
    assert numbers == [(3, {"AA": 3, "BB": -3})]


def test_a_commodity_without_inter_tiers_offers_its_whole_in_tier_one():
    """X6: BB's −9 of June meets AA's near 4 only; AA's far 3 finds BB in no tier 2."""
    lots = {("AA", "202003"): 4, ("AA", "202006"): 3, ("BB", "202006"): -9}
    numbers, _ = formed({"AA": NEAR_FAR, "BB": ()}, lots, inter(1, 10, *A_B, method=2))
    assert numbers == [(4, {"AA": 4, "BB": -4})]


def test_numbers_in_tiers_round_half_away():
    """X6: tier 1 has 2 of ratio 3: 0.66666… → 0.6667, consumed at most what is there, 2."""
    legs = (leg("A", 3, "AA"), leg("B", 1, "BB"))
    lots = {("AA", "202003"): 2, ("AA", "202006"): 9, ("BB", "202004"): -9}
    numbers, credited = formed(TWO, lots, inter(1, 10, *legs, method=2))
    assert numbers == [(0.6667, {"AA": 2, "BB": -0.6667})]
    # 0.6667 × 3 × 900 × 10 % = 180.009; 0.6667 × 90 = 60.003
    assert credited == {"AA": 180, "BB": 60}


THREE = {"AA": NEAR_FAR, "BB": NEAR_FAR, "CC": NEAR_FAR}
THIN = {
    ("AA", "202003"): 4,
    ("AA", "202006"): 4,
    ("BB", "202003"): -4,
    ("BB", "202006"): -4,
    ("CC", "202006"): -4,
}


def test_a_required_leg_without_delta_blocks_the_tier():
    """X6: CC has nothing near; tier 2 forms min(4, 4, 4), capped by the whole min(8, 8, 4)."""
    legs = (*A_B, leg("B", 1, "CC"))
    numbers, _ = formed(THREE, THIN, inter(1, 10, *legs, method=2))
    assert numbers == [(4, {"AA": 4, "BB": -4, "CC": -4})]


def test_an_optional_leg_without_delta_is_left_out_of_the_tier():
    """X6: tier 1 is formed of AA and BB and uses up the whole's 4."""
    legs = (*A_B, leg("B", 1, "CC", is_required=False))
    numbers, credited = formed(THREE, THIN, inter(1, 10, *legs, method=2))
    assert numbers == [(4, {"AA": 4, "BB": -4})]
    assert credited == {"AA": 360, "BB": 360}


def test_of_the_legs_left_there_must_be_two_and_one_of_each_side():
    """X6 †: near only AA and BB, both of side A: no offset, no credit.  Two legs less one: none."""
    legs = (leg("A", 1, "AA"), leg("A", 1, "BB"), leg("B", 1, "CC", is_required=False))
    lots = {**THIN, ("BB", "202003"): 4, ("BB", "202006"): 4}
    numbers, _ = formed(THREE, lots, inter(1, 10, *legs, method=2))
    assert numbers == [(4, {"AA": 4, "BB": 4, "CC": -4})]
    legs = (leg("A", 1, "AA"), leg("B", 1, "CC", is_required=False))
    assert formed(THREE, THIN, inter(1, 10, *legs, method=2))[0] == [(4, {"AA": 4, "CC": -4})]


def test_a_tiered_spread_needs_every_leg_in_position():
    """X6 †: n of the whole asks all legs, the optional one too."""
    legs = (*A_B, leg("B", 1, "CC", is_required=False))
    lots = {place: held for place, held in THIN.items() if place[0] != "CC"}
    assert formed(THREE, lots, inter(1, 10, *legs, method=2)) == ([], {})
    same_side = {place: abs(held) for place, held in THIN.items()}
    assert formed(THREE, same_side, inter(1, 10, *A_B, method=2)) == ([], {})


CRUSH = (leg("A", 1, "S"), leg("B", 1, "SM"), leg("B", 1, "BO"))
SOY = {"S": (), "SM": (), "BO": ()}


def test_crush_pairs_the_same_months_nearest_first():
    """X7: March min(2, 3, 3) = 2, May min(3, 1, 9) = 1; the whole is min(5, 4, 12) = 4."""
    lots = {
        ("S", "202003"): 2,
        ("S", "202005"): 3,
        ("SM", "202003"): -3,
        ("SM", "202005"): -1,
        ("BO", "202003"): -3,
        ("BO", "202005"): -9,
    }
    numbers, credited = formed(SOY, lots, inter(1, 10, *CRUSH, method=3), exchange="CBT")
    assert numbers == [
        (2, {"S": 2, "SM": -2, "BO": -2}),
        (1, {"S": 1, "SM": -1, "BO": -1}),
    ]
    assert credited == {"S": 270, "SM": 270, "BO": 270}


NOVEMBER = {
    ("S", "202011"): 5,
    ("SM", "202010"): -2,
    ("SM", "202011"): -9,
    ("SM", "202012"): -9,
    ("BO", "202010"): -3,
    ("BO", "202011"): -9,
    ("BO", "202012"): -1,
}


def test_soybeans_november_is_crushed_into_october_then_december():
    """X7: October min(5, 2, 3) = 2, then December min(3, 9, 1) = 1; never into November."""
    numbers, _ = formed(SOY, NOVEMBER, inter(1, 10, *CRUSH, method=3), exchange="CBT")
    assert numbers == [
        (2, {"S": 2, "SM": -2, "BO": -2}),
        (1, {"S": 1, "SM": -1, "BO": -1}),
    ]


def test_november_of_others_than_chicago_soybeans_pairs_with_november():
    """X7: the rule is for code S of exchange CBT."""
    numbers, _ = formed(SOY, NOVEMBER, inter(1, 10, *CRUSH, method=3), exchange="XYZ")
    assert numbers == [(5, {"S": 5, "SM": -5, "BO": -5})]


def test_crush_is_bound_by_the_whole():
    """X7: S +5 March, −2 May: whole 3, so March's 5 become 3."""
    lots = {("S", "202003"): 5, ("S", "202005"): -2, ("SM", "202003"): -9, ("BO", "202003"): -9}
    numbers, _ = formed(SOY, lots, inter(1, 10, *CRUSH, method=3), exchange="CBT")
    assert numbers == [(3, {"S": 3, "SM": -3, "BO": -3})]


def test_crush_needs_every_leg():
    lots = {("S", "202003"): 5, ("SM", "202003"): -9}
    assert formed(SOY, lots, inter(1, 10, *CRUSH, method=3), exchange="CBT") == ([], {})
    lots = {**lots, ("BO", "202003"): 9}
    assert formed(SOY, lots, inter(1, 10, *CRUSH, method=3), exchange="CBT") == ([], {})
