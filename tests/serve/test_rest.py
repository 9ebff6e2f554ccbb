"""REST of a served desk, as a user meets it: orders, lists, faults, versions, the audit trail."""

import httpx
import msgspec
import pytest

from fencang.signing.keys import PrivateKey
from tests.serve.process import Signed, eventually, order, place


def test_an_order_is_placed_filled_and_shown_everywhere(desk, client):
    placed = place(desk, client, side="buy", order_type="market", limit_price=None)
    assert placed.status_code == 201, placed.text
    (order_id,) = placed.json()["order_ids"]

    def filled():
        row = client.get(f"/orders/{order_id}").json()
        return row if row["state"] == "filled" else None

    row = eventually(filled)
    assert row["filled_lots"] == 1
    executions = client.get("/executions", params={"sub_account_id": "ALPHA"}).json()["rows"]
    assert any(each["order_id"] == order_id for each in executions)
    levels = {
        each["level"]
        for each in client.get("/positions", params={"contract_id": "COPPER-C"}).json()["rows"]
    }
    assert levels == {"sub_account", "carrying_account"}
    explained = client.get(f"/orders/{order_id}/explanation").json()
    assert explained["is_accepted"]
    assert "position limit" in {each["control"] for each in explained["controls"]}


def test_a_working_order_is_replaced_and_cancelled(desk, client):
    placed = place(desk, client)
    (order_id,) = placed.json()["order_ids"]
    row = eventually(
        lambda: (r := client.get(f"/orders/{order_id}").json())["state"] == "working" and r
    )
    assert row["limit_price"] == "3900"
    body = {"sub_account_id": "ALPHA", "quantity_lots": 2, "limit_price": "3890"}
    replaced = client.put(
        f"/orders/{order_id}", json=body, headers={"Idempotency-Key": desk.name()}
    )
    assert replaced.status_code == 200, replaced.text
    eventually(lambda: client.get(f"/orders/{order_id}").json()["limit_price"] == "3890")
    cancelled = client.post(
        f"/orders/{order_id}/cancel",
        json={"sub_account_id": "ALPHA"},
        headers={"Idempotency-Key": desk.name()},
    )
    assert cancelled.status_code == 200, cancelled.text
    eventually(lambda: client.get(f"/orders/{order_id}").json()["state"] == "cancelled")


def test_a_repeated_request_is_done_once(desk, client):
    name, body = desk.name(), order()
    first = client.post("/orders", json=body, headers={"Idempotency-Key": name})
    second = client.post("/orders", json=body, headers={"Idempotency-Key": name})
    assert (first.status_code, first.content) == (second.status_code, second.content)
    other = client.post(
        "/orders", json={**body, "quantity_lots": 2}, headers={"Idempotency-Key": name}
    )
    assert other.status_code == 422
    assert other.json()["type"].endswith("request-reused")


def test_a_refusal_says_control_level_limit_and_value(desk, client):
    refused = place(desk, client, quantity_lots=200_000)
    problem = refused.json()
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert (problem["reason"], problem["reason_name"]) == (3030, "order_quantity_max")
    assert (problem["node_id"], problem["limit"], problem["value"]) == ("EXCHANGE", 1000, 200_000)


def test_every_fault_of_a_body_is_told(desk, client):
    faulty = client.post("/orders", json={"side": "long"}, headers={"Idempotency-Key": desk.name()})
    assert faulty.status_code == 400
    assert [each["where"] for each in faulty.json()["faults"]] == [
        "$.sub_account_id",
        "$.client_order_id",
        "$.contract_id",
        "$.side",
        "$.quantity_lots",
    ]


def test_a_write_without_a_name_is_refused(client):
    refused = client.post("/orders", json=order())
    assert refused.status_code == 400
    assert refused.json()["faults"][0]["where"] == "header Idempotency-Key"


