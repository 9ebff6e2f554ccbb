"""Who owes whom: internal debts, held against the engine and against numbers by hand."""

import pytest

from fencang.projections.desk_view import DeskView
from fencang.projections.money import InternalRow
from tests.engine.desk import BUY, SELL, trading_desk
from tests.engine.firm import define, money
from tests.engine.money_firm import (
    IN,
    approve,
    broker_pays,
    confirm,
    post,
    requested,
    reserve_pays,
    row,
    send,
    with_terms,
)
from tests.engine.random_desk import Office
from tests.seeds import seeds


def view_of(desk):
    view = DeskView()
    for record in desk.records:
        view.apply(record)
    return view


@pytest.fixture
def desk():
    return trading_desk()


def test_debts_between_books_are_shown_and_sum_to_zero(desk):
    """ALPHA got 1m of the reserve and lost 200,000 at C1; BETA won them; GAMMA never dealt.

    What lies at C1 is the reserve's 10m; ALPHA's dealing took 200,000 out, BETA's put them in.
    """
    desk.trade("ALPHA", BUY, 100, "20")
    desk.trade("BETA", SELL, 100, "20")
    desk.settle(CLM0="18")
    view = view_of(desk).money
    assert view.internal("FUND", "USD") == [
        InternalRow(
            "@reserve:FUND", money("7000000"), money("-3000000"), {"C1": money("10000000")}
        ),
        InternalRow("ALPHA", money("800000"), money("1000000"), {"C1": money("-200000")}),
        InternalRow("BETA", money("1200000"), money("1000000"), {"C1": money("200000")}),
        InternalRow("GAMMA", money("1000000"), money("1000000"), {}),
    ]
    assert sum(each.internal_micros for each in view.internal("FUND", "USD")) == 0
    assert view.balances() == {("C1", "FUND", "USD"): money("10000000")}
    assert view.gaps() == {}


def test_a_loss_in_yen_that_nobody_funded_shows_where_it_is_owed(desk):
    """Five Nikkei futures fall by 100: 500,000 yen are owed at C1, where there are no yen."""
    desk.trade("ALPHA", BUY, 5, "20000", contract="NKM0")
    desk.settle(venue="OSE", NKM0="19900")
    (line,) = view_of(desk).money.internal("FUND", "JPY")
    assert line == InternalRow("ALPHA", money("-500000"), 0, {"C1": money("-500000")})


def test_wires_and_calls_are_listed_as_they_stand(desk):
    with_terms(desk)
    first = requested(desk, "3000000")
    second = requested(desk, "500", direction=IN)
    desk.done(approve(first))
    desk.done(send(first))
    desk.done(confirm(second, "499"))
    view = view_of(desk)
    found = [(wire.wire_id, wire.direction, wire.state) for wire in view.money.wires()]
    assert found == [(first, "out", "sent"), (second, "in", "confirmed")]
    assert view.books.cash("@promised:FUND") == {"USD": money("3000000")}
    assert view.books.cash_gaps() == {}
    assert view.money.gaps() == {}


def test_interest_of_a_broker_lies_at_its_account_and_of_a_reserve_nowhere(desk):
    """10m at 3.6 %: 1,000 a night at C1; three sub-accounts get 100 each from the reserve."""
    desk.done(define(broker_pays(credit_ppm=36_000), reserve_pays(credit_ppm=36_000)))
    desk.done(post())
    rows = {each.book_id: each for each in view_of(desk).money.internal("FUND", "USD")}
    assert rows["@reserve:FUND"].at == {"C1": money("10001000")}
    assert rows["@reserve:FUND"].internal_micros == money("-3000300")
    assert rows["GAMMA"].cash_micros == money("1000100")


def test_fees_are_summed_by_kind_and_row(desk):
    desk.done(define(row("exchange", per_lot_micros=money("1.50"))))
    desk.trade("ALPHA", BUY, 2, "20")
    desk.trade("ALPHA", SELL, 2, "20")
    assert view_of(desk).money.fees() == {("ALPHA", "USD", "exchange", "exchange"): money("6")}


def test_a_minimum_of_the_day_is_among_its_rows_fees(desk):
    desk.done(define(row("exchange", per_lot_micros=money("1"), day_minimum_micros=money("5"))))
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="20")
    assert view_of(desk).money.fees() == {("ALPHA", "USD", "exchange", "exchange"): money("5")}


@pytest.mark.parametrize("seed", seeds(2, of=4))
def test_the_view_agrees_with_the_engine_after_every_careless_command(seed):
    """Law: rows sum to the books, columns to the accounts, promises to the wires; gaps never."""
    office = Office(seed, uses_span=seed % 2 == 1)
    for _ in range(70):
        office.step("cash")
        office.step(office.chance.choice(("order", "report", "market", "session", "money")))
        office.step()
    view, state = view_of(office.desk), office.desk.state
    assert view.money.gaps() == {}
    assert view.books.cash_gaps() == {}
    held = {
        (name, *key): amount
        for name, account in state.carrying.items()
        for key, amount in account.book.cash.items()
        if amount
    }
    assert view.money.balances() == held
    for owner_id in view.money.owner_ids():
        for currency in view.money.currencies(owner_id):
            rows = {each.book_id: each for each in view.money.internal(owner_id, currency)}
            assert sum(each.internal_micros for each in rows.values()) == 0
            promised = state.funds.promised_micros(owner_id, currency)
            found = rows.pop(f"@promised:{owner_id}", None)
            assert (found.cash_micros if found else 0) == promised
            for book_id, each in rows.items():
                assert each.cash_micros == office.desk.cash(book_id, currency), book_id
    open_calls = [call.call_id for call in view.money.calls() if call.state in ("open", "overdue")]
    assert open_calls == sorted(state.funds.open_calls)
