"""The client's types as text: answers, what bodies hold, and every reference value."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fencang.app.client_types.schemas import (
    HEADER,
    Schemas,
    checked_name,
    docstring,
    enum_text,
    words_of,
)

__all__ = ["SUBJECTS", "types_files"]

SUBJECTS = {
    "DeskSettings": ("accounts", "The desk, persons, venues, products, contracts and accounts."),
    "PositionLimit": ("money", "Limits of positions, rules, margin, fees and cash."),
    "OrderControl": ("controls", "What orders are held against, and how they are kept apart."),
    "LossLimit": ("risk", "Losses, exposures and buffers."),
    "Regime": ("regimes", "Bodies of rules, who counts as one person, and who may decide."),
    "User": ("authority", "Who acts, by which keys, and what takes two persons."),
}
"""A file of reference values begins with this one; those behind it in the API's list follow."""

_WORDS = {
    "answers": "What the desk answers.",
    "capital": "What the desk answers about plans and margin.",
    "bodies": "Values inside of what is sent.",
    "stated": "Reference values as the desk has them, each with its version.",
    "definitions": "Every reference value that a desk is made of.",
}
_OF_CAPITAL = frozenset({"margin", "plans"})
"""Subjects whose answers stand in a file of their own."""
_IMPORTS = {
    "date": "from datetime import date",
    "Decimal": "from decimal import Decimal",
    "Any": "from typing import Any",
    "Literal": "from typing import Literal",
    "msgspec": "import msgspec",
    "Instant": "from fencang.client.instant import Instant",
    "Page": "from fencang.client.ask import Page",
}


