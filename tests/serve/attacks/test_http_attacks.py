"""Attacks on HTTP itself: slowness, floods, broken and ambiguous requests, bodies that burst."""

import gzip
import json
import time
import zlib

import httpx
import pytest

from tests.serve.attacks.raw import Line, asked, head, memory_mb, statuses
from tests.serve.process import eventually, place

REQUEST_S, IDLE_S = 0.4, 1
SLACK_S = 3
"""What a busy machine may add."""


def post(desk, *fields, body=b"", path="/v1/orders"):
    return head(desk, "POST", path, *fields) + body


# ------------------------------------------------------------------------------------- slow clients


@pytest.mark.parametrize(
    "dripped",
    [
        pytest.param(lambda desk: head(desk, "GET", "/healthz", "X: " + "a" * 4_000), id="head"),
        pytest.param(lambda _: b"\r\n" * 4_000, id="empty lines"),
        pytest.param(lambda _: b"GET /" + b"a" * 4_000, id="path"),
    ],
)
def test_who_sends_a_head_byte_by_byte_is_ended(desk, dripped):
    with Line(desk) as line:
        line.drip(dripped(desk))
        answer = line.read()
    assert statuses(answer) in ([408], [])
    assert line.ended_s < REQUEST_S + SLACK_S


def test_who_sends_a_body_byte_by_byte_is_ended(desk):
    with Line(desk) as line:
        line.send(post(desk, "Content-Length: 4000"))
        line.drip(b"{" * 4_000)
        assert statuses(line.read()) == [408]
    assert line.ended_s < REQUEST_S + SLACK_S


def test_who_says_nothing_is_ended(desk):
    with Line(desk) as line:
        assert statuses(line.read()) == [408]
    assert line.ended_s < REQUEST_S + SLACK_S


def test_who_goes_silent_after_an_answer_is_ended(desk):
    with Line(desk) as line:
        line.send(head(desk))
        assert statuses(line.read()) == [200]
    assert line.ended_s < IDLE_S + SLACK_S


def test_empty_lines_after_an_answer_keep_no_connection(desk):
    with Line(desk) as line:
        line.send(head(desk))
        while not line.has_ended():
            time.sleep(0.01)
        assert line.socket.recv(1 << 16).startswith(b"HTTP/1.1 200")
        line.drip(b"\r\n" * 4_000)
        line.read()
    assert line.ended_s < REQUEST_S + SLACK_S


def test_who_takes_no_answers_is_ended(desk):
    with Line(desk, receive_bytes=4_096) as line:
        line.send(head(desk, "GET", "/v1/openapi.json") * 16)
        time.sleep(IDLE_S)
        eventually(lambda: _is_reset(line))


def _is_reset(line):
    """Return whether the peer has given the connection up, without taking what it sent."""
    return not (line.send(b"x") and line.send(b"x"))


# ------------------------------------------------------------------------------------------- floods


def test_a_flood_of_header_fields_is_refused(desk):
    many = [f"X-{number}: 1" for number in range(100)]
    assert statuses(asked(desk, head(desk, "GET", "/healthz", *many))) == [431]


@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(lambda desk: head(desk, "GET", "/healthz", "X: " + "a" * 20_000), id="field"),
        pytest.param(lambda desk: head(desk, "GET", "/healthz?" + "a" * 20_000), id="query"),
        pytest.param(lambda desk: head(desk, "GET", "/healthz", "a" * 20_000 + ": 1"), id="name"),
    ],
)
def test_a_head_that_is_too_large_is_refused(desk, flood):
    assert statuses(asked(desk, flood(desk))) == [431]


def test_requests_ahead_of_their_answers_are_bounded(desk):
    answer = asked(desk, head(desk) * 16, 1, until=lambda found: len(statuses(found)) == 16)
    assert statuses(answer) == [200] * 16
    assert len(statuses(asked(desk, head(desk) * 2_000))) < 17


@pytest.mark.parametrize("begun", [b"X: ", b"X", b""], ids=["value", "name", "lines"])
def test_a_head_without_an_end_fills_no_memory(desk, begun):
    before = memory_mb(desk.process)
    piece = b"a" * 65_536 if begun else b"X: 1\r\n" * 10_000
    with Line(desk) as line:
        line.send(head(desk)[:-2] + begun)
        sent = sum(line.send(piece) for _ in range(400))
        line.read(1)
    assert sent < 400
    assert memory_mb(desk.process) - before < 30


def test_connections_of_an_address_are_bounded(desk):
    lines = [Line(desk) for _ in range(45)]
    try:
        refused = [line for line in lines if line.has_ended()]
        eventually(lambda: sum(line.has_ended() for line in lines) >= 5)
        refused = [line for line in lines if line.has_ended()]
        assert statuses(refused[0].read(1)) == [503]
        lines[0].send(head(desk))
        assert statuses(lines[0].read(1)) == [200]
    finally:
        for line in lines:
            line.socket.close()
    eventually(lambda: statuses(asked(desk, head(desk), 0.5)) == [200])


# ------------------------------------------------------------------------------------------- bodies


def test_a_body_that_is_too_large_is_refused_before_it_is_read(desk):
    answer = asked(desk, post(desk, "Content-Length: 1048577"))
    assert statuses(answer) == [413]


