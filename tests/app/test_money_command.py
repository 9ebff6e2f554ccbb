"""``fencang money``: the tables of a journal, for a person and for a machine."""

import pytest

from fencang.app.commands.money import money_found
from fencang.app.commands.money_words import tell
from fencang.projections.desk_view import DeskView
from tests.app.program import replay_arguments, run, run_json
from tests.engine.desk import trading_desk
from tests.engine.firm import money
from tests.engine.money_firm import approve, broker_call, requested, send, with_terms


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    path = tmp_path_factory.mktemp("money") / "minimal.journal"
    done = run(*replay_arguments(path, last="2024-02-15"))
    assert done.returncode == 0, done.stderr
    return path


def test_the_tables_of_a_replay_add_up(journal):
    found = run_json("money", "--data", journal.parent)
    assert found["gaps"] == []
    cash = {row["currency"]: row["cash_micros"] for row in found["balances"]}
    for part in found["internal"]:
        books = part["books"]
        assert sum(book["cash_micros"] for book in books) == cash[part["currency"]]
        assert sum(book["internal_micros"] for book in books) == 0


def test_a_person_gets_tables(journal):
    done = run("money", "--data", journal)
    assert done.returncode == 0, done.stderr
    for words in ("Who owes whom", "from other books", "together", "No wire is known."):
        assert words in done.stdout


def test_a_folder_without_a_journal_is_faulty_input(tmp_path):
    done = run("money", "--data", tmp_path)
    assert done.returncode == 3
    assert "holds no journal" in done.stderr
    assert run("money", "--data", tmp_path / "nowhere").returncode == 3


def test_wires_calls_and_promises_are_told(capsys):
    """Two wires of 1,000 and 2,000 are under way; the broker calls 500."""
    desk = trading_desk()
    with_terms(desk)
    number = requested(desk, "1000")
    desk.done(approve(number))
    desk.done(send(number))
    requested(desk, "2000")
    desk.done(broker_call("500"))
    view = DeskView()
    for record in desk.records:
        view.apply(record)
    found = money_found(view.money, view.sequence, view.time_ns)
    assert [row["promised_micros"] for row in found["balances"]] == [money("3000")]
    assert [wire["state"] for wire in found["wires"]] == ["sent", "requested"]
    assert [call["amount_micros"] for call in found["calls"]] == [money("500")]
    tell(found)
    told = capsys.readouterr().out
    assert "Open margin calls" in told
    assert "adds up" in told
