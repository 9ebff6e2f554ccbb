"""Signature-Input and Signature: one signature, read from its two headers and written into them.

Of RFC 8941 dictionaries this reads what RFC 9421 §4 needs, in the one form in which a serialiser
writes it: one member, one space between components, nothing after a semicolon, no escapes.  So what
was signed is what was read, letter by letter, and parse and serialise are each other's inverse.
Every length and number is bounded before anything is taken apart.
"""

import re
from functools import lru_cache
from typing import Final

import msgspec

from fencang.signing.byte_sequences import parse_byte_sequence, serialise_byte_sequence
from fencang.signing.faults import Cause, SignatureFault, quoted
from fencang.signing.keys import SIGNATURE_BYTES
from fencang.signing.request import DERIVED_COMPONENTS

__all__ = [
    "ALGORITHM",
    "COMPONENTS_MAX",
    "SIGNATURE_INPUT_LENGTH_MAX",
    "MessageSignature",
    "parse_signature",
    "parse_signature_input",
    "serialise_parameters",
    "serialise_signature",
    "serialise_signature_input",
]

ALGORITHM: Final = "ed25519"
COMPONENTS_MAX = 24
SIGNATURE_INPUT_LENGTH_MAX = 2_048
_LABEL_LENGTH_MAX = 64
_SIGNATURE_LENGTH_MAX = _LABEL_LENGTH_MAX + len("=") + 4 * -(-SIGNATURE_BYTES // 3) + 2

_TEXT_PARAMETERS = frozenset({"nonce", "keyid", "alg", "tag"})
_TIME_PARAMETERS = frozenset({"created", "expires"})
_PARAMETERS = "created, expires, nonce, keyid, alg, tag"

_LABEL = re.compile(r"([a-z*][a-z0-9_.*-]{0,63})=", re.ASCII)
_COMPONENT = re.compile(r'"(@?[a-z0-9!#$%&\'*+.^_`|~-]{1,64})"', re.ASCII)
_PARAMETER = re.compile(
    r';([a-z*][a-z0-9_.*-]{0,31})=(?:"([ !#-\[\]-~]{0,256})"|(0|[1-9][0-9]{0,14}))', re.ASCII
)

Parameters = tuple[tuple[str, str | int], ...]


class MessageSignature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature of a request: what it covers, under which parameters, and its 64 bytes.

    Components and parameters keep their order, which is signed too.  Times are whole seconds since
    1970 UTC; what a parameter does not say is None.
    """

    label: str
    components: tuple[str, ...]
    parameters: Parameters
    signature: bytes

    @property
    def created_s(self) -> int | None:
        """When it was made."""
        return self._time("created")

    @property
    def expires_s(self) -> int | None:
        """After which second it counts no longer."""
        return self._time("expires")

    @property
    def nonce(self) -> str | None:
        """What makes this signature differ from every other of its key."""
        return self._text("nonce")

    @property
    def key_id(self) -> str | None:
        """Which key made it, by the name that the verifier knows it under."""
        return self._text("keyid")

    @property
    def algorithm(self) -> str | None:
        """The parameter ``alg``; no other than ed25519 can be read."""
        return self._text("alg")

    @property
    def tag(self) -> str | None:
        """What the signature is for."""
        return self._text("tag")

    def _time(self, name: str) -> int | None:
        value = self._value(name)
        return value if isinstance(value, int) else None

    def _text(self, name: str) -> str | None:
        value = self._value(name)
        return value if isinstance(value, str) else None

    def _value(self, name: str) -> str | int | None:
        for key, value in self.parameters:
            if key == name:
                return value
        return None


def serialise_parameters(components: tuple[str, ...], parameters: Parameters) -> str:
    """Return the inner list with its parameters: the value of ``@signature-params`` (§2.3)."""
    listed = " ".join(f'"{component}"' for component in components)
    said = "".join(
        f";{name}={value}" if isinstance(value, int) else f';{name}="{value}"'
        for name, value in parameters
    )
    return f"({listed}){said}"


def serialise_signature_input(signature: MessageSignature) -> str:
    """Return the value of Signature-Input."""
    return f"{signature.label}={serialise_parameters(signature.components, signature.parameters)}"


def serialise_signature(signature: MessageSignature) -> str:
    """Return the value of Signature."""
    return f"{signature.label}={serialise_byte_sequence(signature.signature)}"


def parse_signature(text: str) -> tuple[str, bytes]:
    """Return label and 64 bytes of a Signature header.

    Raises:
        SignatureFault: too long, several members, or not ``label=:base64:`` of 64 bytes.
    """
    label, at = _label(text, "signature", _SIGNATURE_LENGTH_MAX)
    try:
        return label, parse_byte_sequence(text[at:], SIGNATURE_BYTES)
    except ValueError as fault:
        raise SignatureFault(Cause.MALFORMED, f"signature: {label} {fault}") from None


def parse_signature_input(text: str) -> tuple[str, tuple[str, ...], Parameters]:
    """Return label, components and parameters of a Signature-Input header.

    Raises:
        SignatureFault: too long, not of the strict form, several members, a component or parameter
            twice, one that is unknown, or another algorithm than ed25519.
    """
    label, at = _label(text, "signature-input", SIGNATURE_INPUT_LENGTH_MAX)
    end = text.find(")", at) + 1
    components = _components(text[:end] if end else text, at)
    return label, components, _parameters(text, end)


def _label(text: str, field: str, length_max: int) -> tuple[str, int]:
    if len(text) > length_max:
        raise SignatureFault(
            Cause.MALFORMED, f"{field} has {len(text)} characters; at most {length_max} are read"
        )
    match = _LABEL.match(text)
    if match is None:
        raise SignatureFault(
            Cause.MALFORMED, f"{field} is {quoted(text)}; it begins with a label such as sig1="
        )
    return match[1], match.end()


@lru_cache(maxsize=256)  # a client covers the same components in each of its requests
def _components(text: str, at: int) -> tuple[str, ...]:
    """Return the covered components from ``(`` to the ``)`` that ends the text."""
    if not text.startswith("(", at):
        raise _unreadable(text, at, "a list of components begins with (")
    at += 1
    components: list[str] = []
    while not text.startswith(")", at):
        if components and not text.startswith(" ", at):
            raise _unreadable(text, at, 'components stand as "name", one space between them')
        match = _COMPONENT.match(text, at + 1 if components else at)
        if match is None:
            raise _unreadable(text, at, 'components stand as "name", one space between them')
        components.append(_known_component(match[1], components))
        at = match.end()
    return tuple(components)


def _known_component(name: str, before: list[str]) -> str:
    if name in before:
        raise SignatureFault(Cause.MALFORMED, f"signature-input covers {name} twice")
    if len(before) == COMPONENTS_MAX:
        raise SignatureFault(
            Cause.MALFORMED, f"signature-input covers more than {COMPONENTS_MAX} components"
        )
    if name.startswith("@") and name not in DERIVED_COMPONENTS:
        known = ", ".join(DERIVED_COMPONENTS)
        raise SignatureFault(
            Cause.UNSUPPORTED, f"signature-input covers {name}; what is derived here: {known}"
        )
    return name


def _parameters(text: str, at: int) -> Parameters:
    found: dict[str, str | int] = {}
    while at < len(text):
        match = _PARAMETER.match(text, at)
        if match is None and text.startswith(",", at):
            raise SignatureFault(
                Cause.UNSUPPORTED, "signature-input has more than one signature; one is read"
            )
        if match is None:
            raise _unreadable(text, at, 'a parameter stands as ;name=number or ;name="text"')
        name, said, number = match.groups()
        if name in found:
            raise SignatureFault(Cause.MALFORMED, f"signature-input has {name} twice")
        found[name] = _known_parameter(name, said, number)
        at = match.end()
    return tuple(found.items())


def _known_parameter(name: str, said: str | None, number: str | None) -> str | int:
    """Return the value of one parameter: text in quotes, or a whole number of seconds."""
    if name not in _TEXT_PARAMETERS and name not in _TIME_PARAMETERS:
        raise SignatureFault(
            Cause.UNSUPPORTED, f"signature-input has the parameter {name}; known are {_PARAMETERS}"
        )
    if name == "alg" and said != ALGORITHM:
        raise SignatureFault(
            Cause.UNSUPPORTED,
            f"alg is {quoted(said or number or '')}; only {ALGORITHM} is verified",
        )
    if name in _TEXT_PARAMETERS and said is not None:
        return said
    if name in _TIME_PARAMETERS and number is not None:
        return int(number)
    wanted = "text in quotes" if name in _TEXT_PARAMETERS else "a whole number of seconds"
    raise SignatureFault(Cause.MALFORMED, f"signature-input: {name} is {wanted}")


def _unreadable(text: str, at: int, allowed: str) -> SignatureFault:
    return SignatureFault(
        Cause.MALFORMED,
        f"signature-input cannot be read at character {at + 1}, {quoted(text[at:])}: {allowed}",
    )
