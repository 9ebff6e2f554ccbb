"""Options in a netting set: value that is bought pays for itself, value that is sold is asked for.

Law: margin with working orders, and what they may cost in premiums, cover every way to fill.
"""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.engine.netting.node import SpanNode
from fencang.engine.netting.sets import LoadedFile, SpanSet, SpanTerms
from fencang.margin.reference import requirement
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.standing import Standing
from fencang.refdata.account import AccountType
from tests.engine.span_firm import CALL, FRIDAY, JUNE, PUT
from tests.margin.span_sets import SpanSet as Made
from tests.margin.span_sets import line

DOLLAR = 1_000_000


def parameters(initial_ppm=1_100_000):
    made = Made()
    made.commodity("CL", initial_ratio_ppm=(1_000_000, 1_000_000, initial_ppm), som_rate=100)
    future = made.future("CL", "202006", line(3_000))
    # 1,500 and 1,100 a lot: in no scenario do ten per cent more than the loss exceed the value
    more = {"underlying": "202006", "factor": 1_000}
    call = made.option("CL", "202006", "C", "20", CALL, price="1.5", delta_e4=5_000, **more)
    put = made.option("CL", "202006", "P", "20", PUT, price="1.1", delta_e4=-5_000, **more)
    return made.build(), (future, call, put)


PARAMETERS, KEYS = parameters()
WORTH = dict(zip(KEYS, (0, 1_500 * DOLLAR, 1_100 * DOLLAR), strict=True))
LOTS = st.integers(-6, 6)


def opened():
    span = SpanSet("NYMEX")
    span.load(LoadedFile(JUNE, 1, FRIDAY))
    span.activate(JUNE, PARAMETERS)
    span.use(KEYS)
    return span, SpanNode(span, Standing(), SpanTerms(False, AccountType.SPECULATOR, 1_000_000))


def asked(node):
    return sum(node.standing.requirement.values())


def full(span, lots):
    held = {
        span.terms(key).row: Lots(max(number, 0), max(-number, 0)) for key, number in lots.items()
    }
    found = requirement(span.compiled.parameters, Portfolio(lots=held))
    return sum(total.initial_total_micros for total in found.totals)


def change(node, span, key, lots, *, working=False):
    both = (max(lots, 0), max(-lots, 0))
    node.change(span.terms(key), *((0, 0, *both) if working else (*both, 0, 0)))


def test_a_bought_option_reserves_its_premium_and_no_margin():
    span, node = opened()
    assert node.addition_of(span.terms(KEYS[1]), 5, 0) == ("USD", 0)


def test_a_sold_option_reserves_its_risk_its_minimum_and_its_value():
    """Scan 3,600, minimum 100, value 1,500, ten per cent more."""
    span, node = opened()
    _, micros = node.addition_of(span.terms(KEYS[1]), 0, 1)
    assert micros == (3_700 + 1_500) * 1_100_000


def test_long_options_alone_ask_for_nothing():
    span, node = opened()
    change(node, span, KEYS[1], 5)
    assert asked(node) == 0 == full(span, {KEYS[1]: 5})


@given(
    st.dictionaries(st.sampled_from(KEYS), LOTS),
    st.lists(st.tuples(st.sampled_from(KEYS), LOTS), max_size=5),
)
@settings(max_examples=200)
def test_no_way_to_fill_asks_for_more_than_was_reserved(positions, orders):
    """Premiums: a buyer pays at most what was reserved, a seller's is not counted until it comes.

    Worst prices: what is bought is paid at its value (more would be reserved more), what is sold
    brings nothing.
    """
    span, node = opened()
    for key, lots in positions.items():
        change(node, span, key, lots)
    assert asked(node) == full(span, positions)
    premiums = 0
    for key, lots in orders:
        _, micros = node.addition_of(span.terms(key), max(lots, 0), max(-lots, 0))
        before = asked(node)
        change(node, span, key, lots, working=True)
        assert asked(node) == before + micros >= before
        premiums += max(lots, 0) * WORTH[key]
    reserved = asked(node) + premiums
    for fills in product((False, True), repeat=len(orders)):
        lots, paid = dict(positions), 0
        for (key, number), is_filled in zip(orders, fills, strict=True):
            if is_filled:
                lots[key] = lots.get(key, 0) + number
                paid += max(number, 0) * WORTH[key]
        assert reserved >= full(span, lots) + paid, (positions, orders, fills)
