"""``fencang serve``: a desk that runs, with its doors open, until it is told to end."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from fencang.app.desk.file import read_desk
from fencang.app.exit_status import UsageFault
from fencang.app.serve.operator_door import TOKEN_NAME, OperatorDoor, operator_token
from fencang.app.serve.server import serve, serve_apart
from fencang.gateways.rest.app import OPERATIONS
from fencang.gateways.stream.protocol import CHANNELS, scope_of

__all__ = ["door_of", "run_on_loop", "run_serve"]

ResultT = TypeVar("ResultT")

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def run_serve(desk_file: Path, folder: Path, host: str, port: int, gateways: int) -> None:
    """Serve a desk, its doors in its own process or in so many of their own.

    Raises:
        UsageFault: an address that others reach.
        ProgramFault: the desk file or the data directory is faulty.
    """
    if host not in LOOPBACK:
        raise UsageFault(
            f"--host {host} can be reached by others, and this desk has one operator and no keys; "
            f"it is one of {', '.join(LOOPBACK)}; nothing was started"
        )
    desk = read_desk(desk_file)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    door = door_of(folder)
    _tell("SINGLE OPERATOR: one person alone may do what otherwise takes two. Loopback only.")
    _tell(f"the operator's token is in {folder / TOKEN_NAME}")
    if gateways:
        where = {"host": host, "port": port, "gateways": gateways}
        run_on_loop(serve_apart(desk, folder, told=_tell, **where))  # type: ignore[arg-type]
    else:
        run_on_loop(serve(desk, folder, door, host=host, port=port, told=_tell))


def door_of(folder: Path) -> OperatorDoor:
    """Return who lets requests in to the desk of a data directory."""
    scopes = frozenset(each.scope for each in OPERATIONS) | {scope_of(each) for each in CHANNELS}
    return OperatorDoor(operator_token(folder), scopes)


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
