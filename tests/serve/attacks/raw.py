"""An attacker's client: writes bytes as no library would, and reads what comes back."""

import base64
import os
import re
import socket
import struct
import time
from pathlib import Path

WAIT_S = 12


class Line:
    """One connection to a served desk."""

    def __init__(self, desk, *, receive_bytes=None):
        host, port = desk.url.split("//")[1].split(":")
        self.socket = socket.socket()
        if receive_bytes is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(WAIT_S)
        self.socket.connect((host, int(port)))
        self.began = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Send; return whether the peer still took it."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def drip(self, data, pause_s=0.05):
        """Send byte by byte until the peer ends the connection."""
        for index in range(len(data)):
            if not self.send(data[index : index + 1]):
                return
            time.sleep(pause_s)
            if self.has_ended():
                return

    def has_ended(self):
        """Return whether the peer has said something or ended the connection."""
        self.socket.setblocking(False)
        try:
            self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        else:
            return True
        finally:
            self.socket.settimeout(WAIT_S)

    def read(self, wait_s=WAIT_S, until=None):
        """Return everything until the peer ends the connection, or until the wait is over.

        It begins when ``until`` holds of what came, so that a busy machine is given time.
        """
        deadline = time.monotonic() + (wait_s if until is None else WAIT_S)
        found = b""
        try:
            while True:
                self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
                if not (piece := self.socket.recv(1 << 16)):
                    break
                found += piece
                if until is not None and until(found):
                    deadline, until = time.monotonic() + wait_s, None
        except TimeoutError:
            return found
        except OSError:
            pass
        self.ended_s = time.monotonic() - self.began
        return found


def asked(desk, data, wait_s=WAIT_S, *, until=lambda found: b"\r\n\r\n" in found):
    """Return what a desk answers to bytes, and what else comes within a wait after that."""
    with Line(desk) as line:
        line.send(data)
        return line.read(wait_s, until)


def statuses(answer):
    """Return the statuses of every answer in what came back."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


def head(desk, method="GET", path="/healthz", *fields):
    """Return the head of a request."""
    host = desk.url.split("//")[1]
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def memory_mb(process):
    """Return how much memory a process holds."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    raise AssertionError("no VmRSS")


class Socket(Line):
    """A WebSocket whose frames are made by hand."""

    def __init__(self, desk, *fields, headers=None, receive_bytes=None):
        super().__init__(desk, receive_bytes=receive_bytes)
        signed = desk.headers_of("GET", "/v1/stream") if headers is None else headers
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(
            head(
                desk,
                "GET",
                "/v1/stream",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                f"Sec-WebSocket-Key: {key}",
                *(f"{name}: {value}" for name, value in signed.items()),
                *fields,
            )
        )
        self.handshake = b""
        while b"\r\n\r\n" not in self.handshake:
            piece = self.socket.recv(1)
            if not piece:
                break
            self.handshake += piece

    def frame(self, opcode, data=b"", *, fin=True, reserved=0, masked=True):
        first = (0x80 if fin else 0) | reserved << 4 | opcode
        mask = 0x80 if masked else 0
        size = len(data)
        if size < 126:
            prefix = struct.pack("!BB", first, mask | size)
        elif size < 1 << 16:
            prefix = struct.pack("!BBH", first, mask | 126, size)
        else:
            prefix = struct.pack("!BBQ", first, mask | 127, size)
        # Masked with zeros, so that the bytes are what they are.
        return prefix + (bytes(4) if masked else b"") + data

    def close_code(self, wait_s=WAIT_S):
        """Return the code that the peer ends with; None where it ends without one."""
        found, deadline = b"", time.monotonic() + wait_s
        while (code := _close_code_in(found)) is None and time.monotonic() < deadline:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                piece = self.socket.recv(1 << 16)
            except OSError:
                break
            if not piece:
                break
            found += piece
        return code


def _close_code_in(rest):
    while len(rest) >= 10 or (rest and len(rest) >= 2 and rest[1] & 127 < 126):
        opcode, size = rest[0] & 15, rest[1] & 127
        start = 2
        if size == 126:
            size, start = struct.unpack("!H", rest[2:4])[0], 4
        elif size == 127:
            size, start = struct.unpack("!Q", rest[2:10])[0], 10
        if opcode == 8 and size >= 2 and len(rest) >= start + 2:
            return struct.unpack("!H", rest[start : start + 2])[0]
        rest = rest[start + size :]
    return None
