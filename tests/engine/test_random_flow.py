"""All laws hold while a careless office is held back by the flow of its orders."""

from fencang.messages.commands import SubmitOrder
from tests.engine.firm import changed
from tests.engine.flow_firm import careless_flow
from tests.engine.random_desk import SUBS, Office


def again(office):
    """Send the last order once more, under another identifier."""
    records = reversed(office.desk.records)
    sent = next(each.command for each in records if isinstance(each.command, SubmitOrder))
    identifier = f"again{office.chance.randrange(10**6)}"
    office.desk.do(changed(sent, client_order_id=identifier), after_ns=1)


def test_the_laws_hold_while_the_flow_is_bounded():
    """Rows come and go among orders and fills; every control refuses, and much still passes."""
    seen, reasons = set(), set()
    for seed in range(3):
        office = Office(seed)
        for _ in range(40):
            office.desk.do(careless_flow(office.chance, SUBS, ("CL",), ("ALPHA", "venue:NYMEX")))
            for only in ("order", "report", "order", "amend", "report"):
                office.step(only)
            again(office)
        for record in office.desk.records:
            for event in record.events:
                seen.add(type(event).__name__)
                reasons.add(getattr(event, "reason", None))
    wanted = {"DayLimitNeared", "StrategyDisabled", "StrategyReenabled", "FillAllocated"}
    assert wanted - seen == set()
    names = {reason.name for reason in reasons if hasattr(reason, "name")}
    refused = {"ORDER_TO_TRADE", "CANCELS_MAX", "REPEATED_EXECUTION", "ORDER_REPEATED"}
    assert refused - names == set()
