"""What a served desk watches and tells: keys in unusual use, failures at the door, its own end."""

import contextlib
import email
import email.policy
import resource
import socket
import time
from hashlib import sha256

import httpx
import pytest
from aiosmtpd.controller import Controller
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from fencang.signing.keys import PrivateKey
from tests.serve.process import ServedDesk, Signed, eventually, order, place
from tests.serve.test_keys_of_a_desk import define, drain, key_of

SETTINGS = """
[server]
listen = "127.0.0.1:0"
[watch]
freeze = ["new_address"]
failures_max = 8
[[alerts.channel]]
id = "mail"
kind = "mail"
host = "127.0.0.1"
port = {port}
security = "none"
from = "desk@example.com"
to = ["risk@example.com"]
[[alerts.route]]
id = "all"
channels = ["mail"]
"""
ELSEWHERE = "127.0.0.2"


class Letters:
    """A mail server's box."""

    def __init__(self):
        self.texts = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the name it is called by
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.texts.append(f"{found['Subject']}\n{found.get_body().get_content()}")
        return "250 taken"

    def tell_of(self, words):
        """Return whether a letter has these words, however its lines are broken."""
        return any(words in " ".join(text.split()) for text in self.texts)


@pytest.fixture(scope="module")
def letters():
    box = Letters()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


class Watched(ServedDesk):
    """A desk whose alerts go to a mail server of the test."""


def served(folder, letters, *more):
    settings = folder / "server.toml"
    settings.write_text(SETTINGS.format(port=letters.port))
    desk = Watched(folder / "data")
    desk.extra = ("--settings", str(settings), *more)
    return desk.start()


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((), id="one process"),
        pytest.param(("--gateways", "1"), id="apart", marks=pytest.mark.long),
    ],
)
def desk(tmp_path_factory, letters, request):
    found = served(tmp_path_factory.mktemp("watched"), letters, *request.param)
    eventually(lambda: _answers(found))
    yield found
    found.stop()


def _answers(desk):
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"{desk.url}/healthz").status_code == 200


def test_a_key_from_a_new_address_freezes_with_its_streams_and_people_hear_of_it(
    desk, client, letters
):
    private = PrivateKey.from_seed(sha256(desk.url.encode()).digest())
    name = f"travels-{time.time_ns()}"
    define(desk, client, key_of(name, private))
    auth = Signed(private, name)
    with httpx.Client(base_url=f"{desk.url}/v1", auth=auth) as at_home:
        eventually(lambda: at_home.get("/orders").status_code == 200)
        headers = dict(auth.headers_of(httpx.Request("GET", f"{desk.url}/v1/stream")))
        place_of_streams = desk.url.replace("http", "ws") + "/v1/stream"
        with connect(place_of_streams, additional_headers=headers) as stream:
            stream.recv(timeout=10)
            transport = httpx.HTTPTransport(local_address=ELSEWHERE)
            with httpx.Client(base_url=f"{desk.url}/v1", auth=auth, transport=transport) as away:
                refused = away.get("/orders")
            assert (refused.status_code, refused.json()["title"]) == (403, "Key closed")
            with pytest.raises(ConnectionClosed) as caught:
                drain(stream)
        assert caught.value.rcvd.code == 4003
        assert at_home.get("/orders").status_code == 401
    eventually(lambda: letters.tell_of(f"{name} opens nothing until two persons thaw it"))
    assert letters.tell_of(f"{name}: it came from {ELSEWHERE}")
    assert client.get("/orders").status_code == 200


def test_many_failures_at_the_door_are_told_and_name_nobody(desk, letters):
    letters.texts.clear()
    stranger = Signed(PrivateKey.from_seed(bytes(range(32))), "nobody-1")
    for _ in range(12):
        httpx.get(f"{desk.url}/v1/orders", auth=stranger)
    eventually(lambda: letters.tell_of("8 requests within a minute were refused"))
    assert not letters.tell_of("nobody-1")


def counts(desk):
    text = httpx.get(f"{desk.url}/metrics").text
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {line[0]: float(line[1]) for line in lines if len(line) == 2}


def test_answers_are_timed_from_socket_to_socket(desk, client):
    before = counts(desk)
    for _ in range(3):
        place(desk, client)
    name, body = desk.name(), order()
    for _ in range(4):  # a repeated answer is not timed
        client.post("/orders", json=body, headers={"Idempotency-Key": name})
    after = counts(desk)
    for which in ("received_to_decided", "durable_to_out", "received_to_out"):
        counted = f"fencang_{which}_seconds_count"
        assert after[counted] - before[counted] == 4
    total = "fencang_received_to_out_seconds_sum"
    assert 0 < after[total] - before[total] < 10
    assert after["fencang_alerts_open"] >= 1


def test_streams_and_orders_on_the_socket_are_counted(desk):
    if "--gateways" in desk.extra:
        pytest.skip("streams of gateways in processes of their own are not counted")
    before = counts(desk)
    with connect(
        desk.url.replace("http", "ws") + "/v1/stream",
        additional_headers=desk.headers_of("GET", "/v1/stream"),
    ) as stream:
        stream.recv(timeout=10)
        stream.send('{"type": "subscribe", "channel": "prices", "after_sequence": null}')
        command = {"type": "SubmitOrder", **order()}
        message = {"type": "enter", "request_id": desk.name(), "command": command}
        stream.send(httpx.Request("POST", "http://x", json=message).content.decode())
        counted = "fencang_received_to_out_seconds_count"
        eventually(lambda: counts(desk)[counted] == before[counted] + 1)
        eventually(lambda: counts(desk)["fencang_decided_to_told_seconds_count"] > 0)
        assert counts(desk)["fencang_stream_clients"] == 1
    eventually(lambda: counts(desk)["fencang_stream_clients"] == 0)


@pytest.mark.long
def test_the_last_word_of_a_desk_that_stops_by_itself(tmp_path, letters):
    desk = served(tmp_path, letters)
    try:
        with desk.client() as client:
            while _size(desk, "journal") < 2 * _size(desk, "alerts"):
                assert place(desk, client).status_code == 201
        size = _size(desk, "journal")
        resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (size, size))
        eventually(lambda: desk.process.poll() is not None or not _places(desk))
        eventually(lambda: letters.tell_of("The desk stopped taking commands"))
    finally:
        desk.process.kill()
        desk.process.wait(60)


def _size(desk, name):
    return max(each.stat().st_size for each in desk.data.glob(f"{name}*"))


def _places(desk):
    with contextlib.suppress(httpx.HTTPError), desk.client() as client:
        return place(desk, client).status_code == 201
