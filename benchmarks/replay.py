"""Replay of the long futures data set: 30 sub-accounts, several currencies, rolls as the data say.

Without the data beside the repository the demo's desk is replayed instead, and the figures say so.
Counted from the first command to the last durable record, journal on disk; reading the price files
is told apart (``read_s``).
"""

import argparse
import resource
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter

from benchmarks.futures_desk import desk_text, instruments, market_folder
from benchmarks.report import Figures, main
from fencang.app.commands.demo import demo_desk
from fencang.app.commands.replay import drive
from fencang.app.desk.desk import Desk
from fencang.app.desk.file import parse_desk
from fencang.app.replay.prices import Prices, open_prices
from fencang.journal.header import header_of_today
from fencang.journal.sqlite import SqliteJournal

__all__ = ["measure"]


def measure(arguments: argparse.Namespace) -> Figures:
    """Return the figures of one replay."""
    started = perf_counter()
    desk, prices = _opened(arguments.first, arguments.last)
    read_s = perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        journal = SqliteJournal.writer(Path(folder) / "desk.journal", header_of_today(desk.name))
        started = perf_counter()
        replay, laws = drive(desk, prices, journal)
        wall_s = perf_counter() - started
        journal.close()
    assert laws.hold, laws
    tally = replay.tally
    return {
        "orders_per_s": tally.orders / wall_s,
        "updates_per_s": tally.marks / wall_s,
        "records_per_s": tally.records / wall_s,
        "peak_mb": _peak_mb(),
        "wall_s": wall_s,
        "read_s": read_s,
        "days": tally.days,
        "orders": tally.orders,
        "contracts": len(tally.contracts),
        "is_long_data_set": float(market_folder() is not None),
    }


def _opened(first: date, last: date) -> tuple[Desk, Prices]:
    folder = market_folder()
    if folder is None:
        sys.stderr.write("No market data beside the repository: the demo's desk is replayed.\n")
        desk = demo_desk()
        return desk, open_prices(desk, None, date(2017, 1, 1), date(2018, 12, 31))
    desk = parse_desk(desk_text(instruments(folder)))
    return desk, open_prices(desk, folder, first, last)


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date(2005, 1, 1))
    parser.add_argument("--to", dest="last", type=date.fromisoformat, default=date(2023, 8, 31))


if __name__ == "__main__":
    main("replay", measure, _arguments)
