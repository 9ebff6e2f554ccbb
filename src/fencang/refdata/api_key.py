"""Keys with which programs and people reach a desk over a network: what each opens, and until when.

Of a key the desk knows what proves it, never the key itself.
"""

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

import msgspec

from fencang.refdata.definition import Definition, Identifier, Text, TimeNs
from fencang.refdata.user import key_faults

__all__ = [
    "ApiKey",
    "ApiKeyKind",
    "IpNetwork",
    "ScopeName",
    "api_key_faults",
    "network_of",
]

ScopeName = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[a-z][a-z_-]*:[a-z][a-z_-]*\Z")]
"""What a key may do, as ``resource:verb`` (``orders:write``)."""
IpNetwork = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Hex64 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
READ_VERB = "read"


class ApiKeyKind(StrEnum):
    """How a request proves that it comes from the key."""

    SIGNED = "signed"
    """Each request is signed (RFC 9421); ``proof_hex`` is the Ed25519 public key."""
    BEARER = "bearer"
    """Each request carries the token; ``proof_hex`` is its SHA-256.  For reading only."""


class ApiKey(Definition, tag="ApiKey.1", kw_only=True):
    """A key of a user: ``proof_hex`` proves it, ``scopes`` say what it opens.

    ``proof_hex`` is an Ed25519 public key (signed) or the SHA-256 of a token (bearer).
    ``sub_tree`` is the node that it may see and trade, with all below it; empty: the whole desk.
    ``networks`` are where requests may come from; empty: from anywhere.  It opens nothing before
    ``from_ns`` and nothing at ``until_ns`` and later, nor once it is revoked.
    """

    key_id: Identifier
    user_id: Identifier
    kind: ApiKeyKind
    proof_hex: Hex64
    scopes: Annotated[tuple[ScopeName, ...], msgspec.Meta(min_length=1, max_length=100)]
    sub_tree: Annotated[str, msgspec.Meta(max_length=64)] = ""
    networks: Annotated[tuple[IpNetwork, ...], msgspec.Meta(max_length=32)] = ()
    from_ns: TimeNs = 0
    until_ns: TimeNs
    is_revoked: bool = False
    note: Text = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return (self.key_id,)

    def opens_at(self, time_ns: int) -> bool:
        """Return whether the key opens anything at a time."""
        return not self.is_revoked and self.from_ns <= time_ns < self.until_ns


def network_of(text: str) -> IPv4Network | IPv6Network | None:
    """Return the network in its ordinary form (``10.1.0.0/16``), None where it is none."""
    try:
        return ip_network(text, strict=True)
    except ValueError:
        return None


def api_key_faults(key: ApiKey) -> list[str]:
    """Return what is wrong with a key on its own."""
    faults = []
    for what, held in (("scopes", key.scopes), ("networks", key.networks)):
        faults += [f"{what} names {each} twice" for each in sorted({*held}) if held.count(each) > 1]
    if key.until_ns <= key.from_ns:
        faults.append("until_ns must lie after from_ns")
    if key.kind is ApiKeyKind.BEARER:
        faults += [
            f"a bearer token only reads, and {scope} does more: use a signed key"
            for scope in key.scopes
            if scope.partition(":")[2] != READ_VERB
        ]
    if key.kind is ApiKeyKind.SIGNED:
        faults += key_faults((key.proof_hex,))
    faults += [
        f"{text!r} is no network such as 10.1.0.0/16 or 2001:db8::/32"
        for text in key.networks
        if network_of(text) is None
    ]
    return faults
