"""Envelopes in short form."""

from fencang.messages.envelope_commands import CloseEnvelope, OpenEnvelope
from fencang.messages.envelope_events import EnvelopeClosed, EnvelopeOpened, EnvelopeShrunk
from tests.engine.desk import BUY, only, order
from tests.engine.firm import SECOND, money

HOUR = 3_600 * SECOND


def open_envelope(sub="ALPHA", side=BUY, lots=10, scope="CLM0", **more):
    """Return the command; one lot of CLM0 at 20 asks for 2,000 dollars."""
    fields = {"clip_lots": lots, "margin_micros": money("10000000"), "lifetime_ns": HOUR, **more}
    return OpenEnvelope(
        sub_account_id=sub,
        scope_id=scope,
        side=side,
        quantity_lots=lots,
        entered_by="algo",
        **fields,
    )


def close_envelope(envelope_id):
    return CloseEnvelope(envelope_id=envelope_id, entered_by="algo")


def opened(desk, *args, **more):
    """Open an envelope that must be opened, and must stay; return its identifier."""
    events = desk.done(open_envelope(*args, **more))
    envelope_id = only(events, EnvelopeOpened).envelope_id
    assert envelope_id in desk.state.risk.envelopes.open, events
    return envelope_id


def inside(desk, envelope_id, lots, contract="CLM0", at="20", sub="ALPHA", side=BUY, **more):
    """Send an order inside an envelope; return its events."""
    return desk.submit(sub, side, lots, contract, at, envelope_id=envelope_id, **more)


def taken(desk, envelope_id, lots, **more):
    """Send an order that lies inside an envelope; return its identifier."""
    accepted = inside(desk, envelope_id, lots, **more)[0]
    assert accepted.envelope_id == envelope_id, accepted
    return accepted.order_id


def order_inside(envelope_id, lots=1, sub="ALPHA", side=BUY, contract="CLM0"):
    return order(sub, side, lots, contract, "20", envelope_id=envelope_id)


def state_of(desk, envelope_id):
    """Return (granted, working, filled, unused) lots of an open envelope, None of another."""
    found = desk.state.risk.envelopes.open.get(envelope_id)
    if found is None:
        return None
    return found.quantity_lots, found.working_lots, found.filled_lots, found.reserved_lots


def endings(events):
    """Return what shrank and what ended: ``[(envelope, lots left or None, cause), …]``."""
    return [
        (
            event.envelope_id,
            event.quantity_lots if isinstance(event, EnvelopeShrunk) else None,
            str(event.cause),
        )
        for event in events
        if isinstance(event, EnvelopeShrunk | EnvelopeClosed)
    ]
