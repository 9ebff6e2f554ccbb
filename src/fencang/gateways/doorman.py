"""Who lets requests in: the port between the interfaces and whoever knows keys."""

from typing import Any, Protocol

from fencang.gateways.caller import Caller
from fencang.messages.message import Interface
from fencang.signing.request import Request

__all__ = ["Doorman", "request_of"]


class Doorman(Protocol):
    """Lets requests in, or refuses them in words that tell strangers nothing."""

    async def admit(self, request: Request, address: str, interface: Interface) -> Caller:
        """Return who calls; ``address`` is the peer's.

        Raises:
            Refused: nobody that may.
        """
        ...


def request_of(scope: Any, method: str, body: bytes) -> Request:  # noqa: ANN401 - of ASGI
    """Return the request in an ASGI scope as it was signed: headers as they came, in order."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
    )
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    return Request(
        method=method,
        authority=next((value for name, value in headers if name.lower() == "host"), ""),
        target=f"{path}?{query}" if query else path,
        scheme=scheme,
        headers=headers,
        body=body,
    )
