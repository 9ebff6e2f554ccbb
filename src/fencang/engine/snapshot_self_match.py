"""What keeps own orders apart, to its stored form and back."""

from collections import deque

import msgspec

from fencang.engine.risk.self_match import WASH_FILLS_MAX, SelfMatchBook, WashCount
from fencang.engine.state import DeskState
from fencang.limits.self_match import WashFill

__all__ = ["SelfMatchForm", "restore_self_match", "self_match_form"]


class SelfMatchForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Orders that wait, executions of own orders, and counts of suspected wash trades."""

    held: list[tuple[int, tuple[int, ...]]] = []
    """Order that has not left, the orders it waits for."""
    fills: list[tuple[str, str, list[WashFill]]] = []
    """Principal, contract, its last executions."""
    counts: list[tuple[str, str, WashCount]] = []
    """Principal, contract, what was suspected."""


def self_match_form(book: SelfMatchBook) -> SelfMatchForm:
    """Return the stored form."""
    return SelfMatchForm(
        held=sorted(book.held.items()),
        fills=[(*key, list(fills)) for key, fills in sorted(book.fills.items())],
        counts=[(*key, count) for key, count in sorted(book.counts.items())],
    )


def restore_self_match(state: DeskState, form: SelfMatchForm) -> None:
    """Set what is remembered from its stored form, and find the own orders at work."""
    book = state.risk.self_match
    book.held = dict(form.held)
    for principal_id, contract_id, fills in form.fills:
        book.fills[principal_id, contract_id] = deque(fills, maxlen=WASH_FILLS_MAX)
    book.counts = {(key, contract): count for key, contract, count in form.counts}
    book.rebuild(state)
