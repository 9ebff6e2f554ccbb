"""Snapshots: the machine's state at a sequence, as files beside the journal.

A snapshot is only ever a shortcut: it names the chain hash of its record and is used when its own
hash and that link hold, else it is passed over.  Losing all of them loses time, never data.
"""

import hashlib
import re
from pathlib import Path

import msgspec

from fencang import __version__
from fencang.journal.files import make_private_folder, write_durably
from fencang.journal.port import SnapshotDamaged

__all__ = ["Snapshot", "SnapshotFolder", "snapshots_beside"]

SNAPSHOTS_MAX = 3
"""How many are kept, newest first; the older ones are for when the newest is damaged."""

_MAGIC = b"fencang snapshot 1\n"
_NAME = re.compile(r"snapshot-(\d{16})\.bin")
_HASH_BYTES = 32


class Snapshot(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The state after record ``sequence``, whose chain hash is ``chain_hash``."""

    sequence: int
    chain_hash: bytes
    state: bytes
    fencang_version: str = __version__


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Snapshot)


def snapshots_beside(journal_path: Path) -> "SnapshotFolder":
    """Return the snapshot folder of a journal file: ``JOURNAL.snapshots``."""
    return SnapshotFolder(journal_path.with_name(journal_path.name + ".snapshots"))


class SnapshotFolder:
    """A folder only its owner may enter, holding the newest snapshots."""

    def __init__(self, folder: Path, snapshots_max: int = SNAPSHOTS_MAX) -> None:
        assert snapshots_max >= 1, snapshots_max
        self._folder = folder
        self._snapshots_max = snapshots_max

    def write(self, snapshot: Snapshot) -> Path:
        """Store a snapshot durably, then remove those beyond the bound."""
        make_private_folder(self._folder)
        path = self._folder / f"snapshot-{snapshot.sequence:016d}.bin"
        content = _MAGIC + _encoder.encode(snapshot)
        write_durably(path, content + hashlib.sha256(content).digest())
        for old in self.newest_first()[self._snapshots_max :]:
            old.unlink(missing_ok=True)
        return path

    def newest_first(self) -> list[Path]:
        """Return the stored snapshots' paths, the newest first."""
        if not self._folder.is_dir():
            return []
        found = [path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]
        return sorted(found, key=lambda path: path.name, reverse=True)

    def read(self, path: Path) -> Snapshot:
        """Return a stored snapshot, verified.

        Raises:
            SnapshotDamaged: not whole, or written by another version of this program (whose state
                may be laid out otherwise).
        """
        try:
            stored = path.read_bytes()
        except OSError as fault:
            raise SnapshotDamaged(f"{path.name} cannot be read: {fault.strerror}") from fault
        content, stored_hash = stored[:-_HASH_BYTES], stored[-_HASH_BYTES:]
        if not content.startswith(_MAGIC) or hashlib.sha256(content).digest() != stored_hash:
            raise SnapshotDamaged(f"{path.name} is damaged: its bytes do not have its hash")
        try:
            snapshot = _decoder.decode(content[len(_MAGIC) :])
        except msgspec.DecodeError as fault:
            raise SnapshotDamaged(f"{path.name} is of another form: {fault}") from fault
        if snapshot.fencang_version != __version__:
            raise SnapshotDamaged(
                f"{path.name} was written by fencang {snapshot.fencang_version}, "
                f"this is {__version__}"
            )
        return snapshot
