"""Signature-Input and Signature: what is read is what was written, and nothing else is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.signing.faults import Cause, SignatureFault
from fencang.signing.request import DERIVED_COMPONENTS
from fencang.signing.signature_fields import (
    COMPONENTS_MAX,
    SIGNATURE_INPUT_LENGTH_MAX,
    MessageSignature,
    parse_signature,
    parse_signature_input,
    serialise_signature,
    serialise_signature_input,
)

GOOD = 'sig1=("@method" "@path");created=7;nonce="n";keyid="k";alg="ed25519";tag="t"'

LABELS = st.from_regex(r"[a-z*][a-z0-9_.*-]{0,63}", fullmatch=True)
COMPONENTS = st.lists(
    st.one_of(
        st.sampled_from(DERIVED_COMPONENTS), st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True)
    ),
    unique=True,
    max_size=COMPONENTS_MAX,
).map(tuple)
SAID = st.text(
    st.sampled_from([chr(n) for n in range(0x20, 0x7F) if chr(n) not in '"\\']), max_size=64
)
VALUES = {
    "created": st.integers(0, 10**15 - 1),
    "expires": st.integers(0, 10**15 - 1),
    "nonce": SAID,
    "keyid": SAID,
    "alg": st.just("ed25519"),
    "tag": SAID,
}


@st.composite
def signatures(draw):
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True))
    return MessageSignature(
        label=draw(LABELS),
        components=draw(COMPONENTS),
        parameters=tuple((name, draw(VALUES[name])) for name in names),
        signature=draw(st.binary(min_size=64, max_size=64)),
    )


@given(signatures())
def test_what_is_written_is_read(signature):
    """Law: parse ∘ serialise is the identity, order included."""
    label, components, parameters = parse_signature_input(serialise_signature_input(signature))
    assert parse_signature(serialise_signature(signature)) == (label, signature.signature)
    read = MessageSignature(
        label=label, components=components, parameters=parameters, signature=signature.signature
    )
    assert read == signature


MARKS = st.text('sig1=("@method" "@path");created=7;nonce="keyid,\\: \té\n', max_size=60)


@given(st.one_of(st.text(max_size=60), MARKS, st.builds("{}{}".format, st.just(GOOD), MARKS)))
def test_arbitrary_text_raises_nothing_else_and_reads_as_it_stands(text):
    """Law: serialise ∘ parse is the identity on what is read at all; the rest is a fault."""
    try:
        label, components, parameters = parse_signature_input(text)
    except SignatureFault:
        return
    signature = MessageSignature(
        label=label, components=components, parameters=parameters, signature=b""
    )
    assert serialise_signature_input(signature) == text


@given(st.one_of(st.text(max_size=100), st.text("sig1=:A/+", max_size=100)))
def test_arbitrary_text_is_no_signature_or_one_as_it_stands(text):
    try:
        label, signature = parse_signature(text)
    except SignatureFault:
        return
    read = MessageSignature(label=label, components=(), parameters=(), signature=signature)
    assert serialise_signature(read) == text


@given(st.integers(0, len(GOOD) - 1), st.characters())
def test_one_changed_letter_reads_as_another_input_or_not_at_all(at, letter):
    text = GOOD[:at] + letter + GOOD[at + 1 :]
    try:
        read = parse_signature_input(text)
    except SignatureFault:
        return
    assert (read == parse_signature_input(GOOD)) is (text == GOOD)


@pytest.mark.parametrize(
    ("text", "cause", "words"),
    [
        ("", Cause.MALFORMED, "begins with a label"),
        ('Sig1=("@method")', Cause.MALFORMED, "begins with a label"),
        ("sig1=", Cause.MALFORMED, "begins with \\("),
        ('sig1="@method"', Cause.MALFORMED, "begins with \\("),
        ('sig1=("@method"', Cause.MALFORMED, "one space between"),
        ('sig1=("@method"  "@path")', Cause.MALFORMED, "one space between"),
        ('sig1=( "@method")', Cause.MALFORMED, "one space between"),
        ('sig1=("@method" )', Cause.MALFORMED, "one space between"),
        ('sig1=("@method""@path")', Cause.MALFORMED, "one space between"),
        ('sig1=("Content-Type")', Cause.MALFORMED, "one space between"),
        ('sig1=("@method";req)', Cause.MALFORMED, "one space between"),
        ('sig1=("@query-param";name="a")', Cause.UNSUPPORTED, "@query-param"),
        ('sig1=("@request-target")', Cause.UNSUPPORTED, "@request-target"),
        ('sig1=("@signature-params")', Cause.UNSUPPORTED, "@signature-params"),
        ('sig1=("@method" "@method")', Cause.MALFORMED, "@method twice"),
        ('sig1=("date" "@path" "date")', Cause.MALFORMED, "date twice"),
        ('sig1=("@method");created=7;created=8', Cause.MALFORMED, "created twice"),
        ('sig1=("@method");created=7;created=7', Cause.MALFORMED, "created twice"),
        ('sig1=("@method"); created=7', Cause.MALFORMED, "a parameter stands as"),
        ('sig1=("@method");created=07', Cause.MALFORMED, "a parameter stands as"),
        ('sig1=("@method");created=-7', Cause.MALFORMED, "a parameter stands as"),
        ('sig1=("@method");created=7.5', Cause.MALFORMED, "a parameter stands as"),
        ('sig1=("@method");created=' + "9" * 16, Cause.MALFORMED, "a parameter stands as"),
        ('sig1=("@method");created=٧', Cause.MALFORMED, "a parameter stands as"),
        ('sig1=("@method");nonce="a\\"b"', Cause.MALFORMED, "a parameter stands as"),
        ('sig1=("@method");nonce="é"', Cause.MALFORMED, "a parameter stands as"),
        ('sig1=("@method");nonce=abc', Cause.MALFORMED, "a parameter stands as"),
        ('sig1=("@method");created', Cause.MALFORMED, "a parameter stands as"),
        ('sig1=("@method");created="7"', Cause.MALFORMED, "created is a whole number"),
        ('sig1=("@method");nonce=7', Cause.MALFORMED, "nonce is text in quotes"),
        ('sig1=("@method");alg=7', Cause.UNSUPPORTED, "only ed25519"),
        ('sig1=("@method");alg="hmac-sha256"', Cause.UNSUPPORTED, "only ed25519"),
        ('sig1=("@method");alg="none"', Cause.UNSUPPORTED, "only ed25519"),
        ('sig1=("@method");alg=""', Cause.UNSUPPORTED, "only ed25519"),
        ('sig1=("@method");context="x"', Cause.UNSUPPORTED, "parameter context"),
        (
            'sig1=("@method");created=7, sig2=("@method");created=7',
            Cause.UNSUPPORTED,
            "more than one",
        ),
        ('sig1=("@method"),sig1=("@path")', Cause.UNSUPPORTED, "more than one"),
        ("a" * 65 + '=("@method")', Cause.MALFORMED, "begins with a label"),
        ("(" * 1_000_000, Cause.MALFORMED, "at most 2048"),
    ],
)
def test_what_is_not_of_the_strict_form_is_refused_in_plain_words(text, cause, words):
    with pytest.raises(SignatureFault, match=words) as fault:
        parse_signature_input(text)
    assert fault.value.cause is cause
    assert len(str(fault.value)) < 300


def test_lengths_and_numbers_are_bounded():
    names = [f'"x-{number}"' for number in range(COMPONENTS_MAX + 1)]
    parse_signature_input(f"sig1=({' '.join(names[:-1])})")
    with pytest.raises(SignatureFault, match="more than 24 components"):
        parse_signature_input(f"sig1=({' '.join(names)})")
    with pytest.raises(SignatureFault, match="one space between"):
        parse_signature_input(f'sig1=("{"x" * 65}")')
    with pytest.raises(SignatureFault, match="a parameter stands as"):
        parse_signature_input(f'sig1=();nonce="{"x" * 257}"')
    with pytest.raises(SignatureFault, match="at most"):
        parse_signature_input(GOOD.ljust(SIGNATURE_INPUT_LENGTH_MAX + 1, "x"))
    with pytest.raises(SignatureFault, match="at most"):
        parse_signature("sig1=:" + "A" * 10_000 + ":")
