"""The auditor's service tiers: doors and rates, and instructions that wait for their day.

Laws: what opens came by a door that the tier of its sub-account has, with a type, time in force and
instrument of the tier, and not faster than it; a sub-account of a tier of the next trading day
opens nothing at once; an instruction waits for the trading day that its venue and the cut-off say,
in no greater number than may be; it ends once, not before its day, and what is due is decided.
"""

from datetime import date, timedelta
from fractions import Fraction

from fencang.messages.commands import (
    ReplaceOrder,
    SubmitOrder,
    TransferCapital,
)
from fencang.messages.events import (
    CapitalTransferred,
    OrderAccepted,
    ReplaceRequested,
)
from fencang.messages.fill_commands import TransferPosition
from fencang.messages.instruction_events import (
    InstructionApplied,
    InstructionCancelled,
    InstructionExpired,
    InstructionQueued,
    InstructionRefused,
)
from fencang.messages.life_commands import RollPosition
from fencang.messages.message import Interface
from fencang.refdata.service_tier import ServiceTier, TakesEffect
from fencang.refdata.session import Phase
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.phases import VENUE, Phases
from fencang.simulation.auditor.reference import Reference

__all__ = ["SLICE", "Tiers"]

SLICE = 200
"""So many instructions are decided at least before any may be left for the next command."""
SECOND_NS = 1_000_000_000

Ended = InstructionApplied | InstructionRefused | InstructionCancelled | InstructionExpired


