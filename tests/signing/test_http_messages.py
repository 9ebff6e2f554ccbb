"""Signed requests: the vector of RFC 9421, laws for all requests, what attackers would change."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fencang.basics.time import SECOND_NS
from fencang.signing.digests import content_digest
from fencang.signing.drafts import DraftText, Purpose, body_hash, draft_bytes
from fencang.signing.faults import Cause, SignatureFault
from fencang.signing.http_messages import (
    POLICY,
    SignaturePolicy,
    read_signature,
    sign_request,
    signature_base,
    verify_request,
)
from fencang.signing.keys import DECOY_PUBLIC_KEY_HEX, PrivateKey, public_key_of
from fencang.signing.request import Request, request_of_url
from fencang.signing.signature_fields import (
    MessageSignature,
    parse_signature,
    parse_signature_input,
    serialise_signature_input,
)
from tests.signing.order_request import (
    CREATED_S,
    KEY,
    NONCE,
    NOW_NS,
    ORDER,
    header_of,
    signed,
    verified,
    with_header,
)

# RFC 9421, appendices B.1.4 (key), B.2 (request) and B.2.6 (base and signature).
RFC_KEY = PrivateKey.from_seed(
    base64.urlsafe_b64decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU=")
)
RFC_PUBLIC = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs="
RFC_REQUEST = request_of_url(
    "POST",
    "https://example.com/foo?param=Value&Pet=dog",
    headers=(
        ("Host", "example.com"),
        ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("Content-Type", "application/json"),
        ("Content-Length", "18"),
    ),
    body=b'{"hello": "world"}',
)
RFC_INPUT = (
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)
RFC_SIGNATURE = (
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u"
    "02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
)
RFC_BASE = (
    '"date": Tue, 20 Apr 2021 02:07:55 GMT\n'
    '"@method": POST\n'
    '"@path": /foo\n'
    '"@authority": example.com\n'
    '"content-type": application/json\n'
    '"content-length": 18\n'
    '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)

VISIBLE = "".join(chr(number) for number in range(0x21, 0x7F))
TARGETS = st.text(VISIBLE.replace("#", ""), max_size=40).map(lambda rest: "/" + rest)
HOSTS = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}(:[0-9]{1,5})?", fullmatch=True)
FIELD_VALUES = st.text(VISIBLE + " ", max_size=30).map(str.strip)
NONCES = st.from_regex(r"[A-Za-z0-9_-]{16,64}", fullmatch=True)
KEY_IDS = st.text(VISIBLE.replace('"', "").replace("\\", ""), min_size=1, max_size=64)


@st.composite
def requests(draw):
    names = ["Content-Type", "content-encoding", "Idempotency-Key", "IF-MATCH", "X-Other"]
    chosen = draw(st.lists(st.sampled_from(names), unique=True))
    return Request(
        method=draw(st.from_regex(r"[A-Z]{1,32}", fullmatch=True)),
        authority=draw(HOSTS),
        target=draw(TARGETS),
        scheme=draw(st.sampled_from(["https", "http"])),
        headers=tuple((name, draw(FIELD_VALUES)) for name in chosen),
        body=draw(st.binary(max_size=40)),
    )


def refusal(request, **terms):
    with pytest.raises(SignatureFault) as fault:
        verified(request, **terms)
    return fault.value.cause


# ----------------------------------------------------------------------------- the standard's words


def test_the_vector_of_rfc_9421_is_reproduced():
    _, components, parameters = parse_signature_input(RFC_INPUT)
    label, signature = parse_signature(RFC_SIGNATURE)
    base = signature_base(RFC_REQUEST, components, parameters)
    assert base == RFC_BASE.encode()
    assert RFC_KEY.public_key.raw == base64.urlsafe_b64decode(RFC_PUBLIC)
    assert RFC_KEY.sign(base) == signature
    assert RFC_KEY.public_key.verify(signature, base)
    written = MessageSignature(
        label=label, components=components, parameters=parameters, signature=signature
    )
    assert serialise_signature_input(written) == RFC_INPUT


@pytest.mark.parametrize(
    ("url", "component", "value"),
    [
        ("https://www.example.com/path?param=value", "@method", "GET"),
        ("https://www.example.com/path?param=value", "@scheme", "https"),
        (
            "https://www.example.com/path?param=value",
            "@target-uri",
            "https://www.example.com/path?param=value",
        ),
        ("https://www.example.com/path?param=value", "@authority", "www.example.com"),
        ("https://WWW.Example.com:443/path", "@authority", "www.example.com"),
        ("http://www.example.com:80/path", "@authority", "www.example.com"),
        ("https://www.example.com:80/path", "@authority", "www.example.com:80"),
        ("https://[2001:DB8::1]:8443/", "@authority", "[2001:db8::1]:8443"),
        ("https://www.example.com/path?param=value", "@path", "/path"),
        ("https://www.example.com", "@path", "/"),
        ("https://www.example.com?a=b", "@path", "/"),
        ("https://www.example.com/a%2Fb/./c", "@path", "/a%2Fb/./c"),
        ("https://www.example.com/path?param=value&foo=bar", "@query", "?param=value&foo=bar"),
        ("https://www.example.com/path?queryString", "@query", "?queryString"),
        ("https://www.example.com/path?a?b", "@query", "?a?b"),
        ("https://www.example.com/path?", "@query", "?"),
        ("https://www.example.com/path", "@query", "?"),
        ("https://www.example.com/path#part", "@query", "?"),
    ],
)
def test_derived_components_are_those_of_section_2_2(url, component, value):
    base = signature_base(request_of_url("GET", url), (component,), ())
    assert base == f'"{component}": {value}\n"@signature-params": ("{component}")'.encode()


def test_the_base_of_an_order_is_this_one():
    """Golden: the guide shows it, and clients in other languages are written after it."""
    request = signed()
    signature = read_signature(request)
    base = signature_base(request, signature.components, signature.parameters).decode()
    assert base == (
        '"@method": POST\n'
        '"@authority": desk.example:8443\n'
        '"@path": /v1/orders\n'
        '"@query": ?dry-run=no&echo=yes\n'
        '"content-type": application/json\n'
        f'"content-digest": {content_digest(ORDER.body)}\n'
        '"idempotency-key": order-17\n'
        '"@signature-params": ("@method" "@authority" "@path" "@query" "content-type" '
        f'"content-digest" "idempotency-key");created={CREATED_S};nonce="{NONCE}"'
        ';keyid="desk-key-1";alg="ed25519";tag="fencang"'
    )


# ------------------------------------------------------------------------------------------- laws


@given(requests(), KEY_IDS, NONCES, st.integers(0, 10**11))
def test_what_is_signed_verifies(request, key_id, nonce, created_s):
    sent = signed(request, key_id=key_id, nonce=nonce, created_s=created_s)
    found = verified(sent, now_ns=created_s * SECOND_NS)
    assert (found.key_id, found.nonce, found.created_s) == (key_id, nonce, created_s)


@given(requests(), st.data())
def test_one_changed_bit_of_what_is_covered_breaks_it(request, data):
    """Law: method, authority, path, query, covered headers, parameters, signature, body."""
    sent = signed(request)
    parts = {
        "method": sent.method,
        "authority": sent.authority,
        "target": sent.target,
        "body": sent.body.decode("latin-1"),
        **{name: value for name, value in sent.headers if name != "X-Other"},
    }
    name = data.draw(st.sampled_from([name for name, value in parts.items() if value]))
    value = parts[name]
    at = data.draw(st.integers(0, len(value) - 1))
    bit = data.draw(st.integers(0, 6))
    changed = value[:at] + chr(ord(value[at]) ^ (1 << bit)) + value[at + 1 :]
    if name == "authority" and changed.lower() == value:
        return  # hosts are compared in lower case, as HTTP has it
    if name == "body":
        other = replace(sent, body=changed.encode("latin-1"))
    elif name in {"method", "authority", "target"}:
        other = replace(sent, **{name: changed})
    else:
        other = with_header(sent, name.lower(), changed)
    with pytest.raises(SignatureFault):
        verified(other)


NAMES = st.sampled_from(["Signature", "Signature-Input", "Content-Digest", "Content-Type", "X"])


@given(
    st.lists(st.tuples(st.one_of(NAMES, st.text(max_size=5)), st.text(max_size=40)), max_size=6),
    st.text(max_size=20),
    st.text(max_size=20),
    st.text(max_size=20),
    st.binary(max_size=5),
)
def test_arbitrary_requests_raise_nothing_but_the_fault(headers, method, authority, target, body):
    request = Request(
        method=method, authority=authority, target=target, headers=tuple(headers), body=body
    )
    good = read_signature(signed())
    with pytest.raises(SignatureFault):
        verified(request)
    with pytest.raises(SignatureFault):
        verify_request(request, good, KEY.public_key, POLICY, NOW_NS)


@given(st.integers(0, 2**32))
def test_headers_of_a_signed_request_shuffled_by_chance_raise_nothing_else(seed):
    """Pieces of good headers, cut and joined: nearer to the truth than arbitrary text."""
    chance = random.Random(seed)
    sent = signed()
    headers = list(sent.headers)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(headers))
        name, value = headers[at]
        cut = chance.randint(0, len(value))
        match chance.randrange(4):
            case 0:
                headers[at] = (name, value[:cut])
            case 1:
                headers[at] = (name, value[:cut] + chance.choice(headers)[1] + value[cut:])
            case 2:
                headers.append((name, value))
            case _:
                headers[at] = (chance.choice(headers)[0], value)
    try:
        verified(replace(sent, headers=tuple(headers)))
    except SignatureFault:
        return
    known = {name.lower(): value for name, value in sent.headers}
    covered = read_signature(sent).components
    for name, value in headers:
        assert name.lower() not in covered or known[name.lower()] == value


# ---------------------------------------------------------------------------------------- attacks


def test_a_stripped_signature_is_missing():
    assert refusal(ORDER) is Cause.MISSING
    assert refusal(with_header(signed(), "signature", None)) is Cause.MISSING
    assert refusal(with_header(signed(), "signature-input", None)) is Cause.MISSING


@pytest.mark.parametrize(
    "name", ["signature", "signature-input", "content-digest", "content-type", "idempotency-key"]
)
@pytest.mark.parametrize("first", [True, False])
def test_a_header_that_stands_twice_is_refused_wherever_the_other_stands(name, first):
    request = signed()
    more = ((name.title(), header_of(request, name)),)
    headers = more + request.headers if first else request.headers + more
    assert refusal(replace(request, headers=headers)) is Cause.MALFORMED


def test_the_order_of_headers_means_nothing():
    """Proxies may reorder headers of different names; what is signed has an order of its own."""
    request = signed()
    verified(replace(request, headers=tuple(reversed(request.headers))))


def test_two_headers_that_swap_their_values_break_it():
    request = signed(with_header(ORDER, "if-match", "order-18"))
    swapped = with_header(
        with_header(request, "if-match", "order-17"), "idempotency-key", "order-18"
    )
    assert refusal(swapped) is Cause.MISMATCH


@pytest.mark.parametrize(
    "target",
    [
        "/v1/orders?echo=yes&dry-run=no",
        "/v1/orders?dry-run=no",
        "/v1/orders?dry-run=no&echo=yes&",
        "/v1/orders?dry-run=no&echo=yes&echo=yes",
        "/v1/orders?dry-run=no&echo=%79es",
        "/v1/./orders?dry-run=no&echo=yes",
        "/v1/orders/?dry-run=no&echo=yes",
        "/v1/orders%3Fdry-run=no&echo=yes",
        "/v1/order?s?dry-run=no&echo=yes",
        "/v1/orders",
    ],
)
def test_another_path_or_query_breaks_it(target):
    """The order of a query is covered, and so is every escape."""
    assert refusal(replace(signed(), target=target)) is Cause.MISMATCH


def test_a_body_needs_its_digest_and_no_other():
    request = signed()
    assert refusal(replace(request, body=b"{}")) is Cause.DIGEST
    assert refusal(replace(request, body=b"")) is Cause.DIGEST
    assert refusal(with_header(request, "content-digest", None)) is Cause.DIGEST
    other = with_header(request, "content-digest", content_digest(b"{}"))
    assert refusal(replace(other, body=b"{}")) is Cause.MISMATCH
    assert refusal(with_header(request, "content-digest", "sha-512=::")) is Cause.DIGEST


def test_a_body_or_digest_added_to_a_signed_request_without_is_not_covered():
    request = signed(Request(method="GET", authority="desk.example", target="/v1/orders"))
    verified(request)
    assert refusal(replace(request, body=b"{}")) is Cause.UNCOVERED
    digested = with_header(request, "content-digest", content_digest(b"{}"))
    assert refusal(replace(digested, body=b"{}")) is Cause.UNCOVERED
    assert refusal(digested) is Cause.UNCOVERED


@pytest.mark.parametrize("name", [name for name in POLICY.if_present if name != "content-digest"])
def test_a_header_that_changes_the_meaning_is_covered_or_not_there(name):
    bare = replace(ORDER, headers=())
    assert refusal(with_header(signed(bare), name, "gzip")) is Cause.UNCOVERED
    covered = signed(with_header(bare, name, "gzip"))
    verified(covered)
    assert refusal(with_header(covered, name, None)) is Cause.MALFORMED
    assert refusal(with_header(covered, name, "br")) is Cause.MISMATCH


@pytest.mark.parametrize("dropped", POLICY.always)
def test_a_signature_that_covers_less_than_asked_is_refused(dropped):
    """The client signed it so: true, and still not enough."""
    less = SignaturePolicy(always=tuple(name for name in POLICY.always if name != dropped))
    request = signed(policy=less)
    verified(request, policy=less)
    assert refusal(request) is Cause.UNCOVERED


def test_the_target_uri_counts_for_what_it_is_made_of():
    policy = SignaturePolicy(always=("@method", "@target-uri"))
    request = signed(policy=policy)
    verified(request)
    for changed in (
        replace(request, scheme="http"),
        replace(request, authority="desk.example"),
        replace(request, target="/v1/orders"),
    ):
        assert refusal(changed) is Cause.MISMATCH


@pytest.mark.parametrize(
    ("age_ns", "cause"),
    [
        (-5 * SECOND_NS, None),
        (-5 * SECOND_NS - 1, Cause.STALE),
        (0, None),
        (30 * SECOND_NS, None),
        (30 * SECOND_NS + 1, Cause.STALE),
        (10**9 * SECOND_NS, Cause.STALE),
        (-(10**9) * SECOND_NS, Cause.STALE),
    ],
)
def test_a_signature_counts_within_its_window(age_ns, cause):
    if cause is None:
        verified(signed(), now_ns=NOW_NS + age_ns)
    else:
        assert refusal(signed(), now_ns=NOW_NS + age_ns) is cause


@given(st.integers(0, 60), st.none() | st.integers(0, 60))
def test_the_nonce_has_to_be_remembered_exactly_as_long_as_the_signature_counts(age_s_max, expires):
    policy = SignaturePolicy(age_s_max=age_s_max)
    expires_s = None if expires is None else CREATED_S + expires
    request = signed(policy=policy, expires_s=expires_s)
    until_ns = verified(request, policy=policy).fresh_until_ns
    verified(request, policy=policy, now_ns=until_ns - 1)
    assert refusal(request, policy=policy, now_ns=until_ns) is Cause.STALE


def test_expires_ends_it_earlier_and_cannot_be_taken_away():
    request = signed(expires_s=CREATED_S + 10)
    verified(request, now_ns=NOW_NS + 10 * SECOND_NS)
    assert refusal(request, now_ns=NOW_NS + 10 * SECOND_NS + 1) is Cause.STALE
    said = header_of(request, "signature-input")
    without = with_header(
        request, "signature-input", said.replace(f";expires={CREATED_S + 10}", "")
    )
    assert refusal(without) is Cause.MISMATCH
    later = with_header(
        request, "signature-input", said.replace(f"={CREATED_S + 10}", f"={CREATED_S + 20}")
    )
    assert refusal(later) is Cause.MISMATCH
    with pytest.raises(SignatureFault, match="expires lies before created"):
        signed(expires_s=CREATED_S - 1)


@pytest.mark.parametrize("name", ["created", "nonce", "keyid", "alg", "tag"])
def test_every_parameter_has_to_be_said(name):
    request = signed()
    said = header_of(request, "signature-input")
    parts = [part for part in said.split(";") if not part.startswith(name + "=")]
    less = with_header(request, "signature-input", ";".join(parts))
    assert refusal(less) in {Cause.MALFORMED, Cause.UNSUPPORTED}


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"nonce": "short"}, "nonce"),
        ({"nonce": "a" * 65}, "nonce"),
        ({"nonce": "with spaces in it !"}, "nonce"),
        ({"nonce": "é" * 20}, "parameter"),
        ({"key_id": ""}, "keyid"),
        ({"key_id": "k" * 65}, "keyid"),
        ({"key_id": 'k";tag="other'}, "tag twice"),
        ({"key_id": 'k";expires=1;nonce="'}, "nonce twice"),
        ({"created_s": -1}, "parameter"),
        ({"label": "Sig1"}, "label"),
        ({"label": 'a=("x"),b'}, "more than one"),
        ({"policy": SignaturePolicy(always=('@method" "@path',))}, "read as something else"),
    ],
)
def test_what_a_verifier_would_refuse_is_not_signed(terms, words):
    with pytest.raises(SignatureFault, match=words):
        signed(**terms)


def test_a_signed_request_is_not_signed_again():
    with pytest.raises(SignatureFault, match="already"):
        signed(signed())


def test_a_key_nobody_knows_is_refused_as_a_false_signature_is():
    """Same cause, same words, and one verification each."""
    faults = []
    for key in (public_key_of(DECOY_PUBLIC_KEY_HEX), PrivateKey.from_seed(bytes(32)).public_key):
        with pytest.raises(SignatureFault) as fault:
            verified(signed(), key=key)
        faults.append((fault.value.cause, str(fault.value)))
    assert faults[0] == faults[1]
    assert faults[0][0] is Cause.MISMATCH


def test_a_request_signed_for_another_desk_does_not_count_here():
    here = SignaturePolicy(authorities=("desk.example:8443", "desk.example"))
    verified(signed(), policy=here)
    verified(signed(replace(ORDER, authority="DESK.example:443")), policy=here)
    assert refusal(signed(replace(ORDER, authority="test.example")), policy=here) is Cause.FOREIGN


def test_a_signature_for_another_purpose_does_not_count():
    request = signed(policy=SignaturePolicy(tag="other"))
    assert refusal(request) is Cause.UNSUPPORTED


def test_a_signed_draft_is_no_signed_request():
    draft = DraftText(
        desk_id="ACME",
        purpose=Purpose.REJECT,
        draft_id=1,
        command="DefineDesk",
        body_sha256=body_hash(b""),
        user_id="ann",
        role="compliance",
    )
    request = signed()
    signature = replace(read_signature(request), signature=KEY.sign(draft_bytes(draft)))
    with pytest.raises(SignatureFault) as fault:
        verify_request(request, signature, KEY.public_key, POLICY, NOW_NS)
    assert fault.value.cause is Cause.MISMATCH


def test_labels_must_agree():
    request = signed()
    other = header_of(request, "signature").replace("sig1=", "sig2=")
    assert refusal(with_header(request, "signature", other)) is Cause.MALFORMED
    verified(signed(label="desk"))


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "post"},
        {"method": ""},
        {"method": "POST\n"},
        {"authority": ""},
        {"authority": "ann@desk.example"},
        {"authority": "desk.example:port"},
        {"authority": "des\u212a.example"},
        {"authority": "desk.example\n"},
        {"target": ""},
        {"target": "v1/orders"},
        {"target": "*"},
        {"target": "https://desk.example/v1/orders"},
        {"target": "/v1/orders#part"},
        {"target": "/v1 /orders"},
        {"target": "/v1/é"},
        {"target": '/v1\n"@query": ?'},
        {"scheme": "ftp"},
        {"headers": (("Content-Type", "text/é"),)},
        {"headers": (("Content-Type", 'a\n"@path": /'),)},
        {"headers": (("Content-Type", "a"), ("content-type", "a"))},
    ],
)
def test_a_request_that_could_be_read_in_two_ways_is_not_signed(changes):
    with pytest.raises(SignatureFault):
        sign_request(replace(ORDER, **changes), KEY, key_id="k", created_s=CREATED_S, nonce=NONCE)


@pytest.mark.parametrize(
    "url",
    ["", "desk.example/v1", "ftp://desk.example/", "https://", "https://ann:pw@desk.example/"],
)
def test_other_text_is_no_url(url):
    with pytest.raises(SignatureFault, match="no URL"):
        request_of_url("GET", url)


def test_a_kelvin_sign_in_a_headers_name_makes_it_no_header_we_know():
    """Its lower case is k: lowered, the header would stand there twice."""
    request = signed()
    more = ("Idempotency-\u212aey", "order-18")
    verified(replace(request, headers=(*request.headers, more)))
