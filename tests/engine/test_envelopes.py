"""Envelopes: what is reserved, what orders take of it, what makes it smaller or ends it."""

import pytest

from fencang.engine.decide.envelopes import ENVELOPES_OF_SUB_MAX
from fencang.engine.decide.ladder import LADDER, RESERVED
from fencang.messages import commands as cmd
from fencang.messages.envelope_events import EnvelopeClosed, EnvelopeOpened
from fencang.messages.events import OrderCancelled
from fencang.messages.message import TradingState
from fencang.messages.reasons import Reason
from fencang.messages.self_match_events import OrderHeld
from tests.engine.acts import halt
from tests.engine.desk import BUY, OPEN, SELL, kinds, only, order, stray, trading_desk, transfer
from tests.engine.envelope_acts import (
    HOUR,
    close_envelope,
    endings,
    inside,
    open_envelope,
    opened,
    state_of,
    taken,
)
from tests.engine.firm import CL, changed, define, limit, money, rule, sub_account
from tests.engine.self_match_acts import OLDEST, apart


@pytest.fixture
def desk():
    """A nested sub-account stands for a strategy under ALPHA."""
    return trading_desk(sub_account("NEST", parent="ALPHA"), limit("ALPHA", "CL", 60))


def rejection(events):
    return events[0].reason


def test_an_envelope_is_seen_by_others_as_working_lots(desk):
    """100 lots at the master: 60 reserved leave 40 to BETA, at every level and in margin."""
    desk.done(define(limit("MASTER", "CLM0", 100)))
    opened(desk, "ALPHA", BUY, 60)
    assert desk.reserved("ALPHA") == (60, 0)
    assert desk.requirement("ALPHA") == money("120000")
    assert rejection(desk.submit("BETA", BUY, 41, at="20")) is Reason.POSITION_LIMIT
    desk.accepted("BETA", BUY, 40, at="20")


def test_an_order_inside_changes_no_total(desk):
    """It moves its lots from the envelope to its own reservation; what it gives back returns."""
    envelope = opened(desk, "ALPHA", BUY, 10)
    need = desk.requirement("ALPHA")
    order_id = taken(desk, envelope, 4)
    assert state_of(desk, envelope) == (10, 4, 0, 6)
    assert (desk.reserved("ALPHA"), desk.requirement("ALPHA")) == ((10, 0), need)
    desk.fill(order_id, 1, "20")
    assert state_of(desk, envelope) == (10, 3, 1, 6)
    desk.cancelled(order_id)
    assert state_of(desk, envelope) == (10, 0, 1, 9)
    assert (desk.reserved("ALPHA"), desk.requirement("ALPHA")) == ((9, 0), need)


def test_room_reserved_is_there_when_nothing_else_is(desk):
    """Capital left, limit used up by others: inside there is room, outside none."""
    envelope = opened(desk, "ALPHA", BUY, 10)
    desk.done(transfer("ALPHA", None, "980000"))
    desk.done(define(limit("MASTER", "CL", 10)))
    assert rejection(desk.submit("ALPHA", BUY, 1, at="20")) is Reason.POSITION_LIMIT
    taken(desk, envelope, 10)


def test_orders_inside_are_refused_beyond_lots_and_clip(desk):
    envelope = opened(desk, "ALPHA", BUY, 10, clip_lots=6)
    taken(desk, envelope, 6)
    refusal = inside(desk, envelope, 7)[0]
    assert (refusal.reason, refusal.limit, refusal.value) == (Reason.ENVELOPE_CLIP, 6, 7)
    refusal = inside(desk, envelope, 5)[0]
    assert (refusal.reason, refusal.limit, refusal.value) == (Reason.ENVELOPE_LOTS, 4, 5)
    taken(desk, envelope, 4)


def test_a_replacement_stays_inside_its_envelope(desk):
    envelope = opened(desk, "ALPHA", BUY, 10, clip_lots=9)
    order_id = taken(desk, envelope, 4)
    desk.done(cmd.ReportOrderWorking(order_id=order_id, venue_order_id="V"))
    assert rejection(desk.replace(order_id, 10)) is Reason.ENVELOPE_CLIP
    desk.replace(order_id, 9)
    assert state_of(desk, envelope) == (10, 9, 0, 1)
    desk.done(cmd.ReportReplaceRejected(order_id=order_id, text="no"))
    assert state_of(desk, envelope) == (10, 4, 0, 6)


