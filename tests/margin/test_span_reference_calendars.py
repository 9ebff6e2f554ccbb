"""The reference, rules C1 to C5 and V1, by hand: calendar spreads and delivery charges.

All arrays are ``line(900)`` with delta 1, so only months, ratios and rates matter here.
"""

import pytest

from fencang.margin.reference import requirement
from fencang.margin.span.parameters import DeliveryMonth
from fencang.margin.span.result import SpreadKind
from tests.margin.span_sets import SpanSet, calendar, line, month_leg, tier, tier_leg

USD = 1_000_000
MONTHS = ("202003", "202004", "202005", "202006", "202007", "202008")


def months_set(**fields):
    """Return a set with six months of CL, and their keys by the last two digits."""
    made = SpanSet()
    made.commodity("CL", **fields)
    return made, {int(month[4:]): made.future("CL", month, line(900)) for month in MONTHS}


def charged(fields, lots):
    """Return the charge in dollars and the spreads of lots by month number."""
    made, keys = months_set(**fields)
    parameters = made.build()
    held = made.portfolio({keys[month]: number for month, number in lots.items()})
    found = requirement(parameters, held)
    return found.commodities[0].intra_charge_micros / USD, found.spreads


def formed(spreads):
    """Return (priority, n, deltas per leg) of each spread, in whole units."""
    return [
        (one.priority, one.n_e4 / 10_000, [leg.delta_e4 / 10_000 for leg in one.legs])
        for one in spreads
    ]


MARCH_APRIL = {
    "series_spreads": (calendar(1, 70, month_leg("A", 1, "202003"), month_leg("B", 1, "202004")),)
}


@pytest.mark.parametrize(
    ("lots", "deltas"),
    [({3: 5, 4: -3}, [3, -3]), ({3: -5, 4: 3}, [-3, 3])],
)
def test_a_calendar_spread_is_tried_both_ways_round(lots, deltas):
    """C1: min(5, 3) = 3 spreads at 70 = 210, whichever side is long."""
    charge, spreads = charged(MARCH_APRIL, lots)
    assert charge == 210
    assert formed(spreads) == [(1, 3, deltas)]
    assert (spreads[0].kind, spreads[0].charge_micros) == (SpreadKind.SERIES, 210 * USD)


def test_same_signs_form_no_spread():
    assert charged(MARCH_APRIL, {3: 5, 4: 3}) == (0, ())


def test_a_butterfly_takes_two_of_the_middle():
    """C3: 1:2:1; min(4 / 1, 6 / 2, 5 / 1) = 3, charge 3 × 50 = 150; 1 March and 2 May stay."""
    fly = calendar(
        1, 50, month_leg("A", 1, "202003"), month_leg("B", 2, "202004"), month_leg("A", 1, "202005")
    )
    rest = calendar(2, 1, month_leg("A", 1, "202003"), month_leg("B", 1, "202006"))
    charge, spreads = charged({"series_spreads": (fly, rest)}, {3: 4, 4: -6, 5: 5, 6: -9})
    # what is left of March is one: 1 × 1
    assert charge == 151
    assert formed(spreads) == [(1, 3, [3, -6, 3]), (2, 1, [1, -1])]


def test_numbers_of_spreads_are_cut_down_at_four_decimals():
    """C3 to C5: 1 / 0.6 = 1.6666; charge 1.6666 × 70 = 116.662 → 117.

    Consumed 1.6666 × 0.6 = 0.99996 → 1 and 1.6666 × 0.1 = 0.16666 → 0.1667.
    """
    spread = calendar(1, 70, month_leg("A", 0.6, "202003"), month_leg("B", 0.1, "202004"))
    charge, spreads = charged({"series_spreads": (spread,)}, {3: 1, 4: -9})
    assert charge == 117
    assert spreads[0].n_e4 == 16_666
    assert [leg.delta_e4 for leg in spreads[0].legs] == [10_000, -1_667]
    assert spreads[0].charge_micros == 116_662_000


def test_the_charge_is_part_of_the_risk():
    """R1: 5 March and −3 April scan 2 × 900 and pay 3 × 70."""
    made, keys = months_set(**MARCH_APRIL)
    parameters = made.build()
    (found,) = requirement(parameters, made.portfolio({keys[3]: 5, keys[4]: -3})).commodities
    assert found.risk_micros == (1_800 + 210) * USD


def test_the_charge_is_rounded_once_for_all_spreads():
    """C5: 0.5 × 1 twice is 1, not 1 + 1: half spreads (ratio 2) of two priorities at rate 1."""
    spreads = tuple(
        calendar(place, 1, month_leg("A", 2, a), month_leg("B", 2, b))
        for place, (a, b) in enumerate((("202003", "202004"), ("202005", "202006")), 1)
    )
    charge, found = charged({"series_spreads": spreads}, {3: 1, 4: -1, 5: 1, 6: -1})
    assert charge == 1
    assert [one.charge_micros for one in found] == [500_000, 500_000]


