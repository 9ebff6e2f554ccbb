"""Rows of the pre-trade controls, and what they remember, to their stored form and back."""

import msgspec

from fencang.engine.risk.connections import Client
from fencang.engine.state import DeskState
from fencang.messages.connection_events import SilenceKind
from fencang.refdata.risk import RiskItem

__all__ = ["RiskForm", "restore_risk", "risk_form", "risk_items"]


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


def risk_items(state: DeskState) -> list[RiskItem]:
    """Return every row, kind by kind."""
    return [
        *state.controls.all(),
        *state.flow.all(),
        *state.risk.connections.rows(),
        *state.risk.substitutes.all(),
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
