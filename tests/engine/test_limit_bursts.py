"""Bursts of many sub-accounts never pass a limit at any level, and a split order is the sum.

Every row that is stated is compared with worst cases found anew from books and orders.
"""

import random

import pytest

from fencang.engine.invariants import check
from fencang.engine.machine import Machine
from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.message import Offset, Side
from fencang.messages.reasons import Reason
from tests.engine.desk import MAKER, order, trading_desk
from tests.engine.firm import define, limit, price, sub_account
from tests.engine.limit_oracle import broken, worst
from tests.engine.node_firm import group, warning

PRICES = {"CLM0": "20", "CLN0": "20", "ESM0": "3000", "CU06": "40000"}
SUBS = ("ALPHA", "BETA", "GAMMA", "NEST", "MIXED", "CLIENT1", "FUNDOMNI")


def burst_desk():
    """Return a desk with limits of 20 to 90 lots on tree, account, venue, owner and groups."""
    desk = trading_desk(
        sub_account("NEST", parent="ALPHA"),
        sub_account("MIXED", routes={"NYMEX": "CN1", "SHFE": "CN1"}),
        group(CL=1_000_000, ES=100_000),
        group("METAL", CLN0=333_333, CU=1_000_000),
        warning(),
        limit("MASTER", "CL", 90),
        limit("MASTER", "CLM0", 70),
        limit("MASTER", "FUEL", 85),
        limit("ALPHA", "CL", 40),
        limit("NEST", "CL", 30),
        limit("BETA", "ES", 45),
        limit("carrying:C1", "CL", 60),
        limit("carrying:OMNI", "CLN0", 21),
        limit("venue:NYMEX", "FUEL", 75),
        limit("venue:SHFE", "CU", 20, 25),
        limit("person:FUND", "CL", 80, 50),
        limit("person:CLIENT", "FUEL", 20),
        limit("person:FUND", "METAL", 30),
    )
    desk.fund("CLIENT1", "9000000", owner="CLIENT", account="OMNI")
    for sub in ("FUNDOMNI", "NEST", "MIXED", "ALPHA", "BETA", "GAMMA"):
        desk.fund(sub, "9000000", account="OMNI")
    return desk


class Burst:
    """Orders, cancels and fills by chance on one machine."""

    def __init__(self, machine, seed):
        self.machine, self.chance = machine, random.Random(seed)
        self.named = self.executed = 0

    @property
    def state(self):
        return self.machine.state

    def execute(self, command):
        return self.machine.execute(command, self.machine.sequence + 1, self.machine.time_ns + 1)

    def order(self):
        contract = self.chance.choice(sorted(PRICES))
        sub = self.chance.choice(SUBS)
        offset = Offset.OPEN if contract == "CU06" or sub == "MIXED" else Offset.NET
        self.named += 1
        side, lots = self.chance.choice(list(Side)), self.chance.choice((1, 2, 3, 7, 15))
        name = f"b{self.named}"
        at = PRICES[contract]
        return order(sub, side, lots, contract, at, client_order_id=name, offset=offset)

    def fill(self, live):
        self.executed += 1
        terms = live.terms
        return cmd.ReportFill(
            carrying_account_id=terms.carrying_account_id,
            execution_id=f"b{self.executed}",
            order_id=live.order_id,
            contract_id=terms.contract_id,
            side=terms.side,
            quantity_lots=self.chance.randint(1, live.needed_lots),
            price_nanos=price(PRICES[terms.contract_id]),
            offset=terms.offset,
        )

    def other(self):
        """Return a fill or the end of an order that works."""
        live = [each for each in self.state.orders.values() if each.is_live]
        if not live:
            return cmd.AdvanceTime()
        known = self.chance.choice(live)
        if self.chance.random() < 0.6:
            return self.fill(known)
        return cmd.ReportOrderCancelled(order_id=known.order_id)


def asked(state, command):
    """Return the further lots of an order as the oracle takes them; None where it has no route."""
    sub, contract = state.subs[command.sub_account_id], state.contracts[command.contract_id]
    carrying_id = state.route(sub, contract.product.venue_id)
    return None if carrying_id is None else (sub, carrying_id, contract, command.quantity_lots)


@pytest.mark.parametrize("seed", range(6))
def test_bursts_never_pass_a_limit_and_refusals_are_exact(seed):
    """Law: what opens passes only where no limit is passed; a refusal's number is the true one."""
    burst = Burst(burst_desk().machine, seed)
    refused = opened = 0
    for _ in range(400):
        if burst.chance.random() < 0.4:
            burst.execute(burst.other())
            continue
        command = burst.order()
        more = asked(burst.state, command)
        expected = broken(burst.state, command.side, [more]) if more is not None else []
        found = burst.execute(command)[0]
        if isinstance(found, OrderRejected):
            if found.reason is Reason.POSITION_LIMIT:
                refused += 1
                scope = found.detail.split(" in ")[1].split(" exceeds ")[0]
                value = worst(burst.state, found.node_id, scope, command.side, [more])
                assert value == found.value > found.limit, found
        elif isinstance(found, OrderAccepted) and not found.is_reducing:
            opened += 1
            assert expected == [], (command, expected)
    assert refused > 20
    assert opened > 20


@pytest.mark.parametrize("seed", range(3))
def test_splitting_an_order_never_changes_the_verdict_of_the_sum(seed):
    """Law: in one or in two orders, the same lots pass or are refused, at every level."""
    burst = Burst(burst_desk().machine, seed)
    verdicts = []
    for step in range(240):
        burst.execute(burst.order() if burst.chance.random() < 0.7 else burst.other())
        if step % 8:
            continue
        command = burst.order()
        lots = command.quantity_lots
        if lots < 2:
            continue
        payload = burst.machine.dump()
        part = burst.chance.randint(1, lots - 1)
        whole = _verdicts(payload, command, (lots,))
        split = _verdicts(payload, command, (part, lots - part))
        if None not in (whole, split):
            verdicts.append(whole)
            assert whole == split, command
    assert {True, False} <= {*verdicts}


def _verdicts(payload, command, parts):
    """Return whether all parts pass; None where one reduces or something else refuses."""
    machine: Machine = MAKER.load(payload)
    burst, passes = Burst(machine, 0), True
    for number, lots in enumerate(parts):
        name = f"{command.client_order_id}-{number}"
        fields = {"quantity_lots": lots, "client_order_id": name}
        found = burst.execute(type(command)(**{**_fields(command), **fields}))[0]
        if isinstance(found, OrderAccepted):
            if found.is_reducing:
                return None
        elif found.reason is Reason.POSITION_LIMIT:
            passes = False
        else:
            return None
    return passes


def _fields(command):
    return {name: getattr(command, name) for name in command.__struct_fields__}


def test_the_laws_hold_after_a_burst():
    """Every cache of every node equals the one that is built anew, and a fresh limit counts all."""
    desk = burst_desk()
    burst = Burst(desk.machine, 11)
    for _ in range(150):
        burst.execute(burst.order() if burst.chance.random() < 0.6 else burst.other())
    fresh = [limit(f"venue:{name}", "*", 500) for name in ("NYMEX", "SHFE")]
    burst.execute(define(*fresh, group("FUEL", CL=500_000, ES=7)))
    assert check(burst.state) == []
