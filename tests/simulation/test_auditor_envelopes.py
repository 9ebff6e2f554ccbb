"""The auditor follows envelopes by itself: an honest desk is clean, a false one is told."""

import pytest
from msgspec.structs import replace

from fencang.messages import commands as cmd
from fencang.messages.envelope_commands import CloseEnvelope, OpenEnvelope
from fencang.messages.envelope_events import (
    EnvelopeCause,
    EnvelopeClosed,
    EnvelopeOpened,
    EnvelopeShrunk,
)
from fencang.messages.events import DeskDefined, OrderAccepted
from fencang.messages.message import TradingState
from tests.engine.acts import halt
from tests.engine.desk import BUY, SELL, trading_desk, transfer
from tests.engine.envelope_acts import close_envelope, inside, open_envelope, opened, taken
from tests.engine.firm import SECOND, changed, define, limit, money, sub_account
from tests.engine.proposal_firm import two_owners
from tests.engine.regime_firm import regime_limit
from tests.simulation.forgery import asked_otherwise, forged, laws_of, left_out
from tests.simulation.test_auditor_controls import last_defined, stated_otherwise

BOTH = ("CLM0", "CLN0")


@pytest.fixture(scope="module")
def used():
    """One over July and June is used, one of BETA shrinks by a limit and expires, one is closed."""
    desk = trading_desk(sub_account("NEST", parent="ALPHA"), limit("MASTER", "CL", 60))
    desk.mark(CLN0="25")
    envelope = opened(desk, "ALPHA", BUY, 20, "CL", contract_ids=BOTH, clip_lots=9)
    first = taken(desk, envelope, 6)
    desk.fill(first, 2, "20")
    second = taken(desk, envelope, 4, contract="CLN0", at="25")
    desk.replace(second, 5)
    desk.cancelled(first)
    opened(desk, "BETA", SELL, 12, lifetime_ns=100 * SECOND)
    desk.done(define(limit("BETA", "CL", 7)))
    desk.done(close_envelope(envelope))
    desk.done(cmd.AdvanceTime(), after_ns=100 * SECOND)
    return tuple(desk.records)


def test_an_honest_desk_is_clean(used):
    assert laws_of(used) == set()


def told(records, kind, place=0, **fields):
    return laws_of(forged(records, kind, lambda event: replace(event, **fields), place))


@pytest.mark.parametrize(
    "fields",
    [
        {"quantity_lots": 19},
        {"clip_lots": 10},
        {"side": SELL},
        {"contract_ids": ("CLM0",)},
        {"sub_account_id": "BETA"},
        {"margin_micros": 1},
        {"expires_ns": 1},
        {"needed_micros": money("40000")},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_envelope_that_was_not_asked_for_so_is_told(used, fields):
    assert "envelope terms" in told(used, EnvelopeOpened, **fields)


def test_what_it_needs_is_the_dearest_contract_once(used):
    """20 lots of 2,500 dollars, whichever month: not 90,000, and no cent less."""
    assert next(
        event.needed_micros
        for each in used
        for event in each.events
        if isinstance(event, EnvelopeOpened)
    ) == money("50000")
    assert "envelope terms" in told(used, EnvelopeOpened, needed_micros=money("90000"))


@pytest.mark.parametrize("fields", [{"lots": 10}, {"side": SELL}, {"contract_id": "CLZ0"}])
def test_an_order_that_does_not_lie_inside_is_told(used, fields):
    lots, more = fields.get("lots", 6), {k: v for k, v in fields.items() if k != "lots"}

    def other(event):
        return replace(event, terms=replace(event.terms, quantity_lots=lots, **more))

    assert "envelope use" in laws_of(forged(used, OrderAccepted, other))


def test_an_order_in_an_envelope_that_is_not_open_is_told(used):
    assert "envelope use" in told(used, OrderAccepted, envelope_id=77)
    assert "envelope use" in laws_of(forged(used, EnvelopeOpened, left_out))


def test_lots_that_nobody_reserved_are_told():
    """Three orders of 4 take 12 lots: true of an envelope of 12, false of one of 11."""
    desk = trading_desk()
    envelope = opened(desk, "ALPHA", BUY, 12)
    for _ in range(3):
        taken(desk, envelope, 4)
    assert laws_of(desk.records) == set()
    records = asked_otherwise(desk.records, OpenEnvelope, quantity_lots=11)
    assert "envelope use" in told(records, EnvelopeOpened, quantity_lots=11)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (EnvelopeShrunk, {"quantity_lots": 8, "freed_lots": 4}),
        (EnvelopeShrunk, {"quantity_lots": 6, "freed_lots": 6}),
        (EnvelopeShrunk, {"freed_lots": 4}),
        (EnvelopeShrunk, {"cause": EnvelopeCause.MARK}),
        (EnvelopeShrunk, {"envelope_id": 77}),
        (EnvelopeClosed, {"freed_lots": 0}),
        (EnvelopeClosed, {"filled_lots": 1}),
        (EnvelopeClosed, {"working_lots": 0}),
        (EnvelopeClosed, {"cause": EnvelopeCause.EXPIRED}),
        (EnvelopeClosed, {"cause": EnvelopeCause.STATE}),
        (EnvelopeClosed, {"cause": EnvelopeCause.LIMIT}),
        (EnvelopeClosed, {"envelope_id": 77}),
    ],
)
def test_an_end_that_gives_back_other_lots_or_for_no_cause_is_told(used, kind, fields):
    assert {"envelope end", "envelope room"} & told(used, kind, **fields)


