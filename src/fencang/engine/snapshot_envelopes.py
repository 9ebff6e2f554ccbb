"""Open envelopes to their stored form and back; what their orders hold is found from the orders."""

from typing import TYPE_CHECKING

import msgspec

from fencang.engine.risk.envelopes import envelope_on, settle
from fencang.messages.message import Side

if TYPE_CHECKING:
    from fencang.engine.state import DeskState

__all__ = ["EnvelopeForm", "envelope_forms", "restore_envelopes"]


class EnvelopeForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One open envelope."""

    envelope_id: int
    sub_account_id: str
    carrying_account_id: str
    contract_ids: list[str]
    scope_id: str
    side: Side
    opened_lots: int
    quantity_lots: int
    filled_lots: int
    clip_lots: int
    margin_micros: int
    expires_ns: int
    entered_by: str


def envelope_forms(state: "DeskState") -> list[EnvelopeForm]:
    """Return the stored form of every open envelope, oldest first."""
    return [
        EnvelopeForm(
            envelope_id=envelope_id,
            sub_account_id=envelope.sub_account_id,
            carrying_account_id=envelope.lines[0].carrying_account_id,
            contract_ids=[line.key[1] for line in envelope.lines],
            scope_id=envelope.scope_id,
            side=envelope.side,
            opened_lots=envelope.opened_lots,
            quantity_lots=envelope.quantity_lots,
            filled_lots=envelope.filled_lots,
            clip_lots=envelope.clip_lots,
            margin_micros=envelope.margin_micros,
            expires_ns=envelope.expires_ns,
            entered_by=envelope.entered_by,
        )
        for envelope_id, envelope in sorted(state.risk.envelopes.open.items())
    ]


def restore_envelopes(
    state: "DeskState", forms: list[EnvelopeForm], envelope_of: dict[int, int]
) -> None:
    """Open the envelopes again and give them their orders, which have reserved their lots already.

    ``envelope_of``: order → its envelope.
    """
    book = state.risk.envelopes
    for form in forms:
        envelope = book.open[form.envelope_id] = envelope_on(state, form)
        envelope.opened_lots, envelope.filled_lots = form.opened_lots, form.filled_lots
    for order_id, envelope_id in envelope_of.items():
        order, envelope = state.orders[order_id], book.open[envelope_id]
        order.envelope = envelope
        envelope.working_lots += order.reserved_lots
    for envelope in book.open.values():
        settle(envelope)
    book.refresh_due()
