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
from fencang.engine.evolve import evolve
from fencang.engine.evolve.overrides import under_order_overrides
from fencang.engine.state import DeskState
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.commands import ReplaceOrder, SubmitOrder
from fencang.messages.events import (
    AnyEvent,
    CancelRequested,
    CommandRejected,
    OrderAccepted,
    ReplaceRequested,
)
from fencang.messages.instruction_events import InstructionApplied, InstructionRefused
from fencang.messages.life_commands import RollPosition
from fencang.messages.life_events import RollStarted
from fencang.messages.proposal_commands import AcceptProposal
from fencang.messages.reasons import Reason
from fencang.messages.record import Record

__all__ = ["Explanation", "Result", "explain", "explain_instruction"]

Result = InstructionApplied | InstructionRefused

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


def explain(state: DeskState, command: Explained, *, is_due: bool = False) -> list[Explanation]:
    """Return what every control finds for a command at the state before it; changes nothing.

    ``is_due``: it was entered before and has waited for this day.
    """
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
    for ask in asks:
        if isinstance(ask, Ask):
            ask.is_due = is_due
    return [_of(ask) for ask in asks]


def explain_instruction(state: DeskState, record: Record, result: Result) -> list[Explanation]:
    """Return what every control found for an instruction on its day.

    ``state`` is that before the record; it is brought to where the instruction was decided.
    """
    command = state.risk.tiers.waiting[result.instruction_id].command
    assert isinstance(command, SubmitOrder | ReplaceOrder | RollPosition), command
    state.begin(record.sequence, record.time_ns)
    for event in record.events[: _begin_of(record.events, command, result)]:
        evolve(state, event)
    return explain(state, command, is_due=True)


def _begin_of(events: tuple[AnyEvent, ...], command: Explained, result: Result) -> int:
    """Return the place of the first event that was decided for an instruction."""
    place = next(place for place, event in enumerate(events) if _is_of(event, command, result))
    while place and isinstance(events[place - 1], CancelRequested):
        place -= 1  # own orders that gave way to it
    return place


def _is_of(event: AnyEvent, command: Explained, result: Result) -> bool:
    match event:
        case OrderAccepted(order_id=number) | RollStarted(near_order_id=number):
            return isinstance(result, InstructionApplied) and number in result.order_ids
        case ReplaceRequested(order_id=number):
            return isinstance(command, ReplaceOrder) and number == command.order_id
        case _:
            return event is result


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
