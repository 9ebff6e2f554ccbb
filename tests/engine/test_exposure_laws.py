"""Laws of exposure: splitting, bursts, reductions, and an office that states rows carelessly.

Every command of a desk compares the sums with those of a twin that reads books and orders alone.
"""

import random

import pytest

from fencang.engine.decide.ask import ask_of_submit
from fencang.engine.decide.entry import entry_line
from fencang.engine.decide.exposure_limits import exposure_check, exposure_evaluations
from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from tests.engine.desk import MAKER, marks, order, trading_desk
from tests.engine.exposure_firm import WIDE_EXPOSURE, betas, exposure
from tests.engine.firm import define, money, sub_account
from tests.engine.random_desk import Office
from tests.engine.random_exposures import exposure_command, exposure_rows
from tests.seeds import seeds

NODES = ("NEST", "ALPHA", "MASTER", "carrying:C1", "venue:NYMEX", "person:FUND", "BETA")
CONTRACTS = {"CLM0": ("18", "20", "-3", "0.01"), "CLN0": ("20", "25"), "ESM0": ("3000", "2800")}
OF_EXPOSURE = {
    Reason.GROSS_EXPOSURE,
    Reason.NET_EXPOSURE,
    Reason.BETA_EXPOSURE,
    Reason.CONCENTRATION,
}


def random_rows(chance):
    """Return a few rows that bind within some lots."""
    for node in chance.sample(NODES, 3):
        kind = chance.choice(("gross", "net", "beta"))
        size = str(chance.choice((90_000, 250_000, 700_000)))
        yield exposure(node, chance.choice(("CL", "ES", "CLM0")), **{kind: size})


def nested(chance):
    desk = trading_desk(sub_account("NEST", parent="ALPHA"))
    desk.fund("NEST", "1000000")
    desk.done(define(WIDE_EXPOSURE, *random_rows(chance)))
    if chance.random() < 0.7:
        beta = chance.choice((-700_000, 0, 400_000, 1_300_000))
        desk.done(betas(desk.now_ns, CL=beta, ES=1_000_000))
    return desk


def random_order(chance, name, lots):
    contract = chance.choice(sorted(CONTRACTS))
    sub = chance.choice(("ALPHA", "BETA", "GAMMA", "NEST"))
    side = chance.choice(list(Side))
    return order(sub, side, lots, contract, client_order_id=name, at=CONTRACTS[contract][0])


def refused(machine, command, time_ns):
    """Execute on a copy; return whether exposure refused, None where something else did."""
    (first, *_) = machine.execute(command, machine.sequence + 1, time_ns)
    if isinstance(first, OrderRejected):
        return True if first.reason in OF_EXPOSURE else None
    return False


@pytest.mark.parametrize("seed", seeds(2, of=6))
def test_splitting_an_order_never_changes_the_verdict_of_the_sum(seed):
    """Law: an order passes whole if and only if its parts, sent one after another, all pass.

    Of an order that would reduce a part may pass alone: what closes always gets out.
    """
    chance = random.Random(seed)
    desk = nested(chance)
    compared = 0
    for turn in range(60):
        lots = chance.randint(2, 9)
        whole = random_order(chance, f"w{turn}", lots)
        first = chance.randint(1, lots - 1)
        payload, now_ns = desk.machine.dump(), desk.now_ns
        line = entry_line(desk.state, whole)
        if line.open_lots(whole.side) == 0:
            verdict = refused(MAKER.load(payload), whole, now_ns + 1)
            apart = MAKER.load(payload)
            parts = [
                refused(apart, cmd_of(whole, f"p{turn}-{place}", part), now_ns + place + 1)
                for place, part in enumerate((first, lots - first))
            ]
            if None not in (verdict, *parts):
                compared += 1
                assert verdict == any(parts), (whole, first, parts)
        events = desk.do(whole)
        if isinstance(events[0], OrderAccepted) and chance.random() < 0.6:
            contract = whole.contract_id
            desk.fill(events[0].order_id, chance.randint(1, lots), CONTRACTS[contract][0])
    assert compared > 15


def cmd_of(whole, name, lots):
    return order(
        whole.sub_account_id,
        whole.side,
        lots,
        whole.contract_id,
        client_order_id=name,
        order_type=whole.order_type,
        limit_price_nanos=whole.limit_price_nanos,
    )


def values_of(desk, row):
    """Return the base value of every sum that a row bounds, with its limit."""
    rates = desk.state.rates
    for name, limit, scale in (
        ("gross", row.row.gross_micros_max, 1),
        ("long", row.row.net_micros_max, 1),
        ("short", row.row.net_micros_max, 1),
        ("beta_long", row.row.beta_micros_max, 1_000_000),
        ("beta_short", row.row.beta_micros_max, 1_000_000),
    ):
        if limit is not None:
            total = sum(
                rates.value(currency, getattr(each, name)) for currency, each in row.sums.items()
            )
            yield name, limit * scale, total


