"""The reference, rules P1 to P3, S1 to S7 and D1 to D3, by hand.

Scan ranges of 900 give ``line(900)``: 0 0 -300 -300 300 300 -600 -600 600 600 -900 -900 900 900
-891 891, so a long lot loses 900 in scenarios 13 and 14.
"""

import pytest

from fencang.margin.method import MarginRefused
from fencang.margin.reference import requirement
from fencang.margin.span.parameters import PriceRiskMethod, Tier
from tests.margin.span_sets import STANDARD_POINTS, SpanSet, line, tier

USD = 1_000_000


def result_of(made, lots, **fields):
    parameters = made.build()
    return requirement(parameters, made.portfolio(lots, **fields))


def only(made, lots, **fields):
    (found,) = result_of(made, lots, **fields).commodities
    return found


def test_an_empty_portfolio_asks_for_nothing():
    made = SpanSet()
    made.commodity("ES")
    made.future("ES", "202003", line(900))
    found = result_of(made, {})
    assert (found.commodities, found.spreads, found.totals) == ((), (), ())


def test_long_and_short_lots_of_a_net_account_offset():
    """P1: 5 long and 3 short are 2 long: 2 × 900."""
    made = SpanSet()
    made.commodity("ES")
    march = made.future("ES", "202003", line(900))
    found = only(made, {march: (5, 3)})
    assert found.scan_risk_micros == 1_800 * USD
    assert found.net_delta_e4 == 20_000


def test_a_contract_with_net_lots_of_zero_has_no_part_in_anything():
    """P3: neither in the SOM nor among the commodities of the result."""
    made = SpanSet()
    made.commodity("ES", som_rate=100)
    put = made.option("ES", "202003", "P", "3000", line(900))
    assert result_of(made, {put: (4, 4)}).commodities == ()


def test_the_maximum_is_that_of_the_sum_not_the_sum_of_maxima():
    """S1: long 2 at 900 and short 1 at 600: 2 × 900 − 600 = 1,200 in scenario 13."""
    made = SpanSet()
    made.commodity("ES")
    march = made.future("ES", "202003", line(900))
    june = made.future("ES", "202006", line(600))
    found = only(made, {march: 2, june: -1})
    assert (found.scan_risk_micros, found.active_scenario) == (1_200 * USD, 13)


def test_scenarios_and_units_are_those_of_the_set():
    """S1: four scenarios, values in thousands: 2 × 7 × 1,000."""
    made = SpanSet(points=STANDARD_POINTS[:4])
    made.commodity("JY", currency="JPY", risk_unit_micros=1_000 * USD)
    march = made.future("JY", "202003", (-1, 2, 7, 6))
    found = only(made, {march: 2})
    assert (found.scan_risk_micros, found.active_scenario) == (14_000 * USD, 3)


def test_the_first_scenario_of_a_tie_is_active_and_a_gain_everywhere_is_no_risk():
    """S2: 13 and 14 tie; a portfolio that only gains has scan risk 0 and an active scenario."""
    made = SpanSet()
    made.commodity("ES")
    march = made.future("ES", "202003", line(900))
    gains = made.future("ES", "202006", (-5, -5, *[-9] * 14))
    assert only(made, {march: 1}).active_scenario == 13
    found = only(made, {gains: 1})
    assert (found.scan_risk_micros, found.active_scenario) == (0, 1)


def test_time_and_volatility_risk_are_half_sums_and_half_differences():
    """S3 to S5: line(900, time=5, volatility=20), short.

    Losses of the short: 1: −(5 − 20) = 15, 2: −25, worst 11: −(5 − 900 − 20) = 915, pair 12: 875.
    TR = (15 − 25) / 2 = −5; VR = (915 − 875) / 2 = 20; FPR = 915 + 5 − 20 = 900.
    """
    made = SpanSet()
    made.commodity("ES")
    march = made.future("ES", "202003", line(900, time=5, volatility=20))
    found = only(made, {march: -1})
    assert (found.scan_risk_micros, found.active_scenario) == (915 * USD, 11)
    assert found.time_risk_micros == -5 * USD
    assert found.volatility_risk_micros == 20 * USD
    assert found.price_risk_micros == 900 * USD


