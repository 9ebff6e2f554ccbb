"""The broker's add-ons in the engine: concentration beyond free lots, fixed amounts."""

import pytest

from fencang.messages.events import MarginPublished, OrderRejected
from fencang.messages.reasons import Reason
from fencang.refdata.margin_rate import LargerSide
from tests.engine.broker_firm import concentration, fixed
from tests.engine.desk import BUY, SELL, only, stray
from tests.engine.firm import CL, changed, define, money
from tests.engine.rate_book import by_money, rate_of
from tests.engine.span_firm import grant, use_span


def pool(desk, owner="FUND"):
    return desk.state.rates.total(desk.state.pools[owner].standing.requirement)


def share(published, book):
    return next(line.attributed_micros for line in published.lines if line.book_id == book)


@pytest.fixture(params=["percentage", "span", "stated rate"])
def any_desk(desk, request):
    """Return a desk whose CL asks for 2,000 or 3,000 a lot, by each of the three ways."""
    if request.param == "span":
        use_span(desk)
    elif request.param == "stated rate":
        desk.done(define(rate_of("CL", by_money(10), side=LargerSide.NONE)))
    desk.done(define(concentration()))
    return desk


def test_lots_beyond_the_free_ones_are_charged_in_the_pool(any_desk):
    """8 and 8 lots, 10 free: the pool pays 6 × 100, neither account by itself anything."""
    any_desk.trade("ALPHA", BUY, 8, "20")
    alone = any_desk.requirement("ALPHA")
    any_desk.trade("BETA", BUY, 8, "20")
    assert any_desk.requirement("BETA") == alone
    assert pool(any_desk) == 2 * alone + money("600")


def test_months_of_a_product_count_together_and_sides_by_their_size(any_desk):
    """10 lots long in June, 4 short in July: 14 of 10."""
    per_lot = _per_lot(any_desk)
    any_desk.trade("ALPHA", BUY, 10, "20")
    any_desk.trade("BETA", SELL, 4, "20", contract="CLN0")
    charges = any_desk.state.pools["FUND"].add_ons
    assert charges["BIG"].charged_micros == money("400")
    assert any_desk.requirement("ALPHA") == 10 * per_lot


def _per_lot(desk):
    desk.trade("GAMMA", BUY, 1, "20")
    found = desk.requirement("GAMMA")
    desk.trade("GAMMA", SELL, 1, "20")
    return found


def test_orders_are_charged_in_their_worst_case(any_desk):
    """12 to buy, 3 to sell: at most 12 of 10 free."""
    per_lot = _per_lot(any_desk)
    order_id = any_desk.working("ALPHA", BUY, 12, at="20")
    any_desk.working("ALPHA", SELL, 3, at="21")
    assert any_desk.requirement("ALPHA") == 12 * per_lot + money("200")
    any_desk.cancel(order_id)
    any_desk.cancelled(order_id)
    assert any_desk.requirement("ALPHA") == 3 * per_lot


def test_an_order_is_refused_for_the_charge_alone(any_desk):
    """Margin is there, the charge for the eleventh lot is not: two million a lot."""
    any_desk.done(define(concentration(per_lot="2000000"), by="risk", approved_by=""))
    any_desk.trade("ALPHA", BUY, 10, "20")
    rejected = only(any_desk.submit("ALPHA", BUY, 1, at="20"), OrderRejected)
    assert rejected.reason is Reason.MARGIN_SUB_ACCOUNT
    any_desk.done(define(concentration(per_lot="20000000"), by="risk", approved_by=""))
    rejected = only(any_desk.submit("BETA", BUY, 1, at="20"), OrderRejected)
    assert rejected.reason is Reason.MARGIN_POOL


def test_the_charge_is_divided_by_lots(any_desk):
    """12 and 8 lots of 20, 10 free: 1,000 is 600 and 400; shares sum to the pool."""
    any_desk.trade("ALPHA", BUY, 12, "20")
    any_desk.trade("BETA", BUY, 5, "20")
    stray(any_desk, BUY, 3, "20")
    published = only(any_desk.settle(CLM0="20"), MarginPublished)
    found = {line.book_id: line.attributed_micros for line in published.lines}
    per_lot = (found["@pool:FUND"] - money("1000")) // 20
    assert found["ALPHA"] == 12 * per_lot + money("600")
    assert found["BETA"] == 5 * per_lot + money("250")
    assert found["@suspense:C1"] == 3 * per_lot + money("150")
    (account,) = [line for line in published.accounts if line.carrying_account_id == "C1"]
    assert account.add_ons_micros == money("1000")
    assert account.requirement_micros == found["@pool:FUND"]


