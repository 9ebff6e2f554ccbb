"""Duties to report arise at settlements from what is held, and end when it is less."""

from fencang.messages.regime_events import ReportDutyArisen, ReportDutyEnded
from fencang.refdata.regime import LimitBucket
from tests.engine.desk import BUY, SELL
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, define, limit
from tests.engine.regime_firm import regime_limit, use_regimes


def of_kind(events, *kinds):
    return [event for event in events if isinstance(event, kinds)]


def told(events):
    return [
        (type(event).__name__, event.month, event.side)
        for event in of_kind(events, ReportDutyArisen, ReportDutyEnded)
    ]


def test_a_duty_arises_at_the_level_and_ends_below_it(desk):
    desk.done(define(limit("MASTER", "*", 10_000)))
    use_regimes(desk)
    desk.trade("ALPHA", BUY, 15, "20")
    desk.trade("BETA", BUY, 9, "20")
    desk.accepted("GAMMA", BUY, 20, at="19")
    assert told(desk.settle(CLM0="20")) == []
    desk.next_day(TUESDAY)
    desk.trade("BETA", BUY, 1, "20")
    events = desk.settle(TUESDAY, CLM0="20")
    (arisen,) = of_kind(events, ReportDutyArisen)
    assert (arisen.month, arisen.side, arisen.level_lots, arisen.held_lots) == (
        "2020-06",
        "long",
        25,
        25,
    )
    assert (arisen.report_kind, arisen.persons_id, arisen.due_days) == ("large trader", "CLIENT", 1)
    desk.next_day(WEDNESDAY)
    desk.trade("BETA", SELL, 1, "20")
    assert told(desk.settle(WEDNESDAY, CLM0="20")) == [("ReportDutyEnded", "2020-06", "long")]


def test_limits_change_no_report(desk):
    """However wide or narrow the limits, the same lots are to be reported."""
    desk.done(define(limit("MASTER", "*", 10_000)))
    use_regimes(desk)
    desk.trade("ALPHA", BUY, 30, "20")
    desk.done(define(regime_limit(1), regime_limit(1, bucket=LimitBucket.SINGLE_MONTH)))
    assert told(desk.settle(MONDAY, CLM0="20")) == [("ReportDutyArisen", "2020-06", "long")]


def test_one_side_each_and_what_a_client_holds_counts_where_one_decides(desk):
    desk.done(define(limit("MASTER", "*", 10_000)))
    desk.fund("CLIENT1", "1000000", owner="CLIENT", account="OMNI")
    use_regimes(desk)
    desk.trade("ALPHA", BUY, 20, "20")
    desk.trade("CLIENT1", BUY, 5, "20")
    desk.trade("GAMMA", SELL, 25, "20", "CLN0")
    assert told(desk.settle(MONDAY, CLM0="20", CLN0="20")) == [
        ("ReportDutyArisen", "2020-06", "long"),
        ("ReportDutyArisen", "2020-07", "short"),
    ]
