"""Who comes in, who does not, and what each of them is told."""

import pytest
from msgspec.structs import replace as with_fields

from fencang.basics.time import SECOND_NS
from fencang.gateways.caller import Caller
from fencang.gateways.doors import authenticate
from fencang.gateways.doors.authenticate import (
    DoorRates,
    Refusal,
    RefusalKind,
    address_allowed,
)
from fencang.gateways.doors.throttle import BucketRate
from fencang.gateways.doors.tokens import new_bearer_token
from fencang.gateways.secret import Secret
from fencang.messages.message import Interface
from fencang.refdata.authority import Authority
from fencang.refdata.user import Role
from tests.gateways.doors.door_desk import (
    HOME,
    NOON,
    STRATEGY_SCOPES,
    TOKEN,
    Doors,
    bearing,
    chance,
    private_key,
    request,
    signed,
    signed_key,
)

DAY_NS = 86_400 * SECOND_NS


@pytest.fixture
def doors(tmp_path):
    return Doors(tmp_path)


def test_a_signed_request_comes_in_as_its_key(doors):
    assert doors.admit(signed("trend-2")) == Caller(
        user_id="trend",
        key_id="trend-2",
        scopes=frozenset(STRATEGY_SCOPES),
        sub_tree="DESK-A",
        address=HOME,
        interface=Interface.REST,
    )


def test_a_token_only_reads(doors):
    caller = doors.admit(bearing(TOKEN.token))
    assert caller.key_id == "watch"
    assert caller.scopes == {"orders:read", "positions:read"}
    doors.desk.change_key("watch", scopes=("orders:read", "orders:write"))
    assert doors.admit(bearing(TOKEN.token)).scopes == {"orders:read"}


def test_a_role_that_ends_takes_its_scopes_from_every_key(doors):
    doors.desk.change_user("trend", roles=(Role.VIEWER,))
    assert doors.admit(signed()).scopes == {"orders:read", "positions:read"}
    doors.desk.change_user("trend", roles=())
    assert doors.admit(signed()).scopes == frozenset()


def test_scopes_that_a_role_lacks_are_not_in_a_key_either(doors):
    doors.desk.change_key("trend-1", scopes=("orders:write", "limits:tighten", "drafts:approve"))
    assert doors.admit(signed()).scopes == {"orders:write"}


CLOSED = {
    "unknown key": lambda desk: desk.keys.pop("trend-1"),
    "revoked": lambda desk: desk.change_key("trend-1", is_revoked=True),
    "expired": lambda desk: desk.change_key("trend-1", until_ns=NOON),
    "not yet valid": lambda desk: desk.change_key("trend-1", from_ns=NOON + 1),
    "address not allowed": lambda desk: desk.change_key("trend-1", networks=("10.0.0.0/8",)),
    "user not active": lambda desk: desk.change_user("trend", is_active=False),
    "another proof": lambda desk: desk.change_key(
        "trend-1", proof_hex=private_key("other").public_key.hex
    ),
    "a key that is no point": lambda desk: desk.change_key("trend-1", proof_hex="ff" * 32),
    "a token's key": lambda desk: desk.change_key("trend-1", kind=desk.keys["watch"].kind),
    "no such user": lambda desk: desk.users.pop("trend"),
}


@pytest.mark.parametrize("why", CLOSED)
def test_strangers_get_one_answer_after_one_verification(doors, monkeypatch, why):
    """Law: an unknown key and a wrong signature take the same steps and give the same answer."""
    asked = signed()
    CLOSED[why](doors.desk)
    verified = []
    verify_request = authenticate.verify_request

    def counted(*arguments):
        verified.append(arguments)
        return verify_request(*arguments)

    monkeypatch.setattr(authenticate, "verify_request", counted)
    refusal = doors.admit(asked)
    reference = doors.admit(with_fields(signed(), target="/v1/orders?dry=0"))
    assert (refusal.kind, refusal.detail, refusal.wait_s) == (
        RefusalKind.UNAUTHENTICATED,
        "no key that opens anything here signed this request",
        0,
    )
    assert (reference.kind, reference.detail) == (refusal.kind, refusal.detail)
    assert len(verified) == 2
    assert len({type(arguments[2]) for arguments in verified}) == 1
    assert refusal.key_id == "trend-1"


def test_the_house_knows_why(doors):
    for why in (
        "unknown key",
        "revoked",
        "expired",
        "not yet valid",
        "address not allowed",
        "user not active",
    ):
        keys, users = dict(doors.desk.keys), dict(doors.desk.users)
        CLOSED[why](doors.desk)
        assert doors.admit(signed()).cause == why
        doors.desk.keys, doors.desk.users = keys, users


