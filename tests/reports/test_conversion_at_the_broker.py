"""A contract that was converted, at the broker: nothing differs, and a lot too few still shows."""

import pytest

from fencang.projections.reference import Reference
from fencang.reports.reconciliation.basis import Basis
from fencang.reports.reconciliation.comparison import compare
from fencang.reports.reconciliation.mapping import read_map
from fencang.reports.reconciliation.margin import MarginParts
from fencang.reports.reconciliation.reading import read_statement
from tests.engine.desk import BUY, SELL, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY
from tests.engine.life_acts import convert, list_halves
from tests.projections.test_carrying_days import folded
from tests.reports.test_options_at_the_broker import MAP


@pytest.fixture(scope="module")
def desk():
    """3 lots of 1,000 barrels at 20, settled at 20.50; on Tuesday 6 of 500, of which 2 are sold."""
    desk = trading_desk()
    list_halves(desk)
    desk.trade("ALPHA", BUY, 3, "20")
    desk.settle(CLM0="20.50")
    desk.next_day(TUESDAY)
    desk.done(convert(day=TUESDAY))
    desk.trade("ALPHA", SELL, 2, "20.60", contract="CLX0")
    desk.settle(TUESDAY, CLX0="20.80")
    desk.next_day(WEDNESDAY)
    return desk


def compared(desk, lots, variation, closing):
    """Compare Tuesday with a broker that says so many lots, variation and closing cash."""
    sold = f"x{desk.executions}"
    lines = ["POSITIONS", "Symbol,Lots", f"CLX0,{lots}", "", "TRADES", "No,Symbol,B/S,Lots,Price"]
    lines += [f"{sold},CLX0,S,2,20.60", "", "CASH", "Ccy,Premium,Variation,Closing"]
    lines += [f"USD,0,{variation},{closing}"]
    reference = Reference()
    for record in desk.records:
        reference.apply(record)
    map_ = read_map(MAP, "map.toml")
    statement = read_statement(
        {"b.csv": "\n".join(lines).encode()},
        "b.csv",
        map_,
        account="C1",
        contracts=reference.contracts,
        asked_day=TUESDAY,
    )
    products = {key: reference.product_of(key) for key in reference.contracts}
    ours = folded(desk).day("C1", TUESDAY)
    basis = Basis(ours, statement, map_.tolerances, products, is_net=True, known={})
    return compare(basis, MarginParts())


def test_the_day_of_the_conversion_agrees(desk):
    """4 lots from 20.50 to 20.80 pay 600, 2 from 20.50 to 20.60 pay 100."""
    assert compared(desk, 4, 700, 10_002_200).breaks == ()


def test_the_day_before_is_kept_as_it_was(desk):
    days = folded(desk)
    monday, tuesday = days.day("C1", MONDAY), days.day("C1", TUESDAY)
    assert monday.positions["CLM0"].long_lots == 3
    assert list(tuesday.positions) == ["CLX0"]
    assert monday.closing == tuesday.opening


def test_a_lot_too_few_explains_what_it_was_not_paid(desk):
    """One lot of 500 less: 150 less of variation, from 20.50, which the old contract settled at."""
    found = compared(desk, 3, 550, 10_002_050)
    assert [each.subject for each in found.causes] == ["CLX0"]
    assert {each.subject for each in found.breaks if each.cause_id} == {
        "USD closing balance",
        "USD variation",
    }
