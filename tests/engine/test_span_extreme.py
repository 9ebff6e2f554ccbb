"""The eleven extreme scenarios inside the engine: negative oil first, nothing stops, nothing lies.

Every command runs under the harness of ``desk.py``: all laws hold after it, a follower and a twin
stand at the same hash.  ``tests/margin/test_extreme_scenarios.py`` holds the same scenarios
against the margin programs alone, and those that the engine has no part in.
"""

import hashlib
from datetime import date
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.basics.price import format_price
from fencang.engine.machine import MachineMaker
from fencang.messages import commands as cmd
from fencang.messages.events import (
    MarginPublished,
    OrderAccepted,
    OrderRejected,
    OverGrantedChanged,
    SpanParametersActivated,
)
from fencang.messages.reasons import Reason
from fencang.refdata.contract import Contract
from fencang.refdata.desk import DeskSettings
from tests.engine import desk as harness
from tests.engine.desk import (
    BUY,
    SELL,
    START_NS,
    Desk,
    all_of,
    only,
    transfer,
)
from tests.engine.firm import (
    CL,
    CONTRACTS,
    DAY,
    FIRM,
    MONDAY,
    TUESDAY,
    changed,
    define,
    money,
    price,
    rule,
    sub_account,
)
from tests.engine.span_firm import JUNE, activate, grant, load, use_span
from tests.margin.extreme_books import (
    BLOBS,
    CL_JUNE,
    CL_MAY,
    CONTRACT_KEYS,
    FLOORED,
    INITIAL_E3,
    SHA256,
    WTI,
    asked,
)

SUBS = ("ALPHA", "BETA", "GAMMA")
OIL = (
    Contract(contract_id="CLK0", product_id="CL", last_trading_day=TUESDAY, margin_key=CL_MAY),
    Contract(contract_id="CLM0", product_id="CL", margin_key=CL_JUNE),
)
OTHERS = tuple(found for found in CONTRACTS if found.contract_id not in CONTRACT_KEYS)


@pytest.fixture
def oil(monkeypatch):
    monkeypatch.setattr(harness, "MAKER", MachineMaker(BLOBS))
    return oil_desk()


def oil_desk():
    """Return a desk on the evening of 14 April 2020: a file in force, a million for each."""
    desk = Desk()
    desk.now_ns = START_NS - 6 * DAY
    desk.done(define(*(item for item in FIRM if item not in CONTRACTS), *OIL, *OTHERS))
    desk.rate(EUR="1.1", JPY="0.01", CNY="0.14")
    desk.deposit("10000000")
    for sub in SUBS:
        desk.done(transfer(None, sub, "1000000"))
    desk.mark(CLK0="20.11", CLM0="26.50")
    evening(desk, WTI[0])
    return desk


def evening(desk, of_day):
    """Put the file of an evening in force; one of an earlier day has a second person."""
    sha256 = SHA256[of_day.day]
    desk.done(load(sha256, of_day.day))
    return only(desk.done(activate(sha256, approved_by="boss")), SpanParametersActivated)


def open_day(desk, day):
    """Open New York for a day, at midnight UTC."""
    venue = desk.state.venues["NYMEX"]
    if venue.is_open:
        desk.done(cmd.CloseSession(venue_id="NYMEX"))
    desk.now_ns = max(desk.now_ns, START_NS + (day - MONDAY).days * DAY)
    desk.open("NYMEX", day)


def settle(desk, of_day):
    """Settle a day at its prices; return what was published."""
    prices = {"CLM0": of_day.june} | ({"CLK0": of_day.may} if of_day.may is not None else {})
    return only(desk.settle(of_day.day, **prices), MarginPublished)


def expire(desk, contract, final):
    return desk.done(
        cmd.ExpireContract(contract_id=contract, final_price_nanos=price(final), source="feed")
    )


def need(desk, owner="FUND"):
    """Return the pool's requirement."""
    return desk.state.rates.total(desk.state.pools[owner].standing.requirement)


def bound(desk, sub):
    """Return what a sub-account must hold itself: its requirement less what is granted."""
    return desk.state.subs[sub].standing.need_micros(desk.state.rates)


