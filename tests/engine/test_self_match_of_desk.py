"""Own orders on both sides of one contract: refused, held, cancelled, made smaller, kept apart."""

import pytest

from fencang.engine.decide.ask import ask_of_submit
from fencang.engine.decide.entry import entry_line
from fencang.engine.decide.self_match import (
    self_match_check,
    self_match_evaluations,
    wash_evaluations,
)
from fencang.engine.invariants import check
from fencang.engine.risk.own_orders import quote_of
from fencang.limits.self_match import Quote
from fencang.messages import commands as cmd
from fencang.messages.events import (
    BlockOrderCreated,
    CancelRequested,
    CommandRejected,
    OperatorCalled,
    OrderAccepted,
    OrderCancelled,
    OrderRejected,
    OrderRouted,
    ReplaceRequested,
)
from fencang.messages.life_commands import RollPosition
from fencang.messages.message import OrderType, TimeInForce
from fencang.messages.reasons import Reason
from fencang.messages.self_match_events import OrderHeld
from fencang.refdata.self_match import SELF_MATCH_FIELDS, SelfMatch, SelfMatchMode, SelfMatchScope
from fencang.refdata.session import Phase
from fencang.refdata.ties import ControlBasis, ControlEdge
from tests.engine.acts import halt
from tests.engine.control_firm import APART
from tests.engine.day_acts import open_day, session
from tests.engine.desk import BUY, SELL, all_of, kinds, only, order
from tests.engine.firm import (
    MONDAY,
    SECOND,
    TUESDAY,
    changed,
    define,
    money,
    price,
    rule,
    sub_account,
)
from tests.engine.option_firm import use_options
from tests.engine.self_match_acts import (
    BOTH,
    DECREMENT,
    NEWEST,
    OLDEST,
    apart,
    pairs_that_could_trade,
)


def refusal(events):
    assert isinstance(events[0], OrderRejected), events
    assert events[0].reason is Reason.SELF_MATCH, events
    return events[0]


def test_the_newest_is_refused_when_prices_cross_and_passes_one_tick_away(desk):
    apart(desk)
    resting = desk.working("BETA", SELL, 5, at="20.00")
    found = refusal(desk.submit("ALPHA", BUY, 1, at="20.00"))
    assert (found.node_id, found.limit, found.value) == ("MASTER", 0, 1)
    assert f"own order {resting} of BETA at 20" in found.detail
    assert "TransferPosition" in found.detail
    assert kinds(desk.submit("ALPHA", BUY, 1, at="19.99")) == ["OrderAccepted", "OrderRouted"]
    refusal(desk.submit("GAMMA", SELL, 1, at="19.99"))
    assert pairs_that_could_trade(desk.state) == []


def test_market_and_stop_orders_meet_everything(desk):
    apart(desk)
    desk.working("BETA", SELL, 5, at="30.00")
    refusal(desk.submit("ALPHA", BUY, 1))
    stop = {"order_type": OrderType.STOP, "stop_price_nanos": price("25")}
    refusal(desk.submit("ALPHA", BUY, 1, **stop))
    desk.accepted("BETA", SELL, 1)
    refusal(desk.submit("ALPHA", BUY, 1, at="1.00"))


def test_stops_may_count_only_behind_their_trigger(desk):
    apart(desk, stops_meet_all=False)
    desk.trade("BETA", BUY, 2, "20")
    stop = {"order_type": OrderType.STOP, "limit_price_nanos": None}
    resting = desk.working("BETA", SELL, 2, stop_price_nanos=price("18.00"), **stop)
    desk.accepted("ALPHA", BUY, 1, at="18.01")
    refusal(desk.submit("ALPHA", BUY, 1, at="18.00"))
    desk.accepted("ALPHA", BUY, 1, stop_price_nanos=price("18.01"), **stop)
    refusal(desk.submit("ALPHA", BUY, 1, stop_price_nanos=price("18.00"), **stop))
    assert quote_of(desk.state.orders[resting]) == Quote(SELL, None, price("18.00"))
    desk.fill(resting, 1, "18.00")  # triggered: what is left may trade with every bid
    assert quote_of(desk.state.orders[resting]) == Quote(SELL)
    refusal(desk.submit("ALPHA", BUY, 1, at="18.02"))


