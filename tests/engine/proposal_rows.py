"""One scenario for every reason that proposals of a refused excess are refused for."""

from msgspec.structs import replace

from fencang.engine.regimes.watch import PROPOSALS_MAX
from fencang.messages.reasons import Reason
from fencang.refdata.account import Capacity
from tests.engine.desk import BUY
from tests.engine.firm import define
from tests.engine.proposal_firm import (
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
)
from tests.engine.reason_rows import Row
from tests.engine.tier_firm import dated, use_tiers

__all__ = ["PROPOSAL_ROWS"]


def ready(*more, working=60):
    """The firm, its definitions, and ALPHA's refused order."""

    def setup(desk):
        two_owners(desk, *more)
        return refused_order(desk, working=working)

    return setup


def waiting(*more, by="ops"):
    """The firm and a proposal that waits for CLIENT."""

    def setup(desk):
        two_owners(desk, *more)
        return proposed(desk, by=by)

    return setup


def done(desk):
    found = waiting()(desk)
    desk.done(reject(found))
    return found


def untrue_claim(desk):
    """CLIENT is a tenth FUND's and claims to be apart; FRANK decides for both."""
    found = ready(owns(100_000), claim())(desk)
    desk.done(define(representative("FRANK", "CLIENT")))
    return found


def back_to_back(desk):
    found = ready()(desk)
    desk.done(define(client_account(desk, capacity=Capacity.BACK_TO_BACK)))
    return found


def full(desk):
    found = ready()(desk)
    desk.accepted("CLIENT1", BUY, 41, at="20")
    return found


def crowd(desk):
    """As many proposals wait as can; they are set, not sent: a thousand would take a minute."""
    found = waiting()(desk)
    for machine in (desk.machine, desk.follower, desk.twin):
        kept = machine.state.regimes.watch.proposals
        for number in range(1, PROPOSALS_MAX):
            kept[number] = replace(found, proposal_id=number, refusal_id=0)
    return refused_order(desk, 20, working=0)


def decides_for_both(desk):
    found = waiting()(desk)
    desk.done(define(representative("CAROL", "FUND")))
    return found


def opens_later(desk):
    """CLIENT1 opens on the next trading day only; what is accepted for it would open at once."""
    found = waiting()(desk)
    use_tiers(desk, dated(), CLIENT1="ordinary")
    return found


PROPOSAL_ROWS = (
    Row("nobody refused it", ready(), lambda _: propose(7), Reason.PROPOSAL_REFUSAL_UNKNOWN),
    Row("beyond the excess", ready(), lambda it: propose(it, 21), Reason.PROPOSAL_LOTS),
    Row("same owner", ready(), lambda it: propose(it, to="BETA"), Reason.PROPOSAL_SAME_GROUP),
    Row("a tenth is owned", ready(owns(100_000)), propose, Reason.PROPOSAL_SAME_GROUP),
    Row("untrue claim", untrue_claim, propose, Reason.PROPOSAL_CLAIM_UNTRUE),
    Row("passed on back to back", back_to_back, propose, Reason.PROPOSAL_NOT_OWN_TRADE),
    Row("no room of its own", full, propose, Reason.PROPOSAL_NO_ROOM),
    Row("a thousand wait", crowd, propose, Reason.PROPOSALS_TOO_MANY),
    Row("answered already", done, accept, Reason.PROPOSAL_UNKNOWN),
    Row("a stranger", waiting(), lambda it: accept(it, "EVE"), Reason.PROPOSAL_NOT_AUTHORISED),
    Row("another's", waiting(), lambda it: accept(it, "FRANK"), Reason.PROPOSAL_NOT_AUTHORISED),
    Row("proposes", ready(), lambda it: propose(it, by="CAROL"), Reason.PROPOSAL_SHARED_PERSON),
    Row("decides for both", decides_for_both, accept, Reason.PROPOSAL_SHARED_PERSON),
    Row("opens another day", opens_later, accept, Reason.TIER_NEXT_TRADING_DAY),
)
