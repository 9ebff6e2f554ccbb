"""Loss limits over the standings they are measured on: linked once, followed event by event."""

from collections.abc import Iterable
from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.engine.accounts import PoolState, SubState
from fencang.engine.risk.losses import HOLDERS_MAX, SILENT, LossBook, LossMemory
from fencang.engine.state import DeskState
from fencang.limits.limit_warnings import watched
from fencang.limits.losses import is_beyond
from fencang.messages.loss_events import LossMeasure, Suspension
from fencang.messages.reasons import Reason
from fencang.refdata.account import side_node_of

__all__ = [
    "WATCHED_LOSSES",
    "Holder",
    "MarginFigures",
    "count_capital",
    "everyone",
    "holder_id",
    "margin_figures",
    "margin_use",
    "note_row_changed",
    "note_unexplained",
    "observe",
    "refresh_memory",
    "relink_losses",
    "subs_below",
]

Holder = SubState | PoolState
WHOLE = 1_000_000_000
"""A thousandfold: what a change of nothing counts as, in parts per million."""


WATCHED_LOSSES = {
    LossMeasure.DAILY_LOSS: watched("daily loss", Reason.DAILY_LOSS),
    LossMeasure.DRAWDOWN: watched("drawdown", Reason.DRAWDOWN),
    LossMeasure.VELOCITY: watched("loss velocity", Reason.LOSS_VELOCITY),
    # Of margin use only the steps of the ladder refuse anything: the node may reduce only.
    LossMeasure.MARGIN_USE: watched("margin use", Reason.REDUCE_ONLY),
}
"""What of a node warns, in the order of its measures."""


class MarginFigures(NamedTuple):
    """What a holder needs, and what it has for it, in base micros."""

    need: int
    held: int


def holder_id(holder: Holder) -> str:
    """Return how a sub-account or an owner's pool is named here."""
    return holder.sub_account_id if isinstance(holder, SubState) else f"person:{holder.owner_id}"


def everyone(state: DeskState) -> list[Holder]:
    """Return every sub-account and every pool, in the order of their names."""
    return [
        *(state.subs[key] for key in sorted(state.subs)),
        *(state.pools[key] for key in sorted(state.pools)),
    ]


def subs_below(state: DeskState, node_id: str) -> list[SubState]:
    """Return the sub-accounts at and below a node, by name."""
    memory = state.risk.losses.memories.get(node_id)
    if memory is not None and node_id in state.subs and memory.holders:
        return list(memory.holders)
    beside = side_node_of(node_id)
    if beside is not None:
        return [state.subs[key] for key in state.pools[beside[1]].sub_ids]
    return [state.subs[key] for key in sorted(state.subs) if node_id in state.subs[key].path]


def _measured_at(state: DeskState, holder: Holder) -> tuple[str, ...]:
    """Return the nodes that a holder is part of: pools of persons and the master, else the tree."""
    assert state.master is not None
    if isinstance(holder, SubState):
        return holder.path[:-1]
    return f"person:{holder.owner_id}", state.master.master_account_id


def relink_losses(state: DeskState) -> None:
    """Find anew what every node is measured on; a fresh row begins its day where it stands."""
    losses, rates = state.risk.losses, state.rates
    if not losses.rows:
        return
    below: dict[str, list[Holder]] = {}
    for holder in everyone(state):
        for node_id in _measured_at(state, holder):
            below.setdefault(node_id, []).append(holder)
    above: dict[str, list[LossMemory]] = {}
    losses.equity_of.clear()
    for node_id in sorted(losses.rows):
        memory = losses.memories[node_id]
        memory.holders = tuple(below.get(node_id, ()))
        memory.equity_micros = 0
        for holder in memory.holders:
            key = holder_id(holder)
            if key not in losses.equity_of:
                losses.equity_of[key] = holder.standing.equity_micros(rates)
            memory.equity_micros += losses.equity_of[key]
            above.setdefault(key, []).append(memory)
        memory.looked_micros = memory.now_micros
        if node_id in losses.fresh:
            memory.ever_peak_micros = memory.now_micros
            memory.begin(state.time_ns)
        refresh_memory(state, memory)
    losses.above = {key: tuple(found) for key, found in above.items()}
    losses.fresh.clear()
    losses.day = losses.day or max((venue.today for venue in state.venues.values()), default=0)


def refresh_memory(state: DeskState, memory: LossMemory) -> None:
    """Find a node's limits, and when its next step or warning is due, anew."""
    warnings, node_id = state.risk.warnings, memory.node_id
    path = state.path_above(node_id)
    memory.telling = SILENT
    if warnings.table.binding(path, warnings.root) is not None:
        keys = ((each.number, node_id, "", "") for each in WATCHED_LOSSES.values())
        memory.telling = tuple(warnings.shares_of(key, path) for key in keys)
    memory.refresh()


def note_row_changed(state: DeskState, node_id: str) -> None:
    """Let another row hold at a node, and look whether a step or warning is due by it."""
    losses = state.risk.losses
    refresh_memory(state, losses.memories[node_id])
    losses.note(state.sequence)
    losses.pending[node_id] = None


