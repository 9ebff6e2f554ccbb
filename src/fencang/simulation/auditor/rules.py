"""The auditor's eye on rules and block orders.

Laws: a rule fires only when armed, only outside its hold, and only if its indicator rose enough
over the armed reference; until it re-arms no order of a tagged sub-account opens anything; a block
cuts tagged sub-accounts only, never beyond what they hold and never below the kept share; its
slices never ask for more than was instructed; every lot of a fill goes to the leg furthest below
its due share, and no leg receives more than it was instructed.
"""

from collections import defaultdict
from collections.abc import Iterator

from fencang.basics.money import PPM
from fencang.messages.commands import ReportIndicator
from fencang.messages.events import (
    BlockOrderCreated,
    BlockOrderDone,
    FillAllocated,
    FillBooked,
    IndicatorReported,
    OrderAccepted,
    RuleArmed,
    RuleFired,
)
from fencang.messages.loss_events import LiquidationEnded, LiquidationPlanned
from fencang.messages.message import Side
from fencang.refdata.contract import DeliveryPolicy
from fencang.refdata.rule import IndicatorRule, ReferenceKind
from fencang.simulation.auditor.lots import Lots
from fencang.simulation.auditor.orders import Orders
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["LIQUIDATION", "Rules"]

LIQUIDATION = "@liquidation:"
"""How the name of a liquidation's blocks begins."""
DELIVERY_GUARD = "@delivery-guard"
"""Whose blocks reduce what could be delivered, whatever rules would let stay."""


class _Rule:
    """One rule's standing: its reference, when its hold ends, what was held when it armed."""

    __slots__ = ("captured", "hold_until_ns", "is_armed", "is_blocking", "reference_nanos")

    def __init__(self) -> None:
        self.is_armed = False
        self.is_blocking = False
        self.reference_nanos = 0
        self.hold_until_ns = 0
        self.captured: dict[tuple[str, str, str], int] = {}


class _Block:
    """One block order: lots instructed and received per leg, in the order of the legs."""

    __slots__ = ("event", "instructed", "is_done", "received")

    def __init__(self, event: BlockOrderCreated) -> None:
        self.event = event
        self.instructed = [leg.quantity_lots for leg in event.legs]
        self.received = [0] * len(event.legs)
        self.is_done = False