def test_what_is_pending_counts_at_its_worse_price(desk):
    apart(desk)
    resting = desk.working("BETA", SELL, 5, at="20.00")
    desk.replace(resting, 5, at="21.00", sub="BETA")
    refusal(desk.submit("ALPHA", BUY, 1, at="20.00"))
    desk.done(cmd.ReportOrderReplaced(order_id=resting, quantity_lots=5))
    desk.cancel(resting, sub="BETA")
    refusal(desk.submit("ALPHA", BUY, 1, at="20.00"))
    desk.done(cmd.RestartDesk())
    refusal(desk.submit("ALPHA", BUY, 1, at="20.00"))
    desk.cancelled(resting)
    desk.accepted("ALPHA", BUY, 1, at="20.00")


def test_a_replacement_to_another_price_or_more_lots_is_asked_too(desk):
    for mode in (NEWEST, OLDEST, BOTH, DECREMENT):
        apart(desk, mode)
        resting = desk.working("BETA", SELL, 5, at="20.00")
        bid = desk.working("ALPHA", BUY, 2, at="19.00")
        (refused,) = desk.replace(bid, 2, at="20.00")
        assert isinstance(refused, CommandRejected)
        assert refused.reason is Reason.SELF_MATCH
        assert only(desk.replace(bid, 1, at="19.50"), ReplaceRequested)
        for order_id in (resting, bid):
            desk.cancelled(order_id)


def test_another_owner_is_another_principal(desk):
    apart(desk)
    desk.fund("CLIENT1", "100000", owner="CLIENT", account="OMNI")
    desk.working("CLIENT1", SELL, 1, at="20.00")
    desk.accepted("ALPHA", BUY, 1, at="20.00")


def test_the_scope_is_the_desks(desk):
    apart(desk, scope=SelfMatchScope.SUB_ACCOUNT)
    desk.working("BETA", SELL, 1, at="20.00")
    desk.accepted("ALPHA", BUY, 1, at="20.00")
    refusal(desk.submit("BETA", BUY, 1, at="20.00"))
    edge = ControlEdge(
        controller_id="FUND",
        controlled_id="CLIENT",
        basis=ControlBasis.MANDATE,
        valid_from=MONDAY,
        evidence="mandate",
    )
    desk.fund("CLIENT1", "100000", owner="CLIENT", account="OMNI")
    apart(desk, scope=SelfMatchScope.GROUP)
    desk.accepted("CLIENT1", BUY, 1, at="20.00")  # no tie is stated
    desk.done(define(edge))
    refusal(desk.submit("CLIENT1", BUY, 1, at="20.00"))


def test_the_oldest_is_cancelled_and_the_order_leaves_when_the_venue_says_so(desk):
    apart(desk, OLDEST)
    first = desk.working("BETA", SELL, 2, at="20.00")
    second = desk.working("GAMMA", SELL, 2, at="20.01")
    events = desk.submit("ALPHA", BUY, 3, at="20.01")
    assert kinds(events) == ["CancelRequested", "CancelRequested", "OrderAccepted", "OrderHeld"]
    held = only(events, OrderHeld)
    assert held.waits_for == (first, second)
    assert desk.reserved("ALPHA") == (3, 0)
    assert kinds(desk.cancelled(first)) == ["OrderCancelled"]
    routed = only(desk.fill(second, 2, "20.01"), OrderRouted)  # it was filled, not cancelled
    assert routed.order_id == held.order_id
    assert pairs_that_could_trade(desk.state) == []


def test_a_refused_cancel_ends_the_order_that_waits(desk):
    apart(desk, OLDEST)
    resting = desk.working("BETA", SELL, 2, at="20.00")
    waiting = only(desk.submit("ALPHA", BUY, 3, at="20.01"), OrderHeld).order_id
    events = desk.done(cmd.ReportCancelRejected(order_id=resting, text="auction"))
    assert kinds(events) == ["CancelRejected", "OrderInDoubt"]
    events = desk.done(
        cmd.ReportOrderStatus(order_id=resting, known=True, filled_lots=0, working_lots=2)
    )
    ended = only(events, OrderCancelled)
    assert ended.order_id == waiting
    assert f"own order {resting} goes on working" in ended.text
    assert desk.reserved("ALPHA") == (0, 0)