def test_a_spread_inside_one_tier_meets_months_of_both_signs():
    """C3: both legs name tier 1: long 5 + 1 against short 4: 4 × 30; nearest months first (C4)."""
    fields = {
        "intra_tiers": (tier(1, "202003", "202006"),),
        "tier_spreads": (calendar(1, 30, tier_leg("A", 1, 1), tier_leg("B", 1, 1)),),
    }
    charge, spreads = charged(fields, {3: 1, 4: -4, 5: 5})
    # The two passes of one tier are alike; the first takes all there is.
    assert charge == 120
    assert formed(spreads) == [(1, 4, [4, -4])]


def test_consumption_takes_the_nearest_month_first():
    """C4, D4: 4 of 3 March and 5 April; a later spread finds no March and 4 April."""
    fields = {
        "intra_tiers": (tier(1, "202003", "202004"), tier(2, "202005"), tier(3, "202003")),
        "tier_spreads": (
            calendar(1, 10, tier_leg("A", 1, 1), tier_leg("B", 1, 2)),
            calendar(2, 100, tier_leg("A", 1, 3), tier_leg("B", 1, 3)),
        ),
        "delivery_months": (DeliveryMonth(period="202003", rate_consumed=1, rate_remaining=50),),
    }
    made, keys = months_set(**fields)
    parameters = made.build()
    found = requirement(parameters, made.portfolio({keys[3]: 3, keys[4]: 5, keys[5]: -4}))
    assert formed(found.spreads) == [(1, 4, [4, -4])]
    # V1: all 3 of March are consumed at 1
    assert found.commodities[0].delivery_charge_micros == 3 * USD


def test_overlapping_tiers_see_what_other_tiers_consumed():
    """C1, D4: April stands in tiers 1 and 2.

    Priority 1: tier 1 (2 March + 4 April) against June: min(6, 5) = 5 takes 2 March, 3 April.
    Priority 2: tier 2 (April, May) has 1 April left against 3 July: 1.
    """
    fields = {
        "intra_tiers": (
            tier(1, "202003", "202004"),
            tier(2, "202004", "202005"),
            tier(3, "202006"),
            tier(4, "202007"),
        ),
        "tier_spreads": (
            calendar(1, 10, tier_leg("A", 1, 1), tier_leg("B", 1, 3)),
            calendar(2, 100, tier_leg("A", 1, 2), tier_leg("B", 1, 4)),
        ),
    }
    charge, spreads = charged(fields, {3: 2, 4: 4, 6: -5, 7: -3})
    assert formed(spreads) == [(1, 5, [5, -5]), (2, 1, [1, -1])]
    assert charge == 5 * 10 + 1 * 100


def test_legs_of_one_side_that_share_months_are_not_promised_the_same_delta():
    """C3 (b): A over March, A over March and April, against B May of ratio 2.

    Alone: 2 / 1 and 5 / 1; together (2 + 3) / 2 = 2.5; so n = min(2, 5, 2.5, 9 / 2) = 2.
    The narrow leg takes 2 March, the wide one then 2 April.
    """
    fields = {
        "intra_tiers": (tier(1, "202003", "202004"), tier(2, "202003"), tier(3, "202005")),
        "tier_spreads": (
            calendar(1, 10, tier_leg("A", 1, 1), tier_leg("A", 1, 2), tier_leg("B", 2, 3)),
        ),
    }
    charge, spreads = charged(fields, {3: 2, 4: 3, 5: -9})
    assert charge == 20
    assert formed(spreads) == [(1, 2, [2, 2, -4])]
    # with 4 March and nothing else both legs share them: n = 4 / 2
    charge, spreads = charged(fields, {3: 4, 5: -9})
    assert formed(spreads) == [(1, 2, [2, 2, -4])]


def test_every_set_of_legs_of_one_side_binds_not_only_the_largest():
    """C3 †: A over {3}, {3, 4} and {4, 5}; 1 March, 1 April, 9 May.

    All three together: 11 / 3; the first two: 2 / 2 = 1, which binds with the first alone, 1 / 1.
    With March 1 and April 0 the first two have 1 / 2.
    """
    fields = {
        "intra_tiers": (
            tier(1, "202003"),
            tier(2, "202003", "202004"),
            tier(3, "202004", "202005"),
            tier(4, "202006"),
        ),
        "tier_spreads": (
            calendar(
                1, 10, *(tier_leg("A", 1, number) for number in (1, 2, 3)), tier_leg("B", 1, 4)
            ),
        ),
    }
    assert formed(charged(fields, {3: 1, 4: 1, 5: 9, 6: -9})[1]) == [(1, 1, [1, 1, 1, -1])]
    assert formed(charged(fields, {3: 1, 5: 9, 6: -9})[1]) == [(1, 0.5, [0.5, 0.5, 0.5, -0.5])]


