"""The reference, rules M1, R1 to R5, G1 and F1, by hand: minimum, requirement, totals."""

import pytest

from fencang.margin.method import MarginRefused
from fencang.margin.reference import converted, requirement
from fencang.margin.span.parameters import (
    CurrencyRate,
    DeliveryMonth,
    PriceRiskMethod,
    ShortOptionMethod,
)
from fencang.margin.span.portfolio import Fallback, Lots, Portfolio
from fencang.refdata.account import AccountType
from tests.margin.span_sets import SpanSet, calendar, leg, line, month_leg, tier

USD = 1_000_000
FLAT = (0,) * 16


def result_of(made, lots, **fields):
    return requirement(made.build(), made.portfolio(lots, **fields))


def only(made, lots, **fields):
    (found,) = result_of(made, lots, **fields).commodities
    return found


def minimum(lots, **fields):
    """Return the short option minimum in dollars of lots of calls and puts, March and June."""
    made = SpanSet()
    made.commodity("ES", **{"som_rate": 10, **fields})
    keys = {
        right + month[5]: made.option("ES", month, right, "3", FLAT)
        for right in ("C", "P")
        for month in ("202003", "202006")
    }
    keys["F"] = made.future("ES", "202003", FLAT)
    found = only(made, {keys[name]: number for name, number in lots.items()})
    return found.short_option_minimum_micros / USD


def test_short_calls_and_puts_are_added_or_the_greater_counts():
    """M1: 3 calls and 2 puts short at 10: 50 together, 30 at most; long options do not count."""
    lots = {"C3": -3, "P3": -2, "C6": 9, "F": -7}
    assert minimum(lots) == 50
    assert minimum(lots, som_method=ShortOptionMethod.MAX) == 30


def test_minimum_by_tier_and_outside_all_tiers():
    """M1: March (tier at 100): calls 1, puts 2; June is in no tier: the commodity's 10.

    Gross: 100 + 200 + 40 + 10 = 350.  Max, per tier: 200 + 40 = 240.
    """
    lots = {"C3": -1, "P3": -2, "C6": -4, "P6": -1}
    tiers = (tier(1, "202003", som_rate=100),)
    assert minimum(lots, som_tiers=tiers) == 350
    assert minimum(lots, som_tiers=tiers, som_method=ShortOptionMethod.MAX) == 240


def test_minimum_counts_scaled_lots_and_is_rounded_once():
    """M1: scaling 0.25, rate 1: call 2 × 0.25 + put 1 × 0.25 = 0.75 → 1."""
    made = SpanSet()
    made.commodity("ES", som_rate=1)
    call = made.option("ES", "202003", "C", "3", FLAT, delta_scaling_e4=2_500)
    put = made.option("ES", "202003", "P", "3", FLAT, delta_scaling_e4=2_500)
    assert only(made, {call: -2, put: -1}).short_option_minimum_micros == 1 * USD
    assert only(made, {put: -1}).short_option_minimum_micros == 0


def test_risk_is_at_least_the_minimum_of_each_commodity():
    """R1: ES has scan risk 0 and a minimum of 20, NQ scan 900 and none: 920, not 900."""
    made = SpanSet()
    made.commodity("ES", som_rate=10)
    made.commodity("NQ")
    call = made.option("ES", "202003", "C", "3", FLAT, price="0")
    march = made.future("NQ", "202003", line(900))
    found = result_of(made, {call: -2, march: 1})
    assert [one.risk_micros / USD for one in found.commodities] == [20, 900]
    assert found.totals[0].maintenance_micros == 920 * USD


def test_the_minimum_is_not_lowered_by_spread_credits():
    """R1: the credit takes 900 to 0, the minimum of 30 stands."""
    made = SpanSet()
    made.commodity("ES", som_rate=30)
    made.commodity("NQ")
    call = made.option("ES", "202003", "C", "3", line(900), price="0", delta_e4=10_000)
    march = made.future("NQ", "202003", line(900))
    made.inter(1, 100, leg("A", 1, "ES"), leg("B", 1, "NQ"))
    found = result_of(made, {call: -1, march: 1})
    assert [one.inter_credit_micros / USD for one in found.commodities] == [900, 900]
    assert [one.risk_micros / USD for one in found.commodities] == [30, 0]


