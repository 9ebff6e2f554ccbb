"""A clerk mends what a reconciliation found, with the very commands that it printed."""

import shutil

import pytest

from fencang.app.commands.reconcile_steps import words_of
from tests.app.program import ROOT, replay_arguments, run, run_json

EXAMPLE = ROOT / "examples" / "reconciliation"
MAP = EXAMPLE / "map.toml"
GOOD, BAD = EXAMPLE / "broker.csv", EXAMPLE / "broker-with-breaks.csv"
SOLD = "13.03.2024;;KUPFER;S;16;8.570,0;58,28\n"
DAY = "2024-03-13"


def replayed(folder, last):
    path = folder / "desk.journal"
    done = run(*replay_arguments(path, last=last))
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def of_that_day(tmp_path_factory):
    return replayed(tmp_path_factory.mktemp("today"), DAY)


@pytest.fixture(scope="module")
def later(tmp_path_factory):
    return replayed(tmp_path_factory.mktemp("later"), "2024-03-15")


@pytest.fixture
def journal(of_that_day, tmp_path):
    return shutil.copy(of_that_day, tmp_path / "desk.journal")


@pytest.fixture
def past(later, tmp_path):
    return shutil.copy(later, tmp_path / "desk.journal")


def statement_with(tmp_path, *rows):
    """Return a statement that agrees but for further executions, and has nothing but those."""
    text = GOOD.read_text(encoding="utf-8").partition("CASH\n")[0]
    path = tmp_path / "broker.csv"
    trades = text[text.index("TRADES") :].strip()
    path.write_text(f"{trades}\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def map_of_fills(tmp_path):
    """Return the example's map with its section of executions alone."""
    text = MAP.read_text(encoding="utf-8")
    head, _, rest = text.partition("[positions]")
    path = tmp_path / "map.toml"
    path.write_text(head + "[fills]" + rest.partition("[fills]")[2].partition("[cash]")[0])
    return path


def reconciled(statement, map_, journal, *more, status=1):
    asked = ("reconcile", statement, "--map", map_, "--data", journal, *more)
    return run_json(*asked, status=status)


def entered(command, **meanings):
    """Run a printed command with its capitals filled in."""
    words = [meanings.get(word, word) for word in command[1:]]
    return run(*(word.replace("SUB=", f"{meanings.get('SUB')}=") for word in words))


def test_a_fill_that_nobody_has_here_is_entered_into_suspense_as_proposed(journal, tmp_path):
    map_ = map_of_fills(tmp_path)
    statement = statement_with(tmp_path, "13.03.2024;T-77;KUPFER;B;5;8.570,0;18,00")
    (step,) = reconciled(statement, map_, journal)["steps"]
    assert (step["proposal"], step["note"]) == ("suspend", "then reconcile again")
    (command,) = step["commands"]
    alone = entered(command, WHO="ops1", SECOND="ops1")
    assert (alone.returncode, "second person" in alone.stdout) == (1, True)
    done = entered(command, WHO="ops1", SECOND="boss")
    assert done.returncode == 0, done.stderr
    assert "the fill is entered; 5 lots wait in suspense" in done.stdout
    assert [line["kind"] for line in reconciled(statement, map_, journal)["breaks"]] == [
        "fee differs"
    ]
    assert run("verify", journal).returncode == 0


def test_a_fill_that_belongs_to_somebody_is_booked_to_whom_the_clerk_names(journal, tmp_path):
    map_ = map_of_fills(tmp_path)
    statement = statement_with(tmp_path, "13.03.2024;T 78;KUPFER;S;4;8.570,0;14,57")
    (step,) = reconciled(statement, map_, journal)["steps"]
    (command,) = step["commands"]
    assert "statement-2024-03-13-line-5" in command  # the broker's number is no name here
    assert "SUB=4" in command
    done = entered(command, WHO="ops1", SECOND="boss", SUB="ALPHA")
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert done.stdout.strip().endswith("the fill is entered")


def test_a_break_of_a_past_day_is_entered_and_resolved_by_its_record(past, tmp_path):
    map_ = map_of_fills(tmp_path)
    statement = statement_with(tmp_path, "13.03.2024;T-77;KUPFER;B;5;8.570,0;18,00")
    (step,) = reconciled(statement, map_, past, "--record", "ops1")["steps"]
    entry, resolution = step["commands"]
    done = entered(entry, WHO="ops1", SECOND="boss")
    record = done.stdout.split()[1].rstrip(":")
    done = entered(resolution, WHO="ops1", SECOND="boss", RECORD=record)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert f"{step['break_id'][:8]} is booked" in done.stdout


def test_a_past_day_that_is_asked_again_after_the_entry_has_no_break_any_more(past, tmp_path):
    map_ = map_of_fills(tmp_path)
    statement = statement_with(tmp_path, "13.03.2024;T-77;KUPFER;B;5;8.570,0;18,2125")
    (step,) = reconciled(statement, map_, past, "--record", "ops1")["steps"]
    done = entered(step["commands"][0], WHO="ops1", SECOND="boss")
    assert done.returncode == 0, done.stderr
    again = reconciled(statement, map_, past, "--record", "ops1", status=0)
    assert again["breaks"] == []
    (late,) = again["booked_later"]
    assert late["subject"] == "T-77: buy 5 COPPER-C at 8570"
    assert late["cleared"] == "2024-03-13"
    told = run("reconcile", statement, "--map", map_, "--data", past)
    assert told.returncode == 0
    assert "Booked here on a later day" in told.stdout
    assert "T-77: buy 5 COPPER-C at 8570" in told.stdout


def test_what_the_broker_is_asked_has_an_owner_and_ends_by_two_persons(journal):
    printed = run("reconcile", BAD, "--map", MAP, "--data", journal, COLUMNS="80").stdout
    assert "--record WHO" in printed
    found = reconciled(BAD, MAP, journal, "--record", "ops1")
    step = found["steps"][0]
    (command,) = step["commands"]
    assert entered(command, WHO="ops1").returncode == 0
    told = run("reconcile", BAD, "--map", MAP, "--data", journal, COLUMNS="80").stdout
    assert "missing there: new, open, with ops1" in told
    assert "--record WHO" not in told
    resolve = ("mend", "resolve", step["break_id"][:8], "--data", journal, "--as", "explained")
    why = ("--reason", "the broker sends it again", "--by", "ops1")
    assert run(*resolve, *why).returncode == 1
    done = run_json(*resolve, *why, "--approved-by", "boss")
    assert done["refused"] == ""


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_printed_is_cut_off_and_commands_are_copied_as_they_are(journal, width):
    told = run("reconcile", BAD, "--map", MAP, "--data", journal, COLUMNS=str(width)).stdout
    words = " ".join(told.replace("\\\n", " ").split())
    assert "…" not in told
    assert "PAPER-37400000.1: sell 16 COPPER-C at 8570" in words
    assert "mend assign 47adf294 --data" in words
    lines = told.splitlines()
    continued = [line for line in lines if line.rstrip().endswith("\\")]
    assert continued == [line.rstrip() for line in continued]
    assert all(len(line.rstrip()) <= width for line in lines if str(journal) not in line)


def test_a_command_is_broken_between_its_options_only():
    command = ("fencang", "mend", "assign", "47adf294", "--to", "ops1", "--reason", "asked them")
    assert words_of(command, 42) == [
        "fencang mend assign 47adf294 --to ops1 \\",
        "    --reason 'asked them'",
    ]
    assert words_of(command, 200) == [
        "fencang mend assign 47adf294 --to ops1 --reason 'asked them'"
    ]


def test_what_cannot_be_meant_is_said_and_changes_nothing(journal):
    before = journal.read_bytes()
    fill = ("mend", "fill", "--data", journal, "--account", "BROKER-1", "--execution", "X")
    fill = (*fill, "--contract", "COPPER-C", "--lots", "5", "--date", DAY, "--approved-by", "boss")
    for status, arguments in (
        (2, (*fill, "--side", "bought", "--price", "8570")),
        (2, (*fill, "--side", "buy", "--price", "dear")),
        (2, (*fill, "--side", "buy", "--price", "8570", "--leg", "ALPHA")),
        (2, (*fill, "--side", "buy", "--price", "8570", "--offset", "shut")),
        (2, (*fill, "--side", "buy", "--price", "8570", "--by", "a person with spaces")),
        (3, ("mend", "assign", "47adf294", "--data", journal, "--to", "ops1")),
        (2, ("mend", "resolve", "47", "--data", journal, "--as", "forgotten", "--reason", "x")),
    ):
        done = run(*arguments)
        assert done.returncode == status, (arguments, done.stderr)
        assert done.stderr
    assert journal.read_bytes() == before


def test_what_no_command_line_enters_is_said_in_words(journal, tmp_path):
    """A symbol that nobody knows belongs in the map; cash that came is a wire, at the desk."""
    statement = tmp_path / "broker.csv"
    text = GOOD.read_text(encoding="utf-8")
    text = text.replace(
        "13.03.2024;;KUPFER;S;16", "13.03.2024;;ZINN in LME;B;2;1,0;0,00\n13.03.2024;;KUPFER;S;16"
    )
    text = text.replace("14.521,00;0,00;552.115,00", "14.521,00;500,00;552.615,00")
    statement.write_text(text, encoding="utf-8")
    found = reconciled(statement, MAP, journal)
    notes = [step["note"] for step in found["steps"] if not step["commands"]]
    assert sorted(notes) == [
        "at the desk: RequestWire, 500.00 EUR in, and its approval",
        'in the map, under [symbols]: "ZINN in LME" = "CONTRACT"',
    ]
    told = run("reconcile", statement, "--map", MAP, "--data", journal, COLUMNS="80").stdout
    assert "CONTRACT: the contract that it is here" in " ".join(told.split())