@pytest.mark.parametrize("table", ["orders", "executions", "positions", "balances", "definitions"])
def test_pages_together_are_the_whole_list(client, table):
    whole = client.get(f"/{table}", params={"limit": 1000}).json()
    rows, cursor = [], None
    for _ in range(1_000):
        asked = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"/{table}", params=asked).json()
        assert len(page["rows"]) <= 2
        rows += page["rows"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(rows) == len(whole["rows"])


def test_a_cursor_behind_everything_gives_an_empty_page(client):
    for table in ("orders", "balances"):
        page = client.get(f"/{table}", params={"cursor": "~"}).json()
        assert (page["rows"], page["next_cursor"]) == ([], None)


def test_a_parameter_without_a_value_is_a_parameter(desk, client):
    """Not one that was left out: who asks for the rows of nothing does not get those of all."""
    place(desk, client)
    assert client.get("/orders?sub_account_id=").json()["rows"] == []
    refused = client.get("/orders?limit=")
    assert refused.status_code == 400
    assert refused.json()["faults"][0]["where"] == "query limit"
    unknown = client.get("/orders?limits")
    assert unknown.status_code == 400


def test_a_version_that_is_known_is_not_sent_again(client):
    first = client.get("/definitions/SubAccount/ALPHA")
    again = client.get(
        "/definitions/SubAccount/ALPHA", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (first.status_code, again.status_code) == (200, 304)


def test_the_journal_tells_where_a_command_came_from(desk, client):
    name = desk.name()
    placed = place(desk, client, name=name).json()
    found = client.get(
        "/audit/records", params={"from_sequence": placed["sequence"], "limit": 1}
    ).json()["records"][0]
    assert found["origin"]["user_id"] == "operator"
    assert found["origin"]["request_id"] == name
    assert found["command"]["type"] == "SubmitOrder"


def test_a_what_if_enters_nothing(client):
    before = client.get("/orders").json()["rows"]
    answer = client.post("/orders/what-if", json=order(quantity_lots=500_000)).json()
    assert not answer["is_accepted"]
    assert answer["reason"]
    assert client.get("/orders").json()["rows"] == before


def test_the_document_names_every_operation(client):
    found = client.get("/openapi.json").json()
    assert found["openapi"] == "3.1.0"
    assert "/v1/orders" in found["paths"]
    assert "single operator" in found["info"]["description"]


def test_strangers_are_told_nothing(desk):
    stranger = PrivateKey.from_seed(bytes(range(32)))
    unknown = httpx.get(f"{desk.url}/v1/orders", auth=Signed(stranger, "nobody-1"))
    wrong = httpx.get(f"{desk.url}/v1/orders", auth=Signed(stranger, "operator-1"))
    assert (unknown.status_code, unknown.content) == (wrong.status_code, wrong.content)
    assert unknown.status_code == 401
    assert httpx.get(f"{desk.url}/v1/orders").status_code == 401


def test_a_request_counts_once(desk):
    request = httpx.Request("GET", f"{desk.url}/v1/prices")
    headers = dict(desk.auth.headers_of(request))
    first = httpx.get(str(request.url), headers=headers)
    second = httpx.get(str(request.url), headers=headers)
    assert (first.status_code, second.status_code) == (200, 401)


def test_a_request_signed_for_another_host_is_refused(desk):
    headers = desk.headers_of("GET", "/v1/prices")
    foreign = httpx.get(f"{desk.url}/v1/prices", headers={**headers, "Host": "evil.example"})
    assert foreign.status_code == 401


def test_what_the_framework_refuses_is_a_problem_too(desk, client):
    for response in (
        client.get("/nothing"),
        client.delete("/orders"),
        client.post("/orders", content=b"x" * (2 << 20), headers={"Idempotency-Key": desk.name()}),
    ):
        assert response.status_code in {404, 405, 413}, response.text
        assert response.headers["content-type"] == "application/problem+json"
        assert msgspec.json.decode(response.content)["status"] == response.status_code


def test_a_method_that_a_path_has_not_is_told_those_it_has(client):
    response = client.delete("/orders")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


def test_a_path_begins_where_the_version_ends(desk):
    path = "/v1orders"
    response = httpx.get(f"{desk.url}{path}", headers=desk.headers_of("GET", path))
    assert response.status_code == 404


def test_the_reference_is_a_page_that_fetches_nothing(desk):
    page = httpx.get(f"{desk.url}/v1/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "Place an order" in page.text
    assert "<script" not in page.text
    assert "Single operator" in page.text


def test_health_and_readiness_need_no_key(desk):
    assert httpx.get(f"{desk.url}/healthz").json() == {"status": "alive"}
    ready = httpx.get(f"{desk.url}/readyz").json()
    assert ready["status"] == "ready"
    assert ready["is_single_operator"] is True


def test_metrics_count_what_happens(desk, client):
    place(desk, client)
    text = httpx.get(f"{desk.url}/metrics").text
    assert "fencang_" in text
    assert "SubmitOrder" in text
