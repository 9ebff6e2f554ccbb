"""``fencang greeks``: figures of a lot times lots, sums of lines, and what is not known."""

from decimal import Decimal

import pytest

from fencang.app.commands.greeks import greeks_found
from fencang.app.commands.greeks_words import tell
from tests.app.program import replay_arguments, run, run_json
from tests.engine.desk import BUY, SELL, stray, trading_desk
from tests.engine.option_firm import use_options
from tests.parameters.span_volatility import with_series

FIGURES = ("delta_lots", "delta", "delta_value", "gamma", "vega", "theta")


@pytest.fixture
def desk():
    """ALPHA: 10 calls and 4 futures short; BETA: 2 puts sold; suspense: a lot of July."""
    desk = trading_desk()
    use_options(desk)
    for sub, side, lots, at, contract in (
        ("ALPHA", BUY, 10, "1.50", "LOC"),
        ("ALPHA", SELL, 4, "20", "CLM0"),
        ("BETA", SELL, 2, "1.10", "LOP"),
    ):
        desk.trade(sub, side, lots, at, contract=contract)
    stray(desk, BUY, 1, "21", contract="CLN0")
    desk.mark(CLM0="21.50", CLN0="21")
    return desk


def volatile(desk, **more):
    """Let the file in force state volatilities; only the question reads it."""
    span = desk.state.span_sets["NYMEX"]
    span.parameters = with_series(span.parameters, **more)
    return greeks_found(desk.state)


def line_of(found, contract):
    (line,) = [line for line in found["lines"] if line["contract"] == contract]
    return line


def test_figures_are_those_of_the_formula_times_what_a_point_is_worth(desk):
    """Black at 21.50, strike 20, 35 %, 0.2 years, 5 %, by hand: d = 0.540302, N(d) = 0.705506.

    Times the discount 0.990050 that is a delta of 0.698486: 698.485759 a point and lot.  Gamma
    0.101427 makes 101.427240 a point and point, vega 3.281932 makes 32.819319 a hundredth.
    """
    call = line_of(volatile(desk, stated_e6=350_000), "LOC")
    assert (call["price"], call["volatility"], call["by"]) == ("21.5", "0.35", "black-76")
    assert (call["delta_lots"], call["delta"]) == ("6.98486", "6984.85759")
    assert call["delta_value"] == "150174.43823"
    assert (call["gamma"], call["vega"]) == ("1014.2724", "328.19319")
    assert Decimal(call["theta"]) < 0


def test_a_future_is_its_own_delta_and_nothing_else(desk):
    future = line_of(volatile(desk, stated_e6=350_000), "CLM0")
    assert [future[name] for name in FIGURES] == ["-4", "-4000", "-86000", "0", "0", "0"]
    assert (future["by"], future["missing"]) == ("future", None)


@pytest.mark.parametrize(
    ("part", "keys"),
    [
        ("books", ("owner", "book", "currency", "underlying")),
        ("pools", ("owner", "currency", "underlying")),
        ("products", ("owner", "currency", "underlying_product")),
    ],
)
def test_sums_are_those_of_the_lines_to_the_last_digit(desk, part, keys):
    found = volatile(desk, stated_e6=350_000)
    assert found[part]
    for row in found[part]:
        own = [x for x in found["lines"] if all(x[key] == row[key] for key in keys)]
        for name in FIGURES:
            assert Decimal(row[name]) == sum(Decimal(line[name]) for line in own)
        assert row["incomplete"] == 0
    whole = sum(Decimal(row["delta_lots"]) for row in found[part])
    assert whole == sum(Decimal(line["delta_lots"]) for line in found["lines"])


def test_without_a_volatility_the_composite_delta_is_all_there_is(desk):
    """The file's own set has no series: 10 calls at its composite delta of 0.5 are 5 lots."""
    found = greeks_found(desk.state)
    call = line_of(found, "LOC")
    assert (call["delta_lots"], call["gamma"], call["by"]) == ("5", None, "composite")
    assert call["missing"] == "the file states no time to expiry"
    (alpha,) = [row for row in found["books"] if row["book"] == "ALPHA"]
    assert (alpha["delta_lots"], alpha["incomplete"]) == ("1", 1)
    assert line_of(found, "CLN0")["book"] == "@suspense:C1"


def test_asking_changes_nothing(desk):
    before = desk.machine.state_hash()
    greeks_found(desk.state)
    assert desk.machine.state_hash() == before


def test_tables_say_what_is_not_complete(desk, capsys):
    tell(greeks_found(desk.state))
    told = " ".join(capsys.readouterr().out.split())
    assert "NOT COMPLETE LOC: the file states no time to expiry" in told
    assert "Pools, by underlying" in told


def test_the_program_reads_a_journal(tmp_path):
    journal = tmp_path / "desk.journal"
    assert run(*replay_arguments(journal, last="2024-01-31")).returncode == 0
    found = run_json("greeks", "--data", journal)
    assert found["lines"]
    assert all(line["by"] == "future" for line in found["lines"])
    done = run("greeks", "--data", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Books, by underlying" in done.stdout
    assert run("greeks", "--data", tmp_path / "no").returncode == 3
