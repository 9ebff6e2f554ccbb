"""Gateways as processes: started, watched, started anew when one ends, ended with the desk."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["keep_gateways", "listening_socket"]

BACKLOG = 2_048
AGAIN_S = 1.0
"""So long is waited before a gateway that ended is started anew."""
END_S = 15


@contextlib.contextmanager
def listening_socket(host: str, port: int) -> Iterator[socket.socket]:
    """Listen at an address; every gateway accepts from the same socket."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        listening.setblocking(False)
        listening.set_inheritable(True)
        yield listening


async def keep_gateways(
    folder: Path, listening: socket.socket, count: int, told: Callable[[str], None]
) -> None:
    """Keep so many gateways running until cancelled; then end them and wait for their last word."""
    async with asyncio.TaskGroup() as tasks:
        for number in range(1, count + 1):
            tasks.create_task(_keep(folder, listening, number, told))


async def _keep(
    folder: Path, listening: socket.socket, number: int, told: Callable[[str], None]
) -> None:
    while True:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "fencang.app.serve.gateway_process",
            str(folder),
            str(listening.fileno()),
            str(number),
            pass_fds=(listening.fileno(),),
        )
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        told(f"gateway {number} ended with status {status}; it is started anew")
        await asyncio.sleep(AGAIN_S)


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
