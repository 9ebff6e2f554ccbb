"""SPBM, RULE, SPMM and RCAMS on the engine: small portfolios worked by hand.

The exchanges publish no example with all numbers; the arithmetic here is that of the adapters'
stated readings.
"""

from functools import partial

import pytest

from fencang.margin.rates.faults import RateFault
from fencang.margin.rates.instrument import OptionRight
from fencang.margin.rates.netting import rcams, rule, spbm, spmm
from fencang.margin.rates.netting.engine import Basis, Meaning
from fencang.margin.rates.netting.margin import HeldLots, HeldRisk, NettingTerms, netted_margin
from tests.margin import rates_book as rb

SUGAR = {
    "family_id": "SR",
    "factor": 10,
    "margin_rate_ppm": 100_000,
    "lock_rate_ppm": 50_000,
}


def czce(**more):
    """Return SPBM of sugar at 6,000 and 5,800 (6,000 and 5,800 yuan a lot) and cotton at 14,000."""
    futures = [
        spbm.SpbmFuture(instrument_id="SR605", previous_settlement_nanos=rb.nanos(6000), **SUGAR),
        spbm.SpbmFuture(instrument_id="SR609", previous_settlement_nanos=rb.nanos(5800), **SUGAR),
        spbm.SpbmFuture(
            instrument_id="SR601",
            previous_settlement_nanos=rb.nanos(6000),
            stage=spbm.SpbmStage.DELIVERY,
            add_on_rate_ppm=10_000,
            **SUGAR,
        ),
        spbm.SpbmFuture(
            instrument_id="CF605",
            family_id="CF",
            factor=5,
            previous_settlement_nanos=rb.nanos(14_000),
            margin_rate_ppm=100_000,
            lock_rate_ppm=50_000,
            add_on_rate_ppm=20_000,
            add_on_lock_rate_ppm=500_000,
        ),
    ]
    options = [
        spbm.SpbmOption(
            instrument_id=f"SR605{letter}6200",
            family_id="SR",
            underlying_id="SR605",
            right=right,
            factor=10,
            previous_settlement_nanos=rb.nanos(80),
            offset_price_nanos=rb.nanos(30),
            delta_ppm=delta,
            minimum_delta_ppm=150_000,
        )
        for letter, right, delta in (
            ("C", OptionRight.CALL, 400_000),
            ("P", OptionRight.PUT, 600_000),
        )
    ]
    return spbm.SpbmParameters(
        futures={row.instrument_id: row for row in futures},
        options={row.instrument_id: row for row in options},
        intra_ppm={"SR": 200_000, "CF": 200_000},
        crosses=(spbm.SpbmCross(priority=1, rate_ppm=500_000, first_id="SR", second_id="CF"),),
        **more,
    )


def lots(name, long=0, short=0, flag=rb.SPECULATION):
    return HeldLots(instrument_id=name, long_lots=long, short_lots=short, hedge_flag=flag)


def spbm_used(*rows, **more):
    build = partial(spbm.spbm_netting, czce(**more))
    return netted_margin(build, rows).used.exchange_micros


def test_spbm_locks_nets_crosses_and_charges_the_rest():
    """SR605 5/2: 2 lock at 5 % of 12,000 = 600, 18,000 long; SR609 0/1: 5,800 at 20 % = 1,160.

    12,200 long are left; CF605 0/1: 7,000 short, crosses 7,000 at 50 % = 3,500; 5,200 stay.
    Add-on of cotton: 70,000 × 2 % = 1,400.
    """
    rows = (lots("SR605", 5, 2), lots("SR609", 0, 1), lots("CF605", 0, 1))
    assert spbm_used(*rows) == rb.micros(600 + 1_160 + 3_500 + 5_200 + 1_400)


def test_spbm_nets_the_add_on_with_rates_of_its_own():
    """CF605 1/1: margin 7,000 at 5 % = 350; add-on 1,400 at 50 % = 700."""
    assert spbm_used(lots("CF605", 1, 1)) == rb.micros(350 + 700)


