"""What implementers of SPAN get wrong: each mistake would fail the test of its name.

Mistakes in making arrays or reading prices (look-ahead, volatility scan, underlying, alignment)
cannot occur here: the reference takes arrays and prices as they stand in the set.
"""

from fencang.margin.reference import requirement
from tests.margin.span_sets import SpanSet, calendar, leg, line, month_leg

USD = 1_000_000


def result_of(made, lots):
    return requirement(made.build(), made.portfolio(lots))


def test_the_cover_fraction_is_not_applied_to_the_extremes_again():
    """16 states 2,000 with the cover inside; × 33 % once more, 900 of scenario 13 would win."""
    made = SpanSet()
    made.commodity("ES")
    march = made.future("ES", "202003", (*line(900)[:14], -2_000, 2_000))
    (found,) = result_of(made, {march: 1}).commodities
    assert (found.scan_risk_micros, found.active_scenario) == (2_000 * USD, 16)


def test_the_calendar_charge_is_a_rate_per_spread_of_the_pair_that_is_held():
    """March against June, not adjacent: 2 × 70; no fraction of scan risk, not the lowest rate."""
    made = SpanSet()
    rates = (("202003", "202004", 10), ("202004", "202006", 20), ("202003", "202006", 70))
    spreads = tuple(
        calendar(place, rate, month_leg("A", 1, near), month_leg("B", 1, far))
        for place, (near, far, rate) in enumerate(rates, 1)
    )
    made.commodity("ES", series_spreads=spreads)
    march, june = made.future("ES", "202003", line(900)), made.future("ES", "202006", line(900))
    made.future("ES", "202004", line(900))
    (found,) = result_of(made, {march: 2, june: -2}).commodities
    assert (found.scan_risk_micros, found.intra_charge_micros) == (0, 140 * USD)


def test_the_credit_is_price_risk_times_delta_not_the_lesser_scan_risk():
    """1 AA at 900 against 3 BB at 600, 50 %: AA 450, BB 300; rate × min(900, 1,800) is 450 each.

    A volatility part of 100 in AA earns no credit either: scan 1,000, price risk 900.
    """
    made = SpanSet()
    made.commodity("AA")
    made.commodity("BB")
    aa = made.future("AA", "202003", line(900, volatility=100))
    bb = made.future("BB", "202003", line(600))
    made.inter(1, 50, leg("A", 1, "AA"), leg("B", 1, "BB"))
    first, second = result_of(made, {aa: 1, bb: -3}).commodities
    assert (first.scan_risk_micros, first.inter_credit_micros) == (1_000 * USD, 450 * USD)
    assert (second.scan_risk_micros, second.inter_credit_micros) == (1_800 * USD, 300 * USD)


def test_the_worst_scenario_is_one_of_the_whole_not_one_per_position():
    """A straddle sold: 13 costs the put 600 and earns the call 500; one by one it were 1,200."""
    made = SpanSet()
    made.commodity("ES")
    call = made.option("ES", "202003", "C", "3", (*(0,) * 10, -600, -600, 500, 500, 0, 0))
    put = made.option("ES", "202003", "P", "3", (*(0,) * 10, 500, 500, -600, -600, 0, 0))
    (found,) = result_of(made, {call: -1, put: -1}).commodities
    assert found.scan_risk_micros == 100 * USD


def test_minimum_and_zero_are_floors_of_each_commodity():
    """AA's minimum of 50 stands beside BB's 900; AA's spare credit does not lower BB."""
    made = SpanSet()
    made.commodity("AA", som_rate=50)
    made.commodity("BB")
    call = made.option("AA", "202003", "C", "3", (-7,) * 16, price="0")
    march = made.future("BB", "202003", line(900))
    assert result_of(made, {call: -1, march: 1}).totals[0].maintenance_micros == 950 * USD


