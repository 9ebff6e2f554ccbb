"""``fencang import positions`` from outside: books of a prior system, all or nothing."""

import pytest

from tests.app.program import replay_arguments, run, run_json

POSITIONS = "sub_account,carrying,contract,side,lots,price,opened_day,carried_price\n"
CASH = "sub_account,owner,carrying,currency,amount\n"


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    done = run(*replay_arguments(folder / "journal", last="2024-01-31"))
    assert done.returncode == 0, done.stderr
    return folder


def names(data):
    """Return a sub-account, an owner, a carrying account and a contract of the desk."""
    from fencang.app.data_directory import recovered

    state = recovered(data).state
    fresh = [
        (sub_id, route.carrying_account_id, contract_id)
        for sub_id, sub in sorted(state.subs.items())
        for route in sub.definition.routes
        for contract_id, contract in sorted(state.contracts.items())
        if contract.venue.venue.venue_id == route.venue_id
        and not contract.is_expired
        and (route.carrying_account_id, contract_id) not in sub.lines
    ]
    return fresh[0], state.subs[fresh[0][0]].definition.owner_id, state.rates.base_currency


def test_a_book_is_taken_over_with_two_persons_and_the_right_totals(data, tmp_path):
    (sub, carrying, contract), owner, currency = names(data)
    lots, cash = tmp_path / "lots.csv", tmp_path / "cash.csv"
    lots.write_text(f"{POSITIONS}{sub},{carrying},{contract},buy,3,100,2024-01-15,100\n")
    cash.write_text(f"{CASH}{sub},{owner},{carrying},{currency},2500.50\n")
    asking = ("import", "positions", lots, "--data", data, "--cash", cash)
    totals = ("--lots-total", "3", "--cash-total", f"{currency}=2500.50")
    alone = run_json(*asking, *totals, status=1)
    assert alone["reason"] == "second person required"
    both = ("--approved-by", "boss")
    wrong = run_json(*asking, "--lots-total", "4", *totals[2:], *both, status=1)
    assert "lots sum to 3, the control total is 4" in wrong["refused"]
    done = run(*asking, *totals, *both)
    assert done.returncode == 0, done.stderr
    assert "2 rows with 3 lots taken over" in done.stdout
    again = run_json(*asking, *totals, *both, status=1)
    assert (again["reason"], f"{sub} already holds 3 long and 0 short lots of {contract}") == (
        "opening lots held",
        again["refused"].removeprefix("lots[0]: ").partition(" at ")[0],
    )
    added = run_json(*asking, *totals, *both, "--add")
    assert (added["refused"], added["lots"]) == ("", 3)
    assert run("verify", data / "journal").returncode == 0


def test_faulty_files_and_totals_are_named(data, tmp_path):
    lots = tmp_path / "lots.csv"
    lots.write_text(f"{POSITIONS}A,B,C,bought,3,100,2024-01-15,100\n")
    asking = ("import", "positions", lots, "--data", data, "--lots-total", "3")
    done = run(*asking)
    assert done.returncode == 3
    assert "line 2: side 'bought' is neither buy nor sell" in done.stderr
    assert run(*asking, "--cash-total", "USD").returncode == 2
    missing = run("import", "positions", tmp_path / "no.csv", "--data", data, "--lots-total", "3")
    assert missing.returncode == 3