def test_spbm_charges_the_delivery_month_in_full_on_both_sides():
    """SR601 2/1 at 10 % + 1 %: 3 × 6,600."""
    assert spbm_used(lots("SR601", 2, 1)) == rb.micros(3 * 6_600)


def test_spbm_options_by_delta_minimum_offset_and_premium():
    """Short call: 0.4 × 6,000 = 2,400, minimum 0.15 × 6,000 = 900; premium 800.

    With a long future: 2,400 nets at 20 % = 480, 3,600 stay, premium 800.
    Long call beside: 2,400 − 300 (30 × 10).
    """
    assert spbm_used(lots("SR605C6200", 0, 1)) == rb.micros(2_400 + 800)
    assert spbm_used(lots("SR605C6200", 0, 1), lots("SR605", 1)) == rb.micros(480 + 3_600 + 800)
    assert spbm_used(lots("SR605C6200", 1)) == rb.micros(2_400 - 300)


def test_spbm_short_options_pay_their_minimum_risk():
    """Short straddle: call 2,400 short, put 3,600 long; 2,400 nets at 20 % = 480, 1,200 stay.

    1,680 is below the minima 900 + 900 = 1,800; the greater alone is 900.  Premium 2 × 800.
    """
    rows = (lots("SR605C6200", 0, 1), lots("SR605P6200", 0, 1))
    assert spbm_used(*rows) == rb.micros(1_800 + 1_600)
    greater = spbm.SpbmConventions(adds_calls_and_puts=False)
    assert spbm_used(*rows, conventions=greater) == rb.micros(1_680 + 1_600)


def test_spbm_options_on_the_delivery_month_take_no_part():
    """Short call on SR601: max(0.4, 0.5) × 6,000 = 3,000 + premium 800; a long one is free."""
    parameters = czce()
    option = spbm.SpbmOption(
        instrument_id="SR601C6200",
        family_id="SR",
        underlying_id="SR601",
        right=OptionRight.CALL,
        factor=10,
        previous_settlement_nanos=rb.nanos(80),
        offset_price_nanos=rb.nanos(30),
        delta_ppm=400_000,
        minimum_delta_ppm=500_000,
    )
    parameters = spbm.SpbmParameters(
        futures=parameters.futures,
        options={"SR601C6200": option},
        intra_ppm=parameters.intra_ppm,
    )
    build = partial(spbm.spbm_netting, parameters)
    short = netted_margin(build, [lots("SR601C6200", 0, 1), lots("SR605", 1)])
    assert short.used.exchange_micros == rb.micros(3_000 + 800 + 6_000)
    assert netted_margin(build, [lots("SR601C6200", 1)]).used == (0, 0)


def test_spbm_conventions_are_data():
    """SR605 1/1 locks 6,000 at 5 %: 300; both sides 600; given back 11,700."""
    row = lots("SR605", 1, 1)
    assert spbm_used(row) == rb.micros(300)
    assert spbm_used(row, conventions=spbm.SpbmConventions(basis=Basis.BOTH_SIDES)) == rb.micros(
        600
    )
    credited = spbm.SpbmConventions(meaning=Meaning.CREDITED)
    assert spbm_used(row, conventions=credited) == rb.micros(11_700)


def test_spbm_orders_freeze_alone_and_the_broker_follows_his_ratio():
    build = partial(spbm.spbm_netting, czce())
    found = netted_margin(
        build,
        [lots("SR605", 1)],
        [lots("SR609", 0, 1)],
        NettingTerms(investor_ratio_ppm=1_100_000),
    )
    assert found.used == (rb.micros(6_000), rb.micros(6_600))
    assert found.frozen == (rb.micros(5_800), rb.micros(6_380))


