"""The client's methods as text: a function for each operation, a resource for each tag."""

import re
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

from fencang.app.client_types.schemas import HEADER, LINE_LENGTH, Schemas, checked_name, words_of

__all__ = ["METHOD_NAMES", "resources_files"]

METHOD_NAMES = {
    "submit_order": "place",
    "cancel_orders": "cancel_many",
    "list_records": "records",
    "list_entity_records": "records_of",
    "define_desk": "define",
    "list_block_order_legs": "legs_of",
    "list_block_order_orders": "orders_of",
    "list_block_order_executions": "executions_of",
    "get_signing_terms": "signing_terms",
    "get_strategy": "get",
}
"""Names that are better than what is left of an operation's name without the words of its tag."""

TAGS_OF_PART = 30
_OWN = {"Idempotency-Key", "If-None-Match"}
_VERSION = "If-Match"
_VERSION_WORDS = "The version that it changes, as it was read; 0 for one that shall be new."
_IMPORTS = {
    "Sequence": "from collections.abc import Sequence",
    "date": "from datetime import date",
    "Any": "from typing import Any",
    "Page": "from fencang.client.ask import Page",
    "Listing": "from fencang.client.methods import Listing",
    "Method": "from fencang.client.methods import Method",
    "Moment": "from fencang.client.wire import Moment",
    "Number": "from fencang.client.wire import Number",
}


class _Argument(NamedTuple):
    """A parameter of a function; ``there`` is its name in query or headers."""

    name: str
    type: str
    default: str | None
    place: str
    there: str
    words: str
    is_exact: bool = False


class _Found(NamedTuple):
    """An operation of the document."""

    name: str
    method: str
    path: str
    words: str
    answer: str
    arguments: list[_Argument]
    has_body: bool
    is_write: bool
    cursor: str
    is_plain: bool


