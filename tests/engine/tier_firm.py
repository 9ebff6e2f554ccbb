"""Service tiers of the scenarios' firm: everybody is VIP until a test says else."""

from fencang.messages.fill_commands import TransferPosition
from fencang.messages.instruction_commands import CancelInstruction
from fencang.messages.instruction_events import (
    InstructionApplied,
    InstructionExpired,
    InstructionQueued,
    InstructionRefused,
)
from fencang.messages.message import Interface, OrderType, Side, TimeInForce
from fencang.refdata.service_tier import ServiceTier, TakesEffect
from tests.engine.firm import changed, define

REST, WEBSOCKET, FIX = Interface.REST, Interface.WEBSOCKET, Interface.FIX
RESULTS = (InstructionApplied, InstructionRefused, InstructionExpired)


def tier(tier_id="standard", **fields):
    """A tier that lets everything in, at once."""
    given = {
        "interfaces": (REST, WEBSOCKET, FIX),
        "order_types": tuple(OrderType),
        "times_in_force": tuple(TimeInForce),
        "instruments": ("*",),
        "messages_per_second": 1_000,
        "messages_burst": 1_000,
    }
    return ServiceTier(tier_id=tier_id, **{**given, **fields})


VIP = tier()


def dated(tier_id="ordinary", **fields):
    """A tier whose openings wait for the next trading day; New York dates its capital."""
    given = {"takes_effect": TakesEffect.NEXT_TRADING_DAY, "venue_id": "NYMEX"}
    return tier(tier_id, **{**given, **fields})


def use_tiers(desk, *tiers, **of_subs):
    """Define tiers, and who is of which: ``use_tiers(desk, dated(), ALPHA="ordinary")``."""
    subs = [
        changed(desk.state.subs[sub].definition, service_tier=name) for sub, name in of_subs.items()
    ]
    return desk.done(define(VIP, *tiers, *subs))


def queued(events):
    """Return the one instruction that was queued."""
    (found,) = [each for each in events if isinstance(each, InstructionQueued)]
    return found


def waiting(desk):
    """Let an order of ALPHA wait for its day; return the instruction's number."""
    use_tiers(desk, dated(), ALPHA="ordinary")
    return queued(desk.submit("ALPHA", Side.BUY, 1, at="20")).instruction_id


def results(events):
    """Return what became of instructions."""
    return [each for each in events if isinstance(each, RESULTS)]


def call_off(instruction_id, sub="ALPHA"):
    return CancelInstruction(instruction_id=instruction_id, sub_account_id=sub, entered_by="client")


def move(lots, to_sub, from_sub="BETA", side=Side.BUY, contract="CLM0", account="C1"):
    return TransferPosition(
        from_sub_account_id=from_sub,
        to_sub_account_id=to_sub,
        carrying_account_id=account,
        contract_id=contract,
        side=side,
        quantity_lots=lots,
        reason="rebalance",
        entered_by="ops",
    )