def test_an_order_outside_never_uses_an_envelope(desk):
    envelope = opened(desk, "ALPHA", BUY, 10)
    desk.accepted("ALPHA", BUY, 4, at="20")
    assert state_of(desk, envelope) == (10, 0, 0, 10)
    assert desk.reserved("ALPHA") == (14, 0)


def test_a_way_out_uses_no_envelope_and_is_never_in_its_way(desk):
    """10 long and 60 sells reserved: 10 more may be sold although 60 short are the limit."""
    desk.trade("ALPHA", BUY, 10, "20")
    envelope = opened(desk, "ALPHA", SELL, 70)
    events = inside(desk, envelope, 10, side=SELL)
    assert events[0].is_reducing
    assert events[0].envelope_id == 0
    assert endings(events) == [(envelope, 60, "position")]


def test_lots_of_an_envelope_close_nothing_for_a_rule(desk):
    """A firing cuts half of 10 lots although 10 sells lay reserved, and the envelope ends."""
    desk.done(define(rule()))
    desk.trade("ALPHA", BUY, 10, "20")
    envelope = opened(desk, "ALPHA", SELL, 10)
    desk.vix("20", close=True)
    events = desk.vix("21")
    assert endings(events) == [(envelope, None, "rule")]
    (block,) = [event for event in events if type(event).__name__ == "BlockOrderCreated"]
    assert [leg.quantity_lots for leg in block.legs] == [5]


def test_an_end_tells_lots_as_they_are_though_an_order_inside_goes_at_once(desk):
    """A firing ends the envelope and an order inside that had not left: 4 worked, 6 were unused."""
    apart(desk, OLDEST)
    desk.done(define(rule()))
    desk.working("ALPHA", SELL, 2, at="20")
    envelope = opened(desk, "ALPHA", BUY, 10)
    waiting = only(inside(desk, envelope, 4), OrderHeld).order_id
    desk.vix("20", close=True)
    events = desk.vix("21")
    assert only(events, OrderCancelled).order_id == waiting
    ended = only(events, EnvelopeClosed)
    assert (ended.cause, ended.working_lots, ended.freed_lots) == ("rule", 4, 6)
    assert events.index(ended) < events.index(only(events, OrderCancelled))
    assert desk.reserved("ALPHA") == (0, 2)


def test_time_ends_an_envelope_with_the_first_command_after_it(desk):
    envelope = opened(desk, "ALPHA", BUY, 10, lifetime_ns=HOUR)
    order_id = taken(desk, envelope, 3, at="19")
    desk.done(cmd.AdvanceTime(), after_ns=HOUR - 10**9 - 1)
    assert state_of(desk, envelope) == (10, 3, 0, 7)
    events = desk.done(cmd.AdvanceTime(), after_ns=1)
    assert endings(events) == [(envelope, None, "expired")]
    assert desk.reserved("ALPHA") == (3, 0)
    assert rejection(inside(desk, envelope, 1)) is Reason.ENVELOPE_UNKNOWN
    desk.cancelled(order_id)
    assert desk.reserved("ALPHA") == (0, 0)


def test_an_order_after_the_end_finds_the_envelope_closed(desk):
    envelope = opened(desk, "ALPHA", BUY, 10, lifetime_ns=HOUR)
    desk.now_ns += HOUR
    events = inside(desk, envelope, 1)
    assert kinds(events) == ["EnvelopeClosed", "OrderRejected"]
    assert events[1].reason is Reason.ENVELOPE_UNKNOWN


def test_closing_gives_back_and_leaves_working_orders(desk):
    envelope = opened(desk, "ALPHA", BUY, 10)
    order_id = taken(desk, envelope, 3)
    (event,) = desk.done(close_envelope(envelope))
    assert (event.working_lots, event.filled_lots, event.freed_lots) == (3, 0, 7)
    desk.fill(order_id, 3, "20")
    assert (desk.net("ALPHA"), desk.reserved("ALPHA")) == (3, (0, 0))


