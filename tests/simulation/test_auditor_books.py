"""The auditor's books: each law of lots and cash, shown by a record that breaks it."""

from datetime import date

from fencang.messages import commands as cm
from fencang.messages import events as ev
from fencang.messages.message import Offset, Side
from tests.simulation.audited_stream import DAY, LOT_FEE, PRICE, USD, Stream

MOVE = 1_000_000_000  # micros that one dollar is worth on one lot


def transferred(source, target, amount):
    return ev.CapitalTransferred(
        from_book_id=source, to_book_id=target, amount_micros=amount, reason=""
    )


def transfer(source, target, amount):
    return cm.TransferCapital(
        from_sub_account_id=source,
        to_sub_account_id=target,
        amount_micros=amount,
        reason="",
        entered_by="a",
    )


def assignment(told, lots, approved_by="b"):
    return cm.AssignSuspense(
        carrying_account_id=told.carrying_account_id,
        execution_id=told.execution_id,
        sub_account_id="B",
        quantity_lots=lots,
        reason="",
        entered_by="a",
        approved_by=approved_by,
    )


def assigned(told, lots, sub="B", **changes):
    fields = {
        "execution_id": told.execution_id,
        "carrying_account_id": told.carrying_account_id,
        "contract_id": told.contract_id,
        "sub_account_id": sub,
        "side": told.side,
        "offset": told.offset,
        "quantity_lots": lots,
        "price_nanos": told.price_nanos,
        "fee_micros": LOT_FEE * lots,
        "reason": "",
    } | changes
    return ev.SuspenseAssigned(**fields)


def test_a_day_of_orders_fills_suspense_and_settlement_breaks_no_law():
    stream = Stream()
    assert stream.say(transfer(None, "A", 5), transferred("@reserve:FUND", "A", 5)) == []
    stream.hold("A", 3)
    told = stream.report(None, 2)
    assert stream.say(told, stream.booked(told), stream.suspended(told)) == []
    assert stream.say(assignment(told, 1), assigned(told, 1)) == []
    books = [("A", "NET", 3 * MOVE), ("B", "NET", MOVE), ("@suspense:NET", "NET", MOVE)]
    assert stream.settle(PRICE + 10**9, books, [("NET", 5 * MOVE)]) == []
    late = assigned(told, 1, price_nanos=PRICE + 10**9)
    assert stream.say(assignment(told, 1), late) == []


def test_lots_booked_and_not_allocated_break_both_books():
    stream = Stream()
    told = stream.report(stream.order(), 3)
    laws = stream.say(told, stream.booked(told), stream.allocated(told, "A", 2))
    assert "two books" in laws
    assert "allocation" in laws


def test_gross_accounts_are_compared_side_by_side():
    """Law: gross accounts agree long and short apart, not only in their difference."""
    stream = Stream()
    order_id = stream.order("G", lots=2, account="GROSS", offset=Offset.OPEN)
    told = stream.report(order_id, 2, account="GROSS", offset=Offset.OPEN)
    closing = stream.allocated(told, "G", offset=Offset.CLOSE)
    assert "two books" in stream.say(told, stream.booked(told), closing)


def test_lots_for_another_sub_account_than_the_order_s_are_found():
    stream = Stream()
    told = stream.report(stream.order("A"), 3)
    assert stream.say(told, stream.booked(told), stream.allocated(told, "B")) == ["allocation"]


def test_lots_for_nobody_s_book_are_found():
    stream = Stream()
    told = stream.report(stream.order("A"), 3)
    assert "allocation" in stream.say(told, stream.booked(told), stream.allocated(told, "NOBODY"))


def test_a_fill_booked_on_other_terms_than_reported_is_found():
    stream = Stream()
    told = stream.report(stream.order("A"), 3)
    other = stream.booked(told, price_nanos=PRICE + 10**9)
    allocated = stream.allocated(told, "A", price_nanos=PRICE + 10**9)
    assert stream.say(told, other, allocated) == ["fill"]


def test_more_suspense_than_was_suspended_cannot_be_assigned():
    stream = Stream()
    told = stream.report(None, 2)
    stream.say(told, stream.booked(told), stream.suspended(told))
    assert "suspense" in stream.say(assignment(told, 3), assigned(told, 3))


def test_suspense_assigned_at_another_price_is_found():
    stream = Stream()
    told = stream.report(None, 2)
    stream.say(told, stream.booked(told), stream.suspended(told))
    wrong = assigned(told, 2, price_nanos=PRICE + 10**9)
    assert stream.say(assignment(told, 2), wrong) == ["suspense"]


def test_suspense_assigned_across_owners_is_found():
    stream = Stream()
    told = stream.report(None, 2)
    stream.say(told, stream.booked(told), stream.suspended(told))
    assert "owner" in stream.say(assignment(told, 2), assigned(told, 2, sub="C"))


def test_suspense_assigned_by_one_person_is_found():
    stream = Stream()
    told = stream.report(None, 2)
    stream.say(told, stream.booked(told), stream.suspended(told))
    assert stream.say(assignment(told, 2, approved_by=""), assigned(told, 2)) == ["second person"]


