"""Whom an alert reaches, and when."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.gateways.alerts.alert import Severity
from fencang.gateways.alerts.kinds import AlertTable
from fencang.gateways.alerts.routes import QuietHours, Route, Routing, quiet_until_ns

NIGHT = QuietHours(22 * 60, 7 * 60, "Europe/Berlin")
LUNCH = QuietHours(12 * 60, 13 * 60, "UTC")


def ns(text):
    return int(datetime.fromisoformat(text).timestamp()) * SECOND_NS


def text(time_ns):
    return datetime.fromtimestamp(time_ns // SECOND_NS, UTC).isoformat()


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (NIGHT, "2026-01-10T20:59:59+00:00", "2026-01-10T20:59:59+00:00"),
        (NIGHT, "2026-01-10T21:00:00+00:00", "2026-01-11T06:00:00+00:00"),
        (NIGHT, "2026-01-11T05:59:59+00:00", "2026-01-11T06:00:00+00:00"),
        (NIGHT, "2026-01-11T06:00:00+00:00", "2026-01-11T06:00:00+00:00"),
        # the clock goes forward in this night: it is an hour shorter
        (NIGHT, "2026-03-28T21:30:00+00:00", "2026-03-29T05:00:00+00:00"),
        (NIGHT, "2026-10-24T20:30:00+00:00", "2026-10-25T06:00:00+00:00"),
        (LUNCH, "2026-01-11T12:30:00+00:00", "2026-01-11T13:00:00+00:00"),
        (LUNCH, "2026-01-11T13:00:00+00:00", "2026-01-11T13:00:00+00:00"),
        (QuietHours(0, 24 * 60, "UTC"), "2026-01-11T13:00:00+00:00", "2026-01-12T00:00:00+00:00"),
    ],
)
def test_quiet_hours_end_by_the_wall_clock(quiet, now, until):
    assert text(quiet_until_ns(quiet, ns(now))) == until


@given(
    st.integers(0, 1440),
    st.integers(0, 1440),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai"]),
    st.integers(1_600_000_000, 2_000_000_000),
)
def test_quiet_hours_never_end_before_now_nor_a_day_and_an_hour_later(first, last, zone, second):
    now_ns = second * SECOND_NS
    until_ns = quiet_until_ns(QuietHours(first, last, zone), now_ns)
    assert now_ns <= until_ns <= now_ns + DAY_NS + 3_600 * SECOND_NS


@given(st.integers(0, 1440), st.integers(0, 1440), st.integers(1_600_000_000, 2_000_000_000))
def test_what_is_critical_is_never_held_back(first, last, second):
    route = Route("r", ("desk",), quiet=QuietHours(first, last, "UTC"))
    assert route.due_ns(Severity.CRITICAL, second * SECOND_NS) == second * SECOND_NS


def test_the_first_route_that_fits_takes_an_alert():
    routing = Routing(
        [
            Route("losses", ("risk",), kinds=("LossLimitReached",)),
            Route("bad", ("desk",), severity_min=Severity.WARNING),
        ]
    )
    assert routing.route_of("LossLimitReached", Severity.INFORMATION).route_id == "losses"
    assert routing.route_of("RuleFired", Severity.WARNING).route_id == "bad"
    assert routing.route_of("RuleFired", Severity.INFORMATION) is None


def faults(*routes):
    routing = Routing(routes)
    return [words for _, _, words in routing.faults(("desk",), AlertTable().highest_of_all())]


def test_every_fault_of_routes_is_found_at_once():
    found = faults(
        Route("a", ("nobody", "desk"), kinds=("NoSuchThing",)),
        Route("b", ("desk",), kinds=("RuleFired",), escalate_ns=1, escalate_to="c"),
        Route("c", ("desk",), kinds=("RuleFired",), escalate_ns=1, escalate_to="b"),
        Route("d", ("desk",), kinds=("RuleFired",), escalate_to="a"),
        Route("e", ("desk",), kinds=("RuleFired",), escalate_ns=1, escalate_to="z"),
    )
    assert found[0] == '"nobody" is no channel'
    assert found[1] == '"NoSuchThing" is no kind of alert'
    assert sum("goes round" in words for words in found) == 2
    assert "needs escalate_after, and the other way round" in found
    assert '"z" is no route' in found
    assert "no route takes OperatorCalled, which may be critical" in found


def test_two_routes_of_one_name_are_a_fault():
    assert '"a" names two routes' in faults(Route("a", ("desk",)), Route("a", ("desk",)))


def test_a_route_for_everything_has_no_fault():
    assert faults(Route("all", ("desk",))) == []
