"""What time brings to overrides; what changed limits, and lots from elsewhere, are warned of."""

from collections.abc import Iterable, Iterator

from fencang.engine.decide.limit_warnings import news_of_node
from fencang.engine.flows.mended_fills import LotsChanged, books_of
from fencang.engine.limit_links import suspense_links
from fencang.engine.limit_nodes import LimitNode, outside_bounds
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, DeskDefined, FillSuspended, SuspenseAssigned
from fencang.messages.limit_events import OverrideBegun, OverrideEnded
from fencang.refdata.limit import PositionLimit
from fencang.refdata.limit_group import LimitGroup
from fencang.refdata.limit_warning import LimitWarning

__all__ = [
    "due_overrides",
    "follow_limits_defined",
    "follow_lots_from_elsewhere",
    "follow_overrides",
    "follow_overrides_defined",
]

LIMIT_KINDS = (PositionLimit, LimitGroup, LimitWarning)


def due_overrides(state: DeskState) -> list[AnyEvent]:
    """Return which overrides have ended and begun by the time of this command, ends first."""
    book = state.risk.overrides
    if book.due_ns > state.time_ns:
        return []
    ended: list[AnyEvent] = []
    begun: list[AnyEvent] = []
    for override in book.all():
        kind, node_id, scope_id = override.place
        name = override.override_id
        if override.until_ns <= state.time_ns:
            ended.append(
                OverrideEnded(override_id=name, row_kind=kind, node_id=node_id, scope_id=scope_id)
            )
        elif override.from_ns <= state.time_ns and name not in book.in_force:
            begun.append(
                OverrideBegun(
                    override_id=name,
                    row_kind=kind,
                    node_id=node_id,
                    scope_id=scope_id,
                    until_ns=override.until_ns,
                    reason=override.reason,
                )
            )
    return ended + begun


def follow_overrides_defined(state: DeskState, event: DeskDefined) -> list[AnyEvent]:
    """Let begin and end what is due at the moment of its definition."""
    return due_overrides(state)


def follow_overrides(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Warn where another position limit holds from now on."""
    if not any(
        isinstance(event, OverrideBegun | OverrideEnded)
        and event.row_kind == PositionLimit.__name__
        for event in events
    ):
        return []
    return _news(state, _all_nodes(state))


def follow_limits_defined(state: DeskState, event: DeskDefined) -> list[AnyEvent]:
    """Warn where limits, groups or the levels of warnings were defined."""
    if not any(isinstance(item, LIMIT_KINDS) for item in event.items):
        return []
    return _news(state, _all_nodes(state))


def follow_lots_from_elsewhere(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Warn where lots came that no order asked for."""
    if not state.risk.warnings.table.rows:
        return []
    nodes: dict[LimitNode, None] = {}
    for event in events:
        if isinstance(event, LotsChanged | FillSuspended | SuspenseAssigned):
            nodes |= dict.fromkeys(_nodes_of(state, event))
    return _news(state, nodes)


def _nodes_of(
    state: DeskState, event: LotsChanged | FillSuspended | SuspenseAssigned
) -> Iterator[LimitNode]:
    """Yield the nodes that an event's lots count in: of books, and of what nobody has claimed."""
    carrying_id, contract_id = event.carrying_account_id, event.contract_id
    links = suspense_links(state, carrying_id, state.contracts[contract_id])
    yield from (*links.nodes, *(node for node, _ in links.groups))
    for name in books_of(event):
        sub = state.subs.get(name)
        line = sub.lines.get((carrying_id, contract_id)) if sub is not None else None
        if line is not None:
            yield from (*line.limit_nodes, *(node for node, _ in line.group_nodes))


def _all_nodes(state: DeskState) -> list[LimitNode]:
    return [state.limit_nodes[key] for key in sorted(state.limit_nodes)]


def _news(state: DeskState, nodes: Iterable[LimitNode]) -> list[AnyEvent]:
    """Return what is to be told of nodes as they stand."""
    events: list[AnyEvent] = []
    if not state.risk.warnings.table.rows:
        return events
    for node in nodes:
        for is_buy in (True, False):
            loud = outside_bounds((node,), state, 0, is_buy=is_buy, is_gross=False)
            for _, worst in loud:
                events += news_of_node(state, node, worst, 0, is_buy=is_buy)
    return events
