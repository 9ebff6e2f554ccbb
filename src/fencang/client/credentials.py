"""What a client proves itself by: a key that signs each request, or a token.

A key file is what ``fencang keys new`` writes: a line that says so, and the private key as 64
hexadecimal digits.  The desk knows the key by a name, its ``key_id``.
"""

import os
import secrets
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fencang.client.errors import BadRequest

if TYPE_CHECKING:  # the library for signatures is loaded when a key is read
    from fencang.signing.keys import PrivateKey

__all__ = ["Credentials", "Signer", "Token", "credentials_of"]

Headers = tuple[tuple[str, str], ...]

_FIRST_LINE = "fencang private key 1"
_FILE_LENGTH_MAX = 1_000


class Credentials(Protocol):
    """Whatever adds to a request what lets it in."""

    def headers(self, method: str, url: str, headers: Headers, body: bytes) -> Headers:
        """Return the headers to add to a request that is otherwise final."""
        ...


class Signer:
    """Signs requests with an Ed25519 key (RFC 9421); the key itself is never sent.

    ``clock`` gives seconds since 1970 and ``nonce`` a word that is used once; both are there so
    that a program can be tested.
    """

    def __init__(
        self,
        key_id: str,
        private_key: "PrivateKey",
        *,
        clock: Callable[[], float] = time.time,
        nonce: Callable[[], str] = secrets.token_urlsafe,
    ) -> None:
        self.key_id = key_id
        self._key = private_key
        self._clock = clock
        self._nonce = nonce

    @classmethod
    def from_file(cls, path: str | Path, key_id: str) -> "Signer":
        """Return the signer of a key file.

        Raises:
            BadRequest: no such file, one that others may read, or no key in it.
        """
        from fencang.signing.faults import KeyFault
        from fencang.signing.keys import PrivateKey

        try:
            return cls(key_id, PrivateKey.from_hex(_key_text(Path(path))))
        except KeyFault as fault:
            raise BadRequest(f"{path}: {fault}") from None

    def headers(self, method: str, url: str, headers: Headers, body: bytes) -> Headers:
        """Return digest, signature input and signature."""
        from fencang.signing.http_messages import sign_request
        from fencang.signing.request import request_of_url

        return sign_request(
            request_of_url(method, url, headers, body),
            self._key,
            key_id=self.key_id,
            created_s=int(self._clock()),
            nonce=self._nonce(),
        )

    def __repr__(self) -> str:
        return f"Signer({self.key_id!r})"


class Token:
    """A bearer token: it reads, and changes nothing."""

    def __init__(self, token: str) -> None:
        if not token.isascii() or not token.isprintable() or " " in token or not token:
            raise BadRequest("a token is printable ASCII without spaces")
        self._token = token

    def headers(self, method: str, url: str, headers: Headers, body: bytes) -> Headers:  # noqa: ARG002
        """Return the Authorization header."""
        return (("Authorization", f"Bearer {self._token}"),)

    def __repr__(self) -> str:
        return "Token(…)"


def credentials_of(
    key_file: str | Path | None,
    key_id: str | None,
    token: str | None,
    token_file: str | Path | None,
) -> Credentials | None:
    """Return what is given, None where nothing is.

    Raises:
        BadRequest: several of them, or one that cannot be read.
    """
    if sum(map(bool, (key_file, token, token_file))) > 1:
        raise BadRequest("give one of key_file, token and token_file, not several")
    if key_file and not key_id:
        raise BadRequest(f"give key_id too: the name by which the desk knows the key in {key_file}")
    if key_file and key_id:
        return Signer.from_file(key_file, key_id)
    if token_file:
        token = _private_text(Path(token_file)).strip()
    return Token(token) if token else None


def _key_text(path: Path) -> str:
    """Return the digits in a key file."""
    lines = _private_text(path).splitlines()
    if len(lines) != 2 or lines[0] != _FIRST_LINE:
        raise BadRequest(f'{path} is no key file: its first line is "{_FIRST_LINE}"')
    return lines[1]


def _private_text(path: Path) -> str:
    """Return what stands in a file that nobody else may read."""
    try:
        with path.open(encoding="ascii") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(_FILE_LENGTH_MAX)
    except (OSError, UnicodeDecodeError) as fault:
        raise BadRequest(f"{path} cannot be read: {fault}") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadRequest(
            f"others may read {path}: have what is in it taken out of the desk, and make a new one"
        )
    return text
