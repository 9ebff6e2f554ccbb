"""How a value of any type passes between domain and API: numbers, words, structures, sequences."""

import base64
import binascii
from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Annotated, Any, NamedTuple, Union

import msgspec
from msgspec import inspect

from fencang.gateways.forms.fields import Pass, Value, number_form, word_form

__all__ = ["Passage", "StructPassage", "passage_of"]

_OF_PAIRS = {"cash_totals": "total_micros"}
"""Sequences of pairs → what the number in a pair is."""


class Passage(NamedTuple):
    """A type in the API and both ways; a way of None leaves the value as it is.

    ``structs`` are the forms that may stand in the value, by tag ("" where only one may), and
    ``is_many`` says whether it is a sequence of them.
    """

    type: Any
    to_domain: Pass | None
    from_domain: Pass | None
    structs: dict[str, "StructPassage"]
    is_many: bool = False
    is_optional: bool = False


class StructPassage(NamedTuple):
    """The form of one structure: its fields by their name in the API, and both ways."""

    domain: type[msgspec.Struct]
    form: type[msgspec.Struct]
    fields: dict[str, Passage]
    to_domain: Callable[..., Value]
    from_domain: Pass


StructOf = Callable[[type], StructPassage]


def passage_of(name: str, info: inspect.Type, struct_of: StructOf) -> Passage:
    """Return how values of a type pass; ``name`` is the field's in the domain."""
    match info:
        case inspect.IntType():
            number = number_form(name, info)
            if number is not None:
                return Passage(number.type, number.to_domain, number.from_domain, {})
            return Passage(Annotated[int, msgspec.Meta(ge=info.ge, le=info.le)], None, None, {})
        case inspect.StrType():
            # A pattern of JSON Schema knows no \Z, and Python's $ lets a line end pass.
            pattern = info.pattern and info.pattern.replace(r"\Z", "$").removesuffix("$")
            pattern = pattern and pattern + "$(?!\\n)"
            low, high = info.min_length, info.max_length
            bounds = msgspec.Meta(min_length=low, max_length=high, pattern=pattern)
            return Passage(Annotated[str, bounds], None, None, {})
        case inspect.EnumType(cls=kind):
            assert issubclass(kind, Enum)
            word = word_form(kind)
            return Passage(word.type, word.to_domain, word.from_domain, {})
        case inspect.StructType(cls=kind):
            struct = struct_of(kind)
            return Passage(struct.form, struct.to_domain, struct.from_domain, {"": struct})
        case inspect.VarTupleType():
            return _many(name, info, struct_of)
        case inspect.TupleType(item_types=items):
            return _pair(_OF_PAIRS[name], items, struct_of)
        case inspect.UnionType():
            return _union(name, info, struct_of)
        case inspect.BoolType():
            return Passage(bool, None, None, {})
        case inspect.DateType():
            return Passage(date, None, None, {})
        case inspect.BytesType():
            return _bytes(info)
        case _:
            raise TypeError(f"{name}: the API has no form for {info}")


def _bytes(info: inspect.BytesType) -> Passage:
    """Return bytes as base64 text (RFC 4648, padded)."""
    low, high = info.min_length or 0, info.max_length or 1 << 20

    def there(given: Value) -> Value:
        try:
            found = base64.b64decode(given, validate=True)
        except (binascii.Error, ValueError) as fault:
            raise ValueError(f"is no base64 text: {fault}") from fault
        if not low <= len(found) <= high:
            raise ValueError(f"holds {len(found)} bytes; from {low} to {high} are allowed")
        return found

    text = msgspec.Meta(
        max_length=4 * (high // 3 + 1),
        pattern=r"^[A-Za-z0-9+/]*={0,2}$(?!\n)",
        description=f"{low} to {high} bytes in base64.",
    )
    return Passage(Annotated[str, text], there, lambda value: base64.b64encode(value).decode(), {})


def _many(name: str, info: inspect.VarTupleType, struct_of: StructOf) -> Passage:
    item = passage_of(name, info.item_type, struct_of)
    bounds = msgspec.Meta(min_length=info.min_length, max_length=info.max_length)
    there, back = item.to_domain, item.from_domain
    return Passage(
        Annotated[tuple[item.type, ...], bounds],  # type: ignore[name-defined]
        None if there is None else lambda given: tuple(map(there, given)),
        None if back is None else lambda values: tuple(map(back, values)),
        item.structs,
        is_many=True,
    )


def _pair(name: str, items: tuple[inspect.Type, ...], struct_of: StructOf) -> Passage:
    parts = [passage_of(name, item, struct_of) for item in items]

    def there(given: Value) -> Value:
        pairs = zip(parts, given, strict=True)
        return tuple(part.to_domain(one) if part.to_domain else one for part, one in pairs)

    def back(values: Value) -> Value:
        pairs = zip(parts, values, strict=True)
        return tuple(part.from_domain(one) if part.from_domain else one for part, one in pairs)

    return Passage(tuple[tuple(part.type for part in parts)], there, back, {})  # type: ignore[misc]


def _union(name: str, info: inspect.UnionType, struct_of: StructOf) -> Passage:
    is_optional = any(isinstance(each, inspect.NoneType) for each in info.types)
    members = [each for each in info.types if not isinstance(each, inspect.NoneType)]
    if len(members) == 1:
        only = passage_of(name, members[0], struct_of)
        there, back = only.to_domain, only.from_domain
        return Passage(
            only.type | None,
            None if there is None else lambda given: None if given is None else there(given),
            None if back is None else lambda value: None if value is None else back(value),
            only.structs,
            is_many=only.is_many,
            is_optional=True,
        )
    structs = [struct_of(each.cls) for each in members]  # type: ignore[attr-defined]
    by_form = {struct.form: struct.to_domain for struct in structs}
    by_domain = {struct.domain: struct.from_domain for struct in structs}
    kind: Any = Union[tuple(struct.form for struct in structs)]  # noqa: UP007 - made at run time
    return Passage(
        kind | None if is_optional else kind,
        lambda given: None if given is None else by_form[type(given)](given),
        lambda value: None if value is None else by_domain[type(value)](value),
        {struct.form.__struct_config__.tag: struct for struct in structs},  # type: ignore[misc]
        is_optional=is_optional,
    )
