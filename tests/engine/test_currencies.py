"""Cash stays in its own currency; the base currency only values it, prudently."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import CommandRejected, FillSuspended, OverGrantedChanged
from fencang.messages.reasons import Reason
from fencang.refdata.desk import DeskSettings
from tests.engine.acts import opening, opening_lots
from tests.engine.desk import (
    BUY,
    OPEN,
    SELL,
    all_of,
    convert,
    kinds,
    only,
    order,
    trading_desk,
    transfer,
)
from tests.engine.firm import TUESDAY, changed, define, money, product


def test_each_contract_pays_variation_in_its_own_currency(desk):
    """2 DAX at 25 EUR, 3 Nikkei at 1,000 JPY, 4 copper at 5 CNY and 10 CNY of fee a lot."""
    desk.trade("ALPHA", BUY, 2, "10000", contract="FDAX")
    desk.trade("BETA", BUY, 3, "20000", contract="NKM0")
    desk.trade("GAMMA", BUY, 4, "40000", contract="CU06", offset=OPEN)
    desk.settle(venue="EUREX", FDAX="10010.5")
    desk.settle(venue="OSE", NKM0="19995")
    desk.settle(venue="SHFE", CU06="40030")
    assert desk.cash("ALPHA", "EUR") == money("525")
    assert desk.cash("BETA", "JPY") == money("-15000")
    assert desk.cash("GAMMA", "CNY") == money("600") - money("40")
    assert desk.cash("CN1", "CNY") == money("560")
    assert desk.equity("ALPHA") == money("1000577.50")
    assert desk.equity("BETA") == money("999850")
    assert desk.equity("GAMMA") == money("1000078.40")
    assert [desk.cash(sub) for sub in ("ALPHA", "BETA", "GAMMA")] == [money("1000000")] * 3


def test_margin_of_a_foreign_contract_is_asked_in_base_currency(desk):
    desk.accepted("ALPHA", BUY, 1, "FDAX", "10000")  # 10 % of 250,000 EUR at 1.1
    assert desk.requirement("ALPHA") == money("27500")


def test_a_new_rate_moves_equity_and_margin_and_can_over_grant(desk):
    desk.trade("ALPHA", BUY, 35, "20000", contract="NKM0")
    desk.done(transfer(None, "GAMMA", "7000000"))
    desk.mark(NKM0="17000")  # −105m JPY = −1.05m USD
    assert desk.equity("ALPHA") == money("-50000")
    assert desk.state.pools["FUND"].is_over_granted
    changed_ = only(desk.rate(JPY="0.009"), OverGrantedChanged)
    assert (changed_.is_over_granted, desk.equity("ALPHA")) == (False, money("55000"))


def test_the_haircut_lowers_foreign_credits_and_raises_foreign_debits(desk):
    desk.done(define(DeskSettings(currency_haircut_ppm=50_000)))
    desk.done(convert("ALPHA", "550000 USD", "500000 EUR"))
    desk.done(convert("BETA", "550000 USD", "500000 EUR"))
    desk.done(convert("BETA", "500000 EUR", "550000 USD"))
    assert desk.equity("ALPHA") == desk.equity("BETA") == money("1000000")
    standing, rates = desk.state.subs["ALPHA"].standing, desk.state.rates
    assert standing.available_micros(rates) == money("972500")  # 5 % of 550,000 is not counted
    desk.trade("BETA", BUY, 1, "10000", contract="FDAX")
    desk.mark(FDAX="9960")  # −1,000 EUR = −1,100 USD, counted as −1,155
    standing = desk.state.subs["BETA"].standing
    need = money("27390")
    assert standing.available_micros(rates) == money("1000000") - money("1155") - need


def test_a_conversion_is_a_double_entry_in_book_and_account(desk):
    desk.done(convert("ALPHA", "110 USD", "99.5 EUR"))
    assert (desk.cash("ALPHA"), desk.cash("ALPHA", "EUR")) == (money("999890"), money("99.5"))
    assert (desk.cash("C1"), desk.cash("C1", "EUR")) == (money("9999890"), money("99.5"))


def test_a_conversion_never_takes_the_reserve_below_zero(desk):
    """Law: the reserve is never negative; the account's other cash belongs to sub-accounts."""
    desk.refused(
        convert("@reserve:FUND", "7000000.000001 USD", "6000000 EUR"), Reason.CASH_TOO_SMALL
    )
    desk.done(convert("@reserve:FUND", "7000000 USD", "6300000 EUR"))
    assert desk.reserve() == 0


def test_a_bad_conversion_over_grants_at_once(desk):
    """Selling a million dollars for one euro is a loss like any other."""
    desk.done(transfer(None, "GAMMA", "7000000"))
    desk.trade("ALPHA", BUY, 100, "20")
    desk.mark(CLM0="11")
    assert not desk.state.pools["FUND"].is_over_granted
    events = desk.do(convert("ALPHA", "990000 USD", "1 EUR"))
    if not isinstance(events[0], CommandRejected):
        assert only(events, OverGrantedChanged).is_over_granted


def test_manual_rates_need_two_persons_and_feeds_none(desk):
    rate = (cmd.RateMark("EUR", 1_200_000_000),)
    manual = cmd.MarkRates(source="manual", rates=rate, entered_by="ops")
    desk.refused(manual, Reason.SECOND_PERSON_REQUIRED)
    desk.done(changed(manual, approved_by="boss"))
    desk.done(cmd.MarkRates(source="bank", rates=rate))


SEK = product("SEKX", "NYMEX", "SEK", "100", "1")


@pytest.fixture
def swedish():
    """A desk with a contract in a currency that nobody has valued yet."""
    desk = trading_desk()
    contract = changed(desk.state.contracts["CLM0"].contract, contract_id="SEK1", product_id="SEKX")
    desk.done(define(SEK, contract))
    return desk


@pytest.mark.parametrize("haircut_ppm", [0, 50_000])
def test_a_fill_without_a_rate_is_kept_and_only_opening_waits_for_one(swedish, haircut_ppm):
    """Law: nothing a venue executed is ever dropped, whatever the desk has not been told yet."""
    desk = swedish
    desk.trade("ALPHA", BUY, 2, "20")
    desk.done(define(DeskSettings(currency_haircut_ppm=haircut_ppm)))
    stray_fill = cmd.ReportFill(
        carrying_account_id="C1",
        execution_id="S",
        order_id=None,
        contract_id="SEK1",
        side=BUY,
        quantity_lots=3,
        price_nanos=100_000_000_000,
    )
    assert len(all_of(desk.do(stray_fill), FillSuspended)) == 1
    desk.mark(SEK1="101")
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.UNKNOWN_CURRENCY_RATE)
    assert desk.submit("ALPHA", SELL, 2, at="20")[0].is_reducing
    desk.settle(SEK1="90")
    desk.rate(SEK="0.1")
    desk.done(order("ALPHA", BUY, 1, at="20"))
    desk.next_day(TUESDAY)
    assert desk.cash("@suspense:C1", "SEK") == money("-3000")


def test_opening_lots_in_a_currency_without_a_rate_are_refused(swedish):
    lots = opening_lots(contract="SEK1", at="100", carried="100")
    refusal = swedish.refused(opening(lots=(lots,)), Reason.FAULTY_DEFINITION)
    assert "SEK" in refusal.detail


def test_the_rate_of_the_base_currency_is_one(desk):
    rates = (cmd.RateMark("USD", 2_000_000_000),)
    desk.refused(cmd.MarkRates(source="bank", rates=rates), Reason.UNKNOWN_REFERENCE)
    assert kinds(desk.rate(EUR="1.2")) == ["RatesMarked"]