class Rules:
    """Every rule and every block order."""

    def __init__(self, reference: Reference, lots: Lots, orders: Orders) -> None:
        self.reference, self.lots, self.orders = reference, lots, orders
        self.rules: dict[str, _Rule] = {}
        self.blocks: dict[int, _Block] = {}
        self.plans: dict[str, dict[tuple[str, str, str, Side], int]] = {}
        """Name of a liquidation → (account, carrying account, contract, side) → lots that stay."""
        # indicator -> (time, level) of everything reported
        self.levels: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self.handlers: Handlers = {
            IndicatorReported: self._report,
            RuleArmed: self._arm,
            RuleFired: self._fire,
            BlockOrderCreated: self._create,
            BlockOrderDone: self._done,
            OrderAccepted: self._accept,
            FillBooked: self._fill,
            LiquidationPlanned: self._plan,
            LiquidationEnded: self._end_plan,
        }

    # ------------------------------------------------------------------------------------- rules

    def _report(self, page: Page, event: IndicatorReported) -> None:
        now = page.record.time_ns
        self.levels[event.indicator].append((now, event.value_nanos))
        fired = [told.rule_id for told in page.record.events if isinstance(told, RuleFired)]
        for rule_id, rule in self.rules.items():
            definition = self.reference.rules[rule_id]
            if rule.is_armed and definition.indicator == event.indicator:
                reference = self._reference_of(definition, rule, now)
                rise = (event.value_nanos - reference) * PPM
                if reference and rise >= reference * definition.rise_ppm and rule_id not in fired:
                    page.report("rule", f"{rule_id} did not fire on a rise that triggers it")

    def _reference_of(self, definition: IndicatorRule, rule: _Rule, now_ns: int) -> int:
        if definition.reference is ReferenceKind.LAST_CLOSE:
            return rule.reference_nanos
        oldest = now_ns - definition.window_ns
        levels = self.levels[definition.indicator]
        return min((level for at, level in levels if oldest <= at < now_ns), default=0)

    def _arm(self, page: Page, event: RuleArmed) -> None:
        rule = self.rules.setdefault(event.rule_id, _Rule())
        if page.record.time_ns < rule.hold_until_ns:
            page.report("rule hold", f"{event.rule_id} armed inside its hold")
        rule.is_armed, rule.is_blocking = True, False
        rule.reference_nanos = event.reference_nanos
        rule.captured = {
            (holder, carrying, contract): self.lots.signed(holder, carrying, contract)
            for holder, carrying, contract, _ in self.lots.lots
            if self._is_tagged(event.rule_id, holder)
        }

    def _fire(self, page: Page, event: RuleFired) -> None:
        rule = self.rules.setdefault(event.rule_id, _Rule())
        name, now = event.rule_id, page.record.time_ns
        if not rule.is_armed:
            page.report("rule hold", f"{name} fired though it was not armed")
        if now < rule.hold_until_ns:
            page.report("rule hold", f"{name} fired inside its hold")
        definition, command = self.reference.rules[name], page.record.command
        if not isinstance(command, ReportIndicator) or command.indicator != definition.indicator:
            page.report("rule", f"{name} fired without its indicator")
        elif command.value_nanos != event.value_nanos:
            page.report("rule", f"{name} fired at another level than was reported")
        if event.reference_nanos != self._reference_of(definition, rule, now):
            page.report("rule", f"{name} fired against another reference than it has")
        rise = (event.value_nanos - event.reference_nanos) * PPM
        if rise < event.reference_nanos * definition.rise_ppm:
            page.report("rule", f"{name} fired on too small a rise")
        if event.hold_until_ns < now + definition.hold_ns:
            page.report("rule hold", f"{name} holds shorter than defined")
        rule.is_armed, rule.is_blocking = False, True
        rule.hold_until_ns = event.hold_until_ns

    def _is_tagged(self, rule_id: str, holder: str) -> bool:
        sub_account = self.reference.sub_accounts.get(holder)
        rule = self.reference.rules.get(rule_id)
        return bool(sub_account and rule and rule.tag in sub_account.mandate.tags)

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if event.block_id:
            self._check_slice(page, event)
        elif not event.is_reducing:
            for rule_id in self.blocking(event.sub_account_id):
                page.report("rule block", f"order {event.order_id} opens against {rule_id}")

    def blocking(self, sub_account_id: str) -> Iterator[str]:
        """Yield the rules that let a sub-account open nothing."""
        for rule_id, rule in self.rules.items():
            if rule.is_blocking and self._is_tagged(rule_id, sub_account_id):
                yield rule_id

    # ------------------------------------------------------------------------------------ blocks

    def missing(self) -> Iterator[tuple[BlockOrderCreated, str, int]]:
        """Yield running blocks with what each leg still waits for."""
        for block in self.blocks.values():
            if not block.is_done:
                for leg, had in zip(block.event.legs, block.received, strict=True):
                    yield block.event, leg.sub_account_id, max(0, leg.quantity_lots - had)

    def _create(self, page: Page, event: BlockOrderCreated) -> None:
        if event.block_id in self.blocks:
            page.report("block", f"block {event.block_id} is made a second time")
        for leg in event.legs:
            holder, lots = leg.sub_account_id, leg.quantity_lots
            place = (holder, event.carrying_account_id, event.contract_id)
            held = self.lots.closable(*place, event.side)
            planned = self.plans.get(event.rule_id, {})
            if event.rule_id.startswith(LIQUIDATION):
                if (*place, event.side) not in planned:
                    page.report("block", f"{event.rule_id} closes {place}, which no plan names")
            elif event.rule_id == DELIVERY_GUARD:
                if not self._is_guarded(event):
                    page.report("block", f"the guard closes {event.contract_id}, of no guard")
            elif not self._is_tagged(event.rule_id, holder):
                page.report("block", f"{event.rule_id} cuts {holder}, which has not its tag")
            if not 0 < lots <= held:
                page.report("reducing", f"block {event.block_id}: {lots} of {held} lots, {holder}")
            # Of a guarded contract nothing may stay, whatever a rule would let stay.
            kept = 0 if self._is_guarded(event) else self._kept(place, -event.side.sign)
            if planned:
                # Nor does a liquidation leave what a rule would: its plan says what stays.
                kept = planned.get((*place, event.side), 0)
            if not self.reference.is_gross(event.carrying_account_id):
                left = held - lots - self._working(place, event.side)
                if left < kept:
                    page.report("block", f"{holder} could be cut to {left} lots, may keep {kept}")
        self.blocks[event.block_id] = _Block(event)

    def _plan(self, page: Page, event: LiquidationPlanned) -> None:
        name = LIQUIDATION + event.node_id
        if name in self.plans:
            page.report("block", f"{name} is planned while it runs")
        self.plans[name] = {
            (leg.sub_account_id, leg.carrying_account_id, leg.contract_id, leg.side): leg.kept_lots
            for leg in event.legs
        }

    def _end_plan(self, page: Page, event: LiquidationEnded) -> None:
        if self.plans.pop(LIQUIDATION + event.node_id, None) is None:
            page.report("block", f"a liquidation of {event.node_id} ends that no plan began")

    def _is_guarded(self, event: BlockOrderCreated) -> bool:
        guard = self.reference.product(event.contract_id).delivery_guard
        contract = self.reference.contracts[event.contract_id]
        has_day = contract.first_notice_day or contract.last_trading_day
        return guard.policy is DeliveryPolicy.CLOSE and has_day is not None

    def _working(self, place: tuple[str, str, str], side: Side) -> int:
        """Return the lots that other orders and blocks of this side could still close."""
        holder, carrying, contract = place
        working = 0
        for order in self.orders.live.values():
            terms = order.event.terms
            at = order.event.sub_account_id, terms.carrying_account_id, terms.contract_id
            if at == place and terms.side is side:
                working += order.open_lots
        for made, sub_account, lots in self.missing():
            at = sub_account, made.carrying_account_id, made.contract_id
            if at == (holder, carrying, contract) and made.side is side:
                working += lots
        return working

    def _kept(self, place: tuple[str, str, str], sign: int) -> int:
        """Return the lots of one side that every rule in force lets a holder keep."""
        shares = [
            # The cut rounds in favour of less risk, so what stays is rounded down.
            max(0, sign * rule.captured.get(place, 0))
            * self.reference.rules[rule_id].keep_ppm
            // PPM
            for rule_id, rule in self.rules.items()
            if rule.is_blocking and self._is_tagged(rule_id, place[0])
        ]
        return min(shares, default=0)

    def _done(self, page: Page, event: BlockOrderDone) -> None:
        block = self.blocks.get(event.block_id)
        if block is None or block.is_done:
            page.report("block", f"block {event.block_id} ended twice or never began")
            return
        block.is_done = True
        if event.unfilled_lots != sum(block.instructed) - sum(block.received):
            page.report("block", f"block {event.block_id} miscounts its unfilled lots")
        if any(o.event.block_id == event.block_id and o.is_live for o in self.orders.live.values()):
            page.report("block", f"block {event.block_id} ended with a slice still working")

    def _check_slice(self, page: Page, event: OrderAccepted) -> None:
        block = self.blocks.get(event.block_id)
        if block is None or block.is_done:
            page.report("block", f"order {event.order_id} is a slice of no running block")
            return
        made = block.event
        terms = event.terms
        if event.sub_account_id or (
            terms.carrying_account_id,
            terms.contract_id,
            terms.side,
        ) != (made.carrying_account_id, made.contract_id, made.side):
            page.report("block", f"slice {event.order_id} differs from its block")
        working = sum(
            order.open_lots
            for order in self.orders.live.values()
            if order.event.block_id == event.block_id
        )
        if working + sum(block.received) > sum(block.instructed):
            page.report("block", f"slices of block {event.block_id} ask for more than instructed")
        held = sum(
            min(
                lots, self.lots.closable(leg, made.carrying_account_id, made.contract_id, made.side)
            )
            for of_block, leg, lots in self.missing()
            if of_block is made
        )
        if working > held:
            page.report(
                "reducing", f"slices of block {event.block_id} could close {working} lots of {held}"
            )

    def _fill(self, page: Page, event: FillBooked) -> None:
        order = self.orders.orders.get(event.order_id) if event.order_id is not None else None
        block = self.blocks.get(order.event.block_id) if order else None
        if block is None:
            return
        given = {
            part.sub_account_id: part.quantity_lots
            for part in page.record.events
            if isinstance(part, FillAllocated)
        }
        names = [leg.sub_account_id for leg in block.event.legs]
        if set(given) - set(names):
            page.report("shortfall", f"fill {event.execution_id} reached a stranger to its block")
        lots = [given.get(name, 0) for name in names]
        made = block.event
        place = (made.carrying_account_id, made.contract_id, made.side)
        due = [
            min(most, had + self.lots.closable(name, *place))
            for name, most, had in zip(names, block.instructed, block.received, strict=True)
        ]
        if sum(lots) != min(event.quantity_lots, sum(due) - sum(block.received)):
            page.report("shortfall", f"fill {event.execution_id}: the legs could take another part")
        if lots != by_shortfall(due, block.received, sum(lots)):
            page.report("shortfall", f"fill {event.execution_id} was shared {lots} over {names}")
        block.received = [had + got for had, got in zip(block.received, lots, strict=True)]
        if any(got > most for got, most in zip(block.received, block.instructed, strict=True)):
            page.report("shortfall", f"block {event.order_id}: a leg got more than instructed")


def by_shortfall(instructed: list[int], received: list[int], lots: int) -> list[int]:
    """Return the shares of a fill, one lot after the other.

    A leg is due its part of all lots received including this fill; each lot goes to the leg
    furthest below; equal shortfalls take turns, beginning where the block's lots so far point to.
    """
    before, legs, wanted = sum(received), len(instructed), sum(instructed)
    given = [0] * legs
    for _ in range(lots):
        best, best_key = 0, (0, 0)
        for leg in range(legs):
            due = instructed[leg] * (before + lots)
            key = (due - (received[leg] + given[leg]) * wanted, -((leg - before) % legs))
            if leg == 0 or key > best_key:
                best, best_key = leg, key
        given[best] += 1
    return given
