"""``fencang serve``: a desk that runs, with its doors open, until it is told to end."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from fencang.app.desk.file import read_desk
from fencang.app.exit_status import UsageFault
from fencang.app.serve.server import serve, serve_apart

__all__ = ["run_on_loop", "run_serve"]

ResultT = TypeVar("ResultT")
LOOPBACK = ("127.0.0.1", "::1")


def run_serve(desk_file: Path, folder: Path, host: str, port: int, gateways: int) -> None:
    """Serve a desk, its doors in its own process or in so many of their own.

    Raises:
        UsageFault: an address that others reach.
        ProgramFault: the desk file or the data directory is faulty.
    """
    if host not in LOOPBACK:
        raise UsageFault(
            f"--host {host} can be reached by others, and there is no TLS here; it is one of "
            f"{', '.join(LOOPBACK)}: put a proxy that ends TLS before it; nothing was started"
        )
    desk = read_desk(desk_file)
    if gateways:
        served = serve_apart(desk, folder, host=host, port=port, gateways=gateways, told=_tell)
    else:
        served = serve(desk, folder, host=host, port=port, told=_tell)
    run_on_loop(served)


def run_on_loop(served: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run on the fast loop where there is one."""
    try:
        import uvloop
    except ImportError:  # Windows
        return asyncio.run(served)
    return uvloop.run(served)


def _tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
