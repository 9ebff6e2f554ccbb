"""Whether two owners are truly apart: groups, claims, and who decides for both."""

from typing import TYPE_CHECKING

from fencang.engine.accounts import ContractState
from fencang.engine.regimes.links import (
    controller_of,
    counted_in,
    groups_of,
    open_groups_of,
    today_of,
)
from fencang.limits.regimes.aggregation import AggregationGroups
from fencang.refdata.ties import ControlEdge, Representative

if TYPE_CHECKING:
    from fencang.engine.state import DeskState

__all__ = [
    "common_ground",
    "deciders",
    "is_representative",
    "shared_deciders",
    "tie_words",
]

WORDS_MAX = 3
"""Ties that are named as the reason why persons are one; there may be many."""


def tie_words(groups: AggregationGroups, person_id: str) -> str:
    """Return why a person's group is one, in words."""
    ties = groups.reasons(groups.group_of(person_id))
    words = "; ".join(tie.words for tie in ties[:WORDS_MAX])
    return f"{words}; and {len(ties) - WORDS_MAX} more" if len(ties) > WORDS_MAX else words


def is_representative(state: "DeskState", name: str, owner_id: str) -> bool:
    """Return whether somebody may decide for an owner on the day."""
    found = state.regimes.get(Representative, name, owner_id)
    return found is not None and found.may_decide(today_of(state))


def deciders(state: "DeskState", person_id: str) -> set[str]:
    """Return who decides a person's trades today: by fact, by a stated tie, by a power to act."""
    today = today_of(state)
    found = {
        controller_of(state, sub.definition)
        for sub in state.subs.values()
        if sub.definition.owner_id == person_id
    }
    for edge in state.regimes.each(ControlEdge):
        is_in_force = edge.valid_from <= today and (edge.valid_to is None or today <= edge.valid_to)
        if edge.controlled_id == person_id and is_in_force:
            found.add(edge.controller_id)
    for each in state.regimes.each(Representative):
        if each.owner_id == person_id and each.may_decide(today):
            found.add(each.representative_id)
    return found


def shared_deciders(state: "DeskState", one: str, other: str) -> list[str]:
    """Return who decides for both of two persons, by name."""
    return sorted((deciders(state, one) | {one}) & (deciders(state, other) | {other}))


def common_ground(state: "DeskState", one: str, other: str, contract: ContractState) -> str:
    """Return why two owners may be under common control in a contract, in words; else nothing.

    Claims of independence are set aside, and so is that owners are not declared: that is no sign
    of control.
    """
    shared = shared_deciders(state, one, other)
    if shared:
        return f"{', '.join(shared)} decides for both"
    for regime, group, _ in counted_in(state, contract):
        groups = open_groups_of(state, regime, group)
        if groups.group_of(one) == groups.group_of(other):
            words = tie_words(groups, one)
            claimed = groups_of(state, regime, group)
            if claimed.group_of(one) != claimed.group_of(other):
                words += "; a claim of independence sets that aside"
            return f"{regime.regime_id}: {words}"
    return ""
