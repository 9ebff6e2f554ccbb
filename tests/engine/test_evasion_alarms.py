"""Patterns that look like evasion are told, once a day, and block nothing."""

import pytest

from fencang.messages.evasion_events import EvasionAlarm, EvasionKind
from fencang.messages.events import OrderAccepted
from fencang.refdata.ties import ConcertEdge, ControlBasis, ControlEdge
from tests.engine.desk import BUY, SELL, all_of, stray
from tests.engine.fill_acts import bust, correct, enter
from tests.engine.firm import PERSONS, SECOND, TUESDAY, changed, define, limit, sub_account
from tests.engine.proposal_firm import (
    accept,
    claim,
    client_account,
    owns,
    proposed,
    refused_order,
    representative,
    two_owners,
    watch,
)
from tests.engine.regime_firm import BEGIN, regime

MINUTE = 60 * SECOND


@pytest.fixture
def lawful(desk):
    return two_owners(desk)


def alarms(events):
    return all_of(events, EvasionAlarm)


def directs(controller="FUND", controlled="CLIENT", **more):
    return ControlEdge(
        controller_id=controller,
        controlled_id=controlled,
        basis=ControlBasis.MANDATE,
        valid_from=BEGIN,
        evidence="mandate",
        **more,
    )


# ---------------------------------------------------------------------- moves a limit drove


def unseen_control(desk):
    """Put a regime in force that counts ownership alone, and let FUND direct CLIENT's trading."""
    policy = changed(regime().aggregation, uses_control=False)
    desk.done(define(regime(aggregation=policy), client_account(desk, controller_id="FUND")))


def test_the_same_lots_of_another_owner_under_one_controller_after_a_refusal(lawful):
    unseen_control(lawful)
    refused_order(lawful, 20)
    events = lawful.submit("CLIENT1", BUY, 20, at="20")
    assert isinstance(events[0], OrderAccepted)
    (alarm,) = alarms(events)
    assert (alarm.kind, alarm.subjects) == (EvasionKind.LIMIT_DRIVEN_MOVE, ("ALPHA", "CLIENT1"))
    assert alarm.evidence == (
        "20 lots of CLM0 BUY for CLIENT in CLIENT1, 1 s after US-CL-single_month refused 20 to "
        "ALPHA of FUND; FUND decides for both"
    )


def test_it_is_told_once_a_day(lawful):
    unseen_control(lawful)
    refused_order(lawful, 20)
    assert alarms(lawful.submit("CLIENT1", BUY, 20, at="20"))
    assert alarms(lawful.submit("CLIENT1", BUY, 20, at="20")) == []
    lawful.settle(CLM0="20")
    lawful.next_day(TUESDAY)
    refused_order(lawful, 20, working=0)
    assert alarms(lawful.submit("CLIENT1", BUY, 1, at="20"))


@pytest.mark.parametrize(
    "other",
    [
        {"sub": "CLIENT1", "side": SELL},
        {"sub": "CLIENT1", "contract": "ESM0", "at": "2800"},
        {"sub": "BETA", "contract": "CLN0"},
    ],
    ids=["the other side", "another group of contracts", "the same owner"],
)
def test_what_the_limit_does_not_drive_is_no_move(lawful, other):
    unseen_control(lawful)
    refused_order(lawful, 20)
    terms = {"side": BUY, "contract": "CLM0", "at": "20", **other}
    assert (
        alarms(lawful.submit(terms["sub"], terms["side"], 5, terms["contract"], terms["at"])) == []
    )


def test_the_window_is_stated(lawful):
    unseen_control(lawful)
    lawful.done(define(watch(follow_ns=10 * SECOND)))
    refused_order(lawful, 20)
    lawful.now_ns += 10 * SECOND
    assert alarms(lawful.submit("CLIENT1", BUY, 20, at="20")) == []


def test_an_owner_who_is_truly_apart_may_trade_after_a_refusal(lawful):
    refused_order(lawful, 20)
    assert alarms(lawful.submit("CLIENT1", BUY, 20, at="20")) == []


def test_an_accepted_proposal_is_no_move(lawful):
    found = proposed(lawful)
    assert alarms(lawful.done(accept(found))) == []


def test_a_claim_does_not_hide_a_move(lawful):
    """Apart by a claim, owned all the same: whoever looks at it decides."""
    lawful.done(define(owns(200_000), claim()))
    refused_order(lawful, 20)
    (alarm,) = alarms(lawful.submit("CLIENT1", BUY, 20, at="20"))
    assert "FUND holds 20 % of CLIENT; a claim of independence sets that aside" in alarm.evidence