def resources_files(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of each file of ``client/resources`` by its name."""
    schemas = Schemas(document)
    by_tag: dict[str, list[_Found]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found = _found(path.removeprefix("/v1"), method.upper(), operation, schemas)
            by_tag.setdefault(operation["tags"][0].replace(" ", "_"), []).append(found)
    files = {f"{tag}.py": _file(tag, found, schemas) for tag, found in by_tag.items()}
    files["__init__.py"] = _index(sorted(by_tag))
    return files


def _found(path: str, method: str, operation: Mapping[str, Any], schemas: Schemas) -> _Found:
    parameters = operation["parameters"]
    names = {each["name"] for each in parameters}
    cursor = next((each for each in ("cursor", "from_sequence") if each in names), "")
    arguments = [
        _parameter(each, schemas, is_list=bool(cursor))
        for each in parameters
        if each["name"] not in _OWN
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        form = schemas[next(schemas.uses(body["schema"]))]
        required = form.get("required", ())
        arguments += [
            _field(name, each, schemas, is_required=name in required)
            for name, each in form["properties"].items()
        ]
    is_write = any(each["name"] in _OWN for each in parameters)
    answers = [found for status, found in operation["responses"].items() if status[0] == "2"]
    content = answers[0]["content"]["application/json"]
    summary, more = operation["summary"], operation.get("description", "")
    return _Found(
        name=operation["operationId"],
        method=method,
        path=path,
        words=summary + "." + (f"\n\n{words_of(more)}" if more else ""),
        answer=schemas.kept(content["schema"]),
        arguments=sorted(arguments, key=lambda each: each.default is not None),
        has_body=body is not None,
        is_write=is_write,
        cursor=cursor,
        is_plain="{" not in path and method == "GET",
    )


def _parameter(parameter: Mapping[str, Any], schemas: Schemas, *, is_list: bool) -> _Argument:
    there = parameter["name"]
    name = there.lower().replace("-", "_")
    if there == _VERSION:
        return _Argument(name, "int", None, "header", there, _VERSION_WORDS)
    if is_list and name == "limit":
        name = "page_rows"
    return _Argument(
        name=checked_name(name),
        type=schemas.said(parameter["schema"]) + ("" if parameter["required"] else " | None"),
        default=None if parameter["required"] else "None",
        place=parameter["in"],
        there=there,
        words="" if parameter["in"] == "path" else parameter["description"],
    )


def _field(
    name: str, schema: Mapping[str, Any], schemas: Schemas, *, is_required: bool
) -> _Argument:
    default = schema.get("default")
    return _Argument(
        name=checked_name(name),
        type=schemas.said(schema),
        default=None if is_required else ("()" if default == [] else repr(default)),
        place="body",
        there=name,
        words="",
        is_exact="Number" in re.findall(r"\w+", schemas.said(schema)),
    )


def _file(tag: str, found: list[_Found], schemas: Schemas) -> str:
    text = "\n\n".join(_function(each) for each in found) + "\n\n" + _resource(tag, found)
    imports = [line for word, line in _IMPORTS.items() if re.search(rf"\b{word}\b", text)]
    types = sorted({*schemas, "Definition"} & {*re.findall(r"\w+", text)})
    listed = sorted([f"{_class(tag)}", *(each.name for each in found)])
    return (
        HEADER.format(f"Calls about {tag.replace('_', ' ')}.")
        + "\n"
        + "\n".join(imports)
        + "\nfrom fencang.client.ask import Ask, Operation\n"
        + "from fencang.client.methods import Resource, TransportT\n"
        + (f"from fencang.client.types import {', '.join(types)}\n" if types else "")
        + f"\n__all__ = [{', '.join(repr(name) for name in listed)},]\n\n"
        + text
    )


def _function(found: _Found) -> str:
    in_path = [each for each in found.arguments if each.place == "path"]
    rest = [each for each in found.arguments if each.place != "path"]
    said = [f"{each.name}: {each.type}" for each in in_path]
    said += ["*"] if rest or found.is_write else []
    said += [
        f"{each.name}: {each.type}" + ("" if each.default is None else f" = {each.default}")
        for each in rest
    ]
    said += ["idempotency_key: str | None = None"] if found.is_write else []
    constant = f"_{found.name.upper()}"
    return (
        f"{constant} = Operation({_facts(found)})\n\n\n"
        f"def {found.name}({', '.join(said)}) -> Ask[{found.answer}]:\n"
        f"{_words(found)}"
        f"    return {constant}.ask(locals())\n"
    )


def _facts(found: _Found) -> str:
    facts = [
        f"name={found.name!r}",
        f"method={found.method!r}",
        f"path={found.path!r}",
        f"answer={found.answer}",
    ]
    for place in ("query", "header"):
        pairs = {each.name: each.there for each in found.arguments if each.place == place}
        facts += [f"in_{'headers' if place == 'header' else place}={pairs!r}"] if pairs else []
    exact = sorted(each.name for each in found.arguments if each.is_exact)
    facts += [f"exact=frozenset({exact!r})"] if exact else []
    facts += ["has_body=True"] if found.has_body else []
    facts += ["is_write=True"] if found.is_write else []
    facts += [f"cursor={_own_name(found)!r}"] if found.cursor else []
    return ", ".join(facts)


def _own_name(found: _Found) -> str:
    return next(each.name for each in found.arguments if each.there == found.cursor)


def _words(found: _Found) -> str:
    told = [f"``{each.name}``: {each.words}" for each in found.arguments if each.words]
    paragraphs = [found.words, *(["\n".join(told)] if told else [])]
    lines = "\n\n".join(paragraphs).splitlines()
    wrapped: list[str] = []
    for line in lines:
        wrapped += textwrap.wrap(line, LINE_LENGTH) or [""]
    body = "\n".join(f"    {line}" if line else "" for line in wrapped)
    end = '"""\n' if len(wrapped) == 1 else '\n    """\n'
    return f'    """{body.removeprefix("    ")}{end}'


def _class(tag: str) -> str:
    return "".join(word.capitalize() for word in tag.split("_")) + "Resource"


def _resource(tag: str, found: list[_Found]) -> str:
    lines = [f"class {_class(tag)}(Resource[TransportT]):"]
    lines.append(f'    """Calls about {tag.replace("_", " ")}."""\n')
    taken: set[str] = set()
    main = None
    for each in found:
        name = _method_name(tag, each.name)
        if name in taken:
            raise ValueError(f"{tag}: two operations would be called {name}; name one")
        taken.add(name)
        kind = "Listing" if each.cursor else "Method"
        lines.append(f"    {name} = {kind}({each.name})")
        if each.is_plain and name in {"list", "get"}:
            main = f"    __call__ = {kind}({each.name})"
        if each.cursor and name == "list":
            lines.append(f"    page = Method({each.name})")
    return "\n".join([*lines, *([main] if main else [])]) + "\n"


def _method_name(tag: str, name: str) -> str:
    """Return an operation's name without the words of its tag."""
    words = tag.split("_")
    known = {*words, *(word.removesuffix("s") for word in words)}
    left = "_".join(word for word in name.split("_") if word not in known)
    return checked_name(METHOD_NAMES.get(name, left))


def _index(tags: list[str]) -> str:
    """Return all resources; they are many, so each class of a chain holds some of them."""
    imports = "\n".join(f"from fencang.client.resources.{tag} import {_class(tag)}" for tag in tags)
    parts = [tags[start : start + TAGS_OF_PART] for start in range(0, len(tags), TAGS_OF_PART)]
    names = [f"_Resources{place}" for place in range(1, len(parts))] + ["Resources"]
    classes = [
        _part(name, base, part)
        for name, base, part in zip(names, ["Resource", *names], parts, strict=False)
    ]
    return (
        HEADER.format("All calls, by what they are about.")
        + f"\n{imports}\nfrom fencang.client.methods import Resource, TransportT\n\n"
        + '__all__ = ["Resources"]\n\n\n'
        + "\n\n".join(classes)
    )


def _part(name: str, base: str, tags: list[str]) -> str:
    words = "What a desk offers." if name == "Resources" else "Some of what a desk offers."
    made = "\n".join(f"        self.{tag} = {_class(tag)}(transport)" for tag in tags)
    return f'''class {name}({base}[TransportT]):
    """{words}"""

    def __init__(self, transport: TransportT) -> None:
        super().__init__(transport)
{made}
'''
