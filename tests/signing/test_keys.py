"""Keys: what is refused as one, and that verifying answers whatever a stranger brings."""

import hashlib
import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given
from hypothesis import strategies as st

from fencang.signing.faults import KeyFault
from fencang.signing.keys import (
    DECOY_PUBLIC_KEY_HEX,
    PrivateKey,
    PublicKey,
    public_key_of,
    verify,
)

P = 2**255 - 19
D = -121_665 * pow(121_666, -1, P) % P
SEEDS = st.binary(min_size=32, max_size=32)

# RFC 8032 §7.1, TEST 2.
SEED = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def added(one, two):
    """Return the sum of two points of the curve by its own law."""
    (x1, y1), (x2, y2) = one, two
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P
    return x, y


def point_of(raw):
    """Return the point that 32 bytes encode; None where they encode none (RFC 8032 §5.1.3)."""
    number = int.from_bytes(raw, "little")
    y, sign = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        return None
    return (x if x % 2 == sign else P - x), y


def points_of_small_order():
    """Return the encodings of all eight, found as multiples of one of order eight."""
    generator = point_of(
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
    )
    points, point = [], (0, 1)
    for _ in range(8):
        points.append(point)
        point = added(point, generator)
    assert point == (0, 1)
    return [(y | ((x % 2) << 255)).to_bytes(32, "little") for x, y in points]


def test_the_vector_of_rfc_8032_is_reproduced():
    key = PrivateKey.from_hex(SEED)
    assert key.public_key.hex == PUBLIC
    assert key.sign(b"\x72").hex() == SIGNATURE
    assert verify(PUBLIC, bytes.fromhex(SIGNATURE), b"\x72")


@given(SEEDS, st.binary(max_size=300))
def test_what_a_key_signs_verifies_under_its_public_half(seed, message):
    key = PrivateKey.from_seed(seed)
    assert public_key_of(key.public_key.hex) == key.public_key
    assert verify(key.public_key.hex, key.sign(message), message)


@given(SEEDS, st.binary(min_size=1, max_size=50), st.data())
def test_one_bit_of_message_signature_or_key_changes_the_answer(seed, message, data):
    key = PrivateKey.from_seed(seed)
    parts = [key.public_key.raw, key.sign(message), message]
    which = data.draw(st.integers(0, 2))
    bit = data.draw(st.integers(0, 8 * len(parts[which]) - 1))
    number = int.from_bytes(parts[which], "little") ^ (1 << bit)
    parts[which] = number.to_bytes(len(parts[which]), "little")
    assert not verify(parts[0].hex(), parts[1], parts[2])


@given(st.text(max_size=70), st.binary(max_size=70), st.binary(max_size=70))
def test_whatever_strangers_bring_verifying_answers_no(key, signature, message):
    assert verify(key, signature, message) is False
    assert verify(PUBLIC, signature, message) is False


@pytest.mark.parametrize("raw", points_of_small_order(), ids=bytes.hex)
def test_points_of_small_order_are_no_keys(raw):
    with pytest.raises(KeyFault, match="small order"):
        PublicKey(raw)
    assert not verify(raw.hex(), raw + bytes(32), b"anything")


@given(SEEDS, st.binary(max_size=300))
def test_another_library_signs_and_verifies_alike(seed, message):
    """Twin: OpenSSL, behind ``cryptography``."""
    ours, theirs = PrivateKey.from_seed(seed), Ed25519PrivateKey.from_private_bytes(seed)
    assert theirs.public_key().public_bytes_raw() == ours.public_key.raw
    assert theirs.sign(message) == ours.sign(message)
    theirs.public_key().verify(ours.sign(message), message)


def test_a_library_alone_would_let_one_signature_verify_for_every_message():
    """Why keys are looked at: the identity point with S = 0 satisfies the equation always."""
    identity = (1).to_bytes(32, "little")
    for message in (b"pay", b"nothing"):
        Ed25519PublicKey.from_public_bytes(identity).verify(identity + bytes(32), message)
        assert not verify(identity.hex(), identity + bytes(32), message)


@given(st.binary(min_size=32, max_size=32))
def test_exactly_encodings_of_points_are_keys(raw):
    """Twin: the check by Euler's criterion against decoding the point."""
    is_key = point_of(raw) is not None and raw not in points_of_small_order()
    try:
        PublicKey(raw)
    except KeyFault:
        assert not is_key
    else:
        assert is_key


@pytest.mark.parametrize("more", range(19))
@pytest.mark.parametrize("sign", [0, 1])
def test_a_number_beyond_the_field_is_no_key_even_where_its_rest_is_one(more, sign):
    raw = (P + more + (sign << 255)).to_bytes(32, "little")
    with pytest.raises(KeyFault, match="not below"):
        PublicKey(raw)


@pytest.mark.parametrize("text", ["", "ab", PUBLIC.upper(), PUBLIC + "00", " " + PUBLIC, "x" * 64])
def test_other_text_is_no_public_key(text):
    with pytest.raises(KeyFault, match="64 lower-case"):
        public_key_of(text)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_other_sizes_are_no_keys(size):
    with pytest.raises(KeyFault, match="32 bytes"):
        PrivateKey.from_seed(bytes(size))
    with pytest.raises(KeyFault, match="32 bytes"):
        PublicKey(bytes(size))


def test_the_decoy_is_a_key_made_of_words_so_that_nobody_can_hold_its_private_half():
    assert hashlib.sha256(b"fencang decoy key 0").hexdigest() == DECOY_PUBLIC_KEY_HEX
    public_key_of(DECOY_PUBLIC_KEY_HEX)


def test_a_private_key_never_shows():
    """Not printed, not in a fault, not pickled."""
    key = PrivateKey.from_hex(SEED)
    assert SEED not in repr(key) + str(key)
    assert PUBLIC in repr(key)
    with pytest.raises(KeyFault) as fault:
        PrivateKey.from_hex(SEED.upper())
    assert SEED[:8] not in str(fault.value).lower()
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_a_public_key_is_a_value():
    key = public_key_of(PUBLIC)
    assert key == PublicKey(bytes.fromhex(PUBLIC))
    assert len({key, PublicKey(key.raw)}) == 1
    with pytest.raises(AttributeError):
        key.raw = bytes(32)