def agrees(desk):
    """Assert that engine, reference and fast program ask for the same of every book and pool."""
    active = desk.state.span_sets["NYMEX"].active.sha256
    pool = dict.fromkeys(CONTRACT_KEYS, 0)
    for sub in SUBS:
        held = {contract: desk.net(sub, contract) for contract in CONTRACT_KEYS}
        pool = {contract: lots + held[contract] for contract, lots in pool.items()}
        assert desk.requirement(sub) == asked(active, held), sub
    assert need(desk) == asked(active, pool)


def account_of(published, carrying_id="C1"):
    """Return an owner's line of a carrying account in dollars; a negative excess is a call."""
    found = [
        line
        for line in published.accounts
        if (line.carrying_account_id, line.owner_id) == (carrying_id, "FUND")
    ]
    (line,) = [line for line in found if line.currency == "USD"]
    return line


# ------------------------------------------------------------------- 1: 15 to 24 April 2020


class Evening(NamedTuple):
    """Equity and requirement of each book, and the pool's requirement, under the new file."""

    equity: tuple[str, str, str]
    need: tuple[str, str, str]
    pool: str


MILLION = "1000000"
EVENINGS = {
    15: Evening((MILLION, MILLION, MILLION), ("73700", "4620", "0"), "73700"),
    16: Evening((MILLION, "997000", MILLION), ("82500", "4620", "0"), "82500"),
    17: Evening(("984000", "1003600", MILLION), ("82500", "4620", "0"), "82500"),
    20: Evening(("425000", "1312000", "858960"), ("82500", "4620", "66000"), "148500"),
    21: Evening(("901400", "972160", "1240000"), ("0", "56100", "0"), "56100"),
    22: Evening(("901400", "987160", "1240000"), ("0", "56100", "0"), "56100"),
    23: Evening(("901400", "1002160", "1240000"), ("0", "66000", "0"), "66000"),
    24: Evening(("901400", "1005160", "1240000"), ("0", "66000", "0"), "66000"),
}


def trades_of(desk, day):
    """Do what the three books do on a day; May may be bought and sold until the 21st."""
    if day.day == 15:
        desk.trade("ALPHA", BUY, 10, "19.87", contract="CLK0")
        desk.trade("BETA", SELL, 6, "19.87", contract="CLK0")
        desk.trade("BETA", BUY, 6, "26.00")
    elif day.day == 20:
        for mark in ("10", "0.01", "0", "-0.01", "-10"):
            desk.mark(CLK0=mark)
        desk.trade("GAMMA", BUY, 4, "-10.00", contract="CLK0")
        order = desk.working("GAMMA", BUY, 4, contract="CLK0", at="-30.00")
        assert desk.requirement("GAMMA") == 8 * money("8250")
        desk.mark(CLK0="-40.32")
        desk.fill(order, 4, "-30.00")
    elif day.day == 21:
        desk.trade("GAMMA", SELL, 8, "10.00", contract="CLK0")


def test_1_april_2020_day_by_day(oil):
    """Scenario 1.  Asserted: every balance and requirement of 15-24 April to the micro.

    ALPHA is long 10 May from 19.87; BETA short 6 May from 19.87, long 6 June from 26.00; GAMMA
    buys 4 + 4 May below zero, at -10.00 and -30.00 (mean -20.00), and sells at 10.00.

    Equity: the 20th takes 55.90 × 1,000 × 10 = 559,000 from ALPHA (984,000 → 425,000), brings BETA
    6,000 × (55.90 - 4.50) = 308,400 and costs GAMMA 8,000 × 17.63 = 141,040.  The 21st (10.01,
    June 11.50): ALPHA + 47.64 × 10,000, BETA - 6,000 × (47.64 + 9.00) = -339,840, GAMMA ends at
    8,000 × (10.00 + 20.00) = + 240,000.  After that June moves 2.50, 2.50, 0.50 × 6,000.

    Requirement, initial = 1.1 × maintenance, by the file of the evening: a lot is 7,370, from the
    file of the 16th 8,250, of the 21st 9,350, of the 23rd 11,000: raised three times in six
    sessions.  BETA's spread: scan 0, 6 × 700 × 1.1 = 4,620, until May expires.  The pool nets: on
    the 20th 10 - 6 + 8 May and 6 June, 18 × 8,250 = 148,500.
    """
    for of_day in WTI[1:]:
        open_day(oil, of_day.day)
        trades_of(oil, of_day.day)
        settle(oil, of_day)
        if of_day.day == TUESDAY:
            expire(oil, "CLK0", of_day.may)
        evening(oil, of_day)
        wanted = EVENINGS[of_day.day.day]
        for sub, equity, requirement in zip(SUBS, wanted.equity, wanted.need, strict=True):
            assert oil.equity(sub) == oil.cash(sub) == money(equity), (of_day.day, sub)
            assert oil.requirement(sub) == money(requirement), (of_day.day, sub)
        assert need(oil) == money(wanted.pool), of_day.day
        agrees(oil)


