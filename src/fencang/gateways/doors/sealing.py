"""Seals the seeds of one-time codes: a copy of the database alone opens no door.

Passwords are kept as hashes; a seed has to be read again at every login.  It is sealed by
ChaCha20-Poly1305 (RFC 8439) under a key in a file of its own, bound to its user, so that nobody
can put one user's row in the place of another's.  Where the key file lies decides what the seal is
worth: beside the database it protects single files that leak; on another disk, or handed over by
the service manager, it protects backups as well.  It does not protect from who reads the memory of
the server.
"""

import contextlib
import os
from pathlib import Path
from typing import Final

from nacl.bindings import (
    crypto_aead_chacha20poly1305_ietf_decrypt,
    crypto_aead_chacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from fencang.gateways.doors.faults import KeyFileUnusable
from fencang.gateways.doors.files import PRIVATE_MODE, sync_folder
from fencang.gateways.secret import Secret

__all__ = ["KEY_BYTES", "Sealing"]

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_PURPOSE = b"fencang one-time code seed 1\0"
_OTHERS = 0o077


class Sealing:
    """One key; what it sealed for a user it opens for that user only."""

    def __init__(self, key: bytes) -> None:
        assert len(key) == KEY_BYTES, len(key)
        self._key = key

    @classmethod
    def from_file(cls, path: Path, chance: bytes | None = None) -> "Sealing":
        """Read the key file; with ``chance`` (32 bytes) make it where there is none.

        Raises:
            KeyFileUnusable: missing, not 64 hexadecimal digits, or readable by others.
        """
        try:
            if chance is not None and not path.exists():
                _write_key(path, chance)
            mode = path.stat().st_mode
            text = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise KeyFileUnusable(
                f"{path} cannot be read: {fault}; no seed can be opened"
            ) from fault
        if os.name == "posix" and mode & _OTHERS:
            raise KeyFileUnusable(f"{path} can be read by others; chmod 600 {path}")
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise KeyFileUnusable(f"{path} must hold {2 * KEY_BYTES} hexadecimal digits")
        return cls(key)

    def seal(self, seed: Secret, user_id: str, chance: bytes) -> bytes:
        """Return the sealed seed; ``chance`` is twelve bytes that were never used before."""
        assert len(chance) == NONCE_BYTES, len(chance)
        text, purpose = seed.reveal().encode(), _PURPOSE + user_id.encode()
        return chance + crypto_aead_chacha20poly1305_ietf_encrypt(text, purpose, chance, self._key)

    def open(self, sealed: bytes, user_id: str) -> Secret:
        """Return the seed.

        Raises:
            KeyFileUnusable: sealed under another key, for another user, or damaged.
        """
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        purpose = _PURPOSE + user_id.encode()
        try:
            seed = crypto_aead_chacha20poly1305_ietf_decrypt(text, purpose, nonce, self._key)
            return Secret(seed.decode())
        except (CryptoError, ValueError) as fault:
            raise KeyFileUnusable(
                f"the seed of {user_id} does not open: another key file, or a damaged row"
            ) from fault


def _write_key(path: Path, key: bytes) -> None:
    """Write a key file that is there whole or not at all, and never in the place of another."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with os.fdopen(os.open(part, flags, PRIVATE_MODE), "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # then the other one counts
            path.hardlink_to(part)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)
