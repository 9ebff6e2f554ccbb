"""Envelopes: opened, smaller, ended."""

from fencang.engine.risk.envelopes import envelope_on, settle
from fencang.engine.state import DeskState
from fencang.messages.envelope_events import EnvelopeClosed, EnvelopeOpened, EnvelopeShrunk

__all__: list[str] = []


def on_opened(state: DeskState, event: EnvelopeOpened) -> None:
    """Reserve its lots at every level."""
    envelope = envelope_on(state, event)
    book = state.risk.envelopes
    book.open[event.envelope_id] = envelope
    book.refresh_due()
    settle(envelope)


def on_shrunk(state: DeskState, event: EnvelopeShrunk) -> None:
    """Keep fewer lots reserved."""
    envelope = state.risk.envelopes.open[event.envelope_id]
    envelope.quantity_lots = event.quantity_lots
    settle(envelope)


def on_closed(state: DeskState, event: EnvelopeClosed) -> None:
    """Give back what no order has taken; its orders stand by themselves."""
    book = state.risk.envelopes
    envelope = book.open.pop(event.envelope_id)
    envelope.is_open = False
    settle(envelope)
    book.refresh_due()
