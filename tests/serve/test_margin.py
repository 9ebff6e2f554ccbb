"""Margin over the API: attribution, parts and what-ifs of a served desk."""

import time
from decimal import Decimal
from hashlib import sha256

import httpx
import pytest

from fencang.signing.keys import PrivateKey
from tests.serve.process import Signed, eventually, place
from tests.serve.test_gateways import COPY_S
from tests.serve.test_keys_of_a_desk import define, key_of

FIGURES = ("requirement", "attributed", "available")


@pytest.fixture
def traded(desk, client):
    """Two accounts on opposite sides, so that pooling has a benefit."""
    client.timeout = COPY_S
    for name, side in (("ALPHA", "buy"), ("BETA", "sell")):
        response = place(
            desk,
            client,
            sub_account_id=name,
            side=side,
            order_type="market",
            limit_price=None,
            quantity_lots=3,
        )
        assert response.status_code == 201, response.text
        (order_id,) = response.json()["order_ids"]
        eventually(lambda o=order_id: client.get(f"/orders/{o}").json()["state"] == "filled")
    return client


def test_shares_sum_to_the_pool_and_the_benefit_is_told(traded):
    found = traded.get("/margin/attribution").json()
    rows = {row["book_id"]: row for row in found["rows"]}
    assert found["rule"] == "euler"
    pool = rows.pop("@pool:FIRM")
    shares = sum(Decimal(row["attributed"]) for row in rows.values())
    assert shares == Decimal(pool["attributed"])
    alone = sum(Decimal(row["stand_alone"]) for row in rows.values())
    assert alone == Decimal(pool["stand_alone"])
    assert Decimal(pool["benefit"]) == alone - shares > 0
    margin = {row["book_id"]: row for row in traded.get("/margin").json()["rows"]}
    assert {*margin} <= {*rows, "@pool:FIRM"}


def test_parts_sum_to_the_requirement(traded):
    parts = traded.get("/margin/requirement", params={"book_id": "ALPHA"}).json()
    assert {row["kind"] for row in parts["rows"]} == {"contract"}
    assert {row["carrying_account_id"] for row in parts["rows"]} == {"BROKER-1"}
    pools = traded.get("/margin/requirement").json()
    assert {row["level"] for row in pools["rows"]} <= {"pool"}
    assert traded.get("/margin/requirement", params={"book_id": "NOBODY"}).status_code == 404


def test_a_what_if_says_before_after_and_difference_and_enters_nothing(traded):
    orders = traded.get("/orders").json()["rows"]
    body = {
        "orders": [
            {"sub_account_id": "ALPHA", "contract_id": "COPPER-C", "side": "buy"}
            | {"quantity_lots": 5},
            {"sub_account_id": "GAMMA", "contract_id": "WHEAT-C", "side": "sell"}
            | {"quantity_lots": 2},
        ],
        "positions": [{"sub_account_id": "BETA", "contract_id": "COPPER-C", "short_lots": 1}],
    }
    response = traded.post("/margin/what-if", json=body)
    assert response.status_code == 200, response.text
    rows = {row["book_id"]: row for row in response.json()["rows"]}
    assert {"ALPHA", "BETA", "GAMMA", "@pool:FIRM"} <= {*rows}
    for row in rows.values():
        for name in FIGURES:
            before, after = Decimal(row["before"][name]), Decimal(row["after"][name])
            assert after - before == Decimal(row["difference"][name])
    pool = rows.pop("@pool:FIRM")
    for when in ("before", "after"):
        shares = sum(Decimal(row[when]["attributed"]) for row in rows.values())
        assert shares == Decimal(pool[when]["attributed"])
    assert Decimal(rows["ALPHA"]["difference"]["requirement"]) > 0
    assert Decimal(rows["BETA"]["difference"]["available"]) < 0
    # Nobody has said yet what a euro is worth.
    assert response.json()["unpriced"] == ["WHEAT-C"]
    assert traded.get("/orders").json()["rows"] == orders
    again = traded.post("/margin/what-if", json={}).json()
    assert again["rows"] == []


