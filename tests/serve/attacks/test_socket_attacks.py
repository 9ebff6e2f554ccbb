"""Attacks on sockets and streams: frames that are no frames, floods, clients that take nothing."""

import contextlib
import json
import zlib

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.serve.attacks.raw import Socket, asked, head, memory_mb, statuses
from tests.serve.process import eventually

CONTINUED, TEXT, BYTES, CLOSE, PING = 0, 1, 2, 8, 9
FRAME_BYTES_MAX = 1 << 16


def subscribe(channel="orders"):
    return json.dumps({"type": "subscribe", "channel": channel, "after_sequence": None}).encode()


# ------------------------------------------------------------------------------------------- frames


def test_a_message_that_is_too_large_ends_the_socket(desk):
    with Socket(desk) as line:
        line.send(line.frame(TEXT, b"a" * (FRAME_BYTES_MAX + 1)))
        assert line.close_code() == 1009


def test_a_length_without_a_message_reserves_nothing(desk):
    before = memory_mb(desk.process)
    with Socket(desk) as line:
        line.send(line.frame(BYTES)[:1] + b"\xff" + (1 << 62).to_bytes(8, "big") + bytes(4))
        assert line.close_code() == 1009
    assert memory_mb(desk.process) - before < 20


def test_fragments_together_are_bounded_like_one_frame(desk):
    with Socket(desk) as line:
        line.send(line.frame(TEXT, b"a" * 40_000, fin=False))
        line.send(line.frame(CONTINUED, b"a" * 40_000, fin=False))
        assert line.close_code() == 1009


def test_empty_fragments_without_an_end_end_the_socket(desk):
    with Socket(desk) as line:
        line.send(line.frame(TEXT, fin=False) + line.frame(CONTINUED, fin=False) * 5_000)
        assert line.close_code() == 1009


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        pytest.param(lambda line: line.frame(TEXT, b"{}", masked=False), 1002, id="unmasked"),
        pytest.param(lambda line: line.frame(3, b"{}"), 1002, id="unknown opcode"),
        pytest.param(lambda line: line.frame(TEXT, b"{}", reserved=2), 1002, id="reserved bit"),
        pytest.param(lambda line: line.frame(CONTINUED, b"{}"), 1002, id="nothing to continue"),
        pytest.param(lambda line: line.frame(PING, b"a" * 200), 1002, id="large ping"),
        pytest.param(lambda line: line.frame(PING, fin=False), 1002, id="half a ping"),
        pytest.param(lambda line: line.frame(CLOSE, b"\x00"), 1002, id="half a code"),
        pytest.param(lambda line: line.frame(TEXT, b"\xff\xfe"), 1007, id="not UTF-8"),
        pytest.param(
            lambda line: line.frame(TEXT, b"a", fin=False) + line.frame(TEXT, b"b"),
            1002,
            id="two messages at once",
        ),
    ],
)
def test_frames_that_are_none_end_the_socket(desk, frame, code):
    with Socket(desk) as line:
        line.send(frame(line))
        assert line.close_code() == code


def test_compression_is_not_spoken_so_nothing_bursts(desk):
    bomb = zlib.compressobj(wbits=-15)
    packed = bomb.compress(bytes(10 << 20)) + bomb.flush()
    with Socket(desk, "Sec-WebSocket-Extensions: permessage-deflate") as line:
        assert b"101 Switching" in line.handshake
        assert b"permessage-deflate" not in line.handshake
        line.send(line.frame(BYTES, packed[:60_000], reserved=4))
        assert line.close_code() == 1002


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 60_000,
        b'{"a":' * 12_000,
        b'{"type": "enter", "request_id": "x", "command": ' + b"[" * 30_000,
        b'{"type": "subscribe", "channel": "orders", "after_sequence": ' + b"9" * 60_000 + b"}",
        b'{"type": "subscribe", "channel": "' + b"a" * 60_000 + b'"}',
        b'{"type": "enter", "request_id": "' + b"a" * 60_000 + b'", "command": {}}',
        b"",
        b"\x00" * 1_000,
    ],
    ids=lambda each: repr(each[:40]),
)
def test_messages_that_burst_are_told_and_the_socket_goes_on(desk, text):
    with connect(
        desk.url.replace("http", "ws") + "/v1/stream",
        additional_headers=desk.headers_of("GET", "/v1/stream"),
    ) as socket:
        socket.recv(timeout=10)
        socket.send(text.decode())
        answer = socket.recv(timeout=10)
        assert json.loads(answer)["type"] == "failed"
        assert len(answer) < 70_000
        socket.send(subscribe("prices").decode())
        assert "subscribed" in socket.recv(timeout=10)