def test_a_body_of_no_stated_length_is_not_read(desk):
    chunks = b"5\r\nhello\r\n" * 10 + b"0\r\n\r\n"
    answer = asked(desk, post(desk, "Transfer-Encoding: chunked", body=chunks))
    assert statuses(answer) == [411]


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(bytes(1 << 20), mtime=0)),
        ("deflate", zlib.compress(bytes(1 << 20))),
        ("br", b"\x8b\xff\xff"),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(1 << 20), mtime=0), mtime=0)),
        ("GZIP", b""),
    ],
    ids=["gzip", "deflate", "br", "twice", "shouted"],
)
def test_compressed_bodies_are_refused_plainly(desk, encoding, packed):
    with desk.client() as client:
        headers = {"Content-Encoding": encoding, "Idempotency-Key": desk.name()}
        refused = client.post("/orders", content=packed, headers=headers)
    assert refused.status_code == 415
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 500_000, id="deep lists"),
        pytest.param(b'{"a":' * 100_000, id="deep objects"),
        pytest.param(b'{"quantity_lots": ' + b"9" * 200_000 + b"}", id="huge number"),
        pytest.param(b'{"quantity_lots": 1e999999999}', id="huge exponent"),
        pytest.param(b'{"quantity_lots": 1e308}', id="large float"),
        pytest.param(b'{"limit_price": "' + b"9" * 200_000 + b'"}', id="huge price"),
        pytest.param(b'{"limit_price": "1e999999999"}', id="price with exponent"),
        pytest.param(b'{"limit_price": "\xd9\xa3"}', id="foreign digits"),
        pytest.param(b'{"sub_account_id": "' + b"A" * 900_000 + b'"}', id="huge text"),
        pytest.param(b'{"quantity_lots": NaN}', id="NaN"),
        pytest.param(b'{"sub_account_id": "\\ud800"}', id="half a pair"),
        pytest.param(b'{"sub_account_id": "\xff\xfe"}', id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param(b'{"a\\u0000": 1}', id="NUL"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"null", id="null"),
    ],
)
def test_bodies_that_burst_are_faulty_bodies(desk, body):
    with desk.client() as client:
        began = time.monotonic()
        answer = client.post("/orders", content=body, headers={"Idempotency-Key": desk.name()})
    assert answer.status_code == 400, answer.text[:300]
    assert answer.json()["title"] == "Faulty body"
    assert time.monotonic() - began < 2
    assert len(answer.content) < 20_000


# -------------------------------------------------------------------------------- broken, ambiguous

SMUGGLED = b"GET /v1/docs HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /healthz\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
        b"GET /healthz\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x00" * 1_000,
    ],
    ids=lambda each: each[:40].decode("latin-1").split("\r")[0].encode("unicode_escape").decode(),
)
def test_what_is_not_http_is_refused(desk, data):
    answer = asked(desk, data, IDLE_S + SLACK_S)
    assert all(400 <= status < 500 for status in statuses(answer)), answer[:200]


@pytest.mark.parametrize(
    "fields",
    [
        ("Content-Length: 4", "Content-Length: 5"),
        ("Content-Length: 4, 5",),
        ("Content-Length: +4",),
        ("Content-Length: -1",),
        ("Content-Length: 0x4",),
        ("Content-Length: 4 4",),
        ("Content-Length: " + "9" * 40,),
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 4"),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
        ("Transfer-Encoding : chunked",),
        ("Transfer-Encoding:\x0bchunked",),
        ("X: 1\n Transfer-Encoding: chunked",),
        ("Content-Length: 4\r", "X: 1"),
    ],
    ids=lambda each: " & ".join(each)[:50].encode("unicode_escape").decode(),
)
def test_a_request_whose_end_can_be_read_two_ways_is_refused_and_nothing_after_it_is(desk, fields):
    """Law: what might be smuggled behind it is never taken for a request."""
    answer = asked(desk, post(desk, *fields, body=b"0\r\n\r\n" + SMUGGLED), IDLE_S + SLACK_S)
    assert len(statuses(answer)) == 1
    assert 400 <= statuses(answer)[0] < 500
    assert b"text/html" not in answer


def test_nothing_is_read_after_a_connection_that_was_to_close(desk):
    answer = asked(desk, head(desk, "GET", "/healthz", "Connection: close") + SMUGGLED)
    assert statuses(answer) == [200]
    assert b"text/html" not in answer


def test_a_body_of_a_get_is_no_request(desk):
    inside = head(desk, "GET", "/healthz", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED
    answer = asked(desk, inside, 1)
    assert statuses(answer) == [200]
    assert b"text/html" not in answer


def test_an_upgrade_to_something_else_is_a_request(desk):
    fields = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
    assert statuses(asked(desk, head(desk, "GET", "/healthz", *fields), 1)) == [200]


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil: 1"])
def test_line_ends_in_values_make_no_header_of_an_answer(desk, value):
    """What a client names itself comes back in no header of the answer."""
    quoted = value.replace("\r", "%0D").replace("\n", "%0A")
    for path in (f"/v1/orders?cursor={quoted}", f"/v1/orders/{quoted}", f"/{quoted}"):
        with desk.client() as client:
            answer = client.get(desk.url + path)
        assert "x-evil" not in answer.headers
        assert answer.status_code in {200, 400, 404}
    raw = asked(desk, post(desk, f"Idempotency-Key: {value}", "Connection: close"), 1)
    assert b"\r\nX-Evil" not in raw
    assert all(400 <= status < 500 for status in statuses(raw))


def test_the_bounds_bother_nobody_who_keeps_them(desk):
    with desk.client() as client:
        assert place(desk, client).status_code == 201
        headers = {f"X-{number}": "1" for number in range(40)}
        assert client.get("/orders", headers=headers).status_code == 200
        found = client.get("/openapi.json")
        assert json.loads(found.content)["openapi"] == "3.1.0"
    assert httpx.get(f"{desk.url}/healthz").status_code == 200
