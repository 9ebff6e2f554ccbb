"""The reference, rule X8, by hand: scanning spreads merge vectors into a target (method 4).

NG scans 900 a lot; HH and HP are its near-identical swaps of a quarter (scan range 240, scaling
0.25).  The real record of this kind: Henry Hub products into NG at 98 %, at least one leg, super.
"""

import pytest

from fencang.margin.method import MarginRefused
from fencang.margin.reference import requirement
from fencang.margin.span.parameters import DeliveryMonth
from fencang.margin.span.result import SpreadKind
from tests.margin.span_sets import SpanSet, calendar, leg, line, month_leg, tier

USD = 1_000_000
HUB = (leg("A", 1, "HH", is_required=False), leg("A", 1, "HP", is_required=False))


def gas(*legs, percent=98, target_required=False, ng=None, hh=None, **fields):
    """Return a set of NG, HH and HP in March and June with one scanning spread, and its keys."""
    made = SpanSet()
    made.commodity("NG", **(ng or {}))
    made.commodity("HH", **(hh or {}))
    made.commodity("HP")
    keys = {}
    for month in (3, 6):
        period = f"20200{month}"
        keys["NG", month] = made.future("NG", period, line(900))
        keys["HH", month] = made.future("HH", period, line(240), delta_scaling_e4=2_500)
        keys["HP", month] = made.future("HP", period, line(240), delta_scaling_e4=2_500)
    target = leg("A", 1, "NG", is_required=target_required)
    fields = {"is_super": True, "legs_min": 1, **fields}
    made.inter(1, percent, *(legs or HUB), method=4, target=target, **fields)
    return made, keys


def result_of(made, keys, lots):
    parameters = made.build()
    found = requirement(
        parameters, made.portfolio({keys[place]: held for place, held in lots.items()})
    )
    return found, {one.commodity: one for one in found.commodities}


def test_gains_count_at_the_rate_and_losses_in_full():
    """X8: long 1 NG and short 4 HH.

    13: 900 − 960 × 98 % = 900 − 940.8 → 900 − 941 = −41; 11: −900 × 98 % + 960 = −882 + 960 = 78.
    15: −891 × 98 % = −873.18 → −873, HH 4 × 238 = 952: 79, the worst; time risk 0.
    """
    found, by_code = result_of(*gas(), {("NG", 3): 1, ("HH", 3): -4})
    target = by_code["NG"]
    assert (target.scan_risk_micros, target.active_scenario) == (79 * USD, 15)
    assert (target.time_risk_micros, target.volatility_risk_micros) == (0, 0)
    assert target.price_risk_micros == 79 * USD
    # deltas: NG 1, HH −4 × 0.25 = −1 joins March
    assert target.net_delta_e4 == 0
    gone = by_code["HH"]
    assert gone.is_merged_away
    assert not target.is_merged_away
    assert (gone.scan_risk_micros, gone.net_delta_e4, gone.risk_micros) == (0, 0, 0)
    (one,) = found.spreads
    assert (one.kind, one.method, one.n_e4) == (SpreadKind.SUPER, 4, 10_000)
    assert [(leg.commodity, leg.delta_e4) for leg in one.legs] == [("NG", 0), ("HH", -10_000)]


def test_both_legs_join_and_ratios_convert_their_deltas():
    """X8: ratio 2 to the target's 1: −1 × 2 = −2 and 0.5 × 2 = 1 beside NG's 3."""
    legs = (leg("A", 2, "HH"), leg("A", 2, "HP"))
    found, by_code = result_of(*gas(*legs), {("NG", 3): 3, ("HH", 3): -4, ("HP", 6): 2})
    assert by_code["NG"].net_delta_e4 == 30_000 - 20_000 + 10_000
    assert [one.commodity for one in found.commodities if one.is_merged_away] == ["HH", "HP"]