# ------------------------------------------------------------------------------------------- floods


def test_a_flood_of_pings_ends_the_socket(desk):
    with Socket(desk) as line:
        line.send(line.frame(PING, b"a" * 100) * 2_000)
        assert line.close_code() == 1008


def test_some_pings_are_answered(desk):
    with connect(
        desk.url.replace("http", "ws") + "/v1/stream",
        additional_headers=desk.headers_of("GET", "/v1/stream"),
    ) as socket:
        for _ in range(20):
            assert socket.ping().wait(10)


def test_who_asks_and_asks_and_takes_nothing_is_sent_away(desk):
    before = memory_mb(desk.process)
    with Socket(desk, receive_bytes=4_096) as line:
        asking = line.frame(TEXT, b'{"type": "nonsense"}') * 2_000
        sent = 0
        while line.send(asking) and sent < 500:
            sent += 1
        assert sent < 500
    assert memory_mb(desk.process) - before < 60


@pytest.mark.long
def test_snapshots_that_nobody_takes_fill_no_memory(desk):
    before = memory_mb(desk.process)
    with Socket(desk, receive_bytes=4_096) as line:
        asking = line.frame(TEXT, b"[" + b", ".join([subscribe("balances")] * 500) + b"]")
        for _ in range(200):
            if not line.send(asking):
                break
        else:
            eventually(lambda: not line.send(asking))
    assert memory_mb(desk.process) - before < 100


def test_events_begin_with_what_is(desk):
    path = "/v1/events/prices"
    fields = [f"{name}: {value}" for name, value in desk.headers_of("GET", path).items()]
    asking = head(desk, "GET", path, *fields)
    answer = asked(desk, asking, 0, until=lambda found: b"event: snapshot" in found)
    assert statuses(answer) == [200]
    assert b"event: snapshot" in answer


def test_streams_are_bounded(desk):
    with contextlib.ExitStack() as opened:
        lines = [opened.enter_context(Socket(desk)) for _ in range(24)]
        codes = [line.close_code(0.05) for line in lines]
    assert codes == [None] * 20 + [4001] * 4


# --------------------------------------------------------------------------------------- handshakes


@pytest.mark.parametrize(
    "fields",
    [
        ("Sec-WebSocket-Version: 13",),
        ("Sec-WebSocket-Key: AAAA",),
        ("Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="),
        ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: not base64"),
        (
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Key: BAAAAAAAAAAAAAAAAAAAAA==",
        ),
        ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: \x80\xff"),
        tuple(f"X-{number}: 1" for number in range(100)),
        ("X: " + "a" * 20_000,),
    ],
    ids=lambda each: " & ".join(each)[:60],
)
def test_handshakes_that_are_none_are_refused(desk, fields):
    upgrade = ("Connection: Upgrade", "Upgrade: websocket")
    answer = asked(desk, head(desk, "GET", "/v1/stream", *upgrade, *fields), 1)
    assert all(400 <= status < 500 for status in statuses(answer))


@pytest.mark.parametrize("path", ["/v1/orders", "/nothing", "/healthz"])
def test_a_socket_anywhere_else_is_refused(desk, path):
    with pytest.raises(Exception, match="HTTP 40"):
        connect(desk.url.replace("http", "ws") + path).__enter__()


def test_a_handshake_counts_once(desk):
    headers = desk.headers_of("GET", "/v1/stream")
    with Socket(desk, headers=headers) as first, Socket(desk, headers=headers) as second:
        assert second.close_code() == 4001
        first.send(first.frame(TEXT, subscribe("prices")))
        assert b"subscribed" in first.read(0.5)


def test_a_signature_of_a_request_opens_no_socket(desk):
    headers = desk.headers_of("GET", "/v1/orders")
    with (
        pytest.raises(ConnectionClosed) as caught,
        connect(
            desk.url.replace("http", "ws") + "/v1/stream", additional_headers=headers
        ) as socket,
    ):
        socket.recv(timeout=10)
    assert caught.value.rcvd.code == 4001
    assert httpx.get(f"{desk.url}/v1/orders", headers=headers).status_code == 200
