"""The Python client of a desk: ``Desk`` for plain programs, ``AsyncDesk`` for asyncio.

Both do the same by the same code.  What the desk offers is generated from its OpenAPI document
(``types``, ``operations``, ``resources``; ``make client-types``); what happens between a call and
its answer is in ``exchange``, which does no I/O; ``transports`` carries it over HTTP.
"""

from fencang.client.credentials import Signer, Token
from fencang.client.desk import AsyncDesk, Desk
from fencang.client.errors import (
    BadRequest,
    Busy,
    FencangError,
    NotAllowed,
    NotFound,
    Outdated,
    Refused,
    Unexpected,
    Unreachable,
)
from fencang.client.instant import Instant

__all__ = [
    "AsyncDesk",
    "BadRequest",
    "Busy",
    "Desk",
    "FencangError",
    "Instant",
    "NotAllowed",
    "NotFound",
    "Outdated",
    "Refused",
    "Signer",
    "Token",
    "Unexpected",
    "Unreachable",
]
