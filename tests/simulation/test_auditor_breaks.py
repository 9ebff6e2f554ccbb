"""The auditor follows every break through its life, and sees one that is told falsely."""

import pytest
from msgspec.structs import replace

from fencang.messages.reconciliation_commands import Resolution, ResolveBreak
from fencang.messages.reconciliation_events import (
    BreakAssigned,
    BreakCleared,
    BreakOpened,
    BreakResolved,
    BreakSeenAgain,
    ReconciliationReported,
)
from tests.engine.desk import trading_desk
from tests.engine.firm import TUESDAY
from tests.engine.reconciliation_acts import assign_break, break_id, found, report, resolve
from tests.simulation.forgery import asked_otherwise, forged, laws_of, left_out


def life_of_breaks():
    """CLM0 is explained with what follows from it, ESM0 booked, x cleared, CLM0 differs anew."""
    desk = trading_desk()
    follows = found("fee", cause_id=break_id("CLM0"))
    desk.done(report(found(), follows, found("ESM0"), found("x")))
    desk.done(assign_break())
    desk.done(report(found(), follows, found("ESM0")))
    desk.done(resolve())
    booked = desk.machine.state.sequence
    desk.done(resolve("ESM0", Resolution.BOOKED, booked))
    desk.done(report(found()))
    desk.done(report(found(ours=5)))
    return desk.records


def test_an_honest_life_breaks_no_law():
    assert laws_of(life_of_breaks()) == set()


@pytest.mark.parametrize(
    ("kind", "place", "forge"),
    [
        (ReconciliationReported, 0, lambda e: replace(e, at_sequence=999)),
        (ReconciliationReported, 0, lambda e: replace(e, trading_day=TUESDAY)),
        (BreakOpened, 0, lambda e: replace(e, is_reopened=True)),
        (BreakOpened, 0, left_out),
        (BreakOpened, 0, lambda e: replace(e, found=found("other"))),
        (BreakOpened, 4, lambda e: replace(e, is_reopened=False)),
        (BreakOpened, 4, lambda e: replace(e, found=found())),
        (BreakSeenAgain, 0, lambda e: replace(e, is_resolved=True)),
        (BreakSeenAgain, 0, lambda e: replace(e, found=found("other"))),
        (BreakSeenAgain, 3, lambda e: replace(e, found=found(ours=9))),
        (BreakCleared, 0, left_out),
        (BreakCleared, 0, lambda e: replace(e, break_id=break_id("ESM0"))),
        (BreakAssigned, 0, lambda e: replace(e, break_id=break_id("other"))),
        (BreakResolved, 0, lambda e: replace(e, break_id=break_id("other"))),
        (BreakResolved, 0, lambda e: replace(e, reason=" ")),
        (BreakResolved, 0, lambda e: replace(e, booked_sequence=3)),
        (BreakResolved, 1, left_out),
        (BreakResolved, 1, lambda e: replace(e, break_id=break_id("ESM0"))),
        (BreakResolved, 2, lambda e: replace(e, booked_sequence=1)),
    ],
)
def test_a_break_that_is_told_falsely_is_found(kind, place, forge):
    assert "break" in laws_of(forged(life_of_breaks(), kind, forge, place))


def test_a_break_that_one_person_resolved_is_found():
    told = forged(life_of_breaks(), BreakResolved, lambda e: replace(e, approved_by="ops"))
    assert laws_of(told) == {"second person"}
    alone = asked_otherwise(life_of_breaks(), ResolveBreak, approved_by="")
    assert laws_of(alone) == {"second person"}
