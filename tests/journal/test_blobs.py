"""The content-addressed store: what is read has the hash it was asked for, or is a fault."""

import hashlib

import pytest

from fencang.journal.blobs import BlobStore
from fencang.journal.port import BlobDamaged, BlobMissing, BlobTooLarge

CONTENT = b"SPAN parameters" * 1_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path):
    return BlobStore(tmp_path / "blobs", blob_bytes_max=100_000)


def test_bytes_and_files_are_stored_under_their_hash(store, tmp_path):
    assert store.put(CONTENT) == SHA256
    file = tmp_path / "span.spn"
    file.write_bytes(CONTENT)
    assert store.put(file) == SHA256
    assert store.get(SHA256) == CONTENT
    assert SHA256 in store


def test_a_missing_blob_is_a_fault_that_names_it(store):
    assert SHA256 not in store
    with pytest.raises(BlobMissing, match=SHA256):
        store.get(SHA256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", SHA256.upper(), SHA256[:-1]])
def test_a_name_that_is_no_hash_never_reaches_the_disk(store, name):
    with pytest.raises(BlobMissing, match="not a SHA-256"):
        store.get(name)


def test_a_damaged_blob_is_refused_and_healed_by_storing_it_again(store, tmp_path):
    store.put(CONTENT)
    (path,) = [file for file in (tmp_path / "blobs").rglob("*") if file.is_file()]
    path.write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(BlobDamaged, match="no longer has the bytes of its name"):
        store.get(SHA256)
    store.put(CONTENT)
    assert store.get(SHA256) == CONTENT


def test_a_blob_beyond_the_bound_is_refused_and_leaves_nothing(store, tmp_path):
    with pytest.raises(BlobTooLarge, match="100,001 bytes; a blob has at most 100,000"):
        store.put(bytes(100_001))
    assert [file for file in (tmp_path / "blobs").rglob("*") if file.is_file()] == []


def test_only_the_owner_may_read_blobs(store, tmp_path):
    store.put(CONTENT)
    modes = {oct(file.stat().st_mode & 0o777) for file in (tmp_path / "blobs").rglob("*")}
    assert modes == {"0o600", "0o700"}