def test_an_order_that_waits_can_be_cancelled_and_nothing_of_it_leaves(desk):
    apart(desk, OLDEST)
    resting = desk.working("BETA", SELL, 2, at="20.00")
    waiting = only(desk.submit("ALPHA", BUY, 3, at="20.01"), OrderHeld).order_id
    (refused,) = desk.replace(waiting, 4)
    assert refused.reason is Reason.REPLACE_PENDING
    (refused,) = desk.do(cmd.ReportOrderWorking(order_id=waiting, venue_order_id="V"))
    assert refused.reason is Reason.ORDER_NOT_WORKING
    assert [event.order_id for event in desk.done(cmd.RestartDesk())[1:]] == [resting]
    assert kinds(desk.cancel(waiting)) == ["OrderCancelled"]
    assert kinds(desk.cancelled(resting)) == ["OrderCancelled"]


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        (lambda desk: halt(desk, "ALPHA"), "ALPHA is halted"),
        (lambda desk: desk.done(cmd.CloseSession(venue_id="NYMEX")), "closed"),
    ],
)
def test_what_the_desk_no_longer_lets_out_ends(desk, stop, words):
    apart(desk, OLDEST)
    resting = desk.working("BETA", SELL, 2, at="20.00")
    waiting = only(desk.submit("ALPHA", BUY, 3, at="20.01"), OrderHeld).order_id
    stop(desk)
    if desk.state.orders[waiting].is_live:
        assert words in only(desk.cancelled(resting)[1:], OrderCancelled).text
    assert not desk.state.orders[waiting].is_live
    assert desk.state.risk.self_match.held == {}


def test_an_order_that_waits_meets_own_orders_too_and_ends_at_once(desk):
    apart(desk, OLDEST)
    resting = desk.working("BETA", SELL, 2, at="20.00")
    waiting = only(desk.submit("ALPHA", BUY, 3, at="20.01"), OrderHeld).order_id
    events = desk.submit("GAMMA", SELL, 1, at="20.01")
    assert kinds(events) == ["OrderCancelled", "OrderAccepted", "OrderRouted"]
    assert events[0].order_id == waiting
    assert kinds(desk.cancelled(resting)) == ["OrderCancelled"]


def test_a_rule_that_fires_ends_what_waits_without_asking_the_venue(desk):
    apart(desk, OLDEST)
    desk.done(define(rule()))
    desk.vix("20", close=True)
    resting = desk.working("GAMMA", SELL, 2, at="20.00")
    waiting = only(desk.submit("ALPHA", BUY, 3, at="20.01"), OrderHeld).order_id
    events = desk.vix("21")
    assert only(events, OrderCancelled).order_id == waiting
    assert all_of(events, CancelRequested) == []
    assert kinds(desk.cancelled(resting)) == ["OrderCancelled"]


def test_orders_that_wait_and_end_together_leave_one_cut_behind(desk):
    """Each would have closed ALPHA's lots: both are gone, and half of ten is cut, not all."""
    apart(desk, OLDEST)
    desk.done(define(rule()))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.vix("20", close=True)
    desk.working("GAMMA", BUY, 2, at="20.00")
    for _ in range(2):
        only(desk.submit("ALPHA", SELL, 12, at="20.00"), OrderHeld)
    events = desk.vix("21")
    assert len(all_of(events, OrderCancelled)) == 2
    blocks = all_of(events, BlockOrderCreated)
    assert [[leg.quantity_lots for leg in each.legs] for each in blocks] == [[5]]