@pytest.mark.parametrize(
    ("account", "maintenance", "initial"),
    [
        (AccountType.MEMBER, 901, 901),
        (AccountType.HEDGER, 991, 901),
        (AccountType.SPECULATOR, 1_081, 991),
    ],
)
def test_factors_of_the_account_type_are_applied_to_the_same_base(account, maintenance, initial):
    """R2: risk 901 × (1, 1.1, 1.2) and × (1, 1, 1.1), half away: 991.1, 1,081.2, 991.1."""
    made = SpanSet()
    made.commodity(
        "ES",
        adjustment_ppm=(1_000_000, 1_100_000, 1_200_000),
        initial_ratio_ppm=(1_000_000, 1_000_000, 1_100_000),
    )
    march = made.future("ES", "202003", (*FLAT[:15], 901))
    found = result_of(made, {march: 1}, account_type=account)
    assert found.commodities[0].maintenance_micros == maintenance * USD
    assert found.commodities[0].initial_micros == initial * USD
    assert found.totals[0].maintenance_total_micros == maintenance * USD
    assert found.totals[0].initial_total_micros == initial * USD


def test_option_value_is_premium_style_options_at_settlement():
    """R3: 3 × 2.5 × 50 − 2 × 1.25 × 50 = 375 − 125 = 250; the future has none."""
    made = SpanSet()
    made.commodity("ES")
    call = made.option("ES", "202003", "C", "3", FLAT, price="2.5", factor=50)
    put = made.option("ES", "202003", "P", "3", FLAT, price="1.25", factor=50)
    march = made.future("ES", "202003", FLAT, price="3000", factor=50)
    assert only(made, {call: 3, put: -2, march: 9}).option_value_micros == 250 * USD


@pytest.mark.parametrize("of_family", [True, False])
def test_futures_style_options_have_no_value(of_family):
    """R3: neither family nor commodity may be futures-style."""
    made = SpanSet()
    made.commodity("ES", is_futures_style=not of_family)
    fields = {"is_futures_style": True} if of_family else {}
    call = made.option("ES", "202003", "C", "3", FLAT, price="2.5", **fields)
    other = made.option("ES", "202003", "P", "3", FLAT, code="EW", **fields)
    found = result_of(made, {call: 3, other: 1})
    assert found.commodities[0].option_value_micros == 0
    assert found.unpriced == ()


def test_values_round_to_a_micro_per_contract():
    """R3: 0.000000001 × 0.0005 … 1 lot at price 1e-9, factor 500: 5e-7 → 1 micro half away."""
    made = SpanSet()
    made.commodity("ES")
    call = made.option("ES", "202003", "C", "3", FLAT, price="0.000000001", factor=500)
    put = made.option("ES", "202003", "P", "3", FLAT, price="0.000000001", factor=499)
    assert only(made, {call: 1, put: 1}).option_value_micros == 1
    assert only(made, {call: -1, put: -1}).option_value_micros == -1


def test_options_without_price_are_reported_by_name():
    """R3: valued at nothing, and said."""
    made = SpanSet()
    made.commodity("ES")
    call = made.option("ES", "202003", "C", "3", FLAT)
    put = made.option("ES", "202003", "P", "3", FLAT, price="0")
    found = result_of(made, {call: -3, put: 1})
    assert found.unpriced == (call,)
    assert found.commodities[0].option_value_micros == 0


def two_commodities(*, header=False, aa=False):
    """Return a set of options: AA's worth 500, BB's future asks 900."""
    made = SpanSet(caps_option_value=header)
    made.commodity("AA", caps_option_value=aa)
    made.commodity("BB")
    call = made.option("AA", "202003", "C", "3", line(300), price="500")
    march = made.future("BB", "202003", line(900))
    return made, call, march


def test_option_value_pays_for_all_commodities_of_its_currency():
    """R4: 300 + 900 − 500 = 700."""
    made, call, march = two_commodities()
    (total,) = result_of(made, {call: 1, march: 1}).totals
    assert total.maintenance_micros == 1_200 * USD
    assert (total.option_value_micros, total.excess_option_value_micros) == (500 * USD, 0)
    assert total.maintenance_total_micros == 700 * USD


@pytest.mark.parametrize(("header", "aa"), [(True, False), (False, True)])
def test_capped_option_value_pays_for_its_own_commodity_only(header, aa):
    """R4: AA's 500 count 300: 1,200 − 300 = 900, excess 200."""
    made, call, march = two_commodities(header=header, aa=aa)
    (total,) = result_of(made, {call: 1, march: 1}).totals
    assert (total.option_value_micros, total.excess_option_value_micros) == (300 * USD, 200 * USD)
    assert total.maintenance_total_micros == 900 * USD


