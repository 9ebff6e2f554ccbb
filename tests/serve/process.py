"""A served desk in a process of its own, started by the command a user types."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
DESK = ROOT / "examples" / "minimal" / "desk.toml"
START_S = 60


class ServedDesk:
    """``fencang serve`` on a free port; ``kill`` and ``start`` may be called as often as wanted."""

    extra = ()

    def __init__(self, data, desk=DESK):
        self.data, self.desk = data, desk
        self.process, self.url, self.told = None, "", []
        self._names = 0

    def start(self):
        command = [sys.executable, "-m", "fencang.app.main", "serve", "--port", "0"]
        self.process = subprocess.Popen(
            [*command, "--desk", str(self.desk), "--data", str(self.data), *self.extra],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.told = []
        ready = threading.Event()
        threading.Thread(target=self._hear, args=(self.process, ready), daemon=True).start()
        assert ready.wait(START_S), self.told
        assert self.url, self.told
        return self

    def _hear(self, process, ready):
        with process.stdout as lines:
            self._read(lines, ready)
        ready.set()

    def _read(self, lines, ready):
        for line in lines:
            self.told.append(line.rstrip())
            found = re.fullmatch(r"serving on (http://\S+)/v1.*", line.rstrip())
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
    def token(self):
        return (self.data / "operator.token").read_text().strip()

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.token}"}

    def client(self, **more):
        return httpx.Client(base_url=f"{self.url}/v1", headers=self.headers, timeout=30, **more)

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