def test_risk_is_weighted_by_the_original_delta_whatever_is_left_of_it():
    """4 AA: 900 a delta.  1 goes against CC (90), 3 against BB: 3 × 90, not 3 × 1,200 × 10 %."""
    made = SpanSet()
    keys = []
    for code in ("AA", "BB", "CC"):
        made.commodity(code)
        keys.append(made.future(code, "202003", line(900)))
    made.inter(1, 10, leg("A", 1, "AA"), leg("B", 1, "CC"))
    made.inter(2, 10, leg("A", 1, "AA"), leg("B", 1, "BB"))
    found = result_of(made, dict(zip(keys, (4, -3, -1), strict=True)))
    assert [one.n_e4 for one in found.spreads] == [10_000, 30_000]
    assert found.commodities[0].inter_credit_micros == 360 * USD


def test_net_delta_of_zero_divides_nothing():
    """March and June offset in delta, not in risk."""
    made = SpanSet()
    made.commodity("AA")
    near, far = made.future("AA", "202003", line(900)), made.future("AA", "202006", line(600))
    (found,) = result_of(made, {near: 1, far: -1}).commodities
    assert (found.risk_micros, found.weighted_price_risk_micros) == (300 * USD, 0)


def test_spreads_use_composite_deltas_with_their_scaling():
    """Composite 0.5 × scaling 0.2 × 10 = 1, whatever the current delta of 0.9 says."""
    made = SpanSet()
    made.commodity("ES")
    call = made.option(
        "ES",
        "202003",
        "C",
        "3",
        line(300),
        delta_e4=5_000,
        current_delta_e4=9_000,
        delta_scaling_e4=2_000,
    )
    assert result_of(made, {call: 10}).commodities[0].net_delta_e4 == 10_000


def test_no_spread_table_or_no_spread_formed_loses_no_total():
    made = SpanSet()
    made.commodity("ES")
    march = made.future("ES", "202003", line(900))
    assert result_of(made, {march: 1}).totals[0].maintenance_total_micros == 900 * USD
    made.commodity("NQ")
    made.inter(1, 50, leg("A", 1, "ES"), leg("B", 1, "NQ"))
    assert result_of(made, {march: 1}).totals[0].maintenance_total_micros == 900 * USD


def test_super_spreads_first_ties_in_file_order_and_both_ways_round():
    """Short AA March 3, long June 2: the super spread takes 1, then the calendar B/A 2."""
    made = SpanSet()
    months = (month_leg("A", 1, "202006"), month_leg("B", 1, "202003"))
    made.commodity("AA", series_spreads=(calendar(1, 10, *months), calendar(1, 99, *months)))
    made.commodity("BB")
    near, far = made.future("AA", "202003", line(900)), made.future("AA", "202006", line(900))
    bb = made.future("BB", "202003", line(600))
    made.inter(5, 10, leg("A", 1, "AA"), leg("B", 1, "BB"), is_super=True)
    found = result_of(made, {near: -3, far: 2, bb: 1})
    assert [(one.kind, one.n_e4, one.charge_micros) for one in found.spreads] == [
        ("super", 10_000, 0),
        ("series", 20_000, 20 * USD),
    ]


def test_a_basket_is_margined_as_one_portfolio_not_leg_by_leg():
    """A vertical spread sold: 600 − 510 = 90 in 11; leg by leg 600 + 510."""
    made = SpanSet()
    made.commodity("ES")
    sold = made.option("ES", "202003", "C", "3", line(600), price="6", delta_e4=6_000)
    bought = made.option("ES", "202003", "C", "4", line(510), price="5", delta_e4=5_000)
    whole = result_of(made, {sold: -1, bought: 1}).commodities[0].scan_risk_micros
    alone = [
        result_of(made, {key: lots}).commodities[0].scan_risk_micros
        for key, lots in ((sold, -1), (bought, 1))
    ]
    assert (whole, sum(alone)) == (90 * USD, 1_110 * USD)
