"""Secrets that channels need, from files of their own; they never appear in a text.

A secret stands in a file, not in the settings: settings are shown, copied and kept in version
control.  ``LoadCredential=`` of systemd and secrets of container hosts are such files.
"""

import stat
import sys
from pathlib import Path
from typing import Final

__all__ = ["SECRET_BYTES_MAX", "Secret", "SecretFault", "read_secret"]

SECRET_BYTES_MAX = 4_096


class SecretFault(Exception):
    """A file of a secret cannot be used; the text names the file, never its content."""


class Secret:
    """Bytes that are given out on request only; printing, logging and pickling show nothing."""

    __slots__ = ("_content",)

    def __init__(self, content: bytes) -> None:
        self._content: Final = content

    def reveal(self) -> bytes:
        """Return the bytes."""
        return self._content

    def __repr__(self) -> str:
        """Return no part of the content, not even its length."""
        return "Secret(…)"

    def __reduce__(self) -> str:
        """Refuse to be copied into a stream of bytes."""
        raise TypeError("a secret is not pickled")


def read_secret(path: Path) -> Secret:
    """Return the first line of a file, without its end.

    Raises:
        SecretFault: missing, unreadable, empty, too large, or readable by everybody.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(path.stat().st_mode)
            content = file.read(SECRET_BYTES_MAX + 1)
    except OSError as fault:
        raise SecretFault(f"{path} cannot be read: {fault.strerror}") from fault
    if mode & 0o007 and sys.platform != "win32":
        raise SecretFault(f"{path} may be read by everybody; chmod 600 it, and change the secret")
    line = content.split(b"\n", 1)[0].rstrip(b"\r")
    if not line or len(content) > SECRET_BYTES_MAX:
        raise SecretFault(f"{path} does not hold one line of at most {SECRET_BYTES_MAX:,} bytes")
    return Secret(line)
