"""The operations of the API: find one, admit, read, ask the handler, answer.

What a handler raises becomes a problem, a programmer's error one that says nothing of it.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import structlog

from fencang.gateways.caller import Caller
from fencang.gateways.doorman import Doorman, request_of
from fencang.gateways.forms.forms import BodyFaults
from fencang.gateways.ports import DeskFault, ServedDesk
from fencang.gateways.rest.openapi import IDEMPOTENCY_KEY
from fencang.gateways.rest.operation import Call, Operation, Reply
from fencang.gateways.rest.paths import Paths
from fencang.gateways.rest.problem import Fault, Refused, problem_of
from fencang.messages.message import Interface
from fencang.messages.origin import Origin

__all__ = ["Operations", "fault_at"]

NO_CONTENT = 204

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_WITH_BODY = frozenset({"POST", "PUT"})
_NAME = IDEMPOTENCY_KEY.lower()
_encode = msgspec.json.Encoder().encode


class Operations:
    """The operations below a path, which begins all of theirs, such as ``/v1``."""

    def __init__(
        self,
        operations: Sequence[Operation],
        desk: ServedDesk,
        doorman: Doorman,
        *,
        below: str,
        body_bytes_max: int,
    ) -> None:
        self._paths = _paths_of(operations, below)
        self._desk, self._doorman = desk, doorman
        self._body_bytes_max = body_bytes_max

    async def answer(self, scope: Any, receive: Any, send: Any) -> bool:  # noqa: ANN401 - of ASGI
        """Answer a request, and return whether its path is one of an operation."""
        found = self._paths.find(scope["raw_path"].decode("latin-1"))
        if found is None:
            return False
        by_method, in_path = found
        method = scope["method"]
        try:
            operation = _of_method(by_method, method)
            body = b""
            if method in _WITH_BODY:
                read = await _body_of(receive, self._body_bytes_max)
                if read is None:
                    return True
                body = read
            reply = await _served(operation, in_path, scope, body, self._desk, self._doorman)
        except (Refused, BodyFaults, DeskFault) as fault:
            reply = _problem_reply(problem_of(fault))
        except Exception as fault:  # noqa: BLE001 - a programmer's error ends one request, loudly
            reply = _problem_reply(fault_at(method, scope["raw_path"].decode("latin-1"), fault))
        await _answer(send, reply)
        return True


def fault_at(method: str, path: str, fault: Exception) -> Refused:
    """Return a programmer's error as a problem that says nothing of it; the log says it whole."""
    structlog.get_logger().error("request failed", method=method, path=path, exc_info=fault)
    detail = "the server failed at this request; whether it was done is told by asking it again"
    return Refused.of(500, "fault", f"{detail} under the same name")


def _paths_of(operations: Sequence[Operation], below: str) -> Paths[dict[str, Operation]]:
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        methods = by_path.setdefault(operation.path, {})
        assert operation.method not in methods, operation
        methods[operation.method] = operation
    paths = Paths[dict[str, Operation]]()
    for template, methods in by_path.items():
        paths.add(below + template, methods)
    return paths


def _of_method(by_method: Mapping[str, Operation], method: str) -> Operation:
    """Return the operation that a method asks for.

    Raises:
        Refused: there is none on this path.
    """
    operation = by_method.get(method)
    if operation is None:
        allowed = ", ".join(sorted(by_method))
        detail = f"{method} is not asked here; {allowed} may be"
        raise Refused.of(405, "method-not-allowed", detail, headers={"Allow": allowed})
    return operation


async def _body_of(receive: Any, bytes_max: int) -> bytes | None:  # noqa: ANN401 - of ASGI
    """Return the body of a request, None where its client left before it had said everything.

    Raises:
        Refused: it has more bytes than are read.
    """
    parts: list[bytes] = []
    size, is_whole = 0, False
    while not is_whole:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > bytes_max:
            raise Refused.of(413, "body-too-large", f"a body has at most {bytes_max:,} bytes")
        parts.append(part)
        is_whole = not message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _served(
    operation: Operation,
    in_path: Mapping[str, str],
    scope: Any,  # noqa: ANN401 - of ASGI
    body: bytes,
    desk: ServedDesk,
    doorman: Doorman,
) -> Reply:
    asked = request_of(scope, operation.method, body)
    client = scope.get("client")
    caller = await doorman.admit(asked, client[0] if client else "", Interface.REST)
    if operation.scope and operation.scope not in caller.scopes:
        detail = f"this key lacks the scope {operation.scope}"
        raise Refused.of(403, "scope-missing", detail)
    query = scope["query_string"]
    parameters = operation.read_parameters(in_path, _queried(query)) if in_path or query else {}
    headers = {name.lower(): value for name, value in asked.headers}
    origin = _origin(operation, caller, asked.target, headers, body)
    return await operation.handler(Call(caller, parameters, body, headers, origin, desk))


def _queried(query: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def _origin(
    operation: Operation, caller: Caller, target: str, headers: Mapping[str, str], body: bytes
) -> Origin:
    request_id = headers.get(_NAME, "")
    if operation.is_write and not _REQUEST_ID.fullmatch(request_id):
        what = Fault(
            f"header {IDEMPOTENCY_KEY}",
            "names the request: 1 to 64 letters, digits and _ . : -, a new one for a new request",
        )
        raise Refused.of(
            400, "request-unnamed", "the request has no name; nothing was done", (what,)
        )
    digest = sha256(f"{operation.method} {target}\n{_versions(headers)}".encode() + body).digest()
    return Origin(
        caller.user_id,
        caller.key_id,
        caller.interface.name.lower(),
        caller.address,
        request_id,
        digest,
    )


def _versions(headers: Mapping[str, str]) -> str:
    """Return the preconditions of a request: of another version it is another request."""
    found = [
        f"{name}: {headers[name]}\n" for name in ("if-match", "if-none-match") if name in headers
    ]
    return "".join(found)


def _problem_reply(refused: Refused) -> Reply:
    """Return a problem as an answer."""
    problem = refused.problem
    return Reply(_encode(problem), problem.status, refused.headers, "application/problem+json")


async def _answer(send: Any, reply: Reply) -> None:  # noqa: ANN401 - of ASGI
    value = reply.value
    body = value if isinstance(value, bytes) else b"" if value is None else _encode(value)
    headers = [(name.lower().encode(), each.encode()) for name, each in reply.headers.items()]
    if reply.status != NO_CONTENT:
        headers.append((b"content-type", reply.media_type.encode()))
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
