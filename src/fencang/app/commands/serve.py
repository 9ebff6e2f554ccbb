"""``fencang serve``: a desk that runs, with its doors open, until it is told to end."""

import asyncio
import sys
from pathlib import Path

from fencang.app.desk.file import read_desk
from fencang.app.exit_status import UsageFault
from fencang.app.serve.operator_door import TOKEN_NAME, OperatorDoor, operator_token
from fencang.app.serve.server import serve
from fencang.gateways.rest.app import OPERATIONS
from fencang.gateways.stream.protocol import CHANNELS

__all__ = ["run_serve"]

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def run_serve(desk_file: Path, folder: Path, host: str, port: int) -> None:
    """Serve a desk.

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
    scopes = frozenset(each.scope for each in OPERATIONS) | {f"{each}:read" for each in CHANNELS}
    door = OperatorDoor(operator_token(folder), scopes)
    _tell("SINGLE OPERATOR: one person alone may do what otherwise takes two. Loopback only.")
    _tell(f"the operator's token is in {folder / TOKEN_NAME}")
    _run(serve(desk, folder, door, host=host, port=port, told=_tell))


def _tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _run(served: object) -> None:
    """Run on the fast loop where there is one."""
    try:
        import uvloop
    except ImportError:  # Windows
        asyncio.run(served)  # type: ignore[arg-type]
    else:
        uvloop.run(served)  # type: ignore[arg-type]
