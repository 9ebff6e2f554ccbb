"""History of a served desk: entries of the ledger and the trail of an entity, page by page."""

import time
from collections import Counter
from decimal import Decimal
from hashlib import sha256

import httpx
import pytest

from fencang.signing.keys import PrivateKey
from tests.serve.process import Signed, eventually, place
from tests.serve.test_keys_of_a_desk import define, key_of


def everything(client, path, **asked):
    """Return all rows of a list that says where to go on, and how many pages that took."""
    rows, cursor = [], None
    for pages in range(1, 1_000):
        more = {"cursor": cursor} if cursor else {}
        page = client.get(path, params={**asked, **more}).json()
        rows += page["rows"]
        cursor = page["next_cursor"]
        if cursor is None:
            return rows, pages
    raise AssertionError("no end")


@pytest.fixture(scope="module")
def traded(desk):
    """Return the order of a fill."""
    with desk.client() as client:
        (order_id,) = place(desk, client, side="buy", order_type="market", limit_price=None).json()[
            "order_ids"
        ]
        path = f"/orders/{order_id}"
        eventually(lambda: client.get(path).json()["state"] == "filled")
        return order_id


def test_entries_sum_to_the_balances(desk, client, traded):
    """Law: what the ledger says of a book is what its balance is."""
    balances = client.get("/balances", params={"limit": 1000}).json()
    entries, _ = everything(client, "/ledger-entries", to_sequence=balances["sequence"])
    sums = Counter()
    for row in entries:
        sums[row["level"], row["book_id"], row["currency"]] += Decimal(row["amount"])
    expected = {
        (row["level"], row["book_id"], row["currency"]): Decimal(row["cash"])
        for row in balances["rows"]
    }
    assert {key: cash for key, cash in sums.items() if cash} == {
        key: cash for key, cash in expected.items() if cash
    }


def test_pages_of_entries_are_the_whole(client, traded):
    whole, _ = everything(client, "/ledger-entries", limit=1000)
    assert whole
    by_two, pages = everything(client, "/ledger-entries", limit=2)
    assert pages > 1
    assert by_two == whole
    assert [row["entry_id"] for row in whole] == list(
        dict.fromkeys(row["entry_id"] for row in whole)
    )


def test_entries_are_filtered(client, traded):
    whole, _ = everything(client, "/ledger-entries", limit=1000)
    for name in ("book_id", "currency", "kind", "level", "trading_day"):
        for value in {row[name] for row in whole if row[name]}:
            found, _ = everything(client, "/ledger-entries", limit=1000, **{name: value})
            assert found == [row for row in whole if row[name] == value], (name, value)
    middle = whole[len(whole) // 2]["sequence"]
    late, _ = everything(client, "/ledger-entries", from_sequence=middle)
    early, _ = everything(client, "/ledger-entries", to_sequence=middle - 1)
    assert early + late == whole
    assert everything(client, "/ledger-entries", trading_day="1990-01-01") == ([], 1)


def test_a_cursor_that_is_none_is_refused(client):
    for cursor in ("~", "1", "1.2.3", "1.0\n", "-1.0"):
        assert client.get("/ledger-entries", params={"cursor": cursor}).status_code == 400
    assert client.get("/ledger-entries", params={"cursor": "9999999.0"}).json()["rows"] == []


def test_the_trail_of_an_order_is_its_life(client, traded):
    found = client.get(f"/audit/entities/order/{traded}").json()
    kinds = [event["type"] for record in found["records"] for event in record["events"]]
    assert kinds[:2] == ["OrderAccepted", "OrderRouted"]
    assert {"FillBooked", "FillAllocated"} <= {*kinds}
    assert found["next_sequence"] is None
    sequences = [record["sequence"] for record in found["records"]]
    assert sequences[0] == traded // 100_000
    first = client.get(f"/audit/entities/order/{traded}", params={"limit": 1}).json()
    assert [each["sequence"] for each in first["records"]] == sequences[:1]
    rest = client.get(
        f"/audit/entities/order/{traded}", params={"from_sequence": first["next_sequence"]}
    ).json()
    assert [each["sequence"] for each in rest["records"]] == sequences[1:]


def test_trails_of_accounts_users_keys_and_rules(desk, client, traded):
    for kind, key, seen in (
        ("sub_account", "ALPHA", "SubmitOrder"),
        ("user", "operator", "SubmitOrder"),
        ("key", "operator-1", "SubmitOrder"),
        ("contract", "COPPER-C", "SubmitOrder"),
        ("carrying_account", "BROKER-1", "DefineDesk"),
    ):
        found = client.get(f"/audit/entities/{kind}/{key}", params={"limit": 1000}).json()
        assert seen in {each["command"]["type"] for each in found["records"]}, kind
    assert client.get("/audit/entities/order/0").json()["records"] == []
    assert client.get("/audit/entities/sub_account/NOBODY").json()["records"] == []


@pytest.mark.parametrize("key", ["abc", "-1", "1e3", "99999999999999999999"])
def test_what_is_numbered_has_no_other_name(client, key):
    refused = client.get(f"/audit/entities/order/{key}")
    assert refused.status_code == 404, refused.text


def test_what_is_no_kind_of_entity_is_refused(client):
    refused = client.get("/audit/entities/planet/EARTH")
    assert refused.status_code == 400
    assert refused.json()["faults"][0]["where"] == "path kind"


def test_a_bound_key_reads_its_own_entries_and_no_trail(desk, client, traded):
    private = PrivateKey.from_seed(sha256(b"history").digest())
    name = f"history-{time.time_ns()}"
    scopes = ["ledger:read", "audit:read", "block_orders:read", "limits:read", "rules:read"]
    define(desk, client, key_of(name, private, sub_tree="ALPHA", scopes=scopes))
    with httpx.Client(base_url=f"{desk.url}/v1", auth=Signed(private, name), timeout=30) as bound:
        rows, _ = everything(bound, "/ledger-entries", limit=1000)
        assert {row["book_id"] for row in rows} == {"ALPHA"}
        assert everything(bound, "/ledger-entries", book_id="BETA") == ([], 1)
        assert bound.get(f"/audit/entities/order/{traded}").status_code == 403
        assert bound.get("/block-orders").status_code == 403
        assert bound.get("/rule-states").status_code == 403
        assert bound.get("/block-legs").status_code == 200
        nodes = {row["node_id"] for row in bound.get("/risk-signals").json()["rows"]}
        assert nodes <= {"ALPHA"}


def test_a_block_order_that_never_was_is_not_found(client):
    for path in ("", "/legs", "/orders", "/executions"):
        assert client.get(f"/block-orders/7{path}").status_code == 404
