"""Entered fills, corrections, busts and transfers in short form."""

from fencang.messages.fill_commands import (
    BustFill,
    CorrectFill,
    EnterFill,
    FillKind,
    FillLeg,
    TransferPosition,
    UndoSuspenseAssignment,
)
from fencang.messages.message import Offset
from fencang.refdata.desk import DeskSettings
from tests.engine.desk import BUY
from tests.engine.firm import MONDAY, define, price


def enter(execution_id, side, at, legs, contract="CLM0", **more):
    """Return an entered fill: ``enter("B1", BUY, "20", {"ALPHA": 3, "BETA": 2})``."""
    lots = more.pop("lots", sum(legs.values()))
    fields = {
        "carrying_account_id": "C1",
        "kind": FillKind.BLOCK_TRADE,
        "trade_day": MONDAY,
        "clearing_day": MONDAY,
        "entered_by": "ops",
        "approved_by": "boss",
        "offset": Offset.NET,
        "counterparty": "another firm",
        "reason": "by phone",
    }
    return EnterFill(
        execution_id=execution_id,
        contract_id=contract,
        side=side,
        quantity_lots=lots,
        price_nanos=price(at),
        legs=tuple(FillLeg(*leg) for leg in legs.items()),
        **{**fields, **more},
    )


def correct(execution_id, lots, at, correction_id="fix", account="C1", **more):
    """Return a correction that the broker states."""
    return CorrectFill(
        carrying_account_id=account,
        execution_id=execution_id,
        correction_id=correction_id,
        quantity_lots=lots,
        price_nanos=price(at),
        **{"source": "broker", "reason": "price error", **more},
    )


def bust(execution_id, correction_id="fix", account="C1", **more):
    """Return a bust that the venue states."""
    return BustFill(
        carrying_account_id=account,
        execution_id=execution_id,
        correction_id=correction_id,
        **{"source": "venue", "reason": "obvious error", **more},
    )


def move(source, target, lots, side=BUY, contract="CLM0", account="C1", **more):
    """Return a transfer of lots from one sub-account to another."""
    return TransferPosition(
        from_sub_account_id=source,
        to_sub_account_id=target,
        carrying_account_id=account,
        contract_id=contract,
        side=side,
        quantity_lots=lots,
        **{"reason": "strategy moves", "entered_by": "cio", **more},
    )


def undo(execution_id, sub, lots, account="C1", **more):
    """Return the undo of an assignment out of suspense."""
    return UndoSuspenseAssignment(
        carrying_account_id=account,
        execution_id=execution_id,
        sub_account_id=sub,
        quantity_lots=lots,
        **{"reason": "not theirs", "entered_by": "ops", "approved_by": "boss", **more},
    )


def permit_cost(desk):
    """Let the desk move positions at cost."""
    desk.done(define(DeskSettings(transfers_at_cost=True)))


def bought(desk, lots, at, sub="ALPHA", side=BUY, contract="CLM0", offset=Offset.NET):
    """Trade by an order; return the execution's identifier."""
    desk.trade(sub, side, lots, at, contract=contract, offset=offset)
    return f"x{desk.executions}"
