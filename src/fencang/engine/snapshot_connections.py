"""Clients, deadlines and links of a desk, to their stored form and back."""

import msgspec

from fencang.engine.risk.connections import Client, Connections
from fencang.messages.connection_events import SilenceKind

__all__ = ["ConnectionsForm", "connections_form", "restore_connections"]


class ConnectionsForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Who is connected, what is due, and what was heard."""

    clients: list[tuple[str, str, int]] = []
    """Session, node, when it was lost."""
    deadlines: list[tuple[str, int]] = []
    """Node, when its orders are cancelled."""
    links: list[tuple[str, str, int]] = []
    """Carrying account, venue, when the link last said that it is up."""
    silent: list[tuple[SilenceKind, str]] = []
    """What was told to be silent."""


def connections_form(connections: Connections) -> ConnectionsForm:
    """Return the stored form."""
    return ConnectionsForm(
        clients=[(key, *client) for key, client in sorted(connections.clients.items())],
        deadlines=sorted(connections.deadlines.items()),
        links=[(*key, heard) for key, heard in sorted(connections.links.items())],
        silent=sorted(connections.silent),
    )


def restore_connections(connections: Connections, form: ConnectionsForm) -> None:
    """Set what is remembered from its stored form; the rows are there already."""
    connections.clients = {key: Client(node_id, gone_ns) for key, node_id, gone_ns in form.clients}
    connections.deadlines = dict(form.deadlines)
    connections.links = {(carrying_id, venue_id): at for carrying_id, venue_id, at in form.links}
    connections.silent = dict.fromkeys(form.silent)
