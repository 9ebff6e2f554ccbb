"""Drafts: what two persons sign is decided as they signed it, once, or never."""

from msgspec.structs import replace

from fencang.engine.decide.draft_matters import MATTERS, matters_of
from fencang.messages import commands as cmd
from fencang.messages.commands import COMMAND_TYPES
from fencang.messages.draft_body import decode_body, encode_body
from fencang.messages.draft_commands import RejectDraft, WithdrawDraft
from fencang.messages.draft_events import (
    DraftApproved,
    DraftExpired,
    DraftProposed,
    DraftRefused,
    DraftRejected,
    DraftWithdrawn,
)
from fencang.messages.events import DeskDefined
from fencang.messages.reasons import Reason
from fencang.refdata.authority import Authority, Matter
from tests.engine.acts import halt, resume
from tests.engine.authority_firm import (
    ADMIN,
    ALLOCATOR,
    AUTHORITY,
    COMPLIANCE,
    NAMES,
    OLGA,
    OPS,
    PEOPLE,
    RISK,
    approval,
    approve,
    delegation,
    founded_desk,
    proposal,
    propose,
    public,
    sign,
    signed_desk,
    user,
)
from tests.engine.desk import all_of, kinds, only, transfer, withdraw
from tests.engine.firm import DAY, SECOND, define, limit


def asked(*items, by="olga"):
    return define(*items, by=by, approved_by="")


EVERYBODY = (*PEOPLE, *NAMES)
LIMIT = asked(limit("ALPHA", "*", 5))


def drafts(desk):
    return desk.state.authority.drafts


def test_two_signatures_bring_a_command_about_in_one_record():
    desk = signed_desk()
    events = desk.done(proposal(desk, LIMIT))
    draft = only(events, DraftProposed)
    assert (draft.draft_id, draft.maker, draft.role) == (1, "olga", OPS)
    assert desk.state.limits.get("ALPHA", "*") is None
    events = approve(desk, 1)
    assert kinds(events)[:2] == ["DraftApproved", "DeskDefined"]
    assert desk.state.limits.get("ALPHA", "*").long_lots_max == 5
    assert drafts(desk).open == {}


def test_numbers_of_drafts_and_proposals_rise_by_one():
    desk = signed_desk()
    assert [propose(desk, LIMIT) for _ in range(3)] == [1, 2, 3]
    assert propose(desk, asked(limit("BETA", "*", 1), by="rob"), "rob", RISK) == 4
    assert drafts(desk).nonces == {"olga": 3, "rob": 1}


def test_the_maker_and_the_checker_stand_in_what_the_command_decides():
    desk = signed_desk()
    halt(desk)
    events = sign(desk, replace(resume(), entered_by="rob"), "rob", RISK)
    approved = only(events, DraftApproved)
    assert (approved.maker, approved.checker) == ("rob", "carl")


def test_a_command_that_the_desk_refuses_closes_its_draft_with_the_reason():
    desk = signed_desk()
    command = replace(withdraw("99999999999", approved_by=""), entered_by="olga")
    events = desk.do(approval(desk, propose(desk, command)))
    assert kinds(events) == ["DraftApproved", "DraftRefused"]
    assert only(events, DraftRefused).reason is Reason.CASH_TOO_SMALL
    assert drafts(desk).open == {}


def test_what_others_changed_meanwhile_is_looked_at_again():
    desk = signed_desk()
    first = propose(
        desk, replace(transfer(None, "ALPHA", "6000000"), entered_by="alan"), "alan", ALLOCATOR
    )
    second = propose(
        desk, replace(transfer(None, "BETA", "6000000"), entered_by="cio"), "cio", ALLOCATOR
    )
    approve(desk, first)
    events = desk.do(approval(desk, second))
    assert only(events, DraftRefused).reason is Reason.RESERVE_TOO_SMALL


