"""``fencang envelopes``: one line per open envelope, for a person and for a machine."""

from fencang.app.commands.envelopes import envelopes_found, tell
from tests.app.program import replay_arguments, run, run_json
from tests.engine.desk import BUY, trading_desk
from tests.engine.envelope_acts import opened, taken
from tests.engine.firm import money


def test_a_journal_without_envelopes_says_so(tmp_path):
    journal = tmp_path / "minimal.journal"
    done = run(*replay_arguments(journal, last="2024-01-10"))
    assert done.returncode == 0, done.stderr
    done = run("envelopes", "--data", journal)
    assert done.returncode == 0, done.stderr
    assert "No envelope is open." in done.stdout
    assert run_json("envelopes", "--data", tmp_path)["envelopes"] == []


def test_open_envelopes_are_told_with_what_they_hold(capsys):
    """10 lots, 3 of them work; 7 hold 2,000 each of 25,000."""
    desk = trading_desk()
    envelope = opened(desk, "ALPHA", BUY, 10, clip_lots=4, margin_micros=money("25000"))
    taken(desk, envelope, 3)
    found = envelopes_found(desk.state)
    (row,) = found["envelopes"]
    lots = [row[f"{name}_lots"] for name in ("working", "filled", "unused", "clip")]
    assert lots == [3, 0, 7, 4]
    assert (row["envelope_id"], row["held_micros"]) == (envelope, money("14000"))
    assert (row["contracts"], row["entered_by"]) == (["CLM0"], "algo")
    tell(found)
    said = capsys.readouterr().out
    for words in ("ALPHA", "CLM0", "14,000.00", "25,000.00", "Money in USD"):
        assert words in said, said