def test_both_are_cancelled(desk):
    apart(desk, BOTH)
    resting = desk.working("BETA", SELL, 2, at="20.00")
    events = desk.submit("ALPHA", BUY, 3, at="20.01")
    refusal(events)
    assert only(events, CancelRequested).order_id == resting
    (refused,) = desk.submit("ALPHA", BUY, 3, at="20.01")  # the cancel is not answered yet
    assert refused.reason is Reason.SELF_MATCH


def test_the_smaller_quantity_is_taken_off_both(desk):
    """5 and 4 rest, 7 come: 5 are cancelled, 2 taken off the 4, nothing is left of the 7."""
    apart(desk, DECREMENT)
    best = desk.working("BETA", SELL, 5, at="20.00")
    next_best = desk.working("GAMMA", SELL, 4, at="20.01")
    events = desk.submit("ALPHA", BUY, 7, at="20.01")
    assert "7 lots were taken off both" in refusal(events).detail
    assert only(events, CancelRequested).order_id == best
    smaller = only(events, ReplaceRequested)
    assert (smaller.order_id, smaller.quantity_lots) == (next_best, 2)


def test_what_decrement_leaves_of_the_larger_order_leaves_when_the_others_are_gone(desk):
    apart(desk, DECREMENT)
    resting = desk.working("BETA", SELL, 5, at="20.00")
    desk.fill(resting, 1, "20.00")
    immediate = desk.submit("ALPHA", BUY, 7, at="20.01", time_in_force=TimeInForce.FOK)
    refusal(immediate)
    events = desk.submit("ALPHA", BUY, 7, at="20.01")
    assert only(events, OrderAccepted).terms.quantity_lots == 3
    assert desk.reserved("ALPHA") == (3, 0)
    assert only(desk.cancelled(resting), OrderRouted).terms.quantity_lots == 3


@pytest.mark.parametrize("mode", list(SelfMatchMode))
def test_a_reduction_always_gets_out_behind_the_cancels(desk, mode):
    apart(desk, mode)
    desk.trade("ALPHA", BUY, 5, "20")
    resting = desk.working("BETA", BUY, 2, at="20.00")
    events = desk.submit("ALPHA", SELL, 5)
    assert kinds(events) == ["CancelRequested", "OrderAccepted", "OrderRouted"]
    assert events[0].order_id == resting


@pytest.mark.parametrize("mode", list(SelfMatchMode))
def test_what_opens_never_cancels_a_reduction(desk, mode):
    apart(desk, mode)
    desk.trade("BETA", BUY, 5, "20")
    desk.working("BETA", SELL, 5, at="21.00")
    (found,) = desk.submit("ALPHA", BUY, 5, at="21.00")
    assert "a reduction is never cancelled" in found.detail


@pytest.mark.parametrize("mode", list(SelfMatchMode))
def test_a_rules_cut_cancels_own_orders_that_it_would_meet(desk, mode):
    apart(desk, mode)
    desk.done(define(rule()))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.mark(CLM0="20")
    desk.vix("20", close=True)
    resting = desk.working("GAMMA", BUY, 2, at="19.90")
    events = desk.vix("21")
    assert only(events, BlockOrderCreated)
    assert kinds(events)[-4:] == [
        "BlockOrderCreated",
        "CancelRequested",
        "OrderAccepted",
        "OrderRouted",
    ]
    assert only(events, CancelRequested).order_id == resting
    assert pairs_that_could_trade(desk.state) == []


def test_two_cuts_of_one_owner_go_one_after_the_other(desk):
    """ALPHA is long, BETA short: their cuts would trade with each other, so the second waits."""
    apart(desk)
    desk.done(define(rule()))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("BETA", SELL, 10, "20")
    desk.mark(CLM0="20")
    desk.vix("20", close=True)
    events = desk.vix("21")
    assert kinds(events).count("BlockOrderCreated") == 2
    first = only(events, OrderRouted)
    assert pairs_that_could_trade(desk.state) == []
    desk.mark(CLM0="20.01")
    assert pairs_that_could_trade(desk.state) == []
    second = only(desk.fill(first.order_id, 5, "20"), OrderRouted)
    assert second.terms.side is not first.terms.side
    desk.fill(second.order_id, 5, "20")
    assert (desk.net("ALPHA"), desk.net("BETA")) == (5, -5)
    assert desk.state.blocks == {}


