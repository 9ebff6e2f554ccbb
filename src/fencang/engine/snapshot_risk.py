"""Rows of the pre-trade controls, and what they remember, to their stored form and back."""

import msgspec

from fencang.engine.snapshot_envelopes import EnvelopeForm, envelope_forms
from fencang.engine.state import DeskState
from fencang.refdata.risk import RiskItem

__all__ = ["RiskForm", "restore_risk", "risk_form", "risk_items"]


class RiskForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the families of controls remember."""

    flow_full_ns: list[tuple[str, int]] = []
    """Node, when its bucket of messages is full again."""
    envelopes: list[EnvelopeForm] = []


def risk_items(state: DeskState) -> list[RiskItem]:
    """Return every row, kind by kind."""
    return [*state.controls.all(), *state.flow.all()]


def risk_form(state: DeskState) -> RiskForm:
    """Return the stored form of what is remembered."""
    return RiskForm(
        flow_full_ns=sorted(state.flow.full_ns.items()), envelopes=envelope_forms(state)
    )


def restore_risk(state: DeskState, form: RiskForm) -> None:
    """Set what is remembered from its stored form."""
    state.flow.full_ns = dict(form.flow_full_ns)
