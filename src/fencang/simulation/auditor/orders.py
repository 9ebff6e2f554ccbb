"""The auditor's orders: one life each, and every fill of theirs.

Laws: an identifier is derived from the sequence and never used twice; an order is accepted before
it is routed, routed on the terms it was accepted on, and sent again only when the venue denied a
young order; a refused order never leaves; after its end an order moves no more, but fills that
come late are booked; lots allocated and suspended sum to the fill; an execution counts once; an
over-fill is booked and a person is called; after a restart every unanswered order is in doubt.
"""

from collections import defaultdict

from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX
from fencang.messages.commands import ReportFill, ReportOrderStatus, SubmitOrder
from fencang.messages.events import (
    CancelRejected,
    CancelRequested,
    DeskRestarted,
    DuplicateFillIgnored,
    FillAllocated,
    FillBooked,
    FillSuspended,
    OperatorCalled,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderInDoubt,
    OrderRejected,
    OrderRejectedByVenue,
    OrderReplaced,
    OrderRouted,
    OrderStatusConfirmed,
    OrderWorking,
    ReplaceRejected,
    ReplaceRequested,
)
from fencang.messages.fill_commands import EnterFill
from fencang.messages.fill_events import EnteredFillAllocated
from fencang.messages.life_commands import RollPosition
from fencang.messages.proposal_commands import AcceptProposal
from fencang.messages.self_match_events import OrderHeld
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.reserved import Ahead

__all__ = ["Orders", "TrackedOrder"]

Word = (
    OrderWorking
    | OrderRejectedByVenue
    | OrderCancelled
    | OrderExpired
    | OrderReplaced
    | CancelRejected
    | ReplaceRejected
    | OrderStatusConfirmed
)
"""The venue's word about an order."""


class TrackedOrder:
    """What the auditor remembers of one order."""

    __slots__ = (
        "accepted_ns",
        "end",
        "event",
        "filled_lots",
        "has_grown",
        "heard",
        "is_cancelling",
        "is_held",
        "is_reducing",
        "limit_nanos",
        "quantity_lots",
        "routed",
        "wanted_lots",
        "wanted_nanos",
    )

    def __init__(self, event: OrderAccepted, accepted_ns: int) -> None:
        self.event = event
        self.accepted_ns = accepted_ns
        self.quantity_lots = event.terms.quantity_lots
        self.limit_nanos = event.terms.limit_price_nanos
        self.wanted_lots = 0  # of a replace that the venue has not answered
        self.wanted_nanos: int | None = None
        self.is_cancelling = False  # asked for, and not refused by the venue
        self.has_grown = False  # whether the last replace asked for more than was asked before
        self.filled_lots = 0
        self.routed = 0
        self.heard = False
        self.is_reducing = event.is_reducing  # and has not grown beyond what it closes
        self.is_held = False  # waits for own orders to end before it leaves
        self.end = ""  # the word that ended it

    @property
    def is_live(self) -> bool:
        """Return whether the order could still fill by the venue's own rules."""
        return not self.end and self.filled_lots < max(self.quantity_lots, self.wanted_lots)

    @property
    def open_lots(self) -> int:
        """Return the lots that could still fill, counting an unanswered replace."""
        if self.end:
            return 0
        return max(0, max(self.quantity_lots, self.wanted_lots) - self.filled_lots)