def test_time_and_volatility_risk_round_half_away_to_the_unit():
    """S3, S4: values 1: 4, 2: −9 gives TR −2.5 → −3; 13: 900, 14: 895 gives VR 2.5 → 3."""
    made = SpanSet()
    made.commodity("ES")
    values = list(line(900))
    values[0], values[1], values[13] = 4, -9, 895
    march = made.future("ES", "202003", values)
    found = only(made, {march: 1})
    assert found.time_risk_micros == -3 * USD
    assert found.volatility_risk_micros == 3 * USD
    assert found.price_risk_micros == (900 + 3 - 3) * USD


def test_extreme_scenarios_are_their_own_pair():
    """S4: active 16 has no volatility risk; TR 0; FPR is the whole."""
    made = SpanSet()
    made.commodity("ES")
    march = made.future("ES", "202003", (*line(900)[:14], -2_000, 2_000))
    found = only(made, {march: 1})
    assert (found.active_scenario, found.volatility_risk_micros) == (16, 0)
    assert found.price_risk_micros == 2_000 * USD


def test_when_nothing_can_be_lost_volatility_risk_is_that_of_the_first_pair():
    """S4: all values negative, active 5 (−10), but VR = (L1 − L2) / 2 = (−30 − −50) / 2 = 10."""
    made = SpanSet()
    made.commodity("ES")
    march = made.future("ES", "202003", (-30, -50, -90, -90, -10, -70, *[-90] * 10))
    found = only(made, {march: 1})
    assert (found.scan_risk_micros, found.active_scenario) == (0, 5)
    assert found.time_risk_micros == -40 * USD
    assert found.volatility_risk_micros == 10 * USD
    assert found.price_risk_micros == (0 + 40 - 10) * USD


def test_a_worst_of_exactly_zero_keeps_its_own_volatility_risk():
    """S4: worst 0 in scenario 5, its pair −60: VR = (0 − −60) / 2 = 30, not (−30 − −50) / 2."""
    made = SpanSet()
    made.commodity("ES")
    march = made.future("ES", "202003", (-30, -50, -90, -90, 0, -60, *[-90] * 10))
    found = only(made, {march: 1})
    assert (found.active_scenario, found.volatility_risk_micros) == (5, 30 * USD)


def test_an_empty_end_of_a_tier_is_open():
    """C2 †: tier 1 up to June, tier 2 from July on."""
    made = SpanSet()
    first = Tier(number=1, first_period="", last_period="202006")
    second = Tier(number=2, first_period="202007", last_period="")
    made.commodity("CL", scan_tiers=(first, second))
    keys = [
        made.future("CL", month, line(900)) for month in ("201912", "202006", "202007", "203012")
    ]
    assert only(made, {keys[0]: 1, keys[1]: -1}).scan_risk_micros == 0
    assert only(made, {keys[2]: 1, keys[3]: -1}).scan_risk_micros == 0
    assert only(made, {keys[1]: 1, keys[2]: -1}).scan_risk_micros == 1_800 * USD


def test_scan_tiers_never_offset_each_other():
    """S1, S6: near months +1, far months −1: 900 + 900, and no scenario of the whole."""
    made = SpanSet()
    tiers = (tier(1, "202003", "202006"), tier(2, "202009", "202012"))
    made.commodity("CL", scan_tiers=tiers)
    march = made.future("CL", "202003", line(900, time=1))
    december = made.future("CL", "202012", line(900, time=1))
    found = only(made, {march: 1, december: -1})
    assert found.scan_risk_micros == (901 + 899) * USD
    assert found.active_scenario == 0
    assert found.time_risk_micros == 0
    assert only(made, {march: 1}).active_scenario == 13


