"""Own orders kept apart in further steps: what waits leaves or ends, slices clear their way.

An order that waits leaves when all it waits for has ended.  It ends instead when one of them goes
on working, when its venue shuts, or when the desk would no longer let it out.

A slice of the desk's own block cancels the own orders it would meet, ahead of it on the same way.
Against a working slice of another block it does not leave: its block tries again when that one is
done, and with the next price.

Suspected wash trades: every execution is compared with the last ones of the same principal.
"""

from collections.abc import Iterator
from itertools import islice

from fencang.engine.decide.self_match import cancel_event
from fencang.engine.decide.standing_checks import state_refusal
from fencang.engine.orders import Order, OrderState, Pending
from fencang.engine.phases import phase_refusal
from fencang.engine.risk.own_orders import quote_of
from fencang.engine.state import DeskState
from fencang.limits.self_match import Quote, could_trade, suspected
from fencang.messages.day_events import PhaseEntered, ProductPhaseEntered
from fencang.messages.events import (
    AnyEvent,
    BlockOrderCreated,
    CancelRejected,
    CancelRequested,
    FillBooked,
    OperatorCalled,
    OrderAccepted,
    OrderCancelled,
    OrderRouted,
    ReplaceRequested,
    SessionClosed,
)
from fencang.messages.message import OrderTerms, Side
from fencang.messages.self_match_events import WashTradeSuspected
from fencang.refdata.self_match import SelfMatchScope

__all__ = ["follow_cancel_refused", "follow_own_fill", "follow_shut", "kept_apart", "slices_apart"]


def kept_apart(
    state: DeskState, events: list[AnyEvent], following: list[AnyEvent]
) -> list[AnyEvent]:
    """Return the events that follow, with own orders kept apart; what no longer waits leaves."""
    following = slices_apart(state, following)
    if not state.risk.self_match.held:
        return following
    following, ended = _ended_once(state, following)
    asked = {event.order_id for event in events if isinstance(event, CancelRequested)}
    for order_id in sorted(state.risk.self_match.held):
        if order_id not in ended:
            following += _released(state, state.orders[order_id], is_asked=order_id in asked)
    return following


