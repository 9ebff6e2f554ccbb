"""The guide of the client and the strategy in the examples run as a reader would run them."""

import os
import re
import subprocess
import sys

import pytest

from fencang.client import Desk
from tests.docs.documents import ROOT, text_of
from tests.serve.process import ServedDesk

GUIDE = "docs/guide/python-client.md"
STRATEGY = ROOT / "examples" / "strategy" / "mean_reversion.py"
STRATEGY_LINES_MAX = 24
ORDERS = 3
RUN_S = 120


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = ServedDesk(tmp_path_factory.mktemp("guide") / "data").start()
    yield served
    served.stop()


@pytest.fixture
def environment(served):
    return {
        **os.environ,
        "FENCANG_URL": served.url,
        "FENCANG_TOKEN_FILE": str(served.data / "operator.token"),
    }


def run(arguments, environment):
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=RUN_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_snippet_of_the_guide_runs_one_after_another(environment, tmp_path):
    blocks = re.findall(r"^```python\n(.*?)^```", text_of(GUIDE), re.DOTALL | re.MULTILINE)
    program = tmp_path / "guide.py"
    program.write_text("\n".join(blocks), encoding="utf-8")
    told = run([str(program)], environment)
    assert "3900.5" in told
    assert "True" in told.splitlines()[-1]


def test_the_strategy_trades_against_a_served_desk(served, environment):
    told = run([str(STRATEGY), str(ORDERS)], environment)
    assert len(told.splitlines()) == ORDERS
    with Desk(served.url, token_file=served.data / "operator.token") as desk:
        orders = list(desk.orders(sub_account_id="BETA", contract_id="COPPER-C"))
        filled = [row for row in orders if row.order_type == "market" and row.filled_lots]
        assert len(filled) >= ORDERS - 1  # the last may still be on its way


def test_the_strategy_is_twenty_lines():
    body = text_of("examples/strategy/mean_reversion.py").partition("def trade")[2]
    body = body.partition("\n\n\n")[0]
    assert body.count("\n") <= STRATEGY_LINES_MAX


def test_the_guide_and_the_strategy_are_typed_for_a_strict_reader(tmp_path):
    cache = tmp_path / "cache"
    options = ["--strict", "--no-incremental", f"--cache-dir={cache}"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(STRATEGY)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
