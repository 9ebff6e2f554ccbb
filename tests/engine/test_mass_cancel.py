"""Mass cancels: what they reach, what they leave, and how many at once."""

import pytest

from fencang.engine.machine import Machine
from fencang.engine.risk.mass_cancels import CANCELS_PER_COMMAND_MAX
from fencang.messages import commands as cmd
from fencang.messages.cancel_events import MassCancelAccepted, MassCancelContinued
from fencang.messages.connection_commands import StopAction
from fencang.messages.envelope_events import EnvelopeClosed, EnvelopeShrunk
from fencang.messages.events import CancelRequested, CommandRejected, OrderAccepted, OrderCancelled
from fencang.messages.instruction_events import InstructionCancelled
from fencang.messages.self_match_events import OrderHeld
from tests.engine.cancel_acts import asked_ids, bounded, cancel_orders, parts
from tests.engine.connection_acts import stop
from tests.engine.desk import BUY, SELL, all_of, only, order, transfer
from tests.engine.envelope_acts import opened, state_of, taken
from tests.engine.firm import SECOND, changed, define, rule
from tests.engine.flow_firm import FREE_TRADE_FLOW
from tests.engine.life_acts import roll
from tests.engine.self_match_acts import OLDEST, apart
from tests.engine.test_connections import at_work
from tests.engine.tier_firm import dated, queued, use_tiers

TICK = cmd.AdvanceTime()


# --------------------------------------------------------------------------------- what it reaches


@pytest.mark.parametrize(
    ("node", "filters", "asked"),
    [
        ("ALPHA", {}, {"opening", "closing"}),
        ("MASTER", {}, {"opening", "closing", "other", "eurex", "client"}),
        ("venue:EUREX", {}, {"eurex"}),
        ("carrying:C1", {}, {"opening", "closing", "other", "eurex"}),
        ("person:CLIENT", {}, {"client"}),
        ("MASTER", {"side": SELL}, {"closing"}),
        ("MASTER", {"scope_id": "FDAX"}, {"eurex"}),
        ("MASTER", {"scope_id": "CL"}, {"opening", "closing", "other", "client"}),
        ("MASTER", {"scope_id": "CLM0", "side": BUY}, {"opening", "other", "client"}),
        ("MASTER", {"carrying_account_id": "OMNI"}, {"client"}),
        ("ALPHA", {"carrying_account_id": "OMNI"}, set()),
    ],
)
def test_every_order_under_the_node_that_the_filters_leave_is_asked(desk, node, filters, asked):
    orders = at_work(desk)
    events = desk.done(cancel_orders(node, **filters))
    assert asked_ids(events) == sorted(orders[name] for name in asked)
    told = only(events, MassCancelAccepted)
    assert (told.asked_orders, told.pending_orders, told.left_orders) == (len(asked), 0, 0)
    assert (told.node_id, told.entered_by) == (node, "trader")
    assert told.last_order_id == max((orders[name] for name in asked), default=0)


def test_it_asks_what_the_kill_switch_asks_and_stops_nothing(desk):
    orders = at_work(desk)
    asked = asked_ids(desk.done(cancel_orders("ALPHA")))
    desk.accepted("ALPHA", BUY, 1, at="19")
    for order_id in asked:
        desk.done(cmd.ReportCancelRejected(order_id=order_id, text="too late"))
    stopped = desk.done(stop("ALPHA", StopAction.HALT_AND_CANCEL))
    assert {*asked} == {orders["opening"], orders["closing"]}
    assert {*asked_ids(stopped)} > {*asked}


def test_what_waits_for_its_cancel_is_counted_and_not_asked_again(desk):
    orders = at_work(desk)
    desk.cancel(orders["opening"])
    first = desk.done(cancel_orders("ALPHA"))
    again = desk.done(cancel_orders("ALPHA"))
    assert asked_ids(first) == [orders["closing"]]
    assert only(first, MassCancelAccepted).pending_orders == 1
    assert asked_ids(again) == []
    assert only(again, MassCancelAccepted).pending_orders == 2


def test_it_passes_a_halt_a_spent_budget_of_cancels_and_a_rate(desk):
    order_id = desk.working("ALPHA", BUY, 1, at="19")
    desk.done(define(changed(FREE_TRADE_FLOW, cancels_max=0)))
    desk.done(stop("MASTER", StopAction.HALT))
    assert asked_ids(desk.done(cancel_orders("ALPHA"))) == [order_id]


def test_a_cancel_takes_the_place_of_a_replace_and_reaches_an_order_in_doubt(desk):
    replaced, doubtful = (desk.working("ALPHA", BUY, 1, at="19") for _ in range(2))
    desk.replace(replaced, 2)
    desk.accepted("ALPHA", BUY, 1, at="19")
    events = desk.done(cmd.RestartDesk())
    assert len(events) > 1
    assert {*asked_ids(desk.done(cancel_orders("ALPHA")))} >= {replaced, doubtful}


