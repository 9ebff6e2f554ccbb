"""Clients, deadlines and venue links as they were reported."""

from collections.abc import Callable
from typing import Any

from fencang.engine.risk.connections import Client
from fencang.engine.state import DeskState
from fencang.messages import connection_events as ev

__all__ = ["CONNECTION_CHANGES"]


def on_stopped(state: DeskState, event: ev.TradingStopped) -> None:
    """Change nothing: the state that was set, and the cancels, are events of their own."""


def on_connected(state: DeskState, event: ev.ClientConnected) -> None:
    """Remember the client."""
    state.risk.connections.clients[event.session_id] = Client(event.node_id)


def on_disconnected(state: DeskState, event: ev.ClientDisconnected) -> None:
    """Note when it was lost."""
    gone = Client(event.node_id, state.time_ns)
    state.risk.connections.clients[event.session_id] = gone


def on_forgotten(state: DeskState, event: ev.ClientForgotten) -> None:
    """Forget a client that did not come back."""
    del state.risk.connections.clients[event.session_id]


def on_deadline(state: DeskState, event: ev.DeadlineSet) -> None:
    """Set a deadline, or take it away."""
    if event.deadline_ns:
        state.risk.connections.deadlines[event.node_id] = event.deadline_ns
    else:
        state.risk.connections.deadlines.pop(event.node_id, None)


def on_deadline_passed(state: DeskState, event: ev.DeadlinePassed) -> None:
    """Take the deadline away: it has done its work."""
    del state.risk.connections.deadlines[event.node_id]


def on_link(state: DeskState, event: ev.VenueLinkReported) -> None:
    """Note when a link was last up."""
    key = (event.carrying_account_id, event.venue_id)
    if event.is_up:
        state.risk.connections.links[key] = state.time_ns
    else:
        state.risk.connections.links.pop(key, None)


def on_silence_began(state: DeskState, event: ev.SilenceBegan) -> None:
    """Remember that it was told."""
    state.risk.connections.silent[event.kind, event.place] = None


def on_silence_ended(state: DeskState, event: ev.SilenceEnded) -> None:
    """Forget it."""
    del state.risk.connections.silent[event.kind, event.place]


CONNECTION_CHANGES: dict[type[Any], Callable[[DeskState, Any], None]] = {
    ev.TradingStopped: on_stopped,
    ev.ClientConnected: on_connected,
    ev.ClientDisconnected: on_disconnected,
    ev.ClientForgotten: on_forgotten,
    ev.DeadlineSet: on_deadline,
    ev.DeadlinePassed: on_deadline_passed,
    ev.VenueLinkReported: on_link,
    ev.SilenceBegan: on_silence_began,
    ev.SilenceEnded: on_silence_ended,
}