class Orders:
    """Every order of the desk by identifier."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.orders: dict[int, TrackedOrder] = {}
        self.live: dict[int, TrackedOrder] = {}
        self.ahead = Ahead(self.live)
        self.client_ids: dict[tuple[str, str], int] = {}
        self.executions: dict[tuple[str, str], FillBooked | None] = {}
        self.handlers: Handlers = {
            OrderAccepted: self._accept,
            OrderHeld: self._hold,
            OrderRouted: self._route,
            CancelRequested: self._request_cancel,
            ReplaceRequested: self._request_replace,
            OrderInDoubt: self._request,
            FillBooked: self._fill,
            DuplicateFillIgnored: self._duplicate,
            DeskRestarted: self._restart,
            OrderReplaced: self._replaced,
            ReplaceRejected: self._replace_rejected,
            OrderStatusConfirmed: self._word,
            OrderWorking: self._word,
            OrderRejectedByVenue: self._ended,
            OrderCancelled: self._ended,
            OrderExpired: self._ended,
            CancelRejected: self._cancel_rejected,
        }

    # ------------------------------------------------------------------------------------- birth

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        order_id = event.order_id
        if order_id in self.orders:
            page.report("order id", f"order {order_id} is used a second time")
        if order_id // ORDERS_PER_COMMAND_MAX != page.record.sequence:
            page.report("order id", f"order {order_id} is not derived from this sequence")
        order = TrackedOrder(event, page.record.time_ns)
        self.orders[order_id] = order
        self.live[order_id] = order
        if not event.block_id:
            self._check_submitted(page, event)

    def _check_submitted(self, page: Page, event: OrderAccepted) -> None:
        key = event.sub_account_id, event.client_order_id
        if key in self.client_ids:
            page.report("client order id", f"{key} names a second order")
        self.client_ids[key] = event.order_id
        asked, terms = page.asked(event), event.terms
        if isinstance(asked, AcceptProposal):
            return  # ``proposals`` compares it with what was proposed
        if isinstance(asked, RollPosition):
            self._check_leg(page, event, asked)
        elif not isinstance(asked, SubmitOrder):
            page.report("order life", f"order {event.order_id} was accepted unasked")
        elif (
            *key,
            terms.contract_id,
            terms.side,
            terms.offset,
            terms.order_type,
            terms.limit_price_nanos,
            terms.stop_price_nanos,
            terms.time_in_force,
            terms.expire_day,
        ) != (
            asked.sub_account_id,
            asked.client_order_id,
            asked.contract_id,
            asked.side,
            asked.offset,
            asked.order_type,
            asked.limit_price_nanos,
            asked.stop_price_nanos,
            asked.time_in_force,
            asked.expire_day,
        ):
            page.report("order life", f"order {event.order_id} differs from what was asked for")
        else:
            # Only an order that met own orders may have lost lots to them.
            is_smaller = terms.quantity_lots < asked.quantity_lots and self._met_own(page)
            if terms.quantity_lots != asked.quantity_lots and not is_smaller:
                page.report("order life", f"order {event.order_id} has other lots than asked for")

    def _met_own(self, page: Page) -> bool:
        """Return whether an order waits for own orders, or ended some that had not left."""
        return page.has(OrderHeld) or any(
            self.orders[event.order_id].is_held
            for event in page.record.events
            if isinstance(event, OrderCancelled) and event.order_id in self.orders
        )

    def _check_leg(self, page: Page, event: OrderAccepted, asked: RollPosition) -> None:
        """A leg closes the near or opens the far contract, with the lots of the roll."""
        terms = event.terms
        near = (asked.from_contract_id, asked.side.opposite, asked.near_price_nanos)
        far = (asked.to_contract_id, asked.side, asked.far_price_nanos)
        told = (terms.contract_id, terms.side, terms.limit_price_nanos)
        whole = (event.sub_account_id, terms.quantity_lots, terms.time_in_force, terms.expire_day)
        wanted = (asked.sub_account_id, asked.quantity_lots, asked.time_in_force, asked.expire_day)
        if told not in {near, far} or whole != wanted or not event.roll_id:
            page.report("order life", f"order {event.order_id} differs from the roll asked for")
        if (told == near) is not event.is_reducing:
            page.report("reducing", f"order {event.order_id}: only a roll's near leg reduces")

    def _hold(self, page: Page, event: OrderHeld) -> None:
        order = self.orders.get(event.order_id)
        if order is None or order.routed:
            page.report("routing", f"order {event.order_id} is held but has left")
            return
        order.is_held = True

    def _route(self, page: Page, event: OrderRouted) -> None:
        order = self.orders.get(event.order_id)
        if order is None:
            page.report("routing", f"order {event.order_id} left without being accepted")
            return
        order.routed += 1
        if order.is_held:
            order.is_held, order.accepted_ns = False, page.record.time_ns
        if event.terms != order.event.terms:
            page.report("routing", f"order {event.order_id} left on other terms than accepted")
        if not order.is_live:
            page.report("routing", f"order {event.order_id} left after its end")
        if event.is_resend:
            self._check_resend(page, order)
        elif order.routed > 1:
            page.report("routing", f"order {event.order_id} left a second time")

    def _check_resend(self, page: Page, order: TrackedOrder) -> None:
        name, command = f"order {order.event.order_id}", page.record.command
        denied = isinstance(command, ReportOrderStatus) and not command.known
        if not denied:
            page.report("routing", f"{name} was sent again though the venue did not deny it")
        if order.filled_lots:
            page.report("routing", f"{name} was sent again after a fill")
        age = page.record.time_ns - order.accepted_ns
        if age >= self.reference.settings.route_age_ns_max:
            page.report("routing", f"{name} was sent again {age} ns after its acceptance")

    # -------------------------------------------------------------------------------------- life

    def _known(self, page: Page, order_id: int, event: object) -> TrackedOrder | None:
        order = self.orders.get(order_id)
        if order is None:
            page.report("order life", f"{type(event).__name__} of unknown order {order_id}")
        elif not order.routed and not order.is_held:
            page.report("order life", f"{type(event).__name__} before order {order_id} left")
        return order

    def _word(self, page: Page, event: Word) -> TrackedOrder | None:
        order = self._known(page, event.order_id, event)
        if order is not None:
            order.heard = True
            if order.end:
                name = type(event).__name__
                page.report("order life", f"{name} of order {event.order_id} after {order.end}")
        return order

    def _ended(self, page: Page, event: Word) -> None:
        order = self._word(page, event)
        if order is not None:
            order.end = order.end or type(event).__name__
            self.live.pop(event.order_id, None)

    def _request(self, page: Page, event: CancelRequested | OrderInDoubt) -> TrackedOrder | None:
        order = self._known(page, event.order_id, event)
        if order is not None and not order.is_live:
            name = type(event).__name__
            page.report("order life", f"{name} of order {event.order_id} after its end")
        return order

    def _request_cancel(self, page: Page, event: CancelRequested) -> None:
        order = self._request(page, event)
        if order is not None:
            order.is_cancelling = True

    def _cancel_rejected(self, page: Page, event: CancelRejected) -> None:
        order = self._word(page, event)
        if order is not None:
            order.is_cancelling = False

    def _request_replace(self, page: Page, event: ReplaceRequested) -> None:
        order = self.orders.get(event.order_id)
        if order is None or not order.is_live:
            page.report("order life", f"replace of order {event.order_id}, which does not live")
        else:
            most = max(order.quantity_lots, order.wanted_lots)
            order.has_grown = event.quantity_lots > most
            order.wanted_lots = event.quantity_lots
            order.wanted_nanos = event.limit_price_nanos
            if event.quantity_lots < order.filled_lots:
                page.report("order life", f"replace of {event.order_id} below its fills")

    def _replaced(self, page: Page, event: OrderReplaced) -> None:
        order = self._word(page, event)
        if order is not None:
            order.quantity_lots, order.wanted_lots = event.quantity_lots, 0
            order.limit_nanos, order.wanted_nanos = event.limit_price_nanos, None

    def _replace_rejected(self, page: Page, event: ReplaceRejected) -> None:
        order = self._word(page, event)
        if order is not None:
            order.wanted_lots, order.wanted_nanos = 0, None

    def _restart(self, page: Page, _event: DeskRestarted) -> None:
        doubted = [e.order_id for e in page.record.events if isinstance(e, OrderInDoubt)]
        for order_id, order in self.live.items():
            is_due = order.is_live and not order.heard and not order.is_held
            if is_due and order_id not in doubted:
                page.report("in doubt", f"order {order_id} has no answer and is not in doubt")

    # ------------------------------------------------------------------------------------- fills

    def _duplicate(self, page: Page, event: DuplicateFillIgnored) -> None:
        if (event.carrying_account_id, event.execution_id) not in self.executions:
            page.report("duplicate", f"execution {event.execution_id} was never booked before")

    def name_correction(self, page: Page, carrying_account_id: str, correction_id: str) -> None:
        """Take a correction's name as used: no execution and no other correction has it."""
        key = carrying_account_id, correction_id
        if key in self.executions:
            page.report("duplicate", f"correction {key} has the name of something booked before")
        self.executions[key] = None

    def _fill(self, page: Page, event: FillBooked) -> None:
        key = event.carrying_account_id, event.execution_id
        if key in self.executions:
            page.report("duplicate", f"execution {key} was booked a second time")
        self.executions[key] = event
        self._check_reported(page, event)
        order = self.orders.get(event.order_id) if event.order_id is not None else None
        parts: defaultdict[str, int] = defaultdict(int)
        for part in page.record.events:
            match part:
                case FillAllocated(execution_id=execution):
                    parts["allocated"] += part.quantity_lots
                    self._check_allocation(page, event, part, order)
                case EnteredFillAllocated(execution_id=execution):
                    parts["allocated"] += part.quantity_lots
                case FillSuspended(execution_id=execution):
                    parts["suspended"] += part.quantity_lots
                case _:
                    continue
            if execution != event.execution_id or not _same_trade(event, part):
                page.report("allocation", f"{execution} is divided on other terms than filled")
        if parts["allocated"] + parts["suspended"] != event.quantity_lots:
            page.report("allocation", f"{event.execution_id}: parts {dict(parts)} are not the fill")
        if order is not None:
            self._count(page, order, event.quantity_lots)

    def _count(self, page: Page, order: TrackedOrder, lots: int) -> None:
        order.heard = True
        order.filled_lots += lots
        is_over = order.filled_lots > max(order.quantity_lots, order.wanted_lots)
        if is_over and not page.has(OperatorCalled):
            page.report("over-fill", f"order {order.event.order_id} over-filled, nobody was called")
        if not order.is_live:
            self.live.pop(order.event.order_id, None)

    def _check_reported(self, page: Page, event: FillBooked) -> None:
        told = page.record.command
        if not isinstance(told, ReportFill | EnterFill):
            page.report("fill", f"{event.execution_id} was booked though no fill was reported")
        elif not _same_trade(event, told) or event.execution_id != told.execution_id:
            page.report("fill", f"{event.execution_id} was booked on other terms than reported")

    def _check_allocation(
        self, page: Page, fill: FillBooked, part: FillAllocated, order: TrackedOrder | None
    ) -> None:
        name = f"fill {part.execution_id}"
        if order is None or part.order_id != fill.order_id:
            page.report("allocation", f"{name} went to {part.sub_account_id} for no order of it")
            return
        terms, owner = order.event.terms, order.event.sub_account_id
        if (terms.contract_id, terms.side) != (part.contract_id, part.side):
            page.report("allocation", f"{name} is in another contract or side than its order")
        if not order.event.block_id and part.sub_account_id != owner:
            page.report("allocation", f"{name} of {owner} went to {part.sub_account_id}")

    def close(self, page: Page) -> None:
        """Check that a refusal stands alone."""
        if page.has(OrderRejected):
            # Time may have brought a session before, in which blocks go on; those have no asker.
            left = [event for event in page.record.events if isinstance(event, OrderAccepted)]
            # So may a day that an instruction has waited for.
            if any(
                not event.block_id and page.asked(event) is page.record.command for event in left
            ):
                page.report("refusal", "an order was refused and left all the same")


def _same_trade(
    fill: FillBooked,
    other: FillAllocated | EnteredFillAllocated | FillSuspended | ReportFill | EnterFill,
) -> bool:
    same_place = (
        fill.carrying_account_id == other.carrying_account_id
        and fill.contract_id == other.contract_id
    )
    return same_place and fill.side is other.side and fill.price_nanos == other.price_nanos
