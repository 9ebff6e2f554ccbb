"""What rows of the pre-trade controls may refer to, and which changes only take away."""

from collections.abc import Container, Iterator
from typing import Any

from msgspec.structs import replace

from fencang.engine.decide.overrides import override_reference_faults
from fencang.engine.decide.tier_references import tier_narrows
from fencang.engine.risk.overrides import place_of
from fencang.engine.snapshot_risk import risk_items
from fencang.engine.state import DeskState
from fencang.refdata.connection_control import (
    CONNECTION_FIELDS,
    LINK_FIELDS,
    ConnectionControl,
    LinkControl,
)
from fencang.refdata.exposure_limit import EXPOSURE_FIELDS, ExposureLimit
from fencang.refdata.flow_control import FLOW_FIELDS, FlowControl
from fencang.refdata.impact import IMPACT_FIELDS, ImpactLimit
from fencang.refdata.limit import PositionLimit
from fencang.refdata.limit_group import LimitGroup
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.loss_limit import LOSS_FIELDS, LiquidationTerms, LossLimit
from fencang.refdata.margin_buffer import BUFFER_FIELDS, MarginBuffer
from fencang.refdata.order_control import CONTROL_FIELDS, OrderControl
from fencang.refdata.override import ControlOverride
from fencang.refdata.risk import RiskItem
from fencang.refdata.self_match import (
    COUNT_MAX,
    SELF_MATCH_FIELDS,
    SelfMatch,
    SelfMatchMode,
    SelfMatchScope,
)
from fencang.refdata.service_tier import ServiceTier
from fencang.refdata.substitute import Substitute
from fencang.refdata.tenor import TENOR_FIELDS, TenorLimit
from fencang.refdata.trade_flow import TRADE_FLOW_FIELDS, TradeFlowControl

__all__ = ["RiskReferences", "risk_tightens"]

_ROOT_FIELDS: dict[type[Any], tuple[str, ...]] = {
    OrderControl: CONTROL_FIELDS,
    FlowControl: FLOW_FIELDS,
    ConnectionControl: CONNECTION_FIELDS,
    LinkControl: LINK_FIELDS,
    TradeFlowControl: TRADE_FLOW_FIELDS,
    TenorLimit: TENOR_FIELDS,
    ImpactLimit: IMPACT_FIELDS,
    SelfMatch: SELF_MATCH_FIELDS,
    LossLimit: LOSS_FIELDS,
    ExposureLimit: EXPOSURE_FIELDS,
    MarginBuffer: BUFFER_FIELDS,
}
"""Kinds whose row at the root, for everything, states every one of these fields."""


_LOSS_BOUNDS = (
    "daily_loss_micros",
    "daily_loss_ppm",
    "drawdown_micros",
    "drawdown_ppm",
    "velocity_micros",
    "velocity_ppm",
    "margin_use_ppm",
    "stop_ppm",
    "cancel_ppm",
)


