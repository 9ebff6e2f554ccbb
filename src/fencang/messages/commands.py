"""Commands: what users, strategies, venues, feeds and timers ask of the desk.

``entered_by`` names the person or program that asks, ``approved_by`` the second person where two
are needed (loosening, resuming, withdrawals, manual prices and rates, suspense assignments).
"""

from datetime import date
from typing import Annotated

import msgspec

from fencang.basics.money import RATE_NANOS_MAX
from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.connection_commands import ConnectionCommand
from fencang.messages.day_commands import DayCommand
from fencang.messages.draft_commands import DraftCommand
from fencang.messages.envelope_commands import EnvelopeCommand
from fencang.messages.exposure_commands import ReportBetas
from fencang.messages.fill_commands import FillCommand
from fencang.messages.instruction_commands import CancelInstruction
from fencang.messages.life_commands import LifeCommand
from fencang.messages.loss_commands import LossCommand
from fencang.messages.margin_commands import (
    ActivateSpanParameters,
    GrantBenefit,
    LoadRiskArrays,
    LoadSpanParameters,
    ReportCollateral,
)
from fencang.messages.message import (
    Command,
    Interface,
    Offset,
    OrderType,
    SecondPerson,
    Side,
    TimeInForce,
    TradingState,
)
from fencang.messages.money_commands import MoneyCommand
from fencang.messages.option_commands import ExpireOption, InstructExercise, ReportExercise
from fencang.messages.proposal_commands import ProposalCommand
from fencang.messages.reconciliation_commands import AnyReconciliationCommand
from fencang.messages.self_match_commands import ReleaseWashTrades
from fencang.messages.substitution_commands import SubstitutionCommand
from fencang.messages.trade_flow_commands import TradeFlowCommand
from fencang.refdata.definition import (
    CurrencyCode,
    Identifier,
    Lots,
    Micros,
    Nanos,
    NonNegativeLots,
    Text,
)
from fencang.refdata.desk import DeskItem

__all__ = [
    "COMMAND_TYPES",
    "ActivateSpanParameters",
    "AdvanceGatewayCursor",
    "AdvanceTime",
    "AnyCommand",
    "ApplyPlan",
    "ApprovePlan",
    "AssignSuspense",
    "CancelOrder",
    "CloseSession",
    "ConvertCurrency",
    "DefineDesk",
    "DepositCash",
    "ExpireContract",
    "ExpireOption",
    "GrantBenefit",
    "ImportOpeningBook",
    "InstructExercise",
    "LoadRiskArrays",
    "LoadSpanParameters",
    "MarkPrices",
    "MarkRates",
    "OpenSession",
    "OpeningCash",
    "OpeningLots",
    "PlanLine",
    "PriceMark",
    "ProposePlan",
    "RateMark",
    "RejectPlan",
    "ReplaceOrder",
    "ReportCancelRejected",
    "ReportCollateral",
    "ReportExercise",
    "ReportFill",
    "ReportIndicator",
    "ReportOrderCancelled",
    "ReportOrderExpired",
    "ReportOrderRejected",
    "ReportOrderReplaced",
    "ReportOrderStatus",
    "ReportOrderWorking",
    "ReportReplaceRejected",
    "RestartDesk",
    "SetTradingState",
    "SettleTradingDay",
    "SubmitOrder",
    "TransferCapital",
    "WithdrawCash",
]

PositiveMicros = Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]
OrderNumber = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]


class DefineDesk(Command, tag="DefineDesk.1"):
    """Define or change reference values, all or none of them.

    ``expected_versions`` names for each item the record that defined it last, 0 for one that shall
    be new; another version refuses all.  Empty: whatever is there is changed.
    """

    items: tuple[DeskItem, ...]
    entered_by: Identifier
    approved_by: SecondPerson = ""
    expected_versions: tuple[OrderNumber, ...] = ()


