"""Calls about margin.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation
from fencang.client.methods import Method, Resource, TransportT
from fencang.client.types import Standing

__all__ = [
    "MarginResource",
    "get_margin",
]

_GET_MARGIN = Operation(name="get_margin", method="GET", path="/margin", answer=Standing)


def get_margin() -> Ask[Standing]:
    """Equity and margin of all books."""
    return _GET_MARGIN.ask(locals())


class MarginResource(Resource[TransportT]):
    """Calls about margin."""

    get = Method(get_margin)
    __call__ = Method(get_margin)
