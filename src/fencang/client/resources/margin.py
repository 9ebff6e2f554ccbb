"""Calls about margin.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from collections.abc import Sequence

from fencang.client.ask import Ask, Operation
from fencang.client.methods import Method, Resource, TransportT
from fencang.client.types import (
    AttributedMargin,
    HeldChange,
    ImaginedOrder,
    RequirementAnswer,
    Standing,
    WhatIfAnswer,
)

__all__ = [
    "MarginResource",
    "get_attribution",
    "get_margin",
    "get_requirement",
    "margin_what_if",
]

_GET_MARGIN = Operation(name="get_margin", method="GET", path="/margin", answer=Standing)


def get_margin() -> Ask[Standing]:
    """Equity and margin of all books."""
    return _GET_MARGIN.ask(locals())


_GET_ATTRIBUTION = Operation(
    name="get_attribution", method="GET", path="/margin/attribution", answer=AttributedMargin
)


def get_attribution() -> Ask[AttributedMargin]:
    """Each pool's requirement, attributed to its books."""
    return _GET_ATTRIBUTION.ask(locals())


_GET_REQUIREMENT = Operation(
    name="get_requirement",
    method="GET",
    path="/margin/requirement",
    answer=RequirementAnswer,
    in_query={"book_id": "book_id"},
)


def get_requirement(*, book_id: str | None = None) -> Ask[RequirementAnswer]:
    """What a requirement is made of: netting sets, contracts, premiums, add-ons.

    ``book_id``: A sub-account, or a pool (`@pool:OWNER`); without it, every pool.
    """
    return _GET_REQUIREMENT.ask(locals())


_MARGIN_WHAT_IF = Operation(
    name="margin_what_if", method="POST", path="/margin/what-if", answer=WhatIfAnswer, has_body=True
)


def margin_what_if(
    *, orders: Sequence[ImaginedOrder] = (), positions: Sequence[HeldChange] = ()
) -> Ask[WhatIfAnswer]:
    """What margin would be with orders and positions, all at once; nothing is entered."""
    return _MARGIN_WHAT_IF.ask(locals())


class MarginResource(Resource[TransportT]):
    """Calls about margin."""

    get = Method(get_margin)
    get_attribution = Method(get_attribution)
    get_requirement = Method(get_requirement)
    what_if = Method(margin_what_if)
    __call__ = Method(get_margin)