def slices_apart(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Return the events with the desk's own slices kept apart from own orders."""
    if any(isinstance(event, OrderAccepted | ReplaceRequested) for event in events):
        return _Slices(state, events).apart()
    return events


def follow_shut(
    state: DeskState, event: SessionClosed | PhaseEntered | ProductPhaseEntered
) -> list[AnyEvent]:
    """End what waits in contracts whose venue takes no more orders."""
    return [
        _ended(order, refusal[1])
        for order in _held(state)
        if (refusal := phase_refusal(state.contracts[order.terms.contract_id])) is not None
    ]


def follow_cancel_refused(state: DeskState, event: CancelRejected) -> list[AnyEvent]:
    """Call a person when an order that is not cancelled stands against an own one."""
    book, order = state.risk.self_match, state.orders[event.order_id]
    if not book.is_stated or not order.is_live:
        return []
    quote, contract_id = quote_of(order), order.terms.contract_id
    met = sorted(
        other.order_id
        for principal_id in book.principals_of(order)
        for other in book.met_by(principal_id, contract_id, quote)
        if other.order_id not in book.held
    )
    if not met:
        return []
    detail = f"its venue refused the cancel, and it could trade with own order {met[0]}"
    return [OperatorCalled(subject=f"order {order.order_id}", detail=detail)]


# --------------------------------------------------------------------------------- orders that wait


def _held(state: DeskState) -> list[Order]:
    return [state.orders[order_id] for order_id in sorted(state.risk.self_match.held)]


def _ended(order: Order, why: str, *, was_requested: bool = False) -> OrderCancelled:
    text = f"ended before it left: {why}"
    return OrderCancelled(order_id=order.order_id, was_requested=was_requested, text=text)


def _of_held(state: DeskState, event: AnyEvent) -> AnyEvent:
    """Return the end of an order that has not left, where it was to be asked for at its venue."""
    if isinstance(event, CancelRequested) and event.order_id in state.risk.self_match.held:
        return cancel_event(state, state.orders[event.order_id])
    return event


def _ended_once(state: DeskState, following: list[AnyEvent]) -> tuple[list[AnyEvent], set[int]]:
    """Return the events with one end of each held order, however many flows asked for it."""
    kept: list[AnyEvent] = []
    ended: set[int] = set()
    for event in following:
        told = _of_held(state, event)
        if isinstance(told, OrderCancelled):
            if told.order_id in ended:
                continue
            ended.add(told.order_id)
        kept.append(told)
    return kept, ended


def _released(state: DeskState, order: Order, *, is_asked: bool) -> list[AnyEvent]:
    """Return the way of a held order to its venue, or its end; nothing while it waits."""
    if is_asked:
        return [_ended(order, "cancelled", was_requested=True)]
    if order.state is not OrderState.PENDING_NEW or order.filled_lots or order.is_in_doubt:
        return [_ended(order, "its venue spoke of it")]
    waits_for = state.risk.self_match.held[order.order_id]
    others = [state.orders[other] for other in waits_for if other in state.orders]
    live = [other for other in others if other.is_live]
    for other in live:
        if other.pending is not Pending.CANCEL and not other.is_in_doubt:
            return [_ended(order, f"own order {other.order_id} goes on working")]
    if live:
        return []
    why = _stops(state, order)
    if why:
        return [_ended(order, why)]
    return [OrderRouted(order_id=order.order_id, terms=order.terms)]


def _stops(state: DeskState, order: Order) -> str:
    """Return why the desk would not let an order out now, empty where it would."""
    line, contract_id = order.line, order.terms.contract_id
    assert line is not None
    contract = line.contract
    if contract.is_expired:
        return f"{contract_id} has ended"
    refusal = phase_refusal(contract)
    if refusal is not None:
        return refusal[1]
    stopped = state_refusal(state, line, reduces=order.is_reducing)
    if stopped is not None:
        return stopped[4]
    book = state.risk.self_match
    met = next(book.met_by(book.principal_of(line.sub), contract_id, quote_of(order)), None)
    return "" if met is None else f"it could trade with own order {met.order_id}"


# ------------------------------------------------------------------------------------ block orders


class _Slices:
    """The slices among the events of a step, each looked at before it leaves."""

    def __init__(self, state: DeskState, following: list[AnyEvent]) -> None:
        self.state = state
        self.following = following
        self.created = {
            event.block_id: event for event in following if isinstance(event, BlockOrderCreated)
        }
        self.cancelled = {
            event.order_id for event in following if isinstance(event, CancelRequested)
        }
        self.sent: list[tuple[tuple[str, ...], str, Quote]] = []
        self.waiting: set[int] = set()

    def apart(self) -> list[AnyEvent]:
        """Return the events with cancels ahead of slices, and without slices that wait."""
        kept: list[AnyEvent] = []
        for event in self.following:
            match event:
                case OrderAccepted() if event.block_id:
                    price = event.terms.limit_price_nanos
                    principals = self._principals(event.block_id)
                    if self._clear(kept, principals, event.terms, price):
                        kept.append(event)
                    else:
                        self.waiting.add(event.order_id)
                case OrderRouted() if event.order_id in self.waiting:
                    pass
                case ReplaceRequested():
                    order = self.state.orders[event.order_id]
                    principals = self.state.risk.self_match.principals_of(order)
                    is_slice, price = order.block is not None, event.limit_price_nanos
                    if not is_slice or self._clear(kept, principals, event.terms, price):
                        kept.append(event)
                case _:
                    kept.append(event)
        return kept

    def _principals(self, block_id: int) -> tuple[str, ...]:
        state, created = self.state, self.created.get(block_id)
        if created is not None:
            subs = [state.subs[leg.sub_account_id] for leg in created.legs]
        else:
            subs = [line.sub for line in state.blocks[block_id].lines]
        return tuple(sorted({state.risk.self_match.principal_of(sub) for sub in subs}))

    def _clear(
        self,
        kept: list[AnyEvent],
        principals: tuple[str, ...],
        terms: OrderTerms,
        price: int | None,
    ) -> bool:
        """Cancel the own orders that a slice would meet; False: it meets a slice and waits."""
        book, contract_id = self.state.risk.self_match, terms.contract_id
        quote = Quote.of(terms.side, terms.order_type, price, None)
        for others, other_contract, sent in self.sent:
            is_own = other_contract == contract_id and bool(set(others) & set(principals))
            if is_own and could_trade(quote, sent, stops_meet_all=True):
                return False
        met = [
            order
            for principal_id in principals
            for order in book.met_by(principal_id, contract_id, quote)
        ]
        if any(order.block is not None for order in met):
            return False
        for order in met:
            if order.pending is not Pending.CANCEL and order.order_id not in self.cancelled:
                self.cancelled.add(order.order_id)
                kept.append(cancel_event(self.state, order))
        self.sent.append((principals, contract_id, quote))
        return True


# ------------------------------------------------------------------------------------- wash trades


def follow_own_fill(state: DeskState, event: FillBooked) -> list[AnyEvent]:
    """Suspect an execution that one of the other side, just before and about there, precedes."""
    book = state.risk.self_match
    if not book.is_stated or event.order_id is None:
        return []
    order = state.orders[event.order_id]
    return [
        found
        for principal_id in book.principals_of(order)
        for found in _suspected(state, event, order, principal_id)
    ]


def _suspected(
    state: DeskState, event: FillBooked, order: Order, principal_id: str
) -> Iterator[WashTradeSuspected]:
    book, contract_id = state.risk.self_match, event.contract_id
    fills = book.fills.get((principal_id, contract_id))
    if not fills:
        return
    own, line = fills[-1], order.line
    if line is None:
        assert order.block is not None
        line = order.block.lines[0]
    binding = book.binding(line)
    other = suspected(
        own,
        islice(reversed(fills), 1, None),
        window_ns=binding.wash_window_ns,
        distance_nanos=binding.wash_price_ticks * line.contract.product.tick_nanos,
        within_one=book.table.scope is SelfMatchScope.SUB_ACCOUNT,
    )
    if other is None:
        return
    buy, sell = (own, other) if own.side is Side.BUY else (other, own)
    before = book.counts.get((principal_id, contract_id))
    is_same_day = before is not None and before.day == line.contract.venue.today
    closed = before is not None and before.closes
    count = before.trades + 1 if before is not None and (is_same_day or closed) else 1
    yield WashTradeSuspected(
        principal_id=principal_id,
        contract_id=contract_id,
        buy_execution_id=buy.execution_id,
        sell_execution_id=sell.execution_id,
        buy_sub_account_ids=buy.who,
        sell_sub_account_ids=sell.who,
        quantity_lots=min(buy.quantity_lots, sell.quantity_lots),
        buy_price_nanos=buy.price_nanos,
        sell_price_nanos=sell.price_nanos,
        apart_ns=own.time_ns - other.time_ns,
        count=count,
        closes=closed or count > binding.wash_count_max,
    )
