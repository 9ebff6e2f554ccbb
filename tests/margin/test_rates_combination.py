"""Combinations of DCE: published pair margins, greedy matching by priority, nothing dropped."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.margin.rates.combination import (
    Combination,
    CombinationKind,
    CombinationTable,
    Leg,
    PairBasis,
    match,
    parse_legs,
)
from fencang.margin.rates.faults import RateFault
from fencang.margin.rates.instrument import PositionKey, SideScope
from fencang.margin.rates.portfolio import Run, WorkingOrder
from fencang.margin.rates.requirement import rate_margin
from tests.margin import rates_book as rb

EXAMPLES = (
    Path(__file__).resolve().parents[2].parent / "shared" / "data" / "span" / "worked_examples.json"
)

# Single margin of one lot, from the derivations of the published list; the ratio where price,
# tonnes a lot and ratio are stated: a2601 4,203 × 10 × 20 % = 8,406.
SINGLES = {
    "a2601": ("4203", 10, "0.20", "8406"),
    "i2601": ("814.5", 100, "0.20", "16290"),
    "i2602": ("809", 100, "0.11", "8899"),
    "c2603": ("2223", 10, "0.07", "1556.1"),
    "c2605": ("2252", 10, "0.07", "1576.4"),
}
AMOUNTS = {
    "c2601": "4584",
    "j2601": "28910",
    "jd2601": "6302",
    "fb2601": "2560",
    "a2603": "2900",
    "a2605": "2995.3",
    "a2609": "2900",
    "a2607": "2990.4",
    "a2611": "2900",
    "b2605": "2500",
    "b2607": "2500",
}
LOCK, SOYBEANS, CORN = 100_000, 400_000, 300_000
STATED = {"b2605,-b2607"}


def pair(text, priority=1, kind=CombinationKind.CALENDAR, **terms):
    first, second = parse_legs(text)
    return Combination(kind=kind, priority=priority, first=first, second=second, **terms)


def lock(name, priority=1, coefficient_ppm=LOCK):
    return pair(f"{name},-{name}", priority, CombinationKind.LOCK, coefficient_ppm=coefficient_ppm)


def soybean_rates(*rows, **conventions):
    """Return rates of a2601 at 8,406, a2603 and a2605 at 3,000 yuan a lot, with combinations."""
    return rb.parameters(
        [rb.future("a2601"), rb.future("a2603"), rb.future("a2605")],
        {"a2601": rb.stage("0.2"), "a2603": rb.stage(0, 3000), "a2605": rb.stage(0, 3000)},
        CombinationTable(rows),
        **conventions,
    )


def soybeans(*positions, run=Run.TRADING, orders=()):
    quotes = {"a2601": rb.quote(4203, 4203), "a2603": rb.quote(4200, 4200)}
    quotes["a2605"] = rb.quote(4200, 4200)
    return rb.book(quotes, positions, orders, run=run)


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the worked examples are not here")
def test_every_published_pair_margin_of_dce_2026_01_06_agrees_to_the_cent():
    """DCE's list of 2026-01-06: locks 0.10, soybeans 0.40, corn 0.30 of the larger leg.

    Twelve rows by coefficient, b2605/b2607 by its stated amount (no coefficient is derivable).  Of
    calendars the list tells the larger leg only; the smaller one is put below it here.
    """
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))["examples"]
    [example] = [found for found in examples if found["id"] == "dce-combination-20260106"]
    assert len(example["rows"]) == 13
    for text, yuan, _ in example["rows"]:
        first, second = parse_legs(text)
        names = list(dict.fromkeys((first.instrument_id, second.instrument_id)))
        if text in STATED:
            row = pair(text, margin_micros=rb.micros(yuan))
        elif len(names) == 1:
            row = lock(names[0])
        else:
            row = pair(text, coefficient_ppm=CORN if names[0].startswith("c") else SOYBEANS)
        instruments, rates, quotes = [], {}, {}
        for name in names:
            price, multiplier, ratio, single = SINGLES.get(name, ("1000", 10, 0, None))
            instruments.append(rb.future(name, multiplier))
            rates[name] = rb.stage(ratio, AMOUNTS.get(name, 0))
            quotes[name] = price
            alone = rb.parameters(instruments[-1:], rates)
            expected = rb.micros(single or AMOUNTS[name])
            assert rb.used(alone, rb.book(quotes, [rb.held(name, rb.LONG, 1)])) == expected
        combined = rb.parameters(instruments, rates, CombinationTable([row]))
        positions = [rb.held(names[0], rb.LONG, 1), rb.held(names[-1], rb.SHORT, 1)]
        assert rb.used(combined, rb.book(quotes, positions)) == rb.micros(yuan), text


def test_lots_without_partner_pay_in_full():
    """Three long and five short a2601: three locks at 840.60, two shorts at 8,406."""
    result = rate_margin(
        soybean_rates(lock("a2601")),
        soybeans(rb.held("a2601", rb.LONG, 3), rb.held("a2601", rb.SHORT, 5)),
    )
    assert result.used.exchange_micros == rb.micros(3 * 840.6 + 2 * 8406)
    [line] = result.pairs
    assert (line.pairs, line.margin.exchange_micros) == (3, rb.micros("2521.8"))
    assert line.legs_alone.exchange_micros == rb.micros(6 * 8406)
    assert [(found.lots, found.paired_lots) for found in result.positions] == [(3, 3), (5, 3)]
    assert sum(found.charged.exchange_micros for found in result.positions) == (
        result.used.exchange_micros
    )


def test_the_lowest_priority_number_is_matched_first():
    """Two long a2601; lock (priority 2) and calendar (priority 1) both want them.

    Calendar: 2 × 0.40 × 8,406 = 6,724.80; the short a2601 stays single at 8,406.
    """
    positions = [
        rb.held("a2601", rb.LONG, 2),
        rb.held("a2601", rb.SHORT, 1),
        rb.held("a2603", rb.SHORT, 2),
    ]
    calendar = pair("a2601,-a2603", 1, coefficient_ppm=SOYBEANS)
    first = rate_margin(soybean_rates(lock("a2601", 2), calendar), soybeans(*positions))
    assert first.used.exchange_micros == rb.micros(6724.8 + 8406)
    assert [found.combination.priority for found in first.pairs] == [1]
    # The other way round: one lock 840.60, one calendar 3,362.40, one a2603 alone 3,000.
    calendar = pair("a2601,-a2603", 3, coefficient_ppm=SOYBEANS)
    second = rate_margin(soybean_rates(lock("a2601", 2), calendar), soybeans(*positions))
    assert second.used.exchange_micros == rb.micros(840.6 + 3362.4 + 3000)
    assert [found.combination.priority for found in second.pairs] == [2, 3]


def test_lots_of_today_wait_for_the_settlement_unless_the_broker_combines_at_once():
    positions = [rb.held("a2601", rb.LONG, 1), rb.held("a2601", rb.SHORT, 0, (1, 4203))]
    waiting = rb.used(soybean_rates(lock("a2601")), soybeans(*positions))
    assert waiting == rb.micros(2 * 8406)
    at_once = soybean_rates(lock("a2601"), combines_today=True)
    assert rb.used(at_once, soybeans(*positions)) == rb.micros(840.6)
    settled = rb.used(soybean_rates(lock("a2601")), soybeans(*positions, run=Run.SETTLEMENT))
    assert settled == rb.micros(840.6)


def test_a_pair_over_lots_of_two_prices_takes_the_larger_leg_pair_by_pair():
    """Long 1 at 8,406 and 1 opened at 2,100 (4,200); short 2 at 3,000: larger 8,406 and 4,200."""
    rates = soybean_rates(pair("a2601,-a2603", coefficient_ppm=SOYBEANS), combines_today=True)
    positions = [rb.held("a2601", rb.LONG, 1, (1, 2100)), rb.held("a2603", rb.SHORT, 2)]
    expected = rb.micros("0.4") * (8406 + 4200)
    assert rb.used(rates, soybeans(*positions)) == expected


def test_a_leg_of_two_lots_may_reach_over_lots_of_two_prices():
    """Two a2601 against one a2603: legs 8,406 + 4,200 = 12,606 and 3,000; 0.40 of the larger."""
    row = Combination(
        kind=CombinationKind.CROSS,
        priority=1,
        first=Leg(instrument_id="a2601", side=rb.LONG, lots=2),
        second=Leg(instrument_id="a2603", side=rb.SHORT),
        coefficient_ppm=SOYBEANS,
    )
    rates = soybean_rates(row, combines_today=True)
    positions = [rb.held("a2601", rb.LONG, 1, (2, 2100)), rb.held("a2603", rb.SHORT, 2)]
    # One pair; a2601 at 4,200 and a2603 at 3,000 are left.
    expected = rb.micros("0.4") * 12606 + rb.micros(4200 + 3000)
    assert rb.used(rates, soybeans(*positions)) == expected


@pytest.mark.parametrize(
    ("basis", "yuan"),
    [
        (PairBasis.LARGER_LEG, "4203"),
        (PairBasis.SMALLER_LEG, "1500"),
        (PairBasis.BOTH_LEGS, "5703"),
    ],
)
def test_a_coefficient_applies_to_the_stated_base(basis, yuan):
    """0.50 of 8,406, of 3,000, and of both."""
    rates = soybean_rates(pair("a2601,-a2603", coefficient_ppm=500_000, basis=basis))
    positions = [rb.held("a2601", rb.LONG, 1), rb.held("a2603", rb.SHORT, 1)]
    assert rb.used(rates, soybeans(*positions)) == rb.micros(yuan)


def test_the_broker_follows_a_stated_amount_in_proportion_of_the_legs():
    """Exchange legs 8,406 + 3,000, broker's half as much again: 1,000 stated, 1,500 with him."""
    instruments = [rb.future("a2601"), rb.future("a2603")]
    rates = {
        "a2601": rb.stage("0.2", broker=rb.same_rates("0.3")),
        "a2603": rb.stage(0, 3000, broker=rb.same_rates(0, 4500)),
    }
    table = CombinationTable([pair("a2601,-a2603", margin_micros=rb.micros(1000))])
    found = rb.parameters(instruments, rates, table)
    positions = [rb.held("a2601", rb.LONG, 1), rb.held("a2603", rb.SHORT, 1)]
    assert rate_margin(found, soybeans(*positions)).used == (rb.micros(1000), rb.micros(1500))


