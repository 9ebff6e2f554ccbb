"""What traders and operators know of the desk: what its durable records told them."""

from collections import defaultdict
from datetime import date

from fencang.messages.day_events import TradingDayOpened
from fencang.messages.events import (
    ContractExpired,
    FillAllocated,
    FillSuspended,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderRejectedByVenue,
    PlanProposed,
    SessionOpened,
    SuspenseAssigned,
)
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    PositionTransferred,
    SuspenseAssignmentUndone,
)
from fencang.messages.message import OrderTerms
from fencang.messages.money_events import InterestPosted, WireRequested
from fencang.messages.record import Record
from fencang.simulation.desks import FIRST_DAY
from fencang.simulation.openings import Openings

__all__ = ["Witness"]


class Witness:
    """Orders by identifier, positions by sub-account, plans, wires and suspended fills."""

    def __init__(self) -> None:
        self.orders: dict[int, tuple[str, OrderTerms]] = {}
        self.working: dict[int, str] = {}
        self.lots: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.plans: list[int] = []
        self.wires: dict[int, int] = {}
        """Wire → the amount that was asked for."""
        self.interest_until: date | None = None
        self.today = FIRST_DAY
        self.suspended: list[FillSuspended] = []
        self.assigned: list[SuspenseAssigned] = []
        self.executions: list[str] = []
        self.expired: list[str] = []
        self.openings = Openings()
        """It is told every event beside this."""

    def see(self, record: Record) -> None:
        """Take in a durable record."""
        for event in record.events:
            match event:
                case OrderAccepted():
                    self.orders[event.order_id] = (event.sub_account_id, event.terms)
                    self.working[event.order_id] = event.sub_account_id
                case OrderCancelled() | OrderExpired() | OrderRejectedByVenue():
                    self.working.pop(event.order_id, None)
                case FillAllocated() | SuspenseAssigned():
                    key = event.sub_account_id, event.contract_id
                    self.lots[key] += event.side.sign * event.quantity_lots
                    self.executions.append(event.execution_id)
                    if isinstance(event, SuspenseAssigned):
                        self.assigned.append(event)
                case SuspenseAssignmentUndone():
                    key = event.sub_account_id, event.contract_id
                    self.lots[key] -= event.side.sign * event.quantity_lots
                case FillSuspended():
                    self.suspended.append(event)
                case WireRequested():
                    self.wires[event.wire_id] = event.amount_micros
                case InterestPosted():
                    self.interest_until = event.until_day
                case PlanProposed():
                    self.plans.append(event.plan_id)
                case ContractExpired():
                    self.expired.append(event.contract_id)
                    for place in [key for key in self.lots if key[1] == event.contract_id]:
                        del self.lots[place]
                case SessionOpened() | TradingDayOpened():
                    self.today = event.trading_day
                case EnteredFillAllocated() | FillCorrected() | FillBusted():
                    self._see_person(event)
                case PositionTransferred():
                    lots = event.side.sign * event.quantity_lots
                    self.lots[event.from_sub_account_id, event.contract_id] -= lots
                    self.lots[event.to_sub_account_id, event.contract_id] += lots
                case _:
                    pass

    def _see_person(self, event: EnteredFillAllocated | FillCorrected | FillBusted) -> None:
        """Take in what people entered or mended of fills."""
        if isinstance(event, EnteredFillAllocated):
            key = event.sub_account_id, event.contract_id
            self.lots[key] += event.side.sign * event.quantity_lots
            return
        for mend in event.mends:
            if not mend.book_id.startswith("@"):
                lots = mend.entered_lots - mend.taken_lots
                self.lots[mend.book_id, event.contract_id] += event.side.sign * lots
