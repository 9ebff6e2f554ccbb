"""Files that survive power loss, and a lock that the operating system lets go when its owner dies.

A file appears under its name whole and synced or not at all: written beside it, synced, renamed,
and the folder synced (a rename is an entry in the folder).  Only the owner may read what is here.
"""

import contextlib
import errno
import os
import sys
from pathlib import Path

from fencang.journal.port import JournalFull, JournalLocked, JournalUnwritable

__all__ = ["WriterLock", "make_private_folder", "sync_folder", "write_durably"]


def make_private_folder(folder: Path) -> None:
    """Make a folder only its owner may enter (0700), durably, unless it is there."""
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (Windows has no such call; NTFS journals names)."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file (0600) that is there whole or not at all, and durable on return.

    Raises:
        JournalFull: no space; the name is as it was before.
        JournalUnwritable: the disk refused; the name is as it was before.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - the pair of os.open above
        sync_folder(path.parent)
    except OSError as fault:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        kind = JournalFull if fault.errno == errno.ENOSPC else JournalUnwritable
        raise kind(f"{path} could not be written: {fault.strerror}; it is as it was") from fault


class WriterLock:
    """The right to write a journal, held by one process for as long as it lives.

    The lock belongs to the open file, so the system releases it however the process ends.  A child
    made by fork would share it; its copy is closed at the fork, and the parent's stands.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock at ``path``.

        Raises:
            JournalLocked: another process (or another handle of this one) holds it.
        """
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            _lock(self._handle)
        except OSError as fault:
            owner = _owner(self._handle)
            os.close(self._handle)
            raise JournalLocked(
                f"{path.with_suffix('')} is being written by another process{owner}. Only one may "
                "write; reading is allowed. Stop that one first; nothing was changed."
            ) from fault
        _HELD.append(self._handle)
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, _TEXT_OFFSET, os.SEEK_SET)
        os.write(self._handle, b"%d" % os.getpid())

    def release(self) -> None:
        """Let the next writer in."""
        if self._handle >= 0:
            with contextlib.suppress(ValueError):  # not held in a child made by fork
                _HELD.remove(self._handle)
                os.close(self._handle)
            self._handle = -1


_TEXT_OFFSET = 1
"""Where the owner's number stands: Windows refuses to read a locked byte, so byte 0 is the lock."""
_HELD: list[int] = []


def _owner(handle: int) -> str:
    os.lseek(handle, _TEXT_OFFSET, os.SEEK_SET)
    text = os.read(handle, 20).decode("ascii", "replace")
    return f" (number {text})" if text.isdecimal() else ""


def _forget_in_child() -> None:
    for handle in _HELD:
        os.close(handle)
    _HELD.clear()


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    os.register_at_fork(after_in_child=_forget_in_child)