def test_a_pair_never_asks_for_more_than_its_legs():
    rates = soybean_rates(lock("a2601", coefficient_ppm=9_000_000))
    positions = [rb.held("a2601", rb.LONG, 1), rb.held("a2601", rb.SHORT, 1)]
    assert rb.used(rates, soybeans(*positions)) == rb.micros(2 * 8406)
    stated = soybean_rates(pair("a2601,-a2601", margin_micros=rb.micros(20_000)))
    result = rate_margin(stated, soybeans(*positions))
    assert result.used == (rb.micros(2 * 8406), rb.micros(2 * 8406))
    assert result.pairs[0].margin == result.used


def test_the_cents_of_divided_lines_come_off_the_pairs():
    """A lot at 0.004 yuan: 2 long alone ask for 0.008 → 0.01, 1 short for 0.004 → 0.00.

    Divided, a pair at full margin asks for 0.008 → 0.01, the long lot left for 0.004 → 0.00; with
    3 long it is 0.01 and 0.01 against 0.012 → 0.01 and 0.00: the cent too much is taken off.
    """
    table = CombinationTable([lock("a2601", coefficient_ppm=2_000_000)])
    found = rb.parameters([rb.future("a2601")], {"a2601": rb.stage(0, "0.004")}, table)
    for long in range(1, 9):
        positions = [rb.held("a2601", rb.LONG, long), rb.held("a2601", rb.SHORT, 1)]
        result = rate_margin(found, soybeans(*positions))
        alone = sum(line.single.exchange_micros for line in result.positions)
        assert result.used.exchange_micros == alone