def test_without_an_order_nothing_is_asked_and_nothing_refused(desk):
    told = only(desk.done(cancel_orders("GAMMA")), MassCancelAccepted)
    assert (told.asked_orders, told.pending_orders, told.last_order_id) == (0, 0, 0)


def test_an_order_that_has_not_left_ends_at_once(desk):
    apart(desk, OLDEST)
    resting = desk.working("BETA", SELL, 1, at="20")
    held = only(desk.submit("ALPHA", BUY, 1, at="20"), OrderHeld).order_id
    events = desk.done(cancel_orders("MASTER"))
    assert [each.order_id for each in all_of(events, OrderCancelled)] == [held]
    told = only(events, MassCancelAccepted)
    assert (told.asked_orders, told.pending_orders) == (1, 1)
    assert all_of(desk.cancelled(resting), OrderAccepted) == []


# --------------------------------------------------------------------------------- what it leaves


def test_block_orders_of_the_desk_stay(desk):
    desk.trade("ALPHA", BUY, 4, "20")
    desk.done(define(rule(keep_ppm=0)))
    desk.vix("20", close=True)
    slice_id = only(desk.vix("21"), OrderAccepted).order_id
    assert asked_ids(desk.done(cancel_orders("MASTER"))) == []
    assert desk.state.orders[slice_id].is_live
    assert desk.state.blocks


def test_an_envelope_stays_open_and_gets_the_lots_of_its_orders_back(desk):
    envelope_id = opened(desk)
    order_id = taken(desk, envelope_id, 4)
    events = desk.done(cancel_orders("ALPHA"))
    assert asked_ids(events) == [order_id]
    assert all_of(events, EnvelopeClosed) == all_of(events, EnvelopeShrunk) == []
    desk.cancelled(order_id)
    assert state_of(desk, envelope_id) == (10, 0, 0, 10)


# --------------------------------------------------------------------- what waits for another day


@pytest.fixture
def dealing(desk):
    """ALPHA is of a tier of the next trading day and has an order, a roll and a transfer wait."""
    desk.trade("ALPHA", BUY, 2, "20")
    use_tiers(desk, dated(), ALPHA="ordinary")
    buys = queued(desk.submit("ALPHA", BUY, 1, at="20")).instruction_id
    rolls = queued(desk.do(roll("ALPHA", 1))).instruction_id
    gives = queued(desk.do(transfer(None, "ALPHA", "10"))).instruction_id
    return desk, buys, rolls, gives


@pytest.mark.parametrize(
    ("node", "filters", "ended"),
    [
        ("ALPHA", {}, ("buys", "rolls")),
        ("MASTER", {"scope_id": "CL"}, ("buys", "rolls")),
        ("carrying:C1", {"scope_id": "CLN0"}, ("rolls",)),
        ("venue:NYMEX", {"side": SELL}, ("rolls",)),
        ("person:FUND", {"carrying_account_id": "C1"}, ("buys", "rolls")),
        ("ALPHA", {"carrying_account_id": "OMNI"}, ()),
        ("BETA", {}, ()),
        ("venue:EUREX", {}, ()),
    ],
)
def test_orders_that_wait_are_taken_back_and_capital_is_not(dealing, node, filters, ended):
    desk, buys, rolls, gives = dealing
    events = desk.done(cancel_orders(node, **filters))
    numbers = {"buys": buys, "rolls": rolls}
    called_off = all_of(events, InstructionCancelled)
    assert [each.instruction_id for each in called_off] == [numbers[name] for name in ended]
    assert {each.cancelled_by for each in called_off} <= {"trader"}
    assert only(events, MassCancelAccepted).instructions == len(ended)
    assert gives in desk.state.risk.tiers.waiting


def test_a_replacement_that_waits_ends_with_the_side_of_its_order(desk):
    order_id = desk.working("ALPHA", BUY, 1, at="20")
    use_tiers(desk, dated(), ALPHA="ordinary")
    waits = queued(desk.replace(order_id, 3)).instruction_id
    assert all_of(desk.done(cancel_orders(side=SELL)), InstructionCancelled) == []
    events = desk.done(cancel_orders(side=BUY))
    assert only(events, InstructionCancelled).instruction_id == waits
    assert asked_ids(events) == [order_id]


# ---------------------------------------------------------------------------------- many at once


def five(desk):
    return [desk.working("ALPHA", BUY, 1, at="19") for _ in range(5)]


