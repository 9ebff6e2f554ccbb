"""Desks under a firm's own controls: what they state, and what their risk desk brings about."""

from collections import Counter

import pytest

from fencang.messages.commands import SetTradingState
from fencang.messages.connection_commands import ReportVenueLink, StopTrading
from fencang.refdata.account import SubAccount
from fencang.refdata.limit import PositionLimit
from fencang.refdata.risk import RISK_KINDS
from fencang.simulation.desks import draw_desk
from fencang.simulation.firm_controls import FAMILIES, has_firm_controls, with_firm_controls
from fencang.simulation.random import Chance
from fencang.simulation.swarm import draw_swarm
from fencang.simulation.world import World
from tests.simulation.telling_seeds import told_by

TELLING_SEEDS = (
    39,
    73,
    185,
    223,
    318,
    361,
    201,
)
"""Together they meet most of what controls do (``python -m tests.simulation.telling_seeds``)."""

WANTED = {
    "BlockOrderCreated",
    "ClientForgotten",
    "DayLimitNeared",
    "DeadlinePassed",
    "LimitWarned",
    "LimitWarningEnded",
    "LiquidationEnded",
    "LiquidationPlanned",
    "LiquidationResumed",
    "LiquidationSuspended",
    "LossLimitReached",
    "OrderHeld",
    "OverrideBegun",
    "OverrideEnded",
    "SilenceBegan",
    "SilenceEnded",
    "StrategyDisabled",
    "StrategyReenabled",
    "TradingStopped",
    "WashTradeSuspected",
    "WashTradesReleased",
}
REFUSED = {
    "BETA_EXPOSURE",
    "CANCELS_MAX",
    "CLIENT_UNKNOWN",
    "CONCENTRATION",
    "CONFIRMATION_DIFFERS",
    "DAILY_LOSS",
    "GROSS_EXPOSURE",
    "LEVERAGE",
    "MARGIN_BUFFER",
    "MARKET_DATA_STALE",
    "MARKET_IMPACT",
    "MESSAGE_RATE",
    "NET_EXPOSURE",
    "ORDER_COLLAR",
    "ORDER_QUANTITY_MAX",
    "ORDER_REPEATED",
    "ORDER_TO_TRADE",
    "ORDER_VALUE_MAX",
    "POSITION_LIMIT",
    "PRICE_STALE",
    "REDUCE_ONLY",
    "REPEATED_EXECUTION",
    "RESTRICTED",
    "SECOND_PERSON_REQUIRED",
    "SELF_MATCH",
    "TENOR",
    "TRADING_HALTED",
    "VENUE_LINK_DOWN",
    "VENUE_LINK_STALE",
    "WASH_TRADE",
    "WORKING_ORDERS_MAX",
}


def drawn(seed):
    """Return a seed's desk with every family that it draws, whether its run has controls or not."""
    chance = Chance(seed)
    items = draw_desk(chance.fork("desk"), draw_swarm(chance.fork("swarm")))
    return items, with_firm_controls(chance.fork("firm controls"), items)


def levels(items):
    """Return the most levels of sub-accounts, one below the other."""
    above = {item.sub_account_id: item.parent_id for item in items if isinstance(item, SubAccount)}
    most = 0
    for sub in above:
        depth, node = 0, sub
        while node is not None:
            depth, node = depth + 1, above[node]
        most = max(most, depth)
    return most


def test_desks_state_every_kind_of_row_on_deep_trees():
    kinds, depths, beside = Counter(), Counter(), 0
    for seed in range(60):
        items, more = drawn(seed)
        assert more[: len(items)] == items
        rows = [
            item for item in more[len(items) :] if isinstance(item, (PositionLimit, *RISK_KINDS))
        ]
        kinds.update(type(row).__name__ for row in rows)
        beside += sum(":" in getattr(row, "node_id", "") for row in rows)
        depths[levels(more)] += 1
    assert len(kinds) >= len(FAMILIES)
    assert beside
    assert {2, 3, 4} <= set(depths)


def test_some_desks_have_controls_and_the_others_have_no_risk_desk():
    those = [has_firm_controls(Chance(seed).fork("firm controls")) for seed in range(100)]
    assert 20 < sum(those) < 40
    world = World(2, is_thorough=False)
    assert not world.has_firm_controls
    assert (world.risk_desk.opening(), world.risk_desk.act()) == ([], ("", []))


def test_a_burst_is_many_orders_of_one_instant():
    world = World(TELLING_SEEDS[0], is_thorough=False)
    bursts = []
    for _ in range(200):
        name, commands = world.risk_desk.act()
        if name == "risk burst":
            bursts.append([c for c in commands if not isinstance(c, ReportVenueLink)])
    assert bursts
    assert max(len(burst) for burst in bursts) > 8
    assert any(len({order.sub_account_id for order in burst}) > 1 for burst in bursts)


def test_the_kill_switch_is_used_with_right_and_wrong_confirmations_and_one_person_resumes():
    world = World(TELLING_SEEDS[0], is_thorough=False)
    slips, alone = set(), set()
    for _ in range(4_000):
        for command in world.risk_desk.act()[1]:
            if isinstance(command, StopTrading):
                slips.add(command.node_id != command.confirmed_node_id)
            elif isinstance(command, SetTradingState):
                alone.add(command.approved_by in {"", command.entered_by})
    assert slips == alone == {True, False}


@pytest.mark.long
def test_controls_bring_about_everything_they_are_for():
    story, refused = Counter(), Counter()
    for seed in TELLING_SEEDS:
        told, reasons = told_by(seed)
        story, refused = story + told, refused + reasons
    assert {name for name in WANTED if not story[name]} == set()
    assert {name for name in REFUSED if not refused[name]} == set()
    # Chosen for what they refuse; of all such desks less than two are refused for each that passes.
    assert story["OrderRejected"] < 3 * story["OrderAccepted"]
