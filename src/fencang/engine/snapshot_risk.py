"""Rows of the pre-trade controls, and what they remember, to their stored form and back.

Each family that remembers more than one thing has a form of its own; here they stand side by side.
"""

import msgspec

from fencang.engine.risk.loss_links import relink_losses
from fencang.engine.snapshot_connections import (
    ConnectionsForm,
    connections_form,
    restore_connections,
)
from fencang.engine.snapshot_envelopes import EnvelopeForm, envelope_forms
from fencang.engine.snapshot_impact import ImpactForm, impact_form, restore_impact
from fencang.engine.snapshot_losses import LossesForm, losses_form, restore_losses
from fencang.engine.snapshot_mass_cancels import (
    MassCancelForm,
    mass_cancel_forms,
    restore_mass_cancels,
)
from fencang.engine.snapshot_self_match import (
    SelfMatchForm,
    restore_self_match,
    self_match_form,
)
from fencang.engine.snapshot_tiers import restore_waiting, waiting_form
from fencang.engine.snapshot_trade_flow import (
    TradeFlowForm,
    restore_trade_flow,
    trade_flow_form,
)
from fencang.engine.state import DeskState
from fencang.limits.exposures import Beta
from fencang.limits.substitution import Moves
from fencang.messages.instruction_events import InstructionQueued
from fencang.refdata.risk import RiskItem

__all__ = ["RiskForm", "restore_risk", "risk_form", "risk_items"]


class MovesForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Moves of markets, as substitutes are sized by."""

    deviations: list[tuple[str, int, int]] = []
    """Scope, nanos, as of."""
    correlations: list[tuple[str, str, int, int]] = []
    """Two scopes, parts per million, as of."""


class RiskForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the families of controls remember, one member each."""

    flow_full_ns: list[tuple[str, int]] = []
    """Node, when its bucket of messages is full again."""
    connections: ConnectionsForm = ConnectionsForm()
    trade_flow: TradeFlowForm = TradeFlowForm()
    self_match: SelfMatchForm = SelfMatchForm()
    warned: list[tuple[int, str, str, str, int]] = []
    """Reason, node, scope, side of a limit; the level that was told."""
    betas: list[tuple[str, str, int, int, str]] = []
    """Index, contract or product, beta in ppm, as of, source."""
    envelopes: list[EnvelopeForm] = []
    losses: LossesForm = LossesForm()
    impact: ImpactForm = ImpactForm()
    moves: MovesForm = MovesForm()
    waiting: list[InstructionQueued] = []
    """Instructions that wait for their day, by number."""
    mass_cancels: list[MassCancelForm] = []


def risk_items(state: DeskState) -> list[RiskItem]:
    """Return every row as it is in force, kind by kind."""
    risk = state.risk
    return [
        *state.controls.all(),
        *state.flow.all(),
        *risk.trade_flow.all(),
        *risk.tenors.all(),
        *risk.impact.all(),
        *risk.connections.rows(),
        *risk.substitutes.all(),
        *risk.self_match.table.all(),
        *risk.limit_groups.all(),
        *risk.warnings.table.all(),
        *risk.overrides.all(),
        *risk.losses.all(),
        *([risk.losses.terms] if risk.losses.terms is not None else []),
        *risk.exposures.all(),
        *risk.buffers.all(),
        *risk.tiers.all(),
    ]


def risk_form(state: DeskState) -> RiskForm:
    """Return the stored form of what is remembered."""
    risk = state.risk
    return RiskForm(
        flow_full_ns=sorted(state.flow.full_ns.items()),
        connections=connections_form(risk.connections),
        trade_flow=trade_flow_form(risk.trade_flow),
        self_match=self_match_form(risk.self_match),
        warned=[(*key, level) for key, level in sorted(risk.warnings.told.items())],
        betas=[(*key, *beta) for key, beta in sorted(risk.exposures.betas.items())],
        envelopes=envelope_forms(state),
        losses=losses_form(risk.losses),
        impact=impact_form(risk.impact),
        moves=_moves_form(risk.substitutes.moves),
        waiting=waiting_form(risk.tiers),
        mass_cancels=mass_cancel_forms(risk.mass_cancels),
    )


def _moves_form(moves: Moves) -> MovesForm:
    return MovesForm(
        deviations=[(key, *value) for key, value in sorted(moves.deviations.items())],
        correlations=[(*key, *value) for key, value in sorted(moves.correlations.items())],
    )


def restore_risk(state: DeskState, form: RiskForm) -> None:
    """Set what is remembered from its stored form; envelopes come with the orders."""
    risk = state.risk
    state.flow.full_ns = dict(form.flow_full_ns)
    restore_connections(risk.connections, form.connections)
    restore_trade_flow(risk.trade_flow, form.trade_flow)
    restore_self_match(state, form.self_match)
    for reason, node_id, scope_id, side, level in form.warned:
        risk.warnings.remember((reason, node_id, scope_id, side), level)
    for index, scope_id, beta_ppm, as_of_ns, source in form.betas:
        risk.exposures.betas[index, scope_id] = Beta(beta_ppm, as_of_ns, source)
    state.limits.touch()
    restore_losses(risk.losses, form.losses)
    relink_losses(state)
    restore_impact(risk.impact, form.impact)
    _restore_moves(risk.substitutes.moves, form.moves)
    restore_waiting(risk.tiers, form.waiting)
    restore_mass_cancels(risk.mass_cancels, form.mass_cancels)


def _restore_moves(moves: Moves, form: MovesForm) -> None:
    moves.deviations = {key: (nanos, at) for key, nanos, at in form.deviations}
    moves.correlations = {(one, other): (ppm, at) for one, other, ppm, at in form.correlations}
