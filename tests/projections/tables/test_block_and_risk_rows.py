"""Block orders, rules and risk signals as rows: what the engine holds, and nothing left out."""

import pytest

from fencang.messages import (
    connection_events,
    envelope_events,
    evasion_events,
    limit_events,
    loss_events,
    regime_events,
    self_match_events,
    trade_flow_events,
)
from fencang.messages.commands import AdvanceTime
from fencang.messages.events import EVENT_TYPES
from fencang.messages.record import Record
from fencang.projections.risk_signals import READERS, RiskKind, RiskSignals
from fencang.projections.tables.block_rows import leg_key
from fencang.projections.tables.board import Board
from tests.engine.random_desk import Office
from tests.messages.test_golden_records import labelled_samples

TIME_NS = 1_764_158_400_000_000_000
SEEDS = (3, 23, 33)
OF_RISK = (
    connection_events,
    envelope_events,
    evasion_events,
    limit_events,
    loss_events,
    regime_events,
    self_match_events,
    trade_flow_events,
)
QUIET = frozenset(
    """ClientConnected ClientDisconnected ClientForgotten DeadlineSet DeadlinePassed EnvelopeOpened
    OrderHeld VolumesReported ExcessProposed ExcessRefused ProposalAccepted ProposalRejected
    ProposalExpired""".split()
)
"""Events of these topics that say nothing of risk: the ordinary life of clients and envelopes."""


@pytest.fixture(scope="module", params=SEEDS)
def office(request):
    found = Office(request.param, uses_span=False)
    for _ in range(200):
        found.step()
    return found


@pytest.fixture(scope="module")
def board(office):
    found = Board()
    for record in office.desk.records:
        found.apply(record)
    return found


def test_block_orders_are_those_of_the_engine(office, board):
    """Law: rows of blocks and legs say what the engine has given them."""
    blocks = office.desk.machine.state.blocks
    rows, legs = board.tables["block_orders"], board.tables["block_legs"]
    assert {row.block_id for row in rows.values() if row.state == "working"} == blocks.keys()
    for block_id, block in blocks.items():
        row = rows[str(block_id)]
        assert row.rule_id == block.rule_id
        assert row.quantity_lots == block.quantity_lots
        assert row.filled_lots == sum(block.received)
        for leg, received in zip(block.legs, block.received, strict=True):
            found = legs[leg_key(block_id, leg.sub_account_id)]
            assert (found.quantity_lots, found.filled_lots) == (leg.quantity_lots, received)


def test_the_slices_of_a_block_are_its_orders(board):
    for row in board.tables["block_orders"].values():
        block = board.blocks.block(row.block_id)
        orders = [
            order for order in board.tables["orders"].values() if order.block_id == row.block_id
        ]
        assert [order.order_id for order in orders] == block.order_ids
        assert sum(order.filled_lots for order in orders) >= row.filled_lots


def test_rules_stand_as_in_the_engine(office, board):
    """Law: a rule is fired as long as it holds, and armed at what it compares with."""
    rules = office.desk.machine.state.rules
    assert board.tables["rules"].keys() == rules.keys()
    for rule_id, found in rules.items():
        row = board.tables["rules"][rule_id]
        assert (row.standing == "fired") == found.is_holding
        assert row.indicator == found.rule.indicator
        assert row.rise_ppm == found.rule.rise_ppm


def test_the_careless_office_meets_blocks_rules_and_signals(board):
    assert board.tables["rules"]
    assert board.tables["risk_signals"]
    assert board.tables["block_legs"]


def test_every_event_of_risk_is_told_or_said_to_be_quiet():
    """A new event of these topics has to be decided about: a reader, or its name in QUIET."""
    told = {kind.__name__ for kind in READERS}
    names = {
        kind.__name__
        for kind in EVENT_TYPES
        if kind.__module__ in {module.__name__ for module in OF_RISK}
    }
    assert names - told - QUIET == set()
    assert not told & QUIET


def test_a_kind_keeps_its_number():
    """Numbers are for ever: a new kind gets a new one."""
    assert {kind.name: kind.value for kind in RiskKind} == {
        "LIMIT_WARNED": 10,
        "LIMIT_WARNING_ENDED": 11,
        "DAY_LIMIT_NEARED": 12,
        "OVERRIDE_BEGUN": 13,
        "OVERRIDE_ENDED": 14,
        "LOSS_LIMIT_REACHED": 20,
        "LIQUIDATION_PLANNED": 21,
        "LIQUIDATION_ENDED": 22,
        "LIQUIDATION_SUSPENDED": 23,
        "LIQUIDATION_RESUMED": 24,
        "OVER_GRANTED": 25,
        "ENVELOPE_SHRUNK": 30,
        "ENVELOPE_VOID": 31,
        "REPORT_DUTY_ARISEN": 40,
        "REPORT_DUTY_ENDED": 41,
        "LIMIT_NOTICE": 42,
        "LIMIT_STEP_APPROACHED": 43,
        "EVASION_ALARM": 44,
        "WASH_TRADE_SUSPECTED": 45,
        "WASH_TRADES_RELEASED": 46,
        "LINK_OR_FEED_SILENT": 50,
        "LINK_OR_FEED_HEARD": 51,
        "VENUE_LINK": 52,
        "KILL_SWITCH": 60,
        "TRADING_STATE": 61,
        "STRATEGY_DISABLED": 62,
        "STRATEGY_REENABLED": 63,
        "COOLING_OFF": 64,
        "RULE_FIRED": 70,
        "MARGIN_CALL_ISSUED": 71,
        "MARGIN_CALL_OVERDUE": 72,
    }


def samples():
    return [each for each in labelled_samples().values() if type(each) in READERS]


def test_samples_cover_every_reader():
    assert {type(each) for each in samples()} == READERS.keys()


@pytest.mark.parametrize("event", samples(), ids=lambda each: type(each).__name__)
def test_every_signal_is_words_about_something(event):
    signals = RiskSignals()
    signals.apply(Record(7, TIME_NS, 1, AdvanceTime(), (event,)))
    for signal in signals.take_fresh():
        assert signal.words.strip()
        assert signal.node_id or signal.subject
        assert signal.signal_id == 700_000


def test_signals_and_blocks_are_bounded(office):
    board = Board()
    board.risk_signals.signals_max = 3
    board.blocks.done_blocks_max = 1
    for record in office.desk.records:
        board.apply(record)
    assert len(board.tables["risk_signals"]) <= 3
    done = [row for row in board.tables["block_orders"].values() if row.state == "done"]
    assert len(done) <= 1
    assert {row.block_id for row in board.tables["block_legs"].values()} == {
        row.block_id for row in board.tables["block_orders"].values()
    }
