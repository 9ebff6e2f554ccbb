"""SPAN by the arrays: a large master, what-ifs, ticks, many accounts, and reading the file.

The set is made from ``--seed``: 345,000 contracts in 400 combined commodities, 1,000
inter-commodity spreads; as a ``.pa2`` file it has about 690,000 lines.  The master holds 2,000
contracts, five of each commodity.  ``numpy_scan_ms`` is the yardstick of the same run: the scan
alone of the same positions, one matrix product and one sum by commodity.  ``batch_s_1000x200``
against ``batch_s_10000x200`` shows that time is linear in accounts.  Orders against working orders
(``order_…_ns``) are measured three ways, to show why lists are used.
"""

import argparse
import gc
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks.report import Figures, main, percentile
from fencang.margin.span.batch import Accounts, batch_requirements
from fencang.margin.span.compiled import CompiledSpan, compile_span
from fencang.margin.span.full import requirement, requirement_totals
from fencang.margin.span.incremental import SpanBook
from fencang.margin.span.kernels import warm_up
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.span.working import WorstScan, losses_of
from fencang.parameters.cache import load_span
from fencang.parameters.pa2 import write_pa2
from fencang.parameters.synthetic import synthetic_parameters

Array = NDArray[np.int64]

COMMODITIES, CONTRACTS, INTER_SPREADS = 400, 345_000, 1_000
PER_COMMODITY = 5
ACCOUNT_POSITIONS = 200
THREADS = 2
SPECULATOR = 2

