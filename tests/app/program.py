"""The program as a user starts it, and small desks to start it with."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.app.forked import fork_server

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "minimal"
MARKET = ROOT.parent / "shared" / "data" / "market"
OF_THE_INTERPRETER = frozenset({"PYTHONHASHSEED"})
"""Variables that a started interpreter alone reads."""


def command(*arguments):
    return [sys.executable, "-m", "fencang.app.main", *map(str, arguments)]


def environment(**more):
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "COLUMNS": "200", **more}


def run(*arguments, timeout=120, folder=None, **more):
    """Run ``fencang`` with arguments in a process of its own, to its end."""
    given, place = environment(**more), folder or Path.cwd()
    if more.keys() & OF_THE_INTERPRETER:
        return subprocess.run(
            command(*arguments),
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
            cwd=place,
            env=given,
        )
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as faults:
        child = fork_server().start(arguments, place, given, output, faults)
        try:
            status = child.wait(timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
        output.seek(0)
        faults.seek(0)
        told = output.read().decode(), faults.read().decode()
        return subprocess.CompletedProcess(arguments, status, *told)


def run_json(*arguments, status=0, timeout=120):
    done = run(*arguments, "--json", timeout=timeout)
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout)


def replay_arguments(journal=None, *, first="2024-01-01", last="2024-06-30"):
    arguments = ["replay", "--desk", EXAMPLE / "desk.toml", "--prices", EXAMPLE / "prices"]
    arguments += ["--from", first, "--to", last]
    return arguments if journal is None else [*arguments, "--journal", journal]


SMALL_DESK = """
[desk]
name = "Small desk"
[[person]]
id = "FIRM"
name = "A firm"
jurisdiction = "US"
[[venue]]
id = "NYMEX"
name = "NYMEX"
country = "US"
[[product]]
id = "CL"
venue = "NYMEX"
currency = "USD"
point_value = "1000"
tick = "0.01"
margin = "10 %"
fees = { per_lot = "2.31" }
[[contract]]
id = "CL-C"
product = "CL"
[master]
id = "MASTER"
person = "FIRM"
base_currency = "USD"
[[carrying]]
id = "FCM"
holder = "FIRM"
venues = ["NYMEX"]
[[limit]]
node = "MASTER"
lots = 1000
[[strategy]]
id = "TEN"
kind = "hold"
lots = 10
[[sub_account]]
id = "OIL"
owner = "FIRM"
strategy = "TEN"
routes = { NYMEX = "FCM" }
mandate = { leverage = "10x", products = ["CL"] }
[capital]
granted = "2000000"
[[capital.deposit]]
carrying = "FCM"
owner = "FIRM"
currency = "USD"
amount = "3000000"
[[replay.prices]]
layout = "closes"
file = "closes.csv"
series = { CL-C = "Price" }
date_column = "Date"
[replay.fills]
volume_share = "100 %"
slippage_ticks = { default = 2 }
"""