def test_one_person_rejects_and_the_maker_withdraws():
    desk = signed_desk()
    first, second = propose(desk, LIMIT), propose(desk, LIMIT)
    events = desk.done(RejectDraft(draft_id=first, rejected_by="rob", reason="too wide"))
    assert only(events, DraftRejected).reason == "too wide"
    assert only(desk.done(WithdrawDraft(draft_id=second, withdrawn_by="olga")), DraftWithdrawn)
    assert drafts(desk).open == {}


def test_a_draft_expires_by_itself():
    desk = signed_desk()
    draft_id = propose(desk, LIMIT)
    late = approval(desk, draft_id)
    events = desk.do(late, after_ns=DAY)
    assert kinds(events) == ["DraftExpired", "CommandRejected"]
    assert only(events, DraftExpired).draft_id == draft_id
    assert events[1].reason is Reason.DRAFT_UNKNOWN


def test_a_draft_is_approved_until_the_last_moment():
    desk = signed_desk()
    approved = approval(desk, propose(desk, LIMIT))
    assert kinds(desk.done(approved, after_ns=DAY - 1))[0] == "DraftApproved"


def test_a_draft_cools_off_and_is_approved_then():
    desk = signed_desk(Authority(cooling_off_ns=10 * SECOND))
    draft_id = propose(desk, LIMIT)
    desk.refused(approval(desk, draft_id), Reason.DRAFT_COOLING_OFF)
    desk.done(approval(desk, draft_id), after_ns=9 * SECOND)