def test_months_outside_all_scan_tiers_are_scanned_together():
    """S1: 2021 and 2022 lie in no tier and offset; March in tier 1 does not."""
    made = SpanSet()
    made.commodity("CL", scan_tiers=(tier(1, "202003"),))
    march = made.future("CL", "202003", line(900))
    first, second = made.future("CL", "202103", line(900)), made.future("CL", "202203", line(600))
    found = only(made, {march: -1, first: 1, second: -1})
    assert found.scan_risk_micros == (900 + 300) * USD


def test_the_first_listed_of_overlapping_scan_tiers_holds_the_month():
    """S1: June stands in both tiers and is scanned with March: 900 − 900 = 0."""
    made = SpanSet()
    tiers = (tier(1, "202003", "202006"), tier(2, "202006", "202012"))
    made.commodity("CL", scan_tiers=tiers)
    march, june = made.future("CL", "202003", line(900)), made.future("CL", "202006", line(900))
    assert only(made, {march: 1, june: -1}).scan_risk_micros == 0


def test_a_tier_end_without_day_code_holds_all_weeks_of_the_month():
    """C2: 202006 … 202006 holds 20200612; with day codes the whole text counts."""
    made = SpanSet()
    tiers = (tier(1, "202003"), tier(2, "202006"), tier(3, "20200901", "20200912"))
    made.commodity("VX", scan_tiers=tiers)
    keys = [made.future("VX", period, line(900)) for period in ("20200612", "202006")]
    weeks = [made.future("VX", period, line(900)) for period in ("20200912", "20200913")]
    assert only(made, {keys[0]: 1, keys[1]: -1}).scan_risk_micros == 0
    assert only(made, {weeks[0]: 1, weeks[1]: -1}).scan_risk_micros == 1_800 * USD


def test_weighted_price_risk_is_per_delta_with_the_scaling_factor():
    """D1, S7: 10 lots of scaling 0.2: 9,000 / 2 deltas = 4,500 a delta."""
    made = SpanSet()
    made.commodity("SP")
    mini = made.future("SP", "202003", line(900), delta_scaling_e4=2_000)
    found = only(made, {mini: 10})
    assert found.net_delta_e4 == 20_000
    assert found.weighted_price_risk_micros == 4_500 * USD


def test_weighted_price_risk_rounds_to_hundredths_half_away():
    """S7: 900 / 0.7 deltas = 1,285.714… → 1,285.71."""
    made = SpanSet()
    made.commodity("SP")
    march = made.future("SP", "202003", line(900), delta_e4=7_000)
    assert only(made, {march: 1}).weighted_price_risk_micros == 1_285_710_000


def test_net_delta_of_zero_with_scan_risk_has_no_weighted_price_risk():
    """S7: 1 × 900 against 1 × 600, deltas 1 and −1: scan risk 300, no division by zero."""
    made = SpanSet()
    made.commodity("SP")
    march, june = made.future("SP", "202003", line(900)), made.future("SP", "202006", line(600))
    found = only(made, {march: 1, june: -1})
    assert found.scan_risk_micros == 300 * USD
    assert (found.net_delta_e4, found.weighted_price_risk_micros) == (0, 0)


def test_no_weighted_price_risk_where_price_risk_is_not_positive():
    """S7: a long straddle-like array loses by volatility alone: FPR 0."""
    made = SpanSet()
    made.commodity("SP")
    call = made.option("SP", "202003", "C", "3000", (-50, 50) * 7 + (-20, -20), delta_e4=5_000)
    found = only(made, {call: 1})
    assert (found.scan_risk_micros, found.volatility_risk_micros) == (50 * USD, 50 * USD)
    assert (found.price_risk_micros, found.weighted_price_risk_micros) == (0, 0)


def capped(method):
    """Return a set whose nearest month has scaling 0.2 and scan range 500: 2,500 a delta."""
    made = SpanSet()
    made.commodity("BO", price_risk_method=method)
    near = made.future("BO", "202003", line(900), delta_scaling_e4=2_000, price_scan_range=500)
    far = made.future("BO", "202006", line(300), price_scan_range=1)
    return made, near, far


