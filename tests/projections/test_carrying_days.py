"""The carrying book by day beside the engine's: same lots, same cash, and days that chain."""

from datetime import timedelta
from functools import partial

import pytest

from fencang.messages import commands as cmd
from fencang.messages.message import Side
from fencang.projections.carrying_days import CarryingDays, DayFill, DayPosition, Movement
from fencang.projections.reconciliations import Reconciliations
from fencang.projections.reference import Reference
from tests.engine.desk import BUY, CLOSE, CLOSE_TODAY, OPEN, SELL, convert, trading_desk, withdraw
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, money, price
from tests.engine.random_desk import Office
from tests.engine.reconciliation_acts import FILLS, assign_break, found, report, resolve
from tests.engine.test_random_life import LifeOffice
from tests.engine.test_random_options import Pit


def folded(desk, days_max=40):
    reference = Reference()
    days = CarryingDays(reference, days_max)
    for record in desk.records:
        reference.apply(record)
        days.apply(record)
    return days


def test_a_day_has_its_fills_fees_and_variation(desk):
    """Law: opening + movements = closing."""
    desk.trade("ALPHA", BUY, 2, "3000", "ESM0")
    desk.trade("BETA", SELL, 5, "20")
    desk.settle(ESM0="3010", CLM0="21")
    monday = folded(desk).day("C1", MONDAY)
    assert [fill[1:] for fill in monday.fills] == [
        ("ESM0", Side.BUY, 0, 2, price("3000"), money("4.90")),
        ("CLM0", Side.SELL, 0, 5, price("20"), 0),
    ]
    assert isinstance(monday.fills[0], DayFill)
    assert monday.positions == {"CLM0": DayPosition(0, 5), "ESM0": DayPosition(2, 0)}
    assert monday.settlements == {"CLM0": price("21"), "ESM0": price("3010")}
    assert monday.movements == {
        ("USD", Movement.FEES): money("-4.90"),
        ("USD", Movement.TRANSFERS): money("10000000"),
        ("USD", Movement.VARIATION): money("-4000"),
    }
    assert monday.opening == {"USD": 0}
    assert monday.closing == {"USD": money("9995995.10")}
    assert sum(line.requirement_micros for line in monday.margins) > 0


def test_a_past_day_stays_what_it_was(desk):
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="21")
    before = folded(desk).day("C1", MONDAY)
    desk.next_day(TUESDAY)
    desk.trade("ALPHA", SELL, 1, "22")
    desk.done(withdraw("1000"))
    desk.settle(TUESDAY, CLM0="22")
    days = folded(desk)
    assert days.day("C1", MONDAY) == before
    tuesday = days.day("C1", TUESDAY)
    assert tuesday.opening == before.closing
    assert tuesday.positions == {"CLM0": DayPosition(1, 0)}
    assert tuesday.movements["USD", Movement.TRANSFERS] == money("-1000")
    assert days.days("C1") == [MONDAY, TUESDAY]
    assert days.day("C1", WEDNESDAY) is None
    assert days.day("NONE", MONDAY) is None


def test_each_venue_has_its_own_day(desk):
    """New York is still on Monday when Frankfurt opens Tuesday."""
    desk.trade("ALPHA", BUY, 1, "20")
    desk.trade("ALPHA", BUY, 1, "10000", "FDAX")
    desk.next_day(TUESDAY, "EUREX")
    desk.trade("ALPHA", BUY, 1, "10000", "FDAX")
    desk.trade("ALPHA", BUY, 1, "20")
    days = folded(desk)
    assert days.day("C1", MONDAY).positions == {"CLM0": DayPosition(2), "FDAX": DayPosition(1)}
    assert [fill.contract_id for fill in days.day("C1", MONDAY).fills] == ["CLM0", "FDAX", "CLM0"]
    assert days.day("C1", TUESDAY).positions == {"CLM0": DayPosition(2), "FDAX": DayPosition(2)}


def test_a_gross_account_knows_the_lots_of_today(desk):
    desk.trade("ALPHA", BUY, 3, "40000", "CU06", OPEN)
    desk.next_day(TUESDAY, "SHFE")
    desk.trade("ALPHA", BUY, 2, "40000", "CU06", OPEN)
    assert folded(desk).day("CN1", TUESDAY).positions == {"CU06": DayPosition(5, 0, 2, 0)}
    desk.trade("ALPHA", SELL, 1, "40000", "CU06", CLOSE_TODAY)
    desk.trade("ALPHA", SELL, 1, "40000", "CU06", CLOSE)
    days = folded(desk)
    assert days.day("CN1", TUESDAY).positions == {"CU06": DayPosition(3, 0, 1, 0)}
    assert days.day("CN1", MONDAY).positions == {"CU06": DayPosition(3, 0, 3, 0)}


