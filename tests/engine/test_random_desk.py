"""All laws hold after each of some hundreds of careless commands, whatever the seed.

Every command passes ``Desk.do``: the laws, the codec, full replay and restored snapshots.
"""

import pytest

from tests.engine.option_firm import expire as expire_option
from tests.engine.random_day import begin_last_day
from tests.engine.random_desk import SUBS, Office, expire
from tests.seeds import seeds


@pytest.mark.parametrize("seed", seeds(6, of=14))
def test_the_laws_hold_after_every_careless_command(seed):
    """Every other desk is margined by SPAN, with files and arrays that change meanwhile."""
    office = Office(seed, uses_span=seed % 2 == 1)
    for _ in range(200):
        office.step()
    desk = office.desk
    for contract in reversed(office.contracts):  # options before what they become
        if desk.state.contracts[contract].is_expired:
            continue
        if desk.state.contracts[contract].product.option is not None:
            venue = desk.state.contracts[contract].venue
            if venue.is_day_closed:
                begin_last_day(desk, venue)
            desk.done(expire_option(contract, "20"))
        else:
            expire(desk, contract, "10")
    positions = [
        position
        for sub in SUBS
        for position in desk.state.subs[sub].book.positions.values()
        if not position.is_flat
    ]
    assert positions == []
    assert [order for order in desk.state.orders.values() if order.is_live] == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 200))
def test_the_laws_hold_over_many_seeds(seed):
    test_the_laws_hold_after_every_careless_command(seed)


def test_the_laws_hold_while_money_comes_and_goes():
    """Wires, sweeps, interest and calls among trades, so many that every one of them happens."""
    seen = set()
    for seed in range(4):
        office = Office(seed)
        for _ in range(80):
            office.step("cash")
            others = ("cash", "order", "report", "market", "session", "money")
            office.step(office.chance.choice(others))
        seen |= {type(event).__name__ for record in office.desk.records for event in record.events}
    wanted = {
        "FillCharged",
        "InterestPosted",
        "MarginCallCancelled",
        "MarginCallIssued",
        "SweepApplied",
        "WireCancelled",
        "WireConfirmed",
        "WireReturned",
    }
    assert wanted - seen == set()


@pytest.mark.long
def test_a_careless_office_gets_something_done():
    """The commands are not all refused: the test would prove nothing."""
    seen = set()
    for seed in range(1, 10):
        office = Office(seed)
        for _ in range(150):
            office.step()
        seen |= {type(event).__name__ for record in office.desk.records for event in record.events}
    wanted = {
        "OrderAccepted",
        "FillAllocated",
        "FillSuspended",
        "OrderCancelled",
        "ReplaceRequested",
        "RuleFired",
        "BlockOrderCreated",
        "ContractSettled",
        "CapitalTransferred",
        "TradingDayOpened",
        "PhaseEntered",
        "ProductPhaseEntered",
        "ContractsSettled",
        "SettlementCorrected",
        "TradingDayClosed",
        "EnteredFillAllocated",
        "FillCorrected",
        "FillBusted",
        "PositionTransferred",
        "RollStarted",
        "RollDone",
        "FillCharged",
        "InterestPosted",
        "MarginCallIssued",
    }
    assert wanted - seen == set()
