"""Calls about limits.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation
from fencang.client.methods import Method, Resource, TransportT
from fencang.client.types import Limits

__all__ = [
    "LimitsResource",
    "get_limits",
]

_GET_LIMITS = Operation(name="get_limits", method="GET", path="/limits", answer=Limits)


def get_limits() -> Ask[Limits]:
    """Position limits and their use."""
    return _GET_LIMITS.ask(locals())


class LimitsResource(Resource[TransportT]):
    """Calls about limits."""

    get = Method(get_limits)
    __call__ = Method(get_limits)
