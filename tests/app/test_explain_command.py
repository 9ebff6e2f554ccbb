"""``fencang explain``: orders by every name, refused ones, what it says and how it ends."""

import pytest

from fencang.app.commands.explain import explanation_found
from fencang.app.exit_status import InputFault
from fencang.app.journals import writing
from fencang.basics.identifiers import client_order_text
from fencang.engine.machine import Machine
from fencang.journal.sequencer import Sequencer
from tests.app.program import replay_arguments, run, run_json
from tests.engine.desk import BUY, trading_desk
from tests.engine.firm import money


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    path = tmp_path_factory.mktemp("explain") / "minimal.journal"
    done = run(*replay_arguments(path, last="2024-02-29"))
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A journal of the scenarios' firm: an order that passes, one too large, and a replacement."""
    path = tmp_path_factory.mktemp("explain") / "firm.journal"
    desk = trading_desk()
    first = desk.working("ALPHA", BUY, 5, at="20")
    desk.submit("ALPHA", BUY, 500, at="20")
    desk.replace(first, 4_000)
    times = iter([record.time_ns for record in desk.records])
    with writing(path, "test") as journal:
        sequencer = Sequencer(Machine(), journal, lambda: next(times))
        for record in desk.records:
            sequencer.commit([record.command])
    return path, first


def test_an_order_answers_to_each_of_its_names(replayed):
    by_client = run_json("explain", "ALPHA:20240123-1", "--data", replayed)
    (order_id,) = by_client["order_ids"]
    for name in (str(order_id), client_order_text(order_id)):
        found = run_json("explain", name, "--data", replayed.parent)
        assert found["parts"] == by_client["parts"]
        assert found["accepted"]
    (part,) = by_client["parts"]
    assert {row["control"] for row in part["controls"]} >= {
        "trading state",
        "order terms",
        "position limit",
        "leverage",
        "sub-account margin",
        "pool margin",
    }
    assert all(row["passes"] for row in part["controls"])
    for row in part["controls"]:
        assert row["head_room"] == (row["limit"] - row["value"] if row["unit"] else None)


def test_the_table_names_the_nearest_limit_and_cuts_nothing(replayed):
    done = run("explain", "ALPHA:20240123-1", "--data", replayed, COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert "was accepted at record" in done.stdout
    assert "Nearest: " in done.stdout
    assert "…" not in done.stdout


def test_a_refused_order_ends_with_one_and_says_what_refused(written):
    path, _ = written
    sub, client = "ALPHA", "o2"
    done = run("explain", f"{sub}:{client}", "--data", path)
    assert done.returncode == 1, done.stderr
    assert "Refused by sub-account margin at ALPHA (3061)" in done.stdout
    found = run_json("explain", f"{sub}:{client}", "--data", path, status=1)
    (part,) = found["parts"]
    bound = part["refused_by"]
    assert (bound["control"], bound["value"]) == ("sub-account margin", money("1000000"))
    assert bound["head_room"] < 0
    assert found["reason"] == bound["reason"] == 3061
    assert not part["controls"][-1]["reached"]


@pytest.mark.parametrize("name", ["1", "999900000", "F1.0", "NOBODY:x", "nonsense"])
def test_names_that_nothing_answers_to_are_told(written, name):
    with pytest.raises(InputFault, match=r"no order|nothing in the journal"):
        explanation_found(written[0], name)