@pytest.mark.parametrize(
    ("method", "per_delta"),
    [
        # FPR (900 + 300) / 1.2 deltas = 1,000
        (PriceRiskMethod.NORMAL, 1_000),
        # the cap of 2,500 does not bind
        (PriceRiskMethod.CAPPED_AT_SCAN_RANGE, 1_000),
        # 500 × 10,000 / 2,000
        (PriceRiskMethod.SCAN_RANGE, 2_500),
    ],
)
def test_price_risk_method_with_scaling_of_a_fifth(method, per_delta):
    """S7, codes 1 to 3."""
    made, near, far = capped(method)
    found = only(made, {near: 1, far: 1})
    assert found.net_delta_e4 == 12_000
    assert found.weighted_price_risk_micros == per_delta * USD


def test_the_cap_binds_and_is_that_of_the_nearest_month_in_position():
    """S7, code 2: 900 / 0.2 = 4,500 is cut to 2,500; June alone: 300 / 1 is cut to 1."""
    made, near, far = capped(PriceRiskMethod.CAPPED_AT_SCAN_RANGE)
    assert only(made, {near: 1}).weighted_price_risk_micros == 2_500 * USD
    assert only(made, {far: 1}).weighted_price_risk_micros == 1 * USD


def test_the_scan_range_stands_even_where_the_normal_price_risk_is_zero():
    """S7, code 3: equal to the scan range, whatever the net delta."""
    made = SpanSet()
    made.commodity("BO", price_risk_method=PriceRiskMethod.SCAN_RANGE)
    march = made.future("BO", "202003", line(900), price_scan_range=900)
    june = made.future("BO", "202006", line(600), price_scan_range=600)
    found = only(made, {march: 1, june: -1})
    assert (found.net_delta_e4, found.weighted_price_risk_micros) == (0, 900 * USD)


def test_without_a_scaling_there_is_no_scan_range_per_delta():
    """S7 †: code 3 is then as code 1, here without any delta."""
    made = SpanSet()
    made.commodity("BO", price_risk_method=PriceRiskMethod.SCAN_RANGE)
    march = made.future("BO", "202003", line(900), delta_scaling_e4=0)
    assert only(made, {march: 1}).weighted_price_risk_micros == 0


def test_options_count_in_the_month_of_their_underlying():
    """D1: two April options on the June future, deltas 0.5 and −0.25: 3 × 0.5 − 2 × −0.25 = 2."""
    made = SpanSet()
    made.commodity("ES", scan_tiers=(tier(1, "202004"), tier(2, "202006")))
    call = made.option("ES", "202004", "C", "3", line(450), underlying="202006", delta_e4=5_000)
    put = made.option("ES", "202004", "P", "3", line(-300), underlying="202006", delta_e4=-2_500)
    found = only(made, {call: 3, put: -2})
    assert found.net_delta_e4 == 20_000
    # tier 2 holds both: 3 × 450 + 2 × 300 in scenario 13
    assert (found.scan_risk_micros, found.active_scenario) == (1_950 * USD, 13)


def test_deltas_round_half_away_per_contract():
    """D1: 1 × 0.3333 × 0.5 = 0.16665 → 0.1667; short −0.1667."""
    made = SpanSet()
    made.commodity("ES")
    call = made.option("ES", "202003", "C", "3", line(300), delta_e4=3_333, delta_scaling_e4=5_000)
    assert only(made, {call: 1}).net_delta_e4 == 1_667
    assert only(made, {call: -1}).net_delta_e4 == -1_667


def test_negative_prices_and_strikes_are_ordinary():
    """April 2020: strike −5, value 4.20 × 1,000 a lot; scan as ever."""
    made = SpanSet()
    made.commodity("CL")
    put = made.option("CL", "202006", "P", "-5", line(-300), price="4.2", factor=1_000)
    call = made.option("CL", "202006", "C", "-5", line(300), price="-0.1", factor=1_000)
    found = only(made, {put: 2, call: 1})
    assert found.option_value_micros == (8_400 - 100) * USD
    assert found.scan_risk_micros == 300 * USD