def test_1_an_average_price_below_zero_is_kept_and_realised(oil):
    """Scenario 1.  Asserted: 4 at -10.00 and 4 at -30.00 cost -160,000, -20,000 a lot.

    Selling 3 (oldest first) at -5.00 realises 3 × 1,000 × (-5 + 10) = 15,000; the 5 left cost
    -10,000 - 4 × 30,000 = -130,000 and are worth 5 × -37,630 = -188,150 at the settlement.
    """
    open_day(oil, MONDAY)
    oil.mark(CLK0="-10")
    for at in ("-10.00", "-30.00"):
        oil.trade("GAMMA", BUY, 4, at, contract="CLK0")
    position = oil.state.subs["GAMMA"].book.positions["C1", "CLK0"]
    assert position.long.cost_micros == money("-160000")
    oil.trade("GAMMA", SELL, 3, "-5.00", contract="CLK0")
    assert position.realised_micros == money("15000")
    assert position.long.cost_micros == money("-130000")
    settle(oil, WTI[4])
    assert position.unrealised_micros(CL, price("-37.63")) == money("-58150")
    assert oil.cash("GAMMA") == money("1000000") + money("15000") - money("58150")


# -------------------------------------------------------------------------- 2: through the engine


def test_2_a_file_with_a_settlement_below_zero_margins_like_any_other(oil):
    """Scenario 2.  Asserted: the file of the 20th (-37.63, sign in column 118) is put in force.

    Its array is the one of the 17th, so 10 lots keep asking for 10 × 8,250 = 82,500.
    """
    open_day(oil, MONDAY)
    oil.trade("ALPHA", BUY, 10, "18.27", contract="CLK0")
    for of_day in (WTI[3], WTI[4]):
        assert evening(oil, of_day).uncovered == ()
        assert oil.requirement("ALPHA") == money("82500")
        agrees(oil)


# ----------------------------------------------------------------- 4: shares of a price below zero


def test_4_leverage_counts_the_absolute_value(desk):
    """Scenario 4.  Asserted: at -37.63 a lot counts 37,630 of gross value, and zero counts nothing.

    Twice 1,000,000 allow 53 lots (1,994,390), not 54 (2,032,020); equity 0 is no divisor.
    """
    desk.done(define(FLOORED, sub_account("ALPHA", tags=("cut",), leverage_max_ppm=2_000_000)))
    desk.mark(CLM0="-37.63")
    rejected = only(desk.submit("ALPHA", BUY, 54, at="-37.63"), OrderRejected)
    assert rejected.reason is Reason.LEVERAGE
    assert (rejected.limit, rejected.value) == (money("2000000"), money("2032020"))
    desk.accepted("ALPHA", BUY, 53, at="-37.63")
    desk.mark(CLM0="0")
    desk.done(define(sub_account("EMPTY")))
    rejected = only(desk.submit("EMPTY", BUY, 1, at="0"), OrderRejected)
    assert (rejected.reason, rejected.value) == (Reason.MARGIN_SUB_ACCOUNT, money("7500"))


