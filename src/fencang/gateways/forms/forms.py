"""Forms of whole structures, made from the types themselves, and bodies read with all their faults.

A body that fits is decoded in one pass.  One that does not is walked field by field, so that its
sender hears of every fault at once.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import NODEFAULT, inspect

from fencang.gateways.forms.fields import Pass, Value, field_name
from fencang.gateways.forms.values import Passage, StructPassage, passage_of

__all__ = ["BODY_FAULTS_MAX", "BodyFault", "BodyFaults", "form_of", "read_body", "to_form"]

BODY_FAULTS_MAX = 100
_EXACT = 2**53

_NOTHING: Mapping[str, Value] = {}

StructT = TypeVar("StructT", bound=msgspec.Struct)


class BodyFault(NamedTuple):
    """One fault of a body: where (``$.prices[2].price``) and what."""

    where: str
    what: str


class BodyFaults(ValueError):
    """A body does not say what is wanted; ``faults`` are all of them, nothing was taken.

    ``is_of_form``: it has the form that the document states, and says what cannot be.
    """

    def __init__(self, faults: list[BodyFault], *, is_of_form: bool = False) -> None:
        super().__init__("; ".join(f"{fault.where}: {fault.what}" for fault in faults))
        self.faults = faults[:BODY_FAULTS_MAX]
        self.is_of_form = is_of_form


def form_of(
    domain: type[msgspec.Struct], *, is_tagged: bool = True, without: frozenset[str] = frozenset()
) -> StructPassage:
    """Return the form of a structure; tagged, its ``type`` is the name of its class.

    ``without``: fields of the domain that a body does not say, because the path or the key do.
    """
    return _form_of(domain, without, is_tagged=is_tagged)


@cache
def _form_of(
    domain: type[msgspec.Struct], without: frozenset[str], *, is_tagged: bool
) -> StructPassage:
    info = inspect.type_info(domain)
    assert isinstance(info, inspect.StructType)
    passages, names, columns = {}, {}, []
    for field in info.fields:
        if field.name in without:
            continue
        passage = passage_of(field.name, field.type, form_of)
        in_api = _name(field.name, field.type)
        assert in_api not in passages, f"{domain.__name__}: {in_api} twice"
        passages[in_api], names[in_api] = passage, field.name
        columns.append(_column(in_api, passage, field))
    is_message = domain.__struct_config__.tag is not None
    has_tag = is_tagged and is_message
    form = msgspec.defstruct(
        domain.__name__ if has_tag or not is_message else domain.__name__ + "Body",
        columns,
        kw_only=True,
        frozen=True,
        forbid_unknown_fields=True,
        tag_field="type" if has_tag else None,
        tag=domain.__name__ if has_tag else None,
        module=__name__,
    )
    form.__doc__ = domain.__doc__
    return StructPassage(
        domain, form, passages, _there(domain, passages, names), _back(form, passages, names)
    )


def _name(name: str, info: inspect.Type) -> str:
    kinds = info.types if isinstance(info, inspect.UnionType) else (info,)
    is_number = any(isinstance(kind, inspect.IntType) for kind in kinds)
    return field_name(name)[0] if is_number else name


def _column(in_api: str, passage: Passage, field: inspect.Field) -> Value:
    if field.required:
        return (in_api, passage.type)
    value = field.default if field.default is not NODEFAULT else field.default_factory()
    if passage.from_domain is not None:
        value = passage.from_domain(value)
    return (in_api, passage.type, value)


def _there(domain: type, passages: dict[str, Passage], names: dict[str, str]) -> Pass:
    ways = [(names[name], name, passage.to_domain) for name, passage in passages.items()]

    def to_domain(form: Value, given: Mapping[str, Value] = _NOTHING) -> Value:
        values = dict(given)
        for own, in_api, way in ways:
            value = getattr(form, in_api)
            if way is None:
                values[own] = value
                continue
            try:
                values[own] = way(value)
            except BodyFaults:
                raise
            except ValueError as fault:
                raise BodyFaults([BodyFault(in_api, str(fault))]) from fault
        return domain(**values)

    return to_domain


def _back(form: type, passages: dict[str, Passage], names: dict[str, str]) -> Pass:
    ways = [(names[name], name, passage.from_domain) for name, passage in passages.items()]

    def from_domain(value: Value) -> Value:
        return form(
            **{
                in_api: getattr(value, own) if way is None else way(getattr(value, own))
                for own, in_api, way in ways
            }
        )

    return from_domain


def to_form(value: msgspec.Struct) -> msgspec.Struct:
    """Return a message or reference value in the API's form, with its type."""
    form: msgspec.Struct = form_of(type(value)).from_domain(value)
    return form


