"""The REST application: every operation behind one dispatcher, errors as problems, nothing hidden.

The dispatcher admits the request, reads parameters and body, and only then asks the handler; what a
handler raises becomes a problem, and what is a programmer's error stays one and is logged.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

import msgspec
import structlog
from litestar import HttpMethod, Litestar, Request, Response, Router, get
from litestar.exceptions import ClientException, HTTPException
from litestar.handlers import HTTPRouteHandler

from fencang.gateways.caller import Caller
from fencang.gateways.doorman import Doorman, request_of
from fencang.gateways.forms.forms import BodyFaults
from fencang.gateways.ports import DeskFault, ServedDesk
from fencang.gateways.rest.asking import ASKING
from fencang.gateways.rest.block_orders import BLOCK_ORDERS
from fencang.gateways.rest.commands import COMMANDS
from fencang.gateways.rest.definitions import DEFINITIONS
from fencang.gateways.rest.drafts import DRAFTS
from fencang.gateways.rest.entities import ENTITIES
from fencang.gateways.rest.ledger import LEDGER
from fencang.gateways.rest.listings import LISTINGS
from fencang.gateways.rest.margin import MARGIN
from fencang.gateways.rest.openapi import IDEMPOTENCY_KEY, document
from fencang.gateways.rest.operation import Call, Operation, Reply
from fencang.gateways.rest.plans import PLANS
from fencang.gateways.rest.problem import Fault, Refused, problem_of
from fencang.gateways.rest.reference_page import reference_page
from fencang.gateways.rest.reference_values import REFERENCE_VALUES
from fencang.messages.message import Interface
from fencang.messages.origin import Origin

__all__ = ["BODY_BYTES_MAX", "OPERATIONS", "rest_app"]

BODY_BYTES_MAX = 1 << 20
READY_S = 1.0
OPERATIONS: tuple[Operation, ...] = (
    *LISTINGS,
    *ASKING,
    *MARGIN,
    *PLANS,
    *COMMANDS,
    *BLOCK_ORDERS,
    *LEDGER,
    *ENTITIES,
    *DEFINITIONS,
    *REFERENCE_VALUES,
    *DRAFTS,
)

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_encode = msgspec.json.Encoder().encode


class _Rest(Litestar):
    """The application, which finds its routes on the path as it was sent.

    Decoded beforehand, a / inside a key would be one between segments; a parameter is decoded once
    its segment is found.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - of ASGI
        if "raw_path" in scope:
            scope["path"] = scope["raw_path"].decode("latin-1")
        await super().__call__(scope, receive, send)


def rest_app(
    desk: ServedDesk,
    doorman: Doorman,
    more: Sequence[Any] = (),
    body_bytes_max: int = BODY_BYTES_MAX,
) -> Litestar:
    """Return the application; ``more`` are route handlers of other interfaces on the same port."""
    is_single = desk.is_single_operator
    found = msgspec.json.decode(_encode(document(OPERATIONS, is_single_operator=is_single)))
    described, page = _encode(found), reference_page(found, is_single_operator=is_single)

    @get("/openapi.json", include_in_schema=False, sync_to_thread=False)
    def openapi() -> Response[bytes]:
        return Response(described, media_type="application/json")

    @get("/docs", include_in_schema=False, sync_to_thread=False)
    def docs() -> Response[str]:
        policy = "default-src 'none'; style-src 'unsafe-inline'"
        headers = {"Content-Security-Policy": policy}
        return Response(page, media_type="text/html", headers=headers)

    @get("/healthz", include_in_schema=False, sync_to_thread=False)
    def health() -> dict[str, str]:
        return {"status": "alive"}

    @get("/readyz", include_in_schema=False)
    async def ready() -> Response[dict[str, object]]:
        return await _readiness(desk)

    handlers = [_route(operation, desk, doorman) for operation in OPERATIONS]
    v1 = Router("/v1", route_handlers=[openapi, docs, *handlers])
    return _Rest(
        route_handlers=[v1, health, ready, *more],
        openapi_config=None,
        logging_config=None,  # the house writes its own lines, without secrets
        exception_handlers={HTTPException: _http_problem, Exception: _fault},
        request_max_body_size=body_bytes_max,
    )


async def _readiness(desk: ServedDesk) -> Response[dict[str, object]]:
    """Return whether the desk answers within its time: what a load balancer asks."""
    found: dict[str, object] = {"is_single_operator": desk.is_single_operator}
    try:
        async with asyncio.timeout(READY_S):
            sequence, _ = await desk.questions.envelopes()
    except (TimeoutError, DeskFault):
        return Response({**found, "status": "not ready"}, status_code=503)
    return Response({**found, "status": "ready", "sequence": sequence})


def _route(operation: Operation, desk: ServedDesk, doorman: Doorman) -> HTTPRouteHandler:
    path = re.sub(r"\{(\w+)\}", r"{\1:str}", operation.path)

    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        try:
            reply = await _served(operation, request, desk, doorman)
        except (Refused, BodyFaults, DeskFault) as fault:
            return _problem(problem_of(fault))
        content = reply.value if isinstance(reply.value, bytes) else _encode(reply.value)
        return Response(
            b"" if reply.value is None else content,
            status_code=reply.status,
            headers=dict(reply.headers),
            media_type=reply.media_type,
        )

    return HTTPRouteHandler(
        path,
        http_method=HttpMethod(operation.method),
        name=operation.name,
        include_in_schema=False,
        status_code=operation.status,
    )(handle)


async def _served(
    operation: Operation, request: Request[Any, Any, Any], desk: ServedDesk, doorman: Doorman
) -> Reply:
    body = await request.body() if operation.method in {"POST", "PUT"} else b""
    asked = request_of(request.scope, operation.method, body)
    address = request.client.host if request.client is not None else ""
    caller = await doorman.admit(asked, address, Interface.REST)
    if operation.scope and operation.scope not in caller.scopes:
        detail = f"this key lacks the scope {operation.scope}"
        raise Refused.of(403, "scope-missing", detail)
    parameters = operation.read_parameters(
        {key: unquote(str(value)) for key, value in request.path_params.items()},
        {key: request.query_params.getall(key) for key in request.query_params},
    )
    headers = {name.lower(): value for name, value in asked.headers}
    origin = _origin(operation, caller, asked.target, headers, body)
    return await operation.handler(Call(caller, parameters, body, headers, origin, desk))


def _origin(
    operation: Operation, caller: Caller, target: str, headers: Mapping[str, str], body: bytes
) -> Origin:
    request_id = headers.get(IDEMPOTENCY_KEY.lower(), "")
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


def _problem(refused: Refused) -> Response[bytes]:
    return Response(
        _encode(refused.problem),
        status_code=refused.problem.status,
        headers=refused.headers,
        media_type="application/problem+json",
    )


def _fault(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    """Return a programmer's error as a problem that says nothing of it; the log says it whole."""
    structlog.get_logger().error(
        "request failed", method=request.method, path=request.url.path, exc_info=fault
    )
    detail = "the server failed at this request; whether it was done is told by asking it again"
    return _problem(Refused.of(500, "fault", f"{detail} under the same name"))


def _http_problem(_: Request[Any, Any, Any], fault: HTTPException) -> Response[bytes]:
    """Return what the framework itself refuses as a problem of ours."""
    status = fault.status_code
    kind = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}.get(
        status, "faulty-request" if isinstance(fault, ClientException) else "fault"
    )
    return _problem(Refused.of(status, kind, fault.detail or kind, headers=fault.headers or {}))
