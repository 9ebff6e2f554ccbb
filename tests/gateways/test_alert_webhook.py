"""Webhooks to a real server on loopback: signed, checked, bounded, and no further than that."""

import contextlib
import http.server
import ipaddress
import json
import re
import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.gateways.alerts.addresses import is_allowed
from fencang.gateways.alerts.message import ALERTS_OF_MESSAGE_MAX, ChannelFault
from fencang.gateways.alerts.webhook import (
    BODY_BYTES_MAX,
    WebhookChannel,
    WebhookTerms,
    signature_of,
    url_fault,
)
from fencang.gateways.secret import Secret
from tests.docs.documents import text_of
from tests.gateways.alert_parts import NOON_NS, message_of, stored
from tests.gateways.certificates import certificate

KEY = b"k" * 32
HERE = (ipaddress.ip_network("127.0.0.0/8"),)


class Receiver(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Answers)
        self.answers, self.taken = [], []
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def port(self):
        return self.server_address[1]

    def handle_error(self, request, client_address):
        """A client that hangs up is what is tested."""


class Answers(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.taken.append((self.path, dict(self.headers.items()), body))
        answer = self.server.answers.pop(0) if self.server.answers else 204
        if callable(answer):
            answer(self)
            return
        self.send_response(answer)
        if 300 <= answer < 400:
            self.send_header("Location", f"http://127.0.0.1:{self.server.port}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 - the library's name

    def log_message(self, *_):
        """Say nothing."""


@contextlib.contextmanager
def receiving(context=None):
    receiver = Receiver(context)
    thread = threading.Thread(target=receiver.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("hook"))


def channel(port, *, url="http://127.0.0.1:{}/alerts?desk=1", allowed=HERE, **other):
    terms = {"url": url.format(port), "allowed": allowed, "total_s": 5.0} | other
    return WebhookChannel(WebhookTerms(**terms), Secret(KEY.decode()))


def test_a_message_arrives_signed(receiver):
    channel(receiver.port).send(message_of(), NOON_NS)
    ((path, headers, body),) = receiver.taken
    assert path == "/alerts?desk=1"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert headers["content-type"] == "application/json"
    assert headers["fencang-timestamp"] == str(NOON_NS // 10**9)
    signed = signature_of(KEY, headers["fencang-timestamp"], body)
    assert headers["fencang-signature"] == f"v1={signed}"
    told = json.loads(body)
    assert told["delivery_id"] == headers["fencang-delivery"]
    assert told["alerts"][0]["severity"] == "critical"
    assert told["alerts"][0]["first_time"] == "2025-11-26T12:00:00.000000000Z"


def test_the_signature_is_what_anybody_computes():
    """What ``printf '1.{}' | openssl dgst -sha256 -hmac key`` prints."""
    assert signature_of(b"key", "1", b"{}") == (
        "1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224"
    )


def test_the_receiver_of_the_guide_takes_what_is_sent_and_nothing_else(receiver):
    (text,) = re.findall(
        r"```python\n(.*?)```", text_of("docs/guide/metrics-and-alerts.md"), re.DOTALL
    )
    guide = {}
    exec(compile(text, "metrics-and-alerts.md", "exec"), guide)  # noqa: S102 - that is the test
    channel(receiver.port).send(message_of(), NOON_NS)
    ((_, headers, body),) = receiver.taken
    now = NOON_NS // 10**9
    assert guide["is_ours"](KEY, headers, body, now)
    assert not guide["is_ours"](KEY, headers, body + b" ", now)
    assert not guide["is_ours"](b"other", headers, body, now)
    assert not guide["is_ours"](KEY, headers, body, now + 301)
    assert not guide["is_ours"](KEY, headers | {"fencang-timestamp": str(now + 1)}, body, now)


def test_over_https_with_a_certificate_that_fits(trusted):
    with receiving(trusted[2]) as receiver:
        ours = channel(receiver.port, url="https://localhost:{}/x", ca_file=trusted[0])
        ours.send(message_of(), NOON_NS)
        ((_, headers, _),) = receiver.taken
        assert headers["host"] == f"localhost:{receiver.port}"


def test_a_certificate_that_does_not_fit_ends_the_try(trusted, tmp_path):
    other = certificate(tmp_path, "hooks.example.com")
    with receiving(other[2]) as receiver:
        for ca_file in (None, other[0]):  # nobody vouches for it; it is another name's
            ours = channel(receiver.port, url="https://localhost:{}/x", ca_file=ca_file)
            with pytest.raises(ChannelFault, match="ConnectError"):
                ours.send(message_of(), NOON_NS)
        assert receiver.taken == []


def hang_up(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)


def half_an_answer(handler):
    handler.wfile.write(b"HTTP/1.1 2")
    hang_up(handler)


def noise(handler):
    handler.wfile.write(b"\x00\x01" * 5_000)


def many_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000 + b"\r\n")


@pytest.mark.parametrize(
    "answer",
    [500, 503, 400, 404, 301, 307, 308, 304, hang_up, half_an_answer, noise, many_headers],
)
def test_everything_but_two_hundred_is_a_fault(receiver, answer):
    receiver.answers = [answer]
    ours = channel(receiver.port)
    with pytest.raises(ChannelFault):
        ours.send(message_of(), NOON_NS)
    assert len(receiver.taken) == 1, "no redirect is followed and nothing is tried twice inside"
    ours.send(message_of(), NOON_NS)


def test_the_body_of_an_answer_is_not_read(receiver):
    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b"a\r\nxxxxxxxxxx\r\n")

    receiver.answers = [endless]
    channel(receiver.port).send(message_of(), NOON_NS)


def drop_by_drop(handler):
    with contextlib.suppress(OSError):
        for sign in b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 1_000:
            handler.wfile.write(bytes([sign]))
            handler.wfile.flush()
            time.sleep(0.05)


@pytest.mark.parametrize("answer", [drop_by_drop, lambda _: time.sleep(3)])
def test_a_slow_receiver_is_left_in_time(receiver, answer):
    receiver.answers = [answer]
    began = time.monotonic()
    with pytest.raises(ChannelFault, match=r"no answer within 0\.3 s"):
        channel(receiver.port, total_s=0.3).send(message_of(), NOON_NS)
    assert time.monotonic() - began < 2.5


def test_no_proxy_of_the_environment_is_used(receiver, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    channel(receiver.port).send(message_of(), NOON_NS)
    assert len(receiver.taken) == 1


# --------------------------------------------------------------------------------------- addresses


def test_this_machine_is_not_reached_unless_the_settings_allow_it(receiver):
    with pytest.raises(ChannelFault, match="do not allow"):
        channel(receiver.port, allowed=()).send(message_of(), NOON_NS)
    assert receiver.taken == []


def test_every_address_of_a_name_is_checked(receiver, monkeypatch):
    """A name with one good and one bad address is refused whole."""

    def both(*_, **__):
        return [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("169.254.169.254", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    ours = channel(443, url="https://hooks.example.com/x", allowed=())
    with pytest.raises(ChannelFault, match=r"169\.254\.169\.254"):
        ours.send(message_of(), NOON_NS)


def test_the_checked_address_is_the_one_that_is_used(monkeypatch, tmp_path):
    """A name that is another one's a moment later (rebinding) is looked up once."""
    made, asked = certificate(tmp_path, "hooks.example.com"), []
    really = socket.getaddrinfo

    def changing(host, *others, **more):
        if host != "hooks.example.com":
            return really(host, *others, **more)
        asked.append(host)
        return really("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *others, **more)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    with receiving(made[2]) as receiver:
        ours = channel(receiver.port, url="https://hooks.example.com:{}/x", ca_file=made[0])
        ours.send(message_of(), NOON_NS)
        assert len(receiver.taken) == len(asked) == 1


def test_a_name_that_nobody_knows_is_a_fault(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    ours = channel(443, url="https://nowhere.example.com/x")
    with pytest.raises(ChannelFault, match="has no address"):
        ours.send(message_of(), NOON_NS)


REFUSED = """
127.0.0.1 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.1 240.0.0.1
255.255.255.255 ::1 :: fe80::1 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1
::ffff:169.254.169.254 2002:7f00:1:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
""".split()


@pytest.mark.parametrize("text", REFUSED)
def test_addresses_that_are_not_public_are_refused(text):
    assert not is_allowed(ipaddress.ip_address(text), ())


@pytest.mark.parametrize("text", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses_pass(text):
    assert is_allowed(ipaddress.ip_address(text), ())


@given(st.ip_addresses(v=4))
def test_an_address_counts_the_same_however_it_is_written(address):
    number = int(address)
    for wrapped in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert is_allowed(ipaddress.IPv6Address(wrapped), ()) is is_allowed(address, ())
    assert is_allowed(address, (ipaddress.ip_network("0.0.0.0/0"),))


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/x",
        "http://localhost/x",
        "ftp://example.com",
        "https://",
        "https://user:secret@example.com/x",
        "https://example.com/x#y",
        "https://example.com:99999/x",
        "https://exam ple.com/x",
        "https://example.com/x\r\nHost: other",
        "https://[::1/x",
        "https://例え.jp/x",
        "https://example.com/" + "x" * 400,
        "",
    ],
)
def test_urls_that_are_refused(url):
    assert url_fault(url)
    with pytest.raises(ValueError, match="the URL"):
        channel(0, url=url.replace("{", "").replace("}", ""))


@pytest.mark.parametrize("url", ["https://example.com", "https://[2606::1]:8443/a?b=c"])
def test_urls_that_are_taken(url):
    assert url_fault(url) == ""


def test_the_largest_message_fits(receiver):
    worst = stored(words="\\" * 500 + "𝄞" * 500, subject="𝄞" * 160, title="𝄞" * 120, kind="k" * 40)
    message = message_of(*[worst] * ALERTS_OF_MESSAGE_MAX)
    assert len(message.json()) <= BODY_BYTES_MAX
    channel(receiver.port).send(message, NOON_NS)


def test_the_key_is_in_no_text():
    ours = channel(1)
    assert "kkkk" not in repr(ours.__dict__) + repr(ours)