class RiskReferences:
    """Rows as they are, together with what a command brings."""

    def __init__(self, state: DeskState) -> None:
        self.state = state
        self.rows: dict[tuple[str, ...], RiskItem] = {}
        self.places: dict[tuple[str, str, str], Any] = {}
        """Kind, node and scope → row, position limits too."""
        for limit in state.risk.overrides.stated(state.limits.all()):
            self.places[place_of(limit)] = limit
        for row in state.risk.overrides.stated(risk_items(state)):
            self.add(row)

    def add(self, row: RiskItem) -> None:
        """Add or replace a row."""
        self.rows[type(row).__name__, *row.key] = row
        self.places[place_of(row)] = row

    def add_limit(self, limit: PositionLimit) -> None:
        """Add or replace a position limit."""
        self.places[place_of(limit)] = limit

    @property
    def tiers(self) -> set[str]:
        """Return the service tiers that will be defined."""
        return {row.tier_id for row in self.rows.values() if isinstance(row, ServiceTier)}

    def is_group(self, scope_id: str) -> bool:
        """Return whether a scope is a group of products and contracts."""
        return (LimitGroup.__name__, scope_id) in self.rows

    def name_faults(self, scope_id: str) -> Iterator[str]:
        """Yield a fault where a product or contract has the name of a group."""
        if self.is_group(scope_id):
            yield f"{scope_id} is a group of position limits; a scope has one meaning"

    def group_faults(self, group: LimitGroup, known: Container[str]) -> Iterator[str]:
        """Yield what is wrong with the name and the members of a group."""
        if group.group_id in known:
            yield f"{group.group_id} is a product or contract; a scope has one meaning"
        for member in group.members:
            if member.scope_id not in known:
                yield f"no contract or product {member.scope_id}"

    def override_faults(self, override: ControlOverride) -> Iterator[str]:
        """Yield why an override cannot take hold of its row."""
        others = [row for row in self.rows.values() if isinstance(row, ControlOverride)]
        yield from override_reference_faults(self.state, self.places, others, override)

    def root_faults(self, row: RiskItem, root: str) -> Iterator[str]:
        """Yield what the row of the root leaves open, or that there is none."""
        yield from self._liquidation_faults(row, root)
        fields = _ROOT_FIELDS.get(type(row))
        if fields is None:
            return
        own = (root, "*")[: len(row.key)]
        at_root = self.rows.get((type(row).__name__, *own))
        if at_root is None:
            yield f"{root} has no {type(row).__name__} for everything: nothing is unset at the root"
        elif at_root is row:
            for field in fields:
                if getattr(row, field) is None:
                    yield f"{field} is open at the root: nothing is unset there"
        elif isinstance(row, SelfMatch) and row != at_root:
            for field in ("scope", "stops_meet_all"):
                if getattr(row, field) is not None:
                    yield f"{field} is the whole desk's: only {root} states it"

    def _liquidation_faults(self, row: RiskItem, root: str) -> Iterator[str]:
        if isinstance(row, LiquidationTerms) and row.node_id != root:
            yield f"liquidation has one set of terms, at {root}, not at {row.node_id}"
        terms = self.rows.get((LiquidationTerms.__name__, root))
        if isinstance(row, LossLimit) and row.liquidate_ppm is not None and terms is None:
            yield f"{row.node_id} has a liquidate step, and {root} no LiquidationTerms"


def risk_tightens(state: DeskState, item: RiskItem) -> bool:
    """Return whether a row only takes away from what was allowed: one person is enough."""
    match item:
        case OrderControl():
            return _controls_more(item, state.controls.get(item.node_id, item.scope_id))
        case FlowControl():
            return _flows_less(item, state.flow.rows.get(item.node_id))
        case LimitGroup():
            return item.group_id not in state.risk.limit_groups.rows
        case LimitWarning():
            return _warns_more(item, _warned_by(state, item.node_id))
        case ControlOverride():
            return False
        case ConnectionControl():
            return _cancels_more(item, state.risk.connections.controls.rows.get(item.node_id))
        case LinkControl():
            return _waits_less(item, state.risk.connections.link_rows.rows.get(item.node_id))
        case Substitute():
            return _sends_less(item, state.risk.substitutes.rows.get(item.substitute_id))
        case TradeFlowControl():
            return _trades_less(item, state.risk.trade_flow.rows.get(item.key))
        case TenorLimit():
            return _reaches_less(item, state.risk.tenors.rows.get(item.key))
        case ImpactLimit():
            return _moves_less(item, state.risk.impact.rows.get(item.key))
        case SelfMatch():
            return _keeps_apart_more(item, state.risk.self_match.table.rows)
        case LossLimit():
            return _loses_less(item, state.risk.losses.rows.get(item.node_id))
        case LiquidationTerms():
            return item == state.risk.losses.terms
        case ExposureLimit():
            return _exposes_less(item, state.risk.exposures.definitions.get(item.key))
        case MarginBuffer():
            return _keeps_more(item, state.risk.buffers.get(item.node_id))
        case ServiceTier():
            return tier_narrows(item, state.risk.tiers.rows.get(item.tier_id))


