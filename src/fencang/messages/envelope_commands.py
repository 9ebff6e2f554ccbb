"""Commands of envelopes: risk reserved ahead for a sub-account, given back when it is not used."""

from typing import Annotated

import msgspec

from fencang.messages.message import Command, Side
from fencang.refdata.definition import Identifier, Lots, NonNegativeMicros

__all__ = ["ENVELOPE_LIFETIME_NS_MAX", "CloseEnvelope", "EnvelopeCommand", "OpenEnvelope"]

ENVELOPE_LIFETIME_NS_MAX = 24 * 3_600 * 1_000_000_000
"""No reservation outlives a day."""
LifetimeNs = Annotated[int, msgspec.Meta(ge=1, le=ENVELOPE_LIFETIME_NS_MAX)]
EnvelopeNumber = Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]


class OpenEnvelope(Command, tag="OpenEnvelope.1"):
    """Reserve lots of one side ahead, with everything that they could ask for at every level.

    ``scope_id`` is a contract, or a product: then for all its contracts that have a price, or those
    in ``contract_ids``.  ``margin_micros``, in base currency, is the most margin of the sub-account
    that its unused lots may hold; ``clip_lots`` the largest order inside.
    """

    sub_account_id: Identifier
    scope_id: Identifier
    side: Side
    quantity_lots: Lots
    clip_lots: Lots
    margin_micros: NonNegativeMicros
    lifetime_ns: LifetimeNs
    entered_by: Identifier
    contract_ids: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=100)] = ()


class CloseEnvelope(Command, tag="CloseEnvelope.1"):
    """Give back what of an envelope is not used; its working orders go on by themselves."""

    envelope_id: EnvelopeNumber
    entered_by: Identifier


EnvelopeCommand = OpenEnvelope | CloseEnvelope
