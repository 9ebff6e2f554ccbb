"""Loss limits over values: what they come to, and that exactly at one is within it."""

import pytest

from fencang.engine.risk.losses import LossWindow
from fencang.limits.losses import (
    LossAmounts,
    LossFigures,
    amounts_of,
    is_beyond,
    loss_refusal,
    mark_jumps,
    room_lots,
)
from fencang.messages.reasons import Reason
from fencang.refdata.loss_limit import LossLimit

NONE = LossAmounts(None, None, None)


@pytest.mark.parametrize(
    ("micros", "ppm", "equity", "limit"),
    [
        (None, None, 1_000, None),
        (500, None, 1_000, 500),
        (None, 100_000, 1_000, 100),
        (500, 100_000, 1_000, 100),
        (50, 100_000, 1_000, 50),
        (None, 100_000, -1_000, 0),  # who has less than nothing may lose nothing
    ],
)
def test_of_an_amount_and_a_share_the_lesser_counts(micros, ppm, equity, limit):
    row = LossLimit(node_id="A", daily_loss_micros=micros, daily_loss_ppm=ppm)
    assert amounts_of(row, equity).daily_loss == limit


def test_exactly_at_a_share_is_within_it_and_one_micro_more_is_beyond():
    assert not is_beyond(80_000, 100_000, 800_000)
    assert is_beyond(80_001, 100_000, 800_000)
    assert not is_beyond(0, 0, 800_000)
    assert is_beyond(1, 0, 800_000)


@pytest.mark.parametrize(
    ("amounts", "reason", "value"),
    [
        (NONE._replace(daily_loss=100), Reason.DAILY_LOSS, 101),
        (NONE._replace(drawdown=150), Reason.DRAWDOWN, 151),
        (NONE._replace(velocity=120), Reason.LOSS_VELOCITY, 121),
    ],
)
def test_a_loss_is_refused_one_micro_beyond_its_limit(amounts, reason, value):
    now = 1_000
    figures = LossFigures(now=now, start=now + 101, peak=now + 151, highest=now + 121)
    refusal = loss_refusal("A", amounts, figures)
    assert (refusal[0], refusal[1], refusal[3]) == (reason, "A", value)
    assert loss_refusal("A", amounts, figures._replace(now=now + 1)) is None


def test_a_window_keeps_the_highest_level_that_is_young_enough():
    window = LossWindow()
    for time_ns, level in ((0, 100), (320, 90), (640, 95), (960, 70)):
        window.add(time_ns, 3_200, level)
    assert window.highest(960, 3_200, 70) == 100
    assert window.highest(3_200, 3_200, 70) == 100
    assert window.highest(3_500, 3_200, 70) == 95
    assert window.highest(9_000, 3_200, 70) == 70


def test_a_window_is_never_shorter_than_stated_and_keeps_few_levels():
    window, window_ns = LossWindow(), 60_000
    for time_ns in range(0, 600_000, 7):
        window.add(time_ns, window_ns, -time_ns)  # falls all the time
        assert len(window.highs) <= 34
        oldest = max(0, time_ns - window_ns)
        assert window.highest(time_ns, window_ns, -time_ns) >= -(oldest + 7)


@pytest.mark.parametrize(
    ("before", "after", "jumps"),
    [
        (20_000, 18_000, False),
        (20_000, 17_999, True),
        (-20_000, -22_000, False),
        (-20_000, -22_001, True),
        (0, 50, False),  # ticks hold around zero
        (0, -51, True),
    ],
)
def test_a_mark_jumps_beyond_its_share_and_ticks_at_any_price(before, after, jumps):
    assert mark_jumps(before, after, tick_nanos=10, jump_ppm=100_000, jump_ticks=5) is jumps


def test_room_is_the_least_bound_and_never_below_zero():
    assert room_lots(50, 10, 30) == 10
    assert room_lots(5, 10, 30) == 5
    assert room_lots(5, 10, -3) == 0