@pytest.mark.parametrize(
    ("mark", "sell", "buy"),
    [("-37.63", "-38.38", "-36.88"), ("0", "-0.20", "0.20"), ("0.01", "-0.19", "0.21")],
)
def test_4_a_rules_reduction_is_priced_inside_its_band_below_zero(desk, mark, sell, buy):
    """Scenario 4.  Asserted: the band is 2 % of |mark|, at least 20 ticks, to the right side.

    -37.63: 2 % is 0.7526; a sale may go to -38.3826 → -38.38, a purchase to -36.8774 → -36.88.
    At 0 and 0.01 two percent are nothing, and 0.20 either way hold.
    """
    desk.done(define(rule(), FLOORED))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("BETA", SELL, 10, "20")
    desk.mark(CLM0=mark)
    desk.vix("20", close=True)
    desk.vix("21")
    slices = [order for order in desk.state.orders.values() if order.block is not None]
    limits = {order.terms.side: order.limit_price_nanos for order in slices}
    assert limits == {SELL: price(sell), BUY: price(buy)}
    assert all(order.quantity_lots == 5 for order in slices)


# --------------------------------------------------------------------------- 5: the gap at the open


def gap(desk, reserve_left):
    """ALPHA holds 100 May at the margin of the 17th, the market opens 55.90 lower."""
    evening(desk, WTI[3])
    open_day(desk, MONDAY)
    desk.mark(CLK0="18.27")
    desk.trade("ALPHA", BUY, 100, "18.27", contract="CLK0")
    if reserve_left < 7_000_000:
        desk.done(transfer(None, "GAMMA", str(7_000_000 - reserve_left)))
    assert desk.requirement("ALPHA") == money("825000")
    return desk.mark(CLK0="-37.63")


def test_5_a_gap_of_seven_and_a_half_ranges_is_paid_by_the_reserve(oil):
    """Scenario 5.  Asserted: 5,590,000 lost on 825,000 of margin; the reserve of 7,000,000 stands.

    55,900 a lot are 7.45 times 7,500, where the extreme scenarios cover 3 × 0.33.  ALPHA is at
    -4,590,000; nobody else's capital is touched, and the owner is not over-granted.
    """
    assert all_of(gap(oil, 7_000_000), OverGrantedChanged) == []
    assert oil.equity("ALPHA") == money("-4590000")
    assert (oil.equity("BETA"), oil.reserve()) == (money("1000000"), money("7000000"))
    pool = oil.state.pools["FUND"].standing
    assert pool.equity_micros(oil.state.rates) == money("10000000") - money("5590000")
    rejected = only(oil.submit("ALPHA", BUY, 1, contract="CLK0", at="-37.63"), OrderRejected)
    assert rejected.reason is Reason.LEVERAGE
    agrees(oil)


def test_5_beyond_the_reserve_the_owner_is_over_granted_and_only_reduces(oil):
    """Scenario 5.  Asserted: with 3,000,000 in reserve 1,590,000 would be other books' capital.

    Opening is blocked for every book of the owner; ALPHA may sell what it holds, and is flat
    without requirement.  No order is sent by itself: rules and the ladder of limits do that.
    """
    changed_ = only(gap(oil, 3_000_000), OverGrantedChanged)
    assert changed_.is_over_granted
    assert changed_.uncovered_micros == money("1590000")
    for sub in ("BETA", "GAMMA"):
        rejected = only(oil.submit(sub, BUY, 1, at="25.00"), OrderRejected)
        assert rejected.reason is Reason.OVER_GRANTED
    oil.trade("ALPHA", SELL, 100, "-37.63", contract="CLK0")
    assert (oil.requirement("ALPHA"), need(oil)) == (0, 0)
    assert oil.equity("ALPHA") == money("-4590000")
    cleared = only(oil.deposit("1590000"), OverGrantedChanged)
    assert (cleared.is_over_granted, cleared.uncovered_micros) == (False, 0)


def test_5_each_carrying_account_is_called_for_itself(oil):
    """Scenario 5.  Asserted: OMNI is called 1,083,000 while C1 has an excess of 3,585,000.

    C1: 10,000,000 - 100 × 55,900 = 4,410,000, less 825,000.  OMNI: 200,000 - 20 × 55,900 =
    -918,000, less 20 × 8,250 = 165,000.  One account's excess is no money in the other.
    """
    oil.fund("FUNDOMNI", "200000", account="OMNI")
    evening(oil, WTI[3])
    open_day(oil, MONDAY)
    oil.mark(CLK0="18.27")
    oil.trade("FUNDOMNI", BUY, 20, "18.27", contract="CLK0")
    oil.trade("ALPHA", BUY, 100, "18.27", contract="CLK0")
    published = settle(oil, WTI[4])
    own, omnibus = account_of(published), account_of(published, "OMNI")
    assert (own.requirement_micros, own.excess_micros) == (money("825000"), money("3585000"))
    assert omnibus.requirement_micros == money("165000")
    assert omnibus.excess_micros == money("-1083000")
    lines = {line.book_id: line for line in published.lines}
    assert lines["FUNDOMNI"].equity_micros == money("-918000")
    assert lines["@pool:FUND"].requirement_micros == money("990000")


