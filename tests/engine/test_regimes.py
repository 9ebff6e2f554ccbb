"""Position limits of jurisdictions before every order: of persons, on the worst case."""

import pytest
from msgspec.structs import replace

from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.proposal_events import ExcessRefused
from fencang.messages.reasons import Reason
from fencang.messages.regime_events import LimitNotice, LimitNoticeKind
from fencang.refdata.regime import LimitBucket, LimitStep, RegimeVenue
from fencang.refdata.ties import ControlBasis, ControlEdge, OwnershipEdge
from tests.engine.desk import BUY, CLOSE, OPEN, SELL, only
from tests.engine.firm import FIRM, MONDAY, TUESDAY, WEDNESDAY, changed, define, limit, sub_account
from tests.engine.regime_firm import (
    BEGIN,
    END,
    exemption,
    group,
    regime,
    regime_limit,
    use_regimes,
)

CU = {"contract": "CU06", "at": "40000"}


@pytest.fixture
def lawful(desk):
    desk.done(define(limit("MASTER", "*", 10_000)))
    desk.fund("CLIENT1", "1000000", owner="CLIENT", account="OMNI")
    return use_regimes(desk)


def refusal(events, reason=Reason.REGIME_LIMIT):
    found, *told = events
    assert isinstance(found, OrderRejected), found
    beyond = [ExcessRefused] if reason is Reason.REGIME_LIMIT else []
    assert [type(event) for event in told] == beyond
    assert found.reason is reason, found
    return found


def test_exactly_at_the_limit_passes_and_one_lot_more_says_what_would(lawful):
    lawful.accepted("ALPHA", BUY, 30, at="20")
    found = refusal(lawful.submit("BETA", BUY, 31, at="20"))
    assert (found.node_id, found.limit, found.value) == ("US-CL-single_month", 60, 61)
    assert found.detail == (
        "US: 61 lots long exceed the 60 of US-CL-single_month for CLIENT and whoever counts as "
        "one with it; 30 lots would pass"
    )
    lawful.accepted("BETA", BUY, 30, at="20")
    refusal(lawful.submit("GAMMA", BUY, 1, at="20"))


def test_other_months_have_room_until_all_months_are_full(lawful):
    lawful.accepted("ALPHA", BUY, 60, at="20")
    lawful.accepted("ALPHA", BUY, 40, "CLN0", at="20")
    assert refusal(lawful.submit("ALPHA", BUY, 1, "CLN0", at="20")).limit == 100


def test_an_account_elsewhere_adds_no_room(lawful):
    """The owner's lots at another broker, and a client whose orders the desk decides, count."""
    lawful.accepted("ALPHA", BUY, 40, at="20")
    there = refusal(lawful.submit("CLIENT1", BUY, 21, at="20"))
    assert there.value == 61
    lawful.accepted("CLIENT1", BUY, 20, at="20")


def test_a_client_who_decides_alone_has_limits_of_its_own(lawful):
    old = lawful.state.subs["CLIENT1"].definition
    lawful.done(define(replace(old, controller_id="CLIENT")))
    lawful.accepted("ALPHA", BUY, 60, at="20")
    lawful.accepted("CLIENT1", BUY, 60, at="20")
    refusal(lawful.submit("CLIENT1", BUY, 1, at="20"))


def test_ties_join_at_once(lawful):
    old = lawful.state.subs["CLIENT1"].definition
    lawful.done(define(replace(old, controller_id="CLIENT")))
    lawful.accepted("ALPHA", BUY, 60, at="20")
    owns = OwnershipEdge(
        owner_id="FUND", owned_id="CLIENT", share_ppm=100_000, valid_from=BEGIN, evidence="register"
    )
    lawful.done(define(owns))
    refusal(lawful.submit("CLIENT1", BUY, 1, at="20"))


