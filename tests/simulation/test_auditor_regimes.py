"""What the auditor says of position limits, duties and proposals: honest desks, told falsely."""

from datetime import date

import pytest
from msgspec.structs import replace

from fencang.messages.commands import DefineDesk, SubmitOrder
from fencang.messages.events import (
    DeskDefined,
    OrderAccepted,
    OrderRejected,
    OrderRouted,
)
from fencang.messages.proposal_commands import AcceptProposal
from fencang.messages.proposal_events import ExcessProposed, ExcessRefused, ProposalAccepted
from fencang.messages.reasons import Reason
from fencang.messages.regime_events import ReportDutyArisen, ReportDutyEnded
from fencang.refdata.person import LegalPerson
from fencang.refdata.regime import LimitStep, Regime, RegimeLimit
from fencang.refdata.ties import DisaggregationClaim, OwnershipEdge, Representative
from tests.engine.desk import BUY, SELL, trading_desk
from tests.engine.firm import TUESDAY, define
from tests.engine.proposal_firm import (
    accept,
    claim,
    client_account,
    owns,
    propose,
    proposed,
    refused_order,
    reject,
    two_owners,
)
from tests.engine.regime_firm import exemption, regime_limit
from tests.simulation.forgery import asked_otherwise, forged, laws_of, left_out


def lawful():
    """A desk under two regimes: FUND, and CLIENT who decides alone."""
    return two_owners(trading_desk())


def defined(records, kind, **fields):
    """Return records in which a definition was another one from the beginning."""

    def otherwise(item):
        return replace(item, **fields) if isinstance(item, kind) else item

    told = []
    for record in records:
        command, events = record.command, []
        if isinstance(command, DefineDesk):
            command = replace(command, items=tuple(map(otherwise, command.items)))
        for event in record.events:
            is_kind = isinstance(event, DeskDefined)
            items = tuple(map(otherwise, event.items)) if is_kind else ()
            events.append(replace(event, items=items) if is_kind else event)
        told.append(replace(record, command=command, events=tuple(events)))
    return told


def test_an_honest_desk_is_not_accused():
    desk = lawful()
    found = proposed(desk)
    desk.done(accept(found))
    desk.trade("BETA", SELL, 30, "20")
    desk.trade("ALPHA", BUY, 2, "20", "CLN0")
    desk.submit("ALPHA", BUY, 50, "CLN0", at="20")
    desk.settle(CLM0="20", CLN0="20")
    desk.next_day(TUESDAY)
    desk.submit("CLIENT1", BUY, 60, at="20")
    assert laws_of(desk.records) == set()


# ------------------------------------------------------------------------------------- limits


def test_an_order_beyond_a_hard_limit_is_accused():
    desk = lawful()
    desk.accepted("ALPHA", BUY, 30, at="20")
    desk.accepted("BETA", BUY, 30, at="20")
    assert laws_of(desk.records) == set()
    assert laws_of(
        defined(desk.records, RegimeLimit, steps=(LimitStep(date(2019, 1, 1), 59),))
    ) == {"regime limit"}


def test_persons_who_are_one_share_a_limit():
    """CLIENT's 60 beside FUND's 60 are honest while nothing ties them, and not with a tenth."""
    desk = lawful()
    desk.done(define(owns(99_999)))
    desk.accepted("ALPHA", BUY, 60, at="20")
    desk.accepted("CLIENT1", BUY, 60, at="20")
    assert laws_of(desk.records) == set()
    assert laws_of(defined(desk.records, OwnershipEdge, share_ppm=100_000)) == {"regime limit"}
    assert laws_of(defined(desk.records, LegalPerson, owners_declared=False)) == {"regime limit"}


def test_a_claim_that_is_over_shares_a_limit():
    desk = lawful()
    desk.done(define(owns(300_000), claim()))
    desk.accepted("ALPHA", BUY, 60, at="20")
    desk.accepted("CLIENT1", BUY, 60, at="20")
    assert laws_of(desk.records) == set()
    ended = {"valid_to": date(2020, 4, 19)}
    assert laws_of(defined(desk.records, DisaggregationClaim, **ended)) == {"regime limit"}


def test_an_exemption_is_needed():
    desk = lawful()
    desk.done(define(exemption(70)))
    desk.accepted("ALPHA", BUY, 70, at="20")
    assert laws_of(desk.records) == set()
    revoked = [record for record in desk.records if "Exemption" not in str(record.command)]
    assert "regime limit" in laws_of(revoked)


def test_an_enlarged_order_beyond_a_hard_limit_is_accused():
    desk = lawful()
    order_id = desk.working("ALPHA", BUY, 30, at="20")
    desk.replace(order_id, 60)
    assert laws_of(desk.records) == set()
    narrow = (LimitStep(date(2019, 1, 1), 45),)
    assert laws_of(defined(desk.records, RegimeLimit, steps=narrow)) == {"regime limit"}


def test_what_opens_under_unknown_rules_is_accused():
    desk = lawful()
    desk.accepted("ALPHA", BUY, 5, at="20")
    assert laws_of(defined(desk.records, RegimeLimit, confirmed=False)) == {"regime unknown"}
    assert laws_of(defined(desk.records, Regime, valid_to=date(2020, 1, 1))) == {"regime unknown"}