def test_a_shorter_cooling_off_does_not_hurry_a_draft_that_is_there():
    desk = signed_desk(Authority(cooling_off_ns=DAY, draft_age_ns_max=5 * DAY))
    changed = Authority(cooling_off_ns=0, draft_age_ns_max=5 * DAY)
    faster = propose(desk, asked(changed, by="ann"), "ann", ADMIN)
    slow = propose(desk, LIMIT)
    desk.do(cmd.AdvanceTime(), after_ns=DAY - 2 * SECOND)
    desk.done(approval(desk, faster))
    early = approval(desk, slow)
    desk.refused(early, Reason.DRAFT_COOLING_OFF, after_ns=SECOND // 2)
    desk.done(early)


# ------------------------------------------------------------------------------------- delegation


def test_who_stands_in_for_somebody_signs_in_that_role_for_its_time():
    leave = delegation("leave", "carl", "rob", COMPLIANCE)
    desk = signed_desk(people=(*EVERYBODY, leave))
    events = desk.do(approval(desk, propose(desk, LIMIT), "rob", COMPLIANCE))
    assert only(events, DraftApproved).acts_for == "carl"
    draft_id = propose(desk, LIMIT)
    late = approval(desk, draft_id, "rob", COMPLIANCE)
    desk.done(define(replace(leave, is_revoked=True), by="ann", approved_by=""))
    desk.refused(late, Reason.DRAFT_ROLE)


def test_a_delegation_ends_by_its_time():
    leave = delegation("leave", "carl", "rob", COMPLIANCE)
    desk = signed_desk(Authority(), (*EVERYBODY, leave))
    late = approval(desk, propose(desk, LIMIT), "rob", COMPLIANCE)
    desk.do(cmd.AdvanceTime(), after_ns=DAY)
    desk.refused(late, Reason.DRAFT_ROLE)


def test_who_has_left_lets_nobody_act_any_more():
    leave = delegation("leave", "carl", "rob", COMPLIANCE)
    desk = signed_desk(people=(*EVERYBODY, leave))
    draft_id = propose(desk, LIMIT)
    carl = desk.state.authority.users["carl"]
    desk.done(define(replace(carl, is_active=False), by="ann", approved_by=""))
    desk.refused(approval(desk, draft_id, "rob", COMPLIANCE), Reason.DRAFT_ROLE)


def test_a_delegation_that_ended_takes_the_makers_draft_along():
    leave = delegation("leave", "olga", "alan", OPS)
    desk = signed_desk(people=(*EVERYBODY, leave))
    draft_id = propose(desk, asked(limit("ALPHA", "*", 5), by="alan"), "alan", OPS)
    desk.done(define(replace(leave, is_revoked=True), by="ann", approved_by=""))
    desk.refused(approval(desk, draft_id), Reason.DRAFT_MAKER_LAPSED)


# ------------------------------------------------------------------------------------------- keys


def test_a_makers_key_that_was_taken_away_takes_its_drafts_along():
    desk = signed_desk()
    draft_id = propose(desk, LIMIT)
    desk.done(define(replace(OLGA, public_keys=()), by="ann", approved_by=""))
    desk.refused(approval(desk, draft_id), Reason.DRAFT_MAKER_LAPSED)
    desk.done(RejectDraft(draft_id=draft_id, rejected_by="rob"))


def test_two_keys_of_one_user_overlap_while_they_are_exchanged():
    desk = signed_desk()
    both = replace(OLGA, public_keys=(*OLGA.public_keys, public("olga's second")))
    sign(desk, asked(both, by="ann"), "ann", ADMIN)
    for key in ("olga", "olga's second"):
        desk.done(proposal(desk, LIMIT, key=key))
    desk.done(define(replace(both, public_keys=both.public_keys[1:]), by="ann", approved_by=""))
    desk.refused(proposal(desk, LIMIT), Reason.DRAFT_KEY)
    desk.done(proposal(desk, LIMIT, key="olga's second"))


def test_a_signature_counts_at_its_desk_alone():
    here, elsewhere = founded_desk(), founded_desk(replace(AUTHORITY, plan_micros_max=1))
    assert here.state.authority.desk_id != elsewhere.state.authority.desk_id
    here.refused(proposal(elsewhere, LIMIT), Reason.DRAFT_SIGNATURE)


def test_a_proposal_signed_for_another_number_or_role_is_none():
    desk = signed_desk()
    desk.refused(proposal(desk, LIMIT, nonce=2), Reason.DRAFT_NONCE)
    swapped = replace(proposal(desk, LIMIT, nonce=2), nonce=1)
    desk.refused(swapped, Reason.DRAFT_SIGNATURE)
    leave = delegation("d", "alan", "olga", ALLOCATOR)
    sign(desk, asked(leave, by="ann"), "ann", ADMIN)
    other = replace(proposal(desk, LIMIT, role=OPS), role=ALLOCATOR)
    desk.refused(other, Reason.DRAFT_SIGNATURE)


# ---------------------------------------------------------------------------------------- matters


def test_a_draft_holds_exactly_the_commands_that_name_a_second_person():
    second = {kind for kind in COMMAND_TYPES if "approved_by" in kind.__struct_fields__}
    assert {*MATTERS} == second | {cmd.TransferCapital}


def test_a_definition_is_about_everything_that_is_in_it():
    everything = define(OLGA, limit("ALPHA", "*", 1))
    assert matters_of(everything) == (Matter.LIMITS, Matter.PEOPLE)
    assert matters_of(define()) == (Matter.REFERENCE,)
    assert matters_of(cmd.AdvanceTime()) == ()


def test_who_may_propose_limits_brings_no_people_in_with_them():
    desk = signed_desk()
    both = asked(limit("ALPHA", "*", 5), user("eve", OPS))
    desk.refused(proposal(desk, both), Reason.DRAFT_ROLE)


def test_a_body_is_the_bytes_of_its_command():
    assert decode_body(encode_body(LIMIT)) == LIMIT


def test_an_open_draft_is_kept_over_a_restart():
    """``desk.do`` holds a twin beside that is written and read back: what was open still is."""
    desk = signed_desk()
    draft_id = propose(desk, LIMIT)
    for _ in range(4):
        desk.do(cmd.AdvanceTime())
    assert all_of(approve(desk, draft_id), DeskDefined)


def test_drafts_open_before_one_operator_took_over_wait():
    desk = signed_desk()
    draft_id = propose(desk, LIMIT)
    one = Authority(single_operator=True)
    sign(desk, asked(one, by="ann"), "ann", ADMIN)
    desk.refused(approval(desk, draft_id), Reason.SIGNATURES_NOT_ASKED)
    desk.done(define(replace(one, single_operator=False), by="ann", approved_by=""))
    approve(desk, draft_id)
