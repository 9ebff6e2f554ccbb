"""The door of a desk with one operator on loopback: a token in a file that only its owner reads.

Whoever can read the file is the operator.  The token never stands in a log or on the command line.
"""

import hmac
import os
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from fencang.gateways.caller import Caller
from fencang.gateways.rest.problem import Refused
from fencang.messages.message import Interface

__all__ = ["OPERATOR", "TOKEN_NAME", "OperatorDoor", "operator_token"]

TOKEN_NAME = "operator.token"  # noqa: S105 - the file's name
OPERATOR = "operator"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


def operator_token(folder: Path) -> str:
    """Return the token of a data directory, made when there is none; its file has mode 0600."""
    path = folder / TOKEN_NAME
    if not path.exists():
        token = secrets.token_urlsafe(32)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(token)
        return token
    return path.read_text().strip()


class OperatorDoor:
    """Lets in whoever has the token, for everything; the server listens on loopback only."""

    def __init__(self, token: str, scopes: frozenset[str]) -> None:
        self._token_sha256 = sha256(token.encode()).digest()
        self._scopes = scopes

    async def admit(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, address: str
    ) -> Caller:
        """Return the operator.

        Raises:
            Refused: no token, a wrong one, or a page of another site asks.
        """
        del method, target, body
        host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
        if host not in _LOOPBACK:
            raise Refused.of(403, "foreign-host", "this desk answers to its loopback address only")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        given = sha256(token.encode()).digest()
        is_right = hmac.compare_digest(given, self._token_sha256)
        if scheme.lower() != "bearer" or not is_right:
            raise Refused.of(
                401,
                "not-admitted",
                "no valid token; the desk's data directory holds it in operator.token",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return Caller(
            user_id=OPERATOR,
            key_id=OPERATOR,
            scopes=self._scopes,
            sub_tree="",
            address=address,
            interface=Interface.REST,
            lane=1,
        )
