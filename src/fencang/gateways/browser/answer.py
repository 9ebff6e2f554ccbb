"""What a browser is answered: one form for pages, acts and files, so that a link can carry it."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import msgspec

from fencang.gateways.rest.problem import Refused
from fencang.signing.request import Request

__all__ = [
    "Answer",
    "BrowserDoor",
    "page_answer",
    "problem_answer",
    "redirect_answer",
    "value_answer",
]

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing but our own files, nothing inline, in nobody's frame, and no form leaves a page."""

SAFE_HEADERS: Final = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
)
NO_STORE: Final = (("Cache-Control", "no-store"),)

_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct, frozen=True):
    """Status, body and headers of an answer to a browser."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"Answer(status={self.status})"


class BrowserDoor(Protocol):
    """Answers browsers: here, or by asking the process that has the secrets of persons."""

    async def answer(self, request: Request, address: str) -> Answer:
        """Return the answer to a request from a peer's address."""
        ...


def value_answer(value: Any, *, cookie: str = "") -> Answer:  # noqa: ANN401 - what msgspec encodes
    """Return an act's outcome as JSON."""
    cookies = (("Set-Cookie", cookie),) if cookie else ()
    return Answer(200, _encode(value), headers=(*SAFE_HEADERS, *NO_STORE, *cookies))


def page_answer(html: str, status: int = 200) -> Answer:
    """Return a page, which no cache keeps."""
    headers = (*SAFE_HEADERS, *NO_STORE)
    return Answer(status, html.encode(), "text/html", headers)


def redirect_answer(path: str) -> Answer:
    """Return the way to another page."""
    return Answer(303, b"", "text/plain", (("Location", path), *SAFE_HEADERS, *NO_STORE))


def problem_answer(refused: Refused) -> Answer:
    """Return a refusal as a problem (RFC 9457)."""
    more: Mapping[str, str] = refused.headers
    return Answer(
        refused.problem.status,
        _encode(refused.problem),
        "application/problem+json",
        (*SAFE_HEADERS, *NO_STORE, *more.items()),
    )
