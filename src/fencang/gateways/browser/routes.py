"""People's pages and acts as routes beside REST: each request goes to one door as it came."""

import re
from typing import Any

from litestar import HttpMethod, Request, Response
from litestar.handlers import HTTPRouteHandler

from fencang.gateways.browser.answer import BrowserDoor
from fencang.gateways.browser.site import PATHS
from fencang.gateways.doorman import request_of

__all__ = ["browser_routes"]


def browser_routes(door: BrowserDoor) -> list[HTTPRouteHandler]:
    """Return the routes; ``door`` answers here, or asks the process that can."""
    return [_route(method, path, door) for method, path in PATHS]


def _route(method: str, path: str, door: BrowserDoor) -> HTTPRouteHandler:
    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        body = await request.body() if method == "POST" else b""
        address = request.client.host if request.client is not None else ""
        found = await door.answer(request_of(request.scope, method, body), address)
        return Response(
            found.body,
            status_code=found.status,
            headers=dict(found.headers),
            media_type=found.media_type,
        )

    return HTTPRouteHandler(
        re.sub(r"\{(\w+)\}", r"{\1:str}", path),
        http_method=HttpMethod(method),
        include_in_schema=False,
        status_code=200,
    )(handle)