def test_working_orders_earn_no_credit():
    """An order that would complete a lock freezes its own margin in full."""
    order = WorkingOrder(instrument_id="a2601", side=rb.SHORT, lots=1)
    result = rate_margin(
        soybean_rates(lock("a2601")), soybeans(rb.held("a2601", rb.LONG, 1), orders=[order])
    )
    assert result.frozen.exchange_micros == rb.micros(8406)


def test_hedge_flags_are_paired_only_where_the_list_says_so():
    leg = Leg(instrument_id="a2601", side=rb.SHORT, hedge_flag=rb.HEDGE)
    positions = [rb.held("a2601", rb.LONG, 1), rb.held("a2601", rb.SHORT, 1, flag=rb.HEDGE)]

    def cost(row):
        rates = {"a2601": rb.stage("0.2"), ("a2601", rb.HEDGE): rb.stage("0.1")}
        found = rb.parameters([rb.future("a2601")], rates, CombinationTable([row]))
        return rb.used(found, soybeans(*positions))

    assert cost(lock("a2601")) == rb.micros(8406 + 4203)
    mixed = Combination(
        kind=CombinationKind.LOCK,
        priority=1,
        first=Leg(instrument_id="a2601", side=rb.LONG),
        second=leg,
        coefficient_ppm=LOCK,
    )
    assert cost(mixed) == rb.micros(840.6)


