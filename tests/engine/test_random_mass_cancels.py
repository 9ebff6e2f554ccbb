"""A careless office that cancels much and may ask few orders at once: all laws hold."""

import pytest

from fencang.messages.cancel_events import MassCancelAccepted, MassCancelContinued
from fencang.messages.instruction_events import InstructionCancelled
from tests.engine.cancel_acts import bounded
from tests.engine.random_desk import Office
from tests.engine.random_tiers import TierOffice
from tests.seeds import seeds

STEPS = 250
KINDS = ("", "", "order", "order", "order", "cancels")


def live(seed, kind=Office):
    office = kind(seed)
    for _ in range(STEPS):
        office.step(only=office.chance.choice(KINDS))
    return office, [event for record in office.desk.records for event in record.events]


@pytest.mark.parametrize("seed", seeds(3, of=5))
def test_mass_cancels_go_on_through_whatever_happens(seed):
    with bounded(1 + seed % 2, going_on=1 + seed % 4):
        office, told = live(seed)
    begun = {
        each.mass_cancel_id
        for each in told
        if isinstance(each, MassCancelAccepted) and each.left_orders
    }
    went_on = [each for each in told if isinstance(each, MassCancelContinued)]
    ended = {each.mass_cancel_id for each in went_on if not each.left_orders}
    assert ended
    assert {each.mass_cancel_id for each in went_on} <= begun
    assert begun - ended == {*office.desk.state.risk.mass_cancels.going_on}


def test_orders_that_wait_for_their_day_are_taken_back_among_them():
    _, told = live(2, TierOffice)
    assert any(isinstance(each, InstructionCancelled) for each in told)
