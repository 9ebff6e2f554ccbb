"""The file of a proposal: tables of a desk file, or one command with its fields by name."""

import json
from enum import IntEnum
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from fencang.app.desk.definitions import read_definitions
from fencang.app.exit_status import InputFault
from fencang.messages.commands import COMMAND_TYPES, AnyCommand, DefineDesk
from fencang.messages.draft_body import decode_body, encode_body

__all__ = ["read_draft_file"]

_COMMANDS = {kind.__name__: kind for kind in COMMAND_TYPES}


def read_draft_file(path: Path, maker: str) -> AnyCommand:
    """Return the command that a file states, as its maker enters it.

    A ``.json`` file holds one object: ``command``, its type, beside its fields by name; times are
    nanoseconds, amounts as their names say.  Any other file is read as tables of a desk file.

    Raises:
        InputFault: with everything that is wrong with the file.
    """
    if path.suffix != ".json":
        return DefineDesk(items=read_definitions(path), entered_by=maker)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        words = getattr(fault, "strerror", None) or "is not UTF-8 text"
        raise InputFault(f"{path}: {words}") from fault
    except json.JSONDecodeError as fault:
        raise InputFault(f"{path} is not JSON: {fault}") from fault
    if not isinstance(found, dict) or found.get("command") not in _COMMANDS:
        raise InputFault(
            f'{path}: "command" names the type of a command such as "WithdrawCash", '
            "beside its fields by name"
        )
    return _command(path, _COMMANDS[found.pop("command")], found, maker)


def _command(path: Path, kind: type[Any], stated: dict[str, Any], maker: str) -> AnyCommand:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    names = {field.name: field for field in info.fields}
    for name in ("entered_by", "approved_by"):
        # Nobody approves what is only proposed; a form that wants a name has the maker's.
        if name in names and (name == "entered_by" or names[name].required):
            stated[name] = maker
    faults = [f"{name} is no field of {kind.__name__}" for name in stated if name not in names]
    faults += [f"{name} is missing" for name, field in names.items() if _lacks(field, stated)]
    values: dict[str, Any] = {}
    types = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for name, value in stated.items():
        if name in types:
            try:
                values[name] = msgspec.convert(_member(types[name], value), types[name])
            except (msgspec.ValidationError, KeyError) as fault:
                faults.append(f"{name}: {fault}")
    if faults:
        raise InputFault(f"{path} states no {kind.__name__}; nothing was proposed", faults)
    return decode_body(encode_body(kind(**values)))


def _lacks(field: inspect.Field, stated: dict[str, Any]) -> bool:
    return field.required and field.name not in stated


def _member(kind: object, value: object) -> object:
    """Return the number of a word of a numbered list (``"buy"``), everything else as it is."""
    if isinstance(kind, type) and issubclass(kind, IntEnum) and isinstance(value, str):
        return kind[value.upper()]
    return value
