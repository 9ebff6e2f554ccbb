"""Secrets that channels need, from files of their own.

A secret stands in a file, not in the settings: settings are shown, copied and kept in version
control.  ``LoadCredential=`` of systemd and secrets of container hosts are such files.
"""

import stat
import sys
from pathlib import Path

from fencang.gateways.secret import Secret

__all__ = ["SECRET_FILE_BYTES_MAX", "SecretFault", "read_secret"]

SECRET_FILE_BYTES_MAX = 4_096


class SecretFault(Exception):
    """A file of a secret cannot be used; the text names the file, never its content."""


def read_secret(path: Path) -> Secret:
    """Return the first line of a file, without its end.

    Raises:
        SecretFault: missing, unreadable, empty, too large, no text, or readable by everybody.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(path.stat().st_mode)
            content = file.read(SECRET_FILE_BYTES_MAX + 1)
    except OSError as fault:
        raise SecretFault(f"{path} cannot be read: {fault.strerror}") from fault
    if mode & 0o007 and sys.platform != "win32":
        raise SecretFault(f"{path} may be read by everybody; chmod 600 it, and change the secret")
    try:
        line = content.split(b"\n", 1)[0].rstrip(b"\r").decode("utf-8")
    except UnicodeDecodeError:
        line = ""
    if not line or len(content) > SECRET_FILE_BYTES_MAX:
        raise SecretFault(
            f"{path} does not begin with a line of text, or has more than "
            f"{SECRET_FILE_BYTES_MAX:,} bytes"
        )
    return Secret(line)
