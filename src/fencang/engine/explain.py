"""Why an order was accepted or refused: every control, at every node, with limit, value and room.

The record of an order keeps the control that bound it.  Everything else is evaluated again, at the
state before the order, by a reader of the journal; the desk itself is never asked.  Controls that
the ladder did not reach any more are evaluated too, and told apart.
"""

from typing import NamedTuple

from fencang.engine.decide.amend import replace_ask
from fencang.engine.decide.ask import Ask, ask_of_submit
from fencang.engine.decide.entry import entry_line
from fencang.engine.decide.evaluations import evaluation_of
from fencang.engine.decide.ladder import Control, asked_controls
from fencang.engine.decide.order_terms import terms_check
from fencang.engine.decide.proposals import proposed_order
from fencang.engine.decide.rolls import roll_asks
from fencang.engine.evolve.overrides import under_order_overrides
from fencang.engine.state import DeskState
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.commands import ReplaceOrder, SubmitOrder
from fencang.messages.events import CommandRejected
from fencang.messages.life_commands import RollPosition
from fencang.messages.proposal_commands import AcceptProposal
from fencang.messages.reasons import Reason

__all__ = ["Explanation", "explain"]

Explained = SubmitOrder | ReplaceOrder | RollPosition | AcceptProposal


class Explanation(NamedTuple):
    """What the ladder found for one order: of a roll there are two.

    ``reached`` is how many of the evaluations the ladder came to before it ended.
    """

    ask_lots: int
    reduces: bool
    evaluations: tuple[Evaluation, ...]
    reached: int
    refusal: NodeRefusal | None


def explain(state: DeskState, command: Explained) -> list[Explanation]:
    """Return what every control finds for a command at the state before it; changes nothing."""
    asks: list[Ask | NodeRefusal]
    match command:
        case SubmitOrder():
            asks = [_ask_of(state, command)]
        case ReplaceOrder():
            replaced = replace_ask(state, command)
            if isinstance(replaced, CommandRejected):
                refused = (replaced.reason, command.sub_account_id, 0, 0, replaced.detail)
                return [_of(refused)]
            asks = [replaced]
        case RollPosition():
            asks = roll_asks(state, command)
        case AcceptProposal(proposal_id=number):
            proposal = state.regimes.watch.proposals.get(number)
            if proposal is None:
                detail = f"no proposal {number} waits for an answer"
                return [_of((Reason.PROPOSAL_UNKNOWN, "", 0, 0, detail))]
            asks = [_ask_of(state, proposed_order(proposal, command.client_order_id))]
    return [_of(ask) for ask in asks]


def _ask_of(state: DeskState, command: SubmitOrder) -> Ask | NodeRefusal:
    line = entry_line(state, command)
    return line if isinstance(line, tuple) else ask_of_submit(state, command, line)


def _of(ask: Ask | NodeRefusal) -> Explanation:
    if isinstance(ask, tuple):
        return Explanation(0, False, (evaluation_of("permission", ask, ""),), 1, ask)
    with under_order_overrides(ask.state, ask.of_client):
        return _climbed(ask)


def _climbed(ask: Ask) -> Explanation:
    lots, reached = ask.quantity_lots, 0
    refusal: NodeRefusal | None = None
    found: list[Evaluation] = []
    for control in asked_controls(ask):
        here = _evaluated(control, ask)
        found += here
        if refusal is None:
            refusal = control.check(ask)  # a control may make the order smaller for those after it
            reached += next(
                (place for place, each in enumerate(here, 1) if not each.passes), len(here)
            )
        if refusal is not None and control.check is terms_check:
            break  # an order whose own words are refused has nothing to measure
    return Explanation(lots, ask.reduces, tuple(found), reached, refusal)


def _evaluated(control: Control, ask: Ask) -> list[Evaluation]:
    if control.evaluations is not None:
        return list(control.evaluations(ask))
    notices = len(ask.notices)
    refusal = control.check(ask)
    del ask.notices[notices:]
    contract_id = ask.line.key[1]
    if refusal is not None:
        return [evaluation_of(control.name, refusal, contract_id)]
    node_id = ask.line.sub.sub_account_id
    return [Evaluation(control.name, None, node_id, contract_id, 0, 0, "", passes=True)]
