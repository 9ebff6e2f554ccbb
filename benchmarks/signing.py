"""What a signature costs: signing and verifying an order's request, and reading a public key.

``request_p50_us`` is all that a gateway does for a signed order of 200 bytes with eight headers:
reading them, policy, digest, and the verification itself, which ``verify_p50_us`` measures alone.
``key_p50_us`` is looking at a public key, which the cache spares every request but the first.
"""

import argparse
import random
import time
from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from benchmarks.report import Figures, main, percentile
from fencang.basics.time import SECOND_NS
from fencang.signing.drafts import DraftText, Purpose, body_hash, draft_bytes
from fencang.signing.http_messages import (
    POLICY,
    read_signature,
    sign_request,
    signature_base,
    verify_request,
)
from fencang.signing.keys import PrivateKey, PublicKey, public_key_of, verify
from fencang.signing.request import Request

__all__: list[str] = []

T = TypeVar("T")
CREATED_S = 1_780_000_000
KEYS = 30
"""As many keys take turns as a desk has strategies."""


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure each part with requests that differ in body, nonce and key."""
    chance = random.Random(arguments.seed)
    keys = [PrivateKey.from_seed(chance.randbytes(32)) for _ in range(KEYS)]
    orders = [_order(chance) for _ in range(arguments.requests)]
    sent: list[Request] = []
    sign_us = _timed(
        orders, lambda at, order: sent.append(_signed(order, keys[at % KEYS], f"{at:032}"))
    )
    signatures = [read_signature(request) for request in sent]
    bases = [
        signature_base(request, signature.components, signature.parameters)
        for request, signature in zip(sent, signatures, strict=True)
    ]
    texts = [_draft(number) for number in range(len(orders))]
    drafts = [(text, keys[at % KEYS].sign(draft_bytes(text))) for at, text in enumerate(texts)]
    request_us = _timed(sent, lambda at, request: _verified(request, keys[at % KEYS].public_key))
    verify_us = _timed(
        bases, lambda at, base: keys[at % KEYS].public_key.verify(signatures[at].signature, base)
    )
    draft_us = _timed(drafts, lambda at, draft: _decided(*draft, keys[at % KEYS]))
    key_us = _timed(orders, lambda at, _: PublicKey(keys[at % KEYS].public_key.raw))
    known_us = _timed(orders, lambda at, _: public_key_of(keys[at % KEYS].public_key.hex))
    return {
        "sign_p50_us": percentile(sign_us, 0.50),
        "sign_p99_us": percentile(sign_us, 0.99),
        "request_p50_us": percentile(request_us, 0.50),
        "request_p99_us": percentile(request_us, 0.99),
        "verify_p50_us": percentile(verify_us, 0.50),
        "verify_p99_us": percentile(verify_us, 0.99),
        "draft_p50_us": percentile(draft_us, 0.50),
        "key_p50_us": percentile(key_us, 0.50),
        "known_key_p50_us": percentile(known_us, 0.50),
    }


def _timed(values: list[T], act: Callable[[int, T], object]) -> list[float]:
    """Return what each call took, in µs."""
    taken = []
    for at, value in enumerate(values):
        before_ns = time.perf_counter_ns()
        act(at, value)
        taken.append((time.perf_counter_ns() - before_ns) / 1_000)
    return taken


def _order(chance: random.Random) -> Request:
    headers = (
        ("Host", "desk.example:8443"),
        ("User-Agent", "fencang"),
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", f"{chance.getrandbits(64):016x}"),
    )
    return Request(
        method="POST",
        authority="desk.example:8443",
        target="/v1/orders",
        headers=headers,
        body=chance.randbytes(100).hex().encode("ascii"),
    )


def _signed(order: Request, key: PrivateKey, nonce: str) -> Request:
    added = sign_request(order, key, key_id="trend-1", created_s=CREATED_S, nonce=nonce)
    return replace(order, headers=(*order.headers, *added))


def _verified(request: Request, key: PublicKey) -> None:
    signature = read_signature(request)
    verify_request(request, signature, key, POLICY, CREATED_S * SECOND_NS)


def _draft(number: int) -> DraftText:
    return DraftText(
        desk_id="ACME",
        purpose=Purpose.APPROVE,
        draft_id=number + 1,
        command="DefineDesk",
        body_sha256=body_hash(b"body"),
        user_id="ann",
        role="risk_officer",
    )


def _decided(draft: DraftText, signature: bytes, key: PrivateKey) -> None:
    """Do what the engine does for one signature of a draft."""
    assert verify(key.public_key.hex, signature, draft_bytes(draft))


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--requests", type=int, default=20_000, help="signed orders")


if __name__ == "__main__":
    main("signing", measure, _arguments)
