"""Content-Digest: the vectors of RFC 9530, and that one text stands for some bytes only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.signing.byte_sequences import parse_byte_sequence, serialise_byte_sequence
from fencang.signing.digests import check_content_digest, content_digest, parse_content_digest
from fencang.signing.faults import DigestFault

# RFC 9530, appendix B.1 (with a line feed) and RFC 9421, appendix B.2 (without).
VECTORS = {
    b'{"hello": "world"}\n': "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
    b'{"hello": "world"}': "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
}
EMPTY = content_digest(b"")


@pytest.mark.parametrize("body", VECTORS)
def test_the_vectors_of_the_rfcs_are_reproduced(body):
    assert content_digest(body) == VECTORS[body]
    check_content_digest(VECTORS[body], body)


@given(st.binary(max_size=200))
def test_a_body_has_its_digest(body):
    check_content_digest(content_digest(body), body)
    assert len(parse_content_digest(content_digest(body))) == 32


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_another_body_does_not(body, other):
    if body != other:
        with pytest.raises(DigestFault, match="not the SHA-256"):
            check_content_digest(content_digest(body), other)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "sha-256",
        "sha-256=",
        "sha-256=::",
        "SHA-256=" + EMPTY.removeprefix("sha-256="),
        EMPTY.replace("sha-256", "sha-512"),
        EMPTY + ", " + EMPTY,
        EMPTY + ";a=1",
        " " + EMPTY,
        EMPTY.replace(":", '"'),
        EMPTY[:-2] + ":",
        EMPTY.replace("4", "-"),
        EMPTY.replace("U=:", "V=:"),  # the last two bits of base64 mean nothing and must be zero
        "sha-256=:" + "é" * 44 + ":",
        "sha-256=:" + "=" * 44 + ":",
        "sha-256=:" + "A" * 100_000 + ":",
    ],
)
def test_any_other_spelling_is_refused_and_quoted_briefly(value):
    with pytest.raises(DigestFault) as fault:
        parse_content_digest(value)
    assert len(str(fault.value)) < 250


@given(st.one_of(st.text(max_size=60), st.text("sha-256=:AU/+", max_size=60)))
def test_arbitrary_text_raises_nothing_else(value):
    try:
        digest = parse_content_digest(value)
    except DigestFault:
        return
    assert value == "sha-256=" + serialise_byte_sequence(digest)


@given(st.binary(max_size=100))
def test_byte_sequences_are_read_as_written(data):
    assert parse_byte_sequence(serialise_byte_sequence(data), len(data)) == data