def test_a_fixed_amount_is_the_holders_and_no_books(desk):
    before = pool(desk)
    desk.done(define(fixed("2500"), by="risk", approved_by=""))
    assert pool(desk) == before + money("2500")
    assert pool(desk, "CLIENT") == 0
    assert desk.requirement("ALPHA") == 0
    desk.trade("ALPHA", BUY, 10, "20")
    published = only(desk.settle(CLM0="20"), MarginPublished)
    assert share(published, "@pool:FUND") == money("22500")
    assert share(published, "ALPHA") == money("22500")  # nobody else has a share to go by
    (account,) = [line for line in published.accounts if line.carrying_account_id == "C1"]
    assert account.add_ons_micros == money("2500")


def test_an_owner_in_an_omnibus_account_has_its_own_free_lots(desk):
    desk.fund("FUNDOMNI", "100000", account="OMNI")
    desk.fund("CLIENT1", "100000", owner="CLIENT", account="OMNI")
    desk.done(define(concentration(account="OMNI")))
    desk.trade("FUNDOMNI", BUY, 8, "20")
    desk.trade("CLIENT1", BUY, 11, "20")
    assert pool(desk) == money("16000")
    assert pool(desk, "CLIENT") == money("22100")


def test_less_of_it_needs_two_persons(desk):
    desk.done(define(concentration(), by="risk", approved_by=""))
    desk.done(define(concentration(free_lots=5, per_lot="150"), by="risk", approved_by=""))
    for cheaper in (
        concentration(free_lots=6, per_lot="150"),
        concentration(free_lots=5, per_lot="149"),
        concentration(free_lots=5, per_lot="150", scope=("CLM0",)),
    ):
        desk.refused(define(cheaper, by="risk", approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.trade("ALPHA", BUY, 10, "20")
    assert desk.requirement("ALPHA") == money("20750")
    desk.done(define(concentration(per_lot="0")))
    assert desk.requirement("ALPHA") == money("20000")


def test_a_grant_reckons_with_the_charge(any_desk):
    """Pool 20 of 10 free pays 1,000 and nobody alone: there is no benefit left to lend."""
    any_desk.trade("ALPHA", BUY, 10, "20")
    any_desk.trade("BETA", BUY, 10, "20")
    any_desk.refused(grant("ALPHA", 1), Reason.BENEFIT_TOO_LARGE)


def test_contracts_listed_later_count(desk):
    desk.done(define(concentration()))
    fresh = changed(desk.state.contracts["CLN0"].contract, contract_id="CLX")
    desk.done(define(fresh, changed(CL, margin_ppm=0)))
    desk.mark(CLX="20")
    desk.trade("ALPHA", BUY, 12, "20", contract="CLX")
    assert desk.requirement("ALPHA") == money("200")


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (concentration(scope=("FDAX",)), "FDAX is quoted in EUR, the add-on in USD"),
        (concentration(scope=("NONE",)), "no contract or product NONE"),
        (concentration(account="NONE"), "no carrying account NONE"),
        (concentration(account="OMNI", scope=("NK",)), "OMNI has no access to"),
        (concentration(scope=("CL", "CL")), "twice"),
        (concentration(scope=()), "need scope_ids"),
        (changed(concentration(), amount_micros=1), "state two add-ons"),
    ],
)
def test_a_faulty_add_on_is_refused_in_words(desk, item, words):
    assert words in desk.refused(define(item), Reason.FAULTY_DEFINITION).detail


def test_a_fixed_amount_in_a_currency_without_a_rate_stops_opening(desk):
    desk.done(define(fixed("100", currency="GBP")))
    rejected = only(desk.submit("ALPHA", BUY, 1, at="20"), OrderRejected)
    assert rejected.reason is Reason.UNKNOWN_CURRENCY_RATE
    desk.rate(GBP="1.25")
    desk.accepted("ALPHA", BUY, 1, at="20")
    assert pool(desk) == money("2125")
