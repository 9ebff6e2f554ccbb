"""Calls about envelopes.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from collections.abc import Sequence

from fencang.client.ask import Ask, Operation
from fencang.client.methods import Method, Resource, TransportT
from fencang.client.types import Envelopes, Outcome, Side
from fencang.client.wire import Number

__all__ = [
    "EnvelopesResource",
    "close_envelope",
    "get_envelopes",
    "open_envelope",
]

_GET_ENVELOPES = Operation(name="get_envelopes", method="GET", path="/envelopes", answer=Envelopes)


def get_envelopes() -> Ask[Envelopes]:
    """Open envelopes."""
    return _GET_ENVELOPES.ask(locals())


_OPEN_ENVELOPE = Operation(
    name="open_envelope",
    method="POST",
    path="/envelopes",
    answer=Outcome,
    exact=frozenset(["lifetime_seconds", "margin"]),
    has_body=True,
    is_write=True,
)


def open_envelope(
    *,
    sub_account_id: str,
    scope_id: str,
    side: Side,
    quantity_lots: int,
    clip_lots: int,
    margin: Number,
    lifetime_seconds: Number,
    contract_ids: Sequence[str] = (),
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Reserve risk ahead.

    Reserve lots of one side ahead, with everything that they could ask for at every level.

    ``scope_id`` is a contract, or a product: then for all its contracts that have a price, or
    those in ``contract_ids``.  ``margin``, in base currency, is the most margin of the sub-
    account that its unused lots may hold; ``clip_lots`` the largest order inside.
    """
    return _OPEN_ENVELOPE.ask(locals())


_CLOSE_ENVELOPE = Operation(
    name="close_envelope",
    method="POST",
    path="/envelopes/{envelope_id}/close",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def close_envelope(envelope_id: int, *, idempotency_key: str | None = None) -> Ask[Outcome]:
    """Give an envelope back.

    Give back what of an envelope is not used; its working orders go on by themselves.
    """
    return _CLOSE_ENVELOPE.ask(locals())


class EnvelopesResource(Resource[TransportT]):
    """Calls about envelopes."""

    get = Method(get_envelopes)
    open = Method(open_envelope)
    close = Method(close_envelope)
    __call__ = Method(get_envelopes)