def test_spbm_tells_what_it_lacks():
    parameters = czce()
    orphan = spbm.SpbmOption(
        instrument_id="X",
        family_id="Y",
        underlying_id="Z",
        right=OptionRight.CALL,
        factor=1,
        previous_settlement_nanos=1,
        offset_price_nanos=1,
        delta_ppm=1,
        minimum_delta_ppm=1,
    )
    parameters = spbm.SpbmParameters(
        futures=parameters.futures, options={"X": orphan}, intra_ppm=parameters.intra_ppm
    )
    with pytest.raises(RateFault) as refusal:
        spbm.spbm_netting(parameters, [lots("W"), lots("X"), lots("SR605", -1)])
    assert refusal.value.faults == (
        "W: SPBM states no parameters",
        "X: its underlying Z is unknown",
        "X: family Y has no intra rate",
        "SR605: lots are below zero",
    )


def dce(**more):
    """Return RULE of soybeans (4,000 a standard lot) and meal (2,500)."""

    def contract(name, family, ratio, **terms):
        return rule.RuleContract(
            instrument_id=name,
            family_id=family,
            buy_speculation_ppm=ratio,
            sell_speculation_ppm=ratio,
            buy_hedge_ppm=ratio // 2,
            sell_hedge_ppm=ratio // 2,
            **terms,
        )

    near = rule.RuleClass.NEAR_DELIVERY
    contracts = [
        contract("a2605", "a", 1_000_000),
        contract("a2607", "a", 1_100_000, buy_add_on_micros=rb.micros(100)),
        contract("a2603", "a", 1_500_000, contract_class=near),
        contract("a2601", "a", 2_000_000, contract_class=rule.RuleClass.NOT_COMBINED),
        contract("m2605", "m", 1_000_000),
    ]
    families = [
        rule.RuleFamily(
            family_id=name,
            standard_margin_micros=rb.micros(margin),
            usual_intra_ppm=300_000,
            near_delivery_intra_ppm=600_000,
        )
        for name, margin in (("a", 4_000), ("m", 2_500))
    ]
    return rule.RuleParameters(
        contracts={row.instrument_id: row for row in contracts},
        families={row.family_id: row for row in families},
        crosses=(
            rule.RuleCross(
                priority=1,
                rate_ppm=500_000,
                first_id="a",
                second_id="m",
                first_share=2,
                second_share=3,
            ),
        ),
        **more,
    )


def rule_used(*rows, **more):
    build = partial(rule.rule_netting, dce(**more))
    return netted_margin(build, rows).used.exchange_micros


def test_rule_converts_to_standard_lots_and_nets():
    """10 a2605 long, 5 a2607 short (5.5 standard): 5.5 at 0.30 × 4,000 = 6,600; 4.5 × 4,000."""
    assert rule_used(lots("a2605", 10), lots("a2607", 0, 5)) == rb.micros(6_600 + 18_000)


def test_rule_crosses_families_in_stated_proportions():
    """4.5 a against 6 m, 2 to 3: 4 and 6.  Dearer 16,000 at 0.50 = 8,000; 0.5 × 4,000 stay."""
    rows = (lots("a2605", 10), lots("a2607", 0, 5), lots("m2605", 0, 6))
    assert rule_used(*rows) == rb.micros(6_600 + 8_000 + 2_000)


def test_rule_classes_stand_apart():
    """Near delivery 1.5/1.5: 0.60 × 6,000 = 3,600, no netting with ordinary months.

    Not combined: 2 × 2 × 4,000 in full; add-on 100 a lot of a2607 bought; hedging counts half.
    """
    assert rule_used(lots("a2603", 1, 1)) == rb.micros(3_600)
    assert rule_used(lots("a2603", 1), lots("a2605", 0, 1)) == rb.micros(6_000 + 4_000)
    assert rule_used(lots("a2601", 1, 1)) == rb.micros(16_000)
    assert rule_used(lots("a2607", 1)) == rb.micros(4_400 + 100)
    assert rule_used(lots("a2605", 1, flag=rb.HEDGE)) == rb.micros(2_000)


