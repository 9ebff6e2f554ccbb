"""Values on their way to the desk and back: exact text there, ``Decimal`` and ``Instant`` here.

A float is never taken: 0.1 is not a tenth, and nobody can see what was meant.
"""

import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from fencang.client.errors import BadRequest, Fault
from fencang.client.instant import Instant

__all__ = ["Moment", "Number", "as_type", "decoded", "encoded_body", "text_of"]

Number = Decimal | str | int
"""A price, an amount or a length of time: exact, so never a float."""
Moment = Instant | datetime | str
"""A time: RFC 3339 as text, an aware ``datetime``, or an ``Instant``."""

AnswerT = TypeVar("AnswerT")
_MICROSECOND = timedelta(microseconds=1)
_NONE: frozenset[str] = frozenset()


class _Unsaid(Exception):
    """A value that cannot be said; the text says what would be."""


def encoded_body(values: Mapping[str, object], exact: frozenset[str] = _NONE) -> bytes:
    """Return values as a JSON body; those named in ``exact`` become decimal text.

    Raises:
        BadRequest: floats, numbers that are none, and values of other types: all of them.
    """
    faults: list[Fault] = []
    said = _of_fields(values.items(), exact, "", faults)
    if faults:
        listed = "; ".join(f"{fault.where}: {fault.what}" for fault in faults)
        raise BadRequest(f"{listed}; nothing was sent", faults=tuple(faults))
    return msgspec.json.encode(said)


def text_of(where: str, value: object) -> str:
    """Return a value as it stands in a path or a query.

    Raises:
        BadRequest: a float, or nothing that can stand there.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        said = _scalar(value, is_exact=False)
    except _Unsaid as fault:
        found = Fault(where, str(fault))
        raise BadRequest(f"{where}: {fault}; nothing was sent", faults=(found,)) from None
    return str(said)


def decoded(content: bytes, answer: type[AnswerT]) -> AnswerT:
    """Return JSON as a type of the client.

    Raises:
        msgspec.MsgspecError: it is another one.
    """
    found: AnswerT = _decoder(cast("Any", answer)).decode(content)
    return found


def as_type(value: object, kind: type[AnswerT]) -> AnswerT:
    """Return plain values, as JSON has them, as a type of the client.

    Raises:
        msgspec.ValidationError: they are another one.
    """
    found: AnswerT = msgspec.convert(value, kind, dec_hook=_instant)
    return found


@cache
def _decoder(answer: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401 - any type of answer
    return msgspec.json.Decoder(answer, dec_hook=_instant)


def _instant(kind: type, text: object) -> Instant:
    if kind is not Instant or not isinstance(text, str):
        raise NotImplementedError(f"{kind} is no type of the API")
    return Instant.parse(text)


def _of_fields(
    items: Any,  # noqa: ANN401 - pairs of name and value
    exact: frozenset[str],
    prefix: str,
    faults: list[Fault],
) -> dict[str, object]:
    return {
        name: _of_value(value, f"{prefix}{name}", name in exact, faults) for name, value in items
    }


def _of_value(
    value: object,
    where: str,
    is_exact: bool,  # noqa: FBT001 - called here only
    faults: list[Fault],
) -> object:
    match value:
        case msgspec.Struct():
            return _of_fields(_fields_of(value), _exact_fields(type(value)), f"{where}.", faults)
        case dict():
            return _of_fields(value.items(), _NONE, f"{where}.", faults)
        case list() | tuple():
            return [
                _of_value(each, f"{where}[{place}]", is_exact, faults)
                for place, each in enumerate(value)
            ]
        case _:
            try:
                return _scalar(value, is_exact=is_exact)
            except _Unsaid as fault:
                faults.append(Fault(where, str(fault)))
                return None


def _fields_of(value: msgspec.Struct) -> Iterator[tuple[str, object]]:
    config = value.__struct_config__
    if config.tag_field is not None:
        yield config.tag_field, config.tag
    for name in value.__struct_fields__:
        yield name, getattr(value, name)


@cache
def _exact_fields(kind: type) -> frozenset[str]:
    """Return the fields of a structure that are decimal text to the desk."""
    hints = get_type_hints(kind)
    return frozenset(name for name, hint in hints.items() if _mentions_decimal(hint))


def _mentions_decimal(hint: object) -> bool:
    if get_origin(hint) in {Union, types.UnionType, tuple}:
        return any(_mentions_decimal(each) for each in get_args(hint))
    return hint is Decimal


def _scalar(value: object, *, is_exact: bool) -> object:
    match value:
        case None | bool() if not is_exact or value is None:
            return value
        case Enum():
            return value.value
        case str():
            return value
        case float() | bool():
            raise _Unsaid(_words_of_float(value))
        case int():
            return str(value) if is_exact else value
        case Decimal():
            if not value.is_finite():
                raise _Unsaid(f"{value} is no number that anything can cost")
            return format(value, "f")
        case _:
            return _time(value)


def _time(value: object) -> object:
    match value:
        case Instant():
            return str(value)
        case datetime():
            try:
                return str(Instant.of(value))
            except ValueError as fault:
                raise _Unsaid(str(fault)) from None
        case date():
            return value.isoformat()
        case timedelta():
            return format(Decimal(value // _MICROSECOND).scaleb(-6), "f")
        case _:
            raise _Unsaid(f"{type(value).__name__} cannot be sent; say it as text")


def _words_of_float(value: float) -> str:
    if isinstance(value, bool):
        return f"{value} is no number"
    return f"{value!r} is a float, which is not exact; write Decimal('{value}') or '{value}'"
