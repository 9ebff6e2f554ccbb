"""Passwords, one-time codes and sealed seeds, each by itself."""

import threading

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.time import SECOND_NS
from fencang.gateways.doors import passwords, totp
from fencang.gateways.doors.faults import HashingBusy, KeyFileUnusable
from fencang.gateways.doors.passwords import PasswordHashing, password_faults
from fencang.gateways.doors.sealing import Sealing
from fencang.gateways.doors.totp import STEP_S, matched_step, seed_of
from fencang.gateways.secret import Secret
from tests.gateways.doors.door_desk import NOON, WEAK, chance

SEED = seed_of(chance("seed", 20))
STEP = NOON // SECOND_NS // STEP_S


def test_the_parameters_are_those_that_the_module_argues_for():
    """RFC 9106 section 4, second choice: t = 3, p = 4, m = 2^16 KiB, salt 128 bits, tag 256."""
    kept = PasswordHashing().hash(Secret("correct horse battery"))
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    salt, tag = kept.split("$")[-2:]
    assert (len(salt) * 6 // 8, len(tag) * 6 // 8) == (16, 32)


def test_a_password_matches_itself_in_any_keyboards_form():
    kept = WEAK.hash(Secret("schlüssel und tür"))
    assert WEAK.matches(kept, Secret("schlüssel und tür"))
    assert WEAK.matches(kept, Secret("schlu\u0308ssel und tu\u0308r"))
    assert not WEAK.matches(kept, Secret("schlussel und tur"))
    assert WEAK.hash(Secret("schlüssel und tür")) != kept, "each has a salt of its own"


def test_nobodys_password_is_checked_as_anybodys_and_never_right():
    assert not WEAK.matches(None, Secret("whoever is not enrolled has this"))
    assert not WEAK.matches("no hash", Secret("anything at all"))
    assert not WEAK.matches(None, Secret("x" * 100_000))


def test_a_hash_with_other_parameters_is_outdated():
    assert WEAK.is_outdated(PasswordHashing(memory_kib=16, passes=1, lanes=1).hash(Secret("word")))
    assert not WEAK.is_outdated(WEAK.hash(Secret("word")))


def test_no_more_checks_at_once_than_memory_allows(monkeypatch):
    hashing = PasswordHashing(memory_kib=8, passes=1, lanes=1)
    kept = hashing.hash(Secret("word"))
    inside, go_on = threading.Barrier(3), threading.Event()

    class Slow:
        def verify(self, *_):
            inside.wait(10)
            return go_on.wait(10)

    monkeypatch.setattr(hashing, "_hasher", Slow())
    threads = [
        threading.Thread(target=hashing.matches, args=("kept", Secret("word"))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    inside.wait(10)
    for is_known in (False, True):
        with monkeypatch.context() as patched:
            patched.setattr(hashing, "_hasher", WEAK._hasher)
            if is_known:  # strangers do not keep out who was here before
                assert hashing.matches(kept, Secret("word"), is_known=True)
            else:
                with pytest.raises(HashingBusy):
                    hashing.matches(kept, Secret("word"))
    go_on.set()
    for thread in threads:
        thread.join(10)
    monkeypatch.undo()
    assert hashing.matches(kept, Secret("word"))


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", "fewest"),
        ("x" * 200, "most"),
        ("aaaaaaaaaaaabb", "different"),
        ("Rita is my name", "user's name"),
        ("tabs\tand\nnewlines here", "cannot be seen"),
    ],
)
def test_a_password_that_is_refused_says_why(password, fault):
    assert any(fault in each for each in password_faults(Secret(password), "rita"))


def test_length_is_all_that_is_asked_for():
    assert password_faults(Secret("correct horse battery"), "rita") == []
    assert passwords.CHARACTERS_MIN == 12


def code(step):
    return Secret(pyotp.TOTP(SEED.reveal()).at(step * STEP_S))


def test_codes_of_now_and_one_step_around_are_right_and_no_others():
    found = [matched_step(SEED, code(STEP + around), NOON, -1) for around in range(-3, 4)]
    assert found == [None, None, STEP - 1, STEP, STEP + 1, None, None]


def test_codes_are_those_of_rfc_6238():
    """Appendix B, SHA-1: at 59 s the eight digits are 94287082, of which six are shown here."""
    seed = seed_of(b"12345678901234567890")
    assert matched_step(seed, Secret("287082"), 59 * SECOND_NS, -1) == 1


def test_a_step_that_was_used_and_all_before_it_are_dead():
    assert matched_step(SEED, code(STEP), NOON, STEP) is None
    assert matched_step(SEED, code(STEP - 1), NOON, STEP) is None
    assert matched_step(SEED, code(STEP + 1), NOON, STEP) == STEP + 1


@given(st.text(max_size=12))
def test_what_is_no_code_is_not_right(text):
    right = {code(STEP + around).reveal() for around in (-1, 0, 1)}
    assert (matched_step(SEED, Secret(text), NOON, -1) is not None) == (text in right)


def test_an_authenticator_is_given_desk_and_user():
    address = totp.enrolment_address(SEED, "rita", "demo").reveal()
    assert address.startswith("otpauth://totp/fencang%20demo:rita?secret=")


@given(st.text(min_size=1, max_size=40), st.binary(min_size=12, max_size=12))
def test_a_seal_opens_for_its_user_under_its_key_only(user_id, nonce):
    sealing = Sealing(chance("key"))
    sealed = sealing.seal(SEED, user_id, nonce)
    assert SEED.reveal().encode() not in sealed
    assert sealing.open(sealed, user_id).matches(SEED.reveal())
    wrong = [
        (Sealing(chance("other")), sealed, user_id),
        (sealing, sealed, user_id + "x"),
        (sealing, sealed[:-1] + bytes([sealed[-1] ^ 1]), user_id),
        (sealing, sealed[:20], user_id),
        (sealing, b"", user_id),
    ]
    for other, text, name in wrong:
        with pytest.raises(KeyFileUnusable):
            other.open(text, name)


def test_the_key_file_is_made_once_and_private(tmp_path):
    path = tmp_path / "secrets.key"
    sealed = Sealing.from_file(path, chance("a")).seal(SEED, "rita", chance("n", 12))
    assert path.stat().st_mode & 0o777 == 0o600
    assert Sealing.from_file(path, chance("b")).open(sealed, "rita").matches(SEED.reveal())


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "00" * 31])
def test_a_key_file_that_is_none_is_refused(tmp_path, content):
    path = tmp_path / "secrets.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileUnusable, match="hexadecimal"):
        Sealing.from_file(path)


def test_a_key_file_that_others_read_or_that_is_gone_is_refused(tmp_path):
    path = tmp_path / "secrets.key"
    with pytest.raises(KeyFileUnusable, match="cannot be read"):
        Sealing.from_file(path)
    path.write_text("00" * 32)
    path.chmod(0o640)
    with pytest.raises(KeyFileUnusable, match="chmod 600"):
        Sealing.from_file(path)
