"""Rates by account type at the desk: what hedgers are asked for beside speculators.

CN1 is a speculator's account at Shanghai, CN2 a hedger's.  A lot of copper is worth 28,000 dollars
(5 tonnes at 40,000, 0.14 dollars a yuan): 5 % are 1,400, 8 % are 2,240.
"""

from datetime import date

import pytest

from fencang.engine.attribution import attributed_micros
from fencang.messages.events import MarginPublished
from fencang.messages.reasons import Reason
from fencang.refdata.account import AccountType
from fencang.refdata.contract import Contract
from fencang.refdata.margin_rate import LargerSide, LotRate, MarginRate
from tests.engine.desk import BUY, OPEN, SELL, trading_desk
from tests.engine.firm import (
    C1,
    CN1,
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    changed,
    define,
    money,
    product,
    sub_account,
)
from tests.engine.random_desk import Office
from tests.engine.span_firm import use_span
from tests.seeds import seeds

MEMBER, HEDGER, SPECULATOR = AccountType
CN2 = changed(CN1, carrying_account_id="CN2", account_type=HEDGER)
CU07 = Contract(contract_id="CU07", product_id="CU", last_trading_day=date(2020, 4, 28))


def rate(percent, account_type=None, scope="CU", **more):
    """State a percentage of both sides from Monday on."""
    lot = LotRate(ratio_ppm=percent * 10_000)
    fields = {"from_day": MONDAY, "long": lot, "short": lot, "account_type": account_type}
    return MarginRate(scope_id=scope, **{**fields, **more})


EIGHT, FIVE = rate(8), rate(5, HEDGER)


@pytest.fixture
def desk():
    """ALPHA trades copper through CN1, HEDGE through CN2."""
    desk = trading_desk(CN2, sub_account("HEDGE", routes={"SHFE": "CN2"}), CU07)
    desk.fund("HEDGE", "100000")
    desk.mark(CU06="40000", CU07="40000")
    return desk


def opened(desk, sub, side, lots, contract="CU06"):
    desk.trade(sub, side, lots, "40000", contract=contract, offset=OPEN)


def asks(desk, alpha, hedge):
    """Assert what both ask for, in percent of a lot's value, and that the pool asks for the sum."""
    one, two = alpha * money("280"), hedge * money("280")
    assert (desk.requirement("ALPHA"), desk.requirement("HEDGE")) == (one, two)
    pool = desk.state.pools["FUND"]
    assert desk.state.rates.total(pool.standing.requirement) == one + two
    shares = attributed_micros(desk.state, pool)
    assert (shares["ALPHA"], shares["HEDGE"]) == (one, two)


def test_every_account_is_asked_for_the_rate_of_its_type(desk):
    desk.done(define(EIGHT, FIVE))
    opened(desk, "ALPHA", BUY, 3)
    opened(desk, "HEDGE", BUY, 4)
    asks(desk, 3 * 8, 4 * 5)
    desk.accepted("ALPHA", BUY, 1, "CU06", "40000", offset=OPEN)
    desk.accepted("HEDGE", BUY, 2, "CU06", "40000", offset=OPEN)
    asks(desk, 4 * 8, 6 * 5)
    desk.mark(CU06="80000")
    asks(desk, 2 * 4 * 8, 2 * 6 * 5)


def test_an_order_passes_at_the_rate_of_its_account(desk):
    """100,000 dollars are 71 lots of a hedger, 44 of a speculator."""
    desk.done(define(EIGHT, FIVE, sub_account("SMALL", routes={"SHFE": "CN1"})))
    desk.fund("SMALL", "100000")
    desk.accepted("HEDGE", BUY, 71, "CU06", "40000", offset=OPEN)
    refused = desk.submit("SMALL", BUY, 45, "CU06", "40000", offset=OPEN)[0]
    assert refused.reason is Reason.MARGIN_SUB_ACCOUNT
    desk.accepted("SMALL", BUY, 44, "CU06", "40000", offset=OPEN)


def test_a_rate_for_all_counts_for_every_type(desk):
    desk.done(define(EIGHT))
    opened(desk, "ALPHA", BUY, 3)
    opened(desk, "HEDGE", BUY, 4)
    asks(desk, 3 * 8, 4 * 8)


