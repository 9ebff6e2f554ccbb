"""Warnings of limits: one line tells of any limit, position limits have it in their cached bounds.

What was told is remembered by the events themselves, so a level is told once, and again only after
the use of the limit has fallen below it by the stated margin.  A fall is noticed when the limit is
looked at next.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from fencang.basics.money import saturated
from fencang.engine.decide.ask import Ask
from fencang.engine.limit_nodes import LimitNode
from fencang.engine.state import DeskState
from fencang.limits.limit_warnings import Watched, level_kept, level_reached, watched
from fencang.messages.events import AnyEvent
from fencang.messages.limit_events import LimitWarned, LimitWarningEnded
from fencang.messages.reasons import Reason
from fencang.refdata.limit_warning import LimitWarning

__all__ = [
    "LEVERAGE",
    "MARGIN_POOL",
    "MARGIN_SUB_ACCOUNT",
    "POSITION_LIMIT",
    "WORKING_ORDERS",
    "Use",
    "news_of",
    "news_of_node",
    "told_once",
    "warn",
]

POSITION_LIMIT = watched("position limit", Reason.POSITION_LIMIT)
WORKING_ORDERS = watched("working orders", Reason.WORKING_ORDERS_MAX)
LEVERAGE = watched("leverage", Reason.LEVERAGE)
MARGIN_SUB_ACCOUNT = watched("sub-account margin", Reason.MARGIN_SUB_ACCOUNT)
MARGIN_POOL = watched("pool margin", Reason.MARGIN_POOL)


class Use(NamedTuple):
    """What is used of a limit, before an order and with it."""

    node_id: str
    scope_id: str
    side: str
    limit: int
    before: int
    value: int


def warn(
    ask: Ask,
    control: Watched,
    node_id: str,
    scope_id: str,
    side: str,
    limit: int,
    value: int,
    before: int | None = None,
) -> None:
    """Note the warning that an order brings about, if it does: told when the order is accepted.

    ``limit`` and ``value`` in whatever the control counts; ``value`` with the order, ``before``
    without it (taken as ``value`` where nobody says).  A desk without ``LimitWarning`` rows is told
    nothing.
    """
    if ask.state.risk.warnings.table.rows:
        was = value if before is None else before
        use = Use(node_id, scope_id, side, limit, was, value)
        ask.notices += news_of(ask.state, control, use)


def news_of(
    state: DeskState, control: Watched, use: Use, path: Sequence[str] = ()
) -> Iterable[AnyEvent]:
    """Return what is to be told of the use of a limit, nothing for most.

    ``path`` begins with the node whose warnings hold, unless it is that of the use.
    """
    warnings = state.risk.warnings
    node_id, scope_id, side, limit, before, value = use
    key = control.number, node_id, scope_id, side
    shares = warnings.shares.get(key)
    if shares is None:
        shares = warnings.shares_of(key, path or state.path_above(node_id))
    if shares.is_silent(limit, value, before):
        return ()
    row = warnings.table.binding(path or state.path_above(node_id), warnings.root)
    return () if row is None else _news(state, control, row, use)


def told_once(notices: Iterable[AnyEvent]) -> list[AnyEvent]:
    """Return what several asks of one command noted: of one limit the highest level alone."""
    highest: dict[object, AnyEvent] = {}
    for place, event in enumerate(notices):
        key: object = place
        if isinstance(event, LimitWarned | LimitWarningEnded):
            key = int(event.reason), event.node_id, event.scope_id, event.side
            known = highest.get(key)
            if isinstance(known, LimitWarned) and known.level_ppm >= event.level_ppm:
                continue
        highest[key] = event
    return list(highest.values())


def _news(
    state: DeskState, control: Watched, row: LimitWarning, use: Use
) -> Iterator[LimitWarned | LimitWarningEnded]:
    """Yield what is to be told of a limit: a level that was reached, or that it fell below one."""
    key = int(control.reason), use.node_id, use.scope_id, use.side
    told = state.risk.warnings.told.get(key, 0)
    kept = level_kept(row, use.limit, use.before, told)
    reached = level_reached(row.levels_ppm, use.limit, use.value)
    if reached <= kept and kept == told:
        return
    kind: type[LimitWarned | LimitWarningEnded] = LimitWarned
    if reached <= kept:
        kind = LimitWarningEnded
    yield kind(
        control=control.name,
        reason=control.reason,
        node_id=use.node_id,
        scope_id=use.scope_id,
        side=use.side,
        level_ppm=max(reached, kept),
        limit=saturated(use.limit),
        value=saturated(use.value),
    )


def news_of_node(
    state: DeskState, node: LimitNode, worst: int, added: int, *, is_buy: bool
) -> Iterator[AnyEvent]:
    """Yield what is to be told of a node's worst case, in lots or a group's parts."""
    warnings = state.risk.warnings
    row = warnings.table.binding(node.path, warnings.root)
    if row is None:
        return
    side, largest = "long" if is_buy else "short", node.lots_max(is_buy=is_buy)
    # Levels are of parts as of lots: rounding up lots alone would tell of a level too early.
    use = Use(node.path[0], node.scope_ids[0], side, largest * node.scale, worst - added, worst)
    for event in _news(state, POSITION_LIMIT, row, use):
        yield replace(event, limit=largest, value=max(0, -(-worst // node.scale)))
