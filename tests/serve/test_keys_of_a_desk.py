"""Keys of a served desk: what each opens and does not, and what ends with one that is revoked."""

import time
from hashlib import sha256

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from fencang.signing.keys import PrivateKey
from tests.serve.process import Signed, place


def define(desk, client, *items):
    response = client.post(
        "/definitions", json={"items": items}, headers={"Idempotency-Key": desk.name()}
    )
    assert response.status_code == 200, response.text


def key_of(name, private, **changes):
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))
    return {
        "type": "ApiKey",
        "key_id": name,
        "user_id": "operator",
        "kind": "signed",
        "proof_hex": private.public_key.hex,
        "scopes": [
            "contracts:read",
            "orders:read",
            "orders:write",
            "positions:read",
            "prices:read",
        ],
        "until_time": until,
        **changes,
    }


def drain(socket):
    while True:
        socket.recv(timeout=10)


@pytest.fixture
def narrow(desk, client, request):
    """Return a key bound to one sub-account, and a client that signs with it."""
    private = PrivateKey.from_seed(sha256(request.node.name.encode()).digest())
    name = f"narrow-{time.time_ns()}"
    define(desk, client, key_of(name, private, sub_tree="ALPHA"))
    with httpx.Client(base_url=f"{desk.url}/v1", auth=Signed(private, name), timeout=30) as found:
        yield name, private, found


def test_a_key_does_what_its_scopes_say_and_nothing_else(narrow):
    _, _, client = narrow
    assert client.get("/orders").status_code == 200
    refused = client.get("/margin")
    assert (refused.status_code, refused.json()["title"]) == (403, "Scope missing")


def test_a_key_bound_to_a_sub_account_neither_sees_nor_trades_another(desk, client, narrow):
    _, _, bound = narrow
    (foreign,) = place(desk, client, sub_account_id="BETA").json()["order_ids"]
    (own,) = place(desk, client).json()["order_ids"]
    assert bound.get(f"/orders/{own}").status_code == 200
    assert bound.get(f"/orders/{foreign}").status_code == 404
    assert {row["sub_account_id"] for row in bound.get("/orders").json()["rows"]} == {"ALPHA"}
    assert place(desk, bound, sub_account_id="BETA").status_code == 403


def test_a_key_bound_to_a_sub_account_does_not_reach_what_is_the_whole_desks(desk, narrow):
    _, _, bound = narrow
    assert bound.get("/prices").status_code == 200
    assert bound.get("/definitions/ApiKey/operator-1").status_code == 403
    assert bound.get("/definitions/LegalPerson/FIRM").status_code == 403
    deadline = {"node_id": "BETA", "after_seconds": "60"}
    refused = bound.post("/deadlines", json=deadline, headers={"Idempotency-Key": desk.name()})
    assert refused.status_code == 403


def test_a_revoked_key_opens_nothing_and_its_stream_ends(desk, client, narrow):
    name, private, bound = narrow
    headers = dict(Signed(private, name).headers_of(httpx.Request("GET", f"{desk.url}/v1/stream")))
    with connect(
        desk.url.replace("http", "ws") + "/v1/stream", additional_headers=headers
    ) as socket:
        socket.recv(timeout=10)
        define(desk, client, key_of(name, private, sub_tree="ALPHA", is_revoked=True))
        with pytest.raises(ConnectionClosed) as caught:
            drain(socket)
    assert caught.value.rcvd.code == 4003
    assert bound.get("/orders").status_code == 401
