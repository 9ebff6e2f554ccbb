"""A firm in which FUND's excess can be proposed to CLIENT, who decides for itself.

CLIENT1 is directed by CLIENT, and nothing ties CLIENT to FUND.  CAROL may decide for CLIENT, FRANK
for FUND.  In New York FUND has 60 lots of CLM0 working for ALPHA, as many as the limit allows.
"""

from fencang.messages.proposal_commands import AcceptProposal, ProposeExcess, RejectProposal
from fencang.messages.proposal_events import ExcessProposed, ExcessRefused
from fencang.refdata.evasion import EvasionWatch
from fencang.refdata.ties import (
    INDEPENDENCE_CONDITIONS,
    ClaimStatus,
    DisaggregationClaim,
    OwnershipEdge,
    Representative,
)
from tests.engine.desk import BUY, only
from tests.engine.firm import changed, define, limit
from tests.engine.regime_firm import BEGIN, END, use_regimes

__all__ = [
    "CAROL",
    "FRANK",
    "accept",
    "claim",
    "owns",
    "propose",
    "proposed",
    "refused_order",
    "reject",
    "representative",
    "two_owners",
    "watch",
]


def representative(name, owner, **more):
    values = {"valid_from": BEGIN, "evidence": "power of attorney"} | more
    return Representative(representative_id=name, owner_id=owner, **values)


CAROL, FRANK = representative("CAROL", "CLIENT"), representative("FRANK", "FUND")


def owns(share_ppm, owner="FUND", owned="CLIENT", **more):
    values = {"valid_from": BEGIN, "evidence": "register"} | more
    return OwnershipEdge(owner_id=owner, owned_id=owned, share_ppm=share_ppm, **values)


def claim(**more):
    values = {
        "claim_id": "APART",
        "regime_id": "US",
        "first_id": "FUND",
        "second_id": "CLIENT",
        "conditions": INDEPENDENCE_CONDITIONS,
        "notice_day": BEGIN,
        "valid_from": BEGIN,
        "valid_to": END,
        "status": ClaimStatus.VERIFIED,
        "reviewer": "compliance",
        "evidence": "notice",
    }
    return DisaggregationClaim(**(values | more))


def watch(**more):
    return EvasionWatch(valid_from=BEGIN, **more)


def client_account(desk, **more):
    """Return CLIENT's sub-account as CLIENT directs it."""
    return changed(desk.state.subs["CLIENT1"].definition, **{"controller_id": "CLIENT", **more})


def two_owners(desk, *more):
    """Put the regimes in force over FUND and a CLIENT that decides alone and has money."""
    desk.done(define(limit("MASTER", "*", 10_000)))
    desk.fund("CLIENT1", "1000000", owner="CLIENT", account="OMNI")
    use_regimes(desk)
    desk.done(define(client_account(desk), CAROL, FRANK, *more))
    return desk


def refused_order(desk, lots=20, sub="ALPHA", working=60):
    """Let ALPHA work what the limit allows, and be refused more; return the refusal told."""
    if working:
        desk.accepted("ALPHA", BUY, working, at="20")
    return only(desk.submit(sub, BUY, lots, at="20"), ExcessRefused)


def propose(refusal, lots=20, to="CLIENT1", by="ops"):
    number = refusal if isinstance(refusal, int) else refusal.refusal_id
    return ProposeExcess(
        refusal_id=number,
        to_sub_account_id=to,
        quantity_lots=lots,
        reason="CLIENT looked for crude",
        entered_by=by,
    )


def proposed(desk, lots=20, **more):
    """Refuse ALPHA's order and propose its excess to CLIENT; return the proposal's number."""
    return only(desk.done(propose(refused_order(desk, lots), lots, **more)), ExcessProposed)


def accept(proposal, by="CAROL", client_order_id="c1"):
    number = proposal if isinstance(proposal, int) else proposal.proposal_id
    return AcceptProposal(proposal_id=number, client_order_id=client_order_id, accepted_by=by)


def reject(proposal, by="CAROL"):
    number = proposal if isinstance(proposal, int) else proposal.proposal_id
    return RejectProposal(proposal_id=number, rejected_by=by, reason="no need")