def test_a_what_if_is_what_an_order_then_brings(desk, traded):
    """Law: an imagined order is margined as a real one."""
    asked = {"sub_account_id": "BETA", "contract_id": "COPPER-C", "side": "sell"}
    imagined = {
        row["book_id"]: row["difference"]["requirement"]
        for row in traded.post(
            "/margin/what-if", json={"orders": [{**asked, "quantity_lots": 7}]}
        ).json()["rows"]
    }
    placed = place(desk, traded, **asked, quantity_lots=7, limit_price="9000")
    assert placed.status_code == 201, placed.text
    (order_id,) = placed.json()["order_ids"]
    took = {
        row["book_id"]: row["difference"]["requirement"]
        for row in traded.post(
            "/margin/what-if", json={"orders": [{**asked, "quantity_lots": 7}]}
        ).json()["rows"]
    }
    assert Decimal(imagined["BETA"]) > 0
    # Margin of this desk is by the lot: 7 more ask for as much again, at a price that moves.
    assert abs(Decimal(took["BETA"]) / Decimal(imagined["BETA"]) - 1) < Decimal("0.05")
    response = traded.post(
        f"/orders/{order_id}/cancel",
        json={"sub_account_id": "BETA"},
        headers={"Idempotency-Key": desk.name()},
    )
    assert response.status_code == 200


def test_what_cannot_be_is_told_whole(client):
    order = {"side": "buy", "quantity_lots": 1}
    body = {
        "orders": [
            {**order, "sub_account_id": "NOBODY", "contract_id": "COPPER-C"},
            {**order, "sub_account_id": "ALPHA", "contract_id": "NOTHING"},
        ],
        "positions": [{"sub_account_id": "ALPHA", "contract_id": "COPPER-C", "long_lots": "1"}],
    }
    faulty = client.post("/margin/what-if", json=body)
    assert faulty.status_code == 400
    refused = client.post("/margin/what-if", json={"orders": body["orders"]})
    assert refused.status_code == 422
    wheres = [each["where"] for each in refused.json()["faults"]]
    assert wheres == ["$.orders[0]", "$.orders[1]"]


@pytest.fixture
def bound(desk, client, request):
    """A client whose key is bound to ALPHA."""
    private = PrivateKey.from_seed(sha256(request.node.name.encode()).digest())
    name = f"bound-{time.time_ns()}"
    scopes = ["margin:read", "plans:read"]
    define(desk, client, key_of(name, private, sub_tree="ALPHA", scopes=scopes))
    with httpx.Client(
        base_url=f"{desk.url}/v1", auth=Signed(private, name), timeout=COPY_S
    ) as found:
        yield found


def test_a_bound_key_sees_its_own_books_and_no_pool(bound):
    rows = bound.get("/margin/attribution").json()["rows"]
    assert [row["book_id"] for row in rows] == ["ALPHA"]
    order = {"contract_id": "COPPER-C", "side": "buy", "quantity_lots": 1}
    own = bound.post("/margin/what-if", json={"orders": [{**order, "sub_account_id": "ALPHA"}]})
    assert [row["book_id"] for row in own.json()["rows"]] == ["ALPHA"]
    foreign = bound.post("/margin/what-if", json={"orders": [{**order, "sub_account_id": "BETA"}]})
    assert foreign.status_code == 403
    for book_id in ("BETA", "@pool:FIRM"):
        asked = bound.get("/margin/requirement", params={"book_id": book_id})
        assert asked.status_code == 403
    assert bound.get("/margin/requirement").json()["rows"] == []
    policy = {"type": "InverseVolatility"}
    plan = bound.post("/plans/compute", json={"owner_id": "FIRM", "policy": policy})
    assert plan.status_code == 403
    assert bound.get("/plans/1").status_code == 403
    assert bound.get("/plans/1/explanation").status_code == 403
