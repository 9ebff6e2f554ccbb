"""What is still asked of an order inside an envelope, and what a parameter file does to one."""

import pytest
from msgspec.structs import replace

from fencang.engine.decide.ask import ask_of_submit
from fencang.engine.decide.envelope_check import envelope_check, envelope_evaluations
from fencang.engine.decide.ladder import LADDER
from fencang.engine.explain import explain
from fencang.messages.envelope_events import EnvelopeOpened
from fencang.messages.reasons import Reason
from fencang.messages.regime_events import LimitNotice
from fencang.refdata.regime import LimitBucket, LimitStep
from tests.engine.control_firm import FREE_FLOW, WIDE
from tests.engine.desk import BUY, SELL, only, transfer
from tests.engine.envelope_acts import (
    endings,
    inside,
    open_envelope,
    opened,
    order_inside,
    state_of,
    taken,
)
from tests.engine.firm import MONDAY, TUESDAY, changed, define, limit, money
from tests.engine.regime_firm import exemption, regime_limit, use_regimes
from tests.engine.span_firm import DEARER, activate, arrays, load, use_span


@pytest.fixture
def controlled(desk):
    desk.done(define(WIDE, FREE_FLOW))
    return desk


@pytest.fixture
def lawful(desk):
    desk.done(define(limit("MASTER", "*", 10_000)))
    return use_regimes(desk)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (changed(WIDE, is_restricted=True), Reason.RESTRICTED),
        (changed(WIDE, quantity_lots_max=0), Reason.ORDER_QUANTITY_MAX),
        (changed(WIDE, value_micros_max=money("19999")), Reason.ORDER_VALUE_MAX),
        (changed(WIDE, collar_ppm=0, collar_ticks=0), Reason.ORDER_COLLAR),
        (changed(WIDE, price_age_ns_max=0), Reason.PRICE_STALE),
        (changed(FREE_FLOW, messages_max=0), Reason.MESSAGE_RATE),
        (changed(FREE_FLOW, working_orders_max=0), Reason.WORKING_ORDERS_MAX),
    ],
    ids=lambda value: value.name if isinstance(value, Reason) else "",
)
def test_order_and_flow_controls_are_always_asked(controlled, row, reason):
    envelope = opened(controlled, "ALPHA", BUY, 10)
    controlled.done(define(row))
    refusal = inside(controlled, envelope, 1, at="20.01")[0]
    assert refusal.reason is reason
    assert state_of(controlled, envelope) == (10, 0, 0, 10)


def test_a_regime_counts_the_lots_of_an_envelope_once(lawful):
    """60 in a single month: an envelope of 60 is used to the last lot, 61 are never opened."""
    lawful.refused(open_envelope(lots=61), Reason.REGIME_LIMIT)
    envelope = opened(lawful, "ALPHA", BUY, 60)
    assert lawful.submit("BETA", BUY, 1, at="20")[0].reason is Reason.REGIME_LIMIT
    taken(lawful, envelope, 60)


def test_what_is_told_of_a_jurisdiction_counts_reserved_lots_once(lawful):
    """Inside an envelope of 60 of 60 all lots pass, and each number is 60 and not 120."""
    envelope = opened(lawful, "ALPHA", BUY, 60)
    (told,) = explain(lawful.state, order_inside(envelope, 60))
    assert told.refusal is None
    found = [each for each in told.evaluations if each.control == "regimes"]
    assert {(each.value, each.passes) for each in found} == {(60, True)}


def test_a_regime_that_steps_down_ends_what_is_beyond_it(lawful):
    """From Tuesday on only 50 lots may be held: the envelope of 60 ends as the day begins."""
    envelope = opened(lawful, "ALPHA", BUY, 60)
    row = regime_limit(100)
    steps = (*row.steps, LimitStep(TUESDAY, 50))
    lawful.done(define(replace(row, steps=steps)))
    assert state_of(lawful, envelope) == (60, 0, 0, 60)
    lawful.settle(MONDAY, CLM0="20", CLN0="20")
    lawful.next_day(TUESDAY)
    found = [each for record in lawful.records for each in endings(record.events)]
    assert found == [(envelope, None, "limit")]


@pytest.mark.parametrize("months", [("CLM0",), ("CLM0", "CLN0")])
def test_where_a_hard_limit_falls_the_newest_gives_way_and_no_more_than_must(lawful, months):
    """Three of 20 in 60 of June: of 45 lots two fit, in one line or over several contracts."""
    kept = [opened(lawful, name, BUY, 20) for name in ("ALPHA", "BETA")]
    newest = opened(lawful, "BETA", BUY, 20, "CL", contract_ids=months)
    events = lawful.done(define(regime_limit(45, bucket=LimitBucket.SINGLE_MONTH)))
    assert endings(events) == [(newest, None, "limit")]
    events = lawful.done(define(regime_limit(39, bucket=LimitBucket.SINGLE_MONTH)))
    assert endings(events) == [(kept[1], None, "limit")]
    assert state_of(lawful, kept[0]) == (20, 0, 0, 20)


@pytest.mark.parametrize("reserves", [False, True])
def test_what_an_exemption_lets_through_leaves_others_no_room_to_wait_in(desk, reserves):
    """60 in a month for FUND and CLIENT, who count as one; CLIENT alone may hold more."""
    desk.done(define(limit("MASTER", "*", 10_000)))
    desk.fund("CLIENT1", "1000000", owner="CLIENT", account="OMNI")
    use_regimes(desk, exemption(90, person="CLIENT"))
    envelope = opened(desk, "ALPHA", BUY, 50)
    desk.accepted("CLIENT1", BUY, 10, at="20")
    assert state_of(desk, envelope) == (50, 0, 0, 50)
    if reserves:
        events = desk.done(open_envelope("CLIENT1", BUY, 1))
    else:
        events = desk.submit("CLIENT1", BUY, 1, at="20")
    assert endings(events) == [(envelope, None, "limit")]