def _sends_less(row: Substitute, old: Substitute | None) -> bool:
    """Return whether a substitute takes no more lots than before, and nothing else changes."""
    return old is not None and row == replace(
        old,
        cap_lots=min(row.cap_lots, old.cap_lots),
        is_dry_run=row.is_dry_run or old.is_dry_run,
    )


def _warned_by(state: DeskState, node_id: str) -> LimitWarning | None:
    """Return what a node is warned by now: its own row, or the one it inherits."""
    sub = state.subs.get(node_id)
    path = (node_id,) if sub is None else sub.path
    return state.risk.warnings.table.binding(path, state.risk.warnings.root)


def _warns_more(row: LimitWarning, old: LimitWarning | None) -> bool:
    """Return whether whoever was told before is told at least as much."""
    return old is None or (
        set(row.levels_ppm) >= set(old.levels_ppm) and row.margin_ppm <= old.margin_ppm
    )


def _exposes_less(row: ExposureLimit, old: ExposureLimit | None) -> bool:
    """Return whether a row lets no more through than before; a first row only narrows."""
    if old is None:
        return True
    limits = ("gross_micros_max", "net_micros_max", "beta_micros_max", "share_ppm_max")
    for field in (*limits, "beta_age_ns_max", "beta_unknown_ppm", "floor_ticks"):
        now, before = getattr(row, field), getattr(old, field)
        if now == before or (before is None and field in limits):
            continue
        if now is None or before is None:
            return False
        if now < before if field in ("beta_unknown_ppm", "floor_ticks") else now > before:
            return False
    same = (row.product_ids, row.beta_index) == (old.product_ids, old.beta_index)
    return same and row.share_from_micros <= old.share_from_micros


def _keeps_more(row: MarginBuffer, old: MarginBuffer | None) -> bool:
    """Return whether no less must stay free than before; a first row only narrows."""
    if old is None:
        return True
    share, amount = row.buffer_ppm or 0, row.buffer_micros or 0
    return share >= (old.buffer_ppm or 0) and amount >= (old.buffer_micros or 0)


def _flows_less(row: FlowControl, old: FlowControl | None) -> bool:
    """Return whether a row lets no more through than before; a node's first row only narrows."""
    if old is None:
        return True
    if row.messages_max is None or row.working_orders_max is None:
        return row == old
    messages, working = old.messages_max, old.working_orders_max
    return (
        (messages is None or row.messages_max <= messages)
        and row.messages_ns >= old.messages_ns
        and (working is None or row.working_orders_max <= working)
    )


def _trades_less(row: TradeFlowControl, old: TradeFlowControl | None) -> bool:
    """Return whether a row lets no more through than before; a first row only narrows.

    Counts for each contract are other counts than those of the venue, and begin at nothing.
    """
    if old is None:
        return True
    fewer = ("order_to_trade_max", "free_messages", "cancels_max", "repeated_executions_max")
    more = ("repeated_ns", "duplicate_ns")
    return row.of_each_contract == old.of_each_contract and all(
        _is_narrower(getattr(row, field), getattr(old, field), wants_more=field in more)
        for field in (*fewer, *more)
    )


def _reaches_less(row: TenorLimit, old: TenorLimit | None) -> bool:
    """Return whether a row opens no more contracts than before.

    A new row may hide a narrower one of a wider scope, so it needs two persons.
    """
    if old is None:
        return False
    for field in ("furthest_days", "nearest_days", "takes_undated"):
        now, before = getattr(row, field), getattr(old, field)
        if now == before:
            continue
        if now is None or before is None:
            return False
        if now < before if field == "nearest_days" else now > before:
            return False
    return True


def _moves_less(row: ImpactLimit, old: ImpactLimit | None) -> bool:
    """Return whether a row lets orders be no larger beside the volume; a first row only narrows.

    Over another window neither share is the larger one.
    """
    if old is None:
        return True
    fewer = ("order_share_ppm", "window_share_ppm", "volume_age_ns_max", "passes_unknown")
    return (
        row.window_ns == old.window_ns
        and row.cooling_off_ns >= old.cooling_off_ns
        and all(_is_narrower(getattr(row, field), getattr(old, field)) for field in fewer)
    )


