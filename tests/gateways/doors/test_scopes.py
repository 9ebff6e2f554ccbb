"""Every act and every role in one generated table, and the walls of sub-trees."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.gateways.caller import Caller
from fencang.gateways.doors.scopes import (
    MARKET_FACTS,
    MATTER_OF,
    SCOPE_OF,
    Denial,
    Resource,
    Verb,
    denial_of,
    is_within,
    role_scopes,
    scopes_of,
)
from fencang.messages.message import Interface
from fencang.refdata.api_key import ApiKey, ApiKeyKind, api_key_faults
from fencang.refdata.authority import Authority, Matter, Power
from fencang.refdata.user import Role
from tests.gateways.doors.door_desk import HOME, NOON, firm, private_key

ORDINARY = Authority()
TREE = firm()
ACTS = [*product(Resource, Verb)]

NEVER = {
    Role.VIEWER: {Verb.WRITE, Verb.PROPOSE, Verb.APPROVE, Verb.TIGHTEN},
    Role.PORTFOLIO_MANAGER: {Verb.APPROVE},
    Role.OPERATIONS: {Verb.APPROVE},
    Role.ADMINISTRATOR: {Verb.APPROVE},
}
"""Verbs that a role never has, whatever the resource, under the ordinary authority."""


def caller(scopes, sub_tree=""):
    return Caller(
        user_id="u",
        key_id="k",
        scopes=frozenset(scopes),
        sub_tree=sub_tree,
        address=HOME,
        interface=Interface.REST,
    )


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("resource", "verb"), ACTS)
def test_every_act_of_every_role(role, resource, verb):
    """The table decides, and nothing beside it: in the table and granted, or refused."""
    scopes = scopes_of(None, frozenset({role}), ORDINARY)
    denial = denial_of(caller(scopes), resource, verb, None, TREE)
    scope = SCOPE_OF.get((resource, verb))
    if scope is None:
        assert denial is Denial.NO_SUCH_ACT
        return
    assert denial == (None if scope in role_scopes(ORDINARY)[role] else Denial.SCOPE)
    if verb in NEVER.get(role, ()):
        assert denial is Denial.SCOPE
    if verb is Verb.PROPOSE:
        may = role in ORDINARY.power(MATTER_OF[resource]).propose
        assert (denial is None) == may, "the door asks who the engine asks"


def test_every_scope_is_granted_to_somebody_and_no_role_has_what_does_not_exist():
    table = role_scopes(ORDINARY)
    assert set(table) == set(Role)
    assert frozenset().union(*table.values()) == set(SCOPE_OF.values())


def test_every_matter_has_its_resources_and_every_proposal_its_matter():
    assert set(MATTER_OF.values()) == set(Matter)
    proposed = {resource for resource, verb in SCOPE_OF if verb is Verb.PROPOSE}
    assert proposed == set(MATTER_OF)


def test_who_approves_is_whom_the_authority_names():
    approving = {
        role for role, scopes in role_scopes(ORDINARY).items() if "drafts:approve" in scopes
    }
    assert approving == {Role.ALLOCATOR, Role.RISK_OFFICER, Role.COMPLIANCE}
    powers = tuple(
        Power(matter=matter, propose=(Role.ALLOCATOR,), approve=(Role.OPERATIONS,))
        for matter in Matter
    )
    own = role_scopes(Authority(powers=powers))
    assert {role for role, scopes in own.items() if "drafts:approve" in scopes} == {Role.OPERATIONS}
    assert "users:propose" in own[Role.ALLOCATOR]
    assert "users:propose" not in own[Role.ADMINISTRATOR]


def test_a_viewer_sees_no_people_and_an_administrator_no_books():
    table = role_scopes(ORDINARY)
    assert not table[Role.VIEWER] & {"users:read", "keys:read", "audit:read", "drafts:read"}
    assert not table[Role.ADMINISTRATOR] & {"positions:read", "orders:read", "balances:read"}


def test_every_scope_may_stand_in_a_key():
    key = ApiKey(
        key_id="k",
        user_id="u",
        kind=ApiKeyKind.SIGNED,
        proof_hex=private_key("k").public_key.hex,
        scopes=tuple(sorted(SCOPE_OF.values())),
        until_ns=NOON,
    )
    assert api_key_faults(key) == []


@given(
    key=st.sets(st.sampled_from(sorted(SCOPE_OF.values())) | st.just("made:up")),
    roles=st.frozensets(st.sampled_from(Role)),
)
def test_nobody_has_more_than_key_and_roles_both_allow(key, roles):
    of_roles = scopes_of(None, roles, ORDINARY)
    assert scopes_of(tuple(sorted(key)), roles, ORDINARY) == of_roles & key


NODES = [*TREE.above, "UNKNOWN", "", "carrying:FCM-1"]


@pytest.mark.parametrize("sub_tree", ["MASTER", "DESK-A", "A-1", "GONE"])
@pytest.mark.parametrize("node", NODES)
def test_the_walls_of_a_sub_tree(sub_tree, node):
    """Law: what is not below the caller's node is hidden from it, unknown nodes included."""
    bound = caller(SCOPE_OF.values(), sub_tree)
    below = {
        "MASTER": {"MASTER", "DESK-A", "DESK-B", "A-1", "B-1"},
        "DESK-A": {"DESK-A", "A-1"},
        "A-1": {"A-1"},
        "GONE": set(),
    }[sub_tree]
    assert is_within(TREE, node, sub_tree) == (node in below)
    for resource, verb in SCOPE_OF:
        denial = denial_of(bound, resource, verb, node, TREE)
        assert denial == (None if node in below else Denial.HIDDEN)


@pytest.mark.parametrize(("resource", "verb"), [*SCOPE_OF])
def test_whoever_is_bound_reads_facts_of_the_market_and_nothing_else_without_a_node(resource, verb):
    bound = caller(SCOPE_OF.values(), "DESK-A")
    denial = denial_of(bound, resource, verb, None, TREE)
    is_fact = verb is Verb.READ and resource in MARKET_FACTS
    assert denial == (None if is_fact else Denial.HIDDEN)
    assert denial_of(caller(SCOPE_OF.values()), resource, verb, None, TREE) is None
