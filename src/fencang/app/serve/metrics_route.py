"""``/metrics``: what monitoring reads, without a key from the networks that the settings name."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from fencang.app.serve.settings import MetricsSettings

Read = Callable[[], Awaitable[tuple[bytes, str]]]

__all__ = ["metrics_route"]


def metrics_route(read: Read, settings: MetricsSettings) -> HTTPRouteHandler:
    """Return the route of what ``read`` returns, a text and its type.

    Who comes from elsewhere is told that nothing is there.
    """

    @get("/metrics", include_in_schema=False)
    async def read_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
        address = None if request.client is None else ip_address(request.client.host)
        if address is None or not any(address in network for network in settings.networks):
            return Response(b"", status_code=404)
        text, media_type = await read()
        return Response(text, media_type=media_type)

    return read_metrics
