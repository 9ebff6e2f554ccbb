"""From the tick that triggers a rule to every reduction durable and written to the venue link.

Three carrying accounts; every tagged sub-account holds a position in every contract; other
sub-accounts trade 2,000 orders a second beside it.  The clock runs from ``submit`` of the tick to
the last byte of the last slice written to a local socket, after its batch is on disk.  After each
firing the venue cancels the slices (untimed), so that every firing cuts the same positions anew.
"""

import argparse
import socket
import tempfile
import threading
import time
from datetime import date
from pathlib import Path

import msgspec

from benchmarks.report import Figures, main, percentile
from benchmarks.workload import (
    PRICE_NANOS,
    Stream,
    contract_ids,
    desk_commands,
    sub_ids,
    trader_ids,
)
from fencang.engine.machine import Machine
from fencang.journal.group_commit import ThreadedSequencer
from fencang.journal.header import header_of_today
from fencang.journal.port import InboxFull
from fencang.journal.sequencer import Sequencer
from fencang.journal.sqlite import SqliteJournal
from fencang.messages import commands as cmd
from fencang.messages.events import OrderRouted, RuleFired
from fencang.messages.message import Side
from fencang.messages.record import Record

CALM_NANOS = 15_000_000_000
SHOCK_NANOS = 16_000_000_000
LOTS = 10
ORDERS_PER_S = 2_000
TRADERS = 10
WAIT_S = 30.0
_OPENED = date(2018, 2, 1)


class _Venue:
    """The venue link: writes routed slices to a socket and remembers when the last one left."""

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()
        self._encoder = msgspec.msgpack.Encoder()
        self.sent_ns = 0
        self.slices: list[int] = []
        self.fired = threading.Event()
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        while self._far.recv(1 << 20):
            pass

    def hear(self, records: tuple[Record, ...]) -> None:
        """Write the effects of a durable batch to the link."""
        send, encode = self._near.sendall, self._encoder.encode
        for record in records:
            routed = [event for event in record.events if type(event) is OrderRouted]
            for event in routed:
                send(encode(event))
            if any(type(event) is RuleFired for event in record.events):
                self.sent_ns = time.perf_counter_ns()
                self.slices = [event.order_id for event in routed]
                self.fired.set()

    def close(self) -> None:
        """End the link."""
        self._near.close()


def _positions(subs: int, contracts: int) -> list[cmd.AnyCommand]:
    """Return orders and fills that give every tagged sub-account every contract, both sides."""
    found: list[cmd.AnyCommand] = []
    lots = tuple(
        cmd.OpeningLots(
            sub_id,
            f"C{number % 3}",
            contract_id,
            Side.BUY if place % 2 else Side.SELL,
            LOTS,
            PRICE_NANOS,
            _OPENED,
            PRICE_NANOS,
        )
        for number, sub_id in enumerate(sub_ids(subs))
        for place, contract_id in enumerate(contract_ids(contracts))
    )
    found.append(
        cmd.ImportOpeningBook(
            source="bench",
            lots=lots,
            cash=(),
            lots_total=LOTS * len(lots),
            cash_totals=(),
            entered_by="one",
            approved_by="two",
        )
    )
    return found


class _Traders(threading.Thread):
    """Sends orders of untagged sub-accounts at a fixed rate until told to stop."""

    def __init__(self, sequencer: ThreadedSequencer[Machine], seed: int, contracts: int) -> None:
        super().__init__(daemon=True)
        self._sequencer = sequencer
        self._stream = Stream(seed, contracts=contracts, names=trader_ids(TRADERS))
        self._stopping = threading.Event()
        self.sent = 0

    def run(self) -> None:
        interval_s = 1 / ORDERS_PER_S
        due = time.perf_counter()
        while not self._stopping.is_set():
            due += interval_s
            wait_s = due - time.perf_counter()
            if wait_s > 0:
                time.sleep(wait_s)
            try:
                self._sequencer.submit(self._stream.new_order())
                self.sent += 1
            except InboxFull:
                continue

    def stop(self) -> None:
        """Stop and wait."""
        self._stopping.set()
        self.join()


def _run(subs: int, contracts: int, firings: int, seed: int) -> tuple[list[float], float]:
    with tempfile.TemporaryDirectory(prefix="fencang-trigger-") as folder:
        journal = SqliteJournal.writer(Path(folder) / "journal", header_of_today("benchmark"))
        machine = Machine()
        opening = desk_commands(subs, contracts, 3, TRADERS) + _positions(subs, contracts)
        Sequencer(machine, journal, time.time_ns).commit(opening)
        sequencer = ThreadedSequencer(machine, journal, time.time_ns)
        venue = _Venue()
        sequencer.subscribe(venue.hear)
        sequencer.start()
        traders = _Traders(sequencer, seed, contracts)
        begun = time.perf_counter()
        traders.start()
        taken_ms = [_fire(sequencer, venue, subs, contracts) for _ in range(firings)]
        seconds = time.perf_counter() - begun
        traders.stop()
        sequencer.drain()
        sequencer.stop()
        venue.close()
        journal.close()
    return taken_ms, traders.sent / seconds


def _fire(sequencer: ThreadedSequencer[Machine], venue: _Venue, subs: int, contracts: int) -> float:
    """Arm, shock, wait for the link, and bring the desk back; return milliseconds."""
    sequencer.submit(cmd.ReportIndicator(indicator="VIX", value_nanos=CALM_NANOS, is_close=True))
    sequencer.drain()
    time.sleep(0.002)
    venue.fired.clear()
    before_ns = time.perf_counter_ns()
    sequencer.submit(cmd.ReportIndicator(indicator="VIX", value_nanos=SHOCK_NANOS))
    assert venue.fired.wait(WAIT_S), "the rule did not fire"
    taken_ms = (venue.sent_ns - before_ns) / 1e6
    clips = -(-subs // 3 * LOTS // 2 // 1_000)
    assert len(venue.slices) == 3 * contracts * max(1, clips), len(venue.slices)
    for order_id in venue.slices:
        sequencer.submit(cmd.ReportOrderCancelled(order_id=order_id, text="bench"))
    sequencer.drain()
    return taken_ms


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure 30 and 1,000 sub-accounts with 20 positions each."""
    small, rate = _run(30, 20, arguments.firings, arguments.seed)
    large, large_rate = _run(1_000, 20, arguments.firings_large, arguments.seed)
    return {
        "p99_ms_30x20": percentile(small, 0.99),
        "p99_ms_1000x20": percentile(large, 0.99),
        "p50_ms_30x20": percentile(small, 0.50),
        "p50_ms_1000x20": percentile(large, 0.50),
        "max_ms_30x20": max(small),
        "max_ms_1000x20": max(large),
        "firings_30x20": len(small),
        "firings_1000x20": len(large),
        "orders_per_s_beside_30x20": rate,
        "orders_per_s_beside_1000x20": large_rate,
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--firings", type=int, default=1_000, help="with 30 sub-accounts")
    parser.add_argument("--firings-large", type=int, default=1_000, help="with 1,000")


if __name__ == "__main__":
    main("trigger", measure, _arguments)
