"""Rows of the pre-trade controls, and what they remember, to their stored form and back."""

from collections import deque

import msgspec

from fencang.engine.risk.self_match import WASH_FILLS_MAX, SelfMatchBook, WashCount
from fencang.engine.state import DeskState
from fencang.limits.self_match import WashFill
from fencang.refdata.risk import RiskItem

__all__ = ["RiskForm", "restore_risk", "risk_form", "risk_items"]


class SelfMatchForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Orders that wait, executions of own orders, and counts of suspected wash trades."""

    held: list[tuple[int, tuple[int, ...]]]
    """Order that has not left, the orders it waits for."""
    fills: list[tuple[str, str, list[WashFill]]]
    """Principal, contract, its last executions."""
    counts: list[tuple[str, str, WashCount]]
    """Principal, contract, what was suspected."""


class RiskForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the families of controls remember."""

    flow_full_ns: list[tuple[str, int]] = []
    """Node, when its bucket of messages is full again."""
    self_match: SelfMatchForm | None = None


def risk_items(state: DeskState) -> list[RiskItem]:
    """Return every row, kind by kind."""
    return [*state.controls.all(), *state.flow.all(), *state.risk.self_match.table.all()]


def risk_form(state: DeskState) -> RiskForm:
    """Return the stored form of what is remembered."""
    return RiskForm(
        flow_full_ns=sorted(state.flow.full_ns.items()),
        self_match=_self_match_form(state.risk.self_match),
    )


def _self_match_form(book: SelfMatchBook) -> SelfMatchForm | None:
    if not book.is_stated:
        return None
    return SelfMatchForm(
        held=sorted(book.held.items()),
        fills=[(*key, list(fills)) for key, fills in sorted(book.fills.items())],
        counts=[(*key, count) for key, count in sorted(book.counts.items())],
    )


def restore_risk(state: DeskState, form: RiskForm) -> None:
    """Set what is remembered from its stored form."""
    state.flow.full_ns = dict(form.flow_full_ns)
    book, found = state.risk.self_match, form.self_match
    if found is not None:
        book.held = dict(found.held)
        for principal_id, contract_id, fills in found.fills:
            book.fills[principal_id, contract_id] = deque(fills, maxlen=WASH_FILLS_MAX)
        book.counts = {(key, contract): count for key, contract, count in found.counts}
        book.rebuild(state)
