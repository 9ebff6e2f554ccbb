"""SPAN files as the program uses them: read once, parsed once, found again by their hash.

A file that a desk uses is first copied into the blob store beside the journal, for a record names
it by hash for ever.  Parsed sets are kept in a cache that can be thrown away.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fencang.app.exit_status import DiskFault, InputFault
from fencang.journal.blobs import BlobStore
from fencang.journal.port import BlobMissing

if TYPE_CHECKING:
    from fencang.margin.span.parameters import SpanParameters

__all__ = ["ParameterFiles", "blobs_beside", "load_for_use"]


def blobs_beside(journal: Path) -> Path:
    """Return the folder that holds the large files of a journal."""
    return journal.with_name(journal.name + ".blobs")


def _cache_folder() -> Path:
    """Return where parsed files are kept between runs; ``FENCANG_CACHE`` moves it."""
    named = os.environ.get("FENCANG_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "fencang"


def load_for_use(path: Path, *, lenient: bool = False) -> "SpanParameters":
    """Return the set of a SPAN file, from the cache when it was parsed before.

    Raises:
        InputFault: no such file, or a file that is refused; every damaged place is named.
    """
    from fencang.parameters.cache import load_span
    from fencang.parameters.faults import ParameterFileFault

    try:
        return load_span(path, _cache_folder(), lenient=lenient)[0]
    except ParameterFileFault as fault:
        details = [str(each) for each in fault.report.faults]
        total = fault.report.faults_total
        words = (
            f"{path} is refused: {total} fault{'' if total == 1 else 's'}, nothing was computed."
        )
        raise InputFault(words, details) from fault
    except FileNotFoundError as fault:
        raise InputFault(f"there is no parameter file {path}") from fault
    except OSError as fault:
        raise DiskFault(f"{path}: {fault.strerror or fault}") from fault


class ParameterFiles:
    """The engine's source of parameters: blobs by hash, each parsed once per process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parsed: dict[str, SpanParameters] = {}

    def add(self, path: Path) -> "SpanParameters":
        """Copy a file into the blob store and return its set.

        Raises:
            InputFault: it is not there, or refused.
        """
        parameters = load_for_use(path)
        BlobStore(self._folder).put(path)
        return parameters

    def get(self, sha256: str) -> "SpanParameters | None":
        """Return the set of a stored file; None when nothing of that hash is stored."""
        found = self._parsed.get(sha256)
        if found is None:
            if not self._folder.is_dir():
                return None
            try:
                path = BlobStore(self._folder).path(sha256)
            except BlobMissing:
                return None
            found = self._parsed[sha256] = load_for_use(path)
        return found