def test_variation_off_by_one_micro_is_found():
    stream = Stream()
    stream.hold("A", 3)
    amount = 3 * MOVE + 1
    laws = stream.settle(PRICE + 10**9, [("A", "NET", amount)], [("NET", amount)])
    assert set(laws) == {"variation"}


def test_variation_that_the_broker_did_not_pay_breaks_the_cash_law():
    stream = Stream()
    stream.hold("A", 3)
    laws = stream.settle(PRICE + 10**9, [("A", "NET", 3 * MOVE)], [("NET", 0)])
    assert "variation" in laws
    assert "cash" in laws


def test_variation_is_counted_from_the_last_settlement():
    stream = Stream()
    stream.hold("A", 3)
    assert stream.settle(PRICE + 10**9, [("A", "NET", 3 * MOVE)], [("NET", 3 * MOVE)]) == []
    again = stream.settle(PRICE + 10**9, [("A", "NET", 3 * MOVE)], [("NET", 3 * MOVE)])
    assert set(again) == {"variation", "settled twice"}


def test_a_price_without_its_settlement_is_found():
    stream = Stream()
    stream.hold("A", 3)
    day = {"venue_id": "X", "trading_day": DAY, "source": "exchange"}
    laws = stream.say(
        cm.SettleTradingDay(**day, prices=(cm.PriceMark("CLH8", PRICE + 10**9),)),
        ev.ContractSettled(
            contract_id="CLH8", price_nanos=PRICE, currency="USD", carrying=(), books=()
        ),
    )
    assert "variation" in laws


def test_an_expiry_that_leaves_variation_unpaid_is_found():
    stream = Stream()
    stream.hold("A", 3)
    ended = ev.ContractExpired(contract_id="CLH8", final_price_nanos=PRICE + 10**9)
    asked = cm.ExpireContract(
        contract_id="CLH8", final_price_nanos=PRICE + 10**9, source="exchange"
    )
    assert stream.say(asked, ended) == ["final settlement", "final settlement"]


def test_a_fee_beside_the_schedule_is_found():
    stream = Stream()
    told = stream.report(stream.order("A"), 3)
    wrong = stream.allocated(told, "A", fee_micros=3 * LOT_FEE + 1)
    assert stream.say(told, stream.booked(told), wrong) == ["fee"]


def test_a_transfer_that_empties_the_reserve_is_found():
    stream = Stream()
    amount = 1_001 * USD
    laws = stream.say(transfer(None, "A", amount), transferred("@reserve:FUND", "A", amount))
    assert laws == ["reserve"]


def test_a_transfer_across_owners_is_found():
    stream = Stream()
    laws = stream.say(transfer("A", "C", 5), transferred("A", "C", 5))
    assert "owner" in laws
    assert "cash" in laws


def test_capital_that_moves_without_a_transfer_or_a_plan_is_found():
    stream = Stream()
    assert stream.say(cm.AdvanceTime(), transferred("@reserve:FUND", "A", 5)) == ["capital"]


def test_a_transfer_of_another_amount_than_asked_for_is_found():
    stream = Stream()
    laws = stream.say(transfer(None, "A", 5), transferred("@reserve:FUND", "A", 6))
    assert laws == ["capital"]


def test_a_withdrawal_beyond_the_owner_s_own_cash_is_found():
    """Law: one owner's cash never supports another, also inside one omnibus account."""
    stream = Stream()
    stream.deposit("CLIENT", 7)
    place = {"carrying_account_id": "NET", "owner_id": "CLIENT", "currency": "USD"}
    laws = stream.say(
        cm.WithdrawCash(**place, amount_micros=8, entered_by="a", approved_by="b"),
        ev.CashWithdrawn(**place, amount_micros=8),
    )
    assert laws == ["reserve", "owner cash"]


def test_a_conversion_enters_both_books_in_both_currencies():
    stream = Stream()
    legs = {
        "book_id": "@reserve:FUND",
        "carrying_account_id": "NET",
        "sold_currency": "USD",
        "sold_micros": 11,
        "bought_currency": "EUR",
        "bought_micros": 10,
        "rate_source": "bank",
    }
    asked = cm.ConvertCurrency(**legs, entered_by="a", approved_by="b")
    assert stream.say(asked, ev.CurrencyConverted(**legs)) == []
    alone = cm.ConvertCurrency(**legs, entered_by="a", approved_by="a")
    assert stream.say(alone, ev.CurrencyConverted(**legs)) == ["second person"]


def test_an_opening_book_is_carried_at_its_last_settlement():
    stream = Stream()
    lots = cm.OpeningLots("A", "NET", "CLH8", Side.BUY, 2, PRICE, date(2018, 2, 1), PRICE + 10**9)
    asked = cm.ImportOpeningBook(
        source="old",
        lots=(lots,),
        cash=(),
        lots_total=2,
        cash_totals=(),
        entered_by="a",
        approved_by="b",
    )
    assert stream.say(asked, ev.OpeningBookImported(source="old", lots=(lots,), cash=())) == []
    amount = 2 * MOVE
    assert stream.settle(PRICE + 2 * 10**9, [("A", "NET", amount)], [("NET", amount)]) == []
