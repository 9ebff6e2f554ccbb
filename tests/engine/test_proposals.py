"""What a hard limit refused may be offered to another owner; nothing overflows by itself."""

import pytest

from fencang.engine.explain import explain
from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted, OrderRejected, OrderRouted
from fencang.messages.message import TradingState
from fencang.messages.proposal_events import (
    ExcessProposed,
    ExcessRefused,
    ProposalAccepted,
    ProposalCheckKind,
    ProposalExpired,
    ProposalRejected,
)
from fencang.messages.reasons import Reason
from fencang.refdata.regime import RegimeVenue
from fencang.refdata.ties import ClaimStatus
from tests.engine.acts import halt
from tests.engine.desk import BUY, SELL, all_of, kinds, only
from tests.engine.firm import MONDAY, SECOND, TUESDAY, changed, define
from tests.engine.proposal_firm import (
    CAROL,
    accept,
    claim,
    client_account,
    owns,
    propose,
    proposed,
    refused_order,
    reject,
    representative,
    two_owners,
    watch,
)
from tests.engine.regime_firm import exemption, group, member, regime

HOUR = 3_600 * SECOND


@pytest.fixture
def lawful(desk):
    return two_owners(desk)


def test_a_refusal_tells_the_terms_and_the_excess(lawful):
    lawful.accepted("ALPHA", BUY, 50, at="20")
    events = lawful.submit("BETA", BUY, 25, at="20.5")
    assert kinds(events) == ["OrderRejected", "ExcessRefused"]
    told = events[1]
    assert (told.sub_account_id, told.regime_id, told.limit_id) == (
        "BETA",
        "US",
        "US-CL-single_month",
    )
    assert (told.terms.quantity_lots, told.excess_lots) == (25, 15)
    assert (told.terms.contract_id, told.terms.side) == ("CLM0", BUY)


def test_nothing_is_sent_anywhere_until_another_person_accepts(lawful):
    found = proposed(lawful)
    assert lawful.state.subs["CLIENT1"].working == {}
    events = lawful.done(accept(found))
    assert kinds(events) == ["ProposalAccepted", "OrderAccepted", "OrderRouted"]
    order = only(events, OrderAccepted)
    assert (order.sub_account_id, order.client_order_id) == ("CLIENT1", "c1")
    assert order.terms == found.terms
    assert order.terms.carrying_account_id == "OMNI"
    assert lawful.state.regimes.watch.proposals == {}


def test_the_four_checks_are_recorded_when_it_is_proposed_and_when_it_is_accepted(lawful):
    found = proposed(lawful)
    accepted = only(lawful.done(accept(found)), ProposalAccepted)
    for event in (found, accepted):
        assert [check.kind for check in event.checks] == list(ProposalCheckKind)
        assert [check.regime_id for check in event.checks] == ["US", "US", "", ""]
    assert [check.words for check in found.checks] == [
        "FUND and CLIENT do not count as one in CL",
        "no claim of independence is relied on",
        "an order of CLIENT in CLIENT1, own_book, within its mandate",
        "20 lots fit the limits of CLIENT's group",
    ]


def test_at_most_the_excess_can_be_proposed_and_what_was_turned_down_again(lawful):
    told = refused_order(lawful)
    first = only(lawful.done(propose(told, 15)), ExcessProposed)
    lawful.refused(propose(told, 6), Reason.PROPOSAL_LOTS)
    second = only(lawful.done(propose(told, 5)), ExcessProposed)
    assert only(lawful.done(reject(first)), ProposalRejected).rejected_by == "CAROL"
    again = only(lawful.done(propose(told, 15)), ExcessProposed)
    lawful.done(accept(second))
    lawful.done(accept(again, client_order_id="c2"))
    lawful.refused(propose(told, 1), Reason.PROPOSAL_LOTS)
    lawful.refused(accept(first, client_order_id="c3"), Reason.PROPOSAL_UNKNOWN)


