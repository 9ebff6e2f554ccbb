"""The guide of the client and the strategy in the examples run as a reader would run them."""

import os
import re
import subprocess
import sys

import pytest

from tests.client.served_desk import KEY_ID, Served
from tests.docs.documents import ROOT, text_of

GUIDE = "docs/guide/python-client.md"
STRATEGY = ROOT / "examples" / "strategy" / "mean_reversion.py"
STRATEGY_LINES_MAX = 24
ORDERS = 3
RUN_S = 120
TYPED_USE = """
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import assert_type

from fencang.client import AsyncDesk, Desk, Instant
from fencang.client.types import OrderOutcome, OrderRow, PositionRow, Standing


def blocking(desk: Desk) -> None:
    assert_type(desk.orders.get(1), OrderRow)
    assert_type(desk.orders.get(1).limit_price, Decimal | None)
    assert_type(desk.orders.get(1).accepted_time, Instant)
    assert_type(desk.orders.list(), Iterator[OrderRow])
    assert_type(desk.positions(book_id="A"), Iterator[PositionRow])
    assert_type(desk.margin(), Standing)
    desk.orders.get("1")  # type: ignore[arg-type]
    desk.orders.cancel(1)  # type: ignore[call-arg]
    desk.orders.replace(
        1,
        sub_account_id="A",
        quantity_lots=1,
        limit_price=1.5,  # type: ignore[arg-type]
    )


async def awaiting(desk: AsyncDesk) -> None:
    assert_type(await desk.orders.get(1), OrderRow)
    assert_type(desk.orders.list(), AsyncIterator[OrderRow])
    outcome = await desk.orders.place(
        sub_account_id="A",
        client_order_id="1",
        contract_id="C",
        side="by",  # type: ignore[arg-type]
        quantity_lots=1,
    )
    assert_type(outcome, OrderOutcome)
    async with desk.stream("orders") as stream:
        assert_type(stream.tables.orders, dict[str, OrderRow])
    desk.stream("weather")  # type: ignore[arg-type]
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("guide") / "data").start()
    yield served
    served.stop()


@pytest.fixture
def environment(served):
    return {
        **os.environ,
        "FENCANG_URL": served.url,
        "FENCANG_KEY_FILE": str(served.data / "operator.key"),
        "FENCANG_KEY_ID": KEY_ID,
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


def snippets_of(guide):
    """Return the Python of a page, one snippet after another."""
    blocks = re.findall(r"^```python\n(.*?)^```", text_of(guide), re.DOTALL | re.MULTILINE)
    return "\n".join(blocks)


def test_every_snippet_of_the_guide_runs_one_after_another(environment, tmp_path):
    program = tmp_path / "guide.py"
    program.write_text(snippets_of(GUIDE), encoding="utf-8")
    told = run([str(program)], environment)
    assert "3900.5" in told
    assert "True" in told.splitlines()[-1]


def test_the_strategy_trades_against_a_served_desk(served, environment):
    told = run([str(STRATEGY), str(ORDERS)], environment)
    assert len(told.splitlines()) == ORDERS
    with served.desk_of() as desk:
        orders = list(desk.orders(sub_account_id="BETA", contract_id="COPPER-C"))
        filled = [row for row in orders if row.order_type == "market" and row.filled_lots]
        assert len(filled) >= ORDERS - 1  # the last may still be on its way


def test_the_strategy_is_twenty_lines():
    body = text_of("examples/strategy/mean_reversion.py").partition("def trade")[2]
    body = body.partition("\n\n\n")[0]
    assert body.count("\n") <= STRATEGY_LINES_MAX


def test_a_strict_reader_finds_types_everywhere_and_floats_nowhere(tmp_path):
    """An ignore that nothing needs is an error too, so each of them states a fault."""
    used = tmp_path / "used.py"
    used.write_text(TYPED_USE, encoding="utf-8")
    cache = tmp_path / "cache"
    options = ["--strict", "--no-incremental", f"--cache-dir={cache}"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(STRATEGY), str(used)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
