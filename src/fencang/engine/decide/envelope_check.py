"""An order inside an envelope: constant time, in place of position limits and margin."""

from collections.abc import Iterator

from fencang.engine.decide.ask import Ask
from fencang.engine.risk.envelopes import Envelope
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.reasons import Reason

__all__ = ["envelope_check", "envelope_evaluations"]


def envelope_check(ask: Ask) -> NodeRefusal | None:
    """Refuse what does not lie inside the envelope that the order names; else it is taken there."""
    envelope = ask.state.risk.envelopes.open.get(ask.envelope_id)
    if (
        envelope is not None
        and ask.line in envelope.lines
        and ask.side is envelope.side
        and ask.quantity_lots <= envelope.clip_lots
        and ask.added_lots <= envelope.reserved_lots
    ):
        ask.envelope = envelope
        return None
    if envelope is None:
        detail = f"no envelope {ask.envelope_id} is open: it never was, expired or was closed"
        return Reason.ENVELOPE_UNKNOWN, ask.line.path[0], 0, ask.envelope_id, detail
    return _place_refusal(ask, envelope) or _size_refusal(ask, envelope)


def envelope_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield what the envelope allows and what the order asks for; nothing where it names none."""
    if not ask.envelope_id:
        return
    node_id, scope_id = ask.line.path[0], ask.line.key[1]
    envelope = ask.state.risk.envelopes.open.get(ask.envelope_id)
    refusal = envelope_check(ask) if envelope is None else _place_refusal(ask, envelope)
    if refusal is not None:
        reason, _, limit, value, detail = refusal
        yield Evaluation("envelope", reason, node_id, scope_id, limit, value, "", False, detail)
    elif envelope is not None:
        for reason, limit, value in _sizes(ask, envelope):
            passes = value <= limit
            yield Evaluation("envelope", reason, node_id, scope_id, limit, value, "lots", passes)


def _place_refusal(ask: Ask, envelope: Envelope) -> NodeRefusal | None:
    """Refuse another account, contract or side."""
    line, number = ask.line, envelope.envelope_id
    if envelope.lines[0].sub is not line.sub:
        detail = f"envelope {number} is of {envelope.sub_account_id}"
        return Reason.ENVELOPE_OF_ANOTHER_ACCOUNT, line.path[0], 0, number, detail
    if line not in envelope.lines:
        detail = f"envelope {number} reserves nothing in {line.key[1]} through {line.key[0]}"
        return Reason.ENVELOPE_CONTRACT, line.path[0], 0, number, detail
    if ask.side is not envelope.side:
        detail = f"envelope {number} reserves lots of side {envelope.side.name}"
        return Reason.ENVELOPE_SIDE, line.path[0], 0, number, detail
    return None


def _size_refusal(ask: Ask, envelope: Envelope) -> NodeRefusal | None:
    for reason, limit, value in _sizes(ask, envelope):
        if value > limit:
            words = "is its clip" if reason is Reason.ENVELOPE_CLIP else "lots are left"
            detail = f"{value} lots, {limit} {words} in envelope {envelope.envelope_id}"
            return reason, ask.line.path[0], limit, value, detail
    return None


def _sizes(ask: Ask, envelope: Envelope) -> Iterator[tuple[Reason, int, int]]:
    yield Reason.ENVELOPE_CLIP, envelope.clip_lots, ask.quantity_lots
    yield Reason.ENVELOPE_LOTS, envelope.reserved_lots, ask.added_lots