def test_a_lower_limit_shrinks_envelopes_in_the_same_command_newest_first(desk):
    """50 lots reserved, 20 by GAMMA last: a limit of 35 takes 15 of GAMMA's, one of 10 all 20."""
    first = opened(desk, "ALPHA", BUY, 30)
    last = opened(desk, "GAMMA", BUY, 20)
    events = desk.done(define(limit("MASTER", "CL", 35)))
    assert endings(events) == [(last, 5, "limit")]
    events = desk.done(define(limit("MASTER", "CL", 10), approved_by=""))
    assert endings(events) == [(last, None, "limit"), (first, 10, "limit")]
    assert state_of(desk, first) == (10, 0, 0, 10)


def test_working_orders_inside_are_counted_first(desk):
    """6 of 10 lots work, the limit becomes 8: 2 of the 4 unused ones go.

    All 8 work and the limit becomes 3: when 6 return, 1 of them fits beside the 2 that work.
    """
    envelope = opened(desk, "ALPHA", BUY, 10)
    order_id = taken(desk, envelope, 6)
    assert endings(desk.done(define(limit("MASTER", "CL", 8)))) == [(envelope, 8, "limit")]
    taken(desk, envelope, 2)
    assert endings(desk.done(define(limit("MASTER", "CL", 3)))) == []
    assert endings(desk.cancelled(order_id)) == [(envelope, 3, "position")]
    assert (state_of(desk, envelope), desk.reserved("ALPHA")) == ((3, 2, 0, 1), (3, 0))


def test_a_mark_shrinks_an_envelope_to_the_margin_that_is_there(desk):
    """220,000 dollars, 10 lots held from 20, 100 reserved.

    At 22 they are 240,000, at 2,200 a lot enough for 109 lots: 99 of the 100 stay.  At 10 a lot
    asks for 1,000 and 120,000 are left; at -10 nothing is.
    """
    desk.done(define(limit("ALPHA", "CL", 1_000)))
    desk.done(transfer("ALPHA", None, "780000"))
    desk.trade("ALPHA", BUY, 10, "20")
    envelope = opened(desk, "ALPHA", BUY, 100)
    assert endings(desk.mark(CLM0="10")) == []
    assert endings(desk.mark(CLM0="22")) == [(envelope, 99, "mark")]
    assert endings(desk.mark(CLM0="-10")) == [(envelope, None, "mark")]


def test_margin_beyond_what_was_stated_shrinks_it(desk):
    """20,000 were stated for 10 lots at 2,000: at a mark of 40 they are enough for 5."""
    envelope = opened(desk, "ALPHA", BUY, 10, margin_micros=money("20000"))
    assert endings(desk.mark(CLM0="40")) == [(envelope, 5, "mark")]
    assert endings(desk.mark(CLM0="20")) == []


def test_a_dearer_product_voids_what_no_margin_is_there_for(desk):
    desk.done(transfer("ALPHA", None, "980000"))
    envelope = opened(desk, "ALPHA", BUY, 10)
    events = desk.done(define(changed(CL, margin_ppm=200_000)))
    assert endings(events) == [(envelope, 5, "limit")]


def test_money_that_leaves_cannot_be_reserved_margin(desk):
    opened(desk, "ALPHA", BUY, 60)
    desk.refused(transfer("ALPHA", None, "880001"), Reason.CAPITAL_TOO_SMALL)
    desk.done(transfer("ALPHA", None, "880000"))


@pytest.mark.parametrize("node", ["NEST", "ALPHA", "MASTER"])
@pytest.mark.parametrize("state", [TradingState.REDUCE_ONLY, TradingState.HALTED])
def test_a_trading_state_ends_what_stands_under_it(desk, node, state):
    desk.done(transfer(None, "NEST", "20000"))
    envelope = opened(desk, "NEST", BUY, 10)
    command = cmd.SetTradingState(
        node_id=node, trading_state=state, reason="storm", entered_by="risk"
    )
    assert endings(desk.done(command)) == [(envelope, None, "state")]


def test_the_controls_that_are_not_reserved_are_asked_inside(desk):
    envelope = opened(desk, "ALPHA", BUY, 10)
    refusal = inside(desk, envelope, 1, at="20.001")[0]
    assert refusal.reason is Reason.ORDER_PRICE_OFF_TICK
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    assert rejection(inside(desk, envelope, 1)) is Reason.SESSION_CLOSED


