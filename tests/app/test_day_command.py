"""``fencang day`` from outside: what a clerk sees, opens and closes, and with which exit status."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from fencang.app.data_directory import committing
from fencang.messages.day_commands import OpenTradingDay, SettleContracts, SettlementPrice
from fencang.refdata.session import Phase
from tests.app.program import command, environment, replay_arguments, run, run_json

THURSDAY, MONDAY = "2024-03-28", "2024-04-01"
PRICE = 10_000_000_000


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """A data directory after a replay that ended on a Thursday."""
    folder = tmp_path_factory.mktemp("desk")
    done = run(*replay_arguments(folder / "journal", last=THURSDAY))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def data(replayed, tmp_path):
    shutil.copytree(replayed, tmp_path / "data")
    return tmp_path / "data"


def day(data, *arguments, status=0):
    (name, *rest) = arguments
    return run_json("day", name, "--data", data, *rest, status=status)


def missing(found):
    (venue,) = found["venues"]
    return {row["check"]: row["missing"] for row in venue["rows"] if not row["is_met"]}


def test_after_a_replay_the_day_is_ready_and_is_closed(data):
    found = day(data, "status")
    assert (found["venues"][0]["trading_day"], missing(found)) == (THURSDAY, {})
    closed = day(data, "close", "--date", THURSDAY)
    assert closed["venues"][0]["is_closed"] is True
    assert closed["sequence"] == found["sequence"] + 1
    again = day(data, "close", "--date", THURSDAY, status=1)
    assert again["venues"][0]["reason"] == "day closed"
    assert run("verify", data / "journal").returncode == 0


def test_a_day_takes_the_sessions_of_a_calendar(data):
    """Crude oil at CME opens on the evening before, at 17:00 in Chicago: 22:00 UTC in summer."""
    day(data, "close", "--date", THURSDAY)
    day(data, "open", "--date", MONDAY, "--venue", "EXCHANGE", "--calendar", "cme-energy")
    with committing(data) as sequencer:
        sessions = sequencer.machine.state.venues["EXCHANGE"].sessions
    opened = [session for session in sessions if session.phase is Phase.OPEN]
    begin = datetime.fromtimestamp(opened[0].start_ns / 10**9, UTC)
    assert f"{begin:%Y-%m-%d %H:%M}" == "2024-03-31 22:00"


def test_a_clerk_reads_a_table(data):
    done = run("day", "status", "--data", data)
    assert "EXCHANGE: 2024-03-28, phase close, settled" in done.stdout
    assert "The two books agree" in done.stdout


def test_a_day_without_prices_is_refused_with_the_list_and_accepted_by_two_persons(data):
    day(data, "close", "--date", THURSDAY)
    day(data, "open", "--date", MONDAY, "--session", f"open={MONDAY}T13:30Z/{MONDAY}T20:00Z")
    assert (
        "0 of 2 contracts have a settlement price"
        in missing(day(data, "status", status=1))["prices"]
    )
    refused = day(data, "close", "--date", MONDAY, status=1)
    assert refused["venues"][0]["refused"].startswith("prices: 0 of 2 contracts")
    accepting = ("close", "--date", MONDAY, "--accept", "prices", "--reason", "a holiday after all")
    alone = day(data, *accepting, status=1)
    assert alone["venues"][0]["reason"] == "second person required"
    closed = day(data, *accepting, "--approved-by", "boss")
    assert closed["venues"][0]["is_closed"] is True


def test_what_cannot_be_meant_is_said_and_changes_nothing(data):
    before = day(data, "status")["sequence"]
    for status, arguments in (
        (3, ("close", "--date", "2024-03-27")),
        (3, ("close", "--date", THURSDAY, "--venue", "LSE")),
        (2, ("close", "--date", THURSDAY, "--accept", "weather")),
        (2, ("open", "--date", MONDAY, "--session", "open=13:30/14:00")),
        (2, ("open", "--date", MONDAY, "--session", "lunch=2024-04-01T13:30Z/2024-04-01T20:00Z")),
        (2, ("open", "--date", MONDAY, "--session", "open=2024-04-01T13:30/2024-04-01T20:00Z")),
        (2, ("open", "--date", MONDAY, "--by", "a person with spaces")),
        (2, ("open", "--date", "tomorrow")),
        (2, ("open", "--date", MONDAY, "--calendar", "cme-energy")),
        (2, ("open", "--date", MONDAY, "--venue", "EXCHANGE", "--calendar", "cme-enrgy")),
        (2, ("open", "--date", "2024-03-29", "--venue", "EXCHANGE", "--calendar", "cme-energy")),
    ):
        done = run("day", arguments[0], "--data", data, *arguments[1:])
        assert done.returncode == status, (arguments, done.stderr)
        assert done.stderr
    assert day(data, "status")["sequence"] == before


def test_a_folder_without_a_journal_or_with_two_is_refused(tmp_path, data):
    assert run("day", "status", "--data", tmp_path / "nowhere").returncode == 3
    (tmp_path / "empty").mkdir()
    assert run("day", "status", "--data", tmp_path / "empty").returncode == 3
    shutil.copy(data / "journal", data / "one.journal")
    shutil.move(data / "journal", data / "two.journal")
    done = run("day", "status", "--data", data)
    assert done.returncode == 3
    assert "one.journal" in done.stderr


def test_only_one_process_writes(data):
    """Fencing: while a desk writes its journal, the command line reads and does not write."""
    with committing(data):
        done = run("day", "close", "--data", data, "--date", THURSDAY)
        assert done.returncode == 4, done.stderr
        assert "being written by another process" in done.stderr
        assert run("day", "status", "--data", data).returncode == 0
    assert day(data, "status")["venues"][0]["is_closed"] is False


def test_a_settlement_in_progress_survives_a_kill(data):
    """A process settles one of two contracts and is killed: the checklist says what is left."""
    day(data, "close", "--date", THURSDAY)
    script = "from tests.app.test_day_command import settle_and_die; settle_and_die()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(FENCANG_TEST_DATA=str(data)),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    found = missing(day(data, "status", status=1))
    assert found["prices"] == (
        "1 of 2 contracts have a settlement price; no settlement price of WHEAT-C"
    )
    with committing(data) as sequencer:
        sequencer.commit([slice_of("WHEAT-C")])
    assert missing(day(data, "status")) == {}
    day(data, "close", "--date", MONDAY)


def slice_of(contract_id):
    return SettleContracts(
        venue_id="EXCHANGE",
        trading_day=date.fromisoformat(MONDAY),
        source="feed",
        prices=(SettlementPrice(contract_id, PRICE),),
    )


def settle_and_die():
    """Open Monday, settle one contract and be killed with the journal open."""
    from pathlib import Path

    with committing(Path(os.environ["FENCANG_TEST_DATA"])) as sequencer:
        opened = OpenTradingDay(venue_id="EXCHANGE", trading_day=date.fromisoformat(MONDAY))
        sequencer.commit([opened, slice_of("COPPER-C")])
        os.kill(os.getpid(), signal.SIGKILL)


def test_help_answers_at_once_and_names_the_words():
    done = subprocess.run(
        command("day", "--help"), capture_output=True, text=True, check=False, env=environment()
    )
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("status", "open", "close"))


def test_json_is_one_object(data):
    done = run("day", "status", "--data", data, "--json")
    assert set(json.loads(done.stdout)) == {"sequence", "venues"}
