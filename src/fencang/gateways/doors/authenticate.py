"""From a request to its caller, or to a refusal that tells strangers nothing.

A signed request (RFC 9421) names its key; the signature proves it, its second and its nonce make it
count once.  A bearer token proves its key by being it, so it only reads.  What is refused:

- what follows from the request alone (no signature, an unreadable one, a stale one, a body without
  its digest) is told in full: whoever sent it knows it already;
- an unknown key, a wrong signature, a key that is revoked, frozen, not yet or no longer valid, one
  that may not come from this address, one whose user left: **one answer**, after one verification
  each, under a key that nobody has where there is none;
- what only the holder of the key can meet (a nonce used before, too many requests) is told.

Failures are throttled by address.  An address from which a key came in before has a bucket of its
own for that key, so that a neighbour's guesses do not shut it out.  Nothing waits here.
"""

from collections import OrderedDict
from enum import Enum
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, NamedTuple

import msgspec

from fencang.basics.time import SECOND_NS
from fencang.gateways.caller import Caller
from fencang.gateways.doors.frozen import FrozenKeys
from fencang.gateways.doors.nonces import NonceAnswer, NonceBook
from fencang.gateways.doors.ports import Directory
from fencang.gateways.doors.scopes import Verb, scopes_of
from fencang.gateways.doors.throttle import BucketRate, Throttle, address_name
from fencang.gateways.doors.tokens import is_token_of, token_key_id
from fencang.gateways.secret import Secret
from fencang.messages.message import Interface
from fencang.refdata.api_key import ApiKey, ApiKeyKind, network_of
from fencang.signing.faults import Cause, KeyFault, SignatureFault
from fencang.signing.http_messages import (
    SignaturePolicy,
    VerifiedSignature,
    read_signature,
    verify_request,
)
from fencang.signing.keys import DECOY_PUBLIC_KEY_HEX, PublicKey, public_key_of
from fencang.signing.request import Request
from fencang.signing.signature_fields import MessageSignature

__all__ = ["DoorRates", "Doorkeeper", "Refusal", "RefusalKind", "address_allowed"]

KNOWN_PLACES_MAX: Final = 100_000
"""Pairs of key and address that came in; the one that came longest ago is forgotten first."""

_ALL = "all"
_REPLAY = f"nonce {NonceAnswer.USED.value}"
_STRANGER = "no key that opens anything here signed this request"


class RefusalKind(Enum):
    """What a gateway answers: the HTTP status, and the word of the problem."""

    NOT_SIGNED = (401, "not-signed")
    UNAUTHENTICATED = (401, "unauthenticated")
    SIGN_ANEW = (401, "sign-anew")
    TOO_MANY = (429, "too-many-requests")

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.value[0]

    @property
    def word(self) -> str:
        """Return the last part of the problem's type."""
        return self.value[1]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why nobody came in.

    ``detail`` may be told to whoever asked; ``cause`` and ``key_id`` are for logs, counters and
    alerts of the house only.  ``wait_s`` is what Retry-After says, 0 for nothing.
    """

    kind: RefusalKind
    detail: str
    cause: str
    key_id: str = ""
    wait_s: int = 0

    @property
    def is_failure(self) -> bool:
        """Return whether somebody may be guessing or replaying: it counts against the address."""
        is_replay = self.cause == _REPLAY
        return is_replay or self.kind is RefusalKind.UNAUTHENTICATED


class DoorRates(NamedTuple):
    """How often: requests of an address and of a key, failures of an address and of all strangers.

    Strangers are pairs of key and address that never came in.  When they have used up what all of
    them may fail together, they wait, and who came in before goes on.
    """

    of_address: BucketRate = BucketRate(burst=4_000, interval_ns=SECOND_NS // 4_000)
    of_key: BucketRate = BucketRate(burst=2_000, interval_ns=SECOND_NS // 2_000)
    failures: BucketRate = BucketRate(burst=20, interval_ns=SECOND_NS)
    strangers: BucketRate = BucketRate(burst=2_000, interval_ns=SECOND_NS // 500)


class _Claim(NamedTuple):
    """What a request brings, before anything is proven: a key's name, a token or a signature."""

    key_id: str
    token: Secret | None
    signature: MessageSignature | None


class _Found(NamedTuple):
    """What a request proved: the key it named, whether that is one of the desk, and its nonce."""

    key_id: str
    key: ApiKey | None
    signature: VerifiedSignature | None


