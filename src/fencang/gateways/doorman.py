"""Who lets requests in: the port between the interfaces and whoever knows keys."""

from collections.abc import Mapping
from typing import Protocol

from fencang.gateways.caller import Caller

__all__ = ["Doorman"]


class Doorman(Protocol):
    """Lets requests in, or refuses them in words that tell strangers nothing."""

    async def admit(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, address: str
    ) -> Caller:
        """Return who calls; ``target`` is path and query, ``headers`` have lower-case names.

        Raises:
            Refused: nobody that may.
        """
        ...