def test_a_roll_does_not_wait(desk):
    apart(desk, OLDEST)
    desk.mark(CLM0="20", CLN0="21")
    desk.trade("ALPHA", BUY, 2, "20")
    desk.working("BETA", SELL, 2, "CLN0", at="21.00")
    roll = RollPosition(
        sub_account_id="ALPHA",
        client_roll_id="roll",
        from_contract_id="CLM0",
        to_contract_id="CLN0",
        side=BUY,
        quantity_lots=2,
    )
    assert desk.refused(roll, Reason.SELF_MATCH).client_order_id == "roll:far"


def test_a_node_may_be_stricter_and_the_owners_row_stands_behind_the_tree(desk):
    apart(desk, OLDEST)
    desk.done(define(SelfMatch(node_id="person:FUND", mode=BOTH)))
    desk.done(define(SelfMatch(node_id="ALPHA", mode=NEWEST), approved_by=""))
    desk.working("GAMMA", SELL, 1, at="20.00")
    assert refusal(desk.submit("ALPHA", BUY, 1, at="20.00")).node_id == "ALPHA"
    assert refusal(desk.submit("BETA", BUY, 1, at="20.00")).node_id == "person:FUND"
    nested = sub_account("NEST", parent="ALPHA")
    desk.done(define(nested))
    assert refusal(desk.submit("NEST", BUY, 1, at="20.00")).node_id == "ALPHA"


def test_the_root_states_all_and_the_scope_alone(desk):
    for field in SELF_MATCH_FIELDS:
        refused = desk.refused(define(changed(APART, **{field: None})), Reason.FAULTY_DEFINITION)
        assert f"{field} is open at the root" in refused.detail
    apart(desk)
    for fields in ({"scope": SelfMatchScope.GROUP}, {"stops_meet_all": False}):
        row = SelfMatch(node_id="ALPHA", **fields)
        refused = desk.refused(define(row), Reason.FAULTY_DEFINITION)
        assert "only MASTER states it" in refused.detail


@pytest.mark.parametrize(
    ("fields", "needs_two"),
    [
        ({"mode": NEWEST}, False),
        ({"mode": DECREMENT}, True),
        ({"scope": SelfMatchScope.GROUP}, False),
        ({"scope": SelfMatchScope.SUB_ACCOUNT}, True),
        ({"stops_meet_all": False}, True),
        ({"wash_window_ns": 0}, True),
        ({"wash_price_ticks": 9}, False),
        ({"wash_count_max": 2}, False),
        ({"wash_count_max": 1_000_000}, True),
    ],
)
def test_loosening_needs_a_second_person(desk, fields, needs_two):
    desk.done(define(changed(APART, mode=OLDEST, wash_count_max=9), approved_by=""))
    command = define(changed(APART, **{"mode": OLDEST, "wash_count_max": 9, **fields}))
    alone = changed(command, approved_by="")
    if needs_two:
        desk.refused(alone, Reason.SECOND_PERSON_REQUIRED)
        desk.done(command)
    else:
        desk.done(alone)


def test_a_refused_cancel_behind_which_a_reduction_left_calls_a_person(desk):
    apart(desk)
    desk.trade("ALPHA", BUY, 5, "20")
    resting = desk.working("BETA", BUY, 2, at="20.00")
    reduction = only(desk.submit("ALPHA", SELL, 5, at="20.00"), OrderRouted).order_id
    events = desk.done(cmd.ReportCancelRejected(order_id=resting, text="auction"))
    assert f"could trade with own order {reduction}" in only(events, OperatorCalled).detail


def test_orders_that_work_when_the_row_comes_are_found(desk):
    desk.working("BETA", SELL, 5, at="20.00")
    apart(desk)
    refusal(desk.submit("ALPHA", BUY, 1, at="20.00"))


