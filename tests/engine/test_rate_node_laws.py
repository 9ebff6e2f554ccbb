"""Laws of a netting set margined by rate, against the whole method and every way to fill."""

from datetime import date
from itertools import product as every

from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.basics.money import PPM
from fencang.engine.netting.rate_terms import RateTable, RateTerms
from fencang.margin.exposure import Exposure
from fencang.margin.rate import requirement_per_lot
from fencang.margin.rates.instrument import Instrument, PositionSide, SideScope
from fencang.margin.rates.parameters import Rate, RateParameters, RateStage, SideRates
from fencang.margin.rates.portfolio import Position, Quote, RatePortfolio
from fencang.margin.rates.requirement import rate_margin
from fencang.refdata.account import AccountType
from fencang.refdata.contract import Contract, Product
from fencang.refdata.margin_rate import BrokerRate, LargerSide, LotRate, MarginRate
from fencang.refdata.venue import Venue
from tests.engine import rate_book as rb

FIRST = date(2026, 1, 1)
CONTRACTS = ("cu2603", "cu2604", "al2603", "al2604")
VENUE = Venue(venue_id="SHFE", name="", country="CN")
SCOPES = {
    LargerSide.NONE: SideScope.BOTH_SIDES,
    LargerSide.CONTRACT: SideScope.CONTRACT,
    LargerSide.PRODUCT: SideScope.PRODUCT,
    LargerSide.GROUP: SideScope.PRODUCT_GROUP,
}
LOT_RATES = st.builds(
    LotRate, ratio_ppm=st.integers(0, 300_000), amount_micros=st.integers(0, 10**10)
)
BROKERS = st.none() | st.builds(
    BrokerRate, long=LOT_RATES, short=LOT_RATES, is_relative=st.booleans()
)
PRICES = st.integers(-20_000, 90_000).map(lambda points: points * 10**9)
LOTS = st.integers(0, 6)
SIDES_OF_PRODUCTS = st.fixed_dictionaries(
    {name: st.sampled_from(list(LargerSide)) for name in ("cu", "al")}
)


@st.composite
def markets(draw):
    """Return the day, per product its product, rates and larger side, and a price per contract."""
    sides = draw(SIDES_OF_PRODUCTS)
    products, rates = {}, []
    for name, side in sides.items():
        products[name] = Product(
            product_id=name,
            venue_id="SHFE",
            name=name,
            currency="CNY",
            point_value_micros=5_000_000,
            tick_nanos=10**9,
            margin_floor_micros=draw(st.sampled_from([0, 5_000_000_000])),
        )
        rates += [
            MarginRate(
                scope_id=name,
                from_day=date(2026, 1, day),
                long=draw(LOT_RATES),
                short=draw(LOT_RATES),
                broker=draw(BROKERS),
                larger_side=side,
                larger_side_group="metals" if side is LargerSide.GROUP else None,
            )
            for day in draw(st.sets(st.integers(2, 20), max_size=2)) | {1}
        ]
    today = date(2026, 1, draw(st.integers(1, 25)))
    return today, products, rates, {name: draw(PRICES) for name in CONTRACTS}


def rows_of(market):
    today, products, rates, prices = market
    table = RateTable()
    for rate in rates:
        table.set(rate)
    rows = {}
    for name, mark in prices.items():
        product = products[rb.product_of(name)]
        contract = Contract(contract_id=name, product_id=product.product_id)
        rate = table.in_force(contract, AccountType.SPECULATOR, today.toordinal())
        row = RateTerms(contract, product, VENUE, rate, today=today.toordinal(), settled_day=0)
        row.set_prices(mark, None)
        rows[name] = row
    return rows


def rate_side(rate):
    return Rate(ratio_ppm=rate.ratio_ppm, amount_micros=rate.amount_micros)


def both_rates(rates):
    return SideRates(long=rate_side(rates.long), short=rate_side(rates.short))


