"""The auditor's loss limits and the ladder on the way to them.

Laws: nothing is opened at a node that has lost more in its day, from its peak or in its window than
it may; a step that is due is taken with the record that makes it due, and none that is not; what is
told of a step is what the books say; a stopped node may only reduce, a cancelled one has nothing at
work that opens, and a liquidation names all that is held; a step ends with its day alone, and
nobody but two persons resumes a node, unless its row says so.
A step of margin use is due where prices move and fills come, and nothing is closed on figures that
jumped.
"""

from typing import Any, get_args

from fencang.basics.money import PPM, saturated
from fencang.messages.commands import SetTradingState
from fencang.messages.day_events import TradingDayOpened
from fencang.messages.events import (
    AnyEvent,
    DeskDefined,
    FillAllocated,
    OrderAccepted,
    OrderRejected,
    PricesMarked,
    RatesMarked,
    ReplaceRequested,
    SessionOpened,
    TradingDaySettled,
    TradingStateSet,
)
from fencang.messages.loss_events import (
    LiquidationEnd,
    LiquidationEnded,
    LiquidationPlanned,
    LiquidationResumed,
    LiquidationSuspended,
    LossLimitReached,
    LossMeasure,
    LossStep,
    Suspension,
)
from fencang.messages.message import Side, TradingState
from fencang.messages.reasons import Reason
from fencang.refdata.loss_limit import LossLimit
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.losses import Losses, Measured, Node
from fencang.simulation.auditor.orders import TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.rules import LIQUIDATION, Rules
from fencang.simulation.auditor.standing import POOL
from fencang.simulation.auditor.worst_lots import grown_by

__all__ = ["LossLadder"]

REFUSALS = {
    Reason.DAILY_LOSS: LossMeasure.DAILY_LOSS,
    Reason.DRAWDOWN: LossMeasure.DRAWDOWN,
    Reason.LOSS_VELOCITY: LossMeasure.VELOCITY,
}
WHOLE = (RatesMarked, TradingDaySettled, DeskDefined)
"""What moves the margin of everybody."""
HOLDERS_MAX = 8
"""The margin of nodes over more accounts is looked at where prices move, and not with fills."""
UNTRUSTED = frozenset({Suspension.MARGIN_JUMP, Suspension.EQUITY_JUMP})


def share_of(row: LossLimit, step: LossStep) -> int | None:
    """Return at which share of a limit a step is taken; None where it never is."""
    shares = {
        LossStep.STOP: row.stop_ppm,
        LossStep.CANCEL: row.cancel_ppm,
        LossStep.LIQUIDATE: row.liquidate_ppm,
    }
    return shares.get(step)


