"""``fencang risk order``: entered or only tried, now or after any record."""

import shutil

import pytest

from fencang.app.desk.replay_settings import MovesSettings
from fencang.app.replay.moves import Moves
from fencang.gateways.market_data import Bar, DayOfData
from tests.app.program import replay_arguments, run, run_json
from tests.engine.firm import MONDAY


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    path = tmp_path_factory.mktemp("hand") / "desk.journal"
    done = run(*replay_arguments(path, last="2024-02-29"))
    assert done.returncode == 0, done.stderr
    return path


def tried(journal, *more, lots="10"):
    words = ("--as-of", "101", "--dry-run", "--data", journal)
    return "risk", "order", "ALPHA", "buy", lots, "WHEAT-C", *words, *more


def test_a_dry_run_after_a_record_writes_nothing(replayed):
    before = replayed.read_bytes()
    found = run_json(*tried(replayed))
    (accepted,) = found["accepted"]
    assert (accepted["sub_account"], accepted["lots"], found["dry_run"]) == ("ALPHA", 10, True)
    assert replayed.read_bytes() == before
    assert "Nothing was written" in run(*tried(replayed)).stdout


def test_a_refusal_is_told_with_its_number(replayed):
    done = run(*tried(replayed, lots="1000"))
    assert done.returncode == 1
    assert "would be refused (30" in done.stdout


def test_an_order_is_entered_and_the_ladder_is_asked(replayed, tmp_path):
    journal = shutil.copy(replayed, tmp_path / "desk.journal")
    done = run("risk", "order", "ALPHA", "buy", "1", "WHEAT-C", "--data", journal)
    assert done.returncode == 1
    assert "is closed" in done.stdout
    asked = run("explain", "ALPHA:hand-1", "--data", journal)
    assert asked.returncode == 3  # it is named after its record


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("risk", "order", "ALPHA", "hold", "1", "WHEAT-C"), "it is buy or sell"),
        (("risk", "order", "ALPHA", "buy", "1", "WHEAT-C", "--at", "x"), "--at x"),
        (("risk", "order", "ALPHA", "buy", "1", "WHEAT-C", "--offset", "x"), "--offset x"),
        (("risk", "order", "ALPHA", "buy", "1", "WHEAT-C", "--as-of", "9"), "needs --dry-run"),
    ],
)
def test_words_that_mean_nothing_are_told(replayed, arguments, words):
    done = run(*arguments, "--data", replayed)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())


# ---------------------------------------------------------------- moves that a replay reports


def days(closes):
    """Feed closes by contract, None where a contract has none; report on the last day."""
    moves = Moves(MovesSettings(every_days=len(closes["A"]), lookback_days=4))
    for number in range(len(closes["A"])):
        bars = tuple(
            Bar.of_price(name, prices[number], number + 1)
            for name, prices in closes.items()
            if prices[number] is not None
        )
        moves.observe(DayOfData(day=MONDAY, bars=bars))
    return list(moves.report(9))


def test_deviation_and_correlation_by_hand():
    """Moves of A: 3, -3, 3, -3; of B: 6, -6, 6, -6; of C the other way round."""
    closes = {"A": [0, 3, 0, 3, 0], "B": [0, 6, 0, 6, 0], "C": [9, 8, 9, 8, 9]}
    (found,) = days(closes)
    assert [(each.scope_id, each.deviation_nanos) for each in found.deviations] == [
        ("A", 3),
        ("B", 6),
        ("C", 1),
    ]
    pairs = {
        (each.scope_id, each.other_scope_id): each.correlation_ppm for each in found.correlations
    }
    assert pairs == {("A", "B"): 1_000_000, ("A", "C"): -1_000_000, ("B", "C"): -1_000_000}


def test_a_contract_that_misses_most_days_is_left_out_and_one_day_is_not():
    gaps = {"A": [0, 3, 0, 3, 0], "B": [0, None, 0, None, 0], "C": [0, 5, 0, 5, 0]}
    (found,) = days(gaps)
    assert [each.scope_id for each in found.deviations] == ["A", "C"]


def test_nothing_that_moves_is_nothing_to_report():
    assert days({"A": [5, 5, 5, 5, 5]}) == []
    assert list(Moves(None).report(1)) == []