def test_a_refusal_that_was_not_due_is_accused():
    desk = lawful()
    refused_order(desk, 20)
    assert laws_of(desk.records) == set()
    assert "regime refusal" in laws_of(asked_otherwise(desk.records, SubmitOrder, side=SELL))
    wide = (LimitStep(date(2019, 1, 1), 900),)
    assert laws_of(defined(desk.records, RegimeLimit, steps=wide)) == {"regime refusal"}
    other = forged(desk.records, OrderRejected, lambda told: replace(told, node_id="CN-CU"))
    assert laws_of(other) == {"regime refusal"}


def test_a_refusal_for_unknown_rules_that_are_known_is_accused():
    desk = lawful()
    desk.done(define(regime_limit(100, confirmed=False)))
    desk.submit("ALPHA", BUY, 1, at="20")
    assert laws_of(desk.records) == set()
    assert laws_of(defined(desk.records, RegimeLimit, confirmed=True)) == {"regime refusal"}


# ------------------------------------------------------------------------------------- duties


def reporting():
    desk = lawful()
    desk.trade("ALPHA", BUY, 25, "20")
    desk.settle(CLM0="20")
    desk.next_day(TUESDAY)
    desk.trade("ALPHA", SELL, 1, "20")
    desk.settle(TUESDAY, CLM0="20")
    return desk.records


@pytest.mark.parametrize(
    ("kind", "forge"),
    [
        (ReportDutyArisen, left_out),
        (ReportDutyArisen, lambda told: replace(told, side="short")),
        (ReportDutyArisen, lambda told: replace(told, held_lots=26)),
        (ReportDutyEnded, left_out),
        (ReportDutyEnded, lambda told: replace(told, month="2020-07")),
    ],
)
def test_duties_follow_what_is_held(kind, forge):
    records = reporting()
    assert laws_of(records) == set()
    assert laws_of(forged(records, kind, forge)) == {"report duty"}


def test_a_limit_does_not_change_what_is_reported():
    records = reporting()
    assert laws_of(defined(records, RegimeLimit, limit_id="OTHER")) == set()


# ---------------------------------------------------------------------------------- proposals


def offered():
    desk = lawful()
    found = proposed(desk)
    desk.done(accept(found))
    return desk.records


@pytest.mark.parametrize(
    ("kind", "forge"),
    [
        (ExcessRefused, left_out),
        (ExcessRefused, lambda told: replace(told, excess_lots=19)),
        (ExcessProposed, left_out),
        (ExcessProposed, lambda told: replace(told, from_sub_account_id="BETA")),
        (ExcessProposed, lambda told: replace(told, to_sub_account_id="BETA")),
        (ExcessProposed, lambda told: replace(told, entered_by="CAROL")),
        (ExcessProposed, lambda told: replace(told, expires_ns=1)),
        (ProposalAccepted, left_out),
        (ProposalAccepted, lambda told: replace(told, accepted_by="FRANK")),
        (ProposalAccepted, lambda told: replace(told, client_order_id="other")),
    ],
)
def test_a_proposal_told_falsely_is_accused(kind, forge):
    records = offered()
    assert laws_of(records) == set()
    assert "proposal" in laws_of(forged(records, kind, forge))


def test_whoever_proposed_does_not_accept():
    forge = forged(offered(), ExcessProposed, lambda told: replace(told, entered_by="CAROL"))
    assert "second person" in laws_of(forge)


def test_owners_who_are_one_get_no_proposal():
    desk = lawful()
    desk.done(define(owns(50_000)))
    found = proposed(desk)
    desk.done(accept(found))
    assert laws_of(desk.records) == set()
    assert "proposal" in laws_of(defined(desk.records, OwnershipEdge, share_ppm=500_000))
    revoked = defined(desk.records, Representative, is_revoked=True)
    assert "proposal" in laws_of(revoked)


def test_a_proposal_that_ends_twice_is_accused():
    desk = lawful()
    found = proposed(desk)
    desk.done(reject(found))
    assert laws_of(desk.records) == set()
    again = replace(desk.records[-1], sequence=desk.records[-1].sequence + 1)
    again = replace(again, time_ns=again.time_ns + 1)
    assert laws_of([*desk.records, again]) == {"proposal"}


def test_a_new_controller_ties_at_once():
    desk = lawful()
    desk.done(define(client_account(desk, controller_id="FUND")))
    told = refused_order(desk)
    desk.refused(propose(told), Reason.PROPOSAL_SAME_GROUP)
    assert laws_of(desk.records) == set()


def test_an_order_of_nobody_s_acceptance_is_accused():
    """An accepted order whose command accepts a proposal, and no acceptance beside it."""
    records = offered()
    told = forged(records, ProposalAccepted, left_out)
    assert isinstance(told[-1].command, AcceptProposal)
    kinds = [type(event) for event in told[-1].events]
    assert kinds == [OrderAccepted, OrderRouted]
    assert "proposal" in laws_of(told)
