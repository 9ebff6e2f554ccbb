"""People with duties: what they know, what they send, and whom a correction must not touch."""

from collections import Counter

import pytest

from fencang.engine.checklist import checklist, unmet
from fencang.engine.machine import Machine
from fencang.messages import commands as cmd
from fencang.refdata.contract import Contract
from fencang.simulation.duties import draw_duties
from fencang.simulation.notes import Notes
from fencang.simulation.random import Chance
from fencang.simulation.untouched import books_before, touched_by_mistake
from fencang.simulation.world import World
from tests.engine.day_acts import close_day, open_day, shut
from tests.engine.desk import BUY, trading_desk
from tests.engine.fill_acts import bought, bust, correct, move
from tests.engine.firm import CL, MONDAY, TUESDAY, price

WANTED = {
    "BenefitGranted",
    "BreakCleared",
    "BreakOpened",
    "BreakResolved",
    "BreakSeenAgain",
    "CollateralReported",
    "ContractsSettled",
    "EnteredFillAllocated",
    "FillBusted",
    "FillCorrected",
    "PhaseEntered",
    "PositionTransferred",
    "SettlementCorrected",
    "SettlementPricesApproved",
    "SuspenseAssigned",
    "TradingDayClosed",
    "TradingDayOpened",
}
"""What duties bring about in a dozen seeds; refusals of all of it are counted apart."""


@pytest.mark.long
def test_duties_bring_about_everything_they_are_for():
    story = Counter()
    for seed in range(1, 13):
        world = World(seed, is_thorough=False)
        world.run()
        story += world.story
    assert {name for name in WANTED if not story[name]} == set()


def test_some_desks_have_no_duties_and_some_are_strict():
    drawn = [draw_duties(Chance(seed).fork("duties")) for seed in range(60)]
    assert any(not duties.duty_ppm for duties in drawn)
    assert any(duties.is_strict and duties.has_trading_days for duties in drawn)
    assert any(duties.has_sessions and duties.has_trading_days for duties in drawn)


def closed_on_an_order():
    """Monday is closed while an order of ALPHA works."""
    desk = trading_desk()
    order_id = desk.working("ALPHA", BUY, 2, at="20")
    desk.settle(CLM0="20")
    shut(desk)
    left = tuple(row.check for row in unmet(checklist(desk.state, "NYMEX")))
    desk.done(close_day(MONDAY, *left, reason="late", approved_by="boss"))
    return desk, order_id


def test_a_fill_of_a_closed_day_is_told_again():
    desk, order_id = closed_on_an_order()
    told = cmd.ReportFill(
        carrying_account_id="C1",
        execution_id="late",
        order_id=order_id,
        contract_id="CLM0",
        side=BUY,
        quantity_lots=2,
        price_nanos=price("20"),
    )
    notes = Notes([CL, Contract(contract_id="CLM0", product_id="CL")])
    desk.do(told)
    desk.done(open_day(TUESDAY))
    for record in desk.records:
        if type(record.command).__name__ == "ReportFill":
            notes.see(record)
    assert list(notes.late.values()) == [told]
    desk.done(told)
    notes.see(desk.records[-1])
    assert not notes.late


# -------------------------------------------------------------------------------- untouched


@pytest.mark.parametrize("mend", ["correct", "bust", "move"])
def test_a_book_that_a_correction_does_not_name_stays_as_it_is(mend):
    desk = trading_desk()
    execution = bought(desk, 3, "20")
    desk.trade("BETA", BUY, 1, "20")
    command = {
        "correct": correct(execution, 3, "21"),
        "bust": bust(execution),
        "move": move("ALPHA", "GAMMA", 1),
    }[mend]
    before_all = desk.machine.dump()
    desk.done(command)
    record = desk.records[-1]
    follower = Machine.load(before_all)
    before = books_before(follower.state, record)
    assert before is not None
    follower.apply(record)
    assert touched_by_mistake(follower.state, record, before) == []
    beta = follower.state.subs["BETA"].book
    beta.cash["USD"] += 1
    assert touched_by_mistake(follower.state, record, before) == ["BETA"]


def test_records_that_mend_nothing_are_not_compared():
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 1, "20")
    assert books_before(desk.state, desk.records[-1]) is None
