"""``kill -9`` under load: every acknowledged order is there afterwards, none twice."""

import threading
import time

import httpx
import pytest

from tests.serve.process import ServedDesk, eventually, order, place


@pytest.fixture
def served(tmp_path):
    desk = ServedDesk(tmp_path / "data").start()
    yield desk
    desk.stop()


def everything(client, table):
    rows, cursor = [], None
    while True:
        asked = {"limit": 1000, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"/{table}", params=asked).json()
        rows += page["rows"]
        cursor = page["next_cursor"]
        if cursor is None:
            return rows


def test_what_was_acknowledged_survives_and_is_never_done_twice(served):
    """Law: an acknowledged order is durable, and its request repeated is not done again."""
    acknowledged, unsure = {}, {}

    def trade(number):
        with served.client() as client:
            for count in range(10_000):
                name, body = f"{number}-{count}", order(client_order_id=f"k-{number}-{count}")
                try:
                    response = client.post("/orders", json=body, headers={"Idempotency-Key": name})
                except httpx.HTTPError:
                    unsure[name] = body
                    return
                if response.status_code == 201:
                    acknowledged[name] = (body, response.content)

    threads = [threading.Thread(target=trade, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 60:
        threads[0].join(0.05)
    served.kill()
    for thread in threads:
        thread.join()
    served.start()
    assert any("recovered" in line for line in served.told)
    with served.client() as client:
        eventually(lambda: client.get("/prices").status_code == 200)
        rows = everything(client, "orders")
        by_name = [row["client_order_id"] for row in rows]
        assert len(by_name) == len(set(by_name))
        assert {body["client_order_id"] for body, _ in acknowledged.values()} <= set(by_name)
        for name, (body, answer) in list(acknowledged.items())[:20]:
            again = client.post("/orders", json=body, headers={"Idempotency-Key": name})
            assert (again.status_code, again.content) == (201, answer)
        for name, body in unsure.items():
            settled = client.post("/orders", json=body, headers={"Idempotency-Key": name})
            assert settled.status_code == 201, settled.text
        names = [row["client_order_id"] for row in everything(client, "orders")]
        assert (
            len(names)
            == len(set(names))
            == len({*by_name} | {b["client_order_id"] for b in unsure.values()})
        )


def test_working_orders_trade_on_after_a_restart(served):
    with served.client() as client:
        (order_id,) = place(served, client, limit_price="3990", quantity_lots=3).json()["order_ids"]
    served.kill()
    served.start()
    with served.client() as client:
        # For some seconds after a crash nothing that could be a replay is taken.
        row = eventually(lambda: "state" in (r := client.get(f"/orders/{order_id}").json()) and r)
        assert row["state"] in {"working", "filled", "partly_filled", "in_doubt", "pending_new"}


def test_a_desk_at_rest_that_is_killed_has_nothing_in_doubt(served):
    """Prices that were marked since the last order had no effects, and are not said to have."""
    with served.client() as client:
        (order_id,) = place(served, client).json()["order_ids"]
        eventually(lambda: client.get(f"/orders/{order_id}").json()["state"] == "working")
    time.sleep(2)  # how far effects got is written within milliseconds
    served.kill()
    served.start()
    (told,) = [line for line in served.told if line.startswith("recovered")]
    assert "; 0 of them had effects" in told


def test_a_clean_stop_says_that_everything_is_on_the_disk(tmp_path):
    desk = ServedDesk(tmp_path / "data").start()
    desk.stop()
    assert "everything is on the disk" in desk.told[-1]