# ------------------------------------------------------------------------------- 6: the stale feed


def test_6_a_stuck_price_of_one_cent_lowers_no_margin(oil):
    """Scenario 6.  Asserted today: SPAN's requirement does not look at the mark, cash neither.

    ALPHA holds 10 from 18.27, settled at -37.63; the feed then sticks at 0.01.  82,500 stay asked
    for; the equity shown follows the mark (+ 37.64 × 10,000) until the next settlement takes it
    back to the micro.  A later issue (pre-trade ladder: stale data, price collar) will take the
    worse of mark and settlement and block opening orders on a price that does not move.
    """
    evening(oil, WTI[3])
    open_day(oil, MONDAY)
    oil.trade("ALPHA", BUY, 10, "18.27", contract="CLK0")
    settle(oil, WTI[4])
    settled = money("441000")
    assert oil.cash("ALPHA") == oil.equity("ALPHA") == settled
    open_day(oil, TUESDAY)
    oil.mark(CLK0="0.01")
    contract = oil.state.contracts["CLK0"]
    assert (contract.mark_nanos, contract.settlement_nanos) == (price("0.01"), price("-37.63"))
    assert (oil.requirement("ALPHA"), oil.cash("ALPHA")) == (money("82500"), settled)
    assert oil.equity("ALPHA") == settled + money("376400")
    oil.settle(TUESDAY, CLK0="-37.63")
    assert oil.cash("ALPHA") == oil.equity("ALPHA") == settled


def test_6_what_a_cent_a_barrel_buys(oil):
    """Scenario 6.  Asserted: 77,000 dollars do not buy 212 lots at 0.01 (a customer's loss of 9 m).

    SPAN asks for 212 × 8,250 = 1,749,000 at any price: 9 lots (74,250) pass, 10 do not.  By rate
    the floor of 7,500 does the same: 212 × 7,500 = 1,590,000 where 10 % of 0.01 would be 212.
    """
    evening(oil, WTI[3])
    open_day(oil, MONDAY)
    by_rate = changed(oil.state.contracts["CLZ0"].contract, first_trading_day=None)
    retail = sub_account("RETAIL", leverage_max_ppm=100_000_000)
    oil.done(define(FLOORED, retail, by_rate))
    oil.done(transfer(None, "RETAIL", "77000"))
    oil.mark(CLK0="0.01", CLZ0="0.01")
    for contract, asked_for in (("CLK0", "1749000"), ("CLZ0", "1590000")):
        rejected = only(oil.submit("RETAIL", BUY, 212, contract=contract, at="0.01"), OrderRejected)
        assert rejected.reason is Reason.MARGIN_SUB_ACCOUNT
        assert (rejected.limit, rejected.value) == (money("77000"), money(asked_for))
    rejected = only(oil.submit("RETAIL", BUY, 10, contract="CLK0", at="0.01"), OrderRejected)
    assert rejected.value == money("82500")
    oil.accepted("RETAIL", BUY, 9, contract="CLK0", at="0.01")


# ------------------------------------------------------------------ 8: the file that does not come