def test_what_does_not_give_way_is_told(used):
    """Left out: the shrinking to 7 lots, and the end in time."""
    assert "envelope room" in laws_of(forged(used, EnvelopeShrunk, left_out))
    assert "envelope end" in laws_of(forged(used, EnvelopeClosed, left_out, 1))
    assert "envelope end" in laws_of(asked_otherwise(used, CloseEnvelope, envelope_id=77))


@pytest.mark.parametrize(
    "row", [limit("NEST", "CL", 4), limit("venue:NYMEX", "CL", 4), limit("MASTER", "CLM0", 4)]
)
def test_reserved_lots_beyond_a_limit_of_any_level_are_told(row):
    desk = trading_desk(sub_account("NEST", parent="ALPHA"))
    desk.done(transfer(None, "NEST", "100000"))
    desk.done(define(changed(row, long_lots_max=9)))
    opened(desk, "NEST", BUY, 5, "CL", contract_ids=BOTH)
    assert laws_of(desk.records) == set()
    assert "envelope room" in laws_of(stated_otherwise(desk.records, row))


def test_two_envelopes_and_an_order_share_one_limit():
    """5 and 3 reserved, 2 at work: 10 of 10; 9 would be passed by what lies reserved."""
    desk = trading_desk()
    desk.done(define(limit("MASTER", "CL", 10)))
    opened(desk, "ALPHA", BUY, 5, "CL", contract_ids=BOTH)
    opened(desk, "BETA", BUY, 3, "CLN0")
    desk.accepted("ALPHA", BUY, 2, at="20")
    assert laws_of(desk.records) == set()
    records = stated_otherwise(desk.records, limit("MASTER", "CL", 9))
    assert {"envelope room", "position limit"} <= laws_of(records)


def test_margin_that_is_not_there_is_told():
    """The price doubles and the envelope keeps its lots, by a record that was tampered with."""
    desk = trading_desk()
    desk.done(transfer("ALPHA", None, "979000"))
    opened(desk, "ALPHA", BUY, 10)
    desk.mark(CLM0="40")
    assert laws_of(desk.records) == set()
    assert "envelope room" in laws_of(forged(desk.records, EnvelopeShrunk, left_out))


def test_more_than_the_stated_margin_is_told_after_a_mark():
    desk = trading_desk()
    opened(desk, "ALPHA", BUY, 10, margin_micros=money("20000"))
    desk.mark(CLM0="40")
    assert laws_of(desk.records) == set()
    assert "envelope room" in laws_of(forged(desk.records, EnvelopeShrunk, left_out))


@pytest.mark.parametrize("state", [TradingState.HALTED, TradingState.REDUCE_ONLY])
def test_what_stands_under_a_stopped_node_is_told(state):
    desk = trading_desk()
    opened(desk, "ALPHA", BUY, 10)
    halt(desk, "ALPHA", state)
    assert laws_of(desk.records) == set()
    assert "envelope room" in laws_of(forged(desk.records, EnvelopeClosed, left_out))


def test_lots_taken_back_that_fit_are_told(used):
    """The limit that shrank it is told to be 12: nothing had to go."""
    assert last_defined(used) > 0
    records = forged(
        used,
        DeskDefined,
        lambda event: replace(event, items=(limit("BETA", "CL", 12),)),
        last_defined(used),
    )
    assert "envelope end" in laws_of(records)


def test_an_envelope_over_rules_that_are_not_known_any_more_ends_and_else_is_told():
    desk = two_owners(trading_desk())
    opened(desk, "ALPHA", BUY, 5)
    desk.done(define(regime_limit(100, confirmed=False)))
    assert not desk.state.risk.envelopes.open
    assert laws_of(desk.records) == set()
    assert laws_of(forged(desk.records, EnvelopeClosed, left_out)) == {"envelope room"}


def test_refusals_around_envelopes_are_sound():
    """Time ends one before a command that is refused: nothing is wrong with that record."""
    desk = trading_desk()
    envelope = opened(desk, "ALPHA", BUY, 10, lifetime_ns=10 * SECOND)
    desk.do(open_envelope("ALPHA", BUY, 10_000), after_ns=20 * SECOND)
    inside(desk, envelope, 1)
    assert laws_of(desk.records) == set()