def spread_set(**fields):
    """Return a set with a calendar combination: one March bought, one June sold."""
    made = SpanSet()
    made.commodity("CL", **fields)
    march, june = made.future("CL", "202003", line(900)), made.future("CL", "202006", line(600))
    return made, march, june


def test_a_combination_without_position_of_its_own_is_its_legs():
    """P2: 2 spreads = 2 March − 2 June; with 3 June bought outright 1 June is left."""
    made, march, june = spread_set()
    spread = made.combination("CL", "202003", {march: 1, june: -1})
    found = only(made, {spread: 2, june: 3})
    # 2 × 900 + 1 × 600 in scenario 13
    assert found.scan_risk_micros == 2_400 * USD
    assert found == only(made, {march: 2, june: 1})
    assert only(made, {spread: -2}) == only(made, {march: -2, june: 2})


def test_combinations_of_combinations_are_replaced_in_turn():
    """P2 †: a butterfly of two spreads, 1 −2 1."""
    made, march, june = spread_set()
    september = made.future("CL", "202009", line(300))
    near = made.combination("CL", "202003", {march: 1, june: -1}, code="CLS")
    far = made.combination("CL", "202006", {june: 1, september: -1}, code="CLS")
    fly = made.combination("CL", "202003", {near: 1, far: -1}, code="CLF")
    assert only(made, {fly: 5}) == only(made, {march: 5, june: -10, september: 5})


def test_broken_lots_of_a_leg_are_refused_by_name_and_all_at_once():
    """P2: half a lot of June per spread: 1 lot cannot be, 2 lots can."""
    made, march, june = spread_set()
    half = made.combination("CL", "202003", {march: 1, june: -0.5}, code="CLS")
    third = made.combination("CL", "202006", {june: 0.25}, code="CLS")
    with pytest.raises(MarginRefused) as refused:
        result_of(made, {half: 1, third: 3})
    assert len(refused.value.faults) == 2
    assert half in refused.value.faults[0]
    assert june in refused.value.faults[0]
    assert third in refused.value.faults[1]
    assert only(made, {half: 2}) == only(made, {march: 2, june: -1})


def test_a_combination_that_contains_itself_is_refused():
    made, march, _ = spread_set()
    first = made.combination("CL", "202003", {march: 1}, code="CLS")
    second = made.combination("CL", "202006", {first: 1}, code="CLS")
    made.combinations[first][second] = 1
    with pytest.raises(MarginRefused, match="contains the combination itself"):
        result_of(made, {first: 1})


@pytest.mark.parametrize("fields", [{"is_positionable": True}, {"flag": "D"}])
def test_a_combination_with_its_own_array_keeps_it_and_spreads_its_delta(fields):
    """P2, D2: positionable, or delta-split: the array is its own (30), deltas +2 March, −2 June.

    June has scaling 0.5: 2 × −1 × 1 × 0.5 = −1, so the net delta is 1.
    """
    made = SpanSet()
    made.commodity("CL", combination_method=fields.pop("flag", ""))
    march = made.future("CL", "202003", line(900))
    june = made.future("CL", "202006", line(600), delta_scaling_e4=5_000)
    spread = made.combination("CL", "202003", {march: 1, june: -1}, line(30), **fields)
    found = only(made, {spread: 2})
    assert found.scan_risk_micros == 60 * USD
    assert found.net_delta_e4 == 10_000


