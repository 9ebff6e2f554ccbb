"""The journal gone through from a place on, in a thread, so many records at a time and no more."""

import time
from pathlib import Path
from typing import TypeVar

from fencang.gateways.questions import READ_COUNTS, SCAN_RECORDS_MAX, Scan, Scanned
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.record import Record

__all__ = ["BREATH_RECORDS", "scan_journal"]

BREATH_RECORDS = 32
"""After so many records others have the interpreter: orders do not wait for history."""

FoundT = TypeVar("FoundT")


def scan_journal(path: Path, asked: Scan[FoundT]) -> Scanned[FoundT]:
    """Return what is found from ``asked.first`` on, and where to go on."""
    journal = SqliteJournal.reader(path)

    def earlier(sequence: int) -> Record:
        return next(iter(journal.read(sequence))).record()

    try:
        if asked.first > journal.last_sequence:
            return Scanned([], None)
        found: list[FoundT] = []
        counted = 0
        for looked, stored in enumerate(journal.read(asked.first)):
            if asked.last is not None and stored.sequence > asked.last:
                break
            if counted >= SCAN_RECORDS_MAX or len(found) >= asked.wanted:
                return Scanned(found, stored.sequence)
            if looked % BREATH_RECORDS == 0:
                time.sleep(0)
            payload, counted = stored.payload, counted + 1
            if not asked.needles or any(needle in payload for needle in asked.needles):
                counted += READ_COUNTS - 1
                found += asked.pick(stored.record(), earlier)
        return Scanned(found, None)
    finally:
        journal.close()
