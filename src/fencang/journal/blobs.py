"""Content-addressed files beside the journal: what is too large for a record.

A blob's name is the SHA-256 of its bytes, so what a record names is what is read, or a fault.  A
blob is durable before the command that names it enters the journal.
"""

import hashlib
import re
from pathlib import Path

from fencang.journal.files import make_private_folder, write_durably
from fencang.journal.port import BlobDamaged, BlobMissing, BlobTooLarge

__all__ = ["BLOB_BYTES_MAX", "BlobStore"]

BLOB_BYTES_MAX = 1 << 30
"""Largest blob; a SPAN file has about 80 MB."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class BlobStore:
    """A folder only its owner may enter; two hex digits of the hash make a sub-folder."""

    def __init__(self, folder: Path, blob_bytes_max: int = BLOB_BYTES_MAX) -> None:
        self._folder = folder
        self._blob_bytes_max = blob_bytes_max
        make_private_folder(folder)

    def put(self, content: bytes | Path) -> str:
        """Store bytes or a file's bytes durably and return their SHA-256 in hex.

        Raises:
            BlobTooLarge, JournalFull, JournalUnwritable: nothing was stored.
        """
        bytes_count = content.stat().st_size if isinstance(content, Path) else len(content)
        if bytes_count > self._blob_bytes_max:
            raise BlobTooLarge(
                f"{bytes_count:,} bytes; a blob has at most {self._blob_bytes_max:,}. "
                "Nothing was stored."
            )
        stored = content.read_bytes() if isinstance(content, Path) else content
        sha256 = hashlib.sha256(stored).hexdigest()
        path = self._path(sha256)
        if not (path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256):
            make_private_folder(path.parent)
            write_durably(path, stored)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes of that hash, verified.

        Raises:
            BlobMissing: nothing of that hash is stored.
            BlobDamaged: what is stored under it has another hash.
        """
        path = self._path(sha256)
        try:
            stored = path.read_bytes()
        except FileNotFoundError as fault:
            raise BlobMissing(f"no blob {sha256} in {self._folder}; put its file back") from fault
        if hashlib.sha256(stored).hexdigest() != sha256:
            raise BlobDamaged(f"{path} no longer has the bytes of its name; put its file back")
        return stored

    def path(self, sha256: str) -> Path:
        """Return where a stored blob lies, for readers that take a file.

        Raises:
            BlobMissing: nothing of that hash is stored.
        """
        path = self._path(sha256)
        if not path.exists():
            raise BlobMissing(f"no blob {sha256} in {self._folder}; put its file back")
        return path

    def __contains__(self, sha256: str) -> bool:
        return self._path(sha256).exists()

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise BlobMissing(f"{sha256!r} is not a SHA-256 in 64 lower-case hex digits")
        return self._folder / sha256[:2] / sha256