def test_stages_of_a_type_begin_with_their_day(desk):
    desk.done(define(EIGHT, rate(6, HEDGER, from_day=TUESDAY), rate(9, from_day=WEDNESDAY)))
    opened(desk, "ALPHA", BUY, 3)
    opened(desk, "HEDGE", BUY, 4)
    asks(desk, 3 * 8, 4 * 8)
    for day, next_day, alpha, hedge in (
        (MONDAY, TUESDAY, 3 * 8, 4 * 6),
        (TUESDAY, WEDNESDAY, 3 * 9, 4 * 6),
    ):
        desk.settle(day, "SHFE", CU06="40000", CU07="40000")
        desk.next_day(next_day, "SHFE")
        asks(desk, alpha, hedge)


def test_the_larger_side_is_that_of_one_account_whatever_its_type(desk):
    sides = {"larger_side": LargerSide.PRODUCT}
    desk.done(define(rate(8, **sides), rate(5, HEDGER, **sides)))
    for sub, long, short in (("ALPHA", BUY, SELL), ("HEDGE", SELL, BUY)):
        opened(desk, sub, long, 5)
        opened(desk, sub, short, 3, "CU07")
    asks(desk, 5 * 8, 5 * 5)


def test_a_type_may_have_a_larger_side_where_others_have_none(desk):
    desk.done(define(EIGHT, rate(5, HEDGER, larger_side=LargerSide.PRODUCT)))
    for sub in ("ALPHA", "HEDGE"):
        opened(desk, sub, BUY, 5)
        opened(desk, sub, SELL, 3, "CU07")
    asks(desk, 8 * 8, 5 * 5)


def test_a_contracts_rate_for_one_type_leaves_the_others_their_products(desk):
    """As near delivery: speculators are asked for more of that month alone."""
    desk.done(define(EIGHT, FIVE, rate(20, SPECULATOR, "CU07")))
    for sub in ("ALPHA", "HEDGE"):
        opened(desk, sub, BUY, 2)
        opened(desk, sub, BUY, 1, "CU07")
    asks(desk, 2 * 8 + 20, 2 * 5 + 5)


def test_rates_that_are_stated_while_lots_are_open_take_them_along(desk):
    """Without a stated rate the product asks 10 %, of hedgers too."""
    opened(desk, "ALPHA", BUY, 3)
    opened(desk, "HEDGE", BUY, 4)
    desk.accepted("HEDGE", BUY, 1, "CU06", "40000", offset=OPEN)
    asks(desk, 3 * 10, 5 * 10)
    desk.done(define(EIGHT))
    asks(desk, 3 * 8, 5 * 8)
    desk.done(define(FIVE))
    asks(desk, 3 * 8, 5 * 5)
    desk.done(define(rate(4, HEDGER)))
    asks(desk, 3 * 8, 5 * 4)


@pytest.mark.parametrize("uses_span", [False, True])
def test_an_account_that_changes_its_type_takes_its_lots_along(desk, uses_span):
    if uses_span:
        use_span(desk)
    desk.done(define(EIGHT, FIVE, rate(7, MEMBER)))
    opened(desk, "ALPHA", BUY, 3)
    opened(desk, "HEDGE", BUY, 4)
    desk.accepted("ALPHA", BUY, 1, "CU06", "40000", offset=OPEN)
    desk.done(define(changed(CN1, account_type=MEMBER)))
    asks(desk, 4 * 7, 4 * 5)
    desk.done(define(changed(CN1, account_type=HEDGER), changed(CN2, account_type=SPECULATOR)))
    asks(desk, 4 * 5, 4 * 8)
    desk.mark(CU06="80000")
    asks(desk, 2 * 4 * 5, 2 * 4 * 8)


def test_an_account_of_a_type_that_the_desk_had_none_of_joins_in(desk):
    desk.done(define(EIGHT, FIVE, rate(7, MEMBER)))
    opened(desk, "ALPHA", BUY, 3)
    opened(desk, "HEDGE", BUY, 4)
    own = changed(CN1, carrying_account_id="CN3", account_type=MEMBER)
    desk.done(define(own, sub_account("HOUSE", routes={"SHFE": "CN3"})))
    desk.fund("HOUSE", "100000")
    opened(desk, "HOUSE", BUY, 1)
    assert desk.requirement("HOUSE") == 7 * money("280")
    assert desk.requirement("ALPHA") == 3 * 8 * money("280")