def test_rule_tells_what_it_lacks():
    parameters = dce()
    parameters = rule.RuleParameters(contracts=parameters.contracts, families={})
    with pytest.raises(RateFault) as refusal:
        rule.rule_netting(parameters, [lots("x"), lots("a2605", -1)])
    assert refusal.value.faults == (
        "x: RULE states no parameters",
        "a2605: lots are below zero",
        "a2605: family a is unknown",
    )


def shfe(**more):
    def contract(name, product, commodity, how=spmm.SpmmRule.SPMM, **terms):
        return spmm.SpmmContract(
            instrument_id=name, product_id=product, commodity_id=commodity, rule=how, **terms
        )

    contracts = [
        contract("cu2605", "cu", "copper"),
        contract("cu2606", "cu", "copper"),
        contract("cu2601", "cu", "copper", spmm.SpmmRule.BOTH_SIDES),
        contract("bc2605", "bc", "copper", spmm.SpmmRule.LARGER_SIDE),
        contract("bc2606", "bc", "copper", spmm.SpmmRule.LARGER_SIDE),
        contract("cu2605C", "cu_o", "copper", is_option=True),
        contract("cu2605P", "cu_o", "copper", is_option=True),
        contract("al2605", "al", "aluminium"),
        contract("rb2605", "rb", "steel"),
    ]
    commodities = [
        spmm.SpmmCommodity(commodity_id=name, group_id=group, intra_ppm=800_000, option_ppm=500_000)
        for name, group in (("copper", "base"), ("aluminium", "base"), ("steel", "black"))
    ]
    groups = [
        spmm.SpmmGroup(group_id=name, inter_ppm=400_000, minimum_ppm=200_000)
        for name in ("base", "black")
    ]
    return spmm.SpmmParameters(
        contracts={row.instrument_id: row for row in contracts},
        commodities={row.commodity_id: row for row in commodities},
        groups={row.group_id: row for row in groups},
        **more,
    )


def held(name, long=0, short=0, **more):
    return HeldRisk(
        instrument_id=name, long_micros=rb.micros(long), short_micros=rb.micros(short), **more
    )


def spmm_used(*rows):
    return netted_margin(partial(spmm.spmm_netting, shfe()), rows).used.exchange_micros


def test_spmm_gives_back_within_and_across_commodities():
    """Copper 1,000 long, 400 short: 80 % of 400 back: 1,400 − 320 = 1,080; 600 long is net.

    Aluminium 250 short: 40 % of 250 back: 1,330 − 100 = 1,230.  Steel has a group of its own.
    """
    rows = (held("cu2605", 1_000), held("cu2606", 0, 400), held("al2605", 0, 250))
    assert spmm_used(*rows) == rb.micros(1_230)
    assert spmm_used(*rows, held("rb2605", 0, 70)) == rb.micros(1_300)


def test_spmm_charges_what_takes_no_part_by_its_own_rule():
    """Both sides 100 + 60; larger side of bc: max(50, 80)."""
    rows = (held("cu2601", 100, 60), held("bc2605", 50), held("bc2606", 0, 80))
    assert spmm_used(*rows) == rb.micros(160 + 80)


def test_spmm_options_meet_each_other_first():
    """Calls 300 short, puts 200 long: half of 200 back; 100 short meet 50 long at 80 %: 40 back."""
    rows = (held("cu2605C", 0, 300), held("cu2605P", 200), held("cu2605", 50))
    assert spmm_used(*rows) == rb.micros(550 - 100 - 40)


def test_spmm_groups_pay_a_least_share():
    """800 before discounts; with all rates at 200 % nothing would be left: 20 % of 800 stays."""
    parameters = shfe()
    rich = spmm.SpmmParameters(
        contracts=parameters.contracts,
        commodities={
            name: spmm.SpmmCommodity(commodity_id=name, group_id="base", intra_ppm=2_000_000)
            for name in parameters.commodities
        },
        groups=parameters.groups,
    )
    rows = (held("cu2605", 400), held("cu2606", 0, 400))
    found = netted_margin(partial(spmm.spmm_netting, rich), rows)
    assert found.used.exchange_micros == rb.micros(160)
    assert found.families[0].top_up_exact > 0


