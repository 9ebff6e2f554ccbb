"""``/metrics``: what monitoring reads, without a key from the networks that the settings name."""

from ipaddress import ip_address
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from fencang.app.serve.settings import MetricsSettings
from fencang.gateways.metrics import Metrics

__all__ = ["metrics_route"]


def metrics_route(metrics: Metrics, settings: MetricsSettings) -> HTTPRouteHandler:
    """Return the route; who comes from elsewhere is told that nothing is there."""

    @get("/metrics", include_in_schema=False, sync_to_thread=False)
    def read(request: Request[Any, Any, Any]) -> Response[bytes]:
        address = None if request.client is None else ip_address(request.client.host)
        if address is None or not any(address in network for network in settings.networks):
            return Response(b"", status_code=404)
        text, media_type = metrics.exposition()
        return Response(text, media_type=media_type)

    return read