def test_a_contract_is_flagged_where_the_rate_of_one_type_asks_for_nothing(desk):
    """At a price of zero hedgers' percentage is nothing; the amount by volume of the rest stays."""
    lot = LotRate(amount_micros=money("1000"))
    desk.done(define(rate(8, None, "CL", long=lot, short=lot), rate(5, HEDGER, "CL")))
    desk.trade("ALPHA", BUY, 1, "20")
    for account_type, flags in ((SPECULATOR, ()), (HEDGER, ("CLM0: marked at 0",))):
        desk.done(define(changed(C1, account_type=account_type), changed(CN2, account_type=MEMBER)))
        day = date.fromordinal(desk.state.venues["NYMEX"].today)
        events = desk.settle(day, CLM0="0", CLN0="20", CLZ0="30", CLK0="10", ESM0="3000")
        found = next(event for event in events if isinstance(event, MarginPublished)).flags
        assert [flag.split(",")[0] for flag in found] == list(flags)
        desk.next_day(date.fromordinal(day.toordinal() + 1))


LEFT_OUT = "from 2020-04-20 on; state a rate for every account type, or one for all"


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ((FIVE,), f"member and speculator accounts have no rate of CU {LEFT_OUT}"),
        ((FIVE, rate(8, from_day=TUESDAY)), f"speculator accounts have no rate of CU {LEFT_OUT}"),
        ((FIVE, rate(8, SPECULATOR)), f"member accounts have no rate of CU {LEFT_OUT}"),
        ((rate(5, HEDGER, "CU06"), rate(8, None, "CU07")), "speculator accounts have no rate"),
        ((rate(5, HEDGER), rate(8, None, "CU06")), "speculator accounts have no rate"),
        ((EIGHT, FIVE, rate(6, HEDGER)), "CU 2020-04-20 hedger is defined more than once"),
    ],
)
def test_rates_that_leave_out_accounts_of_a_type_are_refused(desk, items, words):
    assert words in desk.refused(define(*items), Reason.FAULTY_DEFINITION).detail


def test_what_leaves_nobody_out_may_come_in_parts_and_in_any_order(desk):
    desk.done(define(FIVE, rate(8, SPECULATOR), rate(7, MEMBER)))
    desk.done(define(rate(6, HEDGER, from_day=TUESDAY)))
    desk.done(define(rate(6, HEDGER, "CU07")))
    desk.refused(define(rate(8, SPECULATOR, "CL")), Reason.FAULTY_DEFINITION)
    desk.done(define(rate(8, SPECULATOR, "CL"), rate(9, scope="CL")))


def test_a_product_may_not_take_the_name_of_a_contract_whose_rates_leave_accounts_out(desk):
    """Above a contract's own rates are its product's; above a product's there is nothing."""
    desk.done(define(EIGHT, rate(5, HEDGER, "CU06")))
    named_alike = product("CU06", "SHFE", "CNY", "5", "10")
    refusal = desk.refused(define(named_alike), Reason.FAULTY_DEFINITION)
    assert "speculator accounts have no rate of CU06" in refusal.detail
    desk.done(define(named_alike, rate(8, scope="CU06")))


@pytest.mark.parametrize("seed", seeds(2, of=3))
def test_a_careless_office_breaks_no_law_while_accounts_change_their_types(seed):
    office = Office(seed, uses_span=seed == 2)
    sides = {"larger_side": LargerSide.PRODUCT}
    office.desk.done(
        define(
            *(rate(8, scope=scope, **sides) for scope in ("CU", "CL")),
            *(rate(5, HEDGER, scope, **sides) for scope in ("CU", "CL")),
            rate(7, MEMBER, "CL", from_day=TUESDAY),
            rate(20, SPECULATOR, "CLM0", from_day=TUESDAY),
            changed(office.desk.state.carrying["C1"].account, account_type=HEDGER),
        )
    )
    for step in range(300):
        office.step()
        if step % 15 == 0:
            account = office.desk.state.carrying[
                office.chance.choice(("C1", "CN1", "OMNI"))
            ].account
            account_type = office.chance.choice((MEMBER, HEDGER, SPECULATOR))
            office.desk.done(define(changed(account, account_type=account_type)))
