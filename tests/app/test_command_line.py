"""The command line: it answers at once, words its faults, and its exit status means something."""

import json
import resource
import subprocess
import sys

import pytest

from fencang.app.exit_status import ExitStatus
from fencang.journal.header import header_of_today
from fencang.journal.sqlite import SqliteJournal
from tests.app.program import (
    EXAMPLE,
    ROOT,
    SMALL_DESK,
    command,
    environment,
    replay_arguments,
    run,
    run_json,
)

DAY = "2024-01-31"
HEAVY = ["numpy", "numba", "scipy", "msgspec", "sqlite3", "fencang.engine", "fencang.journal"]


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    path = tmp_path_factory.mktemp("journal") / "desk.journal"
    run_json(*replay_arguments(path, last="2024-02-15"))
    return path


def test_help_imports_nothing_heavy():
    """The budget is 0.3 s; what would break it is an import."""
    code = (
        "import sys\nsys.argv = ['fencang', '--help']\n"
        "from fencang.app.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('heavy:', [name for name in {HEAVY} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    assert "heavy: []" in done.stdout


def test_help_answers_at_once():
    """Counted in processor time, which a busy machine does not stretch as it does wall time."""

    def spent():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    times = []
    for _ in range(3):
        before = spent()
        assert run("--help").returncode == ExitStatus.DONE
        times.append(spent() - before)
    assert min(times) < 0.6, times


def test_version():
    assert run("--version").stdout.startswith("fencang ")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["replay", "--desk", "none.toml", "--from", "soon", "--to", DAY], 2, "not a day"),
        (["replay", "--desk", "none.toml", "--from", DAY, "--to", DAY], 3, "no desk file"),
        (["desk", "check", "none.toml"], 3, "no desk file"),
        (["verify", "none.journal"], 4, "no journal"),
        (["follow", "none.journal", "--once"], 4, "no journal"),
        (["rehearse"], 2, "rehearse"),
    ],
)  # fmt: skip
def test_a_fault_ends_with_its_status_and_words(arguments, status, words):
    done = run(*arguments)
    assert done.returncode == status, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_desk_check_lists_every_fault_and_applies_nothing(tmp_path):
    desk = tmp_path / "desk.toml"
    desk.write_text(SMALL_DESK.replace('"10x"', '"ten"').replace('tick = "0.01"', 'tick = "0"'))
    done = run("desk", "check", desk)
    assert done.returncode == ExitStatus.FAULTY_INPUT
    assert 'sub_account[0].mandate.leverage: "ten" is not a number such as 10x' in done.stderr
    assert "product[0].tick" in done.stderr
    found = run_json("desk", "check", desk, status=3)
    assert [fault["key"] for fault in found["faults"]] == [
        "product[0].tick",
        "sub_account[0].mandate.leverage",
    ]


def test_desk_check_shows_the_desk_expanded():
    found = run_json("desk", "check", EXAMPLE / "desk.toml")
    assert found["ok"]
    assert len(found["sub_accounts"]) == 3


def test_a_price_that_is_no_number_stops_the_replay_before_anything_is_traded(tmp_path):
    prices = tmp_path / "prices"
    prices.mkdir()
    for file in (EXAMPLE / "prices").iterdir():
        (prices / file.name).write_text(file.read_text())
    closes = prices / "closes.csv"
    closes.write_text(closes.read_text().replace("240.31", "two hundred"))
    journal = tmp_path / "desk.journal"
    arguments = replay_arguments(journal)
    arguments[arguments.index(EXAMPLE / "prices")] = prices
    done = run(*arguments)
    assert done.returncode == ExitStatus.FAULTY_INPUT
    assert "two hundred" in done.stderr
    assert "line 3" in done.stderr
    assert not journal.exists()


def test_a_missing_price_file_is_named(tmp_path):
    arguments = replay_arguments()
    arguments[arguments.index(EXAMPLE / "prices")] = tmp_path
    done = run(*arguments)
    assert done.returncode == ExitStatus.FAULTY_INPUT
    assert "closes.csv" in done.stderr