def test_only_position_limits_exposure_and_margin_are_reserved():
    """Everything else of the ladder is asked of an order inside as of any other."""
    named = {control.name: control for control in LADDER}
    assert set(RESERVED) == {"position limit", "exposure", "sub-account margin", "pool margin"}
    assert all(named[name].of_exposure for name in RESERVED)


def test_a_contract_that_ends_ends_its_envelopes(desk):
    envelope = opened(desk, "ALPHA", BUY, 10)
    command = cmd.ExpireContract(contract_id="CLM0", final_price_nanos=20 * 10**9, source="feed")
    assert endings(desk.done(command)) == [(envelope, None, "contract")]


def test_a_product_envelope_counts_once_for_the_product_and_fully_in_each_contract(desk):
    """10 lots over CLM0 and CLN0: limits of 10 hold them, whichever contract is dealt in."""
    for scope in ("CLM0", "CLN0", "CL"):
        desk.done(define(limit("MASTER", scope, 10)))
    envelope = opened(desk, "ALPHA", BUY, 10, "CL", contract_ids=("CLM0", "CLN0"))
    assert _working(desk) == (10, 10, 10)
    first = taken(desk, envelope, 6)
    assert _working(desk) == (10, 4, 10)
    taken(desk, envelope, 4, contract="CLN0")
    assert _working(desk) == (6, 4, 10)
    desk.cancelled(first)
    assert _working(desk) == (6, 10, 10)
    assert rejection(inside(desk, envelope, 1, contract="CLK0")) is Reason.ENVELOPE_CONTRACT


def _working(desk):
    """Return the lots bought that work or lie reserved at the master: CLM0, CLN0, CL."""
    nodes = {key: node for key, node in desk.state.limit_nodes.items() if key[0] == "MASTER"}
    found = {key[1][0]: node.net.buy_lots for key, node in nodes.items()}
    return found["CLM0"], found["CLN0"], found["CL"]


def test_in_a_gross_account_an_envelope_opens(desk):
    envelope = opened(desk, "ALPHA", BUY, 5, "CU06")
    taken(desk, envelope, 5, contract="CU06", at="40000", offset=OPEN)
    assert state_of(desk, envelope) == (5, 5, 0, 0)


def test_lots_filled_beyond_an_order_are_taken_from_its_envelope(desk):
    envelope = opened(desk, "ALPHA", BUY, 10)
    order_id = taken(desk, envelope, 2)
    desk.fill(order_id, 5, "20")
    assert state_of(desk, envelope) == (10, 0, 5, 5)
    desk.fill(order_id, 9, "20")
    assert state_of(desk, envelope) == (10, 0, 14, 0)


def test_what_nobody_ordered_goes_before_envelopes(desk):
    """10m in the pool bear 5,000 lots: 4,970 of a stray fill leave 30 of 60 reserved."""
    desk.done(define(limit("MASTER", "*", 100_000)))
    envelope = opened(desk, "ALPHA", BUY, 60)
    stray(desk, BUY, 4_970, "20")
    found = [each for record in desk.records[-1:] for each in endings(record.events)]
    assert found == [(envelope, 30, "position")]


def test_one_person_or_a_program_opens_and_closes(desk):
    events = desk.done(open_envelope())
    assert [type(event) for event in events] == [EnvelopeOpened]
    assert events[0].entered_by == "algo"
    assert events[0].needed_micros == money("20000")
    (event,) = desk.done(close_envelope(events[0].envelope_id))
    assert isinstance(event, EnvelopeClosed)


def test_envelopes_of_a_sub_account_are_bounded(desk):
    for _ in range(ENVELOPES_OF_SUB_MAX):
        opened(desk, "ALPHA", BUY, 1)
    desk.refused(open_envelope(lots=1), Reason.ENVELOPES_MAX)


def test_a_halted_account_opens_no_envelope(desk):
    halt(desk, "ALPHA")
    desk.refused(open_envelope(), Reason.TRADING_HALTED)


def test_exactly_the_limit_is_reserved_and_not_one_lot_more(desk):
    desk.refused(open_envelope(lots=61), Reason.POSITION_LIMIT)
    opened(desk, lots=60)


def test_an_order_that_names_none_is_asked_everything(desk):
    events = desk.do(order("ALPHA", BUY, 61, at="20"))
    assert rejection(events) is Reason.POSITION_LIMIT