def parameters(market):
    """Return the same market for the whole method."""
    _, products, rates, prices = market
    stages = {
        name: tuple(
            RateStage(
                from_day=rate.from_day,
                exchange=both_rates(rate),
                broker=None if rate.broker is None else both_rates(rate.broker),
                is_relative=rate.broker is not None and rate.broker.is_relative,
            )
            for rate in rates
            if rate.scope_id == name
        )
        for name in products
    }
    sides = {rate.scope_id: rate.larger_side for rate in rates}
    instruments = {}
    for name in prices:
        product = products[rb.product_of(name)]
        side = sides[product.product_id]
        instruments[name] = Instrument(
            instrument_id=name,
            product_id=product.product_id,
            point_value_micros=product.point_value_micros,
            product_group_id="metals" if side is LargerSide.GROUP else "",
            side_scope=SCOPES[side],
            floor_micros=product.margin_floor_micros,
        )
    return RateParameters(
        instruments=instruments,
        rates={(name, "1"): stages[rb.product_of(name)] for name in prices},
    )


def whole_method(market, positions):
    """Return the broker's used margin of (long, short) lots by ``margin.rates``."""
    today, _, _, prices = market
    sides = ((PositionSide.LONG, 0), (PositionSide.SHORT, 1))
    portfolio = RatePortfolio(
        day=today,
        quotes={name: Quote(previous_settlement_nanos=mark) for name, mark in prices.items()},
        positions=tuple(
            Position(instrument_id=name, side=side, yesterday_lots=lots[place])
            for name, lots in positions.items()
            for side, place in sides
        ),
    )
    return rate_margin(parameters(market), portfolio).used.broker_micros


def netted(lots):
    return max(lots[0] - lots[1], 0), max(lots[1] - lots[0], 0)


BOOKS = st.dictionaries(st.sampled_from(CONTRACTS), st.tuples(LOTS, LOTS))
ORDERS = st.lists(st.tuples(st.sampled_from(CONTRACTS), st.integers(-6, 6)), max_size=5)


@given(markets(), BOOKS, st.booleans())
@settings(max_examples=200)
def test_positions_ask_for_what_the_whole_method_asks(market, positions, gross):
    node, rows = rb.opened(gross=gross), rows_of(market)
    for name, (longs, shorts) in positions.items():
        rb.hold(node, rows[name], longs, shorts)
    counted = positions if gross else {name: netted(lots) for name, lots in positions.items()}
    assert rb.asked(node) == rb.held(node) == whole_method(market, counted)
    assert rb.asked(node) >= 0


@given(markets(), BOOKS, ORDERS, st.booleans(), st.integers(0, 6))
@settings(max_examples=60)
def test_no_way_to_fill_asks_for_more_than_was_reserved(market, positions, orders, gross, closed):
    """Nor does a close of a gross account, which reserves nothing, beside any of them."""
    node, rows = rb.opened(gross=gross), rows_of(market)
    for name, (longs, shorts) in positions.items():
        rb.hold(node, rows[name], longs, shorts)
    resting = rb.asked(node)
    for name, lots in orders:
        before = rb.asked(node)
        currency, added = node.addition_of(rows[name], max(lots, 0), max(-lots, 0))
        assert (currency, rb.asked(node)) == ("CNY", before)
        rb.work(node, rows[name], lots)
        assert rb.asked(node) == before + added >= before
    assert rb.held(node) == resting
    reserved = rb.asked(node)
    for fills in every((False, True), repeat=len(orders)):
        lots_of = {name: list(lots) for name, lots in positions.items()}
        for (name, lots), is_filled in zip(orders, fills, strict=True):
            if is_filled:
                lots_of.setdefault(name, [0, 0])[lots < 0] += abs(lots)
        if gross:
            assert reserved >= whole_method(market, lots_of), fills
            counted = {name: (max(0, lots[0] - closed), lots[1]) for name, lots in lots_of.items()}
        else:
            counted = {name: netted(lots) for name, lots in lots_of.items()}
        assert reserved >= whole_method(market, counted), fills
    for name, lots in orders:
        node.change(rows[name], 0, 0, -max(lots, 0), -max(-lots, 0))
    assert rb.asked(node) == resting