def test_8_the_file_before_stays_in_force_and_counts_for_more(oil):
    """Scenario 8.  Asserted: without a new file 10 lots ask for 73,700, from the fifth day 88,440.

    The file of Tuesday the 14th may be four days old.  On Monday the 20th (six) it is stale and
    counts 1.2: 73,700 × 1.2 = 88,440, published with a flag, until the file of the 17th comes.
    """
    open_day(oil, WTI[1].day)
    oil.trade("ALPHA", BUY, 10, "20.11", contract="CLK0")
    open_day(oil, WTI[3].day)
    assert oil.requirement("ALPHA") == need(oil) == money("73700")
    open_day(oil, MONDAY)
    assert oil.requirement("ALPHA") == need(oil) == money("88440")
    assert any("2020-04-14 and stale" in flag for flag in settle(oil, WTI[4]).flags)
    assert evening(oil, WTI[3]).business_date == WTI[3].day
    assert oil.requirement("ALPHA") == need(oil) == money("82500")


def test_8_a_file_that_nobody_could_read_changes_nothing(oil):
    """Scenario 8.  Asserted: half a file has no parsed set, loading it is refused, 73,700 stay.

    The parser refuses it (``test_extreme_scenarios``), so nothing lies under its hash.
    """
    open_day(oil, WTI[1].day)
    oil.trade("ALPHA", BUY, 10, "20.11", contract="CLK0")
    half = BLOBS.files[SHA256[WTI[2].day]][:700]
    sha256 = hashlib.sha256(half).hexdigest()
    oil.refused(load(sha256, WTI[2].day), Reason.PARAMETERS_MISSING)
    oil.refused(activate(sha256), Reason.PARAMETERS_NOT_LOADED)
    assert oil.state.span_sets["NYMEX"].active.business_date == WTI[0].day
    assert oil.requirement("ALPHA") == money("73700")
    agrees(oil)


def test_8_a_contract_that_the_file_lost_is_never_free(oil):
    """Scenario 8.  Asserted: May is gone from the file; 10 lots ask for 10 × 6,700 × 1.1 as before.

    At a mark of 0 the rate itself would ask for nothing.  Nothing is opened in it, closing passes.
    """
    open_day(oil, MONDAY)
    oil.trade("ALPHA", BUY, 10, "18.27", contract="CLK0")
    (lacking,) = evening(oil, WTI[6]).uncovered
    assert (lacking.contract_id, lacking.floor_micros) == ("CLK0", money("7370"))
    for mark in ("18.27", "0", "-37.63"):
        oil.mark(CLK0=mark)
        assert oil.requirement("ALPHA") == need(oil) == money("73700"), mark
    rejected = only(oil.submit("ALPHA", BUY, 1, contract="CLK0", at="0"), OrderRejected)
    assert rejected.reason is Reason.MARGIN_PARAMETERS_MISSING
    oil.trade("ALPHA", SELL, 10, "-37.63", contract="CLK0")
    assert oil.requirement("ALPHA") == 0


# ------------------------------------------------------------------------- 9: credits that vanish


def test_9_the_largest_benefactor_leaves_and_nobody_else_is_called(oil):
    """Scenario 9.  Asserted: ALPHA long 10 against BETA and GAMMA short 5 each, pool 0.

    Alone 82,500, 41,250 and 41,250.  Without ALPHA the pool needs 82,500, which is what the shorts
    hold: they may be granted nothing, ALPHA all of its own.  ALPHA flattens: the pool goes from 0
    to 82,500 overnight, and what binds BETA and GAMMA does not move.
    """
    evening(oil, WTI[3])
    open_day(oil, MONDAY)
    oil.trade("ALPHA", BUY, 10, "18.27", contract="CLK0")
    for sub in ("BETA", "GAMMA"):
        oil.trade(sub, SELL, 5, "18.27", contract="CLK0")
    assert need(oil) == 0
    oil.refused(grant("BETA", 1), Reason.BENEFIT_TOO_LARGE)
    oil.done(grant("ALPHA", money("82500")))
    assert [bound(oil, sub) for sub in SUBS] == [0, money("41250"), money("41250")]
    oil.trade("ALPHA", SELL, 10, "18.27", contract="CLK0")
    assert need(oil) == money("82500")
    assert [bound(oil, sub) for sub in SUBS] == [0, money("41250"), money("41250")]
    agrees(oil)