def test_a_block_trade_entered_for_another_owner_after_a_refusal(lawful):
    unseen_control(lawful)
    refused_order(lawful, 20)
    events = lawful.done(enter("B1", BUY, "20", {"CLIENT1": 20}, carrying_account_id="OMNI"))
    assert [alarm.kind for alarm in alarms(events)] == [EvasionKind.LIMIT_DRIVEN_MOVE]


# ------------------------------------------------------------------------- mirrored strategies


def pair(desk, side=BUY, other=BUY, lots=3):
    desk.accepted("ALPHA", side, lots, at="20")
    return desk.submit("CLIENT1", other, lots, at="20")


@pytest.mark.parametrize(("other", "word"), [(BUY, "the same"), (SELL, "opposite")])
def test_like_orders_of_owners_apart_again_and_again(lawful, other, word):
    assert alarms(pair(lawful, other=other)) == []
    lawful.now_ns += 5 * MINUTE
    assert alarms(pair(lawful, other=other)) == []
    lawful.now_ns += 5 * MINUTE
    (alarm,) = alarms(pair(lawful, other=other))
    assert (alarm.kind, alarm.subjects) == (EvasionKind.MIRRORED_STRATEGY, ("ALPHA", "CLIENT1"))
    assert alarm.evidence == (
        f"ALPHA of FUND and CLIENT1 of CLIENT sent {word} orders in CLM0 of one size within "
        "1 min, 3 times today, and the owners do not count as one"
    )
    assert alarms(pair(lawful, other=other)) == []


def test_another_size_or_another_minute_is_no_mirror(lawful):
    for lots in (3, 4, 5, 6):
        lawful.accepted("ALPHA", BUY, lots, at="20")
        lawful.now_ns += MINUTE
        assert alarms(lawful.submit("CLIENT1", BUY, lots, at="20")) == []
    for lots in (1, 2, 1, 2):
        lawful.accepted("ALPHA", BUY, lots, at="20")
        assert alarms(lawful.submit("CLIENT1", BUY, lots + 2, at="20")) == []


def test_accounts_of_one_group_may_run_one_strategy(lawful):
    """They are added up already."""
    lawful.done(define(owns(100_000)))
    for _ in range(4):
        assert alarms(pair(lawful)) == []


def test_what_was_mirrored_is_counted_by_the_day(lawful):
    lawful.done(define(watch(mirror_times=2)))
    pair(lawful)
    lawful.settle(CLM0="20")
    lawful.next_day(TUESDAY)
    assert alarms(pair(lawful)) == []
    assert alarms(pair(lawful))


# ------------------------------------------------------------------- shares, accounts, papers


@pytest.mark.parametrize(
    ("share_ppm", "is_told"), [(89_999, False), (90_000, True), (99_999, True), (100_000, False)]
)
def test_a_share_just_under_the_threshold(lawful, share_ppm, is_told):
    found = alarms(lawful.done(define(owns(share_ppm))))
    assert [alarm.kind for alarm in found] == [EvasionKind.SHARE_UNDER_THRESHOLD] * is_told
    if share_ppm == 99_999:
        assert found[0].evidence == (
            "FUND holds 9.9999 % of CLIENT, and from 10 % on they count as one in CN, US"
        )


def test_a_share_over_two_paths_just_under_the_threshold(lawful):
    """6 % and three tenths of 12 %, 9.6 % in all; a claim between them hides nothing."""
    middle = changed(PERSONS[0], person_id="MIDDLE", owners_declared=True)
    steps = owns(300_000, owned="MIDDLE"), owns(120_000, owner="MIDDLE"), owns(60_000)
    events = lawful.done(define(middle, claim(), *steps))
    assert ("FUND", "CLIENT") in [
        alarm.subjects
        for alarm in alarms(events)
        if alarm.kind is EvasionKind.SHARE_UNDER_THRESHOLD
    ]


def test_an_account_opened_near_a_limit(lawful):
    lawful.accepted("ALPHA", BUY, 47, at="20")
    assert alarms(lawful.done(define(sub_account("EARLY")))) == []
    lawful.accepted("ALPHA", BUY, 1, at="20")
    (alarm,) = alarms(lawful.done(define(sub_account("LATE"))))
    assert (alarm.kind, alarm.subjects) == (EvasionKind.ACCOUNT_NEAR_LIMIT, ("FUND",))
    assert alarm.evidence == (
        "sub-account LATE is opened for FUND, directed by FUND, while the group of FUND uses 48 "
        "of 60 lots of US-CL-single_month"
    )


