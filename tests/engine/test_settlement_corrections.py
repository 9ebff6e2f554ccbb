"""A settlement price was wrong, or came late: what is paid, to whom, and what is left alone.

One lot of CL is worth USD 1,000 a point.
"""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.messages import commands as cmd
from fencang.messages.day_commands import Check
from fencang.messages.day_events import SettlementCorrected
from fencang.messages.events import OrderRejected, OverGrantedChanged
from fencang.messages.reasons import Reason
from fencang.refdata.desk import DeskSettings
from tests.engine.day_acts import close_day, correct, open_day, settle_some, shut
from tests.engine.desk import (
    BUY,
    MAKER,
    OPEN,
    SELL,
    all_of,
    assign,
    new_desk,
    only,
    stray,
    trading_desk,
    transfer,
)
from tests.engine.fill_acts import bust, enter
from tests.engine.firm import DAY, MONDAY, TUESDAY, WEDNESDAY, define, money, price
from tests.engine.test_settlement import expire

THURSDAY = WEDNESDAY + timedelta(days=1)


def next_day(desk, day):
    """Close the venue's day, whatever is missing, and begin another."""
    desk.next_day(day)


def position(desk, sub, contract="CLM0"):
    return desk.state.subs[sub].book.positions["C1", contract]


def test_the_last_settlement_is_mended_and_the_next_pays_only_the_rest(desk):
    """ALPHA buys 2 at 20, settled at 21 instead of 22: 2,000 now; at 23 on Tuesday 2,000 more."""
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="21")
    assert desk.cash("ALPHA") == money("1002000")
    next_day(desk, TUESDAY)
    events = desk.done(correct(MONDAY, "22"))
    corrected = only(events, SettlementCorrected)
    assert (corrected.trading_day, corrected.following_day) == (MONDAY, None)
    assert corrected.price_before_nanos == price("21")
    assert [part.difference_micros for part in corrected.books] == [money("2000")]
    assert [part.difference_micros for part in corrected.carrying] == [money("2000")]
    assert desk.cash("ALPHA") == money("1004000")
    assert desk.cash("C1") == money("10004000")
    desk.settle(TUESDAY, CLM0="23")
    assert desk.cash("ALPHA") == money("1006000")
    assert position(desk, "ALPHA").variation_micros == money("6000")


def test_who_has_sold_since_is_paid_and_who_has_bought_since_is_not(desk):
    """ALPHA held 3 on Monday and sold them to BETA's 21.50 on Tuesday before the correction."""
    desk.trade("ALPHA", BUY, 3, "20")
    desk.settle(CLM0="21")
    next_day(desk, TUESDAY)
    desk.trade("ALPHA", SELL, 3, "21.50")
    desk.trade("BETA", BUY, 3, "21.50")
    desk.done(correct(MONDAY, "22"))
    assert desk.cash("ALPHA") == money("1006000")
    assert desk.cash("BETA") == money("1000000")
    desk.settle(TUESDAY, CLM0="22")
    assert desk.cash("ALPHA") == money("1004500")
    assert desk.cash("BETA") == money("1001500")


def test_after_a_later_settlement_the_differences_have_been_paid_back_already(desk):
    """Monday at 21 instead of 22, Tuesday at 23: 1,000 + 2,000 = 3,000, as 2,000 + 1,000 are.

    What Monday should have paid more, Tuesday has paid since: nobody is owed anything, and to pay
    again would make money that no price has made.
    """
    desk.trade("ALPHA", BUY, 1, "20")
    desk.settle(CLM0="21")
    next_day(desk, TUESDAY)
    desk.settle(TUESDAY, CLM0="23")
    next_day(desk, WEDNESDAY)
    corrected = only(desk.done(correct(MONDAY, "22")), SettlementCorrected)
    assert corrected.following_day == TUESDAY
    assert [part.difference_micros for part in corrected.books] == [money("1000")]
    assert desk.cash("ALPHA") == money("1003000")
    desk.settle(WEDNESDAY, CLM0="23")
    assert desk.cash("ALPHA") == money("1003000")