@pytest.mark.parametrize("mode", list(SelfMatchMode))
@pytest.mark.parametrize("at", ["19.99", "20.00", "20.01"])
def test_the_evaluations_say_what_the_controls_do_and_change_nothing(desk, mode, at):
    """Law: the first evaluation that fails is the refusal; an ask stays as it was."""
    apart(desk, mode)
    desk.working("BETA", SELL, 5, at="20.00")
    desk.working("GAMMA", SELL, 2, at="20.01")
    command = order("ALPHA", BUY, 3, at=at)
    ask = ask_of_submit(desk.state, command, entry_line(desk.state, command))
    found = [*wash_evaluations(ask), *self_match_evaluations(ask)]
    assert (ask.quantity_lots, ask.added_lots, ask.waits_for) == (3, 3, ())
    assert (ask.cancels, ask.refused_with) == ([], [])
    failed = next((each for each in found if not each.passes), None)
    refused = self_match_check(ask)
    assert (failed is None) is (refused is None)
    if failed is not None:
        told = (failed.reason, failed.node_id, failed.limit, failed.value, failed.detail)
        assert told == refused


def test_the_law_sees_what_waits_for_nothing_and_what_stands_elsewhere(desk):
    apart(desk, OLDEST)
    resting = desk.working("BETA", SELL, 2, at="20.00")
    only(desk.submit("ALPHA", BUY, 3, at="20.01"), OrderHeld)
    assert check(desk.state) == []
    book = desk.state.risk.self_match
    (waiting,) = book.held
    kept = book.held[waiting]
    book.held[waiting] = (7,)
    assert any("waits for nothing" in broken for broken in check(desk.state))
    book.held[waiting] = kept
    place = book.own_orders.places.pop(resting)
    book.own_orders.put(desk.state.orders[resting], ("ELSE",))
    assert any("own orders" in broken for broken in check(desk.state))
    assert place[0] == ("FUND",)


def test_an_order_that_waits_ends_with_its_contract(desk):
    apart(desk, OLDEST)
    desk.working("BETA", SELL, 2, at="20.00")
    waiting = only(desk.submit("ALPHA", BUY, 3, at="20.01"), OrderHeld).order_id
    final = cmd.ExpireContract(contract_id="CLM0", final_price_nanos=price("20"), source="feed")
    desk.done(final)
    assert desk.order_state(waiting) == "EXPIRED"
    assert desk.state.risk.self_match.held == {}


def test_a_premium_follows_the_lots_that_decrement_leaves(desk):
    """Options: 7 at 2.00 a barrel reserve 14,000; 5 are taken off, 2 reserve 4,000."""
    use_options(desk)
    desk.mark(LOC="2")
    apart(desk, DECREMENT)
    resting = desk.working("BETA", SELL, 5, "LOC", at="2.00")
    events = desk.submit("ALPHA", BUY, 7, "LOC", at="2.00")
    assert only(events, OrderAccepted).terms.quantity_lots == 2
    entry = desk.state.subs["ALPHA"].lines["C1", "LOC"].entry
    assert entry.premium_micros == money("4000")
    assert only(desk.cancelled(resting), OrderRouted).terms.quantity_lots == 2


def test_an_order_that_waits_ends_once_however_many_venues_shut_at_one_moment(desk):
    """Both halt within one record, and each of them ends what waits where orders are not taken."""
    halt_ns = desk.now_ns + 60 * SECOND
    for venue, until_ns in (("NYMEX", halt_ns), ("OSE", halt_ns + SECOND)):
        hours = session(Phase.OPEN, 0, until_ns), session(Phase.HALT, until_ns)
        desk.done(cmd.CloseSession(venue_id=venue))
        desk.done(open_day(TUESDAY, *hours, venue=venue))
    apart(desk, OLDEST)
    desk.working("BETA", SELL, 2, at="20.00")
    waiting = only(desk.submit("ALPHA", BUY, 3, at="20.01"), OrderHeld).order_id
    events = desk.done(cmd.AdvanceTime(), after_ns=90 * SECOND)
    assert kinds(events) == ["PhaseEntered", "PhaseEntered", "OrderCancelled"]
    assert events[-1].order_id == waiting
    assert list(desk.state.closed_orders).count(waiting) == 1