def observe(state: DeskState, holders: Iterable[Holder], *, is_whole: bool) -> None:
    """Take in what holders' equity has become, and note the nodes that a step may be due at.

    ``is_whole``: prices or rules moved, so that the margin of large groups is looked at too.
    """
    losses, rates, time_ns = state.risk.losses, state.rates, state.time_ns
    losses.note(state.sequence)
    touched: dict[str, LossMemory] = {}
    equity_of, above = losses.equity_of, losses.above
    for holder in holders:
        key = holder_id(holder)
        nodes = above.get(key)
        if nodes is None:
            continue
        equity = holder.standing.equity_micros(rates)
        change = equity - equity_of[key]
        equity_of[key] = equity
        for memory in nodes:
            memory.equity_micros += change
            touched[memory.node_id] = memory
    for memory in touched.values():
        if memory.look(time_ns) or (
            memory.row.margin_use_ppm is not None
            and (is_whole or len(memory.holders) <= HOLDERS_MAX)
            and _margin_is_due(state, memory)
        ):
            losses.pending[memory.node_id] = None


def count_capital(state: DeskState, holders: Iterable[Holder]) -> None:
    """Take in equity that came or went as capital: it is neither profit nor loss.

    Limits that are shares of it may be passed all the same, and so may the use of margin.
    """
    losses, rates = state.risk.losses, state.rates
    losses.note(state.sequence)
    for holder in holders:
        key = holder_id(holder)
        nodes = losses.above.get(key)
        if nodes is None:
            continue
        equity = holder.standing.equity_micros(rates)
        change = equity - losses.equity_of[key]
        if not change:
            continue
        losses.equity_of[key] = equity
        for memory in nodes:
            memory.equity_micros += change
            memory.moved_micros += change
            memory.refresh()
            losses.pending[memory.node_id] = None


def margin_figures(state: DeskState, holder: Holder) -> MarginFigures:
    """Return what a holder's positions and orders ask for less what is lent, and what it has."""
    standing, rates = holder.standing, state.rates
    held = standing.equity_micros(rates)
    if standing.collateral:
        held += rates.prudent_total(standing.collateral)
    return MarginFigures(standing.need_micros(rates), held)


def margin_use(state: DeskState, memory: LossMemory) -> tuple[int, int]:
    """Return what a node's limit of margin use comes to, and its requirement, in base micros."""
    rates, need, held = state.rates, 0, memory.equity_micros
    for holder in memory.holders:
        standing = holder.standing
        need += standing.need_micros(rates)
        if standing.collateral:
            held += rates.prudent_total(standing.collateral)
    share = memory.row.margin_use_ppm or 0
    return held * share // PPM if held > 0 else 0, need


def _margin_is_due(state: DeskState, memory: LossMemory) -> bool:
    share, telling = memory.next_share_ppm, memory.telling[-1]
    if share is None and memory.telling is SILENT:
        return False
    limit, need = margin_use(state, memory)
    is_due = share is not None and is_beyond(need, limit, share)
    return is_due or not telling.is_silent(max(1, limit), need, need)


def note_unexplained(
    state: DeskState,
    what: str,
    before: dict[str, MarginFigures],
    holders: Iterable[Holder],
    *,
    explained_ppm: int | None = None,
    counts_equity: bool = True,
) -> None:
    """Add up by which share figures grew or fell without a cause, and note what jumped.

    ``explained_ppm`` is the share by which prices moved: so much growth of a requirement is theirs,
    and the rest counts for this move alone.
    """
    losses = state.risk.losses
    losses.note(state.sequence)
    for holder in holders:
        key = holder_id(holder)
        old = before.get(key)
        if old is None:
            continue
        new = margin_figures(state, holder)
        explained = min(old.need * (explained_ppm or 0) // PPM, max(0, new.need - old.need))
        grown = new.need - old.need - explained
        fallen = old.held - new.held if counts_equity else 0
        if not grown and not fallen:
            continue
        known = losses.unexplained.get(key, (0, 0)) if explained_ppm is None else (0, 0)
        growth = max(0, known[0] + _share(grown, old.need))
        fall = max(0, known[1] + _share(fallen, old.held))
        if explained_ppm is None:
            losses.unexplained[key] = growth, fall
        owner = holder.pool.owner_id if isinstance(holder, SubState) else holder.owner_id
        for cause, change, share, levels in (
            (Suspension.MARGIN_JUMP, grown, growth, (old.need, new.need)),
            (Suspension.EQUITY_JUMP, fallen, fall, (old.held, new.held)),
        ):
            if change > 0 and _jumps(losses, change, share, levels[1]):
                losses.jumps.setdefault((f"person:{owner}", cause), (key, what, *levels))


def _share(change: int, level: int) -> int:
    """Return a change as a share of a level in parts per million, away from zero."""
    if not change or level <= 0:
        return WHOLE if change > 0 else -WHOLE if change else 0
    share = -(-abs(change) * PPM // level)
    return min(share, WHOLE) if change > 0 else -min(share, WHOLE)


def _jumps(losses: LossBook, change: int, share_ppm: int, level: int) -> bool:
    terms = losses.terms
    assert terms is not None
    # Many small changes count as much as one: what the share comes to at the level of now.
    amount = max(change, abs(level) * share_ppm // (PPM + share_ppm))
    return share_ppm > terms.jump_ppm and amount > terms.jump_micros
