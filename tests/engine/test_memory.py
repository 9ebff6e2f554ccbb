"""What is forgotten when it no longer matters: done orders beyond their number, and only those."""

import pytest

from fencang.engine.invariants import check
from fencang.engine.machine import Machine
from fencang.engine.state import CLOSED_ORDERS_MAX
from fencang.messages import commands as cmd
from fencang.messages.events import FillSuspended, OrderAccepted
from tests.engine.desk import BUY, order, trading_desk
from tests.engine.firm import price


@pytest.mark.long
def test_the_oldest_done_order_is_forgotten_and_its_late_fill_goes_to_suspense():
    """A forgotten order's identifier may be used again; a working one is never forgotten."""
    machine = trading_desk().machine
    now_ns = machine.time_ns

    def do(command):
        return machine.execute(command, machine.sequence + 1, now_ns + machine.sequence)

    first = order("ALPHA", BUY, 1, at="20", client_order_id="first")
    working = do(order("ALPHA", BUY, 1, at="20", client_order_id="works"))[0].order_id
    forgotten = do(first)[0].order_id
    do(cmd.ReportOrderCancelled(order_id=forgotten))
    for number in range(CLOSED_ORDERS_MAX):
        accepted = do(order("ALPHA", BUY, 1, at="20", client_order_id=f"n{number}"))[0]
        do(cmd.ReportOrderCancelled(order_id=accepted.order_id))
    assert forgotten not in machine.state.orders
    assert working in machine.state.orders
    assert len(machine.state.closed_orders) == CLOSED_ORDERS_MAX
    late = cmd.ReportFill(
        carrying_account_id="C1",
        execution_id="late",
        order_id=forgotten,
        contract_id="CLM0",
        side=BUY,
        quantity_lots=1,
        price_nanos=price("20"),
    )
    assert isinstance(do(late)[1], FillSuspended)
    assert isinstance(do(first)[0], OrderAccepted)
    assert check(machine.state) == []
    assert Machine.load(machine.dump()).state_hash() == machine.state_hash()
