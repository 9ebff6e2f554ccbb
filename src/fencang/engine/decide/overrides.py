"""What an override may be, who ends it, and how a refusal names the one it was decided under."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fencang.engine.decide.ask import Ask
from fencang.engine.evolve.overrides import OF_ONE_ORDER, OVERRIDABLE, ControlRow
from fencang.engine.risk.overrides import OVERRIDES_MAX, OverrideBook, place_of
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.reasons import Reason
from fencang.refdata.account import SubAccount
from fencang.refdata.connection_control import ConnectionControl, LinkControl
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.limit_group import LimitGroup
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.loss_limit import LiquidationTerms, LossLimit
from fencang.refdata.order_control import OrderControl
from fencang.refdata.override import ControlOverride, row_faults
from fencang.refdata.self_match import SelfMatch
from fencang.refdata.service_tier import ServiceTier
from fencang.refdata.substitute import Substitute
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.ties import REGIME_KINDS
from fencang.refdata.trade_flow import TradeFlowControl

__all__ = [
    "ends_earlier",
    "override_change_faults",
    "override_reference_faults",
    "refusal_under_override",
    "under_override",
]

NEVER_OVERRIDDEN: dict[type[Any], str] = {
    SelfMatch: "own orders that trade with each other are unlawful for an hour too",
    ConnectionControl: "it says what becomes of orders that nobody watches, and is no limit",
    LinkControl: "it says whether anything is known of the market, and is no limit",
    LiquidationTerms: "it says how positions are closed by force, and is no limit",
    Substitute: "it says where the rest of an order goes, and is no limit",
    LimitGroup: "it says what a limit counts; override the limit",
    LimitWarning: "who is told of what is told of it during an override too",
    ControlOverride: "end it, and enter another",
    ServiceTier: "it says what a client was promised; change it, with two persons",
    SubAccount: "a mandate says what its holder may do at all: change it, with two persons",
    **dict.fromkeys(REGIME_KINDS, "the law is not the firm's to loosen; an exemption is a row"),
}
"""Kinds that no override takes hold of, and why."""
_WHY_NEVER = {kind.__name__: why for kind, why in NEVER_OVERRIDDEN.items()}

ROWS_BEHIND: dict[Reason, type[Any]] = {
    Reason.RESTRICTED: OrderControl,
    Reason.ORDER_QUANTITY_MAX: OrderControl,
    Reason.ORDER_VALUE_MAX: OrderControl,
    Reason.ORDER_COLLAR: OrderControl,
    Reason.PRICE_STALE: OrderControl,
    Reason.MESSAGE_RATE: FlowControl,
    Reason.WORKING_ORDERS_MAX: FlowControl,
    Reason.ORDER_REPEATED: TradeFlowControl,
    Reason.TENOR: TenorLimit,
    Reason.DAILY_LOSS: LossLimit,
    Reason.DRAWDOWN: LossLimit,
    Reason.LOSS_VELOCITY: LossLimit,
}
"""Refusals whose node is the one that set the row, and the kind of that row."""


def refusal_under_override(ask: Ask, refusal: NodeRefusal | None) -> NodeRefusal | None:
    """Return the refusal; where an override set the number that refused, its words say so."""
    if refusal is None or refusal[0] not in ROWS_BEHIND:
        return refusal
    reason, node_id, limit, value, detail = refusal
    scopes = ask.line.key[1], ask.line.contract.product.product_id, "*"
    kind = ROWS_BEHIND[reason].__name__
    under = ask.state.risk.overrides.words(kind, node_id, scopes)
    return reason, node_id, limit, value, detail + under


def under_override(
    overrides: OverrideBook, row: ControlRow, refusal: NodeRefusal | None
) -> NodeRefusal | None:
    """Return the refusal by a row; where an override set its numbers, its words say so."""
    if refusal is None or not overrides.hidden:
        return refusal
    kind, node_id, scope_id = place_of(row)
    reason, at_node, limit, value, detail = refusal
    return reason, at_node, limit, value, detail + overrides.words(kind, node_id, (scope_id,))


def override_reference_faults(
    state: DeskState,
    rows: Mapping[tuple[str, str, str], Any],
    others: Iterable[ControlOverride],
    override: ControlOverride,
) -> Iterator[str]:
    """Yield why an override cannot take hold of its row.

    Args:
        state: the desk before the command.
        rows: rows by kind, node and scope, as they would be after it.
        others: overrides, as they would be after it.
        override: what is defined.
    """
    kind = OVERRIDABLE.get(override.row_kind)
    if kind is None:
        allowed = ", ".join(sorted(OVERRIDABLE))
        why = _WHY_NEVER.get(override.row_kind)
        because = "" if why is None else f" ({why})"
        yield f"{override.row_kind} is nothing that can be overridden{because}; there are {allowed}"
        return
    if override.client_order_id and kind not in OF_ONE_ORDER:
        names = ", ".join(each.__name__ for each in OF_ONE_ORDER)
        yield f"{override.row_kind} is not overridden for one order; {names} can be"
    row = rows.get(override.place)
    if row is None:
        place = f"{override.node_id} in {override.scope_id}"
        yield f"{place} has no {override.row_kind} to override: state the row, or name where it is"
        return
    yield from row_faults(row, override)
    book = state.risk.overrides
    for other in others:
        if other.override_id != override.override_id and _overlap(other, override):
            yield f"{other.override_id} overrides the same row in that time; end it first"
    known = book.items.get(override.override_id)
    if known is None:
        if override.until_ns <= state.time_ns:
            yield "until_ns has passed: nothing would ever hold"
        if len(book.items) >= OVERRIDES_MAX:
            yield f"{OVERRIDES_MAX} overrides wait or are in force already"


def _overlap(one: ControlOverride, other: ControlOverride) -> bool:
    """Return whether both would hold over one row, for the same orders, at some moment."""
    same = (one.place, one.order) == (other.place, other.order)
    return same and one.from_ns < other.until_ns and other.from_ns < one.until_ns


def override_change_faults(state: DeskState, override: ControlOverride) -> Iterator[str]:
    """Yield why an override that is in force cannot change the way it is asked to."""
    book = state.risk.overrides
    if override.override_id not in book.in_force:
        return
    known = book.items[override.override_id]
    fixed = ("place", "values", "from_ns", "order")
    changed = [name for name in fixed if getattr(known, name) != getattr(override, name)]
    if changed:
        yield f"{override.override_id} is in force; only its end and its reason may change"


def ends_earlier(state: DeskState, override: ControlOverride) -> ControlRow | None:
    """Return the row that is back when an override in force is only ended earlier, else None."""
    book = state.risk.overrides
    known = book.items.get(override.override_id)
    hidden = book.hidden.get(override.place)
    if known is None or hidden is None or hidden[0] != override.override_id:
        return None
    is_shorter = override.until_ns <= known.until_ns
    return hidden[1] if is_shorter else None