def _is_narrower(now: int | None, before: int | None, *, wants_more: bool = False) -> bool:
    """Return whether a number of a row that is asked by itself narrows: none is not asked."""
    if now is None or before is None:
        return before is None
    return now >= before if wants_more else now <= before


_SCOPES = tuple(SelfMatchScope)
"""Each counts more orders as own ones than the one before."""


def _keeps_apart_more(row: SelfMatch, rows: dict[str, SelfMatch]) -> bool:
    """Return whether own orders are kept apart no less than before; refusing is the strictest mode.

    The desk's first row only narrows; the first one of another node may hide a stricter mode.
    """
    old = rows.get(row.node_id)
    if old is None:
        return not rows or row.mode in (None, SelfMatchMode.CANCEL_NEWEST)
    if row.mode is not old.mode and row.mode is not SelfMatchMode.CANCEL_NEWEST:
        return False
    if row.scope is not None and old.scope is not None:
        if _SCOPES.index(row.scope) < _SCOPES.index(old.scope):
            return False
        if old.stops_meet_all and not row.stops_meet_all:
            return False
    return (
        _is_no_less(row.wash_window_ns, old.wash_window_ns)
        and _is_no_less(row.wash_price_ticks, old.wash_price_ticks)
        and _is_no_less(old.wash_count_max, row.wash_count_max, unset=COUNT_MAX)
    )


def _is_no_less(now: int | None, before: int | None, unset: int = 0) -> bool:
    """Return whether a number is no less than before; unset binds least."""
    return (unset if now is None else now) >= (unset if before is None else before)


def _controls_more(row: OrderControl, old: OrderControl | None) -> bool:
    """Return whether a row only narrows what the one before it allowed; a fast market counts less.

    A new row may hide a narrower one of a wider scope, so it needs two persons.
    """
    if old is None or (old.is_restricted and not row.is_restricted):
        return False
    for field in CONTROL_FIELDS:
        now, before = getattr(row, field), getattr(old, field)
        if now != before and (now is None or before is None):
            return False
        is_wider = now is not None and now > before
        if field == "fast_after_ppm":
            is_wider = now is not None and now < before
        if is_wider:
            return False
    return True


def _cancels_more(row: ConnectionControl, old: ConnectionControl | None) -> bool:
    """Return whether no order lives longer by a row; a node's first row only takes away."""
    if old is None:
        return True
    cancels = (bool(row.cancels_on_disconnect), not row.keeps_good_till)
    before = (bool(old.cancels_on_disconnect), not old.keeps_good_till)
    return all(now >= then for now, then in zip(cancels, before, strict=True)) and _is_less(
        row.grace_ns, old.grace_ns
    )


def _waits_less(row: LinkControl, old: LinkControl | None) -> bool:
    """Return whether nothing may be silent for longer by a row; a first row only takes away."""
    if old is None:
        return True
    return _is_less(row.link_age_ns_max, old.link_age_ns_max) and _is_less(
        row.feed_age_ns_max, old.feed_age_ns_max
    )


def _is_less(now: int | None, before: int | None) -> bool:
    return before is None or (now is not None and now <= before)


def _loses_less(row: LossLimit, old: LossLimit | None) -> bool:
    """Return whether a row only narrows what a node may lose, and closes nothing by force.

    Whoever may close positions by force, or says when, is two persons.
    """
    if row.liquidate_ppm is not None:
        return row == old
    if old is None:
        return not row.resumes_next_day
    if old.liquidate_ppm is not None:
        return False
    narrowed = {name: _lesser(getattr(row, name), getattr(old, name)) for name in _LOSS_BOUNDS}
    return row == replace(old, **narrowed)


def _lesser(now: int | None, before: int | None) -> int | None:
    """Return the narrower of two bounds; one that is not stated narrows nothing."""
    if now is None or before is None:
        return before if now is None else now
    return min(now, before)