class LossLadder:
    """Steps, stops and plans of every node with a loss limit; it stands behind all others."""

    def __init__(self, losses: Losses, exposure: Exposure, rules: Rules, days: Days) -> None:
        self.reference, self.losses = losses.reference, losses
        self.orders, self.exposure = exposure.orders, exposure
        self.rules, self.days = rules, days
        self.day = 0
        """The latest trading day that any venue has begun, counted from the year 1."""
        self.suspended: dict[tuple[str, Suspension], str] = {}
        """(node, cause) → what is suspect."""
        own: dict[type[Any], Any] = {
            DeskDefined: self._define,
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
            OrderRejected: self._refuse,
            LossLimitReached: self._reach,
            TradingStateSet: self._set_state,
            FillAllocated: self._fill,
            LiquidationPlanned: self._plan,
            LiquidationEnded: self._end,
            LiquidationSuspended: self._suspend,
            LiquidationResumed: self._lift,
            SessionOpened: self._open_day,
            TradingDayOpened: self._open_day,
        }
        self._own = own
        self.handlers: Handlers = dict.fromkeys(get_args(AnyEvent), self._see)

    def _see(self, page: Page, event: Any) -> None:  # noqa: ANN401 - any event of a record
        if not self.reference.rows.get(LossLimit):
            return
        self.losses.follow(page, event)
        handler = self._own.get(type(event))
        if handler is not None:
            handler(page, event)

    def _define(self, page: Page, _event: DeskDefined) -> None:
        self.losses.define(page)
        begun = [day.toordinal() for day in self.days.today.values()]
        self.day = self.day or max(begun, default=0)

    def _open_day(self, page: Page, event: SessionOpened | TradingDayOpened) -> None:
        today = event.trading_day.toordinal()
        if today > self.day:
            self.day = today
            self.losses.begin_day(page)

    # ------------------------------------------------------------------------------------ orders

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if not event.block_id and not event.is_reducing:
            self._check(page, self.orders.orders[event.order_id])

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = grown_by(self.exposure, page, event)
        if order is not None:
            self._check(page, order)

    def _check(self, page: Page, order: TrackedOrder) -> None:
        for node_id, node in self._above(order.event.sub_account_id):
            for each in node.measured(page.record.time_ns):
                if each.least > each.limit:
                    detail = f"{node_id} has a {each.measure} of {each.least}, {each.limit} may be"
                    page.report("losses", f"order {order.event.order_id} opens: {detail}")

    def _above(self, sub_account_id: str) -> list[tuple[str, Node]]:
        person = f"person:{self.reference.owner(sub_account_id)}"
        path = [*self.reference.chain(sub_account_id), person]
        return [(name, self.losses.nodes[name]) for name in path if name in self.losses.nodes]

    def _refuse(self, page: Page, event: OrderRejected) -> None:
        """What refuses is a loss that the books say, beyond a limit that is stated."""
        measure = REFUSALS.get(event.reason)
        if measure is None:
            return
        node = self.losses.nodes.get(event.node_id)
        found = [] if node is None else list(node.measured(page.record.time_ns))
        if not any(each.measure is measure and _tells(each, event) for each in found):
            detail = f"{event.node_id} refuses for a {measure} of {event.value} of {event.limit}"
            page.report("loss refusal", f"{detail}; it is {found}")

    # ------------------------------------------------------------------------------------- steps

    def _reach(self, page: Page, event: LossLimitReached) -> None:
        name = f"{event.node_id} at {event.step.name.lower()}"
        node = self.losses.nodes.get(event.node_id)
        if node is None:
            page.report("loss step", f"{name}: no row says so")
            return
        if event.step <= node.step or share_of(node.row, event.step) != event.share_ppm:
            page.report("loss step", f"{name}: taken already, or at another share than stated")
        between = (step for step in LossStep if node.step < step < event.step)
        if any(share_of(node.row, step) is not None for step in between):
            page.report("loss step", f"{name}: a step before it was not told")
        if event.value_micros * PPM <= event.limit_micros * event.share_ppm:
            page.report("loss step", f"{name}: {event.value_micros} is not beyond its share")
        told = event.equity_micros, event.start_micros
        if told != (saturated(node.now), saturated(node.start)):
            page.report("loss step", f"{name}: told {told}, it is {node.now}, {node.start}")
        found = self._measured(event.node_id, page)
        if not any(each.measure is event.measure and _says(each, event) for each in found):
            detail = f"told {event.measure} {event.value_micros} of {event.limit_micros}"
            page.report("loss step", f"{name}: {detail}; it is {found}")
        node.step = event.step
        node.is_stopped |= self._state(event.node_id) is TradingState.ACTIVE

    def _measured(self, node_id: str, page: Page) -> list[Measured]:
        """Return what of a node is measured now; margin that is not trusted is no measure."""
        found = list(self.losses.nodes[node_id].measured(page.record.time_ns))
        use = self.losses.margin_use(node_id)
        return [*found, use] if use is not None and self._trusts_margin(node_id) else found

    def _trusts_margin(self, node_id: str) -> bool:
        holders = self.losses.holders(node_id)
        owners = {
            each.removeprefix(POOL) if each.startswith(POOL) else self.reference.owner(each)
            for each in holders
        }
        return not any(
            (f"person:{owner}", cause) in self.suspended for owner in owners for cause in UNTRUSTED
        )

    def _state(self, node_id: str) -> TradingState:
        return self.exposure.states.get(node_id, TradingState.ACTIVE)

    def _set_state(self, page: Page, event: TradingStateSet) -> None:
        node = self.losses.nodes.get(event.node_id)
        if event.trading_state is not TradingState.ACTIVE:
            return
        if not isinstance(page.record.command, SetTradingState):
            may = node is not None and node.is_stopped and node.row.resumes_next_day
            is_new_day = page.has(SessionOpened, TradingDayOpened)
            if not may or not is_new_day or (node is not None and node.step):
                page.report("loss step", f"{event.node_id} goes on, and nobody resumed it")
        if node is not None:
            node.is_stopped = False

    # ------------------------------------------------------------------------------- liquidation

    def _plan(self, page: Page, event: LiquidationPlanned) -> None:
        """A plan follows its step and names all that is held, but for what may stay."""
        reached = [each for each in page.record.events if isinstance(each, LossLimitReached)]
        steps = {(each.node_id, each.step) for each in reached}
        node = self.losses.nodes.get(event.node_id)
        if node is None or (event.node_id, LossStep.LIQUIDATE) not in steps:
            page.report("liquidation", f"{event.node_id} is to be closed, and no step says so")
            return
        told = {
            (leg.sub_account_id, leg.carrying_account_id, leg.contract_id, leg.side): (
                leg.quantity_lots,
                leg.kept_lots,
            )
            for leg in event.legs
        }
        due = {
            place: (lots - kept, kept)
            for place, lots in self._held(event.node_id).items()
            if (kept := lots * node.row.keep_ppm // PPM) < lots
        }
        if told != due:
            page.report("liquidation", f"{event.node_id}: {told} is planned, {due} is held")

    def _held(self, node_id: str) -> dict[tuple[str, str, str, Side], int]:
        """Return what is held at and below a node, by the side that closes it."""
        below, held = self.losses.subs_below(node_id), {}
        for (holder, carrying, contract, leg), lots in self.losses.lots.lots.items():
            if holder in below and lots:
                is_long = leg == "long" or (leg == "net" and lots > 0)
                side = Side.SELL if is_long else Side.BUY
                held[holder, carrying, contract, side] = abs(lots)
        return held

    def _end(self, _page: Page, event: LiquidationEnded) -> None:
        if event.end is LiquidationEnd.CURED:
            self._may_close_again(event.node_id)

    def _fill(self, _page: Page, event: FillAllocated) -> None:
        """A fill that opens after a liquidation is done came too late to be cancelled."""
        order = self.orders.orders.get(event.order_id)
        if order is None or order.event.is_reducing or order.event.block_id:
            return
        for node_id, _ in self._above(event.sub_account_id):
            if LIQUIDATION + node_id not in self.rules.plans:
                self._may_close_again(node_id)

    def _may_close_again(self, node_id: str) -> None:
        node = self.losses.nodes.get(node_id)
        if node is not None and node.step is LossStep.LIQUIDATE:
            node.step = LossStep.CANCEL

    def _suspend(self, _page: Page, event: LiquidationSuspended) -> None:
        self.suspended[event.node_id, event.cause] = event.subject

    def _lift(self, page: Page, event: LiquidationResumed) -> None:
        if self.suspended.pop((event.node_id, event.cause), None) is None:
            page.report("liquidation", f"{event.node_id} goes on, and nothing held it back")

    def _is_held_back(self, node_id: str) -> bool:
        """Return whether something suspends the whole liquidation of a node."""
        is_master = node_id == self.reference.master_id
        above = {node_id, self.reference.master_id, *self.reference.chain(node_id)}
        owner = self.reference.owner(node_id)
        above |= {f"person:{owner}"} if owner else set()
        for where, cause in self.suspended:
            if cause in UNTRUSTED and (is_master or where in above):
                return True
            if cause is Suspension.PAUSED and where in above:
                return True
            if cause is Suspension.NOT_FILLED and where == node_id:
                return True
            contract = where.removeprefix("contract:")
            if cause is Suspension.PRICE_JUMP and self._deals_in(node_id, contract):
                return True
        return False

    def _deals_in(self, node_id: str, contract_id: str) -> bool:
        """Return whether something is held in a contract at or below a node."""
        below = self.losses.subs_below(node_id)
        held = self.losses.lots.lots.items()
        return any(lots and key[0] in below and key[2] == contract_id for key, lots in held)

    # ------------------------------------------------------------------------------------- close

    def close(self, page: Page) -> None:
        """Check that every step that is due was taken, and did what it does."""
        if not self.reference.rows.get(LossLimit):
            return
        for node_id, node in sorted(self.losses.nodes.items()):
            self._check_due(page, node_id, node)
        for event in page.record.events:
            if isinstance(event, LossLimitReached):
                self._check_done(page, event)

    def _check_due(self, page: Page, node_id: str, node: Node) -> None:
        found = list(node.measured(page.record.time_ns))
        if self._is_marked(page, node_id) and self._trusts_margin(node_id):
            use = self.losses.margin_use(node_id)
            found += [] if use is None else [use]
        for step in LossStep:
            share = share_of(node.row, step)
            if step <= node.step or share is None:
                continue
            if step is LossStep.LIQUIDATE and self._is_held_back(node_id):
                continue
            for each in found:
                if each.least * PPM > each.limit * share:
                    detail = f"{each.measure} is {each.least} of {each.limit}"
                    page.report("loss step", f"{node_id}: {step.name.lower()} is due, {detail}")

    def _is_marked(self, page: Page, node_id: str) -> bool:
        """Return whether something moved that the margin of a node depends on, but for orders."""
        if page.has(*WHOLE):
            return True
        below = self.losses.subs_below(node_id)
        fills = [event for event in page.record.events if isinstance(event, FillAllocated)]
        if len(self.losses.holders(node_id)) <= HOLDERS_MAX and any(
            event.sub_account_id in below for event in fills
        ):
            return True
        marks = [event for event in page.record.events if isinstance(event, PricesMarked)]
        marked = {mark.contract_id for event in marks for mark in event.marks}
        if not self.reference.sub_accounts.get(node_id):
            return bool(marks)
        return any(self._deals_in(node_id, contract) for contract in marked)

    def _check_done(self, page: Page, event: LossLimitReached) -> None:
        node_id, step = event.node_id, event.step
        if self._state(node_id) is TradingState.ACTIVE:
            page.report("loss step", f"{node_id} is beyond its limit and goes on")
        below = self.losses.subs_below(node_id)
        later = _accepted_after(page, event)
        for order_id, order in self.orders.live.items():
            if order_id in later:  # of an instruction: it was asked under the step
                continue
            is_meant = step is LossStep.LIQUIDATE or not order.event.is_reducing
            is_there = order.is_live and order.event.sub_account_id in below
            if step >= LossStep.CANCEL and is_there and is_meant and not order.is_cancelling:
                page.report("loss step", f"nobody asked to cancel order {order_id} of {node_id}")
        if step is LossStep.LIQUIDATE:
            plans = [each for each in page.record.events if isinstance(each, LiquidationPlanned)]
            is_planned = any(each.node_id == node_id for each in plans)
            if not is_planned and LIQUIDATION + node_id not in self.rules.plans:
                page.report("liquidation", f"{node_id} is to be closed and has no plan")


def _tells(each: Measured, event: OrderRejected) -> bool:
    least, most = saturated(each.least), saturated(each.most)
    return event.limit == saturated(each.limit) < event.value and least <= event.value <= most


def _says(each: Measured, event: LossLimitReached) -> bool:
    least, most = saturated(each.least), saturated(each.most)
    return event.limit_micros == saturated(each.limit) and least <= event.value_micros <= most


def _accepted_after(page: Page, step: LossLimitReached) -> set[int]:
    """Return the orders of instructions that became due after a step was taken."""
    events = page.record.events
    return {
        event.order_id
        for event in events[events.index(step) :]
        if isinstance(event, OrderAccepted) and page.asked(event) is not page.record.command
    }