def test_9_the_leg_of_a_calendar_expires_and_the_other_stands_alone(oil):
    """Scenario 9.  Asserted: 6 May against 6 June ask for 4,620; when May is gone for 49,500.

    6 × 700 × 1.1 before, 6 × 7,500 × 1.1 after: overnight, with fewer lots and no trade.
    """
    evening(oil, WTI[3])
    open_day(oil, MONDAY)
    oil.trade("BETA", SELL, 6, "18.27", contract="CLK0")
    oil.trade("BETA", BUY, 6, "25.00")
    assert oil.requirement("BETA") == need(oil) == money("4620")
    settle(oil, WTI[4])
    expire(oil, "CLK0", "-37.63")
    assert oil.requirement("BETA") == need(oil) == money("49500")
    assert oil.equity("BETA") == money("1000000") + 6 * money("55900") - 6 * money("4500")
    agrees(oil)


def test_9_an_inter_commodity_credit_ends_with_its_leg(desk):
    """Scenario 9.  Asserted: 10 CL against 10 ES ask for 45,000, the 10 ES alone for 60,000.

    15,000 + 30,000 with half of both credited; the leg that expires took more than it asked for.
    """
    use_span(desk, JUNE)
    desk.trade("BETA", BUY, 10, "20")
    desk.trade("BETA", SELL, 10, "3000", contract="ESM0")
    assert desk.requirement("BETA") == money("45000")
    desk.settle(CLM0="20", ESM0="3000")
    expire(desk, "CLM0", "20")
    assert desk.requirement("BETA") == need(desk) == money("60000")


# --------------------------------------------------------------- 10: known before it takes effect


@pytest.mark.parametrize(("now", "then"), [(1, 2), (4, 5), (6, 7)])
def test_10_tomorrows_requirement_is_known_this_evening(oil, now, then):
    """Scenario 10.  Asserted: what both programs find under the loaded file is then asked for.

    10 June: 73,700 → 82,500, 82,500 → 93,500, 93,500 → 110,000; until the file is put in force
    nothing changes, and from its activation on it is exactly what was foretold.
    """
    evening(oil, WTI[now])
    open_day(oil, date(2020, 4, 27))
    oil.trade("ALPHA", BUY, 10, WTI[now].june)
    oil.done(define(DeskSettings(span_age_days_max=365)))
    before = oil.requirement("ALPHA")
    oil.done(load(SHA256[WTI[then].day], WTI[then].day))
    foretold = asked(SHA256[WTI[then].day], {"CLM0": 10})
    assert oil.requirement("ALPHA") == before == 10 * WTI[now].maintenance * INITIAL_E3 * 1_000
    assert foretold == 10 * WTI[then].maintenance * INITIAL_E3 * 1_000 > before
    oil.done(activate(SHA256[WTI[then].day]))
    assert oil.requirement("ALPHA") == need(oil) == foretold


# ------------------------------------------------------------- 1, 2, 6: any path through zero

STEPS = st.tuples(
    st.sampled_from(SUBS),
    st.sampled_from((BUY, SELL)),
    st.integers(1, 30),
    st.sampled_from(tuple(CONTRACT_KEYS)),
    st.integers(-6_000, 3_000),
)


@given(st.lists(STEPS, max_size=6), st.integers(-6_000, 3_000))
@settings(max_examples=40)
def test_whatever_is_traded_on_whatever_path_through_zero(steps, last):
    """Scenarios 1, 2 and 6.  Asserted: fills at marks from 30 to -60, another file after each.

    Laws hold after every command; engine, reference and fast program ask for the same, never less
    than nothing; what the books and the reserve win or lose sums to the broker's account.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(harness, "MAKER", MachineMaker(BLOBS))
        desk = oil_desk()
        desk.done(define(DeskSettings(span_age_days_max=365)))
        open_day(desk, MONDAY)
        for (sub, side, lots, contract, cents), of_day in zip(steps, WTI, strict=False):
            at = format_price(cents * 10_000_000)
            desk.mark(**{contract: at})
            accepted = desk.submit(sub, side, lots, contract, at)[0]
            if isinstance(accepted, OrderAccepted):
                desk.fill(accepted.order_id, lots, at)
            evening(desk, of_day)
            agrees(desk)
        settled = format_price(last * 10_000_000)
        desk.settle(MONDAY, CLK0=settled, CLM0=settled)
        agrees(desk)
        assert sum(desk.cash(sub) for sub in SUBS) + desk.reserve() == desk.cash("C1")
