"""A disk that loses power, under SQLite: an apsw VFS that keeps unsynced writes apart.

Files live on the real disk as the program sees them; beside them the VFS remembers each file as of
its last sync and every write since.  ``image`` is what a power loss leaves at this moment: of the
writes since the sync each is kept, lost or torn at sectors of 512 bytes, in any order (a later
write may have reached the disk when an earlier one did not).  A file that was never synced may be
gone as a whole.  ``space_bytes`` makes it a disk that is full.
"""

from pathlib import Path

import apsw

from fencang.journal.port import JournalForeign, JournalFull, JournalUnwritable

SECTOR_BYTES = 512


class _Remembered:
    """One file: its bytes as of the last sync (None: never), and what was written since."""

    def __init__(self, synced):
        self.synced = synced
        self.since = []

    def image(self, random):
        """Return what of the file is on the disk after a power loss, or None when it is gone."""
        if self.synced is None and random.random() < 0.5:
            return None
        content = bytearray(self.synced or b"")
        survivors = [write for write in self.since if random.random() < 0.7]
        if random.random() < 0.5:
            random.shuffle(survivors)
        for offset, data in survivors:
            if data is None:
                del content[offset:]
                continue
            sectors = range(0, len(data), SECTOR_BYTES)
            torn = random.random() < 0.4
            for start in sectors:
                if torn and random.random() < 0.5:
                    continue
                part = data[start : start + SECTOR_BYTES]
                missing = offset + start - len(content)
                if missing > 0:
                    content += bytes(missing)
                content[offset + start : offset + start + len(part)] = part
        return bytes(content)


class LosingDisk(apsw.VFS):
    """Calls ``before_write`` ahead of every change of any file."""

    def __init__(self, name):
        self.name = name
        self.files = {}
        self.space_bytes = None
        self.checkpoints = 0
        self.before_write = lambda: None
        super().__init__(name, base="")

    def xOpen(self, name, flags):  # noqa: N802 - SQLite's own name
        return _LosingFile(self, name, flags)

    def xDelete(self, name, sync_folder):  # noqa: N802
        self.before_write()
        self.files.pop(name, None)
        return super().xDelete(name, sync_folder)

    def image(self, random):
        """Return {file name: bytes} as a power loss at this moment would leave them."""
        images = {Path(name).name: kept.image(random) for name, kept in self.files.items()}
        return {name: content for name, content in images.items() if content is not None}


class _LosingFile(apsw.VFSFile):
    def __init__(self, disk, name, flags):
        self.disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        super().__init__("", name, flags)
        is_new = not Path(path).exists() or Path(path).stat().st_size == 0
        self.kept = disk.files.get(path)
        if self.kept is None:
            durable = b"" if not path.endswith("-wal") else None  # the desk made the main file
            self.kept = _Remembered(durable if is_new else Path(path).read_bytes())
            disk.files[path] = self.kept
        self.path = path

    def xWrite(self, data, offset):  # noqa: N802
        self.disk.before_write()
        if self.disk.space_bytes is not None:
            self.disk.space_bytes -= len(data)
            if self.disk.space_bytes < 0:
                raise apsw.FullError("no space left on the simulated disk")
        self.kept.since.append((offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size):  # noqa: N802
        self.disk.before_write()
        self.kept.since.append((size, None))
        super().xTruncate(size)

    def xSync(self, flags):  # noqa: N802
        self.disk.before_write()
        super().xSync(flags)
        self.kept.synced = Path(self.path).read_bytes()
        self.kept.since.clear()
        self.disk.checkpoints += not self.path.endswith("-wal")


class ApswConnection:
    """The journal's statements through apsw, on whichever disk ``vfs`` names."""

    def __init__(self, path, is_read_only, vfs):
        mode = apsw.SQLITE_OPEN_READONLY if is_read_only else apsw.SQLITE_OPEN_READWRITE
        self._connection = apsw.Connection(
            str(path), flags=mode | apsw.SQLITE_OPEN_CREATE * (not is_read_only), vfs=vfs
        )

    def query(self, statement, parameters=()):
        return self._run(statement, parameters)

    def change(self, statement, parameters=()):
        self._run(statement, parameters)
        return self._connection.changes()

    def close(self):
        self._connection.close()

    def _run(self, statement, parameters):
        try:
            return self._connection.execute(statement, parameters).fetchall()
        except apsw.FullError as fault:
            raise JournalFull(str(fault)) from fault
        except (apsw.CorruptError, apsw.NotADBError) as fault:
            raise JournalForeign(str(fault)) from fault
        except apsw.Error as fault:
            raise JournalUnwritable(str(fault)) from fault