class Doorkeeper:
    """Lets requests in; one for all gateways of a process, used by one thread.

    ``policy`` names the hosts that this desk answers for: a request that was signed for another
    desk where the same key is known is not one for this.
    """

    def __init__(
        self,
        directory: Directory,
        nonces: NonceBook,
        frozen: FrozenKeys,
        policy: SignaturePolicy,
        *,
        rates: DoorRates | None = None,
    ) -> None:
        chosen = DoorRates() if rates is None else rates
        self._directory = directory
        self._nonces = nonces
        self._frozen = frozen
        self._policy = policy
        self._by_address = Throttle(chosen.of_address)
        self._by_key = Throttle(chosen.of_key)
        self._failures = Throttle(chosen.failures)
        self._strangers = Throttle(chosen.strangers)
        self._known_places: OrderedDict[tuple[str, str], None] = OrderedDict()

    def admit(
        self, request: Request, address: str, interface: Interface, time_ns: int
    ) -> Caller | Refusal:
        """Return who asks, or why nobody comes in.

        ``address`` is the peer's, never a header that the peer could write itself.
        """
        place = address_name(address)
        if wait_ns := self._by_address.take(place, time_ns):
            return _too_many("requests of the address", wait_ns)
        claim = _claim_of(request)
        if isinstance(claim, Refusal):
            return claim
        is_known = (claim.key_id, place) in self._known_places
        guesser = f"{claim.key_id}\0{place}" if is_known else place
        if wait_ns := self._failures.wait_ns(guesser, time_ns):
            return _too_many("failures of the address", wait_ns, claim.key_id)
        if not is_known and (wait_ns := self._strangers.wait_ns(_ALL, time_ns)):
            return _too_many("failures of strangers", wait_ns, claim.key_id)
        answer = self._answer(request, claim, address, interface, time_ns)
        if isinstance(answer, Caller):
            self._remember(answer.key_id, place)
        elif answer.is_failure:
            self._failures.spend(guesser, time_ns)
            if not is_known:
                self._strangers.spend(_ALL, time_ns)
        return answer

    def warm(self, keys: list[ApiKey]) -> None:
        """Read public keys ahead, so that a key's first request takes no longer than others."""
        for key in keys:
            _public_key(key)

    def _answer(
        self, request: Request, claim: _Claim, address: str, interface: Interface, time_ns: int
    ) -> Caller | Refusal:
        found = self._proven(request, claim, time_ns)
        if isinstance(found, Refusal):
            return found
        return self._let_in(found, address, interface, time_ns)

    def _proven(self, request: Request, claim: _Claim, time_ns: int) -> _Found | Refusal:
        """Return what the request proves, after one proof whether the key exists or not."""
        if claim.token is not None:
            key = self._key(claim.key_id, ApiKeyKind.BEARER)
            is_proven = is_token_of(claim.token, None if key is None else key.proof_hex)
            return _Found(claim.key_id, key if is_proven else None, None)
        assert claim.signature is not None, claim.key_id
        key = self._key(claim.key_id, ApiKeyKind.SIGNED)
        public_key = _public_key(key) or public_key_of(DECOY_PUBLIC_KEY_HEX)
        try:
            proven = verify_request(request, claim.signature, public_key, self._policy, time_ns)
        except SignatureFault as fault:
            if key is None and fault.cause is Cause.MISMATCH:
                return _stranger("unknown key", claim.key_id)
            return _not_signed(fault, claim.key_id)
        return _Found(claim.key_id, key, proven)

    def _let_in(
        self, found: _Found, address: str, interface: Interface, time_ns: int
    ) -> Caller | Refusal:
        """Return the caller if the key opens anything here and now, for this user."""
        key = found.key
        cause = "unknown key" if key is None else self._closed(key, address, time_ns)
        if key is None or cause:
            return _stranger(cause, found.key_id)
        if found.signature is not None:
            signature = found.signature
            answer = self._nonces.take(key.key_id, signature.nonce, signature.created_s, time_ns)
            if answer is not NonceAnswer.TAKEN:
                return self._not_fresh(answer, key.key_id, time_ns)
        # After the nonce: what somebody replays must not use up what the key may ask.
        if wait_ns := self._by_key.take(key.key_id, time_ns):
            return _too_many("requests of the key", wait_ns, key.key_id)
        scopes = scopes_of(
            key.scopes,
            self._directory.roles_at(key.user_id, time_ns),
            self._directory.authority(),
        )
        if key.kind is ApiKeyKind.BEARER:
            scopes = frozenset(each for each in scopes if each.partition(":")[2] == Verb.READ)
        return Caller(
            user_id=key.user_id,
            key_id=key.key_id,
            scopes=scopes,
            sub_tree=key.sub_tree,
            address=address,
            interface=interface,
        )

    def _closed(self, key: ApiKey, address: str, time_ns: int) -> str:
        """Return why a key opens nothing here and now, empty when it does."""
        user = self._directory.user(key.user_id)
        if key.is_revoked:
            return "revoked"
        if not key.opens_at(time_ns):
            return "not yet valid" if time_ns < key.from_ns else "expired"
        if key.key_id in self._frozen:
            return "frozen"
        if not address_allowed(key.networks, address):
            return "address not allowed"
        if user is None or not user.acts_at(time_ns):
            return "user not active"
        return ""

    def _key(self, key_id: str, kind: ApiKeyKind) -> ApiKey | None:
        """Return the key if it is of this kind: nothing is proven by the proof of another kind."""
        key = self._directory.api_key(key_id)
        return key if key is not None and key.kind is kind else None

    def _not_fresh(self, answer: NonceAnswer, key_id: str, time_ns: int) -> Refusal:
        wait_s = self._nonces.wait_s(time_ns) if answer is NonceAnswer.FORGOTTEN else 0
        return Refusal(
            kind=RefusalKind.TOO_MANY if answer is NonceAnswer.TOO_MANY else RefusalKind.SIGN_ANEW,
            detail=_NONCE_WORDS[answer],
            cause=f"nonce {answer.value}",
            key_id=key_id,
            wait_s=wait_s,
        )

    def _remember(self, key_id: str, place: str) -> None:
        self._known_places[key_id, place] = None
        self._known_places.move_to_end((key_id, place))
        if len(self._known_places) > KNOWN_PLACES_MAX:
            self._known_places.popitem(last=False)