def test_spmm_tells_what_it_lacks():
    parameters = shfe()
    bare = spmm.SpmmParameters(
        contracts=parameters.contracts,
        commodities={
            "copper": spmm.SpmmCommodity(commodity_id="copper", group_id="none", intra_ppm=0)
        },
        groups={},
    )
    with pytest.raises(RateFault) as refusal:
        spmm.spmm_netting(bare, [held("x"), held("al2605"), held("cu2605", -1)])
    assert refusal.value.faults == (
        "x: SPMM states no parameters",
        "al2605: commodity aluminium is unknown",
        "cu2605: margin is below zero",
        "cu2605: group none is unknown",
    )


def cffex(**more):
    products = [
        rcams.RcamsProduct(product_id=name, combined_product_id=combined, same_contract_ppm=100_000)
        for name, combined in (("IO", "300"), ("IF", "300"), ("MO", "1000"))
    ]
    combined_products = [
        rcams.RcamsCombinedProduct(
            combined_product_id=name,
            group_id="equity",
            intra_ppm=200_000,
            short_option_adjustment_micros={rb.SPECULATION: rb.micros(30)},
        )
        for name in ("300", "1000")
    ]
    return rcams.RcamsParameters(
        product_of={"IO2605C": "IO", "IF2605": "IF", "IF2606": "IF", "MO2605C": "MO"},
        products={row.product_id: row for row in products},
        combined_products={row.combined_product_id: row for row in combined_products},
        crosses=(
            rcams.RcamsCross(priority=1, credit_ppm=500_000, first_id="300", second_id="1000"),
        ),
        **more,
    )


def rcams_used(*rows, **more):
    build = partial(rcams.rcams_netting, cffex(**more))
    return netted_margin(build, rows).used.exchange_micros


def test_rcams_hedges_contract_product_and_across():
    """IF2605 100/40: 40 at 10 % = 4; 60 long against 20 short of IF2606 at 20 % = 4; 40 long.

    MO 30 short: 30 + 30 less half of 30 = 45; 10 long stay.
    """
    rows = (held("IF2605", 100, 40), held("IF2606", 0, 20), held("MO2605C", 0, 30))
    assert rcams_used(*rows) == rb.micros(4 + 4 + 45 + 10)


def test_rcams_adjusts_short_options_and_adds_their_premium():
    """2 short lots: 50 + 2 × 30 + premium 25; as a floor max(50, 60) + 25."""
    row = held("IO2605C", 0, 50, short_option_lots=2, royalty_micros=rb.micros(25))
    assert rcams_used(row) == rb.micros(135)
    floor = rcams.RcamsConventions(adjustment_is_floor=True)
    assert rcams_used(row, conventions=floor) == rb.micros(85)
    hedger = held("IO2605C", 0, 50, short_option_lots=2, hedge_flag=rb.HEDGE)
    assert rcams_used(hedger) == rb.micros(50)


def test_rcams_tells_what_it_lacks():
    parameters = cffex()
    bare = rcams.RcamsParameters(
        product_of=parameters.product_of, products=parameters.products, combined_products={}
    )
    rows = [held("x"), held("IF2605", -1), held("IF2606", hedge_flag=rb.HEDGE)]
    with pytest.raises(RateFault) as refusal:
        rcams.rcams_netting(bare, rows)
    assert refusal.value.faults == (
        "x: RCAMS states no product",
        "IF2605: a number is below zero",
        "IF2605: combined product 300 is unknown",
        "IF2606: combined product 300 is unknown",
        "rows of several hedge flags; RCAMS nets each flag by itself",
    )
