"""Envelopes and limits of exposure: what lies reserved gives way where it raises what is passed."""

import pytest

from fencang.messages import commands as cmd
from tests.engine.desk import BUY, SELL, trading_desk
from tests.engine.envelope_acts import close_envelope, endings, opened, state_of
from tests.engine.exposure_firm import WIDE_EXPOSURE, betas, exposure
from tests.engine.firm import DAY, SECOND, changed, define


@pytest.fixture
def desk():
    """One lot of CL at 20 is worth 20,000 dollars."""
    found = trading_desk()
    found.done(define(WIDE_EXPOSURE))
    return found


def test_a_share_that_does_not_bind_yet_takes_nothing_away(desk):
    """7 lots are 140,000, all of it crude; a share binds from 200,000 on, and 280,000 is nobody."""
    row = changed(WIDE_EXPOSURE, share_ppm_max=600_000, share_from_micros=200_000 * 10**6)
    desk.done(define(row))
    envelope = opened(desk, "ALPHA", BUY, 7)
    desk.mark(CLN0="21")
    assert state_of(desk, envelope) == (7, 0, 0, 7)
    desk.done(define(changed(row, share_from_micros=139_999 * 10**6)))
    assert state_of(desk, envelope) is None


def test_lots_that_only_close_raise_no_gross_value(desk):
    """Short 10 lots, 200,000: an envelope of 7 bought adds nothing and stays under 150,000."""
    desk.trade("ALPHA", SELL, 10, "20")
    envelope = opened(desk, "ALPHA", BUY, 7)
    desk.done(define(exposure("ALPHA", gross="150000")))
    assert state_of(desk, envelope) == (7, 0, 0, 7)


def test_lots_of_both_months_raise_it_beside_what_is_held(desk):
    """Over two months nobody knows which is dealt in: all 7 lots count, and give way."""
    desk.trade("ALPHA", SELL, 10, "20")
    envelope = opened(desk, "ALPHA", BUY, 7, "CL", contract_ids=("CLM0", "CLN0"))
    events = desk.done(define(exposure("ALPHA", gross="150000")))
    assert endings(events) == [(envelope, None, "limit")]


def test_a_beta_that_grows_too_old_takes_it_away_with_the_first_command_after(desk):
    """10 lots at a beta of 0.5 count 100,000, unknown at 1.5 they count 300,000 of 150,000."""
    desk.done(define(exposure("ALPHA", beta="150000")))
    desk.done(betas(desk.now_ns - DAY + 100 * SECOND, CL=500_000))
    envelope = opened(desk, "ALPHA", BUY, 10)
    assert endings(desk.done(cmd.AdvanceTime(), after_ns=50 * SECOND)) == []
    events = desk.done(cmd.AdvanceTime(), after_ns=60 * SECOND)
    assert endings(events) == [(envelope, None, "limit")]


def test_lots_filled_beyond_an_order_go_before_what_lies_reserved(desk):
    """15 lots of 300,000: 5 at work and 10 reserved; 3 more come unasked."""
    desk.done(define(exposure("ALPHA", gross="300000")))
    order_id = desk.accepted("ALPHA", BUY, 5, at="20")
    envelope = opened(desk, "ALPHA", BUY, 10)
    events = desk.fill(order_id, 8, "20")
    assert endings(events) == [(envelope, None, "position")]


def test_a_share_that_rises_because_something_else_goes_takes_it_away(desk):
    """Index 150,000, crude 160,000, from 140,000 on 60 % each: the index is sold, crude stays."""
    row = changed(WIDE_EXPOSURE, share_ppm_max=600_000, share_from_micros=140_000 * 10**6)
    desk.done(define(row))
    envelope = opened(desk, "ALPHA", BUY, 5)
    desk.trade("BETA", BUY, 1, "3000", "ESM0")
    desk.accepted("BETA", BUY, 3, at="20")
    order_id = desk.accepted("BETA", SELL, 1, "ESM0", "3000")
    assert state_of(desk, envelope) == (5, 0, 0, 5)
    events = desk.fill(order_id, 1, "3000")
    assert endings(events) == [(envelope, None, "position")]


def test_a_share_that_rises_because_an_order_ends_takes_it_away(desk):
    """The index of 150,000 only works: cancelled, crude is the whole."""
    row = changed(WIDE_EXPOSURE, share_ppm_max=600_000, share_from_micros=140_000 * 10**6)
    desk.done(define(row))
    envelope = opened(desk, "ALPHA", BUY, 5)
    order_id = desk.accepted("BETA", BUY, 1, "ESM0", "3000")
    desk.accepted("BETA", BUY, 3, at="20")
    assert state_of(desk, envelope) == (5, 0, 0, 5)
    events = desk.done(cmd.ReportOrderCancelled(order_id=order_id))
    assert endings(events) == [(envelope, None, "limit")]


def test_a_share_that_rises_because_another_envelope_is_given_back_takes_it_away(desk):
    """The same with the index reserved: whoever gives it back leaves crude alone."""
    row = changed(WIDE_EXPOSURE, share_ppm_max=600_000, share_from_micros=140_000 * 10**6)
    desk.done(define(row))
    envelope = opened(desk, "ALPHA", BUY, 5)
    other = opened(desk, "BETA", BUY, 1, "ESM0")
    desk.accepted("BETA", BUY, 3, at="20")
    assert state_of(desk, envelope) == (5, 0, 0, 5)
    events = desk.done(close_envelope(other))
    assert (envelope, None, "limit") in endings(events)


def test_a_share_that_begins_to_bind_because_the_whole_grows_takes_it_away(desk):
    """A share binds from 250,000 on: crude is 160,000, the index 150,000 makes it 310,000."""
    row = changed(WIDE_EXPOSURE, share_ppm_max=500_000, share_from_micros=250_000 * 10**6)
    desk.done(define(row))
    envelope = opened(desk, "ALPHA", BUY, 5)
    desk.accepted("BETA", BUY, 3, at="20")
    assert state_of(desk, envelope) == (5, 0, 0, 5)
    events = desk.submit("BETA", BUY, 1, "ESM0", "3000")
    assert endings(events) == [(envelope, None, "position")]


def test_a_share_that_begins_to_bind_because_another_envelope_is_opened_takes_it_away(desk):
    """The same, with the index reserved instead of ordered."""
    row = changed(WIDE_EXPOSURE, share_ppm_max=500_000, share_from_micros=250_000 * 10**6)
    desk.done(define(row))
    envelope = opened(desk, "ALPHA", BUY, 5)
    desk.accepted("BETA", BUY, 3, at="20")
    assert state_of(desk, envelope) == (5, 0, 0, 5)
    other = opened(desk, "BETA", BUY, 1, "ESM0")
    assert endings(desk.records[-1].events) == [(envelope, None, "limit")]
    assert state_of(desk, other) == (1, 0, 0, 1)
