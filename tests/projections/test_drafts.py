"""Drafts as they are shown: open ones, and how the others ended."""

from fencang.messages.commands import WithdrawCash
from fencang.messages.draft_commands import RejectDraft, WithdrawDraft
from fencang.projections.drafts import Drafts, DraftState
from tests.engine.authority_firm import approval, propose, signed_desk
from tests.engine.firm import DAY, define, limit


def folded(desk, **more):
    drafts = Drafts(**more)
    for record in desk.records:
        drafts.apply(record)
    return drafts


def lived():
    """Return a desk with a draft in every state."""
    desk = signed_desk()
    small = define(limit("ALPHA", "*", 5), by="olga", approved_by="")
    much = WithdrawCash(
        carrying_account_id="C1",
        owner_id="FUND",
        currency="USD",
        amount_micros=10**18,
        entered_by="olga",
    )
    numbers = [propose(desk, command) for command in (small, much, small, small, small)]
    desk.do(approval(desk, numbers[0]))
    desk.do(approval(desk, numbers[1]))
    desk.done(RejectDraft(draft_id=numbers[2], rejected_by="rob", reason="no"))
    desk.done(WithdrawDraft(draft_id=numbers[3], withdrawn_by="olga"))
    desk.now_ns += DAY
    propose(desk, small)
    return desk


def test_every_end_of_a_draft_is_told():
    drafts = folded(lived())
    assert [each.state for each in drafts.drafts()] == [
        DraftState.APPLIED,
        DraftState.REFUSED,
        DraftState.REJECTED,
        DraftState.WITHDRAWN,
        DraftState.EXPIRED,
        DraftState.OPEN,
    ]
    applied, refused, rejected, withdrawn, expired, _ = drafts.drafts()
    assert (applied.closed_by, applied.closed_role) == ("carl", "compliance")
    assert refused.reason.startswith("cash too small: ")
    assert (rejected.closed_by, rejected.reason) == ("rob", "no")
    assert (withdrawn.closed_by, expired.closed_by) == ("olga", "")
    assert drafts.draft(7) is None


def test_the_oldest_closed_ones_are_forgotten_first():
    drafts = folded(lived(), kept_max=2)
    assert [each.draft_id for each in drafts.drafts()] == [5, 6]


def test_a_rebuilt_projection_is_the_kept_one():
    desk = lived()
    assert folded(desk) == folded(desk)
    assert folded(desk).digest() == folded(desk).digest()
