"""The auditor's eye on persons and plans: who asked, who approved, and what a plan moved.

Laws: what needs a second person has one, and it is another one; a plan is approved by somebody who
did not propose it, applied once, in time and as its lines say; a refusal stands alone; a gateway's
cursor never runs ahead of the journal or backwards.
"""

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
from fencang.messages.fill_commands import (
    BustFill,
    CorrectFill,
    EnterFill,
    TransferPosition,
    UndoSuspenseAssignment,
)
from fencang.messages.message import TradingState
from fencang.messages.money_commands import CancelMarginCall
from fencang.messages.reconciliation_commands import ResolveBreak
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import RESERVE, Reference

__all__ = ["Authority"]


class Authority:
    """Approvals, plans and cursors."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.plans: dict[int, PlanProposed] = {}
        self.approved_ns: dict[int, int] = {}
        self.ended: dict[int, str] = {}
        self.states: dict[str, TradingState] = {}
        self.cursors: dict[str, int] = {}
        self.handlers: Handlers = {
            PlanProposed: self._propose,
            PlanApproved: self._approve,
            PlanRejected: self._reject,
            PlanApplied: self._apply,
            TradingStateSet: self._set_state,
            GatewayCursorAdvanced: self._advance,
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
        events, command = page.record.events, page.record.command
        if page.has(CommandRejected):
            if isinstance(events[0], PhaseEntered | ProductPhaseEntered):
                # Time brought a phase before the command was looked at, with what follows from it.
                refused = [isinstance(event, CommandRejected) for event in events]
                events = events[refused.index(True) :]
            if any(not isinstance(event, CommandRejected | OperatorCalled) for event in events):
                page.report("refusal", "a command was refused and something was done all the same")
            return
        match command:
            case (
                WithdrawCash()
                | ConvertCurrency()
                | ImportOpeningBook()
                | AssignSuspense()
                | CorrectSettlement()
                | EnterFill()
                | TransferPosition(at_cost=True)
                | UndoSuspenseAssignment()
                | CancelMarginCall()
                | ResolveBreak()
            ):
                self._check_second(page, command.entered_by, command.approved_by)
            case CloseTradingDay() if command.accepted:
                self._check_second(page, command.entered_by, command.approved_by)
            case (
                MarkPrices()
                | MarkRates()
                | SettleTradingDay()
                | ExpireContract()
                | SettleContracts()
                | CorrectFill()
                | BustFill()
            ):
                if command.source.startswith("manual"):
                    self._check_second(page, command.entered_by, command.approved_by)
            case _:
                pass