def test_rows_that_cannot_be_meant_are_refused_together():
    same = Leg(instrument_id="a2601", side=rb.LONG)
    none = Leg(instrument_id="a2603", side=rb.LONG, lots=0)
    with pytest.raises(RateFault) as refusal:
        CombinationTable(
            [
                lock("a2601"),
                Combination(kind=CombinationKind.LOCK, priority=1, first=same, second=same),
                lock("a2601", coefficient_ppm=-1),
                pair("a2601,-a2603", coefficient_ppm=1, margin_micros=1),
                Combination(
                    kind=CombinationKind.CROSS,
                    priority=1,
                    first=same,
                    second=none,
                    coefficient_ppm=1,
                ),
            ]
        )
    assert [fault.split(":")[0] for fault in refusal.value.faults] == [
        "combination 2",
        "combination 2",
        "combination 3",
        "combination 4",
        "combination 5",
    ]


def test_an_instrument_has_either_a_larger_side_or_combinations():
    instrument = rb.future("a2601", scope=SideScope.PRODUCT)
    table = CombinationTable([lock("a2601")])
    rates = rb.parameters([instrument], {"a2601": rb.stage("0.2")}, table)
    with pytest.raises(RateFault, match="larger side and combinations"):
        rate_margin(rates, soybeans(rb.held("a2601", rb.LONG, 1)))


@pytest.mark.parametrize("text", ["", "a2601", "a2601,", "a2601,-", "a,b,c"])
def test_a_text_that_is_no_pair_is_refused(text):
    with pytest.raises(ValueError, match="is not a pair"):
        parse_legs(text)


NAMES = ("a2601", "a2603", "a2605")
LEGS = st.builds(
    Leg,
    instrument_id=st.sampled_from(NAMES),
    side=st.sampled_from([rb.LONG, rb.SHORT]),
    lots=st.integers(1, 3),
)
ROWS = st.lists(
    st.builds(
        Combination,
        kind=st.just(CombinationKind.CALENDAR),
        priority=st.integers(1, 4),
        first=LEGS,
        second=LEGS,
        coefficient_ppm=st.integers(0, 1_200_000),
        basis=st.sampled_from(PairBasis),
    ).filter(lambda row: row.first.key != row.second.key),
    max_size=8,
)
KEYS = [PositionKey(name, side, rb.SPECULATION) for name in NAMES for side in (rb.LONG, rb.SHORT)]
LOTS = st.fixed_dictionaries({key: st.integers(0, 12) for key in KEYS})


def match_lot_by_lot(rows, lots):
    """Form one pair after the other: always the first row of the list that both legs allow."""
    left = dict(lots)
    counts = [0] * len(rows)
    order = sorted(range(len(rows)), key=lambda place: (rows[place].priority, place))

    def fits(row):
        return all(left.get(leg.key, 0) >= leg.lots for leg in (row.first, row.second))

    def best():
        return next((place for place in order if fits(rows[place])), None)

    while (place := best()) is not None:
        for leg in (rows[place].first, rows[place].second):
            left[leg.key] -= leg.lots
        counts[place] += 1
    return [(rows[place], counts[place]) for place in order if counts[place]], left


@given(ROWS, LOTS)
def test_matching_in_bulk_is_matching_lot_by_lot(rows, lots):
    """Law: the quick matching is the slow one, and no lot is lost."""
    slow, left = match_lot_by_lot(rows, lots)
    formed = match(CombinationTable(rows), lots)
    assert [(found.combination, found.pairs) for found in formed] == slow
    for key in KEYS:
        taken = sum(
            found.pairs * leg.lots
            for found in formed
            for leg in (found.combination.first, found.combination.second)
            if leg.key == key
        )
        assert taken + left[key] == lots[key]


@given(ROWS, LOTS, st.randoms(use_true_random=False))
def test_combinations_never_make_dearer_and_never_go_below_zero(rows, lots, chance):
    """Laws: combination ≤ sum of singles; not negative; charged amounts sum; order is nothing."""
    positions = [rb.held(key.instrument_id, key.side, count) for key, count in lots.items()]
    plain, combined = soybean_rates(), soybean_rates(*rows)
    result = rate_margin(combined, soybeans(*positions))
    assert 0 <= result.used.exchange_micros <= rb.used(plain, soybeans(*positions))
    assert all(min(line.charged) >= 0 for line in result.positions)
    assert all(min(line.margin) >= 0 for line in result.pairs)
    chance.shuffle(positions)
    assert rate_margin(combined, soybeans(*positions)) == result