def test_reducing_gets_out_and_the_other_leg_is_held_to_the_limit(lawful):
    lawful.trade("ALPHA", BUY, 60, "20")
    lawful.trade("BETA", SELL, 50, "20")
    lawful.trade("GAMMA", BUY, 50, "20")
    assert lawful.submit("ALPHA", SELL, 60, at="20")[0].is_reducing
    found = refusal(lawful.submit("BETA", BUY, 1, at="20"))
    assert found.value == 61


def test_accountability_is_told_once_a_day(lawful):
    lawful.accepted("ALPHA", BUY, 60, at="20")
    first = lawful.submit("ALPHA", BUY, 21, "CLN0", at="20")
    notice = only(first, LimitNotice)
    assert (notice.kind, notice.limit_id) == (LimitNoticeKind.ACCOUNTABILITY, "US-CL-ASK")
    assert (notice.quantity_lots_max, notice.worst_case_lots, notice.side) == (80, 81, "long")
    again = lawful.submit("ALPHA", BUY, 1, "CLN0", at="20")
    assert [type(event) for event in again if isinstance(event, LimitNotice)] == []
    lawful.settle(CLM0="20", CLN0="20")
    lawful.next_day(TUESDAY)
    assert only(lawful.submit("ALPHA", BUY, 1, "CLN0", at="20"), LimitNotice)


def test_an_exemption_lets_its_person_further_and_says_so(lawful):
    lawful.done(define(exemption(90)))
    lawful.accepted("ALPHA", BUY, 60, at="20")
    notices = [
        event
        for event in lawful.submit("ALPHA", BUY, 30, at="20")
        if isinstance(event, LimitNotice)
    ]
    assert [(each.kind, each.limit_id, each.exemption_id) for each in notices] == [
        (LimitNoticeKind.ACCOUNTABILITY, "US-CL-ASK", ""),
        (LimitNoticeKind.EXEMPTION, "US-CL-single_month", "HEDGE"),
    ]
    assert refusal(lawful.submit("ALPHA", BUY, 1, at="20")).limit == 60
    assert refusal(lawful.submit("CLIENT1", BUY, 1, at="20")).limit == 60


def test_a_mini_counts_a_fifth(lawful):
    lawful.done(define(regime_limit(2, "SP")))
    lawful.accepted("ALPHA", BUY, 10, "ESM0", at="2800")
    found = refusal(lawful.submit("ALPHA", BUY, 1, "ESM0", at="2800"))
    assert (found.limit, found.value) == (2, 3)
    assert "2.2 lots long" in found.detail


def test_sides_of_shanghai_do_not_offset(lawful):
    lawful.trade("ALPHA", BUY, 50, "40000", "CU06", OPEN)
    lawful.trade("BETA", SELL, 50, "40000", "CU06", OPEN)
    refusal(lawful.submit("GAMMA", SELL, 1, offset=OPEN, **CU))
    refusal(lawful.submit("GAMMA", BUY, 1, offset=OPEN, **CU))
    lawful.accepted("ALPHA", SELL, 50, offset=CLOSE, **CU)


def test_a_spot_month_steps_down_on_its_day(desk):
    steps = (LimitStep(TUESDAY, 20), LimitStep(WEDNESDAY, 10))
    use_regimes(desk, regime_limit(20, bucket=LimitBucket.SPOT, month="2020-06", steps=steps))
    desk.trade("ALPHA", BUY, 15, "20")
    for before, day in ((MONDAY, TUESDAY), (TUESDAY, WEDNESDAY)):
        desk.settle(before, CLM0="20")
        desk.next_day(day)
        events = desk.submit("ALPHA", BUY, 1, at="20")
        if day == TUESDAY:
            assert isinstance(events[0], OrderAccepted)
            desk.cancelled(events[0].order_id)
        else:
            found = refusal(events)
            assert (found.node_id, found.limit, found.value) == ("US-CL-spot2020-06", 10, 16)


