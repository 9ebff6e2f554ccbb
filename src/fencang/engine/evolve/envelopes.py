"""Envelopes: opened, smaller, ended; and what their lots hold, in step with whatever changes it."""

from collections.abc import Callable
from typing import Any

from fencang.engine.risk.envelopes import envelope_on, settle
from fencang.engine.state import DeskState
from fencang.messages import day_events as day
from fencang.messages import events as ev
from fencang.messages import limit_events
from fencang.messages.envelope_events import EnvelopeClosed, EnvelopeOpened, EnvelopeShrunk
from fencang.messages.exposure_events import BetasReported
from fencang.messages.life_events import ContractConverted

__all__ = ["covering"]

Change = Callable[[DeskState, Any], None]

MOVING: tuple[type[Any], ...] = (
    ev.PricesMarked,
    ev.FillBooked,  # may be the first price of a contract
    ev.ContractSettled,
    ev.TradingDaySettled,
    ev.ContractExpired,
    ev.OptionExercised,
    ev.OpeningBookImported,
    ev.SessionOpened,
    ev.DeskDefined,
    ev.SpanParametersActivated,
    ev.RiskArraysLoaded,
    ContractConverted,
    BetasReported,
    day.ContractsSettled,
    day.SettlementCorrected,
    day.TradingDayOpened,
    limit_events.OverrideBegun,
    limit_events.OverrideEnded,
)
"""Events that may change what a lot asks for, or where it counts."""


def covering(changes: dict[type[Any], Change]) -> dict[type[Any], Change]:
    """Return the changes of these events with what envelopes hold in step with them."""
    return {kind: _covering(changes[kind]) for kind in MOVING}


def _covering(change: Change) -> Change:
    def covered(state: DeskState, event: ev.AnyEvent) -> None:
        change(state, event)
        if state.risk.envelopes.open:
            state.risk.envelopes.refresh_covers()

    return covered


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
