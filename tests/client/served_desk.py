"""A served desk in a process of its own, for tests of the client: the example desk, on loopback.

Run as a program it serves; imported it gives `Served`, which starts and ends such a program.  Its
doorman verifies a signature where there is one, and lets everybody else in.
"""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
DESK = ROOT / "examples" / "minimal" / "desk.toml"
START_S = 60
KEY_ID = "trend-1"


class Served:
    """One desk and its data; it can be ended, killed and started again on the same port."""

    def __init__(self, folder, public_key_hex):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = [str(folder), str(self.port), public_key_hex]
        self._process = None

    def start(self):
        self._process = subprocess.Popen(
            [sys.executable, __file__, *self._arguments], cwd=ROOT, stdout=subprocess.PIPE
        )
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            assert self._process.poll() is None, "the desk did not start"
            try:
                if httpx.get(self.url + "/v1/prices").json()["rows"]:
                    return self
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError("the desk did not answer in time")

    def kill(self):
        self._process.kill()
        self._process.communicate()

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=START_S)


def main(folder, port, public_key_hex):
    from fencang.app.desk.file import read_desk
    from fencang.app.serve.server import serve
    from fencang.gateways.caller import Caller
    from fencang.gateways.rest.app import OPERATIONS
    from fencang.gateways.rest.problem import Refused
    from fencang.messages.message import Interface
    from fencang.signing.faults import Cause, SignatureFault
    from fencang.signing.http_messages import POLICY, read_signature, verify_request
    from fencang.signing.keys import public_key_of
    from fencang.signing.request import Request

    scopes = frozenset(operation.scope for operation in OPERATIONS)

    class Doorman:
        async def admit(self, method, target, headers, body, address):
            if "signature" in headers:
                request = Request(
                    method=method,
                    authority=headers["host"],
                    target=target,
                    scheme="http",
                    headers=tuple(headers.items()),
                    body=body,
                )
                try:
                    signature = read_signature(request.headers)
                    key = public_key_of(public_key_hex)
                    verify_request(request, signature, key, POLICY, time.time_ns())
                except SignatureFault as fault:
                    kind = "sign-anew" if fault.cause is Cause.STALE else "not-signed"
                    raise Refused.of(401, kind, str(fault)) from fault
            return Caller(
                user_id="operator",
                key_id=KEY_ID,
                scopes=scopes,
                sub_tree="",
                address=address,
                interface=Interface.REST,
            )

    asyncio.run(
        serve(
            read_desk(DESK), Path(folder), Doorman(), host="127.0.0.1", port=int(port), told=print
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
