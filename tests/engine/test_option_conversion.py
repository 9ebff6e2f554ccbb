"""Options that become other ones: first they, then what they are on."""

import pytest

from fencang.messages.life_events import ContractConverted
from fencang.messages.reasons import Reason
from tests.engine.desk import BUY, SELL, only
from tests.engine.firm import changed, define, money, price, product
from tests.engine.life_acts import convert, permitted
from tests.engine.option_firm import LOC, LOP, expire, instruct, option_product, use_options


@pytest.fixture
def optioned(desk):
    """ALPHA bought 3 calls at 1.50, BETA sold 2; their halves are defined, on half a future."""
    use_options(desk)
    desk.trade("ALPHA", BUY, 3, "1.50", contract="LOC")
    desk.trade("BETA", SELL, 2, "1.50", contract="LOC")
    half = product("CLH", "NYMEX", "USD", "500", "0.01")
    options = changed(option_product("LOH"), point_value_micros=money("500"))
    terms = {"product_id": "LOH", "underlying_id": "CLX0", "margin_key": ""}
    future = changed(desk.state.contracts["CLN0"].contract, contract_id="CLX0", product_id="CLH")
    call, put = (changed(old, contract_id=f"{old.contract_id}X", **terms) for old in (LOC, LOP))
    desk.done(define(half, options, future, call, put, *permitted(desk, "CLH")))
    desk.done(define(*permitted(desk, "LOH")))
    return desk


def test_premiums_are_not_paid_again(optioned):
    """3 calls that cost 4,500 become 6 of half the size that cost the same; no cash moves."""
    desk = optioned
    desk.done(instruct("ALPHA", 2, 1))
    cash = desk.cash("ALPHA"), desk.cash("BETA"), desk.cash("C1")
    event = only(desk.done(convert("LOC", "LOCX")), ContractConverted)
    assert event.mark_nanos == price("1.50")
    assert (desk.cash("ALPHA"), desk.cash("BETA"), desk.cash("C1")) == cash
    assert (desk.net("ALPHA", "LOCX"), desk.net("BETA", "LOCX")) == (6, -4)
    position = desk.state.subs["ALPHA"].book.positions["C1", "LOCX"]
    assert position.long.cost_micros == money("4500")
    assert position.variation_micros == -money("4500")
    assert desk.state.instructions["ALPHA", "C1", "LOCX"] == (4, 2)


def test_a_future_is_converted_after_its_options(optioned):
    """In the money at 22 the call becomes the new future; 2 of 6 are abandoned."""
    desk = optioned
    for old, new in (("LOC", "LOCX"), ("LOP", "LOPX")):
        refusal = desk.refused(convert(), Reason.CONVERSION_OPTIONS)
        assert "convert it, or let it end, first" in refusal.detail
        desk.done(convert(old, new))
    desk.done(expire("LFC", "20"))
    desk.done(convert())
    desk.done(instruct("ALPHA", 0, 2, "LOCX"))
    desk.done(expire("LOCX", "22"))
    assert (desk.net("ALPHA", "CLX0"), desk.net("BETA", "CLX0")) == (4, -4)


def test_a_strike_is_a_price_and_converts_with_them(optioned):
    desk = optioned
    other = changed(desk.state.contracts["LOCX"].contract, contract_id="LOC40")
    desk.done(define(changed(other, strike_nanos=price("40"))))
    refusal = desk.refused(convert("LOC", "LOC40"), Reason.CONVERSION_CONTRACTS)
    assert refusal.detail == "LOC and LOC40 differ in strike as converted"
    desk.refused(convert("LOC", "LOPX"), Reason.CONVERSION_CONTRACTS)