def test_verify_repeats_every_decision(journal):
    found = run_json("verify", journal)
    assert found["is_sound"]
    assert found["decided_again"] == found["records"] > 100


def test_a_folder_stands_for_the_one_journal_in_it(journal, tmp_path):
    (tmp_path / "desk.journal").write_bytes(journal.read_bytes())
    assert run_json("verify", tmp_path) == run_json("verify", journal)
    assert run_json("follow", tmp_path, "--once")["sequence"] > 100
    (tmp_path / "other.journal").write_bytes(journal.read_bytes())
    done = run("verify", tmp_path)
    assert done.returncode == ExitStatus.FAULTY_INPUT
    assert "holds 2 journals" in done.stderr


def test_verify_names_a_flipped_byte(journal, tmp_path):
    """A chain hash over every record: no byte changes unseen."""
    damaged = tmp_path / "damaged.journal"
    content = bytearray(journal.read_bytes())
    place = content.rindex(b"OpenSession.1")
    content[place + 3] ^= 1
    damaged.write_bytes(content)
    done = run("verify", damaged)
    assert done.returncode == ExitStatus.JOURNAL_REFUSED
    assert "damaged" in (done.stdout + done.stderr).lower()


def test_follow_writes_a_snapshot_of_the_same_state(journal):
    found = run_json("follow", journal, "--once")
    assert found["state_hash"] == run_json("verify", journal)["state_hash"]
    folder = journal.with_name(journal.name + ".snapshots")
    assert len(list(folder.glob("snapshot-*.bin"))) == 1


def test_a_journal_that_another_process_writes_is_refused(tmp_path):
    path = tmp_path / "desk.journal"
    held = SqliteJournal.writer(path, header_of_today("Minimal desk"))
    try:
        done = run(*replay_arguments(path))
    finally:
        held.close()
    assert done.returncode == ExitStatus.JOURNAL_REFUSED
    assert "another process" in done.stderr


def test_a_journal_of_another_desk_is_refused(tmp_path):
    path = tmp_path / "desk.journal"
    SqliteJournal.writer(path, header_of_today("Another desk")).close()
    done = run(*replay_arguments(path))
    assert done.returncode == ExitStatus.JOURNAL_REFUSED
    assert "Another desk" in done.stderr


def test_a_journal_in_no_folder_is_a_disk_fault(tmp_path):
    done = run(*replay_arguments(tmp_path / "none" / "desk.journal"))
    assert done.returncode == ExitStatus.DISK
    assert "does not exist" in done.stderr


def test_a_full_disk_stops_the_replay_and_keeps_what_was_committed(tmp_path):
    """No acknowledged command is lost: what verify reads afterwards is whole."""
    path = tmp_path / "desk.journal"
    program = " ".join(f"'{part}'" for part in command(*replay_arguments(path)))
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 100; exec {program}"],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        timeout=120,
    )
    assert done.returncode == ExitStatus.DISK, done.stderr
    assert "Traceback" not in done.stderr
    assert run_json("verify", path)["is_sound"]
    resumed = run_json(*replay_arguments(path))
    assert resumed["state_hash"] == run_json(*replay_arguments())["state_hash"]


def test_errors_are_json_when_json_was_asked_for():
    found = run_json("desk", "check", "none.toml", status=3)
    assert found["status"] == 3
    assert "no desk file" in found["error"]


def test_under_optimised_python_nothing_starts():
    """Assertions are part of the design."""
    done = subprocess.run(
        [sys.executable, "-O", "-m", "fencang.app.main", "--help"],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        cwd=ROOT,
    )
    assert done.returncode != 0
    assert "does not start under python -O" in done.stderr


def test_json_is_one_object():
    done = run(*replay_arguments(last="2024-01-15"), "--json")
    assert json.loads(done.stdout)["laws_hold"]
