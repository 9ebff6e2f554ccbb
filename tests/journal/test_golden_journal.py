"""A golden journal: the layout a released version wrote is read for ever.

``golden/journal-v1.txt`` holds the statements that made the tables, the stored header and two
batches, in words and hex; it was written once and is never changed.
"""

import sqlite3
from pathlib import Path

from fencang.journal.batch import make_batch
from fencang.journal.header import FORMAT_VERSION, decode_header, encode_header
from fencang.journal.memory import MemoryJournal
from fencang.journal.port import Batch
from fencang.journal.schema import APPLICATION_ID, CREATE
from fencang.journal.sqlite import SqliteJournal
from tests.journal.storage import HEADER, append, records

GOLDEN = Path(__file__).parent / "golden" / f"journal-v{FORMAT_VERSION}.txt"


def _golden():
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    pairs = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    create = [rest for kind, rest in pairs if kind == "create"]
    (header,) = [bytes.fromhex(rest) for kind, rest in pairs if kind == "header"]
    batches = []
    for kind, rest in pairs:
        if kind == "batch":
            first, last, *blobs = rest.split()
            batches.append(Batch(int(first), int(last), *map(bytes.fromhex, blobs)))
    return create, header, batches


def golden_text():
    """Return what ``golden/journal-v….txt`` of today's format holds."""
    journal = MemoryJournal(HEADER)
    lines = ["# A journal as stored: statements, header, batches (first last previous hash blob)."]
    lines += ["create " + " ".join(statement.split()) for statement in CREATE]
    lines.append(f"header {encode_header(HEADER).hex()}")
    for last in (3, 5):
        batch = append(journal, last)
        blobs = (batch.previous_hash.hex(), batch.hash.hex(), batch.blob.hex())
        lines.append(" ".join((f"batch {batch.first_sequence} {batch.last_sequence}", *blobs)))
    return "\n".join(lines) + "\n"


def test_todays_program_writes_exactly_the_golden_journal():
    assert golden_text() == GOLDEN.read_text(encoding="utf-8")


def test_a_file_made_by_the_golden_statements_is_read_and_written_on(tmp_path):
    """Law: what was written can be read."""
    create, header, batches = _golden()
    path = tmp_path / "old.journal"
    old = sqlite3.connect(path)
    for statement in create:
        old.execute(statement)
    old.execute("INSERT INTO header VALUES (1, ?)", (header,))
    for batch in batches:
        row = [getattr(batch, name) for name in batch.__struct_fields__]
        old.execute("INSERT INTO batches VALUES (?, ?, ?, ?, ?)", row)
    old.commit()
    old.close()
    journal = SqliteJournal.writer(path)
    assert journal.header == HEADER
    assert [stored.record() for stored in journal.read(1)] == records(1, 5)
    append(journal, 8)
    assert len(list(journal.read(1))) == 8
    journal.close()


def test_the_golden_header_and_batches_have_todays_bytes():
    _, header, batches = _golden()
    assert encode_header(decode_header(header)) == header
    assert make_batch(batches[0].previous_hash, records(1, 3)) == batches[0]
    assert APPLICATION_ID.to_bytes(4, "big") == b"FCJ1"
