"""A request as its signature sees it, and the components of it (RFC 9421 §2).

Derived components are those of §2.2 that belong to a request as a whole: ``@method``,
``@target-uri``, ``@authority``, ``@scheme``, ``@path``, ``@query``.  Path and query are taken as
they stand on the request line, never decoded: another order of parameters, another escape or a dot
segment is another request.

Stricter than the RFC: a covered field stands in a request once, and its value is printable ASCII.
Fields that a proxy would join or fold could mean two things under one signature (§7.5.7).
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Final

import msgspec

from fencang.signing.faults import Cause, SignatureFault, quoted

__all__ = [
    "DERIVED_COMPONENTS",
    "Fields",
    "Headers",
    "Request",
    "component_value",
    "fields_of",
    "request_of_url",
]

Headers = tuple[tuple[str, str], ...]
"""Name and value of each header, names in any case."""
Fields = Mapping[str, list[str]]
"""Lower-case name → the values of all headers of that name."""

DERIVED_COMPONENTS: Final = ("@method", "@target-uri", "@authority", "@scheme", "@path", "@query")

_DEFAULT_PORTS: Final = {"https": ":443", "http": ":80"}
_METHOD = re.compile(r"[A-Z]{1,32}", re.ASCII)
_AUTHORITY = re.compile(r"(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)
_TARGET = re.compile(r"/[!\"$-~]*", re.ASCII)  # all that can be seen, but no fragment
_FIELD_VALUE = re.compile(r"[ -~]*", re.ASCII)
_URL = re.compile(r"(https?)://([^/?#]+)([^#]*)(?:#.*)?", re.ASCII)


class Request(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What was asked, with every header as (name, value) in the order of arrival.

    ``target`` is the origin form of the request line: path, and query after ``?`` where there is
    one (of an ASGI scope, ``raw_path`` and ``query_string``).  ``authority`` is the Host header,
    ``scheme`` what the client spoke: behind a proxy that ends TLS that is still ``https``.
    """

    method: str
    authority: str
    target: str
    scheme: str = "https"
    headers: Headers = ()
    body: bytes = b""

    @cached_property
    def fields(self) -> Fields:
        """The values of each header, by ``fields_of``."""
        return fields_of(self.headers)


def request_of_url(method: str, url: str, headers: Headers = (), body: bytes = b"") -> Request:
    """Return the request that a client is about to send to an absolute URL.

    Raises:
        SignatureFault: no http or https URL, or one with a name and password in it.
    """
    match = _URL.fullmatch(url)
    if match is None or "@" in match[2]:
        raise SignatureFault(
            Cause.MALFORMED, f"{quoted(url)} is no URL such as https://desk.example:8443/v1/orders"
        )
    scheme, authority, target = match.groups()
    if not target.startswith("/"):
        target = "/" + target
    return Request(
        method=method, authority=authority, target=target, scheme=scheme, headers=headers, body=body
    )


def fields_of(headers: Headers) -> Fields:
    """Return the values of each header under its lower-case name, without spaces around them."""
    fields: dict[str, list[str]] = {}
    for name, value in headers:
        # Letters beyond ASCII must not become other names: the Kelvin sign's lower case is k.
        known = name.lower() if name.isascii() else name
        fields.setdefault(known, []).append(value.strip(" \t"))
    return fields


def component_value(request: Request, fields: Fields, component: str) -> str:
    """Return the value of one component, as it stands in the signature base.

    Raises:
        SignatureFault: unknown, absent, twice there, or not of a form that only one reading has.
    """
    if component.startswith("@"):
        return _derived(request, component)
    values = fields.get(component, [])
    if not values:
        raise SignatureFault(
            Cause.MALFORMED, f"{component} is signed and the request has no such header"
        )
    if len(values) > 1:
        raise SignatureFault(
            Cause.MALFORMED, f"{component} is signed and stands in the request {len(values)} times"
        )
    if _FIELD_VALUE.fullmatch(values[0]) is None:
        raise SignatureFault(
            Cause.MALFORMED, f"{component} is signed and has characters other than printable ASCII"
        )
    return values[0]


def _derived(request: Request, component: str) -> str:
    match component:
        case "@method":
            return _method(request)
        case "@scheme":
            return _scheme(request)
        case "@authority":
            return _authority(request)
        case "@path":
            return _target(request).partition("?")[0]
        case "@query":
            return "?" + _target(request).partition("?")[2]
        case "@target-uri":
            return f"{_scheme(request)}://{_authority(request)}{_target(request)}"
        case _:
            raise SignatureFault(
                Cause.UNSUPPORTED,
                f"{quoted(component)} is not derived here; {', '.join(DERIVED_COMPONENTS)} are",
            )


def _method(request: Request) -> str:
    if _METHOD.fullmatch(request.method) is None:
        raise SignatureFault(Cause.MALFORMED, f"{quoted(request.method)} is no method such as POST")
    return request.method


def _scheme(request: Request) -> str:
    if request.scheme not in _DEFAULT_PORTS:
        raise SignatureFault(
            Cause.MALFORMED, f"{quoted(request.scheme)} is no scheme; it is https or http"
        )
    return request.scheme


def _authority(request: Request) -> str:
    """Return host and port in lower case, without the scheme's own port (§2.2.3)."""
    authority = request.authority.lower().removesuffix(_DEFAULT_PORTS[_scheme(request)])
    if not request.authority.isascii() or _AUTHORITY.fullmatch(authority) is None:
        raise SignatureFault(
            Cause.MALFORMED,
            f"{quoted(request.authority)} is no host and port, such as desk.example:8443",
        )
    return authority


def _target(request: Request) -> str:
    if _TARGET.fullmatch(request.target) is None:
        raise SignatureFault(
            Cause.MALFORMED,
            f"{quoted(request.target)} is no path and query, such as /v1/orders?after=7",
        )
    return request.target
