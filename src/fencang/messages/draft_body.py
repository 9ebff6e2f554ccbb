"""The command inside a draft: its stored bytes, and the command that two signatures make of it.

The bytes are canonical: what decodes from them encodes to them again, so one command has one hash.
"""

import msgspec
from msgspec.structs import fields, replace

from fencang.messages.commands import AnyCommand

__all__ = [
    "DraftBodyFault",
    "command_name",
    "decode_body",
    "encode_body",
    "name_fault",
    "signed_command",
]

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(AnyCommand)


class DraftBodyFault(ValueError):
    """Bytes are not a command of this version, or not its canonical form."""


def encode_body(command: AnyCommand) -> bytes:
    """Return the canonical bytes of a command (msgpack, with its tag and version)."""
    return _encoder.encode(command)


def decode_body(body: bytes) -> AnyCommand:
    """Return the command in canonical bytes.

    Raises:
        DraftBodyFault: no command, a field outside its bounds, or another form of the same.
    """
    try:
        command: AnyCommand = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise DraftBodyFault(f"not a command of this version: {fault}") from fault
    if _encoder.encode(command) != body:
        raise DraftBodyFault("not the canonical bytes of its command: encode it again")
    return command


def command_name(command: AnyCommand) -> str:
    """Return the type of a command as texts and signatures name it (``DefineDesk``)."""
    return type(command).__name__


def name_fault(command: AnyCommand, maker: str) -> str:
    """Return in words where a command to be signed names others than its maker; else empty.

    It is entered by the maker.  Nobody has approved it yet; where its form wants a name there
    (``ApprovePlan``), the maker's own stands until the checker's takes its place.
    """
    named = {field.name for field in fields(command)}
    if "entered_by" in named and command.entered_by != maker:  # type: ignore[union-attr]
        return f"entered_by is {command.entered_by}, the draft is {maker}'s"  # type: ignore[union-attr]
    if "approved_by" in named and command.approved_by not in {"", maker}:  # type: ignore[union-attr]
        return f"approved_by is {command.approved_by} already; who approves a draft signs it"  # type: ignore[union-attr]
    return ""


def signed_command(command: AnyCommand, checker: str) -> AnyCommand:
    """Return the command as it is decided once the checker has signed it."""
    if any(field.name == "approved_by" for field in fields(command)):
        return replace(command, approved_by=checker)
    return command
