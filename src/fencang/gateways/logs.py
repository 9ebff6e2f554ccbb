"""Logs: one JSON object a line, with what is bound to a request, and without secrets.

Secrets are taken out twice.  By name: whatever is called password, token, cookie, signature and
the like is replaced, however deep it lies.  By look: everything that leaves the house begins with
a mark (`gateways/secret.py`) and is found in any text, an exception's included.  A `Secret` shows
nothing by itself.  Lines are bounded, so that what strangers send does not fill a disk.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TextIO

import structlog

from fencang.gateways.secret import MARKED

__all__ = [
    "REDACTED",
    "TEXT_LENGTH_MAX",
    "bind_request",
    "configure_logs",
    "is_secret_name",
    "redacted",
    "unbind_request",
]

REDACTED: Final = "(taken out)"
TEXT_LENGTH_MAX: Final = 2_000
"""Characters of one text in a line; an exception has ten times as many."""
DEPTH_MAX: Final = 6
ITEMS_MAX: Final = 100

_SECRET_NAMES: Final = re.compile(
    r"passw|passphrase|secret|token|cookie|authori[sz]ation|signature|nonce|seed|otp|one_time"
    r"|csrf|private|credential|api_?key$|invit|recovery_code|session(_id)?$",
    re.IGNORECASE,
)
_SAFE_NAMES: Final = frozenset({"signature_input_bytes", "tokens_left"})
_LOOKS_SECRET: Final = re.compile(
    r"(?i:bearer\s+)[A-Za-z0-9._~+/=:-]{8,}"
    r"|\$argon2(?:id|i|d)\$[^\s\"']+"
    r"|otpauth://[^\s\"']+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?i:sig\d*=)?:[A-Za-z0-9+/]{86}==:"
    r"|://[^\s/@:]*:[^\s/@]*@",
    re.DOTALL,
)


def is_secret_name(name: str) -> bool:
    """Return whether what bears this name is never logged."""
    return name not in _SAFE_NAMES and _SECRET_NAMES.search(name.replace("-", "_")) is not None


def redacted(value: object, depth: int = 0) -> object:
    """Return a value as it may stand in a log: no secret, and of bounded size."""
    match value:
        case str():
            return _text(value, TEXT_LENGTH_MAX)
        case bytes() | bytearray() | memoryview():
            return f"({len(value)} bytes)"
        case bool() | int() | float() | None:
            return value
        case Mapping() if depth < DEPTH_MAX:
            items = list(value.items())[:ITEMS_MAX]
            return {
                _text(str(name), TEXT_LENGTH_MAX): REDACTED
                if is_secret_name(str(name))
                else redacted(each, depth + 1)
                for name, each in items
            }
        case list() | tuple() | set() | frozenset() if depth < DEPTH_MAX:
            return [_pair(each, depth) for each in list(value)[:ITEMS_MAX]]
        case _:
            return _text(_shown(value), TEXT_LENGTH_MAX)


def configure_logs(level: int = 20, stream: TextIO | None = None) -> None:
    """Send everything that is logged to a stream, standard error by default, from ``level`` on.

    What libraries log by the standard library comes in the same lines, from warnings on.
    Levels are those of the standard library: 10 debug, 20 info, 30 warning, 40 error.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
            _without_secrets,
            structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr if stream is None else stream),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    others = (each for each in root.handlers if not isinstance(each, _Standard))
    root.handlers = [*others, _Standard()]
    root.setLevel(max(level, logging.WARNING))
    # What uvicorn warns of (a request that is not HTTP) strangers can make it say without end.
    logging.getLogger("uvicorn").setLevel(max(level, logging.ERROR))


class _Standard(logging.Handler):
    """Hands what libraries log by the standard library's way to the same lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line of a library, its traceback included, without secrets."""
        try:
            words = record.getMessage().strip()
        except (TypeError, ValueError):  # its arguments do not fit its own text
            words = str(record.msg)
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        structlog.get_logger().log(level, words, source=record.name, exc_info=record.exc_info)


def bind_request(request_id: str, **names: str) -> None:
    """Bind what every line of this request carries: its number, its user, its key."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id, **names)


def unbind_request() -> None:
    """Let go of what was bound."""
    structlog.contextvars.clear_contextvars()


def _without_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take secrets out of every part of a line; the last step before it becomes text."""
    for name, value in list(event.items()):
        if name == "exception":
            event[name] = _text(str(value), 10 * TEXT_LENGTH_MAX)
        elif is_secret_name(name):
            event[name] = REDACTED
        else:
            event[name] = redacted(value)
    return event


def _pair(value: object, depth: int) -> object:
    """Return an item of a list; headers come as pairs, and the name of one hides its value."""
    match value:
        case (str() as name, _) if is_secret_name(name):
            return [name, REDACTED]
        case (bytes() as raw, _) if is_secret_name(raw.decode("latin-1")):
            return [raw.decode("latin-1"), REDACTED]
        case _:
            return redacted(value, depth + 1)


def _shown(value: object) -> str:
    """Return the repr of a value; one that fails must not lose the line."""
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - whatever a repr raises
        return f"({type(value).__name__} without a repr)"


def _text(text: str, length_max: int) -> str:
    """Return a text without what looks like a secret, cut where it is long.

    It is cut with room to spare first, so that half a secret at the end is not left standing.
    """
    shown = _LOOKS_SECRET.sub(REDACTED, MARKED.sub(REDACTED, text[: 2 * length_max]))
    shown = shown.encode("utf-8", "backslashreplace").decode()  # what no stream could write
    if len(shown) <= length_max and len(text) <= 2 * length_max:
        return shown
    return f"{shown[:length_max]}… ({len(text)} characters)"
