"""All laws hold while a careless office is held back by the flow of its orders."""

import pytest

from fencang.messages.commands import SubmitOrder
from fencang.messages.events import CommandRejected, OrderRejected
from tests.engine.firm import changed, define
from tests.engine.flow_firm import (
    FREE_TRADE_FLOW,
    careless_flow,
    careless_impact,
    trade_flow,
)
from tests.engine.random_desk import SUBS, Office


def again(office):
    """Send the last order once more, under another identifier."""
    records = reversed(office.desk.records)
    sent = next(each.command for each in records if isinstance(each.command, SubmitOrder))
    identifier = f"again{office.chance.randrange(10**6)}"
    office.desk.do(changed(sent, client_order_id=identifier), after_ns=1)


def told(offices):
    """Return the names of all events, and of all reasons that something was refused for."""
    seen, reasons = set(), set()
    for office in offices:
        for record in office.desk.records:
            for event in record.events:
                seen.add(type(event).__name__)
                if isinstance(event, CommandRejected | OrderRejected):
                    reasons.add(event.reason.name)
    return seen, reasons


@pytest.mark.long
def test_the_laws_hold_while_the_flow_is_bounded():
    """Rows come and go among orders and fills; every control refuses, and much still passes."""
    offices = [Office(seed) for seed in range(4)]
    for office in offices:
        strict = trade_flow("BETA", order_to_trade_max=1, free_messages=2)
        office.desk.done(define(FREE_TRADE_FLOW, strict))
        for _ in range(40):
            office.desk.do(careless_flow(office.chance, SUBS, ("CL",), ("ALPHA", "venue:NYMEX")))
            for only in ("order", "report", "order", "amend", "report"):
                office.step(only)
            again(office)
    seen, reasons = told(offices)
    assert {"DayLimitNeared", "StrategyDisabled", "StrategyReenabled", "FillAllocated"} <= seen
    assert {"ORDER_TO_TRADE", "CANCELS_MAX", "REPEATED_EXECUTION", "ORDER_REPEATED"} <= reasons


def test_the_laws_hold_while_orders_are_a_share_of_the_volume():
    offices = [Office(seed) for seed in range(2)]
    for office in offices:
        nodes, contracts = ("venue:NYMEX", "person:FUND"), ("CLM0", "ESM0")
        for _ in range(40):
            office.desk.do(careless_impact(office.chance, nodes, contracts))
            for only in ("order", "report", "order", "amend"):
                office.step(only)
            again(office)
    seen, reasons = told(offices)
    assert {"VolumesReported", "CoolingOffStarted", "FillAllocated"} <= seen
    assert "MARKET_IMPACT" in reasons
