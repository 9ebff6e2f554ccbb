"""Which events are told, in which words; every event is decided about."""

import re

import pytest

from fencang.gateways.alerts.alert import (
    SUBJECT_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    WORDS_LENGTH_MAX,
    Severity,
    plain,
)
from fencang.gateways.alerts.kinds import KINDS, NOTICES, SILENT, AlertTable
from fencang.messages.commands import AdvanceTime
from fencang.messages.connection_commands import StopAction
from fencang.messages.connection_events import TradingStopped, VenueLinkReported
from fencang.messages.events import EVENT_TYPES, OperatorCalled, OverGrantedChanged
from fencang.messages.limit_events import LimitWarned
from fencang.messages.loss_events import LiquidationSuspended, Suspension
from fencang.messages.reasons import Reason
from fencang.messages.record import Record
from tests.docs.documents import ROOT
from tests.messages.test_golden_records import labelled_samples

TIME_NS = 1_764_158_400_000_000_000


def alerts(*events, **terms):
    return AlertTable(**terms).alerts_of(Record(7, TIME_NS, 1, AdvanceTime(), events))


def limit_warned(level_ppm):
    return LimitWarned(
        control="position limit",
        reason=Reason.POSITION_LIMIT,
        node_id="ALPHA",
        scope_id="ES",
        side="long",
        level_ppm=level_ppm,
        limit=100,
        value=level_ppm // 10_000,
    )


def test_every_event_is_told_or_is_said_to_be_silent():
    """A new event has to be decided about: a line in KINDS, or its name in SILENT."""
    names = [each.__name__ for each in EVENT_TYPES]
    assert [each for each in names if each not in KINDS and each not in SILENT] == []
    assert [each for each in KINDS if each in SILENT or each not in names] == []
    assert not KINDS.keys() & NOTICES.keys()


def samples_of_kinds():
    found = {}
    for sample in labelled_samples().values():
        if type(sample).__name__ in KINDS:
            found.setdefault(type(sample).__name__, sample)
    return found


def test_samples_cover_every_kind():
    assert samples_of_kinds().keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_tells_one_bounded_line_and_a_page_that_exists(kind):
    told = alerts(samples_of_kinds()[kind])
    assert len(told) <= 1
    for alert in told:
        assert alert.kind == kind
        assert alert.severity <= KINDS[kind].severity
        assert alert.source == "record 7.0"
        for text, length_max in (
            (alert.title, TITLE_LENGTH_MAX),
            (alert.subject, SUBJECT_LENGTH_MAX),
            (alert.words, WORDS_LENGTH_MAX),
        ):
            assert 0 < len(text) <= length_max
            assert text.isprintable()


def headings(page):
    text = (ROOT / "docs" / "guide" / page).read_text(encoding="utf-8")
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("kind", [*KINDS, *NOTICES])
def test_runbooks_are_pages_and_headings_of_the_guide(kind):
    page, mark, anchor = (KINDS.get(kind) or NOTICES[kind]).runbook.partition("#")
    assert not mark or anchor in headings(page)
    assert headings(page)


def test_limit_warnings_begin_at_the_stated_level():
    assert alerts(limit_warned(500_000)) == []
    assert len(alerts(limit_warned(800_000))) == 1
    assert len(alerts(limit_warned(500_000), limit_level_ppm=500_000)) == 1


def test_each_level_of_a_limit_is_a_cause_of_its_own():
    first, second = alerts(limit_warned(800_000), limit_warned(1_000_000))
    assert first.cause != second.cause
    assert "100 %" in second.words


def call(detail, subject="order 7"):
    return OperatorCalled(subject=subject, detail=detail)


def test_a_call_for_another_reason_is_another_cause():
    first, again, other, elsewhere = alerts(
        call("3 lots in suspense"),
        call("12 lots in suspense"),
        call("the venue denies it"),
        call("3 lots in suspense", "order 8"),
    )
    assert first.cause == again.cause, "numbers alone make no other cause"
    assert len({first.cause, other.cause, elsewhere.cause}) == 3


def test_a_suspension_is_one_cause_until_it_has_another():
    first, again, other = alerts(
        *(
            LiquidationSuspended(
                node_id="MASTER", cause=cause, subject="FIRM", what=what, before=1, after=2
            )
            for cause, what in (
                (Suspension.MARGIN_JUMP, "prices"),
                (Suspension.MARGIN_JUMP, "a file"),
                (Suspension.PAUSED, "risk"),
            )
        )
    )
    assert first.cause == again.cause != other.cause


def test_what_ends_well_is_information_whatever_the_desk_says_of_its_kind():
    over = OverGrantedChanged(owner_id="FIRM", is_over_granted=True, uncovered_micros=5_000_000)
    fine = OverGrantedChanged(owner_id="FIRM", is_over_granted=False, uncovered_micros=0)
    raised = {"OverGrantedChanged": Severity.WARNING}
    assert [alert.severity for alert in alerts(over, fine)] == [
        Severity.CRITICAL,
        Severity.INFORMATION,
    ]
    assert [alert.severity for alert in alerts(over, fine, severities=raised)] == [
        Severity.WARNING,
        Severity.INFORMATION,
    ]


def test_a_link_that_comes_up_is_not_told():
    assert alerts(VenueLinkReported(carrying_account_id="C", venue_id="V", is_up=True)) == []
    assert len(alerts(VenueLinkReported(carrying_account_id="C", venue_id="V", is_up=False))) == 1


def test_the_words_of_strangers_are_one_harmless_line():
    stop = TradingStopped(
        node_id="ALPHA",
        action=StopAction.HALT,
        orders=3,
        reason="now\r\nBcc: all@example.com\x1b[31m\u202e" + "x" * 5_000,
        entered_by="risk",
    )
    (alert,) = alerts(stop)
    assert "\n" not in alert.words
    assert "\x1b" not in alert.words
    assert "\u202e" not in alert.words
    assert len(alert.words) == WORDS_LENGTH_MAX
    assert plain("\ud800", 5) == ""