ACTS = st.lists(
    st.tuples(st.sampled_from(CONTRACTS), st.sampled_from(["hold", "work", "fill"]), LOTS, LOTS),
    max_size=12,
)


@given(markets(), markets(), ACTS, st.booleans(), st.integers(10**6, 2 * 10**6))
@settings(max_examples=150)
def test_a_set_kept_in_step_is_the_set_made_anew(market, later, acts, gross, multiplier_ppm):
    """Law: rebuilt caches equal kept ones, also after prices, stages and groups changed."""
    node, rows = rb.opened(gross=gross, multiplier_ppm=multiplier_ppm), rows_of(market)
    lots = {name: [0, 0, 0, 0] for name in CONTRACTS}
    for place, (name, act, one, other) in enumerate(acts):
        if place == len(acts) // 2:
            _turn(node, rows, rows_of(later), later)
        change = {
            "hold": (one, other, 0, 0),
            "work": (0, 0, one, other),
            "fill": (min(one, lots[name][2]), 0, -min(one, lots[name][2]), 0),
        }[act]
        node.change(rows[name], *change)
        lots[name] = [held + more for held, more in zip(lots[name], change, strict=True)]
    anew = rb.opened(gross=gross, multiplier_ppm=multiplier_ppm)
    for name in reversed(CONTRACTS):
        anew.change(rows[name], *lots[name])
    assert rb.asked(node) == rb.asked(anew) == sum(node.contributed().values())
    assert rb.held(node) == rb.held(anew)
    node.leave()
    assert rb.asked(node) == 0


def _turn(node, rows, others, later):
    """Let every row become what it is in the later market."""
    today, _, _, prices = later
    for name, row in rows.items():
        row.set_stage(others[name].rate, today=today.toordinal(), settled_day=0)
        row.set_prices(prices[name], None)
        node.reprice(row)


@given(markets(), BOOKS, BOOKS, ORDERS, st.booleans())
@settings(max_examples=100)
def test_a_pool_without_one_of_its_books_is_the_rest_and_its_books_share_it(
    market, one, other, orders, gross
):
    rows = rows_of(market)
    pool, own, rest = (rb.opened(gross=gross, multiplier_ppm=1_100_000) for _ in range(3))
    for positions, node in ((one, own), (other, rest)):
        for name, (longs, shorts) in positions.items():
            for each in (pool, node):
                rb.hold(each, rows[name], longs, shorts)
    without = pool.held_without(own)
    assert sum(without.values()) == rb.held(rest)
    assert sum(pool.held_without(rest).values()) == rb.held(own)
    for place, (name, lots) in enumerate(orders):
        for each in (pool, (own, rest)[place % 2]):
            rb.work(each, rows[name], lots)
    shares = sum(sum(pool.shares_of(book).values()) for book in (own, rest))
    # Half a cent per side of a contract, times the multiplier, and a micro rounded up.
    assert abs(shares - rb.asked(pool)) <= 2 * len(CONTRACTS) * 5_000 * 11 // 10 + 1


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_without_a_larger_side_the_set_is_what_one_rate_per_product_asks_for(
    longs, shorts, buys, sells, gross
):
    """10 % of 70,000 × 5: both ways round to whole cents, so both agree to the micro."""
    exposure = Exposure(is_gross=gross)
    exposure.long_lots, exposure.short_lots = longs, shorts
    exposure.buy_lots, exposure.sell_lots = buys, sells
    rate = rb.rate_of("cu", LotRate(ratio_ppm=100_000), side=LargerSide.NONE)
    node, row = rb.opened(gross=gross), rb.row_of("cu2603", rate)
    node.change(row, longs, shorts, buys, sells)
    product = Product(
        product_id="cu",
        venue_id="SHFE",
        name="",
        currency="CNY",
        point_value_micros=5 * PPM,
        tick_nanos=10**9,
    )
    per_lot = requirement_per_lot(product, 70_000 * 10**9)
    assert rb.asked(node) == exposure.margined_lots() * per_lot