def test_a_conversion_moves_both_currencies(desk):
    desk.done(convert("ALPHA", "110 USD", "100 EUR"))
    monday = folded(desk).day("C1", MONDAY)
    assert monday.movements["USD", Movement.CONVERSIONS] == money("-110")
    assert monday.movements["EUR", Movement.CONVERSIONS] == money("100")


def test_old_days_leave_their_balance_behind(desk):
    day = MONDAY
    for _ in range(4):
        desk.deposit("1")
        day += timedelta(days=1)
        desk.next_day(day)
    short, whole = folded(desk, days_max=2), folded(desk)
    assert short.days("C1") == whole.days("C1")[-2:]
    assert short.day("C1", day) == whole.day("C1", day)


def offices():
    """Yield careless offices, two of which trade options now and then, and one only those."""
    for seed in range(6):
        marks = [pytest.mark.long] if seed in (1, 2, 5) else []
        make = partial(Office, seed, uses_span=seed > 3)
        yield pytest.param(make, id=f"office-{seed}", marks=marks)
    for seed in range(2):
        yield pytest.param(lambda seed=seed: LifeOffice(seed), id=f"life-{seed}")
    for seed in range(2):
        yield pytest.param(lambda seed=seed: Pit(seed), id=f"pit-{seed}")


@pytest.mark.parametrize("make", [*offices()])
def test_the_days_agree_with_the_engine_whatever_happens(make):
    """Law: the last day's close is the engine's carrying book; a rebuilt projection is equal."""
    office = make()
    reference = Reference()
    kept, breaks = CarryingDays(reference), Reconciliations()
    for record in office.desk.records:
        reference.apply(record)
        kept.apply(record)
    seen = len(office.desk.records)
    for _ in range(250):
        office.step()
        for record in office.desk.records[seen:]:
            reference.apply(record)
            kept.apply(record)
        seen = len(office.desk.records)
    for record in office.desk.records:
        breaks.apply(record)
    state = office.desk.state
    for account, carrying in state.carrying.items():
        last = kept.day(account, kept.days(account)[-1])
        lots = {
            contract: (held.long_lots, held.short_lots)
            for contract, held in sorted(carrying.book.positions.items())
            if held.long_lots or held.short_lots
        }
        if not carrying.is_gross:
            nets = {key: one - two for key, (one, two) in lots.items() if one != two}
            lots = {key: (max(net, 0), max(-net, 0)) for key, net in nets.items()}
        assert {key: tuple(held[:2]) for key, held in last.positions.items()} == lots
        cash = {}
        for (_, currency), amount in carrying.book.cash.items():
            cash[currency] = cash.get(currency, 0) + amount
        assert {key: amount for key, amount in last.closing.items() if amount} == {
            key: amount for key, amount in sorted(cash.items()) if amount
        }
        known = state.reconciliations.get(account)
        ids = sorted(each.found.break_id for each in breaks.unresolved(account))
        assert ids == (sorted(known.unresolved) if known else [])
        for earlier, later in zip(kept.days(account), kept.days(account)[1:], strict=False):
            one, two = kept.day(account, earlier), kept.day(account, later)
            assert {k: v for k, v in one.closing.items() if v} == {
                k: v for k, v in two.opening.items() if v
            }
    assert folded(office.desk) == kept


def test_breaks_have_a_history():
    desk = trading_desk()
    desk.done(report(found("a"), found("b"), found("x1", section=FILLS)))
    desk.done(assign_break("a", "ops1"))
    desk.next_day(TUESDAY)
    desk.done(report(found("a", ours=5), day=TUESDAY))
    desk.done(resolve("x1", reason="agreed by phone"))
    breaks = Reconciliations()
    for record in desk.records:
        breaks.apply(record)
    (still,) = breaks.unresolved("C1")
    assert (still.found.subject, still.first_seen, still.last_seen, still.owner) == (
        "a",
        MONDAY,
        TUESDAY,
        "ops1",
    )
    assert still.found.ours == 5
    ended = {each.found.subject: each for each in breaks.ended("C1")}
    assert (ended["b"].end, ended["x1"].end) == ("cleared", "explained")
    assert ended["x1"].approved_by == "boss"
    assert ended["x1"].ended_at == desk.machine.sequence
    assert breaks.reports["C1"].trading_day == TUESDAY
    twin = Reconciliations()
    for record in desk.records:
        twin.apply(record)
    assert twin == breaks


@pytest.fixture
def desk():
    return trading_desk()


def test_an_expired_contract_is_gone_at_the_end_of_its_day(desk):
    desk.trade("ALPHA", BUY, 1, "10", "CLK0")
    final = cmd.ExpireContract(contract_id="CLK0", final_price_nanos=price("11"), source="feed")
    desk.done(final)
    monday = folded(desk).day("C1", MONDAY)
    assert monday.positions == {}
    assert monday.movements["USD", Movement.VARIATION] == money("1000")
