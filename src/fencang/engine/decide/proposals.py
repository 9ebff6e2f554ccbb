"""What a hard limit refused may be proposed to another owner who is truly not one with the first.

Four questions, asked when it is proposed and again when it is accepted: are the owners apart in
every group that counts the contract; is a claim that alone parts them true of this desk; is the
trade the other's own; has the other room of its own.  Accepted, it is an ordinary order of the
other's sub-account and meets the whole ladder.  Nothing is ever moved by itself.

Source: 17 CFR 150.4, 17 CFR 1.35(b)(5), CME rule 536.C.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from fencang.engine.accounts import Line, SubState
from fencang.engine.decide.ask import ask_of_submit
from fencang.engine.decide.entry import accepted, entry_line, order_rejected
from fencang.engine.decide.ladder import ladder_refusal
from fencang.engine.decide.refusal import rejected
from fencang.engine.decide.regimes import regime_answer
from fencang.engine.decide.watched import watched_order
from fencang.engine.regimes.apart import is_representative, shared_deciders, tie_words
from fencang.engine.regimes.links import (
    controller_of,
    counted_in,
    groups_of,
    open_groups_of,
    today_of,
)
from fencang.engine.regimes.watch import PROPOSALS_MAX, KnownRefusal
from fencang.engine.state import DeskState
from fencang.messages.commands import SubmitOrder
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.messages.message import Offset, OrderTerms
from fencang.messages.proposal_commands import AcceptProposal, ProposeExcess, RejectProposal
from fencang.messages.proposal_events import (
    ExcessProposed,
    ProposalAccepted,
    ProposalCheck,
    ProposalCheckKind,
    ProposalExpired,
    ProposalRejected,
)
from fencang.messages.reasons import Reason
from fencang.refdata.account import Capacity
from fencang.refdata.ties import Representative

__all__ = [
    "decide_accept",
    "decide_propose",
    "decide_reject",
    "expired_proposals",
    "proposed_order",
]

Found = Iterator[ProposalCheck | CommandRejected]
"""What checks found, in order, or at last the refusal."""


def decide_propose(state: DeskState, command: ProposeExcess) -> list[AnyEvent]:
    """Propose the excess of a refused order to another owner's sub-account."""
    watch = state.regimes.watch
    known = watch.refusals_of(state.regimes.day).get(command.refusal_id)
    target = state.subs.get(command.to_sub_account_id)
    if known is None:
        detail = f"no order was refused today under {command.refusal_id}"
        return [rejected(Reason.PROPOSAL_REFUSAL_UNKNOWN, detail)]
    if target is None:
        detail = f"no sub-account {command.to_sub_account_id}"
        return [rejected(Reason.UNKNOWN_SUB_ACCOUNT, detail)]
    refusal = (
        _lots_refusal(command, known)
        or _crowd_refusal(state)
        or _proposer_refusal(state, command.entered_by, target)
    )
    if refusal is not None:
        return [refusal]
    source = state.subs[known.refused.sub_account_id]
    terms = _terms(state, known.refused.terms, target, command.quantity_lots)
    if isinstance(terms, CommandRejected):
        return [terms]
    checks = _checks(state, source, target, terms)
    if isinstance(checks, CommandRejected):
        return [checks]
    return [
        *expired_proposals(state),
        ExcessProposed(
            proposal_id=state.new_order_id(),
            refusal_id=command.refusal_id,
            from_sub_account_id=source.sub_account_id,
            to_sub_account_id=target.sub_account_id,
            terms=terms,
            expires_ns=state.time_ns + state.regimes.watch_rules.proposal_age_ns_max,
            entered_by=command.entered_by,
            reason=command.reason,
            checks=checks,
        ),
    ]


def decide_accept(state: DeskState, command: AcceptProposal) -> list[AnyEvent]:
    """Accept for the owner: after every check anew, an ordinary order of its sub-account."""
    found = _open_proposal(state, command.proposal_id)
    if isinstance(found, CommandRejected):
        return [found]
    source, target = state.subs[found.from_sub_account_id], state.subs[found.to_sub_account_id]
    refusal = _authority_refusal(state, found, command.accepted_by, source, target)
    if refusal is not None:
        return [refusal]
    checks = _checks(state, source, target, found.terms)
    if isinstance(checks, CommandRejected):
        return [checks]
    return _sent(state, found, command, checks)


def _sent(
    state: DeskState,
    proposal: ExcessProposed,
    command: AcceptProposal,
    checks: tuple[ProposalCheck, ...],
) -> list[AnyEvent]:
    """Put the order of an accepted proposal to the whole ladder, and send it or refuse it.

    What a risk limit would cut off has no substitute here.
    """
    order = proposed_order(proposal, command.client_order_id)
    line = entry_line(state, order)
    if isinstance(line, tuple):
        return [order_rejected(order, line)]
    asked = ask_of_submit(state, order, line)
    refused = ladder_refusal(asked)
    if refused is not None:
        return [order_rejected(order, refused), *asked.refused_with]
    told = ProposalAccepted(
        proposal_id=proposal.proposal_id,
        accepted_by=command.accepted_by,
        client_order_id=command.client_order_id,
        checks=checks,
    )
    sent = [*asked.cancels, *accepted(asked), *asked.notices]
    return [told, *watched_order(state, order, sent)]