_PEAK = """
import resource, sys, time
from fencang.parameters.pa2 import read_pa2
before = time.perf_counter()
read_pa2(sys.argv[1])
taken = time.perf_counter() - before
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(taken, peak // 1_024 if sys.platform != "darwin" else peak // 1_048_576)
"""


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure in one process; the file is read in another one, for its peak of memory."""
    warm_up()
    parameters = synthetic_parameters(
        seed=arguments.seed,
        commodities=COMMODITIES,
        contracts=CONTRACTS,
        inter_spreads=INTER_SPREADS,
    )
    before = time.perf_counter()
    compiled = compile_span(parameters)
    figures = {"compile_s": time.perf_counter() - before}
    chance = random.Random(arguments.seed)
    gc.collect()
    gc.freeze()
    gc.disable()
    figures |= _master(compiled, chance, arguments.orders)
    figures |= _orders()
    figures |= _batch(compiled, arguments.seed, arguments.accounts)
    gc.enable()
    with tempfile.TemporaryDirectory(prefix="fencang-bench-", dir=arguments.folder) as folder:
        return figures | _file(compiled, Path(folder))


def _median_s(work: Callable[[], Any], times: int = 30) -> float:
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        work()
        taken.append(time.perf_counter() - before)
    return percentile(taken, 0.50)


def _master(compiled: CompiledSpan, chance: random.Random, orders: int) -> Figures:
    owner = compiled.parameters.contracts.commodity
    held = {
        place: chance.sample(np.flatnonzero(owner == place).tolist(), k=PER_COMMODITY)
        for place in range(COMMODITIES)
    }
    rows = [row for chosen in held.values() for row in chosen]
    lots = {
        row: Lots(2 * chance.randint(1, 100), 0)
        if chance.random() < 0.5
        else Lots(0, 2 * chance.randint(1, 100))
        for row in rows
    }
    portfolio = Portfolio(lots=lots)
    book = SpanBook(compiled, portfolio)
    assert book.totals() == requirement_totals(compiled, portfolio)
    asked, ticks = [], []
    clock = time.perf_counter
    for _ in range(orders):
        change = (chance.choice(rows), 2 * chance.randint(0, 5), 2 * chance.randint(0, 5))
        before = clock()
        book.what_if([change])
        asked.append(clock() - before)
    for _ in range(orders // 10):
        chosen = held[chance.randrange(COMMODITIES)]
        values = compiled.tables.values[chosen] * chance.randint(90, 110) // 100
        before = clock()
        book.set_values(chosen, values)
        book.totals()
        ticks.append(clock() - before)
    assert book.totals() == book.result().totals
    return {
        "full_ms_2000": 1_000 * _median_s(lambda: requirement_totals(compiled, portfolio)),
        "explained_ms_2000": 1_000 * _median_s(lambda: requirement(compiled, portfolio)),
        "whatif_p50_us": 1e6 * percentile(asked, 0.50),
        "whatif_p99_us": 1e6 * percentile(asked, 0.99),
        "tick_ms": 1_000 * percentile(ticks, 0.50),
        "tick_p99_ms": 1_000 * percentile(ticks, 0.99),
        "numpy_scan_ms": 1_000 * _median_s(lambda: _numpy_scan(compiled, lots)),
    }


def _numpy_scan(compiled: CompiledSpan, lots: dict[int, Lots]) -> int:
    rows = np.array(list(lots))  # by commodity, as they were drawn
    net = np.array([held.net for held in lots.values()])
    owner = compiled.parameters.contracts.commodity[rows]
    starts = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
    vectors = np.add.reduceat(net[:, None] * compiled.tables.values[rows], starts)
    return int(np.maximum(vectors.max(axis=1), 0).sum())


def _orders() -> Figures:
    """One order: add it, ask for the worst, take it back; two lists, arrays, a kernel."""
    values = [37 * place - 250 for place in range(16)]
    scan, lot = WorstScan(16), losses_of(values)
    scan.move(lot, 5)
    position, working = np.array(values) * 5, np.zeros(16, dtype=np.int64)
    losses = np.maximum(np.array(values), 0)

    @njit("int64(int64[::1], int64[::1], int64[::1], int64)")
    def worst_with(held: Array, works: Array, lot_losses: Array, lots: int) -> int:
        worst = 0
        for place in range(len(held)):
            worst = max(worst, held[place] + works[place] + lots * lot_losses[place])
        return worst

    def by_numpy() -> int:
        return max(0, int((position + working + 3 * losses).max()))

    assert scan.worst_with(lot, 3) == by_numpy() == worst_with(position, working, losses, 3)
    ways: dict[str, Callable[[], int]] = {
        "order_lists_ns": lambda: scan.worst_with(lot, 3),
        "order_numpy_ns": by_numpy,
        "order_kernel_ns": lambda: worst_with(position, working, losses, 3),
    }
    figures = {}
    for name, way in ways.items():
        before = time.perf_counter_ns()
        for _ in range(100_000):
            way()
        figures[name] = (time.perf_counter_ns() - before) / 100_000
    return figures


def _accounts(compiled: CompiledSpan, seed: int, count: int) -> Accounts:
    chance = np.random.default_rng(seed)
    contracts = len(compiled.parameters.contracts)
    rows = np.concatenate(
        [np.sort(chance.choice(contracts, ACCOUNT_POSITIONS, replace=False)) for _ in range(count)]
    )
    lots = 2 * chance.integers(1, 25, len(rows))
    is_short = chance.random(len(rows)) < 0.5
    return Accounts(
        offsets=np.arange(count + 1) * ACCOUNT_POSITIONS,
        rows=rows,
        long=np.where(is_short, 0, lots),
        short=np.where(is_short, lots, 0),
        is_gross=np.zeros(count, dtype=np.bool_),
        account_places=np.full(count, SPECULATOR),
    )


def _batch(compiled: CompiledSpan, seed: int, count: int) -> Figures:
    figures = {}
    for accounts in (count // 10, count):
        portfolio = _accounts(compiled, seed, accounts)
        with ThreadPoolExecutor(THREADS) as threads:
            before = time.perf_counter()
            batch_requirements(compiled, portfolio, threads.map)
            taken_s = time.perf_counter() - before
        figures[f"batch_s_{accounts}x{ACCOUNT_POSITIONS}"] = taken_s
    return figures


def _file(compiled: CompiledSpan, folder: Path) -> Figures:
    path = folder / "day.pa2"
    with path.open("wb") as stream:
        write_pa2(compiled.parameters, stream)
    with path.open("rb") as stream:
        lines = sum(1 for _ in stream)
    command = [sys.executable, "-c", _PEAK, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    load_span(path, folder)
    before = time.perf_counter()
    load_span(path, folder)
    return {
        "parse_s_690k": float(said[0]),
        "parse_peak_mb": float(said[1]),
        "cache_s": time.perf_counter() - before,
        "lines": lines,
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--orders", type=int, default=20_000, help="what-ifs")
    parser.add_argument("--accounts", type=int, default=10_000, help="of the batch")
    parser.add_argument("--folder", type=Path, help="where the file is written")


if __name__ == "__main__":
    main("margin", measure, _arguments)