_NONCE_WORDS: Final = {
    NonceAnswer.USED: "this nonce was used: sign every request with a new one",
    NonceAnswer.STALE: "signed too long ago: sign again, and look at the clock",
    NonceAnswer.AHEAD: "signed in the future: set the clock",
    NonceAnswer.FORGOTTEN: "signed before the server started: sign again",
    NonceAnswer.TOO_MANY: "the key made more requests than are remembered: slow down",
}


@lru_cache(maxsize=4_096)
def address_allowed(networks: tuple[str, ...], address: str) -> bool:
    """Return whether a peer's address lies in one of the networks; without any, every one does."""
    if not networks:
        return True
    try:
        parsed = ip_address(address)
    except ValueError:
        return False  # a peer without an address is in no network
    mapped = getattr(parsed, "ipv4_mapped", None)
    peer = parsed if mapped is None else mapped
    return any(
        network is not None and peer.version == network.version and peer in network
        for network in map(_network, networks)
    )


_network = lru_cache(maxsize=4_096)(network_of)


def _claim_of(request: Request) -> _Claim | Refusal:
    """Return what a request brings, which proves nothing yet."""
    fields = request.fields
    is_signed = "signature" in fields or "signature-input" in fields
    values = fields.get("authorization", [])
    if values:
        if is_signed or len(values) > 1:
            return _malformed("a request is signed or brings one bearer token, not both")
        scheme, _, text = values[0].partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            return _malformed("authorization must be: Bearer, a space, the token")
        token = Secret(text.strip())
        return _Claim(token_key_id(token) or "", token, None)
    if not is_signed:
        return _malformed("sign the request, or send a bearer token to read")
    try:
        signature = read_signature(request)
    except SignatureFault as fault:
        return _not_signed(fault, "")
    return _Claim(signature.key_id or "", None, signature)


def _public_key(key: ApiKey | None) -> PublicKey | None:
    """Return the key to verify with; None where there is none to trust."""
    if key is None or key.kind is not ApiKeyKind.SIGNED:
        return None
    try:
        return public_key_of(key.proof_hex)
    except KeyFault:
        return None


def _stranger(cause: str, key_id: str) -> Refusal:
    return Refusal(kind=RefusalKind.UNAUTHENTICATED, detail=_STRANGER, cause=cause, key_id=key_id)


def _not_signed(fault: SignatureFault, key_id: str) -> Refusal:
    if fault.cause is Cause.MISMATCH:
        return _stranger("wrong signature", key_id)
    kind = RefusalKind.SIGN_ANEW if fault.cause is Cause.STALE else RefusalKind.NOT_SIGNED
    return Refusal(kind=kind, detail=str(fault), cause=fault.cause.value, key_id=key_id)


def _malformed(detail: str) -> Refusal:
    return Refusal(kind=RefusalKind.NOT_SIGNED, detail=detail, cause=Cause.MISSING.value)


def _too_many(what: str, wait_ns: int, key_id: str = "") -> Refusal:
    return Refusal(
        kind=RefusalKind.TOO_MANY,
        detail="too many requests; Retry-After says when to come again",
        cause=f"too many {what}",
        key_id=key_id,
        wait_s=-(-wait_ns // SECOND_NS),
    )
