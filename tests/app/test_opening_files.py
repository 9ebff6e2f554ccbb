"""Opening books from files: taken over whole, checked against control totals, or not at all."""

import pytest

from fencang.app.desk.file import DeskFileFault, read_desk
from fencang.app.exit_status import InputFault
from fencang.engine.invariants import check
from fencang.engine.machine import Machine
from fencang.messages.events import CommandRejected, OpeningBookImported
from fencang.messages.reasons import Reason
from tests.app.program import EXAMPLE

OPENING = """
[opening]
positions = "positions.csv"
cash = "cash.csv"
lots_total = 12

[[opening.cash_total]]
currency = "USD"
amount = "250000.50"
"""
RATE = """
[[opening.rate]]
currency = "EUR"
value = "1.1039"
source = "reference rate of 2023-12-29"
"""
POSITIONS = """sub_account,carrying,contract,side,lots,price,opened_day,carried_price
ALPHA,BROKER-1,COPPER-C,buy,7,8410.25,2023-12-01,8412.00
BETA,BROKER-1,COPPER-C,sell,5,8415.50,2023-12-04,
"""
CASH = """sub_account,owner,carrying,currency,amount
ALPHA,FIRM,BROKER-1,USD,200000.50
,FIRM,BROKER-1,USD,50000
"""


@pytest.fixture
def desk_file(tmp_path):
    text = (EXAMPLE / "desk.toml").read_text(encoding="utf-8")
    (tmp_path / "desk.toml").write_text(text + OPENING)
    (tmp_path / "positions.csv").write_text(POSITIONS)
    (tmp_path / "cash.csv").write_text(CASH)
    return tmp_path / "desk.toml"


def opened(desk):
    machine = Machine()
    events = [
        machine.execute(command, number, number)
        for number, command in enumerate((desk.define, *desk.opening), 1)
    ]
    return machine, [event for told in events for event in told]


def test_positions_and_cash_of_a_prior_system_are_taken_over(desk_file):
    machine, events = opened(read_desk(desk_file))
    assert any(isinstance(event, OpeningBookImported) for event in events)
    alpha = machine.state.subs["ALPHA"].book.positions["BROKER-1", "COPPER-C"]
    assert (alpha.long.quantity_lots, alpha.net_lots) == (7, 7)
    assert machine.state.carrying["BROKER-1"].book.positions["COPPER-C"].net_lots == 2
    assert check(machine.state) == []


def test_a_control_total_that_differs_refuses_the_whole_book(desk_file):
    text = desk_file.read_text().replace("lots_total = 12", "lots_total = 13")
    desk_file.write_text(text)
    _, events = opened(read_desk(desk_file))
    (refusal,) = [event for event in events if isinstance(event, CommandRejected)]
    assert refusal.reason is Reason.CONTROL_TOTAL_DIFFERS


def test_every_faulty_line_is_named(desk_file):
    faulty = POSITIONS.replace(",buy,7", ",long,7").replace("8415.50", "NaN")
    (desk_file.parent / "positions.csv").write_text(faulty)
    (desk_file.parent / "cash.csv").write_text(CASH.replace("amount", "sum"))
    with pytest.raises(InputFault) as caught:
        read_desk(desk_file)
    told = caught.value.details
    assert [line.partition(":")[0] for line in told] == [
        "positions.csv, line 2",
        "positions.csv, line 3",
        "cash.csv, line 1",
    ]


def test_a_missing_file_and_an_unknown_key_are_named(desk_file):
    (desk_file.parent / "cash.csv").unlink()
    with pytest.raises(InputFault):
        read_desk(desk_file)
    desk_file.write_text(desk_file.read_text().replace("lots_total", "lot_total"))
    with pytest.raises(DeskFileFault):
        read_desk(desk_file)


def test_foreign_cash_is_taken_over_at_a_stated_rate(desk_file):
    (desk_file.parent / "cash.csv").write_text(CASH + ",FIRM,BROKER-1,EUR,1000\n")
    total = '\n[[opening.cash_total]]\ncurrency = "EUR"\namount = 1000\n'
    text = desk_file.read_text() + total
    desk_file.write_text(text)
    _, events = opened(read_desk(desk_file))
    (refusal,) = [event for event in events if isinstance(event, CommandRejected)]
    assert "EUR" in refusal.detail
    desk_file.write_text(text + RATE)
    machine, events = opened(read_desk(desk_file))
    assert not any(isinstance(event, CommandRejected) for event in events)
    reserve = machine.state.pools["FIRM"].reserve
    assert reserve.cash["EUR"] == 1_000_000_000
    assert machine.state.rates.value("EUR", 1_000_000_000) == 1_103_900_000
    assert check(machine.state) == []


def test_a_rate_of_the_base_currency_or_without_a_source_is_a_fault(desk_file):
    rate = RATE.replace("EUR", "USD").replace('source = "reference rate of 2023-12-29"\n', "")
    desk_file.write_text(desk_file.read_text() + rate)
    with pytest.raises(DeskFileFault) as caught:
        read_desk(desk_file)
    assert {fault.key for fault in caught.value.faults} == {
        "opening.rate[0].currency",
        "opening.rate[0].source",
    }
