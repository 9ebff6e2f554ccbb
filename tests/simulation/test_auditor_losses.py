"""The auditor and liquidation: an honest one is clean, an unplanned or unapproved one is told."""

from msgspec.structs import replace

from fencang.messages.events import OrderAccepted
from fencang.messages.loss_commands import ResumeLiquidation
from fencang.messages.loss_events import LiquidationPlanned
from tests.engine.desk import BUY, all_of, trading_desk
from tests.engine.firm import define
from tests.engine.loss_firm import STEPS, TERMS, WIDE_LOSSES, losses, pause, resume
from tests.simulation.forgery import asked_otherwise, forged, laws_of, left_out


def honest():
    """ALPHA is closed, paused after the first ten lots, resumed, and cured."""
    desk = trading_desk()
    desk.done(define(WIDE_LOSSES, TERMS, losses(daily="100000", **STEPS)))
    desk.trade("ALPHA", BUY, 100, "20")
    (slice_,) = all_of(desk.mark(CLM0="18.70"), OrderAccepted)
    desk.fill(slice_.order_id, 10, "18.70")
    desk.done(pause("ALPHA"))
    desk.done(resume("ALPHA"))
    desk.mark(CLM0="19.50")
    return desk.records


def test_an_honest_liquidation_is_clean():
    assert laws_of(honest()) == set()


def test_a_position_that_no_plan_names_is_not_closed_by_force():
    def other(event):
        legs = tuple(replace(leg, contract_id="CLN0") for leg in event.legs)
        return replace(event, legs=legs)

    assert "block" in laws_of(forged(honest(), LiquidationPlanned, other))
    assert "block" in laws_of(forged(honest(), LiquidationPlanned, left_out))


def test_what_may_stay_stays():
    def keeps(event):
        return replace(event, legs=tuple(replace(leg, kept_lots=95) for leg in event.legs))

    assert "block" in laws_of(forged(honest(), LiquidationPlanned, keeps))


def test_resuming_on_one_persons_word_is_told():
    assert "second person" in laws_of(asked_otherwise(honest(), ResumeLiquidation, approved_by=""))
