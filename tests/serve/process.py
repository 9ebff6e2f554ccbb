"""A served desk in a process of its own, started by the command a user types."""

import json
import os
import re
import secrets
import signal
import threading
import time
from pathlib import Path

import httpx

from fencang.app.commands.keys import private_key_in
from fencang.signing.http_messages import sign_request
from fencang.signing.request import request_of_url
from tests.app.forked import fork_server

ROOT = Path(__file__).resolve().parents[2]
DESK = ROOT / "examples" / "minimal" / "desk.toml"
START_S = 60
COVERED = (b"host", b"content-type", b"idempotency-key", b"if-match", b"if-none-match")


class Signed(httpx.Auth):
    """Signs each request, as a client does."""

    requires_request_body = True

    def __init__(self, key, key_id):
        self.key, self.key_id = key, key_id

    def headers_of(self, request):
        headers = tuple(
            (name.decode(), value.decode())
            for name, value in request.headers.raw
            if name.lower() in COVERED
        )
        asked = request_of_url(request.method, str(request.url), headers, request.content)
        now_s, nonce = int(time.time()), secrets.token_urlsafe(18)
        return sign_request(asked, self.key, key_id=self.key_id, created_s=now_s, nonce=nonce)

    def auth_flow(self, request):
        for name, value in self.headers_of(request):
            request.headers[name] = value
        yield request


class ServedDesk:
    """``fencang serve`` on a free port; ``kill`` and ``start`` may be called as often as wanted."""

    extra = ()

    def __init__(self, data, desk=DESK):
        self.data, self.desk = data, desk
        self.process, self.url, self.told = None, "", []
        self._names = 0

    def start(self):
        arguments = ("serve", "--port", "0", "--desk", self.desk, "--data", self.data, *self.extra)
        given = {**os.environ, "PYTHONUNBUFFERED": "1"}
        reading, writing = os.pipe()
        with open(writing, "wb") as output:  # noqa: PTH123 - a descriptor
            self.process = fork_server().start(arguments, Path.cwd(), given, output, output)
        lines = open(reading, encoding="utf-8")  # noqa: PTH123, SIM115 - closed where it is read
        self.told = []
        ready = threading.Event()
        threading.Thread(target=self._hear, args=(lines, ready), daemon=True).start()
        assert ready.wait(START_S), self.told
        assert self.url, self.told
        return self

    def _hear(self, lines, ready):
        with lines:
            self._read(lines, ready)
        ready.set()

    def _read(self, lines, ready):
        for line in lines:
            self.told.append(line.rstrip())
            found = re.search(r"serving on (https?://[^/\s]+)/v1", line)
            if found:
                self.url = found.group(1)
                ready.set()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(START_S)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(START_S) == 0, self.told

    @property
    def auth(self):
        return Signed(private_key_in(self.data / "operator.key"), "operator-1")

    def client(self, **more):
        return httpx.Client(base_url=f"{self.url}/v1", auth=self.auth, timeout=30, **more)

    def headers_of(self, method, path):
        """Return the headers of a signed request without a body, for what is no plain HTTP."""
        return dict(self.auth.headers_of(httpx.Request(method, self.url + path)))

    def name(self):
        self._names += 1
        return f"request-{os.getpid()}-{self._names}-{time.time_ns()}"


def order(**changes):
    """Return the body of an order that is accepted."""
    body = {
        "sub_account_id": "ALPHA",
        "client_order_id": f"order-{time.time_ns()}",
        "contract_id": "COPPER-C",
        "side": "buy",
        "quantity_lots": 1,
        "limit_price": "3900",
    }
    return json.loads(json.dumps({**body, **changes}))


def place(desk, client, name=None, **changes):
    """Place an order and return the response."""
    headers = {"Idempotency-Key": name or desk.name()}
    return client.post("/orders", json=order(**changes), headers=headers)


def eventually(check, wait_s=20):
    """Return what a check finds once it finds something."""
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {wait_s} s: {check}")
