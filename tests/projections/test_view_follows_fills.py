"""The view beside a careless office: entered, corrected, busted and moved, book by book alike."""

import pytest

from fencang.ledger.book import suspense_id
from fencang.projections.desk_view import DeskView
from tests.engine.desk import trading_desk
from tests.engine.fill_acts import bought, correct
from tests.engine.firm import money
from tests.engine.option_firm import use_options
from tests.engine.random_desk import Office


def some(amounts):
    return {key: amount for key, amount in sorted(amounts.items()) if amount}


def lots_of(view, book_id):
    return {
        (found.carrying_account_id, found.contract_id): (found.long_lots, found.short_lots)
        for found in view.books.positions(book_id)
    }


def check_books(state, view):
    """Law: the read model holds what the engine holds, to the lot and to the micro."""
    books = view.books
    for name, sub in state.subs.items():
        assert some(books.cash(name)) == some(sub.book.cash), name
        assert some(books.fees(name)) == some(sub.book.fees), name
        held = {
            key: (found.long.quantity_lots, found.short.quantity_lots)
            for key, found in sub.book.positions.items()
            if not found.is_flat
        }
        assert lots_of(view, name) == held, name
    for name, carrying in state.carrying.items():
        per_currency = {}
        for (_, currency), amount in carrying.book.cash.items():
            per_currency[currency] = per_currency.get(currency, 0) + amount
        assert some(books.carrying_cash(name)) == some(per_currency), name
        assert some(books.cash(suspense_id(name))) == some(carrying.suspense.book.cash), name
    assert books.cash_gaps() == {}
    assert books.lot_gaps() == {}


@pytest.mark.parametrize("seed", [3, 21, 25])
def test_the_view_holds_what_the_engine_holds_after_every_record(seed):
    office = Office(seed)
    view, seen, kinds = DeskView(), 0, set()
    for step in range(800):
        if step >= 200 and {"FillCorrected", "FillBusted"} <= kinds:
            break
        office.step()
        for record in office.desk.records[seen:]:
            view.apply(record)
            kinds |= {type(event).__name__ for event in record.events}
        seen = len(office.desk.records)
        check_books(office.desk.state, view)
    assert view.performance.unbalanced_days() == []
    rebuilt = DeskView()
    for record in office.desk.records:
        rebuilt.apply(record)
    assert rebuilt == view
    assert {"FillCorrected", "FillBusted"} <= kinds


def test_a_corrected_premium_is_paid_in_the_view_too():
    """2 calls at 1.50 corrected to 1.40: 200 come back."""
    desk, view = trading_desk(), DeskView()
    use_options(desk)
    first = bought(desk, 2, "1.50", contract="LOC")
    desk.done(correct(first, 2, "1.40", "k1"))
    for record in desk.records:
        view.apply(record)
    check_books(desk.state, view)
    assert view.books.cash("ALPHA") == {"USD": money("997200")}