def test_what_an_order_of_the_other_side_hid_is_asked_for_when_it_ends(desk):
    """20 to sell ask for 40,000, 10 that wait to be bought then for nothing; 15,000 are there.

    When the order is gone they ask for 20,000 beside the 1,500 of July: six of them fit.
    """
    desk.trade("ALPHA", BUY, 50, "20", contract="CLN0")
    hiding = desk.working("ALPHA", SELL, 20, at="20")
    envelope = opened(desk, "ALPHA", BUY, 10)
    assert endings(desk.mark(CLN0="0.30")) == []
    assert endings(desk.cancelled(hiding)) == [(envelope, 6, "position")]


def test_accountability_is_told_when_lots_are_reserved(lawful):
    opened(lawful, "ALPHA", BUY, 60)
    events = lawful.done(open_envelope("ALPHA", BUY, 21, "CLN0"))
    assert only(events, EnvelopeOpened)
    assert only(events, LimitNotice).worst_case_lots == 81


def test_a_dearer_parameter_file_shrinks_an_envelope_in_its_command(desk):
    """30,000 dollars: 10 lots at 3,000 fit, at 4,500 six of them do."""
    use_span(desk)
    desk.done(transfer("ALPHA", None, "970000"))
    envelope = opened(desk, "ALPHA", BUY, 10)
    assert desk.requirement("ALPHA") == money("30000")
    desk.done(load(DEARER))
    assert state_of(desk, envelope) == (10, 0, 0, 10)
    events = desk.done(activate(DEARER, approved_by="boss"))
    assert endings(events) == [(envelope, 6, "parameters")]
    assert desk.requirement("ALPHA") == money("27000")


def test_an_envelope_counts_in_span_as_working_orders_do(desk):
    """Reserved sells earn no credit against 4 lots held: the larger side of both is asked for."""
    use_span(desk)
    desk.trade("ALPHA", BUY, 4, "20")
    before = desk.requirement("ALPHA")
    envelope = opened(desk, "ALPHA", SELL, 10)
    assert (before, desk.requirement("ALPHA")) == (money("12000"), money("18000"))
    order_id = taken(desk, envelope, 10, side=SELL)
    desk.fill(order_id, 10, "20")
    assert desk.requirement("ALPHA") == money("18000")


@pytest.mark.parametrize(
    ("fields", "passes"),
    [
        ({"envelope_id": 77}, [False]),
        ({"sub": "BETA"}, [False]),
        ({"contract": "CLN0"}, [False]),
        ({"side": SELL}, [False]),
        ({"lots": 5}, [False, True]),
        ({"lots": 11}, [False, False]),
        ({"lots": 4}, [True, True]),
    ],
)
def test_the_first_failing_evaluation_is_the_refusal(desk, fields, passes):
    envelope = opened(desk, "ALPHA", BUY, 10, clip_lots=4)
    command = order_inside(**{"envelope_id": envelope, **fields})
    sub = desk.state.subs[command.sub_account_id]
    line = desk.state.line(sub, "C1", desk.state.contracts[command.contract_id])
    ask = ask_of_submit(desk.state, command, line)
    found = list(envelope_evaluations(ask))
    refusal = envelope_check(ask)
    assert [each.passes for each in found] == passes
    first = next((each for each in found if not each.passes), None)
    if first is None:
        assert refusal is None
    else:
        assert refusal[:4] == (first.reason, first.node_id, first.limit, first.value)


def test_an_order_that_names_no_envelope_evaluates_none(desk):
    command = order_inside(0)
    line = desk.state.line(desk.state.subs["ALPHA"], "C1", desk.state.contracts["CLM0"])
    assert list(envelope_evaluations(ask_of_submit(desk.state, command, line))) == []
    (control,) = [each for each in LADDER if each.name == "envelope"]
    assert control.evaluations is envelope_evaluations


def test_many_envelopes_that_no_longer_fit_shrink_and_end_in_few_steps(desk):
    """Four envelopes of 100 lots each, three sub-accounts; the price trebles to 6,000 a lot.

    1m bears 166 lots, GAMMA's 7m all its 400.
    """
    desk.done(define(limit("MASTER", "*", 1_000_000)))
    for _ in range(4):
        for sub in ("ALPHA", "BETA", "GAMMA"):
            opened(desk, sub, BUY, 100)
    desk.done(transfer(None, "GAMMA", "6000000"))
    events = desk.mark(CLM0="60")
    freed = sum(event.freed_lots for event in events if hasattr(event, "freed_lots"))
    kept = sum(each.reserved_lots for each in desk.state.risk.envelopes.open.values())
    assert freed + kept == 1_200
    assert all(desk.requirement(sub) <= desk.equity(sub) for sub in ("ALPHA", "BETA", "GAMMA"))
    assert kept == 166 + 166 + 400


def test_computed_arrays_are_parameters_too(desk):
    """Arrays of the file in force, half as dear again: 6 of 10 lots stay."""
    use_span(desk)
    desk.done(transfer("ALPHA", None, "970000"))
    envelope = opened(desk, "ALPHA", BUY, 10)
    assert endings(desk.done(arrays(4_500, "CLM0"))) == [(envelope, 6, "parameters")]
