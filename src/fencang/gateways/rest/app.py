"""The REST application: every operation of the API, its document, and who else serves here.

How an operation is found and answered stands in ``dispatch``.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, Router, get
from litestar.exceptions import ClientException, HTTPException

from fencang.gateways.doorman import Doorman
from fencang.gateways.ports import DeskFault, ServedDesk
from fencang.gateways.rest.asking import ASKING
from fencang.gateways.rest.block_orders import BLOCK_ORDERS
from fencang.gateways.rest.commands import COMMANDS
from fencang.gateways.rest.definitions import DEFINITIONS
from fencang.gateways.rest.dispatch import Operations, fault_at
from fencang.gateways.rest.drafts import DRAFTS
from fencang.gateways.rest.entities import ENTITIES
from fencang.gateways.rest.ledger import LEDGER
from fencang.gateways.rest.listings import LISTINGS
from fencang.gateways.rest.margin import MARGIN
from fencang.gateways.rest.openapi import document
from fencang.gateways.rest.operation import Operation
from fencang.gateways.rest.plans import PLANS
from fencang.gateways.rest.problem import Refused
from fencang.gateways.rest.reference_page import reference_page
from fencang.gateways.rest.reference_values import REFERENCE_VALUES

__all__ = ["BODY_BYTES_MAX", "OPERATIONS", "RestApp", "rest_app"]

BODY_BYTES_MAX = 1 << 20
READY_S = 1.0
V1 = "/v1"
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

_encode = msgspec.json.Encoder().encode


class RestApp:
    """An ASGI application: operations by their own table, everything else by the framework.

    The framework's routes, requests and responses would take a third of what an order costs here.
    Paths are looked up as they were sent.  Decoded beforehand, a / inside a key would be one
    between segments; a parameter is decoded once its segment is found.
    """

    def __init__(self, operations: Operations, others: Litestar) -> None:
        self._operations, self._others = operations, others

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - of ASGI
        """Answer a request."""
        if scope["type"] == "http" and await self._operations.answer(scope, receive, send):
            return
        if "raw_path" in scope:
            scope["path"] = scope["raw_path"].decode("latin-1")
        await self._others(scope, receive, send)


def rest_app(
    desk: ServedDesk,
    doorman: Doorman,
    more: Sequence[Any] = (),
    body_bytes_max: int = BODY_BYTES_MAX,
) -> RestApp:
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

    others = Litestar(
        route_handlers=[Router(V1, route_handlers=[openapi, docs]), health, ready, *more],
        openapi_config=None,
        logging_config=None,  # the house writes its own lines, without secrets
        exception_handlers={HTTPException: _http_problem, Exception: _fault},
        request_max_body_size=body_bytes_max,
    )
    operations = Operations(OPERATIONS, desk, doorman, below=V1, body_bytes_max=body_bytes_max)
    return RestApp(operations, others)


async def _readiness(desk: ServedDesk) -> Response[dict[str, object]]:
    """Return whether the desk answers within its time: what a load balancer asks."""
    found: dict[str, object] = {"is_single_operator": desk.is_single_operator}
    try:
        async with asyncio.timeout(READY_S):
            sequence, _ = await desk.questions.envelopes()
    except (TimeoutError, DeskFault):
        return Response({**found, "status": "not ready"}, status_code=503)
    return Response({**found, "status": "ready", "sequence": sequence})


def _problem(refused: Refused) -> Response[bytes]:
    return Response(
        _encode(refused.problem),
        status_code=refused.problem.status,
        headers=refused.headers,
        media_type="application/problem+json",
    )


def _fault(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    return _problem(fault_at(request.method, request.url.path, fault))


def _http_problem(_: Request[Any, Any, Any], fault: HTTPException) -> Response[bytes]:
    """Return what the framework itself refuses as a problem of ours."""
    status = fault.status_code
    kind = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}.get(
        status, "faulty-request" if isinstance(fault, ClientException) else "fault"
    )
    return _problem(Refused.of(status, kind, fault.detail or kind, headers=fault.headers or {}))
