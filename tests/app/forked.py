"""Start the program in a process of its own, without waiting for Python to import it."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

START_S = 60
ROOT = Path(__file__).resolve().parents[2]


class Child:
    """One started command, asked as ``subprocess.Popen`` is."""

    def __init__(self, told):
        self._told = told
        self._told.settimeout(START_S)
        self.pid = int(told.recv(64))
        self.returncode = None

    def poll(self):
        """Return its exit status, None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout=None):
        """Return its exit status once it has ended."""
        if self.returncode is None:
            self._told.settimeout(timeout)
            try:
                self.returncode = int(self._told.recv(64))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(str(self.pid), timeout) from None
            self._told.close()
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """What ``tests.app.fork_server`` is asked through."""

    def __init__(self):
        self._channel, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.app.fork_server", str(other.fileno())],
            cwd=ROOT,
            pass_fds=[other.fileno()],
        )
        other.close()
        atexit.register(self._stop)

    def _stop(self):
        self._channel.close()
        self._server.wait(START_S)

    def start(self, arguments, folder, environment, output, faults):
        """Start ``fencang`` with arguments; its streams go to the two open files."""
        asked = {
            "arguments": [*map(str, arguments)],
            "folder": str(folder),
            "environment": environment,
        }
        told, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other, Path(os.devnull).open("rb") as nothing:
            files = (nothing, output, faults, other)
            descriptors = [each.fileno() for each in files]
            socket.send_fds(self._channel, [json.dumps(asked).encode()], descriptors)
        return Child(told)


@cache
def fork_server():
    """Return the one of this process, started when first wanted."""
    return ForkServer()