@pytest.mark.parametrize(
    "change",
    [
        lambda desk: desk.keys.pop("watch"),
        lambda desk: desk.change_key("watch", is_revoked=True),
        lambda desk: desk.change_key("watch", proof_hex="00" * 32),
        lambda desk: desk.change_user("trend", is_active=False),
        lambda desk: desk.change_key("watch", kind=desk.keys["trend-1"].kind),
    ],
)
def test_a_token_that_opens_nothing_gets_that_answer_too(doors, monkeypatch, change):
    compared = []
    is_token_of = authenticate.is_token_of
    monkeypatch.setattr(
        authenticate, "is_token_of", lambda *a: (compared.append(a), is_token_of(*a))[1]
    )
    change(doors.desk)
    refusal = doors.admit(bearing(TOKEN.token))
    assert refusal.kind is RefusalKind.UNAUTHENTICATED
    assert refusal.detail == "no key that opens anything here signed this request"
    assert len(compared) == 1


def test_two_keys_overlap_while_they_are_exchanged(doors):
    doors.desk.change_key("trend-1", until_ns=NOON + DAY_NS)
    doors.desk.keys["trend-3"] = signed_key("trend-3", "trend", from_ns=NOON + DAY_NS // 2)
    for hours, opens in ((0, "10"), (13, "11"), (25, "01")):
        now = NOON + hours * 3_600 * SECOND_NS
        admitted = [
            isinstance(doors.admit(signed(key_id, now), time_ns=now), Caller)
            for key_id in ("trend-1", "trend-3")
        ]
        assert admitted == [digit == "1" for digit in opens], hours


def test_an_allow_list_knows_both_families_and_clothes():
    networks = ("192.0.2.0/24", "2001:db8::/32")
    inside = ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8:1::5")
    outside = ("192.0.3.7", "::ffff:192.0.3.7", "2001:db9::1", "unix:/run/desk", "", "192.0.2.7:80")
    assert all(address_allowed(networks, each) for each in inside)
    assert not any(address_allowed(networks, each) for each in outside)
    assert address_allowed((), "unix:/run/desk")


def test_a_frozen_key_opens_nothing_until_two_persons_thaw_it(doors):
    doors.frozen.freeze("trend-1", "many drafts", NOON)
    assert doors.admit(signed()).cause == "frozen"
    doors.restart(NOON)
    assert doors.admit(signed()).cause == "frozen"
    frozen = doors.frozen
    assert frozen.agree_thaw("trend-1", "rita", NOON) == "nobody asked to thaw trend-1"
    assert "none of the roles" in frozen.ask_thaw("trend-1", "pam", NOON)
    assert "no active person" in frozen.ask_thaw("trend-1", "trend", NOON)
    assert frozen.ask_thaw("trend-1", "rita", NOON) is None
    assert "another one" in frozen.agree_thaw("trend-1", "rita", NOON)
    assert isinstance(doors.admit(signed()), Refusal)
    assert frozen.agree_thaw("trend-1", "carl", NOON) is None
    assert isinstance(doors.admit(signed()), Caller)
    assert frozen.all() == {}


def test_a_single_operator_thaws_alone(doors):
    doors.frozen.freeze("trend-1", "many drafts", NOON)
    doors.desk.the_authority = Authority(single_operator=True)
    assert "no active person" in doors.frozen.ask_thaw("trend-1", "trend", NOON)
    assert doors.frozen.ask_thaw("trend-1", "pam", NOON) is None
    assert doors.frozen.agree_thaw("trend-1", "pam", NOON) is None
    assert isinstance(doors.admit(signed()), Caller)


def test_what_follows_from_the_request_alone_is_told(doors):
    told = [
        (request(), RefusalKind.NOT_SIGNED, "sign the request"),
        (signed(time_ns=NOON - 31 * SECOND_NS), RefusalKind.SIGN_ANEW, "older than 30 s"),
        (signed(time_ns=NOON + 6 * SECOND_NS), RefusalKind.SIGN_ANEW, "future"),
        (with_fields(signed(), body=b"{}"), RefusalKind.NOT_SIGNED, "content-digest"),
        (bearing(Secret("")), RefusalKind.NOT_SIGNED, "Bearer, a space, the token"),
    ]
    for asked, kind, words in told:
        refusal = doors.admit(asked)
        assert refusal.kind is kind, refusal
        assert words in refusal.detail


def test_a_token_beside_a_signature_is_ambiguous(doors):
    asked = signed()
    both = with_fields(asked, headers=(*asked.headers, *bearing(TOKEN.token).headers))
    twice = with_fields(bearing(TOKEN.token), headers=2 * bearing(TOKEN.token).headers)
    for each in (both, twice):
        assert doors.admit(each).kind is RefusalKind.NOT_SIGNED


def test_failures_are_throttled_by_address_and_a_neighbour_stays_in(tmp_path):
    doors = Doors(tmp_path, rates=DoorRates(failures=BucketRate(3, SECOND_NS)))
    assert isinstance(doors.admit(signed("trend-1")), Caller)
    answers = [doors.admit(signed("nobody")) for _ in range(5)]
    assert [each.kind for each in answers] == 3 * [RefusalKind.UNAUTHENTICATED] + 2 * [
        RefusalKind.TOO_MANY
    ]
    assert answers[-1].wait_s == 1
    assert isinstance(doors.admit(signed("trend-1")), Caller), "it came in from here before"
    assert doors.admit(signed("trend-2")).kind is RefusalKind.TOO_MANY
    assert isinstance(doors.admit(signed("trend-2"), address="192.0.2.99"), Caller)
    later = NOON + 2 * SECOND_NS
    assert isinstance(doors.admit(signed("trend-2", later), time_ns=later), Caller)


def test_strangers_from_everywhere_do_not_shut_out_who_came_in_before(tmp_path, monkeypatch):
    doors = Doors(tmp_path, rates=DoorRates(strangers=BucketRate(50, SECOND_NS)))
    assert isinstance(doors.admit(signed()), Caller)
    asked = signed("nobody")
    for number in range(50):
        answer = doors.admit(asked, address=f"203.0.113.{number}")
        assert answer.kind is RefusalKind.UNAUTHENTICATED
    with monkeypatch.context() as patched:
        patched.setattr(authenticate, "verify_request", lambda *_: pytest.fail("verified"))
        assert doors.admit(asked, address="203.0.113.99").cause == "too many failures of strangers"
        assert doors.admit(signed("trend-2")).kind is RefusalKind.TOO_MANY
    assert isinstance(doors.admit(signed()), Caller)
    later = NOON + SECOND_NS
    assert isinstance(doors.admit(signed("trend-2", later), time_ns=later), Caller)


def test_a_throttled_address_costs_no_verification(tmp_path, monkeypatch):
    doors = Doors(tmp_path, rates=DoorRates(failures=BucketRate(1, SECOND_NS)))
    doors.admit(signed("nobody"))
    monkeypatch.setattr(authenticate, "verify_request", lambda *_: pytest.fail("verified"))
    assert doors.admit(signed("nobody")).kind is RefusalKind.TOO_MANY


def test_requests_of_an_address_and_of_a_key_are_throttled(tmp_path):
    rates = DoorRates(of_address=BucketRate(4, SECOND_NS), of_key=BucketRate(2, SECOND_NS))
    doors = Doors(tmp_path, rates=rates)
    causes = [getattr(doors.admit(signed()), "cause", "in") for _ in range(5)]
    assert causes == [
        "in",
        "in",
        "too many requests of the key",
        "too many requests of the key",
        "too many requests of the address",
    ]


def test_a_captured_request_that_is_replayed_does_not_shut_its_key_out(tmp_path):
    rates = DoorRates(of_key=BucketRate(2, SECOND_NS), failures=BucketRate(5, SECOND_NS))
    doors = Doors(tmp_path, rates=rates)
    captured = signed()
    assert isinstance(doors.admit(captured), Caller)
    thief = "203.0.113.9"
    causes = [doors.admit(captured, address=thief).cause for _ in range(7)]
    assert causes == 5 * ["nonce used"] + 2 * ["too many failures of the address"]
    assert isinstance(doors.admit(signed()), Caller)


def test_floods_of_strangers_stay_bounded(tmp_path):
    doors = Doors(tmp_path)
    token = new_bearer_token("nobody", chance("nobody")).token
    asked = bearing(token)
    for number in range(100_000):
        doors.admit(asked, address=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    keeper = doors.keeper
    assert len(keeper._failures) <= 100_000
    assert len(keeper._by_address) <= 100_000
    assert keeper._by_key._full_ns == {}
    assert not keeper._known_places
    assert len(doors.nonces) == 0


def test_public_keys_are_read_ahead(doors):
    authenticate.public_key_of.cache_clear()
    doors.keeper.warm([*doors.desk.keys.values()])
    assert authenticate.public_key_of.cache_info().currsize == 2