def totals(desk):
    """Return (row, sum) → total and limit of everything that is bound."""
    return {
        (*key, name): (total, limit)
        for key, row in desk.state.risk.exposures.rows.items()
        for name, limit, total in values_of(desk, row)
    }


@pytest.mark.parametrize("seed", seeds(2, of=5))
def test_bursts_never_overshoot_at_any_level(seed):
    """Law: at unchanged prices no opening order takes any sum beyond its limit, and no fill or
    cancel raises one.  What reduces a book may raise a net elsewhere, never a gross value.
    """
    chance = random.Random(seed)
    desk = nested(chance)
    orders, seen = [], set()
    for turn in range(150):
        roll, before = chance.random(), totals(desk)
        opens = reduces = False
        if roll < 0.6 or not orders:
            first = desk.do(random_order(chance, f"b{turn}", chance.choice((1, 2, 3, 8))))[0]
            if isinstance(first, OrderAccepted):
                orders.append(first.order_id)
                opens, reduces = not first.is_reducing, first.is_reducing
            else:
                seen.add(first.reason)
        else:
            order_id = chance.choice(orders)
            known = desk.state.orders[order_id]
            if not known.is_live:
                orders.remove(order_id)
            elif roll < 0.85:
                lots = chance.randint(1, known.needed_lots)
                desk.fill(order_id, lots, CONTRACTS[known.terms.contract_id][0])
            else:
                desk.cancelled(order_id)
        for key, (total, limit) in totals(desk).items():
            bound = max(limit, before[key][0]) if opens else before[key][0]
            assert total <= bound or (reduces and key[2] != "gross"), key
    assert seen & OF_EXPOSURE


@pytest.mark.parametrize("seed", seeds(2, of=4))
def test_after_any_marks_what_reduces_gets_out(seed):
    chance = random.Random(seed)
    desk = nested(chance)
    for turn in range(40):
        sent = random_order(chance, f"m{turn}", chance.randint(1, 6))
        events = desk.do(sent)
        if isinstance(events[0], OrderAccepted):
            desk.fill(events[0].order_id, sent.quantity_lots, CONTRACTS[sent.contract_id][0])
        contract = chance.choice(("CLM0", "CLN0"))
        desk.mark(**{contract: chance.choice(("60", "-40", "0", "0.01", "20"))})
    desk.done(
        define(*(exposure(node, "CL", gross="0", net="0", beta="0") for node in NODES)),
    )
    for sub in ("ALPHA", "BETA", "GAMMA", "NEST"):
        for contract, (at, *_) in CONTRACTS.items():
            net = desk.net(sub, contract)
            if net:
                side = Side.SELL if net > 0 else Side.BUY
                desk.trade(sub, side, abs(net), at, contract=contract)
    assert not any(row.counted() for row in desk.state.risk.exposures.rows.values())


@pytest.mark.parametrize("seed", range(3))
def test_the_first_evaluation_that_fails_is_the_refusal(seed):
    chance = random.Random(seed)
    desk = nested(chance)
    failed = 0
    for turn in range(60):
        sent = random_order(chance, f"v{turn}", chance.randint(1, 9))
        line = entry_line(desk.state, sent)
        ask = ask_of_submit(desk.state, sent, line)
        refusal, found = exposure_check(ask), list(exposure_evaluations(ask))
        assert len(found) >= 4
        first = next((each for each in found if not each.passes), None)
        if refusal is None:
            assert first is None
        else:
            failed += 1
            told = (first.reason, first.node_id, first.limit, first.value, first.detail)
            assert told == refusal
        desk.do(sent)
    assert failed


@pytest.mark.parametrize("seed", seeds(2, of=4))
def test_a_careless_office_never_puts_sums_out_of_step(seed):
    """Law: after every command sums equal those by books, and those of a restored snapshot."""
    office = Office(seed, uses_span=seed % 2 == 1)
    office.desk.done(define(WIDE_EXPOSURE))
    office.desk.do(exposure_rows(office.chance))
    for turn in range(250):
        if turn % 6 == 0:
            office.desk.do(exposure_command(office))
        office.step()
    rows = office.desk.state.risk.exposures.rows
    assert any(row.counted() for row in rows.values())
    assert rows["MASTER", "*"].row.gross_micros_max == money("1000000000000")


def test_marks_of_one_contract_leave_the_others_alone():
    desk = nested(random.Random(1))
    desk.done(cmd.MarkPrices(source="feed", marks=marks({"CLM0": "0", "CLN0": "-1"})))
    assert desk.state.risk.exposures.rows["MASTER", "*"].counted() == {}
