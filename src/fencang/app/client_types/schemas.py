"""The schemas of the document, read: which there are, what uses what, and their type as text."""

import inspect
import keyword
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from fencang.gateways.forms.fields import field_name

__all__ = ["HEADER", "LINE_LENGTH", "Schemas", "checked_name", "docstring", "enum_text", "words_of"]

Schema = Mapping[str, Any]

HEADER = (
    '"""{}\n\nWritten by `make client-types` from the OpenAPI document; not edited by hand.\n"""\n'
)
LINE_LENGTH = 92
_REF = "#/components/schemas/"
_UNIT_WORD = re.compile(r"\b\w+_(?:nanos|micros|ns)(?:_max|_min)?\b")
_PLAIN = {"integer": "int", "boolean": "bool", "object": "dict[str, Any]", "null": "None"}
_TEXT = {
    "date": ("date", "date"),
    "date-time": ("Instant", "Moment"),
    "decimal": ("Decimal", "Number"),
}


class Schemas:
    """The document's schemas by their name in Python.

    ``definitions`` are the reference values, in the order of the API.  ``kept`` gives types as the
    client holds them, ``said`` as a caller may say them.
    """

    def __init__(self, document: Schema) -> None:
        self._all: dict[str, Schema] = document["components"]["schemas"]
        self.definitions = list(self.uses(self._all["DefineDeskBody"]["properties"]["items"]))
        self._definitions = set(self.definitions)

    def __getitem__(self, name: str) -> Schema:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def is_page(self, name: str) -> bool:
        """Return whether a schema is a page of rows."""
        return str(self._all[name].get("title", "")).startswith("Page[")

    def uses(self, schema: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a document
        """Yield the names that a schema or a part of the document refers to, each time it does."""
        if isinstance(schema, Mapping):
            if "$ref" in schema:
                yield schema["$ref"].removeprefix(_REF)
            for key, part in schema.items():
                if key != "discriminator":
                    yield from self.uses(part)
        elif isinstance(schema, list):
            for part in schema:
                yield from self.uses(part)

    def reached(self, schema: Any) -> list[str]:  # noqa: ANN401 - any part of a document
        """Return every name reached from a part, what is used before what uses it."""
        found: dict[str, None] = {}

        def visit(part: Any) -> None:  # noqa: ANN401
            for name in self.uses(part):
                if name not in found:
                    visit(self._all[name])
                    found[name] = None

        visit(schema)
        return list(found)

    def kept(self, schema: Schema) -> str:
        """Return the type of an answer's value, or of a value in a structure."""
        return self._text(schema, 0)

    def said(self, schema: Schema) -> str:
        """Return the type of an argument, which may be said in more ways."""
        return self._text(schema, 1)

    def _text(self, schema: Schema, column: int) -> str:
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(_REF)
            if self.is_page(name):
                return f"Page[{self._text(self._all[name]['properties']['rows']['items'], column)}]"
            return str(name)
        if "anyOf" in schema:
            parts = schema["anyOf"]
            if set(self.uses(parts)) == self._definitions:
                return "Definition"
            return " | ".join(
                dict.fromkeys(self._text(part, column) for part in sorted(parts, key=_is_null))
            )
        if "enum" in schema:
            return enum_text(schema)
        kind = schema["type"]
        if kind == "array":
            item = self._text(schema["items"], column)
            return f"Sequence[{item}]" if column else f"tuple[{item}, ...]"
        if kind == "string":
            return _TEXT.get(schema.get("format", ""), ("str", "str"))[column]
        if kind not in _PLAIN:
            raise ValueError(f"{kind} is no type of this API, where numbers are exact: {schema}")
        return _PLAIN[kind]


def _is_null(schema: Schema) -> bool:
    return schema.get("type") == "null"


def enum_text(schema: Schema) -> str:
    """Return the type of a word out of a closed list."""
    return f"Literal[{', '.join(repr(word) for word in schema['enum'])}]"


def words_of(description: str) -> str:
    """Return a description in the API's names: ``margin_micros`` is ``margin`` there."""
    words = _UNIT_WORD.sub(lambda match: field_name(match[0])[0], inspect.cleandoc(description))
    return "\n\n".join(_wrapped(paragraph) for paragraph in words.split("\n\n"))


def _wrapped(paragraph: str) -> str:
    """Return a paragraph whose lines fit; one that fits already stays as it is."""
    if max(map(len, paragraph.splitlines())) <= LINE_LENGTH:
        return paragraph
    return textwrap.fill(paragraph.replace("\n", " "), LINE_LENGTH)


def docstring(words: str, indent: str = "    ") -> str:
    """Return a docstring; its first line ends in a full stop."""
    lines = words.splitlines()
    body = "\n".join(f"{indent}{line}" if line else "" for line in lines[1:])
    first = lines[0]
    if len(lines) == 1:
        return f'{indent}"""{first}"""\n'
    return f'{indent}"""{first}\n{body}\n{indent}"""\n'


def checked_name(name: str) -> str:
    """Return a name that Python takes.

    Raises:
        ValueError: it is a word of the language.
    """
    if keyword.iskeyword(name) or not name.isidentifier():
        raise ValueError(f"{name} is no name in Python: call it otherwise in the API")
    return name
