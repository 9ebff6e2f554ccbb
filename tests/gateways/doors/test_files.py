"""Private files: modes, owners, links that lead elsewhere, transactions that end halfway."""

import sqlite3

import pytest

from fencang.gateways.doors.faults import StoreInUse, StoreUnusable
from fencang.gateways.doors.files import PrivateFile

SCHEMA = ("CREATE TABLE IF NOT EXISTS rows (number INTEGER) STRICT",)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "private.sqlite"


def test_an_older_file_that_others_could_read_is_closed_to_them(path):
    path.touch(mode=0o644)
    with PrivateFile(path, SCHEMA):
        assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}


def test_a_link_or_a_missing_folder_is_refused(path, tmp_path):
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnusable):
        PrivateFile(path, SCHEMA)
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(StoreUnusable, match="No such file"):
        PrivateFile(tmp_path / "gone" / "private.sqlite", SCHEMA)


def test_a_file_of_something_else_is_refused_and_stays_as_it_was(path):
    path.write_bytes(b"not a database, " * 100)
    with pytest.raises(StoreUnusable, match="nothing was changed"):
        PrivateFile(path, SCHEMA)
    assert path.read_bytes() == b"not a database, " * 100


def test_a_transaction_is_whole_or_nothing(path):
    with PrivateFile(path, SCHEMA) as file:

        def half():
            with file.transaction():
                file.change_many("INSERT INTO rows VALUES (?)", [(1,)])
                file.change("INSERT INTO nowhere VALUES (1)")

        with pytest.raises(StoreUnusable, match="no such table"):
            half()
        with file.transaction():
            file.change_many("INSERT INTO rows VALUES (?)", [(2,), (3,)])
        assert file.query("SELECT number FROM rows") == [(2,), (3,)]


def test_a_file_with_a_sole_owner_takes_no_second_one(path):
    with PrivateFile(path, SCHEMA, is_sole=True), pytest.raises(StoreInUse):
        PrivateFile(path, SCHEMA, is_sole=True)
    with PrivateFile(path, SCHEMA):
        other = sqlite3.connect(path)
        assert other.execute("SELECT count(*) FROM rows").fetchone() == (0,)
        other.close()