def test_the_target_needs_no_position_of_its_own():
    """X8: 4 HH against 4 HP: 13: 960 − 941 = 19; the whole stands in NG, which has no lots."""
    found, by_code = result_of(*gas(), {("HH", 3): 4, ("HP", 3): -4})
    assert [one.commodity for one in found.commodities] == ["NG", "HH", "HP"]
    assert by_code["NG"].scan_risk_micros == 19 * USD
    assert found.totals[0].maintenance_micros == 19 * USD


@pytest.mark.parametrize(
    ("legs", "fields", "lots"),
    [
        # a required leg is missing
        ((leg("A", 1, "HH"), leg("A", 1, "HP")), {}, {("NG", 3): 1, ("HH", 3): -4}),
        # the target is required and missing
        ((), {"target_required": True}, {("HH", 3): 4, ("HP", 3): -4}),
        # two legs are needed, the target not counted
        ((), {"legs_min": 2}, {("NG", 3): 1, ("HH", 3): -4}),
        # nobody but the target is there
        ((), {"legs_min": 0}, {("NG", 3): 1, ("NG", 6): -1}),
    ],
)
def test_conditions_of_a_scanning_spread(legs, fields, lots):
    """X8: required legs, least number of legs, and somebody to merge."""
    found, by_code = result_of(*gas(*legs, **fields), lots)
    assert found.spreads == ()
    assert not any(one.is_merged_away for one in by_code.values())


def test_a_leg_that_names_the_target_is_the_target():
    """X8 †: it is not counted, nor merged twice."""
    legs = (leg("A", 1, "NG"), leg("A", 1, "HH"))
    _, by_code = result_of(*gas(*legs), {("NG", 3): 1, ("HH", 3): -4})
    assert by_code["NG"].scan_risk_micros == 79 * USD
    found, _ = result_of(*gas(*legs, legs_min=2), {("NG", 3): 1, ("HH", 3): -4})
    assert found.spreads == ()


def test_merged_deltas_are_what_calendars_and_delivery_see():
    """Order of steps: super first: NG +1 March, HH −4 × 0.25 June: one calendar at 70.

    V1: March's 1 is consumed: 5; HH is gone and has no delivery.
    """
    months = (month_leg("A", 1, "202003"), month_leg("B", 1, "202006"))
    delivery = (DeliveryMonth(period="202003", rate_consumed=5, rate_remaining=50),)
    ng = {"series_spreads": (calendar(1, 70, *months),), "delivery_months": delivery}
    june = (DeliveryMonth(period="202006", rate_consumed=7, rate_remaining=70),)
    lots = {("NG", 3): 1, ("HH", 6): -4}
    _, by_code = result_of(*gas(ng=ng, hh={"delivery_months": june}), lots)
    assert by_code["NG"].intra_charge_micros == 70 * USD
    assert by_code["NG"].delivery_charge_micros == 5 * USD
    assert by_code["HH"].delivery_charge_micros == 0
    # an ordinary scanning spread comes after both: no calendar, delivery on each commodity's own
    made = gas(ng=ng, hh={"delivery_months": june}, is_super=False)
    found, by_code = result_of(*made, lots)
    assert [one.kind for one in found.spreads] == [SpreadKind.INTER]
    assert by_code["NG"].intra_charge_micros == 0
    assert by_code["NG"].delivery_charge_micros == 50 * USD
    assert by_code["HH"].delivery_charge_micros == 70 * USD
    assert by_code["HH"].risk_micros == 70 * USD


def test_the_target_carries_the_sum_into_later_spreads():
    """X8, X4: after the super spread NG has 3 − 1 = 2 against XX's −2.

    Scan of NG: 13: 2,700 − 941 = 1,759; 11: −2,646 + 960; WFPR 1,759 / 2 = 879.50.
    Credit 2 × 879.50 × 50 % = 879.5 → 880, HH counts as missing from then on.
    """
    made, keys = gas()
    made.commodity("XX")
    keys["XX", 3] = made.future("XX", "202003", line(600))
    made.inter(2, 50, leg("A", 1, "HH"), leg("A", 1, "XX"))
    made.inter(3, 50, leg("A", 1, "NG"), leg("B", 1, "XX"))
    found, by_code = result_of(made, keys, {("NG", 3): 3, ("HH", 3): -4, ("XX", 3): -2})
    assert [one.priority for one in found.spreads] == [1, 3]
    assert by_code["NG"].scan_risk_micros == 1_759 * USD
    assert by_code["NG"].weighted_price_risk_micros == 879_500_000
    assert by_code["NG"].inter_credit_micros == 880 * USD
    assert by_code["XX"].inter_credit_micros == 600 * USD


