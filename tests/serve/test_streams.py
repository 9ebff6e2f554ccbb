"""Streams of a served desk: what a client folds is what REST reads at the same sequence."""

import json

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from fencang.gateways.rest.listings import list_name
from tests.serve.process import order, place

TABLES = (
    *("orders", "executions", "positions", "balances", "trading_states", "instructions"),
    *("block_orders", "block_legs", "rules", "risk_signals"),
)


class Follower:
    """A client that folds what it is told, and checks that no message is missing."""

    def __init__(self, desk, *, spoken="fencang.json"):
        self.is_json = spoken == "fencang.json"
        self._opened = connect(
            desk.url.replace("http", "ws") + "/v1/stream",
            additional_headers=desk.headers_of("GET", "/v1/stream"),
            subprotocols=[spoken],
        )
        self.socket = self._opened.__enter__()
        self.rows, self.sequences, self.answers = {}, {}, {}
        (self.welcome,) = self.receive()

    def receive(self, timeout=10):
        frame = self.socket.recv(timeout=timeout)
        found = json.loads(frame) if self.is_json else msgspec.msgpack.decode(frame)
        return found if isinstance(found, list) else [found]

    def send(self, message):
        encode = json.dumps if self.is_json else msgspec.msgpack.encode
        self.socket.send(encode(message))

    def subscribe(self, channel, after=None):
        self.send({"type": "subscribe", "channel": channel, "after_sequence": after})

    def take(self, timeout=10):
        for message in self.receive(timeout):
            match message["type"]:
                case "subscribed":
                    if not message["is_resumed"]:
                        self.rows[message["channel"]] = {}
                    self.sequences[message["channel"]] = message["sequence"]
                case "snapshot":
                    self.rows[message["channel"]].update(message["rows"])
                    self.sequences[message["channel"]] = message["sequence"]
                case "changes":
                    channel = message["channel"]
                    assert message["after_sequence"] == self.sequences[channel]
                    for key, row in message["rows"]:
                        if row is None:
                            self.rows[channel].pop(key, None)
                        else:
                            self.rows[channel][key] = row
                    self.sequences[channel] = message["sequence"]
                case "answer":
                    self.answers[message["request_id"]] = message
                case _:
                    pass

    def until(self, check, turns=400):
        for _ in range(turns):
            if check():
                return
            self.take()
        raise AssertionError("not told")

    def close(self):
        self._opened.__exit__(None, None, None)


@pytest.fixture(params=["fencang.json", "fencang.msgpack"])
def follower(desk, request):
    found = Follower(desk, spoken=request.param)
    yield found
    found.close()


def test_the_fold_of_the_stream_is_what_rest_reads(desk, client, follower):
    """Law: at the same sequence both say the same."""
    for table in TABLES:
        follower.subscribe(table)
    for side in ("buy", "sell", "buy"):
        place(desk, client, side=side, order_type="market", limit_price=None)
    place(desk, client)

    def agrees():
        pages = {
            table: client.get("/" + list_name(table).replace("_", "-"), params={"limit": 1000})
            for table in TABLES
        }
        return all(
            sorted(map(str, follower.rows.get(table, {}).values()))
            == sorted(map(str, page.json()["rows"]))
            for table, page in pages.items()
        )

    follower.until(agrees)


def test_a_client_that_comes_back_gets_what_it_missed(desk, client):
    first = Follower(desk)
    first.subscribe("orders")
    first.until(lambda: "orders" in first.rows)
    seen, rows = first.sequences["orders"], dict(first.rows["orders"])
    first.close()
    (order_id,) = place(desk, client).json()["order_ids"]
    second = Follower(desk)
    second.rows["orders"] = rows
    second.subscribe("orders", after=seen)
    second.until(lambda: str(order_id) in second.rows["orders"])
    assert (
        second.rows["orders"]
        == {
            str(row["order_id"]): row
            for row in client.get("/orders", params={"limit": 1000}).json()["rows"]
        }
        or second.sequences["orders"] > seen
    )
    second.close()