@pytest.mark.parametrize(
    ("faulty", "words"),
    [
        (regime_limit(100, confirmed=False), "limit US-CL-all_months was not confirmed"),
        (replace(group("CL"), confirmed=False), "group CL was not confirmed"),
        (regime(valid_to=MONDAY), "US 2019 says nothing of 2020-04-21"),
    ],
)
def test_what_is_not_known_opens_nothing_and_lets_out(desk, faulty, words):
    use_regimes(desk)
    desk.trade("ALPHA", BUY, 5, "20")
    desk.done(define(faulty))
    desk.settle(CLM0="20")
    desk.next_day(TUESDAY)
    assert words in refusal(desk.submit("ALPHA", BUY, 1, at="20"), Reason.REGIME_UNKNOWN).detail
    desk.accepted("ALPHA", SELL, 5, at="20")


def test_a_contract_that_nobody_looked_up_is_not_opened(desk):
    use_regimes(desk, RegimeVenue(regime_id="US", venue_id="OSE"))
    found = refusal(desk.submit("ALPHA", BUY, 1, "NKM0", at="20000"), Reason.REGIME_UNKNOWN)
    assert found.detail == "NKM0 stands in no contract group of US"


def test_a_replacement_is_asked_like_an_order(lawful):
    order_id = lawful.working("ALPHA", BUY, 30, at="20")
    lawful.working("BETA", BUY, 30, at="20")
    events = lawful.replace(order_id, 31)
    assert events[0].reason is Reason.REGIME_LIMIT
    lawful.cancelled(order_id)
    lawful.accepted("ALPHA", BUY, 30, at="20")


FAULTS = [
    (exemption(50, evidence=""), "evidence is empty"),
    (exemption(50, valid_to=BEGIN), "is past its date"),
    (exemption(50, person="NOBODY"), "no person NOBODY"),
    (exemption(50, group_id="ZINC"), "US has no contract group ZINC"),
    (regime_limit(70, limit_id="OTHER"), "contradicts US-CL-all_months"),
    (regime_limit(70, bucket=LimitBucket.SPOT, limit_id="S"), "a spot limit names its month"),
    (
        ControlEdge(
            controller_id="FUND",
            controlled_id="FUND",
            basis=ControlBasis.MANDATE,
            valid_from=BEGIN,
            evidence="x",
        ),
        "FUND is tied to itself",
    ),
    (regime(valid_from=END, valid_to=BEGIN), "lies before valid_from"),
]


@pytest.mark.parametrize(("item", "words"), FAULTS)
def test_faults_of_definitions_are_listed_and_the_old_stays(lawful, item, words):
    before = lawful.machine.state.regimes.all()
    found = lawful.refused(define(item), Reason.FAULTY_DEFINITION)
    assert words in found.detail
    assert lawful.machine.state.regimes.all() == before


def test_all_faults_are_listed_at_once(lawful):
    found = lawful.refused(
        define(*(item for item, _ in FAULTS[:3] if item.person_id != "NOBODY")),
        Reason.FAULTY_DEFINITION,
    )
    assert "more than once" in found.detail
    shares = [
        OwnershipEdge(
            owner_id=owner, owned_id="THIRD", share_ppm=600_000, valid_from=BEGIN, evidence="x"
        )
        for owner in ("FUND", "CLIENT")
    ]
    third = changed(FIRM[0], person_id="THIRD")
    found = lawful.refused(define(third, *shares), Reason.FAULTY_DEFINITION)
    assert found.detail.count("come to 1200000 millionths") == 2


def test_one_person_changes_no_limit_of_law(lawful):
    lawful.refused(define(regime_limit(50), approved_by=""), Reason.SECOND_PERSON_REQUIRED)


def test_a_rule_s_cut_is_no_order_that_waits_for_the_law(lawful):
    lawful.done(define(sub_account("DELTA")))
    lawful.trade("ALPHA", BUY, 60, "20")
    lawful.done(define(regime_limit(10)))
    assert lawful.submit("ALPHA", SELL, 60, at="20")[0].is_reducing