def types_files(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of each file of ``client/types`` by its name."""
    schemas = Schemas(document)
    placed = _placed(document, schemas)
    where = {name: file for file, names in placed.items() for name in names}
    files = {f"{file}.py": _file(file, names, schemas, where) for file, names in placed.items()}
    files["definitions.py"] = _definitions(schemas, where)
    files["__init__.py"] = _index(where)
    return files


def _placed(document: Mapping[str, Any], schemas: Schemas) -> dict[str, list[str]]:
    """Return the names of each file, what is used before what uses it."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    of_capital = [not _OF_CAPITAL.isdisjoint(operation["tags"]) for operation in operations]
    answers = [operation["responses"] for operation in operations]
    bodies = [operation.get("requestBody", {}) for operation in operations]
    items = schemas.definitions
    placed: dict[str, list[str]] = {"answers": [], "capital": [], "bodies": [], "stated": []}
    taken = {"Problem", "Fault"}

    def place(file: str, names: Sequence[str]) -> None:
        for name in names:
            if name not in taken and not schemas.is_page(name):
                taken.add(name)
                placed.setdefault(file, []).append(name)

    file = "accounts"
    for item in items:
        file = SUBJECTS.get(item, (file, ""))[0]
        place(file, schemas.reached(_refs(item)))
    told = schemas.reached(answers)
    place("stated", schemas.reached(_refs(*(n for n in told if n.removeprefix("Stated") in items))))
    for file, wanted in (("answers", False), ("capital", True)):
        own = [each for each, its in zip(answers, of_capital, strict=True) if its is wanted]
        place(file, schemas.reached(own))
    place("bodies", schemas.reached([operation["parameters"] for operation in operations]))
    taken |= {name for body in bodies for name in schemas.uses(body)}
    place("bodies", schemas.reached(bodies))
    return placed


def _refs(*names: str) -> list[dict[str, str]]:
    return [{"$ref": f"#/components/schemas/{name}"} for name in names]


def _file(file: str, names: Sequence[str], schemas: Schemas, where: Mapping[str, str]) -> str:
    text = "\n\n".join(_type(name, schemas) for name in names)
    used = sorted({each for name in names for each in schemas.uses(schemas[name])} - {*names})
    others = sorted({where[name] for name in used if where.get(name, file) != file})
    imports = [line for word, line in _IMPORTS.items() if re.search(rf"\b{word}\b", text)]
    imports += [
        f"from fencang.client.types.{other} import "
        + ", ".join(name for name in used if where.get(name) == other)
        for other in others
    ]
    words = dict([*_WORDS.items(), *SUBJECTS.values()])[file]
    listed = ", ".join(f'"{name}"' for name in sorted(names))
    return (
        HEADER.format(words) + "\n" + "\n".join(imports) + f"\n\n__all__ = [{listed},]\n\n" + text
    )


def _type(name: str, schemas: Schemas) -> str:
    schema = schemas[name]
    words = words_of(schema.get("description", "") or f"One of the words of {name}.")
    if "enum" in schema:
        return f"{name} = {enum_text(schema)}\n{docstring(words, '')}"
    fields = dict(schema["properties"])
    tag = fields.pop("type", None) if "enum" in fields.get("type", {}) else None
    config = ", frozen=True, kw_only=True" + (', tag_field="type", tag=True' if tag else "")
    lines = [f"class {name}(msgspec.Struct{config}):", docstring(words)]
    lines += [
        f"    {checked_name(field)}: {schemas.kept(each)}{_default(each, schemas)}"
        for field, each in fields.items()
    ]
    more = next((field for field in fields if field.startswith("next_")), None)
    if more is not None:
        rows = next(field for field, each in fields.items() if each.get("type") == "array")
        lines.append(_as_rows(rows, schemas.kept(fields[rows]), more))
    return "\n".join(lines) + "\n"


def _as_rows(rows: str, kind: str, more: str) -> str:
    """Return the properties by which a list of another kind can be gone through."""
    return f'''
    @property
    def rows(self) -> {kind}:
        """The {rows}."""
        return self.{rows}

    @property
    def next_cursor(self) -> int | None:
        """Where the list goes on, None at its end."""
        return self.{more}
'''


def _default(schema: Mapping[str, Any], schemas: Schemas) -> str:
    if "default" not in schema:
        return ""
    return f" = {_value(schema, schema['default'], schemas)}"


def _value(schema: Mapping[str, Any], value: Any, schemas: Schemas) -> str:  # noqa: ANN401
    if isinstance(value, list):
        items = ", ".join(_value(schema["items"], each, schemas) for each in value)
        return f"({items},)" if value else "()"
    if isinstance(value, dict):
        name = next(schemas.uses(schema))
        fields = schemas[name]["properties"]
        said = [f"{each}={_value(fields[each], value[each], schemas)}" for each in value]
        return f"{name}({', '.join(said)})"
    kinds = [schemas.kept(each) for each in schema.get("anyOf", [schema])]
    if isinstance(value, str) and "Decimal" in kinds:
        return f"Decimal({value})" if value.isdecimal() else f'Decimal("{value}")'
    if isinstance(value, str) and "Instant" in kinds:
        return f'Instant.parse("{value}")'
    if isinstance(value, str) and "date" in kinds:
        return f'date.fromisoformat("{value}")'
    return repr(value)


def _definitions(schemas: Schemas, where: Mapping[str, str]) -> str:
    items = schemas.definitions
    by_file: dict[str, list[str]] = {}
    for item in items:
        by_file.setdefault(where[item], []).append(item)
    imports = "\n".join(
        f"from fencang.client.types.{file} import {', '.join(sorted(names))}"
        for file, names in sorted(by_file.items())
    )
    return (
        HEADER.format(_WORDS["definitions"])
        + f'\n{imports}\n\n__all__ = ["Definition"]\n\n'
        + f"Definition = {' | '.join(items)}\n"
        + '"""Any of them; the field ``type`` says which."""\n'
    )


def _index(where: Mapping[str, str]) -> str:
    names = {**where, "Definition": "definitions"}
    by_file: dict[str, list[str]] = {}
    for name, file in names.items():
        by_file.setdefault(file, []).append(name)
    imports = "\n".join(
        f"from fencang.client.types.{file} import {', '.join(sorted(found))}"
        for file, found in sorted(by_file.items())
    )
    listed = ", ".join(f'"{name}"' for name in sorted({*names, "Page"}))
    return (
        HEADER.format("Every type that the client takes or returns.")
        + f"\nfrom fencang.client.ask import Page\n{imports}\n\n__all__ = [{listed},]\n"
    )