def test_orders_on_the_socket_are_answered_once_durable(desk, client, follower):
    name = desk.name()
    message = {
        "type": "enter",
        "request_id": name,
        "command": {"type": "SubmitOrder", **order()},
    }
    follower.send(message)
    follower.until(lambda: name in follower.answers)
    answer = follower.answers.pop(name)
    (order_id,) = answer["order_ids"]
    assert client.get(f"/orders/{order_id}").status_code == 200
    follower.send(message)
    follower.until(lambda: name in follower.answers)
    assert follower.answers[name] == answer


def test_a_refusal_on_the_socket_has_its_reason(desk, follower):
    name = desk.name()
    command = {"type": "SubmitOrder", **order(quantity_lots=200_000)}
    follower.send({"type": "enter", "request_id": name, "command": command})
    follower.until(lambda: name in follower.answers)
    assert follower.answers[name]["problem"]["reason"] == 3030


@pytest.mark.parametrize(
    "message",
    [
        {"type": "subscribe", "channel": "secrets"},
        {"type": "nonsense"},
        {"type": "enter", "request_id": "x", "command": {"type": "DefineDesk", "items": []}},
        17,
    ],
)
def test_a_faulty_message_is_told_and_the_connection_goes_on(desk, follower, message):
    follower.send(message)
    kinds = set()
    while "failed" not in kinds:
        kinds |= {each["type"] for each in follower.receive()}
    follower.subscribe("prices")
    follower.until(lambda: "prices" in follower.rows)


def test_margin_and_limits_are_told_as_they_move(desk, client, follower):
    follower.subscribe("margin")
    follower.subscribe("limits")
    place(desk, client, side="buy", order_type="market", limit_price=None)
    follower.until(lambda: follower.rows.get("margin") and follower.rows.get("limits"))
    assert "ALPHA" in follower.rows["margin"]


def figures(client, channel):
    """Return what REST says, and the sequence that it stands at."""
    found = client.get(f"/{channel}").json()
    key = {"margin": "{book_id}", "limits": "{node_id}|{scope_id}"}[channel]
    return found["sequence"], {key.format(**row): row for row in found["rows"]}


@pytest.mark.parametrize("channel", ["margin", "limits"])
def test_what_is_asked_for_equals_rest_at_the_same_sequence(desk, client, follower, channel):
    """Each stands at many sequences, as prices move: it is compared where both stood at one."""
    follower.subscribe(channel)
    place(desk, client, side="sell", order_type="market", limit_price=None)
    folded, read = {}, {}

    def met():
        folded[follower.sequences.get(channel, 0)] = dict(follower.rows.get(channel, {}))
        sequence, read[sequence] = figures(client, channel)
        return (folded.keys() & read.keys()) - {0}

    follower.until(met)
    for sequence in met():
        assert folded[sequence] == read[sequence]


def test_a_stop_is_a_risk_signal_with_number_and_words(desk, client, follower):
    follower.subscribe("risk_signals")
    follower.until(lambda: "risk_signals" in follower.rows)
    body = {
        "node_id": "BETA",
        "confirmed_node_id": "BETA",
        "action": "reduce_only",
        "reason": "a drill",
    }
    stopped = client.post("/kill-switch", json=body, headers={"Idempotency-Key": desk.name()})
    assert stopped.status_code == 200, stopped.text
    sequence = stopped.json()["sequence"]

    def told():
        rows = follower.rows["risk_signals"].values()
        return [row for row in rows if row["kind"] == 60 and row["sequence"] == sequence]

    follower.until(told)
    (signal,) = told()
    assert (signal["kind_name"], signal["severity"]) == ("kill_switch", "critical")
    assert signal["node_id"] == "BETA"
    assert "a drill" in signal["words"]
    listed = client.get("/risk-signals", params={"kind_name": "kill_switch"}).json()["rows"]
    assert signal in listed


def test_events_are_streamed_for_browsers(desk, client):
    with client.stream("GET", "/events/prices") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        first = [next(lines) for _ in range(3)]
    assert first[0].startswith("id: ")
    assert first[1] == "event: snapshot"
    assert json.loads(first[2].removeprefix("data: "))["channel"] == "prices"


def test_strangers_are_not_let_in(desk):
    place = desk.url.replace("http", "ws") + "/v1/stream"
    with connect(place) as socket, pytest.raises(ConnectionClosed) as caught:
        socket.recv(timeout=10)
    assert caught.value.rcvd.code == 4001
