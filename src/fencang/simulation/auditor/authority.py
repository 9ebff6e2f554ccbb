"""The auditor's eye on persons and plans: who asked, who approved, and what a plan moved.

Laws: what needs a second person has one, and it is another one: so do a larger grant, collateral
that counts more, computed arrays and a parameter file of an earlier day; a plan is approved by
somebody who did not propose it, applied once, in time and as its lines say; a refusal stands alone;
a gateway's cursor never runs ahead of the journal or backwards.
"""

from datetime import date

from fencang.basics.money import PPM
from fencang.messages.commands import (
    AssignSuspense,
    ConvertCurrency,
    ExpireContract,
    ImportOpeningBook,
    MarkPrices,
    MarkRates,
    SettleTradingDay,
    SetTradingState,
    WithdrawCash,
)
from fencang.messages.day_commands import CloseTradingDay, CorrectSettlement, SettleContracts
from fencang.messages.day_events import PhaseEntered, ProductPhaseEntered
from fencang.messages.draft_events import DraftExpired
from fencang.messages.envelope_events import EnvelopeClosed
from fencang.messages.events import (
    CapitalTransferred,
    CommandRejected,
    GatewayCursorAdvanced,
    OperatorCalled,
    PlanApplied,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    TradingStateSet,
)
from fencang.messages.exposure_commands import ReportBetas
from fencang.messages.fill_commands import (
    BustFill,
    CorrectFill,
    EnterFill,
    TransferPosition,
    UndoSuspenseAssignment,
)
from fencang.messages.instruction_events import InstructionApplied, InstructionRefused
from fencang.messages.limit_events import OverrideBegun, OverrideEnded
from fencang.messages.loss_commands import ResumeLiquidation
from fencang.messages.margin_commands import (
    ActivateSpanParameters,
    GrantBenefit,
    LoadRiskArrays,
    ReportCollateral,
)
from fencang.messages.margin_events import (
    BenefitGranted,
    CollateralReported,
    SpanParametersActivated,
)
from fencang.messages.message import TradingState
from fencang.messages.money_commands import CancelMarginCall
from fencang.messages.option_commands import ExpireOption
from fencang.messages.proposal_events import ExcessRefused
from fencang.messages.reconciliation_commands import ResolveBreak
from fencang.messages.trade_flow_commands import ReenableStrategy
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import RESERVE, Reference

__all__ = ["Authority", "counted"]

_OF_TIME = (
    PhaseEntered
    | ProductPhaseEntered
    | OverrideBegun
    | OverrideEnded
    | EnvelopeClosed
    | DraftExpired
)
"""What is there before a command is looked at."""


def counted(event: CollateralReported) -> int:
    """Return what securities count for: their value less the haircut, rounded down."""
    return event.value_micros * (PPM - event.haircut_ppm) // PPM


