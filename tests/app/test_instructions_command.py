"""``fencang risk instructions`` and what explains them: queued, decided, refused, by hand."""

import pytest

from fencang.app.commands.instructions import instructions_found
from fencang.app.journals import writing
from fencang.engine.machine import Machine
from fencang.journal.sequencer import Sequencer
from fencang.messages import commands as cmd
from fencang.messages.message import Interface
from tests.app.program import run, run_json
from tests.engine.desk import BUY, SELL, order, trading_desk, transfer
from tests.engine.firm import TUESDAY, define, limit
from tests.engine.life_acts import roll
from tests.engine.tier_firm import dated, move, queued, use_tiers


def journaled(path, desk):
    times = iter([record.time_ns for record in desk.records])
    with writing(path, "test") as journal:
        sequencer = Sequencer(Machine(), journal, lambda: next(times))
        for record in desk.records:
            sequencer.commit([record.command])
    return path


def ordinary():
    """ALPHA opens on the next trading day, and holds 4 long already."""
    desk = trading_desk(limit("ALPHA", "CLM0", 10))
    desk.trade("ALPHA", BUY, 4, "20")
    use_tiers(desk, dated(), ALPHA="ordinary")
    return desk


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    desk = ordinary()
    number = queued(desk.do(order("ALPHA", BUY, 5, at="20", client_order_id="a"))).instruction_id
    path = tmp_path_factory.mktemp("waiting") / "firm.journal"
    return journaled(path, desk), number


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """Of five and three lots that waited five fit, a replacement and a reduction came at once."""
    desk = ordinary()
    for name, lots in (("a", 5), ("b", 3)):
        queued(desk.do(order("ALPHA", BUY, lots, at="20", client_order_id=name)))
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    desk.done(cmd.OpenSession(venue_id="NYMEX", trading_day=TUESDAY))
    (number,) = [key for key, each in desk.state.orders.items() if each.client_order_id == "a"]
    return journaled(tmp_path_factory.mktemp("decided") / "firm.journal", desk), number


def test_what_waits_is_shown_to_a_person_and_to_a_machine(waiting):
    path, number = waiting
    found = run_json("risk", "instructions", "--data", path, "--sub-account", "ALPHA")
    (row,) = found["instructions"]
    assert (row["instruction_id"], row["trading_day"]) == (number, "2020-04-21")
    assert (row["what"], row["client_order_id"]) == ("buy 5 CLM0 at 20", "a")
    assert run_json("risk", "instructions", "--data", path, "--sub-account", "BETA") == {
        "sequence": found["sequence"],
        "instructions": [],
    }
    done = run("risk", "instructions", "--data", path, COLUMNS="100")
    assert done.returncode == 0, done.stderr
    for words in (str(number), "ALPHA", "buy 5 CLM0 at 20", "2020-04-21", "ordinary"):
        assert words in done.stdout, done.stdout
    done = run("risk", "instructions", "--data", path, "--sub-account", "BETA")
    assert "No instruction waits for its day." in done.stdout


def test_every_kind_of_instruction_has_words():
    desk = ordinary()
    number = desk.working("BETA", BUY, 2, at="19")
    desk.trade("BETA", BUY, 2, "20")
    use_tiers(desk, dated(), BETA="ordinary")
    for command in (
        order("ALPHA", BUY, 5, client_order_id="m"),
        cmd.ReplaceOrder(sub_account_id="BETA", order_id=number, quantity_lots=3),
        roll(lots=4),
        transfer(None, "ALPHA", "12.5"),
        move(1, "ALPHA"),
    ):
        queued(desk.do(command))
    found = [row["what"] for row in instructions_found(desk.state)["instructions"]]
    assert found == [
        "buy 5 CLM0",
        f"order {number} to 3 lots",
        "roll 4 CLM0 to CLN0",
        "capital 12.50 from reserve",
        "1 CLM0 long from BETA",
    ]


def test_an_order_that_waits_says_so_when_it_is_explained(waiting):
    path, _ = waiting
    done = run("explain", "ALPHA:a", "--data", path)
    assert done.returncode == 0, done.stderr
    assert "was entered to wait for 2020-04-21" in done.stdout
    found = run_json("explain", "ALPHA:a", "--data", path)
    rows = [row for row in found["parts"][0]["controls"] if row["control"] == "permission and tier"]
    assert [row["reason"] for row in rows] == [8101, 3001, 8102, 8103, 8104, 8105]
    assert [row["passes"] for row in rows] == [True] * 5 + [False]


def test_an_instruction_is_explained_as_it_stood_on_its_day(decided):
    path, number = decided
    for name in ("ALPHA:a", str(number)):
        found = run_json("explain", name, "--data", path)
        assert (found["order_ids"], found["waits_for"]) == ([number], None)
        assert all(row["passes"] for row in found["parts"][0]["controls"])
    found = run_json("explain", "ALPHA:b", "--data", path, status=1)
    assert found["reason"] == found["parts"][0]["refused_by"]["reason"] == 3050
    assert found["parts"][0]["refused_by"]["value"] == 12
    done = run("explain", "ALPHA:b", "--data", path)
    assert "Refused by position limit at ALPHA (3050)" in done.stdout


def test_an_order_by_hand_says_that_it_waits(waiting):
    path, _ = waiting
    done = run(
        "risk", "order", "ALPHA", "buy", "1", "CLM0", "--at", "20", "--dry-run", "--data", path
    )
    assert done.returncode == 0, done.stderr
    assert "waits for 2020-04-21" in done.stdout
    again = run_json(
        "risk", "order", "ALPHA", "sell", "1", "CLM0", "--at", "20", "--dry-run", "--data", path
    )
    assert (again["waits"], again["accepted"][0]["reduces"]) == ([], True)


def test_a_door_that_a_tier_has_not_is_told(tmp_path):
    desk = ordinary()
    desk.done(define(dated(interfaces=(Interface.REST,))))
    desk.do(order("ALPHA", SELL, 1, at="20", client_order_id="x", interface=Interface.FIX))
    path = journaled(tmp_path / "firm.journal", desk)
    done = run("explain", "ALPHA:x", "--data", path)
    assert done.returncode == 1
    assert "Refused by permission and tier at ALPHA (8101)" in done.stdout
