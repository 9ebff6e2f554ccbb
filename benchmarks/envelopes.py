"""Orders inside an envelope: ``decide`` + ``evolve`` of the order alone, nothing trimmed.

Books hold one envelope each in a contract of their own choice; every order lies inside one and is
cancelled afterwards, untimed, so that its lots return.  ``orders_inside_us`` works on any desk of
``workload``'s sub-accounts and contracts.  Here the desk is under SPAN with books at the fifth
level: owner, master account, group, account, book.  ``outside_p50_us`` is the same order asked
everything.
"""

import argparse
import gc
import time

from msgspec.structs import replace

from benchmarks.report import Figures, main, percentile
from benchmarks.span_desk import span_machine
from benchmarks.workload import PRICE_NANOS, contract_ids, sub_ids
from fencang.engine.machine import Machine
from fencang.messages import commands as cmd
from fencang.messages.commands import AnyCommand
from fencang.messages.envelope_commands import ENVELOPE_LIFETIME_NS_MAX, OpenEnvelope
from fencang.messages.envelope_events import EnvelopeOpened
from fencang.messages.events import AnyEvent, OrderAccepted
from fencang.messages.message import Side
from fencang.refdata.limit import PositionLimit

__all__ = ["deep_span_machine", "orders_inside_us"]

LOTS, CLIP = 10, 3
BOOKS, LEVELS_ABOVE = 30, ("GROUP", "ACCOUNT")
"""With owner, master account and book these are five levels."""


def deep_span_machine(seed: int) -> Machine:
    """Return a desk under SPAN whose books hang two accounts below the master account."""
    machine = span_machine(subs=BOOKS, seed=seed)
    model = machine.state.subs[sub_ids(1)[0]].definition
    above, parents = None, []
    for name in LEVELS_ABOVE:
        parents.append(replace(model, sub_account_id=name, name=name, parent_id=above))
        above = name
    books = [
        replace(machine.state.subs[name].definition, sub_account_id=f"B{name}", parent_id=above)
        for name in sub_ids(BOOKS)
    ]
    lots = 1_000_000
    rows = [
        PositionLimit(node_id=name, scope_id="*", long_lots_max=lots, short_lots_max=lots)
        for name in (*LEVELS_ABOVE, *(book.sub_account_id for book in books))
    ]
    items = (*parents, *books, *rows)
    _execute(machine, cmd.DefineDesk(items=items, entered_by="one", approved_by="two"))
    for name in sub_ids(BOOKS):
        capital = machine.state.subs[name].book.cash["USD"]
        _execute(
            machine,
            cmd.TransferCapital(
                from_sub_account_id=name,
                to_sub_account_id=f"B{name}",
                amount_micros=capital,
                reason="bench",
                entered_by="one",
            ),
        )
    return machine


def orders_inside_us(
    machine: Machine, books: list[str], contracts: list[str], count: int
) -> tuple[list[float], list[float]]:
    """Return what so many orders inside envelopes took, and then the same outside, each in µs."""
    envelopes = [
        _opened(machine, book, contracts[number % len(contracts)])
        for number, book in enumerate(books)
    ]
    inside = [_order_us(machine, *envelopes[at % len(envelopes)], at) for at in range(count)]
    places = [(book, contract, 0) for book, contract, _ in envelopes]
    outside = [_order_us(machine, *places[at % len(places)], at) for at in range(count)]
    return inside, outside


def _order_us(machine: Machine, book: str, contract: str, envelope_id: int, number: int) -> float:
    """Return what one order took; it is cancelled again, untimed."""
    order = cmd.SubmitOrder(
        sub_account_id=book,
        client_order_id=f"E{number}-{envelope_id}",
        contract_id=contract,
        side=Side.BUY,
        quantity_lots=1 + number % CLIP,
        limit_price_nanos=PRICE_NANOS,
        envelope_id=envelope_id,
    )
    sequence, time_ns = machine.sequence + 1, machine.time_ns + 1
    before_ns = time.perf_counter_ns()
    events = machine.execute(order, sequence, time_ns)
    taken_us = (time.perf_counter_ns() - before_ns) / 1_000
    accepted = events[0]
    assert isinstance(accepted, OrderAccepted), accepted
    assert accepted.envelope_id == envelope_id, accepted
    _execute(machine, cmd.ReportOrderCancelled(order_id=accepted.order_id))
    return taken_us


def _opened(machine: Machine, book: str, contract_id: str) -> tuple[str, str, int]:
    events = _execute(
        machine,
        OpenEnvelope(
            sub_account_id=book,
            scope_id=contract_id,
            side=Side.BUY,
            quantity_lots=LOTS,
            clip_lots=CLIP,
            margin_micros=1 << 60,
            lifetime_ns=ENVELOPE_LIFETIME_NS_MAX,
            entered_by="bench",
        ),
    )
    opened = events[0]
    assert isinstance(opened, EnvelopeOpened), opened
    return book, contract_id, opened.envelope_id


def _execute(machine: Machine, command: AnyCommand) -> tuple[AnyEvent, ...]:
    return machine.execute(command, machine.sequence + 1, machine.time_ns + 1)


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure orders inside envelopes, then outside."""
    machine = deep_span_machine(arguments.seed)
    books = [f"B{name}" for name in sub_ids(BOOKS)]
    gc.collect()
    gc.freeze()
    gc.disable()
    inside, outside = orders_inside_us(machine, books, contract_ids(20), arguments.orders)
    return {
        "envelope_p50_us": percentile(inside, 0.50),
        "envelope_p99_us": percentile(inside, 0.99),
        "outside_p50_us": percentile(outside, 0.50),
        "outside_p99_us": percentile(outside, 0.99),
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--orders", type=int, default=50_000, help="inside, and as many outside")


if __name__ == "__main__":
    main("envelopes", measure, _arguments)
