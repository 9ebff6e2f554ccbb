"""A bare application that reads an order and answers 201: what the server below ours costs.

``python -m benchmarks.echo_app --checked`` verifies the signature of each request besides.
"""

import socket
import sys
import time

import msgspec
import uvicorn

from fencang.gateways.doorman import request_of
from fencang.signing.http_messages import POLICY, read_signature, verify_request
from fencang.signing.keys import PrivateKey

__all__ = ["ECHO_SEED", "echo"]

ECHO_SEED = bytes(32)
"""The key that requests to it are signed with."""
KEY = PrivateKey.from_seed(ECHO_SEED).public_key if "--checked" in sys.argv else None


async def echo(scope: dict, receive: object, send: object) -> None:  # type: ignore[type-arg]
    """Answer every request with the order that it brought."""
    assert scope["type"] == "http", scope["type"]
    body = b""
    while True:
        message = await receive()  # type: ignore[operator]
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    if KEY is not None:
        request = request_of(scope, "POST", body)
        verify_request(request, read_signature(request), KEY, POLICY, time.time_ns())
    answer = msgspec.json.encode(msgspec.json.decode(body))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 201, "headers": headers})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": answer})  # type: ignore[operator]


if __name__ == "__main__":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)
    uvicorn.run(echo, host="127.0.0.1", port=port, log_level="error", lifespan="off")