def test_who_proposed_cannot_accept(lawful):
    found = proposed(lawful)
    lawful.done(define(representative("ops", "CLIENT")))
    lawful.refused(accept(found, "ops"), Reason.SECOND_PERSON_IS_THE_FIRST)
    # It may decide for the other owner now, so nobody accepts what it proposed.
    lawful.refused(accept(found), Reason.PROPOSAL_SHARED_PERSON)


@pytest.mark.parametrize(
    "past", [{"valid_to": MONDAY}, {"valid_from": TUESDAY}, {"is_revoked": True}]
)
def test_a_representative_decides_on_its_days_only(desk, past):
    two_owners(desk)
    desk.done(define(changed(CAROL, **past)))
    found = proposed(desk)
    lets = past.get("valid_to") == MONDAY
    if lets:
        desk.done(accept(found))
    else:
        desk.refused(accept(found), Reason.PROPOSAL_NOT_AUTHORISED)


def test_one_person_revokes_a_representative_and_two_make_one(lawful):
    revoked = changed(CAROL, is_revoked=True)
    lawful.done(define(revoked, approved_by=""))
    lawful.refused(define(CAROL, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    new = representative("DAVE", "CLIENT")
    lawful.refused(define(new, approved_by=""), Reason.SECOND_PERSON_REQUIRED)


def test_a_power_needs_evidence_and_an_owner(lawful):
    found = lawful.refused(
        define(representative("X", "NOBODY", evidence=" ")), Reason.FAULTY_DEFINITION
    )
    assert "evidence is empty" in found.detail
    assert "no person NOBODY" in found.detail


def test_the_group_rejoins_between_proposal_and_acceptance(lawful):
    found = proposed(lawful)
    lawful.done(define(owns(100_000)))
    refusal = lawful.refused(accept(found), Reason.PROPOSAL_SAME_GROUP)
    assert "FUND holds 10 % of CLIENT" in refusal.detail


def test_a_claim_that_is_true_here_lets_the_owner_accept(lawful):
    lawful.done(define(owns(200_000), claim()))
    found = proposed(lawful)
    assert found.checks[1].words == (
        "a claim of independence is relied on; orders of CLIENT are CLIENT's"
    )
    lawful.done(define(claim(status=ClaimStatus.REVOKED), approved_by=""))
    lawful.refused(accept(found), Reason.PROPOSAL_SAME_GROUP)


def test_a_claim_is_untrue_where_the_orders_come_from_one_controller(lawful):
    """A regime that counts ownership alone does not see the controller; the proposal does."""
    ownership = changed(regime().aggregation, uses_control=False)
    lawful.done(define(regime(aggregation=ownership), owns(200_000), claim()))
    lawful.done(define(client_account(lawful, controller_id="FUND")))
    refusal = lawful.refused(propose(refused_order(lawful)), Reason.PROPOSAL_CLAIM_UNTRUE)
    assert "FUND decides for both" in refusal.detail


def test_any_regime_that_joins_them_is_enough(lawful):
    """Another regime over the same venue joins from one percent on."""
    one = changed(regime("ICE").aggregation, ownership_ppm=10_000)
    ice = regime("ICE", aggregation=one)
    more = (RegimeVenue(regime_id="ICE", venue_id="NYMEX"), group("CL", "ICE"), group("SP", "ICE"))
    members = member("CL", regime_id="ICE"), member("ES", "SP", regime_id="ICE")
    lawful.done(define(ice, *more, *members, owns(10_000)))
    refusal = lawful.refused(propose(refused_order(lawful)), Reason.PROPOSAL_SAME_GROUP)
    assert "CL of ICE" in refusal.detail


def test_an_accepted_proposal_meets_the_ordinary_ladder(lawful):
    found = proposed(lawful)
    halt(lawful, "CLIENT1")
    refusal = lawful.refused(accept(found), Reason.TRADING_HALTED)
    assert isinstance(refusal, OrderRejected)
    assert found.proposal_id in lawful.state.regimes.watch.proposals
    halt(lawful, "CLIENT1", TradingState.ACTIVE, approved_by="boss")
    assert only(lawful.done(accept(found)), OrderRouted)


def test_the_mandate_of_the_other_is_asked_first(lawful):
    told = refused_order(lawful)
    mandate = changed(lawful.state.subs["CLIENT1"].definition.mandate, products=("ES",))
    lawful.done(define(client_account(lawful, mandate=mandate)))
    lawful.refused(propose(told), Reason.PRODUCT_NOT_PERMITTED)
    lawful.done(define(client_account(lawful, routes=())))
    lawful.refused(propose(told), Reason.PRODUCT_NOT_PERMITTED)


def test_a_proposal_expires_with_the_timer_and_its_lots_are_free(lawful):
    found = proposed(lawful)
    assert found.expires_ns == lawful.now_ns + HOUR
    assert all_of(lawful.do(cmd.AdvanceTime(), HOUR - SECOND), ProposalExpired) == []
    lawful.refused(accept(found), Reason.PROPOSAL_UNKNOWN)  # late by now, before the timer says so
    assert only(lawful.do(cmd.AdvanceTime()), ProposalExpired).proposal_id == found.proposal_id
    lawful.done(propose(found.refusal_id))


def test_a_new_proposal_tells_that_an_older_one_expired(lawful):
    lawful.done(define(watch(proposal_age_ns_max=5 * SECOND)))
    told = refused_order(lawful, 40)
    first = only(lawful.done(propose(told, 30)), ExcessProposed)
    events = lawful.done(propose(told, 10), 6 * SECOND)
    assert kinds(events) == ["ProposalExpired", "ExcessProposed"]
    assert only(events, ProposalExpired).proposal_id == first.proposal_id
    lawful.done(propose(told, 30))


def test_a_refusal_of_yesterday_is_proposed_no_more(lawful):
    told = refused_order(lawful)
    lawful.settle(CLM0="20")
    lawful.next_day(TUESDAY)
    lawful.refused(propose(told), Reason.PROPOSAL_REFUSAL_UNKNOWN)


def test_the_surplus_of_a_replacement_can_be_proposed(lawful):
    order_id = lawful.working("ALPHA", BUY, 50, at="20")
    told = only(lawful.replace(order_id, 75, "20.5"), ExcessRefused)
    assert (told.terms.quantity_lots, told.excess_lots) == (25, 15)
    assert told.terms.limit_price_nanos == 20_500_000_000
    assert only(lawful.done(propose(told, 15)), ExcessProposed).terms.quantity_lots == 15


def test_an_exemption_leaves_less_excess(lawful):
    lawful.done(define(exemption(70)))
    assert refused_order(lawful).excess_lots == 10


def test_the_other_has_limits_of_its_own_as_the_desk_counts_them(lawful):
    found = proposed(lawful)
    lawful.accepted("CLIENT1", BUY, 41, at="20")
    lawful.refused(accept(found), Reason.PROPOSAL_NO_ROOM)
    lawful.trade("CLIENT1", SELL, 1, "20")
    lawful.done(accept(found))  # one lot short, 41 and 20 to be bought: 60


def test_rules_that_nobody_knows_refuse_a_proposal(lawful):
    told = refused_order(lawful)
    lawful.done(define(regime(valid_to=MONDAY.replace(day=1))))
    lawful.refused(propose(told), Reason.REGIME_UNKNOWN)


def test_an_order_that_other_controls_refuse_leaves_nothing_to_propose(lawful):
    halt(lawful, "ALPHA")
    assert kinds(lawful.submit("ALPHA", BUY, 61, at="20")) == ["OrderRejected"]


def test_the_order_of_a_proposal_is_explained_like_any(lawful):
    """What it met is asked again at the state before it was accepted."""
    found = proposed(lawful)
    (told,) = explain(lawful.state, accept(found))
    assert (told.ask_lots, told.refusal) == (20, None)
    of_law = [each for each in told.evaluations if each.control == "regimes"]
    assert of_law
    assert all(each.passes for each in of_law)
    (unknown,) = explain(lawful.state, accept(7))
    assert unknown.refusal[0] is Reason.PROPOSAL_UNKNOWN
