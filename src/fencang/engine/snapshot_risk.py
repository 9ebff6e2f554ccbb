"""Rows of the pre-trade controls, and what they remember, to their stored form and back."""

from collections import deque

import msgspec

from fencang.engine.risk.connections import Client
from fencang.engine.risk.loss_links import relink_losses
from fencang.engine.risk.self_match import WASH_FILLS_MAX, SelfMatchBook, WashCount
from fencang.engine.snapshot_envelopes import EnvelopeForm, envelope_forms
from fencang.engine.snapshot_impact import ImpactForm, impact_form, restore_impact
from fencang.engine.snapshot_losses import LossesForm, losses_form, restore_losses
from fencang.engine.snapshot_trade_flow import (
    TradeFlowForm,
    restore_trade_flow,
    trade_flow_form,
)
from fencang.engine.state import DeskState
from fencang.limits.exposures import Beta
from fencang.limits.self_match import WashFill
from fencang.messages.connection_events import SilenceKind
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
    clients: list[tuple[str, str, int]] = []
    """Session, node, when it was lost."""
    deadlines: list[tuple[str, int]] = []
    links: list[tuple[str, str, int]] = []
    """Carrying account, venue, when the link last said that it is up."""
    silent: list[tuple[str, str]] = []
    deviations: list[tuple[str, int, int]] = []
    """Scope, nanos, as of."""
    correlations: list[tuple[str, str, int, int]] = []
    """Two scopes, parts per million, as of."""
    trade_flow: TradeFlowForm = TradeFlowForm()
    impact: ImpactForm = ImpactForm()
    self_match: SelfMatchForm | None = None
    warned: list[tuple[int, str, str, str, int]] = []
    """Reason, node, scope, side of a limit; the level that was told."""
    losses: LossesForm = LossesForm()
    betas: list[tuple[str, str, int, int, str]] = []
    """Index, contract or product, beta in ppm, as of, source."""
    envelopes: list[EnvelopeForm] = []


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
    ]


def risk_form(state: DeskState) -> RiskForm:
    """Return the stored form of what is remembered."""
    found, moves = state.risk.connections, state.risk.substitutes.moves
    return RiskForm(
        flow_full_ns=sorted(state.flow.full_ns.items()),
        clients=[(key, *client) for key, client in sorted(found.clients.items())],
        deadlines=sorted(found.deadlines.items()),
        links=[(*key, heard) for key, heard in sorted(found.links.items())],
        silent=[(kind.value, place) for kind, place in sorted(found.silent)],
        deviations=[(key, *value) for key, value in sorted(moves.deviations.items())],
        correlations=[(*key, *value) for key, value in sorted(moves.correlations.items())],
        trade_flow=trade_flow_form(state.risk.trade_flow),
        impact=impact_form(state.risk.impact),
        self_match=_self_match_form(state.risk.self_match),
        warned=[(*key, level) for key, level in sorted(state.risk.warnings.told.items())],
        losses=losses_form(state.risk.losses),
        betas=[(*key, *beta) for key, beta in sorted(state.risk.exposures.betas.items())],
        envelopes=envelope_forms(state),
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
    found = state.risk.connections
    found.clients = {key: Client(node_id, gone_ns) for key, node_id, gone_ns in form.clients}
    found.deadlines = dict(form.deadlines)
    found.links = {(carrying_id, venue_id): at for carrying_id, venue_id, at in form.links}
    found.silent = {(SilenceKind(kind), place): None for kind, place in form.silent}
    moves = state.risk.substitutes.moves
    moves.deviations = {key: (nanos, at) for key, nanos, at in form.deviations}
    moves.correlations = {(one, other): (ppm, at) for one, other, ppm, at in form.correlations}
    restore_trade_flow(state.risk.trade_flow, form.trade_flow)
    restore_impact(state.risk.impact, form.impact)
    for index, scope_id, beta_ppm, as_of_ns, source in form.betas:
        state.risk.exposures.betas[index, scope_id] = Beta(beta_ppm, as_of_ns, source)
    if form.self_match is not None:
        _restore_self_match(state, form.self_match)
    for reason, node_id, scope_id, side, level in form.warned:
        state.risk.warnings.remember((reason, node_id, scope_id, side), level)
    state.limits.touch()
    restore_losses(state.risk.losses, form.losses)
    relink_losses(state)


def _restore_self_match(state: DeskState, form: SelfMatchForm) -> None:
    book = state.risk.self_match
    book.held = dict(form.held)
    for principal_id, contract_id, fills in form.fills:
        book.fills[principal_id, contract_id] = deque(fills, maxlen=WASH_FILLS_MAX)
    book.counts = {(key, contract): count for key, contract, count in form.counts}
    book.rebuild(state)
