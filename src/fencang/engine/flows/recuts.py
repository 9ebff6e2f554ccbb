"""Lines that a step has changed are cut once, whatever number of its events touched them.

A working close has ended, or lots came: what a rule in force or the delivery guard does not let
stay goes out as block orders.  All of a step is cut from one state, so a line that was cut twice
would be closed twice over.
"""

from collections.abc import Iterator

from fencang.engine.accounts import Line, SubState
from fencang.engine.flows.blocks import OrderEnded
from fencang.engine.flows.cuts import recut
from fencang.engine.flows.delivery import close_lines
from fencang.engine.flows.mended_fills import LotsChanged, books_of
from fencang.engine.state import DeskState
from fencang.messages.day_events import PhaseEntered, ProductPhaseEntered
from fencang.messages.events import (
    AnyEvent,
    DeskDefined,
    FillAllocated,
    OptionExercised,
    OrderReplaced,
    RuleFired,
    SessionOpened,
    SuspenseAssigned,
    TradingStateSet,
)
from fencang.messages.message import TradingState
from fencang.refdata.session import Phase

__all__ = ["TOUCHING", "follow_touched_lines"]

_Ended = OrderEnded | OrderReplaced
_Guarded = OrderEnded | OrderReplaced | FillAllocated
TOUCHING = (
    *_Guarded.__args__,
    SuspenseAssigned,
    OptionExercised,
    *LotsChanged.__args__,
)
"""After these a rule in force is asked what of a line must go; the guard after the first ones."""


def follow_touched_lines(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Cut what rules in force do not let stay, then what the delivery guard closes."""
    ruled: dict[tuple[str, tuple[str, str]], Line] = {}
    guarded: dict[tuple[str, tuple[str, str]], Line] = {}
    for event in events:
        for line in _lines_of(state, event):
            key = line.sub.sub_account_id, line.key
            if line.sub.holding:
                ruled[key] = line
            elif isinstance(event, _Guarded):
                guarded[key] = line
    if not (ruled or guarded):
        return []
    cut = [line for line in ruled.values() if not _is_ruled_beside(state, events, line)]
    closed = [line for line in guarded.values() if not _is_closed_beside(events, line)]
    return [*recut(state, cut), *close_lines(state, closed)]


def _lines_of(state: DeskState, event: AnyEvent) -> Iterator[Line]:
    """Yield the lines whose lots or working closes an event changed."""
    if isinstance(event, _Ended):
        order = state.orders.get(event.order_id)  # a done one may be forgotten
        if order is not None and order.line is not None:
            yield order.line
    elif isinstance(event, FillAllocated):
        yield from _line(state.subs.get(event.sub_account_id), event)
    elif isinstance(event, SuspenseAssigned | LotsChanged):
        for name in sorted(frozenset(books_of(event))):
            yield from _line(state.subs.get(name), event)
    elif isinstance(event, OptionExercised) and event.underlying_id is not None:
        place = event.carrying_account_id, event.underlying_id
        for leg in event.legs:
            sub = state.subs.get(leg.book_id)
            if sub is not None:
                yield sub.lines[place]


def _line(
    sub: SubState | None, event: FillAllocated | SuspenseAssigned | LotsChanged
) -> Iterator[Line]:
    place = event.carrying_account_id, event.contract_id
    line = sub.lines.get(place) if sub is not None else None
    if line is not None:
        yield line


def _is_ruled_beside(state: DeskState, events: list[AnyEvent], line: Line) -> bool:
    """Return whether the step cuts all that a rule holds anyway."""
    if any(isinstance(event, DeskDefined | TradingStateSet) for event in events):
        return True
    fired = [state.rules[event.rule_id] for event in events if isinstance(event, RuleFired)]
    return any(armed in fired for armed in line.sub.holding)


def _is_closed_beside(events: list[AnyEvent], line: Line) -> bool:
    """Return whether the step closes all that is guarded at the line's venue or node anyway."""
    venue_id = line.contract.product.venue_id
    for event in events:
        match event:
            case TradingStateSet(node_id=node_id, trading_state=state):
                if state is not TradingState.HALTED and node_id in line.sub.path:
                    return True
            case SessionOpened():
                if event.venue_id == venue_id:
                    return True
            case PhaseEntered() | ProductPhaseEntered():
                if event.venue_id == venue_id and event.phase is Phase.OPEN:
                    return True
            case _:
                pass
    return False
