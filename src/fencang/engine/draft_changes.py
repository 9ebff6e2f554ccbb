"""What a command would change, value by value: before and after, for whoever is asked to sign it.

And the way back: the command that states again what was in force before.
"""

from typing import Any, NamedTuple

import msgspec
from msgspec.structs import fields, replace

from fencang.engine.snapshot import definitions
from fencang.engine.state import DeskState
from fencang.messages.commands import AnyCommand, ApprovePlan, DefineDesk, SetTradingState
from fencang.messages.message import TradingState
from fencang.refdata.api_key import ApiKey
from fencang.refdata.authority import Delegation
from fencang.refdata.desk import DeskItem
from fencang.refdata.item_key import item_key
from fencang.refdata.user import User

__all__ = ["Change", "NothingBefore", "changes_of", "command_before"]

_ABSENT = None


class Change(NamedTuple):
    """One field of one value: what it is, and what it would be; None where nothing is."""

    subject: str
    """The value, as kind and key: ``PositionLimit ALPHA *``."""
    field: str
    before: Any
    after: Any


class NothingBefore(ValueError):
    """A command cannot be taken back: what it did has no value before it."""


def changes_of(state: DeskState, command: AnyCommand) -> list[Change]:
    """Return what differs between the desk and what a command says, in its order."""
    match command:
        case DefineDesk():
            known = {item_key(item): item for item in definitions(state)}
            return [
                change
                for item in command.items
                for change in _changes_of_item(known.get(item_key(item)), item)
            ]
        case SetTradingState(node_id=node_id, trading_state=after):
            before = state.trading_states.get(node_id, TradingState.ACTIVE)
            if before is after:
                return []
            return [Change(f"node {node_id}", "trading_state", before.name, after.name)]
        case ApprovePlan(plan_id=plan_id) if plan_id in state.plans:
            return [
                Change(
                    f"plan {plan_id}: {line.sub_account_id}",
                    "capital_micros",
                    line.old_micros,
                    line.new_micros,
                )
                for line in state.plans[plan_id].lines
            ]
        case _:
            return _changes_of_act(command)


def _changes_of_act(command: AnyCommand) -> list[Change]:
    """Return what an act says: it changes no value that stands somewhere, so there is no before."""
    said = msgspec.structs.asdict(command)
    said.pop("approved_by", None)
    name = type(command).__name__
    return [Change(name, field, _ABSENT, _plain(value)) for field, value in said.items()]


def _changes_of_item(before: DeskItem | None, after: DeskItem) -> list[Change]:
    subject = " ".join(item_key(after))
    old = {} if before is None else _values(before)
    new = _values(after)
    return [
        Change(subject, field, old.get(field, _ABSENT), value)
        for field, value in new.items()
        if before is None or old[field] != value
    ]


def _values(item: DeskItem) -> dict[str, Any]:
    return {field.name: _plain(getattr(item, field.name)) for field in fields(item)}


def _plain(value: object) -> Any:  # noqa: ANN401 - text, number, list or map
    return msgspec.to_builtins(value)


def command_before(state: DeskState, command: AnyCommand, entered_by: str) -> AnyCommand:
    """Return the command that states again what was in force.

    Args:
        state: the desk before the command took effect.
        command: what took effect.
        entered_by: who takes it back.

    Raises:
        NothingBefore: with every value that has none before it; an act is mended, not taken back.
    """
    match command:
        case DefineDesk():
            known = {item_key(item): item for item in definitions(state)}
            found = [known.get(item_key(item)) or _without(item) for item in command.items]
            lost = [
                " ".join(item_key(item))
                for item, before in zip(command.items, found, strict=True)
                if before is None
            ]
            if lost:
                raise NothingBefore(
                    f"{', '.join(lost)} did not exist before: state other values for it instead"
                )
            items = tuple(item for item in found if item is not None)
            return DefineDesk(items=items, entered_by=entered_by)
        case SetTradingState(node_id=node_id):
            before = state.trading_states.get(node_id, TradingState.ACTIVE)
            return replace(command, trading_state=before, entered_by=entered_by, approved_by="")
        case _:
            raise NothingBefore(
                f"{type(command).__name__} is an act, not a value: enter what compensates it"
            )


def _without(item: DeskItem) -> DeskItem | None:
    """Return what takes a new value out of force, where its kind has a way."""
    match item:
        case User():
            return replace(item, is_active=False)
        case ApiKey() | Delegation():
            return replace(item, is_revoked=True)
        case _:
            return None
