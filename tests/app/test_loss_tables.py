"""Loss limits and liquidation in a desk file."""

import pytest

from fencang.app.desk.file import DeskFileFault
from fencang.refdata.loss_limit import PeakOf
from tests.app.test_regime_tables import with_tables

LOSSES = """
[[loss_limit]]
node = "MASTER"
daily_loss = 5_000_000
daily_loss_share = "2 %"
drawdown_share = "3 %"
peak_of = "ever"
velocity = 1_000_000
velocity_in = "30 s"
margin_use = "100 %"
stop = "80 %"
cancel = "100 %"
liquidate = "120 %"
cured = "90 %"
keep = "25 %"
resumes_next_day = true
"""
TERMS = """
[[liquidation]]
node = "MASTER"
lots = 20
per = "1 min"
volume_share = "10 %"
day_lots = 2_000
day_value = 100_000_000
jump = "50 %"
jump_value = 100_000
mark_jump = "7 %"
mark_jump_ticks = 40
price_age = "30 s"
rounds = 5
"""


def test_loss_limits_are_read_in_human_units():
    row = with_tables(LOSSES + TERMS).risk_rows[0].item
    assert (row.daily_loss_micros, row.daily_loss_ppm) == (5_000_000 * 10**6, 20_000)
    assert (row.drawdown_micros, row.drawdown_ppm, row.peak_of) == (None, 30_000, PeakOf.EVER)
    assert (row.velocity_micros, row.velocity_ns) == (1_000_000 * 10**6, 30 * 10**9)
    assert (row.stop_ppm, row.cancel_ppm, row.liquidate_ppm) == (800_000, 1_000_000, 1_200_000)
    assert (row.margin_use_ppm, row.cured_ppm, row.keep_ppm) == (1_000_000, 900_000, 250_000)
    assert row.resumes_next_day is True


def test_terms_of_liquidation_are_read_in_human_units():
    terms = with_tables(LOSSES + TERMS).risk_rows[1].item
    assert (terms.interval_lots_max, terms.interval_ns, terms.volume_ppm) == (
        20,
        60 * 10**9,
        100_000,
    )
    assert (terms.day_lots_max, terms.day_micros_max) == (2_000, 100_000_000 * 10**6)
    assert (terms.jump_ppm, terms.jump_micros) == (500_000, 100_000 * 10**6)
    assert (terms.mark_jump_ppm, terms.mark_jump_ticks) == (70_000, 40)
    assert (terms.price_age_ns_max, terms.rounds_max) == (30 * 10**9, 5)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (LOSSES, "loss_limit[0].liquidate: needs terms"),
        (LOSSES.replace("velocity = 1_000_000\n", "") + TERMS, "nothing is unset at the root"),
        (LOSSES.replace('"MASTER"', '"ALPHA"') + TERMS, "the master account has none"),
        (LOSSES.replace('"MASTER"', '"venue:NOWHERE"') + TERMS, "is no account of this desk"),
        (LOSSES.replace('"80 %"', '"110 %"') + TERMS, "before stop"),
        (LOSSES.replace('"80 %"', '"1100 %"') + TERMS, "loss_limit[0]"),
        (LOSSES + TERMS.replace('"MASTER"', '"person:FUND"'), "liquidation has one set of terms"),
        (LOSSES + TERMS.replace("lots = 20\n", ""), "liquidation[0].lots"),
    ],
)
def test_faults_of_loss_limits_are_named(tables, words):
    with pytest.raises(DeskFileFault) as caught:
        with_tables(tables)
    assert words in "\n".join(map(str, caught.value.faults))
