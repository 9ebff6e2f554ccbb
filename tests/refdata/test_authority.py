"""Users, keys, delegations and the authority on their own: every fault at once, in plain words."""

import pytest

from fencang.basics.time import DAY_NS
from fencang.refdata.api_key import ApiKey, ApiKeyKind
from fencang.refdata.authority import (
    POWERS,
    PROGRAMS,
    ROLES_APART,
    SINGLE_OPERATOR,
    Authority,
    Delegation,
    Matter,
    Power,
    RolesApart,
)
from fencang.refdata.faults import faults_of
from fencang.refdata.user import Role, User, UserKind

KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
"""The public key of RFC 8032, section 7.1, test 1."""


def user(**more):
    return User(**{"user_id": "ann", "name": "Ann", "roles": (Role.OPERATIONS,), **more})


def api_key(**more):
    values = {
        "key_id": "k",
        "user_id": "ann",
        "kind": ApiKeyKind.SIGNED,
        "proof_hex": KEY,
        "scopes": ("orders:write",),
        "until_ns": DAY_NS,
    }
    return ApiKey(**{**values, **more})


def delegation(**more):
    values = {
        "delegation_id": "d",
        "from_user_id": "ann",
        "to_user_id": "bob",
        "role": Role.OPERATIONS,
        "from_ns": 0,
        "until_ns": DAY_NS,
        "reason": "leave",
    }
    return Delegation(**{**values, **more})


def test_what_is_right_has_no_faults():
    for item in (user(public_keys=(KEY,)), api_key(), delegation(), Authority()):
        assert faults_of(item) == []


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (user(name=" "), "name is empty"),
        (user(user_id=PROGRAMS[0]), "names no user"),
        (user(user_id=SINGLE_OPERATOR), "names no user"),
        (user(roles=(Role.VIEWER, Role.VIEWER)), "roles names viewer twice"),
        (user(public_keys=(KEY, KEY)), "public_keys names d75a"),
        (user(public_keys=("01" + "00" * 31,)), "small order"),
        (user(public_keys=("ff" * 32,)), "is no public key"),
        (user(from_ns=2, until_ns=2), "until_ns must lie after"),
        (user(kind=UserKind.SERVICE, public_keys=(KEY,)), "a service signs no drafts"),
        (user(roles=(Role.VIEWER,), public_keys=(KEY,)), "a viewer sees and does nothing"),
        (api_key(scopes=("orders:write", "orders:write")), "scopes names orders:write twice"),
        (api_key(from_ns=DAY_NS), "until_ns must lie after"),
        (api_key(kind=ApiKeyKind.BEARER), "a bearer token only reads"),
        (api_key(proof_hex="00" * 32), "small order"),
        (api_key(networks=("10.0.0.1/8",)), "is no network"),
        (api_key(networks=("anywhere",)), "is no network"),
        (api_key(networks=("10.0.0.0/8", "10.0.0.0/8")), "networks names 10.0.0.0/8 twice"),
        (delegation(until_ns=0), "until_ns must lie after"),
        (delegation(until_ns=400 * DAY_NS), "more than 366 days"),
        (delegation(to_user_id="ann"), "delegates to the user itself"),
        (delegation(role=Role.VIEWER), "a viewer does nothing"),
        (delegation(reason=" "), "says why"),
        (Authority(cooling_off_ns=DAY_NS, draft_age_ns_max=DAY_NS), "would expire first"),
        (Authority(powers=(POWERS[Matter.MONEY],) * 2), "powers states money twice"),
        (
            Authority(
                powers=(
                    Power(
                        matter=Matter.MONEY,
                        propose=(Role.OPERATIONS,),
                        approve=(Role.OPERATIONS,),
                    ),
                )
            ),
            "alone both proposes and approves",
        ),
        (
            Authority(
                powers=(
                    Power(matter=Matter.MONEY, propose=(Role.VIEWER,), approve=(Role.COMPLIANCE,)),
                )
            ),
            "money: a viewer sees",
        ),
        (
            Authority(roles_apart=(RolesApart(first=Role.VIEWER, second=Role.VIEWER),)),
            "apart from itself",
        ),
    ],
)
def test_a_fault_is_told_in_plain_words(item, words):
    assert any(words in fault for fault in faults_of(item)), faults_of(item)


def test_every_fault_is_told_at_once():
    faults = faults_of(user(name="", user_id="feed", public_keys=("00" * 32,), until_ns=0))
    assert len(faults) == 4


def test_a_bearer_token_may_read():
    token = api_key(kind=ApiKeyKind.BEARER, scopes=("orders:read",), proof_hex="00" * 32)
    assert faults_of(token) == []


def test_every_matter_has_two_roles_that_may_sign_it():
    for matter in Matter:
        power = Authority().power(matter)
        assert any(a is not b for a in power.propose for b in power.approve)


def test_no_role_of_the_default_pairs_both_trades_and_controls():
    """RTS 6, Article 1: trading and controlling are separate tasks."""
    control = {Role.RISK_OFFICER, Role.COMPLIANCE}
    assert {pair.second for pair in ROLES_APART} == control
    assert control.isdisjoint(pair.first for pair in ROLES_APART)


def test_times_are_half_open():
    assert [api_key(from_ns=5).opens_at(at) for at in (4, 5, DAY_NS - 1, DAY_NS)] == [
        False,
        True,
        True,
        False,
    ]
    assert user(until_ns=7).acts_at(6)
    assert not user(until_ns=7).acts_at(7)
    assert not user(is_active=False).acts_at(1)
    assert not delegation(is_revoked=True).holds_at(1)