class Authority:
    """Approvals, plans and cursors."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.plans: dict[int, PlanProposed] = {}
        self.approved_ns: dict[int, int] = {}
        self.ended: dict[int, str] = {}
        self.states: dict[str, TradingState] = {}
        self.cursors: dict[str, int] = {}
        self.grants: dict[str, int] = {}
        self.collateral: dict[tuple[str, str, str], CollateralReported] = {}
        self.parameter_days: dict[str, date] = {}
        self.handlers: Handlers = {
            PlanProposed: self._propose,
            PlanApproved: self._approve,
            PlanRejected: self._reject,
            PlanApplied: self._apply,
            TradingStateSet: self._set_state,
            GatewayCursorAdvanced: self._advance,
            BenefitGranted: self._grant,
            CollateralReported: self._back,
            SpanParametersActivated: self._activate,
        }

    # ------------------------------------------------------------------------------------- plans

    def _propose(self, page: Page, event: PlanProposed) -> None:
        if event.plan_id in self.plans:
            page.report("plan", f"plan {event.plan_id} is proposed a second time")
        if event.at_sequence > page.record.sequence:
            page.report("plan", f"plan {event.plan_id} was computed in the future")
        self.plans[event.plan_id] = event

    def _approve(self, page: Page, event: PlanApproved) -> None:
        plan = self.plans.get(event.plan_id)
        if plan is None or event.plan_id in self.ended or event.plan_id in self.approved_ns:
            page.report("plan", f"plan {event.plan_id} cannot be approved")
        elif plan.proposed_by == event.approved_by:
            page.report("second person", f"plan {event.plan_id} approved by its proposer")
        self.approved_ns[event.plan_id] = page.record.time_ns

    def _reject(self, page: Page, event: PlanRejected) -> None:
        if event.plan_id not in self.plans or event.plan_id in self.ended:
            page.report("plan", f"plan {event.plan_id} cannot be rejected")
        self.ended[event.plan_id] = "rejected"

    def _apply(self, page: Page, event: PlanApplied) -> None:
        plan = self.plans.get(event.plan_id)
        approved_ns = self.approved_ns.get(event.plan_id)
        if plan is None or approved_ns is None or event.plan_id in self.ended:
            page.report("plan", f"plan {event.plan_id} applied without a standing approval")
            return
        self.ended[event.plan_id] = "applied"
        if page.record.time_ns - approved_ns > self.reference.settings.plan_age_ns_max:
            page.report("plan", f"plan {event.plan_id} is too old to be applied")
        reserve = RESERVE + plan.owner_id
        wanted: list[tuple[str, str, int]] = []
        for line in plan.lines:
            moved = line.new_micros - line.old_micros
            if moved > 0:
                wanted.append((reserve, line.sub_account_id, moved))
            elif moved < 0:
                wanted.append((line.sub_account_id, reserve, -moved))
        made = [
            (transfer.from_book_id, transfer.to_book_id, transfer.amount_micros)
            for transfer in page.record.events
            if isinstance(transfer, CapitalTransferred)
        ]
        if sorted(made) != sorted(wanted):
            page.report("plan", f"plan {event.plan_id} moved {made}, its lines say {wanted}")

    # ----------------------------------------------------------------------------------- persons

    def _set_state(self, page: Page, event: TradingStateSet) -> None:
        before = self.states.get(event.node_id, TradingState.ACTIVE)
        self.states[event.node_id] = event.trading_state
        command = page.record.command
        if isinstance(command, SetTradingState) and event.trading_state < before:
            self._check_second(page, command.entered_by, command.approved_by)

    def _grant(self, page: Page, event: BenefitGranted) -> None:
        command, before = page.record.command, self.grants.get(event.sub_account_id, 0)
        self.grants[event.sub_account_id] = event.amount_micros
        if not isinstance(command, GrantBenefit):
            page.report("grant", f"{event.sub_account_id} was granted something unasked")
            return
        asked = command.sub_account_id, command.amount_micros
        if asked != (event.sub_account_id, event.amount_micros):
            page.report("grant", f"asked was {asked}, granted {event.amount_micros}")
        if event.amount_micros > before:
            self._check_second(page, command.entered_by, command.approved_by)

    def _back(self, page: Page, event: CollateralReported) -> None:
        place = event.carrying_account_id, event.owner_id, event.collateral_id
        before = self.collateral.pop(place, None)
        if event.value_micros:
            self.collateral[place] = event
        command = page.record.command
        if not isinstance(command, ReportCollateral):
            page.report("collateral", f"{place} was counted unasked")
            return
        if (*place, command.value_micros, command.haircut_ppm) != (
            command.carrying_account_id,
            command.owner_id,
            command.collateral_id,
            event.value_micros,
            event.haircut_ppm,
        ):
            page.report("collateral", f"{place} differs from what was stated")
        if counted(event) > (counted(before) if before is not None else 0):
            self._check_second(page, command.entered_by, command.approved_by)

    def _activate(self, page: Page, event: SpanParametersActivated) -> None:
        command, house = page.record.command, event.clearing_house
        before = self.parameter_days.get(house, event.business_date)
        self.parameter_days[house] = event.business_date
        if isinstance(command, ActivateSpanParameters) and event.business_date < before:
            self._check_second(page, command.entered_by, command.approved_by)

    def _check_second(self, page: Page, entered_by: str, approved_by: str) -> None:
        if not approved_by or approved_by == entered_by:
            name = type(page.record.command).__name__
            page.report("second person", f"{name} by {entered_by!r}, approved by {approved_by!r}")

    def _advance(self, page: Page, event: GatewayCursorAdvanced) -> None:
        before = self.cursors.get(event.gateway_id, 0)
        if not before <= event.handled_sequence < page.record.sequence:
            page.report("cursor", f"{event.gateway_id} moved {before} → {event.handled_sequence}")
        self.cursors[event.gateway_id] = event.handled_sequence

    def close(self, page: Page) -> None:
        """Check refusals and second persons of the whole record."""
        events = page.record.events
        if page.has(CommandRejected):
            if isinstance(events[0], _OF_TIME):
                # Time brought something before the command was looked at, with what follows.
                refused = [isinstance(event, CommandRejected) for event in events]
                events = events[refused.index(True) :]
            told = CommandRejected | OperatorCalled | ExcessRefused
            # What is due is decided after a command, whatever became of it.
            is_due = page.has(InstructionApplied, InstructionRefused)
            if not is_due and any(not isinstance(event, told) for event in events):
                page.report("refusal", "a command was refused and something was done all the same")
            return
        self._check_persons(page)

    def _check_persons(self, page: Page) -> None:
        command = page.record.command
        match command:
            case (
                WithdrawCash()
                | ResumeLiquidation()
                | ConvertCurrency()
                | ImportOpeningBook()
                | AssignSuspense()
                | CorrectSettlement()
                | EnterFill()
                | TransferPosition(at_cost=True)
                | UndoSuspenseAssignment()
                | CancelMarginCall()
                | ResolveBreak()
                | LoadRiskArrays()
                | ReenableStrategy()
            ):
                self._check_second(page, command.entered_by, command.approved_by)
            case CloseTradingDay() if command.accepted:
                self._check_second(page, command.entered_by, command.approved_by)
            case (
                MarkPrices()
                | MarkRates()
                | ReportBetas()
                | SettleTradingDay()
                | ExpireContract()
                | SettleContracts()
                | CorrectFill()
                | BustFill()
                | ExpireOption()
            ):
                if command.source.startswith("manual"):
                    self._check_second(page, command.entered_by, command.approved_by)
            case _:
                pass
