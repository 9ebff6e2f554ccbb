"""Laws of SPAN, on small random sets: what holds for every portfolio, whatever the file states."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fencang.margin.reference import requirement
from fencang.margin.span.parameters import (
    DeliveryMonth,
    PriceRiskMethod,
    ShortOptionMethod,
)
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.span.result import SpreadKind
from tests.margin.span_sets import (
    STANDARD_POINTS,
    SpanSet,
    calendar,
    inter,
    leg,
    month_leg,
    tier,
    tier_leg,
)

POINTS = STANDARD_POINTS[:6]
MONTHS = ("202003", "202006", "202009")
CODES = ("AA", "BB", "CC")
LAW = settings(max_examples=30)

SIDES = st.sampled_from("AB")
RATIOS = st.sampled_from((0.5, 1, 2, 3))
VALUES = st.lists(st.integers(-1_000, 1_000), min_size=6, max_size=6)
LOTS = st.integers(-5, 5)


@st.composite
def intra_spreads(draw, legs):
    """Draw calendar spreads over some kind of legs."""
    count = draw(st.integers(0, 2))
    return tuple(
        calendar(draw(st.integers(1, 2)), draw(st.integers(0, 50)), *draw(legs))
        for _ in range(count)
    )


MONTH_LEGS = st.lists(st.builds(month_leg, SIDES, RATIOS, st.sampled_from(MONTHS)), max_size=3)
TIER_LEGS = st.lists(st.builds(tier_leg, SIDES, RATIOS, st.integers(1, 2)), max_size=3)
TIERS = st.sampled_from(
    (
        (),
        (tier(1, "202003"), tier(2, "202006", "202009")),
        (tier(1, "202003", "202006", 7), tier(2, "202006", "202009", 3)),
    )
)


@st.composite
def inter_spreads(draw, methods):
    """Draw an inter-commodity spread of one of the methods."""
    method = draw(st.sampled_from(methods))
    legs = [
        leg(
            draw(SIDES),
            draw(RATIOS),
            code,
            is_required=draw(st.booleans()),
            tier_number=draw(st.integers(0, 2)),
            percent=draw(st.integers(0, 100)),
        )
        for code in draw(st.lists(st.sampled_from(CODES), min_size=2, max_size=3, unique=True))
    ]
    return inter(
        draw(st.integers(1, 3)),
        draw(st.integers(0, 100)),
        *legs[(1 if method == 4 else 0) :],
        method=method,
        is_super=draw(st.booleans()),
        has_own_rates=draw(st.booleans()),
        is_flat=draw(st.booleans()),
        amount_micros=draw(st.integers(0, 500)) * 1_000_000,
        target=legs[0] if method == 4 else None,
        legs_min=draw(st.integers(0, 1)),
    )


@st.composite
def sets(draw, methods=(1, 2, 3, 4, 10, 20)):
    """Draw a set of three commodities with futures and options in three months."""
    made = SpanSet(points=POINTS, caps_option_value=draw(st.booleans()))
    for code in CODES:
        delivery = st.builds(
            DeliveryMonth,
            period=st.sampled_from(MONTHS),
            rate_consumed=st.integers(0, 9),
            rate_remaining=st.integers(0, 9),
            side=st.sampled_from(("both", "long", "short")),
        )
        made.commodity(
            code,
            scan_tiers=draw(TIERS),
            intra_tiers=draw(TIERS),
            inter_tiers=draw(TIERS),
            som_tiers=draw(TIERS),
            series_spreads=draw(intra_spreads(MONTH_LEGS)),
            tier_spreads=draw(intra_spreads(TIER_LEGS)),
            delivery_months=tuple(draw(st.lists(delivery, max_size=2))),
            som_rate=draw(st.integers(0, 9)),
            som_method=draw(st.sampled_from(ShortOptionMethod)),
            price_risk_method=draw(st.sampled_from(PriceRiskMethod)),
        )
        for month in draw(st.lists(st.sampled_from(MONTHS), min_size=1, unique=True)):
            made.future(code, month, draw(VALUES), delta_scaling_e4=draw(SCALINGS))
            made.option(
                code,
                month,
                draw(st.sampled_from("CP")),
                "3",
                draw(VALUES),
                price=str(draw(st.integers(0, 900))),
                delta_e4=draw(st.integers(-10_000, 10_000)),
            )
    made.inter_spreads.extend(draw(st.lists(inter_spreads(methods), max_size=3)))
    return made.build()


SCALINGS = st.sampled_from((10_000, 2_500))


def portfolio_of(lots, **fields):
    sides = {row: Lots(max(number, 0), max(-number, 0)) for row, number in lots.items()}
    return Portfolio(lots=sides, **fields)


def scan_risks(parameters, lots):
    found = requirement(parameters, portfolio_of(lots)).commodities
    return {one.commodity: one.scan_risk_micros for one in found}


@st.composite
def held(draw, source):
    """Draw a set and lots by row."""
    parameters = draw(source)
    rows = st.integers(0, len(parameters.contracts) - 1)
    return parameters, draw(st.dictionaries(rows, LOTS, max_size=8))


@given(held(sets()), st.booleans())
@LAW
def test_nothing_is_ever_asked_below_zero(case, is_gross):
    """R1, R4, X10: and every part keeps its bounds."""
    parameters, lots = case
    found = requirement(parameters, portfolio_of(lots, is_gross=is_gross))
    for one in found.commodities:
        charged = one.scan_risk_micros + one.intra_charge_micros + one.delivery_charge_micros
        assert 0 <= one.inter_credit_micros <= charged
        assert one.risk_micros == max(
            charged - one.inter_credit_micros, one.short_option_minimum_micros
        )
        assert min(one.maintenance_micros, one.initial_micros, one.scan_risk_micros) >= 0
    for total in found.totals:
        assert total.maintenance_total_micros >= 0
        assert total.initial_total_micros >= 0
        assert total.excess_option_value_micros >= 0
        assert total.maintenance_total_micros >= (
            total.maintenance_micros - total.option_value_micros
        )


@given(held(sets(methods=(1, 2, 3, 10, 20))))
@LAW
def test_spreads_never_take_more_delta_than_the_portfolio_has(case):
    """D4: over all spreads, long and short apart, no commodity gives up more than it had."""
    parameters, lots = case
    found = requirement(parameters, portfolio_of(lots))
    taken = {}
    for spread in found.spreads:
        assert spread.n_e4 > 0
        for one in spread.legs:
            side = (one.commodity, one.delta_e4 > 0)
            taken[side] = taken.get(side, 0) + abs(one.delta_e4)
    table = parameters.contracts
    had, months = {}, {}
    for row, number in lots.items():
        delta = number * int(table.delta_e4[row]) * int(table.delta_scaling_e4[row])
        code = parameters.commodities[table.commodity[row]].code
        delta = (abs(delta) * 2 + 10_000) // 20_000 * (1 if delta > 0 else -1)
        place = code, int(table.underlying_period[row])
        months[place] = months.get(place, 0) + delta
    for (code, _), delta in months.items():
        side = (code, delta > 0)
        had[side] = had.get(side, 0) + abs(delta)
    assert all(amount <= had.get(side, 0) for side, amount in taken.items())


@given(held(sets()))
@LAW
def test_steps_keep_their_order_in_the_result(case):
    """Order of steps: super spreads, then calendars, then the others."""
    parameters, lots = case
    found = requirement(parameters, portfolio_of(lots))
    order = {SpreadKind.SUPER: 0, SpreadKind.SERIES: 1, SpreadKind.TIER: 1, SpreadKind.INTER: 2}
    places = [order[spread.kind] for spread in found.spreads]
    assert places == sorted(places)


@given(held(sets(methods=(1, 2, 3, 10, 20))))
@LAW
def test_twice_the_lots_scan_twice_the_risk(case):
    """S1, S2: scan risk is homogeneous."""
    parameters, lots = case
    twice = {row: 2 * number for row, number in lots.items()}
    assert scan_risks(parameters, twice) == {
        code: 2 * risk for code, risk in scan_risks(parameters, lots).items()
    }


@given(held(sets(methods=(1, 2, 3, 10, 20))), st.data())
@LAW
def test_splitting_a_portfolio_never_lowers_the_sum_of_scan_risks(case, data):
    """S2: scan risk is subadditive, in every commodity."""
    parameters, lots = case
    first = {row: data.draw(LOTS) for row in lots}
    second = {row: number - first[row] for row, number in lots.items()}
    parts = [scan_risks(parameters, part) for part in (first, second)]
    for code, risk in scan_risks(parameters, lots).items():
        assert sum(part.get(code, 0) for part in parts) >= risk


@given(sets(), st.data())
@LAW
def test_an_offsetting_lot_never_raises_the_scan_risk_of_a_single_contract(parameters, data):
    """S1, S2: from n lots towards zero."""
    row = data.draw(st.integers(0, len(parameters.contracts) - 1))
    number = data.draw(LOTS.filter(bool))
    towards_zero = number - (1 if number > 0 else -1)
    code = parameters.commodities[parameters.contracts.commodity[row]].code
    assume(not any(spread.method == 4 for spread in parameters.inter_spreads))
    before = scan_risks(parameters, {row: number})[code]
    assert scan_risks(parameters, {row: towards_zero}).get(code, 0) <= before


@given(st.data(), st.booleans())
@LAW
def test_long_options_alone_end_at_zero(data, caps):
    """R4: an option loses at most its price, so what it is worth pays for what it asks."""
    made = SpanSet(points=POINTS, caps_option_value=caps)
    lots = {}
    for code in CODES:
        made.commodity(code, som_rate=5, scan_tiers=data.draw(TIERS))
        for month in MONTHS:
            price = data.draw(st.integers(0, 500))
            values = st.lists(st.integers(-1_000, price), min_size=6, max_size=6)
            right = data.draw(st.sampled_from("CP"))
            key = made.option(code, month, right, "3", data.draw(values), price=str(price))
            lots[key] = data.draw(st.integers(0, 5))
    made.inter(1, 50, leg("A", 1, "AA"), leg("B", 1, "BB"))
    parameters = made.build()
    for total in requirement(parameters, made.portfolio(lots)).totals:
        assert (total.maintenance_total_micros, total.initial_total_micros) == (0, 0)


@given(held(sets()), st.randoms(use_true_random=False))
@LAW
def test_the_order_in_which_lots_are_listed_means_nothing(case, chance):
    parameters, lots = case
    shuffled = list(lots.items())
    chance.shuffle(shuffled)
    assert requirement(parameters, portfolio_of(lots)) == requirement(
        parameters, portfolio_of(dict(shuffled))
    )


@given(held(sets()))
@LAW
def test_a_gross_account_never_asks_less_than_scan_and_minimum_of_the_net(case):
    """G1: sides that do not offset scan no lower than those that do (sets without merging)."""
    parameters, lots = case
    assume(not any(spread.method == 4 for spread in parameters.inter_spreads))
    net = requirement(parameters, portfolio_of(lots)).commodities
    gross = requirement(parameters, portfolio_of(lots, is_gross=True)).commodities
    for one, other in zip(net, gross, strict=True):
        assert other.scan_risk_micros >= one.scan_risk_micros
        assert other.short_option_minimum_micros == one.short_option_minimum_micros
