"""Attacks on signed requests: replayed, stale, reordered, truncated, re-signed, across restarts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as with_fields

from fencang.basics.time import SECOND_NS
from fencang.gateways.caller import Caller
from fencang.gateways.doors.authenticate import Refusal, RefusalKind
from tests.gateways.doors.door_desk import (
    NOON,
    TOKEN,
    Doors,
    bearing,
    private_key,
    request,
    signed,
)


@pytest.fixture
def doors(tmp_path):
    return Doors(tmp_path)


def refused(doors, asked, **given):
    answer = doors.admit(asked, **given)
    assert isinstance(answer, Refusal), answer
    return answer


def with_header(asked, name, change):
    headers = tuple(
        (each, change(value) if each.lower() == name else value) for each, value in asked.headers
    )
    return with_fields(asked, headers=headers)


def test_a_replayed_request_is_refused_from_anywhere_and_at_any_time(doors):
    asked = signed()
    assert isinstance(doors.admit(asked), Caller)
    assert refused(doors, asked).cause == "nonce used"
    assert refused(doors, asked, address="203.0.113.9").cause == "nonce used"
    for seconds in (1, 15, 30, 31, 3_600):
        refused(doors, asked, time_ns=NOON + seconds * SECOND_NS)


@pytest.mark.parametrize("how", ["restart", "crash"])
def test_a_replay_across_a_restart_is_refused(doors, how):
    asked = signed()
    assert isinstance(doors.admit(asked), Caller)
    for seconds in range(1, 6):
        now = NOON + seconds * SECOND_NS
        getattr(doors, how)(now)
        assert refused(doors, asked, time_ns=now).kind is RefusalKind.SIGN_ANEW


def test_after_a_crash_a_client_is_told_when_to_sign_anew(doors):
    doors.admit(signed())
    now = NOON + SECOND_NS
    doors.crash(now)
    refusal = refused(doors, signed(time_ns=now), time_ns=now)
    assert "sign again" in refusal.detail
    assert 1 <= refusal.wait_s <= 3
    then = now + refusal.wait_s * SECOND_NS
    assert isinstance(doors.admit(signed(time_ns=then), time_ns=then), Caller)


def test_a_refused_request_uses_up_no_nonce(doors):
    """Nobody without the key can burn a nonce that its owner is about to use."""
    asked = signed(nonce="chosen-nonce-000001")
    forged = signed(nonce="chosen-nonce-000001", key=private_key("thief"))
    refused(doors, forged)
    assert len(doors.nonces) == 0
    assert isinstance(doors.admit(asked), Caller)


def test_the_same_nonce_under_another_request_is_refused(doors):
    assert isinstance(doors.admit(signed(nonce="chosen-nonce-000001")), Caller)
    other = signed(nonce="chosen-nonce-000001", of=request(target="/v1/orders/7"))
    assert refused(doors, other).cause == "nonce used"


def test_requests_in_another_order_come_in_once_each(doors):
    first, second = signed(), signed()
    for asked in (second, first):
        assert isinstance(doors.admit(asked), Caller)
    for asked in (first, second):
        refused(doors, asked)


@pytest.mark.parametrize(
    "change",
    [
        lambda asked: with_fields(asked, method="DELETE"),
        lambda asked: with_fields(asked, target="/v1/orders?dry=0"),
        lambda asked: with_fields(asked, target="/v1/orders"),
        lambda asked: with_fields(asked, target="/v1/orders?dry=1&dry=0"),
        lambda asked: with_fields(asked, authority="other.example"),
        lambda asked: with_fields(asked, body=asked.body[:-1]),
        lambda asked: with_fields(asked, body=b""),
        lambda asked: with_fields(asked, headers=asked.headers[:-1]),
        lambda asked: with_fields(asked, headers=asked.headers[1:]),
        lambda asked: with_fields(asked, headers=(*asked.headers, asked.headers[-1])),
        lambda asked: with_fields(asked, headers=(*asked.headers, ("Idempotency-Key", "k"))),
        lambda asked: with_header(asked, "signature", lambda value: value[:-6] + "==:"),
        lambda asked: with_header(
            asked, "signature-input", lambda value: value.replace("trend-1", "trend-2")
        ),
        lambda asked: with_header(
            asked, "signature-input", lambda value: value.replace('"@method" ', "")
        ),
        lambda asked: with_header(
            asked, "signature-input", lambda value: value.replace("created=1", "created=2")
        ),
        lambda asked: with_header(
            asked, "signature-input", lambda value: value.replace("ed25519", "hmac-sha256")
        ),
    ],
)
def test_a_changed_request_is_refused_and_the_true_one_comes_in_after_it(doors, change):
    asked = signed()
    changed = change(asked)
    assert changed != asked
    refused(doors, changed)
    assert isinstance(doors.admit(asked), Caller)


def test_a_request_signed_again_by_another_key_is_that_keys(doors):
    """Re-signing gives away nothing: the caller is who signed, with what that key may do."""
    resigned = signed("trend-2", of=request())
    assert doors.admit(resigned).key_id == "trend-2"
    refused(doors, signed("trend-1", key_name="trend-2"))


def test_a_request_for_another_desk_that_knows_the_key_is_refused(doors):
    elsewhere = with_fields(request(), authority="other.example")
    assert refused(doors, signed(of=elsewhere)).cause == "foreign"


def test_a_token_is_no_key_to_sign_with_and_a_signature_no_token(doors):
    refused(doors, signed("watch"))
    forged = bearing(TOKEN.token)
    for text in (
        TOKEN.token.reveal()[:-1],
        TOKEN.token.reveal() + "0",
        TOKEN.token.reveal().upper(),
        TOKEN.token.reveal().replace("watch", "trend-1"),
        TOKEN.proof_hex,
        "fcb_watch." + TOKEN.proof_hex,
        "fcb_watch." + "0" * 64,
        "",
    ):
        refused(doors, with_fields(forged, headers=(("Authorization", f"Bearer {text}"),)))
    assert isinstance(doors.admit(forged), Caller)


def test_another_scheme_of_authorization_is_refused(doors):
    for value in ("Basic dTpw", "Bearer", "bearer ", f"Token {TOKEN.token.reveal()}"):
        asked = with_fields(bearing(TOKEN.token), headers=(("Authorization", value),))
        assert refused(doors, asked).kind is RefusalKind.NOT_SIGNED


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            ["Signature", "Signature-Input", "Authorization", "Content-Digest", "Host"]
        ),
        st.text(max_size=60),
    ),
    max_size=6,
)


@given(headers=HEADERS, address=st.text(max_size=20), target=st.text(max_size=20), body=st.binary())
@settings(max_examples=200)
def test_whatever_strangers_send_is_refused_and_nothing_breaks(
    shared_doors, headers, address, target, body
):
    asked = request(target=target, body=body, headers=tuple(headers))
    answer = shared_doors.admit(asked, address=address)
    assert isinstance(answer, Refusal)
    assert len(answer.detail) < 1_000


@pytest.fixture(scope="module")
def shared_doors(tmp_path_factory):
    return Doors(tmp_path_factory.mktemp("doors"))