def test_a_position_that_left_nothing_behind_is_paid_too_after_a_restart(desk):
    """Entered and settled at 20, then busted: nothing of it is in a snapshot; 21 was right."""
    desk.done(enter("B1", BUY, "20", {"ALPHA": 1}))
    desk.settle(CLM0="20")
    next_day(desk, TUESDAY)
    desk.done(bust("B1"))
    desk.twin = MAKER.load(desk.machine.dump())
    desk.done(correct(MONDAY, "21"))
    assert desk.cash("ALPHA") == money("1001000")
    desk.settle(TUESDAY, CLM0="21")
    assert desk.cash("ALPHA") == money("1000000")


def test_an_ended_contract_is_forgotten_alike_by_desk_and_replay(desk):
    """A refused order leaves an empty line on the live desk only: nothing may depend on it."""
    desk.done(define(DeskSettings(settlement_days_max=1)))
    desk.done(cmd.ExpireContract(contract_id="CLM0", final_price_nanos=price("20"), source="feed"))
    assert desk.state.contracts["CLM0"].settlements
    line_is_cache(desk)
    for days in range(1, 4):
        next_day(desk, MONDAY + timedelta(days=days))
    assert not desk.state.contracts["CLM0"].settlements


def line_is_cache(desk):
    """Open an empty line, as looking at an order does; no event tells of it."""
    desk.state.line(desk.state.subs["BETA"], "C1", desk.state.contracts["CLM0"])


def test_a_correction_may_be_corrected(desk):
    desk.trade("ALPHA", BUY, 1, "20")
    desk.settle(CLM0="21")
    next_day(desk, TUESDAY)
    desk.done(correct(MONDAY, "25"))
    desk.refused(correct(MONDAY, "25"), Reason.SETTLEMENT_UNCHANGED)
    corrected = only(desk.done(correct(MONDAY, "22")), SettlementCorrected)
    assert corrected.price_before_nanos == price("25")
    assert desk.cash("ALPHA") == money("1002000")


