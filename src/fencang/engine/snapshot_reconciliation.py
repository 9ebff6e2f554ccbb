"""The stored form of breaks, to a snapshot and back."""

import msgspec

from fencang.engine.reconciliation import BreakState, Reconciliation
from fencang.messages.reconciliation_commands import BreakFound, Resolution

__all__ = ["ReconciliationForm", "reconciliation_forms", "restored_reconciliations"]


class BreakForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One break; ``resolution`` is None while it is open."""

    found: BreakFound
    first_seen_day: int
    last_seen_day: int
    owner: str
    reason: str
    resolution: Resolution | None


class ReconciliationForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One carrying account; resolved breaks stand in the order they are forgotten in."""

    carrying_account_id: str
    last_day: int
    sha256: str
    at_sequence: int
    unresolved: list[BreakForm]
    resolved: list[BreakForm]


def reconciliation_forms(known: dict[str, Reconciliation]) -> list[ReconciliationForm]:
    """Return the stored form of every carrying account's breaks."""
    return [
        ReconciliationForm(
            account,
            found.last_day,
            found.sha256,
            found.at_sequence,
            [_form(found.unresolved[key]) for key in sorted(found.unresolved)],
            [_form(each) for each in found.resolved.values()],
        )
        for account, found in sorted(known.items())
    ]


def _form(state: BreakState) -> BreakForm:
    return BreakForm(
        state.found,
        state.first_seen_day,
        state.last_seen_day,
        state.owner,
        state.reason,
        state.resolution,
    )


def restored_reconciliations(forms: list[ReconciliationForm]) -> dict[str, Reconciliation]:
    """Return the breaks that the forms were taken from."""
    known = {}
    for form in forms:
        found = known[form.carrying_account_id] = Reconciliation()
        found.last_day, found.sha256 = form.last_day, form.sha256
        found.at_sequence = form.at_sequence
        for each in form.unresolved:
            found.unresolved[each.found.break_id] = _break(each)
        for each in form.resolved:
            found.resolved[each.found.break_id] = _break(each)
    return known


def _break(form: BreakForm) -> BreakState:
    state = BreakState(form.found, form.first_seen_day)
    state.last_seen_day = form.last_seen_day
    state.owner, state.reason, state.resolution = form.owner, form.reason, form.resolution
    return state