def test_split_deltas_round_half_away_once_per_leg():
    """D2: 1 × 0.5 × 0.3333 = 0.16665 → 0.1667; of an option of delta 0.5: 0.083325 → 0.0833."""
    made = SpanSet()
    made.commodity("CL")
    march = made.future("CL", "202003", line(900), delta_scaling_e4=3_333)
    spread = made.combination("CL", "202003", {march: 0.5}, line(30), is_positionable=True)
    legs = {march: 0.5}
    call = made.option_on_combination("CL", "202003", "C", "0", line(12), legs, delta_e4=5_000)
    other = made.option_on_combination("CL", "202003", "C", "1", line(12), legs, delta_e4=9_000)
    assert only(made, {spread: 1}).net_delta_e4 == 1_667
    assert only(made, {call: 1}).net_delta_e4 == 833
    # 0.149985 → 0.1500
    assert only(made, {other: 1}).net_delta_e4 == 1_500


@pytest.mark.parametrize("states_legs", [True, False])
def test_the_delta_of_an_option_on_a_combination_keeps_its_sign(states_legs):
    """D2: call of delta 0.4, put of −0.6, on March − June; June's scaling 0.5.

    Call × 5: March 5 × 1 × 0.4 = 2, June 5 × −1 × 0.5 × 0.4 = −1; the put's are turned round:
    March 5 × −0.6 = −3, June 5 × −1 × 0.5 × −0.6 = 1.5.  The legs are those of the option's own
    row, or of the combination of its underlying period.
    """
    made = SpanSet()
    made.commodity("CL")
    march = made.future("CL", "202003", line(900))
    june = made.future("CL", "202006", line(600), delta_scaling_e4=5_000)
    legs = {march: 1, june: -1}
    made.combination("CL", "202003", legs, line(30), is_positionable=True, code="CLS")
    own = legs if states_legs else {}
    call = made.option_on_combination("CL", "202003", "C", "0", line(12), own, delta_e4=4_000)
    put = made.option_on_combination("CL", "202003", "P", "0", line(-18), own, delta_e4=-6_000)
    assert only(made, {call: 5}).net_delta_e4 == 20_000 - 10_000
    assert only(made, {put: 5}).net_delta_e4 == -30_000 + 15_000


def test_legs_of_the_options_own_row_win_and_other_commodities_combinations_do_not_count():
    """D2 †: own legs 2 × March: 2 × 0.4; without them CL's spread (1 − 0.5), never XX's."""
    made = SpanSet()
    made.commodity("XX")
    made.commodity("CL")
    march = made.future("CL", "202003", line(900))
    june = made.future("CL", "202006", line(600), delta_scaling_e4=5_000)
    for code, period, legs in (
        ("XX", "202003", {march: 7}),
        ("CL", "202002", {march: 9}),
        ("CL", "202003", {march: 1, june: -1}),
    ):
        made.combination(code, period, legs, line(30), is_positionable=True, code=f"{code}S")
    options = [
        made.option_on_combination("CL", "202003", "C", strike, line(12), legs, delta_e4=4_000)
        for strike, legs in (("0", {march: 2}), ("1", {}))
    ]
    assert only(made, {options[0]: 1}).net_delta_e4 == 8_000
    assert only(made, {options[1]: 1}).net_delta_e4 == 4_000 - 2_000


def test_legs_of_combinations_net_with_outright_lots():
    """P2, P1: a call sold within a combination and one bought outright: none is short."""
    made = SpanSet()
    made.commodity("CL", som_rate=50)
    call = made.option("CL", "202003", "C", "3", line(300), price="1")
    put = made.option("CL", "202003", "P", "3", line(-300), price="1")
    reversal = made.combination("CL", "202003", {put: 1, call: -1})
    assert only(made, {reversal: 2, call: 1}).short_option_minimum_micros == 50 * USD
    assert only(made, {reversal: 2, call: 2}).short_option_minimum_micros == 0


def test_an_option_on_a_combination_without_legs_counts_in_its_own_month():
    """D2 †, D1: 3 × 0.4."""
    made = SpanSet()
    made.commodity("CL")
    call = made.option_on_combination("CL", "202003", "C", "0", line(12), {}, delta_e4=4_000)
    assert only(made, {call: 3}).net_delta_e4 == 12_000