def test_each_total_is_capped_by_its_own_requirement():
    """R4 †: initial 1.5 × 300 = 450, of 500: the initial total is 0, maintenance counts 300."""
    made = SpanSet(caps_option_value=True)
    made.commodity("AA", initial_ratio_ppm=(1_500_000,) * 3)
    call = made.option("AA", "202003", "C", "3", line(300), price="500")
    (total,) = result_of(made, {call: 1}).totals
    assert (total.maintenance_micros, total.initial_micros) == (300 * USD, 450 * USD)
    assert (total.maintenance_total_micros, total.initial_total_micros) == (0, 0)
    assert total.option_value_micros == 300 * USD


def test_short_option_value_adds_to_the_total_also_where_capped():
    """R4: 300 for the short call's scan, + 500 to buy it back."""
    made, call, _ = two_commodities(header=True)
    (total,) = result_of(made, {call: -1}).totals
    assert total.maintenance_total_micros == 800 * USD
    assert total.excess_option_value_micros == 0


def test_long_options_alone_end_at_zero_and_excess_is_not_paid_out():
    """R4: 300 − 500: nothing is asked, 200 is reported."""
    made, call, _ = two_commodities()
    (total,) = result_of(made, {call: 1}).totals
    assert (total.maintenance_total_micros, total.initial_total_micros) == (0, 0)
    assert total.excess_option_value_micros == 200 * USD


def test_currencies_stand_apart_by_code():
    """R4: option value in EUR pays for nothing in USD."""
    made = SpanSet()
    made.commodity("ZZ")
    made.commodity("AA", currency="EUR")
    call = made.option("AA", "202003", "C", "3", line(300), price="500")
    march = made.future("ZZ", "202003", line(900))
    found = result_of(made, {call: 1, march: 1})
    assert [one.commodity for one in found.commodities] == ["ZZ", "AA"]
    assert [one.currency for one in found.totals] == ["EUR", "USD"]
    assert [one.maintenance_total_micros for one in found.totals] == [0, 900 * USD]


def test_totals_convert_at_stated_rates_each_rounded_to_a_micro():
    """R5: EUR 0.000001 × 1.5 = 1.5 micros → 2; 900 stay; excess 200 EUR are 300 USD."""
    made = SpanSet()
    made.commodity("AA", currency="EUR", rounding_micros=1, risk_unit_micros=1)
    made.commodity("ZZ")
    tiny = made.future("AA", "202003", (*FLAT[:15], 1))
    march = made.future("ZZ", "202003", line(900))
    made.currency_rate("EUR", "USD", 1.5)
    parameters = made.build()
    found = requirement(parameters, made.portfolio({tiny: 1, march: 1}))
    total = converted(found.totals, parameters.currency_rates, "USD")
    assert total.maintenance_total_micros == 900 * USD + 2
    given = [CurrencyRate(from_currency="EUR", to_currency="USD", rate_nanos=2_000_000_000)]
    assert converted(found.totals, given, "USD").initial_total_micros == 900 * USD + 2
    with pytest.raises(MarginRefused, match="no rate from USD to EUR"):
        converted(found.totals, parameters.currency_rates, "EUR")


def gross_set():
    """Return a set with a calendar charge, a credit against NQ, and a delivery month."""
    made = SpanSet()
    months = (month_leg("A", 1, "202003"), month_leg("B", 1, "202006"))
    made.commodity(
        "ES",
        som_rate=10,
        series_spreads=(calendar(1, 70, *months),),
        delivery_months=(DeliveryMonth(period="202003", rate_consumed=1, rate_remaining=5),),
        price_risk_method=PriceRiskMethod.SCAN_RANGE,
    )
    made.commodity("NQ")
    made.inter(1, 50, leg("A", 1, "ES"), leg("B", 1, "NQ"))
    keys = {month: made.future("ES", f"20200{month}", line(900)) for month in (3, 6)}
    keys["NQ"] = made.future("NQ", "202003", line(600))
    keys["C"] = made.option("ES", "202003", "C", "3", line(300, time=30), price="7", delta_e4=5_000)
    return made, keys