@pytest.mark.parametrize(
    "paper",
    [
        directs(),
        owns(50_000),
        claim(),
        ConcertEdge(
            first_id="CLIENT", second_id="FUND", basis="talk", valid_from=BEGIN, evidence="note"
        ),
    ],
    ids=lambda paper: type(paper).__name__,
)
def test_papers_that_change_near_a_limit(lawful, paper):
    lawful.accepted("ALPHA", BUY, 48, at="20")
    (alarm,) = alarms(lawful.done(define(paper)))
    assert alarm.kind is EvasionKind.PAPERS_NEAR_LIMIT
    assert set(alarm.subjects) == {"FUND", "CLIENT"}
    assert "is stated, while the group of" in alarm.evidence
    assert alarms(lawful.done(define(paper))) == []


def test_who_directs_an_account_changes_near_a_limit(lawful):
    lawful.accepted("CLIENT1", BUY, 48, at="20")
    (alarm,) = alarms(lawful.done(define(client_account(lawful, controller_id="FUND"))))
    assert alarm.kind is EvasionKind.PAPERS_NEAR_LIMIT
    assert alarm.evidence.startswith("CLIENT1 is directed by FUND, no longer by CLIENT, while")


def test_papers_far_from_any_limit_are_no_alarm(lawful):
    lawful.accepted("ALPHA", BUY, 40, at="20")
    assert alarms(lawful.done(define(owns(50_000), sub_account("LATE")))) == []


# ----------------------------------------------------------------------------- claims and fills


@pytest.mark.parametrize(
    ("shared", "who"),
    [(representative("FRANK", "CLIENT"), "FRANK"), (directs(), "FUND"), (directs("EVE"), "")],
)
def test_independence_is_claimed_and_somebody_decides_for_both(lawful, shared, who):
    eve = changed(PERSONS[0], person_id="EVE", owners_declared=True)
    events = lawful.done(define(eve, shared, claim()))
    found = [alarm for alarm in alarms(events) if alarm.kind is EvasionKind.SHARED_DECISION]
    assert [alarm.evidence for alarm in found] == [
        f"claim APART says that FUND and CLIENT trade apart, and {name} decides for both"
        for name in [who]
        if name
    ]


def test_a_claim_that_comes_into_force_untrue_is_told_on_its_day(lawful):
    lawful.done(define(representative("FRANK", "CLIENT")))
    assert alarms(lawful.done(define(claim(valid_from=TUESDAY)))) == []
    lawful.settle(CLM0="20")
    lawful.done(define(limit("ALPHA", "CL", 1_000)))
    lawful.next_day(TUESDAY)
    told = lawful.state.regimes.watch.alarms
    assert ("shared_decision", "FUND", "CLIENT") in told


def test_lots_taken_back_from_one_owner_and_entered_for_another(lawful):
    lawful.done(define(sub_account("FUNDOMNI", routes={"NYMEX": "OMNI"})))
    lawful.fund("FUNDOMNI", "300000", account="OMNI")
    lawful.trade("FUNDOMNI", BUY, 5, "20")
    execution = f"x{lawful.executions}"
    lawful.done(bust(execution, "bust1", account="OMNI"))
    events = lawful.done(enter("B1", BUY, "20", {"CLIENT1": 5}, carrying_account_id="OMNI"))
    (alarm,) = alarms(events)
    assert (alarm.kind, alarm.subjects) == (EvasionKind.OWNER_AFTER_FILL, ("FUND", "CLIENT"))
    assert f"after 5 were taken back from FUND in {execution}" in alarm.evidence


def test_lots_of_suspense_that_are_entered_for_another_owner(lawful):
    execution = stray(lawful, BUY, 4, "20", account="OMNI")
    lawful.done(correct(execution, 1, "20", "less", account="OMNI"))
    events = lawful.done(enter("B1", BUY, "20", {"CLIENT1": 3}, carrying_account_id="OMNI"))
    assert [alarm.kind for alarm in alarms(events)] == [EvasionKind.OWNER_AFTER_FILL]


def test_a_fill_entered_again_for_its_owner_is_no_alarm(lawful):
    lawful.trade("CLIENT1", BUY, 5, "20")
    lawful.done(bust(f"x{lawful.executions}", "bust1", account="OMNI"))
    assert (
        alarms(lawful.done(enter("B1", BUY, "20", {"CLIENT1": 5}, carrying_account_id="OMNI")))
        == []
    )


def test_a_desk_without_regimes_watches_nothing(desk):
    desk.done(define(sub_account("LATE")))
    desk.trade("ALPHA", BUY, 5, "20")
    assert desk.state.regimes.watch.orders == {}
