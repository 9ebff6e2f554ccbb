"""Doors in processes of their own: the same answers, one desk behind them, nothing done twice."""

import os
import re
import signal
from pathlib import Path

import pytest

from tests.serve.process import ServedDesk, eventually, order, place
from tests.serve.test_restart import everything

COPY_S = 120
"""A copy starts in a second or two, on a machine that is full in many more."""


class Apart(ServedDesk):
    """``fencang serve --gateways 2``."""

    extra = ("--gateways", "2")


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    served = Apart(tmp_path_factory.mktemp("apart") / "data").start()
    yield served
    served.stop()


def test_whichever_gateway_answers_finds_what_was_told(apart):
    for _ in range(6):
        with apart.client() as first, apart.client() as second:
            placed = place(apart, first).json()
            (order_id,) = placed["order_ids"]
            assert first.get(f"/orders/{order_id}").status_code == 200
            eventually(lambda c=second, o=order_id: c.get(f"/orders/{o}").status_code == 200)


def test_a_request_repeated_at_another_gateway_is_done_once(apart):
    name, body = apart.name(), order()
    answers = set()
    for _ in range(8):
        with apart.client() as client:
            response = client.post("/orders", json=body, headers={"Idempotency-Key": name})
            answers.add((response.status_code, response.content))
    assert len(answers) == 1
    with apart.client() as client:
        named = [
            row
            for row in everything(client, "orders")
            if row["client_order_id"] == body["client_order_id"]
        ]
    assert len(named) == 1


def test_refusals_and_questions_pass_the_link(apart):
    with apart.client() as client:
        assert place(apart, client, quantity_lots=200_000).json()["reason"] == 3030
        assert client.get("/margin").json()["rows"]
        assert client.get("/limits").json()["rows"]
        assert client.post("/orders/what-if", json=order()).json()["is_accepted"]
        assert client.get("/audit/records", params={"limit": 1}).json()["records"]
        assert client.get("/audit/entities/sub_account/ALPHA").json()["records"]
        assert client.get("/ledger-entries", params={"limit": 1}).json()["rows"]


@pytest.mark.long
def test_plans_and_margin_are_worked_out_behind_the_link(apart):
    with apart.client() as client:
        client.timeout = COPY_S
        rows = client.get("/margin/attribution").json()["rows"]
        assert {"ALPHA", "@pool:FIRM"} <= {row["book_id"] for row in rows}
        assert client.get("/margin/requirement").status_code == 200
        assert client.get("/margin/requirement", params={"book_id": "X"}).status_code == 404
        asked = {"sub_account_id": "ALPHA", "contract_id": "COPPER-C", "side": "buy"}
        orders = [{**asked, "quantity_lots": 1}, {**asked, "contract_id": "X", "quantity_lots": 1}]
        assert client.post("/margin/what-if", json={"orders": orders[:1]}).json()["rows"]
        assert client.post("/margin/what-if", json={"orders": orders}).status_code == 422
        policy = {"type": "InverseVolatility", "cap_ppm": 600_000}
        body = {"owner_id": "FIRM", "policy": policy}
        proposal = client.post("/plans/compute", json=body).json()["proposal"]
        headers = {"Idempotency-Key": apart.name()}
        proposed = client.post("/plans", json=proposal, headers=headers).json()
    with apart.client() as client:
        client.timeout = COPY_S
        plan_id = proposed["events"][0]["plan_id"]
        explained = client.get(f"/plans/{plan_id}/explanation").json()
        assert explained["is_as_computed"] is True
        assert client.post("/plans/compute", json={**body, "owner_id": "X"}).status_code == 422


def test_a_gateway_that_dies_is_started_anew_and_the_desk_goes_on(apart):
    children = [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdecimal() and _is_gateway(folder, apart.process.pid)
    ]
    assert len(children) == 2
    os.kill(children[0], signal.SIGKILL)
    eventually(lambda: any(re.search(r"gateway \d ended", line) for line in apart.told))

    def served():
        try:
            with apart.client() as client:
                return place(apart, client).status_code == 201
        except OSError:
            return False

    eventually(served)


def _is_gateway(folder, parent):
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        return int(fields[1]) == parent and "gateway_process" in (folder / "cmdline").read_text()
    except OSError:
        return False
