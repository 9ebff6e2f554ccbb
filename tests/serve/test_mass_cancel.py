"""Mass cancels over REST and a socket of a served desk: one answer, once, within a key's sight."""

import pytest

from tests.serve.process import eventually, place
from tests.serve.test_keys_of_a_desk import narrow  # noqa: F401 - a fixture
from tests.serve.test_streams import Follower

MASTER = "MASTER"
ENDED = {"filled", "cancelled", "rejected", "expired"}


def cancel(desk, client, name=None, **filters):
    headers = {"Idempotency-Key": name or desk.name()}
    return client.post("/orders/cancel", json=filters, headers=headers)


def resting(desk, client, sub="ALPHA"):
    """Return an order that works and does not fill."""
    placed = place(desk, client, limit_price="3000", sub_account_id=sub)
    (order_id,) = placed.json()["order_ids"]
    eventually(lambda: client.get(f"/orders/{order_id}").json()["state"] == "working")
    return order_id


def test_everything_under_a_node_is_asked_and_ends(desk, client):
    order_ids = [resting(desk, client, sub) for sub in ("ALPHA", "BETA", "ALPHA")]
    own = cancel(desk, client, node_id="BETA")
    assert own.status_code == 200, own.text
    assert own.json()["order_ids"] == order_ids[1:2]
    refused = cancel(desk, client, node_id=MASTER, contract_id="COPPER-C")
    assert refused.status_code == 400
    assert refused.json()["faults"][0]["where"] == "$.contract_id"
    found = cancel(desk, client, node_id=MASTER, scope_id="COPPER", side="buy").json()
    assert {*found["order_ids"]} >= {order_ids[0], order_ids[2]}
    assert found["asked_orders"] == len(found["order_ids"])
    assert (found["left_orders"], found["instructions"]) == (0, 0)
    for order_id in order_ids:
        eventually(lambda each=order_id: client.get(f"/orders/{each}").json()["state"] in ENDED)
    assert cancel(desk, client, node_id=MASTER).json()["asked_orders"] == 0


def test_asked_again_under_its_name_it_gets_its_first_answer(desk, client):
    order_id = resting(desk, client)
    name = desk.name()
    first = cancel(desk, client, name, node_id=MASTER)
    eventually(lambda: client.get(f"/orders/{order_id}").json()["state"] == "cancelled")
    again = cancel(desk, client, name, node_id=MASTER)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.json()["order_ids"] == [order_id]


def test_what_is_not_there_is_refused_with_its_number(desk, client):
    refused = cancel(desk, client, node_id=MASTER, scope_id="NOTHING")
    assert refused.status_code == 422
    assert refused.json()["reason_name"] == "unknown_reference"


@pytest.mark.parametrize("spoken", ["fencang.json", "fencang.msgpack"])
def test_over_a_socket_it_comes_behind_the_orders_sent_before_it(desk, client, spoken):
    follower = Follower(desk, spoken=spoken)
    sends = [
        {
            "type": "SubmitOrder",
            "sub_account_id": "BETA",
            "client_order_id": f"m-{spoken}-{number}",
            "contract_id": "COPPER-C",
            "side": "buy",
            "quantity_lots": 1,
            "limit_price": "3000",
        }
        for number in range(20)
    ]
    sends.append({"type": "CancelOrders", "node_id": "BETA"})
    follower.send(
        [
            {"type": "enter", "request_id": f"{spoken}-{number}", "command": command}
            for number, command in enumerate(sends)
        ]
    )
    follower.until(lambda: len(follower.answers) == len(sends))
    follower.close()
    answers = [follower.answers[f"{spoken}-{number}"] for number in range(len(sends))]
    placed = [order_id for each in answers[:-1] for order_id in each["order_ids"]]
    assert [*answers[-1]["order_ids"]] == placed
    assert answers[-1]["cancels"]["asked_orders"] == len(placed) == 20
    last = client.get(
        "/audit/records", params={"from_sequence": answers[-1]["sequence"], "limit": 1}
    ).json()["records"][0]
    assert last["command"]["entered_by"] == last["origin"]["user_id"] == "operator"


def test_a_bound_key_cancels_its_own_and_nobody_elses(desk, client, narrow):  # noqa: F811
    _, _, bound = narrow
    own, foreign = resting(desk, client), resting(desk, client, "BETA")
    for node in ("BETA", MASTER, "carrying:BROKER-1", "person:FIRM", "venue:EXCHANGE", "NOBODY"):
        refused = cancel(desk, bound, node_id=node)
        assert (refused.status_code, refused.json()["title"]) == (403, "Outside sub tree"), node
    found = cancel(desk, bound, node_id="ALPHA").json()
    assert found["order_ids"] == [own]
    assert client.get(f"/orders/{foreign}").json()["state"] == "working"
