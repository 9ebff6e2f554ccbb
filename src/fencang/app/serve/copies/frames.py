"""Frames between the desk's process and its copies: four bytes of length, then one message."""

import asyncio
import struct
from typing import BinaryIO

import msgspec

__all__ = ["Answer", "FromCopy", "Question", "Reading", "framed", "read_answer", "read_question"]

_length = struct.Struct(">I")


class Question(msgspec.Struct, frozen=True, tag="question"):
    """A question by name, with its argument in msgpack."""

    number: int
    name: str
    argument: bytes


class Reading(msgspec.Struct, frozen=True, tag="reading"):
    """The copy reads the journal and has come so far: it is alive."""

    sequence: int


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """The answer to a question in msgpack."""

    number: int
    answer: bytes


FromCopy = Reading | Answer

_encode = msgspec.msgpack.Encoder().encode
_question = msgspec.msgpack.Decoder(Question).decode
_from_copy = msgspec.msgpack.Decoder(FromCopy).decode


def framed(message: Question | FromCopy) -> bytes:
    """Return a message with its length before it."""
    payload = _encode(message)
    return _length.pack(len(payload)) + payload


async def read_answer(reader: asyncio.StreamReader) -> FromCopy | None:
    """Return the next message of a copy, None when it has ended."""
    try:
        size = _length.unpack(await reader.readexactly(_length.size))[0]
        found: FromCopy = _from_copy(await reader.readexactly(size))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return found


def read_question(pipe: BinaryIO) -> Question | None:
    """Return the next question, None when the desk's process has ended."""
    head = _whole(pipe, _length.size)
    if head is None:
        return None
    payload = _whole(pipe, _length.unpack(head)[0])
    return None if payload is None else _question(payload)


def _whole(pipe: BinaryIO, size: int) -> bytes | None:
    """Return so many bytes of a pipe that gives what is there; None at its end."""
    found = b""
    while len(found) < size:
        more = pipe.read(size - len(found))
        if not more:
            return None
        found += more
    return found
