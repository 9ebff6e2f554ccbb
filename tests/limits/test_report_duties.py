"""Reporting arises from positions: at the level, each side, each month, however they came about."""

from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.regimes.duties import report_duties
from fencang.refdata.regime import Netting, ReportThreshold
from tests.limits.regime_book import BEGIN, DAY, holding, regime


def threshold(lots=150, **more):
    values = {
        "threshold_id": "WHEAT-REPORT",
        "regime_id": "US",
        "group_id": "WHEAT",
        "report_kind": "large trader",
        "from_day": BEGIN,
        "quantity_lots_min": lots,
        "source": "17 CFR 15.03(b)",
        "confirmed": True,
    }
    return ReportThreshold(**(values | more))


def duties(*held, **more):
    return report_duties(regime(), [threshold(**more)], held, DAY)


def test_at_the_level_and_not_below():
    assert not duties(holding(long=149))
    (duty,) = duties(holding(long=150))
    assert (duty.month, duty.side, duty.level_lots) == ("2026-05", "long", 150)


def test_each_side_and_month_alone():
    held = holding(long=150, short=150), holding(short=100, month="2026-07")
    assert [(each.month, each.side) for each in duties(*held)] == [
        ("2026-05", "long"),
        ("2026-05", "short"),
    ]
    assert [(each.month, each.side) for each in duties(*held, each_month=False)] == [
        ("", "long"),
        ("", "short"),
    ]


def test_a_contract_without_a_month_is_a_month_of_its_own():
    """Each month alone: what has no month does not take the others in."""
    held = holding(long=150), holding(long=60, month="")
    assert [each.month for each in duties(*held)] == ["2026-05"]


def test_working_orders_are_no_positions():
    assert not duties(holding(long=149, buying_lots=500, opening_buy_lots=500))


def test_an_option_of_unknown_delta_counts_in_full():
    assert duties(holding(long=150, delta_ppm=None))


@given(
    lots=st.integers(0, 400),
    parts=st.integers(1, 5),
    netting=st.sampled_from(Netting),
)
def test_reports_are_the_same_however_a_trade_is_routed(lots, parts, netting):
    each, rest = divmod(lots, parts)
    split = [holding(f"M{n}", long=each + (rest if n == 0 else 0)) for n in range(parts)]
    one = report_duties(regime(netting), [threshold()], [holding(long=lots)], DAY)
    assert report_duties(regime(netting), [threshold()], split, DAY) == one