class SetTradingState(Command, tag="SetTradingState.1"):
    """Stop or resume a sub-account (with all below it), the master account, or a node beside."""

    node_id: Identifier
    trading_state: TradingState
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


class DepositCash(Command, tag="DepositCash.1"):
    """Book cash that arrived at a carrying account into its owner's reserve."""

    carrying_account_id: Identifier
    owner_id: Identifier
    currency: CurrencyCode
    amount_micros: PositiveMicros
    entered_by: Identifier


class WithdrawCash(Command, tag="WithdrawCash.1"):
    """Pay cash out of an owner's reserve; needs a second person."""

    carrying_account_id: Identifier
    owner_id: Identifier
    currency: CurrencyCode
    amount_micros: PositiveMicros
    entered_by: Identifier
    approved_by: SecondPerson = ""


class TransferCapital(Command, tag="TransferCapital.1"):
    """Move base-currency capital between books of one owner; None stands for the reserve."""

    from_sub_account_id: Identifier | None
    to_sub_account_id: Identifier | None
    amount_micros: PositiveMicros
    reason: Text
    entered_by: Identifier


class ConvertCurrency(Command, tag="ConvertCurrency.1"):
    """Exchange cash of one book at one carrying account at a stated rate; needs two persons.

    ``bought_micros`` of ``bought_currency`` against ``sold_micros`` of ``sold_currency``: both legs
    are given as the bank confirmed them, nothing is computed.
    """

    book_id: Text
    carrying_account_id: Identifier
    sold_currency: CurrencyCode
    sold_micros: PositiveMicros
    bought_currency: CurrencyCode
    bought_micros: PositiveMicros
    rate_source: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


