"""``fencang people``: the first one in, who stands how, and putting somebody out, at the host."""

import stat

import pytest

from fencang.app.exit_status import ExitStatus
from tests.app.program import ROOT, replay_arguments, run, run_json

AUTHORITY = ROOT / "examples" / "authority" / "authority.toml"
PEOPLE = (("ada", "administrator"), ("rob", "risk_officer"), ("carl", "compliance"))


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    """A desk that knows its people."""
    folder = tmp_path_factory.mktemp("office")
    journal = folder / "desk.journal"
    done = run(*replay_arguments(journal, last="2024-01-10"))
    assert done.returncode == 0, done.stderr
    for name, role in PEOPLE:
        words = ("--user", name, "--role", role, "--table", folder / "people.toml")
        assert run("keys", "new", "--out", folder / f"{name}.key", *words).returncode == 0
    told = ("--data", journal, "--by", "ops", "--approved-by", "boss")
    done = run("draft", "found", folder / "people.toml", AUTHORITY, *told)
    assert done.returncode == 0, done.stdout
    return journal


def people(journal, *words, status=ExitStatus.DONE):
    return run_json("people", *words, "--data", journal, status=status)


def test_the_first_administrator_is_shown_a_code_once(journal):
    told = people(journal, "invite", "ada")
    assert told["code"].startswith("fci_")
    rows = {row["user_id"]: row for row in people(journal, "list")["people"]}
    assert [*rows] == ["ada", "carl", "rob"]
    assert rows["ada"]["invited_until_time"][:19] == told["until_time"][:19]
    assert rows["rob"]["invited_until_time"] is None
    shown = run("people", "list", "--data", journal)
    assert "ada" in shown.stdout
    assert told["code"] not in shown.stdout
    for name in ("secrets.sqlite", "secrets.key"):
        path = journal.parent / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert told["code"].encode() not in path.read_bytes()


@pytest.mark.parametrize(("user_id", "words"), [("rob", "no administrator"), ("eve", "eve is no")])
def test_nobody_else_comes_first(journal, user_id, words):
    told = people(journal, "invite", user_id, status=ExitStatus.DIFFERENCES_FOUND)
    assert words in told["refused"]
    done = run("people", "invite", user_id, "--data", journal)
    assert done.stdout.startswith("refused: ")


def test_what_somebody_has_ends_and_is_said_not_to_be_all(journal):
    told = people(journal, "end", "ada")
    assert told == {"user_id": "ada", "sessions_ended": 0, "is_active": True}
    rows = {row["user_id"]: row for row in people(journal, "list")["people"]}
    assert rows["ada"]["invited_until_time"] is None
    assert "Deactivate it as well" in run("people", "end", "ada", "--data", journal).stdout


def test_faults_are_told_and_change_nothing(journal, tmp_path):
    done = run("people", "end", "eve", "--data", journal)
    assert (done.returncode, "no user of this desk" in done.stderr) == (3, True)
    assert run("people", "list", "--data", tmp_path).returncode == ExitStatus.FAULTY_INPUT
    key = journal.parent / "secrets.key"
    key.chmod(0o644)
    done = run("people", "list", "--data", journal)
    key.chmod(0o600)
    assert (done.returncode, "can be read by others" in done.stderr) == (ExitStatus.DISK, True)
