"""A replay killed at any moment goes on with the same hash as one that nobody disturbed."""

import os
import signal
import time
from pathlib import Path

import pytest

from fencang.app.exit_status import ExitStatus
from fencang.journal.port import JournalFault
from fencang.journal.sqlite import SqliteJournal
from tests.app.forked import fork_server
from tests.app.program import EXAMPLE, environment, replay_arguments, run, run_json


def last_sequence(path):
    try:
        reader = SqliteJournal.reader(path)
    except (JournalFault, IndexError):
        return 0
    try:
        return reader.last_sequence
    finally:
        reader.close()


def kill_at(arguments, path, sequence):
    """Start a replay and kill it -9 once the journal holds this record; return where it stood."""
    with Path(os.devnull).open("wb") as nothing:
        process = fork_server().start(arguments, Path.cwd(), environment(), nothing, nothing)
    deadline = time.monotonic() + 60
    while last_sequence(path) < sequence and process.poll() is None:
        assert time.monotonic() < deadline, "the replay hangs"
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return last_sequence(path)


@pytest.fixture(scope="module")
def undisturbed():
    return run_json(*replay_arguments())


def test_kill_9_at_any_moment_loses_nothing(tmp_path, undisturbed):
    """Every command is a function of files and durable records, so the hash is the same."""
    path = tmp_path / "desk.journal"
    arguments = replay_arguments(path)
    seen = [kill_at(arguments, path, sequence) for sequence in (1, 150, 400, 700)]
    assert seen == sorted(seen), seen
    assert seen[0] < undisturbed["sequence"], "the first kill came too late to disturb anything"
    done = run_json(*arguments)
    assert done["state_hash"] == undisturbed["state_hash"]
    assert done["counts"] == undisturbed["counts"]
    assert done["equity_micros"] == undisturbed["equity_micros"]
    assert done["records_resumed"] == seen[-1]
    found = run_json("verify", path)
    assert found["is_sound"]
    assert found["state_hash"] == undisturbed["state_hash"]


def test_a_finished_replay_is_only_read_again(tmp_path, undisturbed):
    path = tmp_path / "desk.journal"
    first = run_json(*replay_arguments(path))
    again = run_json(*replay_arguments(path))
    assert again["records_resumed"] == first["sequence"] == undisturbed["sequence"]
    assert again["state_hash"] == undisturbed["state_hash"]


def test_a_later_last_day_goes_on_where_the_journal_ends(tmp_path, undisturbed):
    path = tmp_path / "desk.journal"
    run_json(*replay_arguments(path, last="2024-03-29"))
    assert run_json(*replay_arguments(path))["state_hash"] == undisturbed["state_hash"]


def test_an_earlier_last_day_is_refused(tmp_path):
    path = tmp_path / "desk.journal"
    run_json(*replay_arguments(path, last="2024-03-29"))
    done = run(*replay_arguments(path, last="2024-03-01"))
    assert done.returncode == ExitStatus.JOURNAL_REFUSED
    assert "later --to" in done.stderr


def test_a_journal_of_another_replay_is_refused_in_words_and_left_alone(tmp_path):
    path = tmp_path / "desk.journal"
    run_json(*replay_arguments(path, last="2024-02-29"))
    before = last_sequence(path)
    desk = tmp_path / "desk.toml"
    text = (EXAMPLE / "desk.toml").read_text()
    desk.write_text(text.replace('per_lot = "2.00"', 'per_lot = "2.01"'))
    arguments = replay_arguments(path)
    arguments[arguments.index(EXAMPLE / "desk.toml")] = desk
    done = run(*arguments)
    assert done.returncode == ExitStatus.JOURNAL_REFUSED
    assert "belongs to another replay" in done.stderr
    assert last_sequence(path) == before


def test_the_hash_does_not_depend_on_how_python_hashes_text(undisturbed):
    for seed in ("1", "4242"):
        done = run(*replay_arguments(), "--json", PYTHONHASHSEED=seed)
        assert undisturbed["state_hash"] in done.stdout
