"""Law: a day settled in slices, with orders in between, pays what one settlement pays."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.messages.day_commands import Check
from fencang.messages.day_events import TradingDayClosed
from fencang.messages.events import ContractSettled, MarginPublished, TradingDaySettled
from tests.engine.day_acts import close_day, settle_some, shut
from tests.engine.desk import BUY, SELL, all_of, settlement, trading_desk
from tests.engine.firm import MONDAY

PRICES = {"CLM0": "21", "CLN0": "19.50", "ESM0": "3010.25"}
TRADES = st.lists(
    st.tuples(
        st.sampled_from(("ALPHA", "BETA")),
        st.sampled_from((BUY, SELL)),
        st.integers(1, 5),
        st.sampled_from(sorted(PRICES)),
    ),
    max_size=6,
)
AT = {"CLM0": "20", "CLN0": "20", "ESM0": "3000"}


def traded(trades):
    desk = trading_desk()
    for sub, side, lots, contract in trades:
        desk.trade(sub, side, lots, AT[contract], contract=contract)
    return desk


def money_of(desk):
    """Return every book's cash and what every position carries."""
    books = [(key, sub.book) for key, sub in sorted(desk.state.subs.items())]
    carried = {
        (key, *name): held.carried_micros
        for key, book in books
        for name, held in book.positions.items()
        if held.carried_micros
    }
    cash = [(key, dict(book.cash)) for key, book in books]
    return cash, carried, dict(desk.state.carrying["C1"].book.cash)


@settings(max_examples=10)
@given(trades=TRADES, order=st.permutations(sorted(PRICES)), by_one=st.booleans())
def test_slices_pay_what_one_settlement_pays(trades, order, by_one):
    whole, sliced = traded(trades), traded(trades)
    whole.done(settlement(**PRICES))
    groups = [[name] for name in order] if by_one else [order[:2], order[2:]]
    for names in groups:
        sliced.done(settle_some(**{name: PRICES[name] for name in names}))
        order_id = sliced.accepted("GAMMA", BUY, 1, at="20")
        sliced.cancel(order_id, "GAMMA")
        sliced.cancelled(order_id)
    sliced.done(settlement())
    assert money_of(sliced) == money_of(whole)
    kept = [
        {name: found.settlements for name, found in desk.state.contracts.items()}
        for desk in (whole, sliced)
    ]
    assert kept[0] == kept[1]


def test_a_day_settled_in_slices_is_published_once_when_it_is_closed(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    events = list(desk.done(settle_some(CLM0="21")))
    shut(desk)
    events += desk.done(close_day())
    found = [len(all_of(events, kind)) for kind in (ContractSettled, TradingDaySettled)]
    assert found == [1, 1]
    assert len(all_of(events, MarginPublished)) == 1


def test_a_day_that_ends_with_contracts_unsettled_keeps_what_was_held_in_them(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    desk.trade("BETA", SELL, 1, "20", contract="CLN0")
    desk.done(settle_some(CLM0="21"))
    shut(desk)
    events = desk.done(close_day(MONDAY, Check.PRICES, reason="late", approved_by="boss"))
    assert all_of(events, TradingDayClosed)
    unsettled = desk.state.contracts["CLN0"].settlements[MONDAY.toordinal()]
    assert unsettled.price_nanos is None
    assert [(held.book_id, held.lots) for held in unsettled.books] == [("BETA", -1)]
