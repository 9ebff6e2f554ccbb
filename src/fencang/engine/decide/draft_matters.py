"""What a command is about, where two persons sign it: the matters that decide who may."""

from typing import Any

from fencang.messages import commands as cmd
from fencang.messages import (
    day_commands,
    exposure_commands,
    fill_commands,
    life_commands,
    loss_commands,
    margin_commands,
    money_commands,
    option_commands,
    reconciliation_commands,
    self_match_commands,
    substitution_commands,
    trade_flow_commands,
)
from fencang.refdata.account import SubAccount
from fencang.refdata.authority import AUTHORITY_KINDS, Matter
from fencang.refdata.limit import PositionLimit
from fencang.refdata.risk import RISK_KINDS
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.ties import REGIME_KINDS

__all__ = ["MATTERS", "matters_of"]

MATTERS: dict[type[Any], Matter] = {
    cmd.DefineDesk: Matter.REFERENCE,
    cmd.SetTradingState: Matter.LIMITS,
    loss_commands.ResumeLiquidation: Matter.LIMITS,
    self_match_commands.ReleaseWashTrades: Matter.LIMITS,
    trade_flow_commands.ReenableStrategy: Matter.LIMITS,
    cmd.ApprovePlan: Matter.CAPITAL,
    cmd.TransferCapital: Matter.CAPITAL,
    margin_commands.GrantBenefit: Matter.CAPITAL,
    cmd.WithdrawCash: Matter.MONEY,
    cmd.ConvertCurrency: Matter.MONEY,
    money_commands.ApproveWire: Matter.MONEY,
    money_commands.ReturnWire: Matter.MONEY,
    money_commands.CancelMarginCall: Matter.MONEY,
    money_commands.ApplySweep: Matter.MONEY,
    margin_commands.ReportCollateral: Matter.MONEY,
    cmd.ImportOpeningBook: Matter.BOOKS,
    cmd.AssignSuspense: Matter.BOOKS,
    fill_commands.EnterFill: Matter.BOOKS,
    fill_commands.CorrectFill: Matter.BOOKS,
    fill_commands.BustFill: Matter.BOOKS,
    fill_commands.UndoSuspenseAssignment: Matter.BOOKS,
    fill_commands.TransferPosition: Matter.BOOKS,
    life_commands.ConvertContract: Matter.BOOKS,
    reconciliation_commands.ResolveBreak: Matter.BOOKS,
    day_commands.OpenTradingDay: Matter.BOOKS,
    day_commands.CloseTradingDay: Matter.BOOKS,
    cmd.MarkPrices: Matter.PRICES,
    cmd.MarkRates: Matter.PRICES,
    cmd.SettleTradingDay: Matter.PRICES,
    day_commands.SettleContracts: Matter.PRICES,
    day_commands.CorrectSettlement: Matter.PRICES,
    cmd.ExpireContract: Matter.PRICES,
    option_commands.ExpireOption: Matter.PRICES,
    margin_commands.ActivateSpanParameters: Matter.PRICES,
    margin_commands.LoadRiskArrays: Matter.PRICES,
    exposure_commands.ReportBetas: Matter.PRICES,
    trade_flow_commands.ReportVolumes: Matter.PRICES,
    substitution_commands.ReportMoves: Matter.PRICES,
}
"""Every command that a draft may hold; a test holds it to be those that name a second person."""

_MATTERS_OF_ITEMS: dict[type[Any], Matter] = {
    **dict.fromkeys(AUTHORITY_KINDS, Matter.PEOPLE),
    **dict.fromkeys(
        (PositionLimit, SubAccount, IndicatorRule, *RISK_KINDS, *REGIME_KINDS), Matter.LIMITS
    ),
}
"""Kinds of reference values that are more than reference."""


def matters_of(command: cmd.AnyCommand) -> tuple[Matter, ...]:
    """Return the matters of a command, in order; empty where no draft may hold it."""
    if isinstance(command, cmd.DefineDesk):
        found = {_MATTERS_OF_ITEMS.get(type(item), Matter.REFERENCE) for item in command.items}
        return tuple(sorted(found)) or (Matter.REFERENCE,)
    matter = MATTERS.get(type(command))
    return () if matter is None else (matter,)
