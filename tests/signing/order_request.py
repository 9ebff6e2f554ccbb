"""One signed order, and ways to change what arrives of it."""

from msgspec.structs import replace

from fencang.basics.time import SECOND_NS
from fencang.signing.http_messages import POLICY, read_signature, sign_request, verify_request
from fencang.signing.keys import PrivateKey
from fencang.signing.request import Request

KEY = PrivateKey.from_seed(bytes(range(32)))
CREATED_S = 1_780_000_000
NOW_NS = CREATED_S * SECOND_NS
NONCE = "bm9uY2UtbnVtYmVyLTE"

ORDER = Request(
    method="POST",
    authority="desk.example:8443",
    target="/v1/orders?dry-run=no&echo=yes",
    headers=(
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", "order-17"),
    ),
    body=b'{"contract":"CLZ6","side":"buy","quantity":"20"}',
)


def signed(request=ORDER, key=KEY, **terms):
    terms = {"key_id": "desk-key-1", "created_s": CREATED_S, "nonce": NONCE} | terms
    return replace(request, headers=(*request.headers, *sign_request(request, key, **terms)))


def verified(request, key=KEY.public_key, policy=POLICY, now_ns=NOW_NS):
    return verify_request(request, read_signature(request), key, policy, now_ns)


def header_of(request, name):
    [value] = [value for key, value in request.headers if key.lower() == name]
    return value


def with_header(request, name, value):
    """Return the request with another value of a header; None takes it away."""
    headers = [(key, old) for key, old in request.headers if key.lower() != name]
    if value is not None:
        headers.append((name, value))
    return replace(request, headers=tuple(headers))
