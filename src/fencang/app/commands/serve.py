"""``fencang serve``: a desk that runs, with its doors open, until it is told to end."""

import asyncio
import logging
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import structlog

from fencang.app.desk.file import read_desk
from fencang.app.exit_status import UsageFault
from fencang.app.serve.server import serve, serve_apart
from fencang.app.serve.settings import (
    LogFormat,
    LogLevel,
    LogSettings,
    ServerSettings,
    read_settings,
)
from fencang.gateways.logs import configure_logs

__all__ = ["Asked", "level_of", "run_on_loop", "run_serve"]

ResultT = TypeVar("ResultT")
PORT = 8_000
DATA = Path("desk-data")
_LEVELS = {
    LogLevel.DEBUG: logging.DEBUG,
    LogLevel.INFO: logging.INFO,
    LogLevel.WARNING: logging.WARNING,
    LogLevel.ERROR: logging.ERROR,
}


class Asked(NamedTuple):
    """What the command line says beside the settings; None where it says nothing."""

    data: Path | None
    host: str | None
    port: int | None
    gateways: int | None


def run_serve(desk_file: Path, settings_file: Path | None, asked: Asked) -> None:
    """Serve a desk, its doors in its own process or in so many of their own.

    Raises:
        UsageFault: an address that others reach, without encryption and without saying so.
        ProgramFault: the desk file, the settings or the data directory is faulty.
    """
    settings = ServerSettings() if settings_file is None else read_settings(settings_file)
    settings = _with_asked(settings, asked, is_of_file=settings_file is not None)
    desk = read_desk(desk_file)
    folder = asked.data or settings.data or DATA
    serving = serve_apart if settings.gateways else serve
    configure_logs(level_of(settings.logs))
    is_json = settings_file is not None and settings.logs.format is LogFormat.JSON
    run_on_loop(serving(desk, folder, settings, _log if is_json else _tell))


def level_of(logs: LogSettings) -> int:
    """Return the level of the standard library from which on lines are written."""
    return _LEVELS[logs.level]


def _with_asked(settings: ServerSettings, asked: Asked, *, is_of_file: bool) -> ServerSettings:
    listen = settings.listen
    port = asked.port if asked.port is not None else (listen.port if is_of_file else PORT)
    listen = listen._replace(host=asked.host or listen.host, port=port)
    if not (listen.is_loopback or listen.is_encrypted or listen.allow_plain_text):
        raise UsageFault(
            f"--host {listen.host} can be reached by others: give settings with a certificate, or "
            "allow_plain_text where something else encrypts the line; nothing was started"
        )
    gateways = settings.gateways if asked.gateways is None else asked.gateways
    return settings._replace(listen=listen, gateways=gateways)


def run_on_loop(served: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run on the fast loop where there is one."""
    try:
        import uvloop
    except ImportError:  # Windows
        return asyncio.run(served)
    return uvloop.run(served)


def _log(words: str) -> None:
    structlog.get_logger().info(words)


def _tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
