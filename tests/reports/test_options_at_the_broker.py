"""Options at the broker: premiums are a movement, exercises are no executions of ours."""

import pytest

from fencang.projections.reference import Reference
from fencang.reports.reconciliation.basis import Basis
from fencang.reports.reconciliation.comparison import compare
from fencang.reports.reconciliation.mapping import read_map
from fencang.reports.reconciliation.margin import MarginParts
from fencang.reports.reconciliation.reading import read_statement
from tests.engine.desk import BUY, trading_desk
from tests.engine.firm import MONDAY
from tests.engine.option_firm import report, use_options
from tests.projections.test_carrying_days import folded

MAP = """
account = "C1"
[positions]
title = "POSITIONS"
columns = { contract = "Symbol", lots = "Lots" }
[fills]
title = "TRADES"
columns = { execution = "No", contract = "Symbol", side = "B/S", lots = "Lots", price = "Price" }
[cash]
title = "CASH"
[cash.columns]
currency = "Ccy"
premiums = "Premium"
variation = "Variation"
closing = "Closing"
"""
POSITIONS = ["POSITIONS", "Symbol,Lots", "LOC,1", "CLM0,1", "", "TRADES"]
HEAD = "No,Symbol,B/S,Lots,Price"
EXERCISE = ["E1,LOC,S,1,0", "E2,CLM0,B,1,20"]
CASH = ["", "CASH", "Ccy,Premium,Variation,Closing"]


@pytest.fixture(scope="module")
def desk():
    """ALPHA buys 2 calls at 1.50 and exercises one; June settles at 21."""
    desk = trading_desk()
    use_options(desk)
    desk.trade("ALPHA", BUY, 2, "1.50", "LOC")
    desk.done(report("exercised", 1))
    desk.settle(CLM0="21", LOC="1.60", LOP="1.00", LFC="1.60", LXC="1.60")
    return desk


def compared(desk, lines):
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
        asked_day=MONDAY,
    )
    products = {key: reference.product_of(key) for key in reference.contracts}
    ours = folded(desk).day("C1", MONDAY)
    basis = Basis(ours, statement, map_.tolerances, products, is_net=True, known={})
    return compare(basis, MarginParts())


@pytest.mark.parametrize("listed", [[], EXERCISE])
def test_an_exercise_agrees_whether_the_broker_lists_it_as_trades_or_not(desk, listed):
    execution = f"x{desk.executions}"
    lines = [*POSITIONS, HEAD, f"{execution},LOC,B,2,1.50", *listed, *CASH]
    assert compared(desk, [*lines, "USD,-3000,1000,9998000"]).breaks == ()


def test_a_lost_option_trade_explains_premium_position_and_balance(desk):
    lines = [*POSITIONS, HEAD, "E2,CLM0,B,1,20", *CASH, "USD,0,1000,10001000"]
    lines.remove("LOC,1")
    lines.insert(2, "LOC,-1")
    found = compared(desk, lines)
    assert [each.kind.words for each in found.causes] == ["missing there"]
    follows = {each.subject for each in found.breaks if each.cause_id}
    assert follows == {"LOC", "USD premiums", "USD closing balance"}


def test_another_premium_price_is_one_break(desk):
    execution = f"x{desk.executions}"
    lines = [*POSITIONS, HEAD, f"{execution},LOC,B,2,1.55", *CASH]
    found = compared(desk, [*lines, "USD,-3100,1000,9997900"])
    assert [each.kind.words for each in found.causes] == ["price differs"]
    assert len(found.breaks) == 3