class OpeningLots(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Lots brought into a book: opened on ``opened_day`` at ``price_nanos``.

    ``carried_price_nanos`` is the price of the last settlement up to which variation was paid.
    """

    sub_account_id: Identifier
    carrying_account_id: Identifier
    contract_id: Identifier
    side: Side
    quantity_lots: Lots
    price_nanos: Nanos
    opened_day: date
    carried_price_nanos: Nanos


class OpeningCash(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Cash brought into a book (a sub-account, or the owner's reserve when None)."""

    sub_account_id: Identifier | None
    owner_id: Identifier
    carrying_account_id: Identifier
    currency: CurrencyCode
    amount_micros: Micros


class ImportOpeningBook(Command, tag="ImportOpeningBook.1"):
    """Bring in the books of a prior system, all or nothing; needs two persons.

    ``lots_total`` and ``cash_totals`` (currency, micros) are control totals that must agree.
    What other sub-accounts hold is not in the way.  Where a sub-account holds or held the contract
    already, the same book may have come before: only ``adds_to_holdings`` takes its lots over.
    """

    source: Text
    lots: tuple[OpeningLots, ...]
    cash: tuple[OpeningCash, ...]
    lots_total: NonNegativeLots
    cash_totals: tuple[tuple[CurrencyCode, Micros], ...]
    entered_by: Identifier
    approved_by: SecondPerson = ""
    adds_to_holdings: bool = False


class OpenSession(Command, tag="OpenSession.1"):
    """Open a venue for a trading day."""

    venue_id: Identifier
    trading_day: date


class CloseSession(Command, tag="CloseSession.1"):
    """Close a venue; its day orders expire by the venue's own reports."""

    venue_id: Identifier


class PriceMark(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One contract's latest price."""

    contract_id: Identifier
    price_nanos: Nanos


class RateMark(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One currency's value: 1e-9 base units per unit."""

    currency: CurrencyCode
    rate_nanos: Annotated[int, msgspec.Meta(ge=1, le=RATE_NANOS_MAX)]


class MarkPrices(Command, tag="MarkPrices.1"):
    """Mark contracts to the latest prices of a feed (manual sources need two persons)."""

    source: Text
    marks: tuple[PriceMark, ...]
    entered_by: Identifier = "feed"
    approved_by: SecondPerson = ""


class MarkRates(Command, tag="MarkRates.1"):
    """Value currencies at the latest rates of a feed (manual sources need two persons)."""

    source: Text
    rates: tuple[RateMark, ...]
    entered_by: Identifier = "feed"
    approved_by: SecondPerson = ""


class ReportIndicator(Command, tag="ReportIndicator.1"):
    """Report a watched index level in nanos; ``is_close`` marks the day's last."""

    indicator: Identifier
    value_nanos: Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]
    is_close: bool = False


class SettleTradingDay(Command, tag="SettleTradingDay.1"):
    """Settle contracts at the day's settlement prices and pay variation margin.

    Contracts without a price keep their carried value.  Manual sources need two persons.
    """

    venue_id: Identifier
    trading_day: date
    source: Text
    prices: tuple[PriceMark, ...]
    entered_by: Identifier = "feed"
    approved_by: SecondPerson = ""


class ExpireContract(Command, tag="ExpireContract.1"):
    """Settle a contract for the last time and close every position in it."""

    contract_id: Identifier
    final_price_nanos: Nanos
    source: Text
    entered_by: Identifier = "feed"
    approved_by: SecondPerson = ""


class SubmitOrder(Command, tag="SubmitOrder.1"):
    """Ask for an order of one sub-account; ``envelope_id`` names the envelope it lies inside."""

    sub_account_id: Identifier
    client_order_id: Identifier
    contract_id: Identifier
    side: Side
    quantity_lots: Lots
    order_type: OrderType = OrderType.LIMIT
    limit_price_nanos: Nanos | None = None
    stop_price_nanos: Nanos | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    expire_day: date | None = None
    offset: Offset = Offset.NET
    envelope_id: OrderNumber = 0
    interface: Interface = Interface.INTERNAL


class CancelOrder(Command, tag="CancelOrder.1"):
    """Ask to cancel one working order of a sub-account."""

    sub_account_id: Identifier
    order_id: OrderNumber
    interface: Interface = Interface.INTERNAL


class ReplaceOrder(Command, tag="ReplaceOrder.1"):
    """Ask to change quantity (total, not remaining) and limit price of a working order."""

    sub_account_id: Identifier
    order_id: OrderNumber
    quantity_lots: Lots
    limit_price_nanos: Nanos | None = None
    interface: Interface = Interface.INTERNAL


class ReportOrderWorking(Command, tag="ReportOrderWorking.1"):
    """The venue has the order in its book."""

    order_id: OrderNumber
    venue_order_id: Text


class ReportOrderRejected(Command, tag="ReportOrderRejected.1"):
    """The venue refused the order."""

    order_id: OrderNumber
    text: Text


class ReportFill(Command, tag="ReportFill.1"):
    """The venue executed lots.  ``order_id`` is None when the report names no order of ours."""

    carrying_account_id: Identifier
    execution_id: Identifier
    order_id: OrderNumber | None
    contract_id: Identifier
    side: Side
    quantity_lots: Lots
    price_nanos: Nanos
    offset: Offset = Offset.NET


class ReportOrderCancelled(Command, tag="ReportOrderCancelled.1"):
    """The venue took the order out of its book, asked or unasked."""

    order_id: OrderNumber
    text: Text = ""


class ReportCancelRejected(Command, tag="ReportCancelRejected.1"):
    """The venue refused to cancel."""

    order_id: OrderNumber
    text: Text


class ReportOrderReplaced(Command, tag="ReportOrderReplaced.1"):
    """The venue works the order with its new quantity and price."""

    order_id: OrderNumber
    quantity_lots: Lots
    limit_price_nanos: Nanos | None = None


class ReportReplaceRejected(Command, tag="ReportReplaceRejected.1"):
    """The venue refused to replace; the order works unchanged."""

    order_id: OrderNumber
    text: Text


class ReportOrderExpired(Command, tag="ReportOrderExpired.1"):
    """The order's time in force ended at the venue."""

    order_id: OrderNumber


class ReportOrderStatus(Command, tag="ReportOrderStatus.1"):
    """The venue's answer to a status question about an order in doubt.

    ``known`` False: it never had the order.  Otherwise ``working_lots`` still stand in its book (0
    when done) after ``filled_lots`` executions; missing fills are reported separately before it.
    """

    order_id: OrderNumber
    known: bool
    filled_lots: NonNegativeLots = 0
    working_lots: NonNegativeLots = 0


class AdvanceGatewayCursor(Command, tag="AdvanceGatewayCursor.1"):
    """A gateway has handed every effect up to ``handled_sequence`` to its venue link."""

    gateway_id: Identifier
    handled_sequence: Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]


class RestartDesk(Command, tag="RestartDesk.1"):
    """The process came up anew: orders without the venue's word are in doubt."""

    entered_by: Identifier = "process"


class AdvanceTime(Command, tag="AdvanceTime.1"):
    """A timer tick: lets holds end and ages pass without other traffic."""


class AssignSuspense(Command, tag="AssignSuspense.1"):
    """Give lots of the suspense account to a sub-account of the same owner; needs two persons."""

    carrying_account_id: Identifier
    execution_id: Identifier
    sub_account_id: Identifier
    quantity_lots: Lots
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


class PlanLine(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One sub-account's part in a plan: capital before, after, and why."""

    sub_account_id: Identifier
    old_micros: Micros
    new_micros: Micros
    weight_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    why: Text


class ProposePlan(Command, tag="ProposePlan.1"):
    """Propose a move of capital computed from the state at ``at_sequence``."""

    model: Text
    solver_version: Text
    input_sha256: Annotated[str, msgspec.Meta(max_length=64)]
    at_sequence: Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]
    owner_id: Identifier
    lines: tuple[PlanLine, ...]
    entered_by: Identifier


class ApprovePlan(Command, tag="ApprovePlan.1"):
    """Approve a proposed plan as a second person."""

    plan_id: OrderNumber
    approved_by: Identifier


class RejectPlan(Command, tag="RejectPlan.1"):
    """Reject a proposed or approved plan."""

    plan_id: OrderNumber
    rejected_by: Identifier
    reason: Text = ""


class ApplyPlan(Command, tag="ApplyPlan.1"):
    """Apply an approved plan as transfers, all or none."""

    plan_id: OrderNumber
    entered_by: Identifier


AnyCommand = (
    DefineDesk
    | SetTradingState
    | DepositCash
    | WithdrawCash
    | TransferCapital
    | ConvertCurrency
    | ImportOpeningBook
    | LoadSpanParameters
    | ActivateSpanParameters
    | LoadRiskArrays
    | GrantBenefit
    | ReportCollateral
    | OpenSession
    | CloseSession
    | MarkPrices
    | MarkRates
    | ReportBetas
    | ReportIndicator
    | SettleTradingDay
    | ExpireContract
    | InstructExercise
    | ReportExercise
    | ExpireOption
    | SubmitOrder
    | CancelOrder
    | ReplaceOrder
    | ReportOrderWorking
    | ReportOrderRejected
    | ReportFill
    | ReportOrderCancelled
    | ReportCancelRejected
    | ReportOrderReplaced
    | ReportReplaceRejected
    | ReportOrderExpired
    | ReportOrderStatus
    | AdvanceGatewayCursor
    | RestartDesk
    | AdvanceTime
    | AssignSuspense
    | EnvelopeCommand
    | FillCommand
    | LifeCommand
    | AnyReconciliationCommand
    | ProposePlan
    | ApprovePlan
    | RejectPlan
    | ApplyPlan
    | DayCommand
    | MoneyCommand
    | ProposalCommand
    | ConnectionCommand
    | SubstitutionCommand
    | TradeFlowCommand
    | ReleaseWashTrades
    | DraftCommand
    | LossCommand
    | CancelInstruction
    | CancelOrders
)

COMMAND_TYPES: tuple[type[Command], ...] = AnyCommand.__args__
