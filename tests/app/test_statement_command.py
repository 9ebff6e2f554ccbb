"""``fencang statement`` as a user starts it: files, faults, and the same bytes again."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from tests.app.program import replay_arguments, run, run_json

DAY = "2024-02-13"
SUNDAY = (
    "2024-02-11 is no trading day of this journal; "
    "the last one before is 2024-02-09, the first one after is 2024-02-12"
)


@pytest.fixture(scope="module")
def journals(tmp_path_factory):
    """Two data directories whose desks were driven apart by the same commands."""
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    lasts = ("2024-03-28", "2024-06-28")
    for folder, last in zip(folders, lasts, strict=True):
        arguments = replay_arguments(folder / "desk.journal", first="2024-01-01", last=last)
        done = run(*arguments)
        assert done.returncode == 0, done.stderr
    return folders


def written(found):
    return {each["file"].rpartition("/")[2]: each["sha256"] for each in found["files"]}


FORMS = ("--format", "html", "--format", "csv", "--format", "json")


def test_a_past_day_comes_out_again_to_the_byte_from_another_directory(journals, tmp_path):
    """The second desk has three more months behind it and tells the day as the first does."""
    found = [
        run_json(
            "statement", "--all", "--date", DAY, "--data", data, "--out", tmp_path / name, *FORMS
        )
        for name, data in zip("ab", journals, strict=True)
    ]
    assert written(found[0]) == written(found[1])
    assert found[0]["is_final"]
    accounts = {each["account_id"] for each in found[0]["files"]}
    assert {"ALPHA", "BETA", "GAMMA", "@reserve:FIRM", "@pool:FIRM", "MASTER"} <= accounts
    for each in found[0]["files"]:
        content = Path(each["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == each["sha256"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_paper_too(journals, tmp_path, language):
    pytest.importorskip("reportlab", reason="PDF needs the extra `statements`")
    found = [
        run_json(
            "statement", "ALPHA", "--date", DAY, "--data", data / "desk.journal",
            "--language", language, "--pdf", "--out", tmp_path / data.name,
        )
        for data in journals
    ]  # fmt: skip
    assert written(found[0]) == written(found[1])
    assert list(written(found[0])) == [f"ALPHA-{DAY}.{language}.pdf"]


def test_a_month_of_an_owner(journals, tmp_path):
    arguments = ("--owner", "FIRM", "--month", "2024-02", "--data", journals[0], "--out", tmp_path)
    done = run("statement", *arguments)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "%40pool%3AFIRM-2024-02.en.html").read_text(encoding="utf-8")
    assert "Monthly statement of account" in page
    assert "2024-02-01 – 2024-02-29" in page


def test_the_last_day_is_provisional(journals, tmp_path):
    arguments = ("ALPHA", "--date", "2024-03-28", "--data", journals[0], "--out", tmp_path)
    done = run("statement", *arguments)
    assert done.returncode == 0, done.stderr
    assert "PROVISIONAL: 2024-03-28 has not ended." in done.stdout
    assert (tmp_path / "ALPHA-2024-03-28.provisional.en.html").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("ALPHA",), 2, "say either --date 2018-02-05 or --month 2018-02"),
        (("ALPHA", "--date", DAY, "--month", "2024-02"), 2, "say either"),
        (("--date", DAY), 2, "name one account"),
        (("ALPHA", "--all", "--date", DAY), 2, "name one account"),
        (("ALPHA", "--month", "2024-13"), 2, "is not a month such as 2018-02"),
        (("ALPHA", "--date", "2024-02-11"), 2, SUNDAY),
        (("ALPHA", "--date", "2031-01-01"), 2, "the last one before is 2024-03-28"),
        (("DELTA", "--date", DAY), 2, "no account DELTA on 2024-02-13; there are @reserve:FIRM"),
        (("--owner", "NOBODY", "--date", DAY), 2, "no account @pool:NOBODY"),
        (("ALPHA", "--date", DAY, "--format", "doc"), 2, "there are html, pdf, csv, json"),
        (("ALPHA", "--date", DAY, "--language", "de"), 2, "there are en, zh"),
        (("ALPHA", "--date", DAY, "--pdf", "--font", "/dev/null"), 3, "no TrueType font"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    journals, tmp_path, arguments, status, words
):
    done = run("statement", *arguments, "--data", journals[0], "--out", tmp_path / "out")
    assert done.returncode == status, done.stderr
    assert words in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_journal_is_told(tmp_path):
    done = run("statement", "ALPHA", "--date", DAY, "--data", tmp_path)
    assert done.returncode == 3
    assert "holds no journal" in done.stderr


def test_a_damaged_journal_gives_no_statement(journals, tmp_path):
    path = tmp_path / "damaged.journal"
    path.write_bytes((journals[0] / "desk.journal").read_bytes())
    connection = sqlite3.connect(path)
    connection.execute(
        "UPDATE batches SET blob = CAST(substr(blob, 1, length(blob) - 1) || x'00' AS BLOB) "
        "WHERE first_sequence ="
        " (SELECT first_sequence FROM batches ORDER BY first_sequence LIMIT 1 OFFSET 9)"
    )
    connection.commit()
    connection.close()
    done = run("statement", "ALPHA", "--date", DAY, "--data", path, "--out", tmp_path / "out")
    assert done.returncode == 4, done.stderr
    assert "damaged" in done.stderr
    assert not (tmp_path / "out").exists()
