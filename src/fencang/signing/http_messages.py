"""Signed requests: RFC 9421 with Ed25519, as much of it as a desk's clients need.

``sign_request`` gives the headers to add, ``read_signature`` says who claims to have signed, and
``verify_request`` checks the claim under a policy.  The order of a verifier:

1. ``read_signature`` of the headers; its ``key_id`` names the key, unverified.
2. The key's public half; for a key nobody knows ``DECOY_PUBLIC_KEY_HEX``, so that both take as
   long.
3. ``verify_request`` with the time; then the nonce is stored until ``fresh_until_ns``, or refused
   where it is stored already.  Only what verified may fill that store.

The clock, the chance of a nonce and the store of nonces are the caller's.
"""

import re
from typing import Final

import msgspec

from fencang.basics.time import SECOND_NS
from fencang.signing.digests import check_content_digest, content_digest
from fencang.signing.faults import Cause, DigestFault, SignatureFault, quoted
from fencang.signing.keys import PrivateKey, PublicKey
from fencang.signing.request import Fields, Headers, Request, component_value
from fencang.signing.signature_fields import (
    ALGORITHM,
    MessageSignature,
    Parameters,
    parse_signature,
    parse_signature_input,
    serialise_parameters,
    serialise_signature,
    serialise_signature_input,
)

__all__ = [
    "NONCE_LENGTH_MAX",
    "NONCE_LENGTH_MIN",
    "POLICY",
    "TAG",
    "SignaturePolicy",
    "VerifiedSignature",
    "read_signature",
    "sign_request",
    "signature_base",
    "verify_request",
]

TAG: Final = "fencang"
NONCE_LENGTH_MIN = 16
NONCE_LENGTH_MAX = 64
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_KEY_ID_LENGTH_MAX = 64

_ALWAYS: Final = ("@method", "@authority", "@path", "@query")
_IF_PRESENT: Final = (
    "content-type",
    "content-encoding",
    "content-digest",
    "idempotency-key",
    "if-match",
    "if-none-match",
)


class SignaturePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What a verifier asks of a signature beside being true.

    ``always`` are components that have to be covered (``@target-uri`` counts for the four it is
    made of); ``if_present`` are headers that change what a request means: who adds one to a signed
    request breaks it.  A body always has to be covered by its digest.

    ``authorities`` are the hosts the verifier answers for, in lower case and without the scheme's
    own port; where none is stated, any will do.  State them where two desks know one key: what was
    signed for the one would count at the other.
    """

    always: tuple[str, ...] = _ALWAYS
    if_present: tuple[str, ...] = _IF_PRESENT
    age_s_max: int = 30
    ahead_s_max: int = 5
    tag: str = TAG
    authorities: tuple[str, ...] = ()


POLICY: Final = SignaturePolicy()
"""What clients sign by and servers ask for, unless a desk states otherwise."""


class VerifiedSignature(msgspec.Struct, frozen=True, kw_only=True):
    """What a verified request proves: this key signed it, and this nonce is used.

    From ``fresh_until_ns`` on the same signature is refused for its age under the same policy, so
    its nonce need not be remembered any longer.
    """

    key_id: str
    nonce: str
    created_s: int
    fresh_until_ns: int


def signature_base(request: Request, components: tuple[str, ...], parameters: Parameters) -> bytes:
    """Return the bytes that are signed (RFC 9421 §2.5): a line per component, then the parameters.

    Raises:
        SignatureFault: a component is unknown, absent, twice there or ambiguous.
    """
    return _base(request, request.fields, components, parameters)


def sign_request(
    request: Request,
    key: PrivateKey,
    *,
    key_id: str,
    created_s: int,
    nonce: str,
    expires_s: int | None = None,
    policy: SignaturePolicy = POLICY,
    label: str = "sig1",
) -> Headers:
    """Return the headers that make ``request`` a signed one: digest of the body, input, signature.

    Sign last, when method, URL, headers and body are final.  A nonce has 16 to 64 letters, digits,
    - and _, and is never used again: ``secrets.token_urlsafe(18)``.

    Raises:
        SignatureFault: the request is signed already, or cannot be signed so that
            ``verify_request`` under ``policy`` would take it.
    """
    digested = _with_digest(request)
    fields = digested.fields
    expires = () if expires_s is None else (("expires", expires_s),)
    parameters: Parameters = (
        ("created", created_s),
        *expires,
        ("nonce", nonce),
        ("keyid", key_id),
        ("alg", ALGORITHM),
        ("tag", policy.tag),
    )
    components = (*policy.always, *(name for name in policy.if_present if name in fields))
    signature = _signed(digested, fields, components, parameters, key, label)
    # What a verifier would refuse is refused here, where somebody can still change it.
    _checked_claim(digested, fields, signature, policy, created_s * SECOND_NS)
    return (
        *digested.headers[len(request.headers) :],
        ("Signature-Input", serialise_signature_input(signature)),
        ("Signature", serialise_signature(signature)),
    )


def read_signature(request: Request) -> MessageSignature:
    """Return the one signature that a request's headers carry, not yet verified.

    Raises:
        SignatureFault: none, half of one, several, or not of the strict form.
    """
    fields = request.fields
    label, components, parameters = parse_signature_input(_only(fields, "signature-input"))
    signed_label, signature = parse_signature(_only(fields, "signature"))
    if signed_label != label:
        raise SignatureFault(
            Cause.MALFORMED, f"signature-input is labelled {label}, signature {signed_label}"
        )
    return MessageSignature(
        label=label, components=components, parameters=parameters, signature=signature
    )


def verify_request(
    request: Request,
    signature: MessageSignature,
    key: PublicKey,
    policy: SignaturePolicy,
    now_ns: int,
) -> VerifiedSignature:
    """Return what the signature proves about the request at a time.

    Everything that costs little and depends on the request alone comes first; the signature itself
    is verified last, whatever key it is.

    Raises:
        SignatureFault: with its cause; MISMATCH when all is well but the signature.
    """
    fields = request.fields
    claim = _checked_claim(request, fields, signature, policy, now_ns)
    base = _base(request, fields, signature.components, signature.parameters)
    if not key.verify(signature.signature, base):
        raise SignatureFault(
            Cause.MISMATCH, "the signature is not one of this request under the key it names"
        )
    return claim


def _with_digest(request: Request) -> Request:
    """Return the request with the digest of its body, unless it has one or nothing to digest."""
    fields = request.fields
    for name in ("signature-input", "signature"):
        if name in fields:
            raise SignatureFault(Cause.MALFORMED, f"the request has a header {name} already")
    if not request.body or "content-digest" in fields:
        return request
    digest = ("Content-Digest", content_digest(request.body))
    return msgspec.structs.replace(request, headers=(*request.headers, digest))


def _signed(
    request: Request,
    fields: Fields,
    components: tuple[str, ...],
    parameters: Parameters,
    key: PrivateKey,
    label: str,
) -> MessageSignature:
    """Return the signature, whose parameters have to be read as what was meant."""
    text = f"{label}={serialise_parameters(components, parameters)}"
    if parse_signature_input(text) != (label, components, parameters):
        raise SignatureFault(Cause.MALFORMED, f"{quoted(text)} would be read as something else")
    return MessageSignature(
        label=label,
        components=components,
        parameters=parameters,
        signature=key.sign(_base(request, fields, components, parameters)),
    )


def _base(
    request: Request, fields: Fields, components: tuple[str, ...], parameters: Parameters
) -> bytes:
    lines = [
        f'"{component}": {component_value(request, fields, component)}' for component in components
    ]
    lines.append(f'"@signature-params": {serialise_parameters(components, parameters)}')
    return "\n".join(lines).encode("ascii")


def _checked_claim(
    request: Request,
    fields: Fields,
    signature: MessageSignature,
    policy: SignaturePolicy,
    now_ns: int,
) -> VerifiedSignature:
    """Return what the signature will prove if it is true, all else being as the policy asks."""
    key_id, nonce, created_s = _checked_parameters(signature, policy)
    fresh_until_ns = _checked_time(created_s, signature.expires_s, policy, now_ns)
    _check_coverage(request, fields, signature, policy)
    authority = component_value(request, fields, "@authority")
    if policy.authorities and authority not in policy.authorities:
        raise SignatureFault(Cause.FOREIGN, f"{quoted(authority)} is not the name of this desk")
    _check_body(request, fields)
    return VerifiedSignature(
        key_id=key_id, nonce=nonce, created_s=created_s, fresh_until_ns=fresh_until_ns
    )


def _only(fields: Fields, name: str) -> str:
    values = fields.get(name, [])
    if not values:
        raise SignatureFault(Cause.MISSING, f"the request has no header {name}")
    if len(values) > 1:
        raise SignatureFault(
            Cause.MALFORMED, f"{name} stands in the request {len(values)} times; once is read"
        )
    return values[0]


def _checked_parameters(
    signature: MessageSignature, policy: SignaturePolicy
) -> tuple[str, str, int]:
    """Return key id, nonce and time of making, each of which has to be said."""
    key_id, nonce, created_s = signature.key_id, signature.nonce, signature.created_s
    if created_s is None or nonce is None or key_id is None or signature.algorithm is None:
        raise SignatureFault(
            Cause.MALFORMED, "signature-input has to say created, nonce, keyid and alg"
        )
    if signature.tag != policy.tag:
        raise SignatureFault(
            Cause.UNSUPPORTED, f"tag is {quoted(signature.tag or '')}, it has to be {policy.tag}"
        )
    if _NONCE.fullmatch(nonce) is None:
        raise SignatureFault(
            Cause.MALFORMED,
            f"nonce is {quoted(nonce)}; it has {NONCE_LENGTH_MIN} to {NONCE_LENGTH_MAX} letters, "
            "digits, - and _",
        )
    if not 0 < len(key_id) <= _KEY_ID_LENGTH_MAX:
        raise SignatureFault(
            Cause.MALFORMED, f"keyid has {len(key_id)} characters, of 1 to {_KEY_ID_LENGTH_MAX}"
        )
    return key_id, nonce, created_s


def _checked_time(
    created_s: int, expires_s: int | None, policy: SignaturePolicy, now_ns: int
) -> int:
    """Return the first nanosecond at which the signature no longer counts."""
    last_s = created_s + policy.age_s_max
    if expires_s is not None:
        if expires_s < created_s:
            raise SignatureFault(Cause.MALFORMED, "expires lies before created")
        last_s = min(last_s, expires_s)
    if created_s * SECOND_NS > now_ns + policy.ahead_s_max * SECOND_NS:
        raise SignatureFault(
            Cause.STALE,
            f"created lies more than {policy.ahead_s_max} s in the future: set the client's clock",
        )
    fresh_until_ns = last_s * SECOND_NS + 1
    if now_ns >= fresh_until_ns:
        raise SignatureFault(
            Cause.STALE,
            f"the signature is older than {policy.age_s_max} s or past its expires: sign again, "
            "and look at the client's clock",
        )
    return fresh_until_ns


def _check_coverage(
    request: Request, fields: Fields, signature: MessageSignature, policy: SignaturePolicy
) -> None:
    covered = set(signature.components)
    if "@target-uri" in covered:
        covered.update(("@scheme", "@authority", "@path", "@query"))
    wanted = [*policy.always, *(name for name in policy.if_present if name in fields)]
    if request.body or "content-digest" in fields:
        wanted.append("content-digest")
    missing = [name for name in dict.fromkeys(wanted) if name not in covered]
    if missing:
        raise SignatureFault(Cause.UNCOVERED, f"the signature does not cover {', '.join(missing)}")


def _check_body(request: Request, fields: Fields) -> None:
    """Hold the body against its digest, which is covered, hence single, wherever there is one."""
    values = fields.get("content-digest", [])
    if not values:
        if request.body:
            raise SignatureFault(Cause.DIGEST, "the request has a body and no content-digest")
        return
    try:
        check_content_digest(values[0], request.body)
    except DigestFault as fault:
        raise SignatureFault(Cause.DIGEST, str(fault)) from None
