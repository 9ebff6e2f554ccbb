"""Envelopes: opened, smaller, ended."""

from fencang.engine.risk.envelopes import Envelope, settle
from fencang.engine.state import DeskState
from fencang.messages.envelope_events import EnvelopeClosed, EnvelopeOpened, EnvelopeShrunk

__all__: list[str] = []


def on_opened(state: DeskState, event: EnvelopeOpened) -> None:
    """Reserve its lots at every level."""
    sub = state.subs[event.sub_account_id]
    envelope = Envelope(
        event.envelope_id,
        tuple(
            state.line(sub, event.carrying_account_id, state.contracts[contract_id])
            for contract_id in event.contract_ids
        ),
        event.scope_id,
        event.side,
        quantity_lots=event.quantity_lots,
        clip_lots=event.clip_lots,
        margin_micros=event.margin_micros,
        expires_ns=event.expires_ns,
        entered_by=event.entered_by,
    )
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
