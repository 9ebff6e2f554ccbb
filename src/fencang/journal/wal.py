"""What SQLite forgives and we do not: damage in its write-ahead log.

SQLite ends the log silently at the first frame whose checksum fails.  After a power loss that is
right, for only the commit in flight was not synced.  But a flipped byte further in front makes
acknowledged batches behind it vanish, and the chain of what is left still holds.  Every commit is
synced before the next one begins, hence a second commit behind the end proves that synced bytes
have changed.  This is looked at before SQLite is: it would begin the log anew and lose the proof.
"""

from collections.abc import Iterator
from pathlib import Path
from struct import Struct, unpack_from

import msgspec

__all__ = ["commits_lost"]

HEADER_BYTES = 32
PAGE_BYTES = 4_096
"""As the schema says; the log's own header says it too, but that may be what is damaged."""
FRAME_BYTES = 24 + PAGE_BYTES
SECTOR_BYTES = 512
_MAGIC = 0x377F0682  # its last bit says that checksums run over big-endian words
_frame_header = Struct(">II8sII")
_WORD = 0xFFFF_FFFF


class _Frame(msgspec.Struct, frozen=True, gc=False):
    """One page as written in one commit; ``is_commit`` marks the last page of it.

    ``is_whole``: its checksum goes on from the one stored before it, so it was not torn.
    """

    start: int
    page_number: int
    is_commit: bool
    salt: bytes
    is_whole: bool


def commits_lost(database: Path) -> int:
    """Return how many commits the log of a database holds that SQLite will pass over.

    0 and 1 are what a crash may leave; more is damage.  Nobody may be writing meanwhile.
    """
    log_path = database.with_name(database.name + "-wal")
    log = log_path.read_bytes() if log_path.exists() else b""
    frames = list(_frames(log))
    if not frames:
        return 0
    salt = log[16:24]
    if not any(frame.salt == salt for frame in frames):
        return _lost_with_the_header(log, frames, database)
    holds = [frame.is_whole and frame.salt == salt for frame in frames]
    valid_frames = [*holds, False].index(False) if _header_holds(log) else 0
    return sum(_ends_a_commit(frame, salt) for frame in frames[valid_frames:])


def _ends_a_commit(frame: _Frame, salt: bytes) -> bool:
    """Return whether a commit of this round of the log ends here, whole or damaged.

    A round's salt is drawn anew, so one that differs in one byte is a damaged one.  A frame torn
    between its two fields (sectors end there now and then) says nothing.
    """
    is_of_round = sum(one != other for one, other in zip(frame.salt, salt, strict=True)) <= 1
    is_torn_inside = not frame.is_whole and (frame.start + 8) % SECTOR_BYTES == 0
    return frame.is_commit and is_of_round and not is_torn_inside


def _frames(log: bytes) -> Iterator[_Frame]:
    order = ">" if log[3:4] == b"\x83" else "<"  # damaged: as this machine most likely wrote it
    before: tuple[int, int] = unpack_from(">II", log, 24) if len(log) >= HEADER_BYTES else (0, 0)
    for start in range(HEADER_BYTES, len(log) - FRAME_BYTES + 1, FRAME_BYTES):
        page_number, pages, salt, first, second = _frame_header.unpack_from(log, start)
        checksum = _checksum(log, start, 8, order, before)
        checksum = _checksum(log, start + 24, PAGE_BYTES, order, checksum)
        before = (first, second)
        yield _Frame(start, page_number, pages > 0, salt, checksum == before)


def _header_holds(log: bytes) -> bool:
    magic = int.from_bytes(log[:4], "big")
    order = ">" if magic & 1 else "<"
    return magic & ~1 == _MAGIC and _checksum(log, 0, 24, order, (0, 0)) == unpack_from(
        ">II", log, 24
    )


def _checksum(
    log: bytes, start: int, count_bytes: int, order: str, before: tuple[int, int]
) -> tuple[int, int]:
    """Return SQLite's running checksum over words (file format, section 4.2)."""
    first, second = before
    words = iter(unpack_from(f"{order}{count_bytes // 4}I", log, start))
    for even, odd in zip(words, words, strict=True):
        first = (first + even + second) & _WORD
        second = (second + odd + first) & _WORD
    return first, second


def _lost_with_the_header(log: bytes, frames: list[_Frame], database: Path) -> int:
    """Tell a log begun anew (its old frames stand in the database) from a damaged header.

    The commit in flight may have torn frames from the front on: only those behind the last torn
    one can be judged.
    """
    torn = [index for index, frame in enumerate(frames) if not frame.is_whole]
    commits = 0
    newest: dict[int, int] = {}
    pending: dict[int, int] = {}
    for frame in frames[max(torn, default=-1) + 1 :]:
        pending[frame.page_number] = frame.start + 24
        if frame.is_commit:
            newest |= pending
            pending = {}
            commits += 1
    with database.open("rb") as file:
        for page_number, start in newest.items():
            file.seek((page_number - 1) * PAGE_BYTES)
            if file.read(PAGE_BYTES) != log[start : start + PAGE_BYTES]:
                return commits
    return 0