def decide_reject(state: DeskState, command: RejectProposal) -> list[AnyEvent]:
    """Turn an open proposal down."""
    found = _open_proposal(state, command.proposal_id)
    if isinstance(found, CommandRejected):
        return [found]
    return [
        ProposalRejected(
            proposal_id=found.proposal_id, rejected_by=command.rejected_by, reason=command.reason
        )
    ]


def expired_proposals(state: DeskState) -> list[AnyEvent]:
    """Return that proposals have expired which nobody answered in time."""
    overdue = state.regimes.watch.overdue(state.time_ns)
    return [ProposalExpired(proposal_id=number) for number in overdue]


def proposed_order(proposal: ExcessProposed, client_order_id: str) -> SubmitOrder:
    """Return the order that a proposal becomes when it is accepted."""
    terms = proposal.terms
    return SubmitOrder(
        sub_account_id=proposal.to_sub_account_id,
        client_order_id=client_order_id,
        contract_id=terms.contract_id,
        side=terms.side,
        quantity_lots=terms.quantity_lots,
        order_type=terms.order_type,
        limit_price_nanos=terms.limit_price_nanos,
        stop_price_nanos=terms.stop_price_nanos,
        time_in_force=terms.time_in_force,
        expire_day=terms.expire_day,
        offset=terms.offset,
    )


# ------------------------------------------------------------------------------------ authority


def _lots_refusal(command: ProposeExcess, known: KnownRefusal) -> CommandRejected | None:
    if command.quantity_lots <= known.free_lots:
        return None
    detail = (
        f"{known.refused.excess_lots} lots were in excess, {known.proposed_lots} of them are "
        f"proposed or accepted: {max(0, known.free_lots)} can be, not {command.quantity_lots}"
    )
    return rejected(Reason.PROPOSAL_LOTS, detail)


def _crowd_refusal(state: DeskState) -> CommandRejected | None:
    watch = state.regimes.watch
    waiting = len(watch.proposals) - len(watch.overdue(state.time_ns))
    if waiting < PROPOSALS_MAX:
        return None
    detail = f"{waiting} proposals wait for an answer, no more are taken: reject some"
    return rejected(Reason.PROPOSALS_TOO_MANY, detail)


def _open_proposal(state: DeskState, number: int) -> ExcessProposed | CommandRejected:
    found = state.regimes.watch.proposals.get(number)
    if found is None:
        detail = f"no proposal {number} waits for an answer"
        return rejected(Reason.PROPOSAL_UNKNOWN, detail)
    if not state.regimes.watch.is_open(found, state.time_ns):
        return rejected(Reason.PROPOSAL_UNKNOWN, f"proposal {number} has expired")
    return found


def _proposer_refusal(state: DeskState, name: str, target: SubState) -> CommandRejected | None:
    owner = target.definition.owner_id
    if not is_representative(state, name, owner):
        return None
    detail = f"{name} may decide for {owner}, and so cannot propose to it for somebody else"
    return rejected(Reason.PROPOSAL_SHARED_PERSON, detail)


def _authority_refusal(
    state: DeskState, proposal: ExcessProposed, name: str, source: SubState, target: SubState
) -> CommandRejected | None:
    """Refuse whoever may not accept: the proposer, a stranger, and who decides for both."""
    owner = target.definition.owner_id
    if name == proposal.entered_by:
        detail = f"{name} proposed it and cannot accept it too"
        return rejected(Reason.SECOND_PERSON_IS_THE_FIRST, detail)
    if not is_representative(state, name, owner):
        detail = f"{name} does not stand as a representative of {owner} on {today_of(state)}"
        return rejected(Reason.PROPOSAL_NOT_AUTHORISED, detail)
    if is_representative(state, proposal.entered_by, owner):
        detail = f"{proposal.entered_by}, who proposed it, may decide for {owner} now"
        return rejected(Reason.PROPOSAL_SHARED_PERSON, detail)
    others = _group_of(state, source.definition.owner_id, proposal.terms) - {owner}
    for each in state.regimes.each(Representative):
        is_same = each.representative_id == name and each.owner_id in others
        if is_same and each.may_decide(today_of(state)):
            detail = f"{name} decides for {each.owner_id} too, on whose side it was refused"
            return rejected(Reason.PROPOSAL_SHARED_PERSON, detail)
    return None


def _group_of(state: DeskState, person_id: str, terms: OrderTerms) -> set[str]:
    """Return who counts as one with a person wherever the contract counts."""
    found = {person_id}
    for regime, group, _ in counted_in(state, state.contracts[terms.contract_id]):
        groups = groups_of(state, regime, group)
        found.update(groups.members(groups.group_of(person_id)))
    return found


# ------------------------------------------------------------------------------ the four checks


