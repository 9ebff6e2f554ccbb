"""Sentences about what stands in the books, and about refusals and calls."""

from pytest_bdd import then

from fencang.ledger.book import suspense_id
from fencang.messages.events import OperatorCalled
from fencang.messages.reasons import Reason
from tests.scenarios.phrases import Amount, amount, book, phrase, rows

# ------------------------------------------------------------------------------------ refusals


@then(phrase("this is refused with {number:Lots}, {words:Reason}"))
def refused(office, number, words):
    """Number and words name one reason; that nothing has changed was compared before."""
    _refusal(office, number, words)


@then(phrase('this is refused with {number:Lots}, {words:Reason}, because "{detail}"'))
def refused_because(office, number, words, detail):
    found = _refusal(office, number, words).detail
    assert detail in found, found


@then(phrase("this is refused with {number:Lots}, {words:Reason}, for all of:"))
def refused_for_all(office, number, words, datatable):
    found = _refusal(office, number, words).detail
    for row in rows(datatable, "what"):
        assert row["what"] in found, found


def _refusal(office, number, words):
    assert Reason(number).words == words, f"{number} is {Reason(number).words}"
    refusal = office.take_refusal()
    assert refusal.reason is Reason(number), refusal
    return refusal


@then(phrase('a person is called: "{words}"'))
def person_is_called(office, words):
    details = [each.detail for each in office.all_of(OperatorCalled)]
    assert any(words in detail for detail in details), details


@then(phrase("nobody is called"))
def nobody_is_called(office):
    assert office.all_of(OperatorCalled) == []


# --------------------------------------------------------------------------------------- books


@then(phrase("the positions are:"))
def positions(office, datatable):
    for row in rows(datatable, "who", "contract", "long", "short", optional=("of today",)):
        found = _lots(office, book(row["who"]), row["contract"])
        assert found == (int(row["long"]), int(row["short"])), (row, found)
        if row.get("of today"):
            assert _lots_of_today(office, row["who"], row["contract"]) == int(row["of today"]), row


def _lots(office, who, contract):
    """Return (long, short) lots of a book; a net carrying account has one side only."""
    state = office.state
    if who in state.carrying:
        account = state.carrying[who]
        position = account.book.positions.get(contract)
        if position is None:
            return 0, 0
        if account.account.position_mode.value == "net":
            lots = position.net_lots
            return max(lots, 0), max(-lots, 0)
        return position.long_lots, position.short_lots
    for name, account in state.carrying.items():
        if who == suspense_id(name):
            position = account.suspense.positions.get(contract)
            return (position.long_lots, position.short_lots) if position else (0, 0)
    held = [position for (_, key), position in state.book(who).positions.items() if key == contract]
    return (
        sum(position.long.quantity_lots for position in held),
        sum(position.short.quantity_lots for position in held),
    )


def _lots_of_today(office, who, contract):
    today = office.state.contracts[contract].venue.today
    return sum(
        position.long.quantity_of_day(today) + position.short.quantity_of_day(today)
        for (_, key), position in office.state.book(who).positions.items()
        if key == contract
    )


@then(phrase("the cash is:"))
def cash_of_books(office, datatable):
    for row in rows(datatable, "who", "cash"):
        _has_cash(office, book(row["who"]), amount(row["cash"]))


@then(phrase("the cash of {who:Book} is {held:Money}"))
def cash_of(office, who, held):
    _has_cash(office, who, held)


def _has_cash(office, who, held):
    found = Amount(office.desk.cash(who, held.currency), held.currency)
    assert found == held, f"{who} has {found}, not {held}"


@then(phrase("the equity of {who:Book} is {held:Money}"))
def equity_of(office, who, held):
    """Cash and what is not yet paid, valued in US dollars."""
    found = Amount(office.desk.equity(who), "USD")
    assert found == held, f"{who} has {found}, not {held}"


@then(phrase("the equity is:"))
def equities(office, datatable):
    for row in rows(datatable, "who", "equity"):
        equity_of(office, row["who"], amount(row["equity"]))


@then(phrase("the margin of {who:Book} is {asked:Money}"))
def margin_of(office, who, asked):
    found = Amount(office.desk.requirement(who), "USD")
    assert found == asked, f"{who} needs {found}, not {asked}"


@then(phrase("{who:Book} has realised {gained:Money} in {contract:Name}"))
def realised(office, who, gained, contract):
    found = sum(
        position.realised_micros
        for (_, key), position in office.state.book(who).positions.items()
        if key == contract
    )
    assert Amount(found, gained.currency) == gained, Amount(found, gained.currency)


@then(phrase("order {known:Name} is {words}"))
def order_is(office, known, words):
    found = office.desk.order_state(office.orders[known]).lower().replace("_", " ")
    assert found == words, f"it is {found}"


@then(phrase("nothing of {contract:Name} is left"))
def nothing_left(office, contract):
    held = [
        who
        for who in (*office.state.subs, *office.state.carrying)
        if _lots(office, who, contract) != (0, 0)
    ]
    assert held == []
