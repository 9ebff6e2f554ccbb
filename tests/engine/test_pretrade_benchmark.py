"""The benchmark of the ladder measures the ladder, and says in words what it does not measure."""

import argparse
import sys

import pytest

from benchmarks import pretrade
from benchmarks.ladder_desk import FIRM, LEVELS, NEAREST_TICKS, ladder_machine
from benchmarks.workload import Stream
from fencang.engine.decide.ladder import LADDER
from fencang.messages.events import OrderAccepted

KEYS = (
    "p50_us p99_us envelope_p50_us p50_us_10000_orders durable_orders_per_s nautilus_us_100 "
    "nautilus_us_400 nautilus_us_1000 p50_us_1000_limits p50_us_20_subs"
).split()


def asked(**more):
    values = {
        "seed": 1,
        "commands": 500,
        "books": 20,
        "rate": 500,
        "seconds": 0.2,
        "folder": None,
        "nautilus": "",
        "nautilus_orders": 1,
    }
    return argparse.Namespace(**(values | more))


def test_a_small_run_measures_every_key_or_says_why_not():
    figures = pretrade.measure(asked())
    assert [key for key in KEYS if key not in figures] == []
    words = {key for key, value in figures.items() if isinstance(value, str)}
    assert figures["controls_asked"] == len(LADDER)
    assert words == {key for key in figures if key.startswith("nautilus")}
    assert all(
        value > 0 for key, value in figures.items() if key not in {*words, "durable_refused"}
    )
    assert figures["durable_refused"] == 0


def test_an_order_of_the_ladders_desk_is_asked_at_every_level():
    machine = ladder_machine()
    order = Stream(1, nearest_ticks=NEAREST_TICKS).new_order()
    events = machine.execute(order, machine.sequence + 1, machine.time_ns + 1)
    assert isinstance(events[0], OrderAccepted)
    state = machine.state
    sub = state.subs[order.sub_account_id]
    nodes = (*sub.path, FIRM)
    assert len(nodes) == LEVELS
    [line] = sub.lines.values()
    assert {node.path[0] for node in line.limit_nodes} == set(sub.path)
    assert set(nodes) <= set(line.path)
    assert all(state.limits.get(node, "*") for node in sub.path)
    assert all(node in state.risk.self_match.table.rows for node in nodes)
    assert all(state.controls.get(node, "*") and state.flow.rows[node] for node in nodes)
    assert line.entry.netted
    assert line.pool_entry.netted
    assert all(tally.counter.bounds for tally in line.pool_entry.tallies)
    assert len(line.pool_entry.tallies) == 1
    assert state.trading_states


@pytest.mark.parametrize(
    ("python", "word"),
    [
        ("", "name a Python with nautilus_trader"),
        ("/nowhere/python", "No such file"),
        (sys.executable, "No module named 'nautilus_trader'"),
    ],
)
def test_a_peer_that_is_not_there_is_skipped_with_a_plain_word(python, word):
    figures = pretrade._nautilus(asked(nautilus=python))
    assert all(word in said for said in figures.values())


@pytest.mark.parametrize(
    ("version", "said"), [("1.221.0", 20.0), ("1.220.0", "nautilus_trader 1.220.0, not 1.221.0")]
)
def test_the_peers_median_counts_and_only_of_the_version_named(tmp_path, version, said):
    program = tmp_path / "python"
    taken = '{"100": [10, 20, 30], "400": [10, 20, 30], "1000": [10, 20, 30]}'
    program.write_text(
        f'#!/bin/sh\necho \'{{"version": "{version}", "taken_us": {taken}}}\'\n', encoding="utf-8"
    )
    program.chmod(0o700)
    figures = pretrade._nautilus(asked(nautilus=str(program)))
    assert [said == value or said in str(value) for value in figures.values()] == [True] * 9
