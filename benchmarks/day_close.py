"""Closing a day of many sub-accounts in slices, with orders and an fsync between any two of them.

Every sub-account holds a position in every contract.  The day is settled contract by contract and
closed by its checklist, while a thread of orders goes on: ``longest_stall_ms`` is the longest that
one order waited from being sent to being durable, ``close_s`` the time from the first slice to the
closed day.  Nothing is trimmed.
"""

import argparse
import gc
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import Figures, main
from benchmarks.workload import (
    DAY,
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
from fencang.journal.sequencer import Sequencer
from fencang.journal.sqlite import SqliteJournal
from fencang.messages import commands as cmd
from fencang.messages.day_commands import (
    Check,
    CloseTradingDay,
    SettleContracts,
    SettlementPrice,
)
from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.message import Side
from fencang.messages.record import Record

__all__ = ["measure_close"]

SUBS, CONTRACTS, CARRYING, TRADERS = 1_000, 50, 3, 10
ORDERS_PER_S = 1_000
SETTLEMENT_NANOS = PRICE_NANOS + 1_000_000_000
LOTS = 10
WAIT_S = 60.0


def measure_close(subs: int = SUBS, contracts: int = CONTRACTS, seed: int = 1) -> Figures:
    """Return ``close_s_SUBSxCONTRACTS`` with the longest stall of order flow beside it."""
    with tempfile.TemporaryDirectory(prefix="fencang-day-") as folder:
        journal = SqliteJournal.writer(Path(folder) / "journal", header_of_today("benchmark"))
        machine = Machine()
        opening = [*desk_commands(subs, contracts, CARRYING, TRADERS), _positions(subs, contracts)]
        Sequencer(machine, journal, time.time_ns).commit(opening)
        gc.collect()
        gc.freeze()
        sequencer = ThreadedSequencer(machine, journal, time.time_ns)
        flow = _Flow(sequencer, seed, contracts)
        closing = _Closing(sequencer)
        sequencer.subscribe(flow.hear)
        sequencer.subscribe(closing.hear)
        sequencer.start()
        flow.start()
        time.sleep(0.5)
        close_s, steps_ms = closing.run(contract_ids(contracts))
        flow.stop()
        sequencer.drain()
        sequencer.stop()
        journal.close()
    key = f"{subs}x{contracts}"
    return {
        f"close_s_{key}": close_s,
        f"close_longest_stall_ms_{key}": max(flow.waited_ms),
        f"close_longest_slice_ms_{key}": max(steps_ms[:contracts]),
        f"close_publication_ms_{key}": steps_ms[contracts],
        f"close_checklist_ms_{key}": steps_ms[-1],
        f"close_orders_per_s_{key}": len(flow.waited_ms) / flow.seconds,
    }


def _positions(subs: int, contracts: int) -> cmd.ImportOpeningBook:
    lots = tuple(
        cmd.OpeningLots(
            sub_id,
            f"C{number % CARRYING}",
            contract_id,
            Side.BUY if (place + number) % 3 else Side.SELL,
            LOTS,
            PRICE_NANOS,
            DAY.replace(day=1),
            PRICE_NANOS,
        )
        for number, sub_id in enumerate(sub_ids(subs))
        for place, contract_id in enumerate(contract_ids(contracts))
    )
    return cmd.ImportOpeningBook(
        source="bench",
        lots=lots,
        cash=(),
        lots_total=LOTS * len(lots),
        cash_totals=(),
        entered_by="one",
        approved_by="two",
    )


class _Flow(threading.Thread):
    """Orders at a fixed rate, and how long each waited until it was durable."""

    def __init__(self, sequencer: ThreadedSequencer[Machine], seed: int, contracts: int) -> None:
        super().__init__(daemon=True)
        self._sequencer = sequencer
        self._stream = Stream(seed, contracts=contracts, names=trader_ids(TRADERS))
        self._stopping = threading.Event()
        self._sent_ns: dict[tuple[str, str], int] = {}
        self.waited_ms: list[float] = []
        self.seconds = 0.0

    def run(self) -> None:
        begun = due = time.perf_counter()
        while not self._stopping.is_set():
            due += 1 / ORDERS_PER_S
            wait_s = due - time.perf_counter()
            if wait_s > 0:
                time.sleep(wait_s)
            order = self._stream.new_order()
            # From when it was due: a sender that was held up itself hides no stall.
            held_ns = int(max(0.0, -wait_s) * 1e9)
            key = (order.sub_account_id, order.client_order_id)
            self._sent_ns[key] = time.perf_counter_ns() - held_ns
            self._sequencer.submit(order)
        self.seconds = time.perf_counter() - begun

    def hear(self, records: tuple[Record, ...]) -> None:
        """Take the time of every order that is durable now."""
        now_ns = time.perf_counter_ns()
        for record in records:
            for event in record.events:
                if isinstance(event, OrderAccepted | OrderRejected):
                    sent_ns = self._sent_ns.pop((event.sub_account_id, event.client_order_id))
                    self.waited_ms.append((now_ns - sent_ns) / 1e6)

    def stop(self) -> None:
        """Stop and wait."""
        self._stopping.set()
        self.join()


class _Closing:
    """Settles contract by contract, each slice sent when the one before is durable, then closes."""

    def __init__(self, sequencer: ThreadedSequencer[Machine]) -> None:
        self._sequencer = sequencer
        self._waits_for: cmd.AnyCommand | None = None
        self._durable = threading.Event()
        self._record: Record | None = None

    def hear(self, records: tuple[Record, ...]) -> None:
        """Notice the record of the command that is waited for."""
        for record in records:
            if record.command is self._waits_for:
                self._record = record
                self._durable.set()

    def run(self, contracts: Sequence[str]) -> tuple[float, list[float]]:
        """Return the seconds the whole took and the milliseconds of every step."""
        begun = time.perf_counter()
        taken_ms = []
        for contract_id in contracts:
            price = SettlementPrice(contract_id, SETTLEMENT_NANOS)
            taken_ms.append(self._do(_slice(price)))
        taken_ms.append(self._do(_settled()))
        taken_ms.append(self._do(cmd.CloseSession(venue_id="XV")))
        taken_ms.append(self._do(_close()))
        return time.perf_counter() - begun, taken_ms

    def _do(self, command: cmd.AnyCommand) -> float:
        self._durable.clear()
        self._waits_for = command
        before_ns = time.perf_counter_ns()
        self._sequencer.submit(command)
        assert self._durable.wait(WAIT_S), f"{command} did not become durable"
        assert self._record is not None
        assert not _is_refused(self._record), self._record.events[0]
        return (time.perf_counter_ns() - before_ns) / 1e6


def _slice(price: SettlementPrice) -> SettleContracts:
    return SettleContracts(venue_id="XV", trading_day=DAY, source="bench", prices=(price,))


def _settled() -> cmd.SettleTradingDay:
    """Every contract has its price: the day counts as settled and margin is published."""
    return cmd.SettleTradingDay(venue_id="XV", trading_day=DAY, source="bench", prices=())


def _close() -> CloseTradingDay:
    """Close; the orders that the flow left working are no orders of a real evening."""
    return CloseTradingDay(
        venue_id="XV",
        trading_day=DAY,
        accepted=(Check.ORDERS,),
        reason="bench",
        entered_by="one",
        approved_by="two",
    )


def _is_refused(record: Record) -> bool:
    return any(type(event).__name__ == "CommandRejected" for event in record.events)


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure the close of the design's desk."""
    return measure_close(arguments.subs, arguments.contracts, arguments.seed)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--subs", type=int, default=SUBS, help="sub-accounts")
    parser.add_argument("--contracts", type=int, default=CONTRACTS, help="contracts each holds")


if __name__ == "__main__":
    main("day_close", measure, _arguments)