def test_series_spreads_come_before_tier_spreads_whatever_their_priority():
    """C1: the series spread of priority 9 takes March first."""
    fields = {
        "intra_tiers": (tier(1, "202003"), tier(2, "202004")),
        "tier_spreads": (calendar(1, 10, tier_leg("A", 1, 1), tier_leg("B", 1, 2)),),
        "series_spreads": (
            calendar(9, 70, month_leg("A", 1, "202003"), month_leg("B", 1, "202005")),
        ),
    }
    charge, spreads = charged(fields, {3: 5, 4: -5, 5: -2})
    assert [one.kind for one in spreads] == [SpreadKind.SERIES, SpreadKind.TIER]
    assert charge == 2 * 70 + 3 * 10


def test_priority_decides_and_the_file_settles_ties():
    """C1: priority 1 before 2; of two with priority 2 the first listed."""

    def spread(priority, rate, far):
        return calendar(priority, rate, month_leg("A", 1, "202003"), month_leg("B", 1, far))

    listed = (spread(2, 1, "202004"), spread(2, 10, "202005"), spread(1, 100, "202006"))
    charge, spreads = charged({"series_spreads": listed}, {3: 5, 4: -3, 5: -3, 6: -1})
    # 1 with June, 3 with April, 1 with May
    assert charge == 100 + 3 * 1 + 1 * 10
    assert [one[:2] for one in formed(spreads)] == [(1, 1), (2, 3), (2, 1)]


def test_a_tier_that_the_commodity_lacks_forms_nothing():
    """C2 †: no months, no spread; a number that stands twice means both ranges."""
    spread = (calendar(1, 30, tier_leg("A", 1, 1), tier_leg("B", 1, 7)),)
    fields = {"intra_tiers": (tier(1, "202003"),), "tier_spreads": spread}
    assert charged(fields, {3: 1, 4: -1}) == (0, ())
    fields = {
        "intra_tiers": (tier(1, "202003"), tier(7, "202008"), tier(7, "202004")),
        "tier_spreads": spread,
    }
    assert charged(fields, {3: 1, 4: -1})[0] == 30


def test_spreads_without_any_leg_form_nothing():
    assert charged({"series_spreads": (calendar(1, 30),)}, {3: 1, 4: -1}) == (0, ())


def test_charges_are_in_the_risk_unit():
    """Units: rate 70 at a unit of 1,000 USD: 3 × 70,000."""
    fields = {**MARCH_APRIL, "risk_unit_micros": 1_000 * USD}
    assert charged(fields, {3: 5, 4: -3})[0] == 210_000


def delivered(lots, **month):
    """Return the delivery charge of March in dollars, with March and April spread first."""
    listed = DeliveryMonth(period="202003", rate_consumed=10, rate_remaining=100, **month)
    made, keys = months_set(**MARCH_APRIL, delivery_months=(listed,))
    parameters = made.build()
    held = made.portfolio({keys[month]: number for month, number in lots.items()})
    return requirement(parameters, held).commodities[0].delivery_charge_micros / USD


def test_delivery_charges_what_spreads_consumed_and_what_remains_apart():
    """V1: 5 March, 3 of them consumed: 3 × 10 + 2 × 100; short alike."""
    assert delivered({3: 5, 4: -3}) == 230
    assert delivered({3: -5, 4: 3}) == 230
    assert delivered({3: 5}) == 500
    assert delivered({4: 5}) == 0


def test_delivery_of_one_side_only():
    """V1: the sign of the original delta decides."""
    assert delivered({3: 5}, side="long") == 500
    assert delivered({3: -5}, side="long") == 0
    assert delivered({3: -5}, side="short") == 500
    assert delivered({3: 5}, side="short") == 0


def test_delivery_is_rounded_once():
    """V1: two half deltas at rate 1 are 0.5 + 0.5 = 1 in all."""
    made = SpanSet()
    listed = tuple(
        DeliveryMonth(period=month, rate_consumed=0, rate_remaining=1) for month in MONTHS[:2]
    )
    made.commodity("CL", delivery_months=listed)
    keys = [made.future("CL", month, line(900), delta_e4=5_000) for month in MONTHS[:2]]
    parameters = made.build()
    found = requirement(parameters, made.portfolio({keys[0]: 1, keys[1]: -1}))
    assert found.commodities[0].delivery_charge_micros == 1 * USD
    (total,) = found.totals
    # scan risk 0 (900 − 900), so the charge is all
    assert total.maintenance_total_micros == 1 * USD
