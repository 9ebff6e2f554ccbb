"""Law: what a netting set asks for with working orders covers every way they could fill."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.engine.netting.node import SpanNode
from fencang.engine.netting.sets import LoadedFile, SpanSet, SpanTerms
from fencang.margin.reference import requirement
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.standing import Standing
from fencang.refdata.account import AccountType
from tests.engine.span_firm import FRIDAY, JUNE, KEYS, crude

PARAMETERS = crude(3_000, initial_ppm=1_100_000)
NAMES = sorted(KEYS)
LOTS = st.integers(-8, 8)


def opened(*, gross=False):
    span = SpanSet("NYMEX")
    span.load(LoadedFile(JUNE, 1, FRIDAY))
    span.activate(JUNE, PARAMETERS)
    span.use(KEYS.values())
    terms = SpanTerms(gross, AccountType.SPECULATOR, 1_000_000)
    return span, SpanNode(span, Standing(), terms)


def asked(node):
    return sum(node.standing.requirement.values())


def full(span, lots, *, gross=False):
    """Return what the reference asks for (initial), of net or of (long, short) lots."""
    held = {
        span.terms(KEYS[name]).row: Lots(*number)
        if gross
        else Lots(max(number, 0), max(-number, 0))
        for name, number in lots.items()
    }
    portfolio = Portfolio(lots=held, is_gross=gross)
    found = requirement(span.compiled.parameters, portfolio)
    return sum(total.initial_total_micros for total in found.totals)


def work(node, span, name, lots):
    row = span.terms(KEYS[name])
    node.change(row, 0, 0, max(lots, 0), max(-lots, 0))


@given(
    st.dictionaries(st.sampled_from(NAMES), LOTS),
    st.lists(st.tuples(st.sampled_from(NAMES), LOTS), max_size=5),
)
@settings(max_examples=150)
def test_no_way_to_fill_asks_for_more_than_was_reserved(positions, orders):
    span, node = opened()
    for name, lots in positions.items():
        node.change(span.terms(KEYS[name]), max(lots, 0), max(-lots, 0), 0, 0)
    assert asked(node) == full(span, positions)
    for name, lots in orders:
        row = span.terms(KEYS[name])
        _, micros = node.addition_of(row, max(lots, 0), max(-lots, 0))
        before = asked(node)
        work(node, span, name, lots)
        assert asked(node) == before + micros >= before
    reserved = asked(node)
    for fills in product((False, True), repeat=len(orders)):
        lots = dict(positions)
        for (name, number), is_filled in zip(orders, fills, strict=True):
            if is_filled:
                lots[name] = lots.get(name, 0) + number
        assert reserved >= full(span, lots), (positions, orders, fills)
    for name, lots in orders:
        node.change(span.terms(KEYS[name]), 0, 0, -max(lots, 0), -max(-lots, 0))
    assert asked(node) == full(span, positions)


@given(
    st.dictionaries(st.sampled_from(NAMES), LOTS),
    st.sampled_from(NAMES),
    st.integers(1, 8),
    st.sampled_from((1, -1)),
)
@settings(max_examples=100)
def test_lots_by_themselves_ask_for_what_the_reference_asks_whatever_is_held(
    positions, name, lots, sign
):
    """So an order has one value, and in parts no less than at once."""
    span, node = opened()
    for held, number in positions.items():
        node.change(span.terms(KEYS[held]), max(number, 0), max(-number, 0), 0, 0)

    def alone(number):
        buys, sells = (number, 0) if sign > 0 else (0, number)
        return node.alone_of(span.terms(KEYS[name]), buys, sells)[1]

    assert alone(lots) == full(span, {name: sign * lots})
    assert sum(alone(1) for _ in range(lots)) >= alone(lots)


@given(st.lists(st.tuples(st.sampled_from(NAMES), LOTS), max_size=6))
@settings(max_examples=100)
def test_in_a_gross_account_every_opening_order_is_asked_for_by_itself(orders):
    span, node = opened(gross=True)
    long_and_short = dict.fromkeys(NAMES, (0, 0))
    for name, lots in orders:
        work(node, span, name, lots)
        long, short = long_and_short[name]
        long_and_short[name] = long + max(lots, 0), short + max(-lots, 0)
    assert asked(node) >= full(span, long_and_short, gross=True)


@given(
    st.dictionaries(st.sampled_from(NAMES), LOTS, min_size=1),
    st.dictionaries(st.sampled_from(NAMES), LOTS, min_size=1),
)
@settings(max_examples=60)
def test_a_pool_without_one_of_its_books_is_the_rest(one, other):
    span, pool = opened()
    _, own = opened()
    for positions, nodes in ((one, (pool, own)), (other, (pool,))):
        for name, lots in positions.items():
            for node in nodes:
                row = span.terms(KEYS[name])
                node.change(row, max(lots, 0), max(-lots, 0), 0, 0)
    assert sum(pool.held_without(own).values()) == full(span, other)