class Tiers:
    """Tiers as they are stated, buckets of sub-accounts, and what waits."""

    def __init__(
        self, reference: Reference, phases: Phases, days: Days, exposure: Exposure
    ) -> None:
        self.reference, self.phases = reference, phases
        self.days, self.exposure = days, exposure
        self.waiting: dict[int, InstructionQueued] = {}
        self.full_ns: dict[str, Fraction] = {}
        self.handlers: Handlers = {
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
            CapitalTransferred: self._give,
            InstructionQueued: self._queue,
            **dict.fromkeys(Ended.__args__, self._end),
        }

    def _tier(self, sub_account_id: str) -> ServiceTier | None:
        sub = self.reference.sub_accounts.get(sub_account_id)
        if sub is None:
            return None
        rows = self.reference.rows.get(ServiceTier, {})
        found: ServiceTier | None = rows.get((sub.service_tier,))
        if rows and found is None:
            raise AssertionError(f"{sub_account_id} is of tier {sub.service_tier}")
        return found

    # ------------------------------------------------------------------------------------ orders

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        tier = None if event.block_id else self._tier(event.sub_account_id)
        if tier is None:
            return
        asked, name = page.asked(event), f"order {event.order_id}"
        waited = asked is not page.record.command
        self._check_door(page, tier, asked, name)
        if not waited:  # else it was counted when it was entered
            self._take(page, event.sub_account_id, tier, is_free=event.is_reducing)
        if event.is_reducing:
            return
        terms = event.terms
        product_id = self.reference.product(terms.contract_id).product_id
        if terms.order_type not in tier.order_types:
            page.report("tier", f"{name} is of a type that tier {tier.tier_id} has not")
        if terms.time_in_force not in tier.times_in_force:
            page.report("tier", f"{name} stands longer than tier {tier.tier_id} has")
        if not {"*", product_id, terms.contract_id} & {*tier.instruments}:
            page.report("tier", f"{name} is in what tier {tier.tier_id} has not")
        if tier.takes_effect is TakesEffect.NEXT_TRADING_DAY and not waited:
            page.report("next trading day", f"{name} of {event.sub_account_id} opens at once")

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = self.exposure.orders.orders.get(event.order_id)
        asked = page.asked(event)
        if order is None or order.event.block_id or not isinstance(asked, ReplaceOrder):
            return
        tier, name = self._tier(order.event.sub_account_id), f"order {event.order_id}"
        if tier is None or asked.order_id != event.order_id:
            return
        waited = asked is not page.record.command
        self._check_door(page, tier, asked, name)
        smaller = event.quantity_lots < order.quantity_lots
        if not waited:
            is_free = order.is_reducing or smaller
            self._take(page, order.event.sub_account_id, tier, is_free=is_free)
        if tier.takes_effect is TakesEffect.NEXT_TRADING_DAY and order.has_grown and not waited:
            closing, held = self.exposure.closing(order)
            if closing > held:
                page.report("next trading day", f"{name} opens more at once")

    def _check_door(self, page: Page, tier: ServiceTier, asked: object, name: str) -> None:
        if isinstance(asked, SubmitOrder | ReplaceOrder | RollPosition):
            door = asked.interface
            if door is not Interface.INTERNAL and door not in tier.interfaces:
                page.report("tier", f"{name} came by {door.name}, not of tier {tier.tier_id}")

    def _take(self, page: Page, sub_id: str, tier: ServiceTier, *, is_free: bool) -> None:
        """Count a message."""
        now, each = page.record.time_ns, Fraction(SECOND_NS, tier.messages_per_second)
        full = max(self.full_ns.get(sub_id, Fraction(0)), Fraction(now)) + each
        self.full_ns[sub_id] = full
        # The desk rounds an interval up to a nanosecond, and so never lets more through.
        if full - now > each * tier.messages_burst and not is_free:
            page.report("tier", f"{sub_id} sends faster than tier {tier.tier_id} lets it")

    # ----------------------------------------------------------------------------------- capital

    def _give(self, page: Page, event: CapitalTransferred) -> None:
        tier = self._tier(event.to_book_id)
        if tier is None or not isinstance(page.record.command, TransferCapital):
            return
        is_dated = tier.takes_effect is TakesEffect.NEXT_TRADING_DAY
        has_begun = tier.venue_id in self.days.today  # before it the desk is being opened
        if is_dated and has_begun and page.asked(event) is page.record.command:
            page.report("next trading day", f"{event.to_book_id} was given capital at once")

    # ------------------------------------------------------------------------------ instructions

    def _queue(self, page: Page, event: InstructionQueued) -> None:
        sub_id, number = event.sub_account_id, event.instruction_id
        tier = self._tier(sub_id)
        name = f"instruction {number} of {sub_id}"
        if tier is None or tier.takes_effect is not TakesEffect.NEXT_TRADING_DAY:
            page.report("next trading day", f"{name} waits, and nothing says it must")
            return
        if number in self.waiting or event.command != page.record.command:
            page.report("next trading day", f"{name} is not what was instructed")
        right = self._day(page, event, tier)
        if event.trading_day != right:
            page.report("next trading day", f"{name} waits for {event.trading_day}, not {right}")
        waiting = sum(each.sub_account_id == sub_id for each in self.waiting.values())
        if waiting >= tier.instructions_max:
            page.report("next trading day", f"{name} waits beside {waiting} others")
        self.waiting[number] = event
        if not isinstance(event.command, TransferCapital | TransferPosition):
            self._check_door(page, tier, event.command, name)
            self._take(page, sub_id, tier, is_free=False)

    def _day(self, page: Page, event: InstructionQueued, tier: ServiceTier) -> date | None:
        """Return the trading day that an instruction of now must wait for."""
        today = self.days.today.get(event.venue_id)
        if today is None:
            return None
        ends = self._end_ns(event)
        is_late = ends is not None and page.record.time_ns >= ends - tier.cutoff_ns
        is_over = self.days.settled.get(event.venue_id) == today
        left = 2 if is_late or is_over or self.days.is_closed(event.venue_id) else 1
        venue, day = self.reference.venues[event.venue_id], today
        while left:
            day += timedelta(days=1)
            left -= day.isoweekday() not in venue.weekend_days and day not in venue.holidays
        return day

    def _end_ns(self, event: InstructionQueued) -> int | None:
        """Return the end of the last session of the day in what is instructed, None without any."""
        hours = self.phases.sessions.get(event.venue_id, {})
        sessions = hours.get(VENUE, ())
        if event.contract_id:
            product_id = self.reference.product(event.contract_id).product_id
            for products, own in hours.items():
                if product_id in products:
                    sessions = own
        return max(
            (each.end_ns for each in sessions if each.phase is not Phase.CLOSE), default=None
        )

    def _end(self, page: Page, event: Ended) -> None:
        queued = self.waiting.pop(event.instruction_id, None)
        name = f"instruction {event.instruction_id}"
        if queued is None:
            page.report("next trading day", f"{name} ends and did not wait, or ended before")
            return
        if isinstance(event, InstructionApplied | InstructionRefused):
            today = self.days.today.get(queued.venue_id)
            if today is None or today < queued.trading_day or event.trading_day != today:
                page.report(
                    "next trading day", f"{name} of {queued.trading_day} was decided on {today}"
                )

    def close(self, page: Page) -> None:
        """Check that nothing is left that is due, unless there was too much for one command."""
        decided = sum(
            isinstance(each, InstructionApplied | InstructionRefused) for each in page.record.events
        )
        if not self.waiting or decided >= SLICE:
            return
        for number, queued in self.waiting.items():
            if self._is_due(queued):
                page.report("next trading day", f"instruction {number} is due and was left")

    def _is_due(self, queued: InstructionQueued) -> bool:
        today = self.days.today.get(queued.venue_id)
        if today is None or today < queued.trading_day:
            return False
        if isinstance(queued.command, TransferCapital | TransferPosition):
            return True
        product_id = self.reference.product(queued.contract_id).product_id
        return self.phases.takes_orders(queued.venue_id, product_id)