def test_what_one_command_asks_is_bounded_and_goes_on_after_the_next_ones(desk):
    orders = five(desk)
    with bounded(2):
        events = desk.done(cancel_orders("ALPHA"))
        assert asked_ids(events) == orders[:2]
        assert parts(events) == [(2, 3)]
        later = desk.accepted("ALPHA", BUY, 1, at="19")
        assert (parts(desk.records[-1].events), asked_ids(desk.records[-1].events)) == (
            [(2, 1)],
            orders[2:4],
        )
        last = desk.done(TICK)
        assert (parts(last), asked_ids(last)) == ([(1, 0)], orders[4:])
        assert parts(desk.done(TICK)) == []
    assert desk.state.orders[later].is_live
    assert desk.state.risk.mass_cancels.going_on == {}


def test_what_ended_or_was_asked_meanwhile_is_not_asked(desk):
    orders = five(desk)
    with bounded(1):
        desk.done(cancel_orders("ALPHA"))
        assert asked_ids(desk.cancelled(orders[1])) == [orders[1], orders[2]]
        assert asked_ids(desk.cancel(orders[4])) == [orders[4], orders[3]]
        assert parts(desk.records[-1].events) == [(1, 0)]


def test_a_refused_cancel_is_not_asked_a_second_time(desk):
    orders = five(desk)
    with bounded(2):
        desk.done(cancel_orders("ALPHA"))
        events = desk.done(cmd.ReportCancelRejected(order_id=orders[0], text="too late"))
        assert asked_ids(events) == orders[2:4]
        assert asked_ids(desk.done(TICK)) == orders[4:]


def test_several_share_the_room_of_a_command_and_ask_nobody_twice(desk):
    orders = [*five(desk), desk.working("BETA", BUY, 1, at="19")]
    with bounded(2):
        desk.done(cancel_orders("ALPHA"))
        both = desk.done(cancel_orders("MASTER"))
        assert asked_ids(both) == [*orders[2:4], orders[4]]
        assert parts(both) == [(2, 2), (1, 0)]
        last = desk.done(TICK)
        assert (parts(last), asked_ids(last)) == ([(1, 0)], orders[5:])
    assert {order_id for order_id in orders if desk.state.orders[order_id].pending} == {*orders}


def test_two_that_mean_the_same_orders_end_together(desk):
    orders = five(desk)
    with bounded(1):
        desk.done(cancel_orders("ALPHA"))
        desk.done(cancel_orders("ALPHA"))
        asked = [order_id for _ in range(5) for order_id in asked_ids(desk.done(TICK))]
    known = [each for each in desk.records if isinstance(each.command, type(TICK))]
    assert len(asked) == len({*asked})
    assert {*orders} >= {*asked}
    assert known
    assert desk.state.risk.mass_cancels.going_on == {}
    assert all(desk.state.orders[order_id].pending for order_id in orders)


def test_beyond_so_many_that_go_on_the_next_asks_everything_itself(desk):
    orders = five(desk)
    with bounded(1, going_on=1):
        desk.done(cancel_orders("ALPHA"))
        events = desk.done(cancel_orders("ALPHA"))
    told = only(events, MassCancelAccepted)
    assert (told.asked_orders, told.pending_orders, told.left_orders) == (4, 1, 0)
    assert asked_ids(events) == orders[1:]
    assert only(events, MassCancelContinued).left_orders == 0


def test_it_goes_on_though_the_next_command_is_refused(desk):
    orders = five(desk)
    with bounded(3):
        desk.done(cancel_orders("ALPHA"))
        events = desk.cancel(77)
    assert isinstance(events[0], CommandRejected)
    assert asked_ids(events) == orders[3:]


def test_a_thousand_orders_are_asked_in_one_command(desk):
    """The bound as it is, on the bare machine: every law after each order would take minutes."""
    for sub in ("ALPHA", "BETA"):
        desk.fund(sub, "500000")
    machine = Machine.load(desk.machine.dump())
    for number in range(CANCELS_PER_COMMAND_MAX + 2):
        sub, side = (("ALPHA", BUY), ("BETA", SELL))[number % 2]
        command = order(sub, side, 1, "CLM0", "20", f"m{number}")
        (accepted, *_) = machine.execute(command, machine.sequence + 1, machine.time_ns + SECOND)
        assert isinstance(accepted, OrderAccepted), accepted
    events = machine.execute(cancel_orders(), machine.sequence + 1, machine.time_ns + 1)
    assert len(all_of(events, CancelRequested)) == CANCELS_PER_COMMAND_MAX
    assert only(events, MassCancelAccepted).left_orders == 2
    (rest,) = parts(machine.execute(TICK, machine.sequence + 1, machine.time_ns + 1))
    assert rest == (2, 0)
