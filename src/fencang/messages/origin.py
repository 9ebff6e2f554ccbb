"""Where a command came from: who asked, by which key and door, under which request identifier.

It stands in the record beside the command and decides nothing: the engine never sees it.  Auditors
read it, and a request that comes twice finds its first answer by it, also after a restart.
"""

from typing import Annotated

import msgspec

__all__ = ["REQUEST_ID_LENGTH_MAX", "Origin"]

REQUEST_ID_LENGTH_MAX = 64

Name = Annotated[str, msgspec.Meta(max_length=64)]


class Origin(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One request at a door.

    ``request_id`` is what the client named it (``Idempotency-Key``), empty when it did not;
    ``body_sha256`` are the 32 bytes over method, path and body that a repetition must have too.
    """

    user_id: Name
    key_id: Name
    interface: Annotated[str, msgspec.Meta(max_length=16)]
    address: Name
    request_id: Annotated[str, msgspec.Meta(max_length=REQUEST_ID_LENGTH_MAX)] = ""
    body_sha256: Annotated[bytes, msgspec.Meta(max_length=32)] = b""