def read_body(
    domain: type[StructT],
    body: bytes | dict[str, Any],
    given: Mapping[str, Value] = _NOTHING,
) -> StructT:
    """Return the structure that a JSON body (or its values) says, with what is given beside it.

    Raises:
        BodyFaults: every fault of the body, each with its place.
    """
    passage = form_of(domain, is_tagged=False, without=frozenset(given))
    try:
        form = _decoded(passage, body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
        raise BodyFaults(_faults(passage, body) or [BodyFault("$", str(fault))]) from fault
    try:
        found: StructT = passage.to_domain(form, given)
    except BodyFaults as fault:
        raise BodyFaults(_faults(passage, body) or fault.faults, is_of_form=True) from fault
    return found


def _decoded(passage: StructPassage, body: bytes | dict[str, Any]) -> Value:
    """Return the form in a body; 3.0 is a whole number in JSON, though Python has two kinds."""
    if isinstance(body, dict):
        return msgspec.convert(body, passage.form)
    try:
        return msgspec.json.decode(body, type=passage.form)
    except msgspec.ValidationError:
        values = msgspec.json.decode(body)
        whole = _whole(values)
        if whole == values and repr(whole) == repr(values):
            raise
        return msgspec.convert(whole, passage.form)


def _whole(value: Value) -> Value:
    """Return plain values with every number that is whole as an integer."""
    match value:
        case float() if value.is_integer() and abs(value) < _EXACT:
            return int(value)
        case dict():
            return {key: _whole(each) for key, each in value.items()}
        case list():
            return [_whole(each) for each in value]
        case _:
            return value


def _faults(passage: StructPassage, body: bytes | dict[str, Any]) -> list[BodyFault]:
    try:
        values = body if isinstance(body, dict) else msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
        return [BodyFault("$", f"no JSON: {fault}")]
    return list(_of_struct(passage, values, "$"))


def _of_struct(passage: StructPassage, values: Value, where: str) -> Iterator[BodyFault]:
    if not isinstance(values, dict):
        yield BodyFault(where, "an object is wanted")
        return
    known = {*passage.fields, *(["type"] if passage.form.__struct_config__.tag else [])}
    for name in sorted({*values} - known):
        yield BodyFault(f"{where}.{name}", f"unknown; there are {', '.join(passage.fields)}")
    required = {field.name for field in msgspec.structs.fields(passage.form) if field.required}
    for name, field in passage.fields.items():
        if name in values:
            yield from _of_value(field, values[name], f"{where}.{name}")
        elif name in required:
            yield BodyFault(f"{where}.{name}", "missing")


def _of_value(passage: Passage, value: Value, where: str) -> Iterator[BodyFault]:
    if passage.structs and passage.is_many and isinstance(value, list):
        found = False
        for index, item in enumerate(value):
            for fault in _of_item(passage, item, f"{where}[{index}]"):
                found = True
                yield fault
        if found:
            return
    elif passage.structs and isinstance(value, dict):
        yield from _of_item(passage, value, where)
        return
    try:
        form = msgspec.convert(value, passage.type)
        if passage.to_domain is not None:
            passage.to_domain(form)
    except (msgspec.ValidationError, ValueError) as fault:
        yield BodyFault(where, str(fault).split(" - at ")[0])


def _of_item(passage: Passage, item: Value, where: str) -> Iterator[BodyFault]:
    tag = item.get("type") if isinstance(item, dict) else None
    only = passage.structs.get("") or passage.structs.get(str(tag))
    if only is None:
        yield BodyFault(f"{where}.type", f"is one of {', '.join(sorted(passage.structs))}")
    else:
        yield from _of_struct(only, item, where)