def test_a_correction_needs_two_persons_and_a_good_price(desk):
    desk.trade("ALPHA", BUY, 1, "20")
    desk.settle(CLM0="21")
    desk.refused(correct(MONDAY, "22", approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.refused(correct(MONDAY, "22", approved_by="ops"), Reason.SECOND_PERSON_IS_THE_FIRST)
    desk.refused(correct(MONDAY, "22.001"), Reason.PRICE_OFF_TICK)
    desk.refused(correct(MONDAY, "22", contract="XX"), Reason.UNKNOWN_CONTRACT)
    refusal = desk.refused(correct(TUESDAY, "22"), Reason.SETTLEMENT_NOT_KEPT)
    assert refusal.detail.endswith("kept: 2020-04-20")


def test_a_late_price_pays_the_positions_of_its_own_day(desk):
    """Monday had no price of CLM0.  It comes on Tuesday, after ALPHA has sold at 25."""
    desk.trade("ALPHA", BUY, 2, "20")
    shut(desk)
    accepted = close_day(MONDAY, Check.PRICES, reason="no price came", approved_by="boss")
    desk.done(accepted)
    desk.done(open_day(TUESDAY))
    desk.open("NYMEX", TUESDAY)
    desk.trade("ALPHA", SELL, 2, "25")
    desk.trade("BETA", BUY, 2, "25")
    corrected = only(desk.done(correct(MONDAY, "22")), SettlementCorrected)
    assert corrected.price_before_nanos is None
    assert desk.cash("ALPHA") == money("1004000")
    desk.settle(TUESDAY, CLM0="24")
    assert desk.cash("ALPHA") == money("1010000")
    assert desk.cash("BETA") == money("998000")


def test_two_days_without_a_price_are_mended_in_any_order(desk):
    """Monday 21 and Tuesday 23 both come on Wednesday; ALPHA holds 2 from 20: 2,000 and 4,000."""
    for order in ((MONDAY, TUESDAY), (TUESDAY, MONDAY)):
        fresh = trading_desk()
        fresh.trade("ALPHA", BUY, 2, "20")
        next_day(fresh, TUESDAY)
        next_day(fresh, WEDNESDAY)
        late = {MONDAY: "21", TUESDAY: "23"}
        for day in order:
            fresh.done(correct(day, late[day]))
        assert fresh.cash("ALPHA") == money("1006000")
        fresh.settle(WEDNESDAY, CLM0="24")
        assert fresh.cash("ALPHA") == money("1008000")


def test_lots_in_suspense_are_carried_at_the_right_price_too(desk):
    """Filled at 19, settled at 20 instead of 21: suspense is paid 4,000, ALPHA gets them at 21."""
    execution_id = stray(desk, BUY, 4, "19")
    desk.settle(CLM0="20")
    next_day(desk, TUESDAY)
    late = stray(desk, BUY, 1, "20")
    desk.done(correct(MONDAY, "21"))
    assert desk.cash("@suspense:C1") == money("8000")
    desk.done(assign(execution_id, "ALPHA", 4))
    desk.done(assign(late, "BETA", 1))
    desk.settle(TUESDAY, CLM0="22")
    assert desk.cash("@suspense:C1") == money("8000")
    assert desk.cash("ALPHA") == money("1004000")
    assert desk.cash("BETA") == money("1002000")


def test_a_final_settlement_is_mended_after_the_contract_has_ended(desk):
    """Long 3 and short 1 ended at −37.63 instead of −37.00; a lot lay in suspense."""
    desk.trade("ALPHA", BUY, 3, "18.31")
    desk.trade("BETA", SELL, 1, "20")
    stray(desk, BUY, 1, "19")
    desk.done(expire())
    before = [desk.cash(book) for book in ("ALPHA", "BETA", "@suspense:C1")]
    next_day(desk, TUESDAY)
    corrected = only(desk.done(correct(MONDAY, "-37")), SettlementCorrected)
    assert corrected.is_final
    after = [desk.cash(book) for book in ("ALPHA", "BETA", "@suspense:C1")]
    paid = [money("1890"), money("-630"), money("630")]
    assert after == [old + more for old, more in zip(before, paid, strict=True)]
    ended = position(desk, "ALPHA")
    assert ended.is_flat
    assert ended.realised_micros == ended.variation_micros == money("-165930")


def test_a_contract_that_ended_before_any_day_was_opened_keeps_no_settlement():
    desk = new_desk()
    desk.rate(EUR="1.1")
    desk.mark(CLM0="20")
    desk.done(expire(final="20"))
    refusal = desk.refused(correct(MONDAY, "21"), Reason.SETTLEMENT_NOT_KEPT)
    assert refusal.detail.endswith("kept: none")


def test_the_mark_moves_where_it_still_is_the_wrong_price(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="21")
    desk.done(correct(MONDAY, "22"))
    assert desk.state.contracts["CLM0"].mark_nanos == price("22")
    assert desk.requirement("ALPHA") == money("4400")
    desk.mark(CLM0="22.10")
    desk.done(correct(MONDAY, "23"))
    assert desk.state.contracts["CLM0"].mark_nanos == price("22.10")
    assert desk.state.contracts["CLM0"].settlement_nanos == price("23")


def test_a_correction_that_over_grants_an_owner_says_so(desk):
    """ALPHA loses 3m on 1m of capital through the mark; the reserve has given everything away."""
    desk.trade("ALPHA", BUY, 400, "20")
    desk.done(transfer(None, "GAMMA", "6500000"))
    desk.settle(CLM0="20")
    events = desk.done(correct(MONDAY, "15"))
    (changed,) = all_of(events, OverGrantedChanged)
    assert changed.is_over_granted


def test_only_the_last_days_are_kept(desk):
    desk.done(define(DeskSettings(settlement_days_max=2)))
    desk.trade("ALPHA", BUY, 1, "20")
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        desk.settle(day, CLM0="20")
        next_day(desk, day + timedelta(days=1))
    desk.refused(correct(MONDAY, "21"), Reason.SETTLEMENT_NOT_KEPT)
    desk.done(correct(TUESDAY, "21"))


def test_the_last_days_of_a_contract_that_ended_are_forgotten_too(desk):
    desk.trade("ALPHA", BUY, 1, "20")
    desk.done(expire(final="20"))
    next_day(desk, TUESDAY)
    assert desk.state.contracts["CLM0"].settlements
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    desk.done(cmd.OpenSession(venue_id="NYMEX", trading_day=MONDAY + timedelta(days=14)))
    desk.next_day(MONDAY + timedelta(days=15))
    assert desk.state.contracts["CLM0"].settlements == {}


BOOKS = ("ALPHA", "BETA", "GAMMA")
TRADES = st.lists(
    st.tuples(st.sampled_from(BOOKS[:2]), st.sampled_from((BUY, SELL)), st.integers(1, 4)),
    max_size=4,
)
PRICES = st.integers(15, 25)


def trade_all(desk, trades, at):
    for sub, side, lots in trades:
        desk.trade(sub, side, lots, str(at))


@settings(max_examples=25)
@given(days=st.lists(st.tuples(TRADES, PRICES, PRICES), min_size=1, max_size=3), right=PRICES)
def test_a_mended_month_is_the_month_that_was_right_from_the_start(days, right):
    """Laws: after the next settlement every book's cash is as if no price had been wrong.

    And GAMMA, which never traded, is untouched; ``Desk.do`` checks every other law meanwhile.
    """
    ends = []
    for is_wrong in (False, True):
        desk, day = trading_desk(), MONDAY
        for number, (trades, at, settled) in enumerate(days):
            trade_all(desk, trades, at)
            first = "19" if is_wrong and settled != 19 else str(settled)
            desk.settle(day, CLM0=first if number == 0 else str(settled))
            day += timedelta(days=1)
            if number == 0 and is_wrong and first != str(settled) and len(days) == 1:
                desk.done(correct(MONDAY, str(settled)))
            next_day(desk, day)
        if is_wrong and len(days) > 1 and days[0][2] != 19:
            desk.done(correct(MONDAY, str(days[0][2])), after_ns=DAY)
        desk.settle(day, CLM0=str(right))
        ends.append([desk.cash(book) for book in (*BOOKS, "C1", "@suspense:C1")])
        assert desk.cash("GAMMA") == money("1000000")
    assert ends[0] == ends[1]


def test_a_slice_is_corrected_like_a_whole_day(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    desk.done(settle_some(CLM0="21"))
    desk.done(correct(MONDAY, "22"))
    assert desk.cash("ALPHA") == money("1004000")


def test_long_and_short_of_a_gross_account_are_corrected_together(desk):
    """Copper at 5 a point: long 3 and short 1 at 40,000, settled at 40,100 instead of 40,200."""
    desk.trade("ALPHA", BUY, 3, "40000", contract="CU06", offset=OPEN)
    desk.trade("ALPHA", SELL, 1, "40000", contract="CU06", offset=OPEN)
    before = desk.cash("ALPHA", "CNY")
    desk.settle(venue="SHFE", CU06="40100")
    assert desk.cash("ALPHA", "CNY") - before == money("1000")
    desk.next_day(TUESDAY, "SHFE")
    desk.done(correct(MONDAY, "40200", contract="CU06"))
    assert desk.cash("ALPHA", "CNY") - before == money("2000")
    desk.settle(TUESDAY, venue="SHFE", CU06="40200")
    assert desk.cash("ALPHA", "CNY") - before == money("2000")


def test_every_owner_of_an_omnibus_account_is_paid_his_own(desk):
    """CLIENT1 long 2 and FUNDOMNI short 1 at one account: 2,000 to CLIENT, 1,000 from FUND."""
    desk.fund("CLIENT1", "50000", owner="CLIENT", account="OMNI")
    desk.fund("FUNDOMNI", "50000", account="OMNI")
    desk.trade("CLIENT1", BUY, 2, "20")
    desk.trade("FUNDOMNI", SELL, 1, "20")
    desk.settle(CLM0="20")
    cash = dict(desk.state.carrying["OMNI"].book.cash)
    corrected = only(desk.done(correct(MONDAY, "21")), SettlementCorrected)
    assert [(part.book_id, part.difference_micros) for part in corrected.books] == [
        ("CLIENT1", money("2000")),
        ("FUNDOMNI", money("-1000")),
    ]
    after = desk.state.carrying["OMNI"].book.cash
    assert after["CLIENT", "USD"] - cash["CLIENT", "USD"] == money("2000")
    assert after["FUND", "USD"] - cash["FUND", "USD"] == money("-1000")
    assert desk.cash("ALPHA") == money("1000000")


def test_what_an_ended_contract_settled_at_is_forgotten_by_replays_alike(desk):
    """A refused order leaves a place for margin only in the machine that decided it."""
    desk.done(define(DeskSettings(settlement_days_max=1)))
    [refused] = desk.submit("ALPHA", BUY, 100_000, "CLK0", "20")
    assert isinstance(refused, OrderRejected)
    desk.done(expire("CLK0", "20"))
    for later in range(1, 4):
        next_day(desk, MONDAY + timedelta(days=later))
    assert desk.state.contracts["CLK0"].settlements == {}