def test_a_gross_account_pays_for_every_side():
    """G1: March 3 long, 2 short, June 1 short: (3 + 2 + 1) × 900; delivery (3 + 2) × 5.

    No calendar charge, no credit against NQ; deltas 3 − 2 − 1 = 0.
    """
    made, keys = gross_set()
    lots = {keys[3]: (3, 2), keys[6]: (0, 1), keys["NQ"]: (0, 1)}
    found = result_of(made, lots, is_gross=True)
    es, nq = found.commodities
    assert es.scan_risk_micros == 5_400 * USD
    assert es.delivery_charge_micros == 25 * USD
    assert (es.intra_charge_micros, es.inter_credit_micros, es.net_delta_e4) == (0, 0, 0)
    assert (es.active_scenario, es.time_risk_micros, es.volatility_risk_micros) == (0, 0, 0)
    assert (es.price_risk_micros, es.weighted_price_risk_micros) == (0, 0)
    assert es.risk_micros == 5_425 * USD
    assert nq.risk_micros == 600 * USD
    assert found.spreads == ()


def test_a_gross_account_scans_each_side_at_its_own_worst():
    """G1: call 2 long: 2 × 330 (13); 2 short: 2 × 297 (15); SOM on 2 short lots 20.

    Delivery: deltas 2 × 0.5 long and short: 2 × 5.  Option value that of 2 − 2, then of 3 − 2.
    """
    made, keys = gross_set()
    es = only(made, {keys["C"]: (2, 2)}, is_gross=True)
    assert es.scan_risk_micros == (660 + 594) * USD
    assert es.short_option_minimum_micros == 20 * USD
    assert es.delivery_charge_micros == 10 * USD
    assert es.option_value_micros == 0
    es = only(made, {keys["C"]: (3, 2)}, is_gross=True)
    assert es.option_value_micros == 7 * USD


def test_gross_delivery_of_one_side_only():
    """G1: long only: 3 × 5 of 3 long and 2 short."""
    made = SpanSet()
    listed = DeliveryMonth(period="202003", rate_consumed=1, rate_remaining=5, side="long")
    made.commodity("ES", delivery_months=(listed,))
    march = made.future("ES", "202003", line(900))
    assert only(made, {march: (3, 2)}, is_gross=True).delivery_charge_micros == 15 * USD


def test_a_gross_account_replaces_both_sides_of_a_combination():
    """P2 †: 2 spreads bought and 1 sold: March 2 long 1 short, June 1 long 2 short."""
    made = SpanSet()
    made.commodity("ES")
    march, june = made.future("ES", "202003", line(900)), made.future("ES", "202006", line(600))
    spread = made.combination("ES", "202003", {march: 1, june: -1})
    es = only(made, {spread: (2, 1)}, is_gross=True)
    assert es == only(made, {march: (2, 1), june: (1, 2)}, is_gross=True)
    assert es.scan_risk_micros == (3 * 900 + 3 * 600) * USD


def test_contracts_that_the_file_lacks_are_margined_at_the_fallback_and_flagged():
    """F1: 3 long and 1 short at 250: 1,000, no offset; in EUR a line of its own."""
    made, call, march = two_commodities()
    missing = {
        "XYZ/QQ/FUT/202003": (Lots(3, 1), Fallback("USD", 250 * USD)),
        "XYZ/PP/FUT/202003": (Lots(0, 2), Fallback("EUR", 10 * USD)),
        "XYZ/OO/FUT/202003": (Lots(0, 0), Fallback("GBP", 10 * USD)),
    }
    found = result_of(made, {march: 1, call: 1}, missing=missing)
    assert [(one.contract, one.currency, one.requirement_micros) for one in found.fallbacks] == [
        ("XYZ/PP/FUT/202003", "EUR", 20 * USD),
        ("XYZ/QQ/FUT/202003", "USD", 1_000 * USD),
    ]
    assert (found.fallbacks[1].long_lots, found.fallbacks[1].short_lots) == (3, 1)
    euro, dollar = found.totals
    assert (euro.currency, euro.maintenance_total_micros) == ("EUR", 20 * USD)
    assert dollar.maintenance_micros == (300 + 900 + 1_000) * USD
    assert dollar.initial_micros == dollar.maintenance_micros
    assert dollar.maintenance_total_micros == 1_700 * USD


def test_a_portfolio_of_nothing_but_missing_contracts_is_not_free():
    made, _, _ = two_commodities()
    missing = {"XYZ/QQ/FUT/202003": (Lots(1, 0), Fallback("USD", 250 * USD))}
    found = requirement(made.build(), Portfolio(lots={}, missing=missing))
    assert found.totals[0].maintenance_total_micros == 250 * USD
