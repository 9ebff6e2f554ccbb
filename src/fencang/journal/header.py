"""The journal's first words: whose it is and what wrote it.

The stored bytes are never rewritten: their SHA-256 is the genesis of the hash chain, so a chain
belongs to one desk and one beginning.
"""

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version

import msgspec

from fencang import __version__
from fencang.journal.port import JournalForeign, JournalVersionUnknown
from fencang.messages.record import DECISION_VERSION

__all__ = [
    "FORMAT_VERSION",
    "JournalHeader",
    "decode_header",
    "encode_header",
    "genesis_hash_of",
    "header_of_today",
]

FORMAT_VERSION = 1
"""Version of the tables and of the batch layout; a journal of a higher one is refused."""


class JournalHeader(msgspec.Struct, frozen=True, kw_only=True):
    """Who made the journal, with what."""

    format_version: int
    desk_id: str
    decision_version: int
    fencang_version: str
    python_version: str
    numpy_version: str
    numba_version: str
    msgspec_version: str


def header_of_today(desk_id: str) -> JournalHeader:
    """Return the header of a new journal made by this program on this machine."""
    return JournalHeader(
        format_version=FORMAT_VERSION,
        desk_id=desk_id,
        decision_version=DECISION_VERSION,
        fencang_version=__version__,
        python_version=platform.python_version(),
        numpy_version=_version("numpy"),
        numba_version=_version("numba"),
        msgspec_version=_version("msgspec"),
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def encode_header(header: JournalHeader) -> bytes:
    """Return the bytes that are stored (JSON, so that a person can read them)."""
    return msgspec.json.encode(header)


def decode_header(stored: bytes) -> JournalHeader:
    """Return the header in stored bytes.

    Raises:
        JournalForeign: not a journal's header.
        JournalVersionUnknown: of a format version this program cannot read.
    """
    try:
        header = msgspec.json.decode(stored, type=JournalHeader)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise JournalForeign(f"the journal's header cannot be read: {fault}") from fault
    if header.format_version != FORMAT_VERSION:
        raise JournalVersionUnknown(
            f"the journal has format {header.format_version} (made by fencang "
            f"{header.fencang_version}); this program reads format {FORMAT_VERSION}. "
            "Nothing was changed."
        )
    return header


def genesis_hash_of(stored_header: bytes) -> bytes:
    """Return the chain hash before the first record."""
    return hashlib.sha256(stored_header).digest()
