"""``fencang reconcile`` as a clerk uses it: agree, differ, be refused, record."""

import json
import shutil

import pytest

from tests.app.program import ROOT, replay_arguments, run, run_json

EXAMPLE = ROOT / "examples" / "reconciliation"
MAP = EXAMPLE / "map.toml"
GOOD, BAD = EXAMPLE / "broker.csv", EXAMPLE / "broker-with-breaks.csv"


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    path = tmp_path_factory.mktemp("desk") / "minimal.journal"
    done = run(*replay_arguments(path, last="2024-03-29"))
    assert done.returncode == 0, done.stderr
    return path


def arguments(statement, journal, *more):
    return ("reconcile", statement, "--map", MAP, "--data", journal, *more)


def test_a_statement_that_agrees(journal):
    found = run_json(*arguments(GOOD, journal))
    assert found["is_clean"]
    assert found["breaks"] == []
    assert set(found["sections"].values()) == {"equal"}
    assert found["fills_matched"] == 3


def test_two_slips_are_two_breaks_and_the_rest_follows(journal):
    found = run_json(*arguments(BAD, journal.parent), status=1)
    causes = [line for line in found["breaks"] if not line["cause_id"]]
    assert [line["kind"] for line in causes] == ["missing there", "fee differs"]
    assert len(found["breaks"]) == 9
    told = run(*arguments(BAD, journal))
    assert told.returncode == 1
    assert "2 breaks, 7 more follow from them." in told.stdout


def test_the_guide_shows_what_the_program_says(journal, tmp_path):
    """Line by line, in a folder as the guide's reader has it and a terminal of eighty columns."""
    shutil.copytree(EXAMPLE, tmp_path / "examples" / "reconciliation")
    shutil.copy(journal, tmp_path / "minimal.journal")
    guide = (ROOT / "docs" / "guide" / "reconciliation.md").read_text(encoding="utf-8")
    shown = guide.partition("```text\n$ fencang ")[2].partition("```")[0]
    typed, _, answer = shown.replace("\\\n", " ").partition("\n")
    told = run(*typed.split(), folder=tmp_path, COLUMNS="80").stdout
    told = told.replace("\\\n", " ")
    assert _lines(answer) == _lines(told)


def _lines(text):
    return [" ".join(line.split()) for line in text.splitlines()]


def test_a_certificate_is_written_whole(journal, tmp_path):
    for name in ("c.html", "c.md"):
        page = tmp_path / name
        assert run(*arguments(BAD, journal, "--certificate", page)).returncode == 1
        text = page.read_text(encoding="utf-8")
        assert "Reconciliation of BROKER-1 on 2024-03-13" in text.replace("\\", "")
        run(*arguments(BAD, journal, "--certificate", page))
        assert page.read_text(encoding="utf-8") == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.html", "c.md"]


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        (("--date", "2024-03-14"), 3, "is of 2024-03-13, asked for is 2024-03-14"),
        (("--account", "BROKER-2"), 2, "the map is for account BROKER-1"),
        (("--certificate", "c.pdf"), 2, "does not end in .html or .md"),
        (("--record", "no such person"), 2, "cannot be recorded by 'no such person'"),
    ],
)
def test_what_does_not_fit_is_refused(journal, more, status, words):
    done = run(*arguments(GOOD, journal, *more))
    assert done.returncode == status
    assert words in done.stderr


def test_a_faulty_file_is_refused_with_every_place_and_nothing_comes_of_it(journal, tmp_path):
    statement = tmp_path / "broker.csv"
    text = GOOD.read_text(encoding="utf-8").replace("KUPFER;S;16;8.570,0", "KUPFER;Q;16;8.57,0")
    statement.write_text(text, encoding="utf-8")
    page, before = tmp_path / "c.md", journal.read_bytes()
    done = run(*arguments(statement, journal, "--certificate", page, "--record", "ops1"))
    assert done.returncode == 3
    assert "nothing was compared" in done.stderr
    assert "line 9, column B/S" in done.stderr
    assert "line 9, column Price" in done.stderr
    assert not page.exists()
    assert journal.read_bytes() == before


def test_files_that_are_not_there_are_named(journal, tmp_path):
    for changed in (
        arguments(tmp_path / "none.csv", journal),
        arguments(GOOD, tmp_path),
        ("reconcile", GOOD, "--map", tmp_path / "none.toml", "--data", journal),
    ):
        done = run(*changed)
        assert done.returncode == 3, done.stderr
    done = run(*arguments(GOOD, tmp_path / "none.journal"))
    assert done.returncode == 3


def test_recorded_breaks_age_and_the_journal_still_verifies(journal, tmp_path):
    own = tmp_path / "own.journal"
    shutil.copy(journal, own)
    first = run_json(*arguments(BAD, own, "--record", "ops1"), status=1)
    again = run_json(*arguments(BAD, own, "--record", "ops1"), status=1)
    assert [line["break_id"] for line in first["breaks"]] == [
        line["break_id"] for line in again["breaks"]
    ]
    assert again["at_sequence"] == first["at_sequence"] + 1
    mended = run_json(*arguments(GOOD, own, "--record", "ops1"))
    assert mended["is_clean"]
    after = run_json(*arguments(GOOD, own))
    assert after["earlier"] == []
    verified = json.loads(run("verify", own, "--json").stdout)
    assert verified["is_sound"]