def test_option_minimum_and_option_value_stay_with_the_leg():
    """X8: HH's short call: SOM 40 and value −12 stay in HH."""
    made, keys = gas(hh={"som_rate": 160})
    keys["call"] = made.option(
        "HH", "202003", "C", "2", line(120), price="12", delta_scaling_e4=2_500, delta_e4=5_000
    )
    _, by_code = result_of(made, keys, {("NG", 3): 1, "call": -1})
    assert by_code["HH"].short_option_minimum_micros == 40 * USD
    assert by_code["HH"].risk_micros == 40 * USD
    assert by_code["HH"].option_value_micros == -12 * USD
    # 13: 900 − 118 = 782 (120 × 98 % = 117.6 → 118)
    assert by_code["NG"].scan_risk_micros == 782 * USD


def test_scan_tiers_of_merged_commodities_are_added():
    """X8: HH's tiers offset nothing (960 + 960), but their vectors added do: NG keeps its 900."""
    tiers = (tier(1, "202003"), tier(2, "202006"))
    lots = {("NG", 3): 1, ("HH", 3): 4, ("HH", 6): -4}
    _, by_code = result_of(*gas(hh={"scan_tiers": tiers}, ng={"scan_tiers": tiers}), lots)
    assert (by_code["NG"].scan_risk_micros, by_code["NG"].active_scenario) == (900 * USD, 13)


def test_different_risk_units_meet_in_their_greatest_common_divisor():
    """X8 †: NG in dollars, HH in tens: common unit 1 dollar; 2 HH × 24 × 10 = 480.

    13: 900 − 480 × 97 % = 900 − 465.6 → 900 − 466 = 434; in tens it would be 900 − 470.
    """
    made = SpanSet()
    made.commodity("NG")
    made.commodity("HH", risk_unit_micros=10 * USD)
    keys = {
        ("NG", 3): made.future("NG", "202003", line(900)),
        ("HH", 3): made.future("HH", "202003", line(24)),
    }
    target = leg("A", 1, "NG")
    made.inter(1, 97, leg("A", 1, "HH"), method=4, target=target)
    _, by_code = result_of(made, keys, {("NG", 3): 1, ("HH", 3): -2})
    assert by_code["NG"].scan_risk_micros == (900 - 466) * USD


def test_a_commodity_merged_away_can_be_a_target_again():
    """X8 †: HH goes into NG; then HP into HH, which holds nothing but HP from then on."""
    made, keys = gas(leg("A", 1, "HH"))
    target = leg("A", 1, "HH", is_required=False)
    made.inter(2, 98, leg("A", 1, "HP"), method=4, target=target, is_super=True)
    _, by_code = result_of(made, keys, {("NG", 3): 1, ("HH", 3): -4, ("HP", 3): 1})
    assert by_code["NG"].scan_risk_micros == 79 * USD
    assert (by_code["HH"].scan_risk_micros, by_code["HH"].is_merged_away) == (240 * USD, False)
    assert by_code["HP"].is_merged_away


def test_faults_of_the_file_are_named():
    """X8: one currency and a target."""
    made, keys = gas(hh={"currency": "EUR"})
    made.inter(2, 50, leg("A", 1, "HH"), method=4)
    with pytest.raises(MarginRefused) as refused:
        result_of(made, keys, {("NG", 3): 1})
    assert refused.value.faults == (
        "inter-commodity spread 1 (priority 1): a scanning spread has one currency, not EUR, USD",
        "inter-commodity spread 2 (priority 2): a scanning spread needs a target",
    )