def _terms(
    state: DeskState, refused: OrderTerms, target: SubState, lots: int
) -> OrderTerms | CommandRejected:
    """Return the terms that the order of the other account will have."""
    contract = state.contracts[refused.contract_id]
    product, name = contract.product, target.sub_account_id
    if product.product_id not in target.permitted:
        detail = f"the mandate of {name} does not permit {product.product_id}"
        return rejected(Reason.PRODUCT_NOT_PERMITTED, detail)
    carrying_id = state.route(target, product.venue_id)
    if carrying_id is None:
        return rejected(Reason.NO_ROUTE, f"{name} has no route to venue {product.venue_id}")
    is_gross = state.carrying[carrying_id].is_gross
    return replace(
        refused,
        carrying_account_id=carrying_id,
        offset=Offset.OPEN if is_gross else Offset.NET,
        quantity_lots=lots,
    )


def _checks(
    state: DeskState, source: SubState, target: SubState, terms: OrderTerms
) -> tuple[ProposalCheck, ...] | CommandRejected:
    """Make the four checks; return what they found, or the refusal of the first that fails."""
    contract = state.contracts[terms.contract_id]
    if contract.regime_fault:
        return rejected(Reason.REGIME_UNKNOWN, contract.regime_fault)
    line = state.line(target, terms.carrying_account_id, contract)
    found: list[ProposalCheck] = []
    for each in (
        *_apart(state, source, target, line),
        *_claims_true(state, source, target, line),
        _own_trade(target),
        _own_room(state, line, terms),
    ):
        if isinstance(each, CommandRejected):
            return each
        found.append(each)
    return tuple(found)


def _apart(state: DeskState, source: SubState, target: SubState, line: Line) -> Found:
    one, other = source.definition.owner_id, target.definition.owner_id
    if one == other:
        detail = f"{source.sub_account_id} and {target.sub_account_id} both belong to {one}"
        yield rejected(Reason.PROPOSAL_SAME_GROUP, detail)
    for regime, group, _ in counted_in(state, line.contract):
        groups = groups_of(state, regime, group)
        if groups.group_of(one) == groups.group_of(other):
            detail = (
                f"{one} and {other} count as one in {group.group_id} of {regime.regime_id}, there "
                f"is no room elsewhere: {tie_words(groups, one)}"
            )
            yield rejected(Reason.PROPOSAL_SAME_GROUP, detail)
        words = f"{one} and {other} do not count as one in {group.group_id}"
        yield ProposalCheck(kind=ProposalCheckKind.APART, regime_id=regime.regime_id, words=words)


def _claims_true(state: DeskState, source: SubState, target: SubState, line: Line) -> Found:
    """Ask of every claim that alone parts the owners whether this desk makes it untrue."""
    one, other = source.definition.owner_id, target.definition.owner_id
    controller = controller_of(state, target.definition)
    for regime, group, _ in counted_in(state, line.contract):
        groups = open_groups_of(state, regime, group)
        words = "no claim of independence is relied on"
        if groups.group_of(one) == groups.group_of(other):
            shared = set(shared_deciders(state, one, other))
            if controller == controller_of(state, source.definition):
                shared.add(controller)
            if shared:
                detail = (
                    f"{one} and {other} are apart in {regime.regime_id} by a claim only, and "
                    f"{', '.join(sorted(shared))} decides for both: the claim is not true here"
                )
                yield rejected(Reason.PROPOSAL_CLAIM_UNTRUE, detail)
            words = f"a claim of independence is relied on; orders of {other} are {controller}'s"
        yield ProposalCheck(
            kind=ProposalCheckKind.CLAIM_TRUE, regime_id=regime.regime_id, words=words
        )


def _own_trade(target: SubState) -> ProposalCheck | CommandRejected:
    """Ask whether the trade would be at the other's own account and risk."""
    definition = target.definition
    if definition.capacity is Capacity.BACK_TO_BACK:
        detail = (
            f"{target.sub_account_id} passes its trades on back to back: they would not be "
            f"{definition.owner_id}'s own"
        )
        return rejected(Reason.PROPOSAL_NOT_OWN_TRADE, detail)
    words = (
        f"an order of {definition.owner_id} in {target.sub_account_id}, {definition.capacity}, "
        "within its mandate"
    )
    return ProposalCheck(kind=ProposalCheckKind.OWN_TRADE, regime_id="", words=words)


def _own_room(state: DeskState, line: Line, terms: OrderTerms) -> ProposalCheck | CommandRejected:
    """Ask the limits of the other's own group."""
    answer = regime_answer(state, line, terms.side, terms.quantity_lots, reduces=False)
    if answer.refusal is not None:
        return rejected(Reason.PROPOSAL_NO_ROOM, answer.refusal[4])
    words = f"{terms.quantity_lots} lots fit the limits of {line.sub.definition.owner_id}'s group"
    if answer.notices:
        words += ", beyond a level that is answered for or within an exemption"
    return ProposalCheck(kind=ProposalCheckKind.OWN_ROOM, regime_id="", words=words)
