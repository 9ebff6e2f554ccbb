"""The gate of authority: who may enter a command at all, and what two persons must have signed.

It stands once, around every decision whose command bears a name.  A desk without an ``Authority``
passes it with one look; commands without a name (orders, reports of venues) do not meet it.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec.structs import fields, replace

from fencang.engine.decide.refusal import rejected
from fencang.engine.state import DeskState
from fencang.messages.commands import ApprovePlan, TransferCapital
from fencang.messages.draft_events import SingleOperatorActed
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.messages.reasons import Reason
from fencang.refdata.authority import PROGRAMS, SINGLE_OPERATOR, Authority, Matter
from fencang.refdata.user import Role

__all__ = ["ACTOR_FIELDS", "gated"]

ACTOR_FIELDS = ("entered_by", "rejected_by", "accepted_by", "withdrawn_by")
"""Fields of commands that name who asks for it."""
SECOND_FIELD = "approved_by"

Decide = Callable[[DeskState, Any], list[AnyEvent]]
Named: TypeAlias = Any
"""A command with fields of names; which ones differs from kind to kind."""

_WAIVED = frozenset(
    {
        Reason.SECOND_PERSON_REQUIRED,
        Reason.SECOND_PERSON_IS_THE_FIRST,
        Reason.SETTLEMENT_PRICE_FAR,
    }
)
"""Refusals that say that one person is not enough."""


def gated(kind: type[Any], decide: Decide) -> Decide:
    """Return the decision of a kind of command behind the gate, if its commands bear names."""
    names = {field.name for field in fields(kind)}
    actors = tuple(name for name in ACTOR_FIELDS if name in names)
    has_second = SECOND_FIELD in names
    if not actors and not has_second:
        return decide

    def behind_gate(state: DeskState, command: Named) -> list[AnyEvent]:
        stated = state.authority.stated
        if stated is None:
            return decide(state, command)
        refusal = _actor_refusal(state, [getattr(command, name) for name in actors])
        if refusal is not None:
            return [refusal]
        if stated.single_operator:
            return _alone(state, command, decide) if has_second else decide(state, command)
        refusal = _signatures_refusal(state, stated, command, has_second=has_second)
        return decide(state, command) if refusal is None else [refusal]

    return behind_gate


def _actor_refusal(state: DeskState, names: list[str]) -> CommandRejected | None:
    """Refuse names that are no active user's and no program's, and those who only look on."""
    authority = state.authority
    for name in names:
        if not authority.may_act(name, state.time_ns):
            detail = f"{name} is no active user of this desk and none of its programs"
            return rejected(Reason.ACTOR_UNKNOWN, detail)
        user = authority.users.get(name)
        if user is not None and (not user.roles or Role.VIEWER in user.roles):
            detail = f"{name} is a viewer, who sees and does nothing"
            return rejected(Reason.ACTOR_VIEWS_ONLY, detail)
    return None


def _signatures_refusal(
    state: DeskState, stated: Authority, command: Named, *, has_second: bool
) -> CommandRejected | None:
    """Refuse what only two signatures bring about."""
    if isinstance(command, ApprovePlan):
        return _plan_refusal(state, stated, command)
    if isinstance(command, TransferCapital) and command.amount_micros > stated.plan_micros_max:
        detail = (
            f"a transfer of {command.amount_micros} micros is above the {stated.plan_micros_max} "
            "that one person moves: propose it as a draft"
        )
        return rejected(Reason.SIGNATURES_REQUIRED, detail)
    if has_second and command.approved_by:
        detail = (
            f"approved_by names {command.approved_by}, and a name is no signature on this desk: "
            "propose the command as a draft, and let a second person approve it"
        )
        return rejected(Reason.SIGNATURES_REQUIRED, detail)
    return None


def _plan_refusal(
    state: DeskState, stated: Authority, command: ApprovePlan
) -> CommandRejected | None:
    """Let one person approve a plan that moves little; a draft approves every other."""
    plan = state.plans.get(command.plan_id)
    if plan is None:
        return None  # its decision says so
    moved = sum(max(0, line.new_micros - line.old_micros) for line in plan.lines)
    moved = max(moved, sum(max(0, line.old_micros - line.new_micros) for line in plan.lines))
    if moved > stated.plan_micros_max:
        detail = (
            f"plan {plan.plan_id} moves {moved} micros, above {stated.plan_micros_max}: "
            "propose its approval as a draft"
        )
        return rejected(Reason.SIGNATURES_REQUIRED, detail)
    name, allowed = command.approved_by, stated.power(Matter.CAPITAL).approve
    user = state.authority.users.get(name)
    if user is None or not user.acts_at(state.time_ns):
        return rejected(Reason.ACTOR_UNKNOWN, f"no active user is called {name}")
    if not {*user.roles} & {*allowed}:
        detail = f"{name} approves no plans; {', '.join(allowed)} do"
        return rejected(Reason.DRAFT_ROLE, detail)
    return None


def _alone(state: DeskState, command: Named, decide: Decide) -> list[AnyEvent]:
    """Decide where one operator may be both persons: never a program, and never unsaid."""
    second = command.approved_by
    if second and (second in PROGRAMS or not state.authority.may_act(second, state.time_ns)):
        return [rejected(Reason.ACTOR_UNKNOWN, f"no active user is called {second}")]
    events = decide(state, command)
    first = events[0] if events else None
    if not isinstance(first, CommandRejected) or first.reason not in _WAIVED:
        return events
    operator = getattr(command, "entered_by", second)
    if operator in PROGRAMS:
        return events
    told = SingleOperatorActed(user_id=operator, command=type(command).__name__)
    again = decide(state, replace(command, approved_by=SINGLE_OPERATOR))
    is_refused = isinstance(again[0], CommandRejected)
    return again if is_refused else [told, *again]
