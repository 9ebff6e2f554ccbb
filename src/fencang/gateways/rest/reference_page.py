"""The API's reference as one page of HTML, made from the document: no script, nothing fetched."""

from collections.abc import Iterator
from html import escape
from typing import Any

__all__ = ["reference_page"]

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
code,pre{font:14px/1.4 ui-monospace,monospace}h2{margin-top:2.5rem;text-transform:capitalize}
summary{cursor:pointer;padding:.3rem 0}summary b{display:inline-block;width:4.5rem}
table{border-collapse:collapse;margin:.5rem 0 1rem}td,th{text-align:left;padding:.2rem 1rem .2rem 0;
vertical-align:top}.loud{background:#b00;color:#fff;padding:.5rem 1rem}.dim{color:#666}
@media(prefers-color-scheme:dark){body{background:#151515;color:#ddd}.dim{color:#999}}
"""


def reference_page(document: dict[str, Any], *, is_single_operator: bool) -> str:
    """Return the page of an OpenAPI document."""
    loud = (
        '<p class="loud">Single operator: one person alone may do what otherwise takes two.</p>'
        if is_single_operator
        else ""
    )
    body = "".join(_tags(document))
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>fencang API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>fencang API <small class=dim>{escape(info['version'])}</small></h1>{loud}"
        f"<p>{escape(info['description'])}</p>"
        '<p>The same for machines: <a href="/v1/openapi.json">openapi.json</a>. '
        "Live tables: WebSocket <code>/v1/stream</code>, server-sent events "
        f"<code>/v1/events/CHANNEL</code>.</p>{body}</html>"
    )


def _tags(document: dict[str, Any]) -> Iterator[str]:
    for tag in document["tags"]:
        yield f"<h2 id='{escape(tag['name'])}'>{escape(tag['name'])}</h2>"
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if tag["name"] in operation["tags"]:
                    yield _operation(document, path, method, operation)


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    head = (
        f"<details id='{operation['operationId']}'><summary><b>{method.upper()}</b> "
        f"<code>{escape(path)}</code> <span class=dim>{escape(operation['summary'])}</span>"
        "</summary>"
    )
    parts = [head]
    if "description" in operation:
        parts.append(f"<p>{escape(operation['description'])}</p>")
    if "x-scope" in operation:
        parts.append(f"<p>Scope: <code>{escape(operation['x-scope'])}</code></p>")
    if operation["parameters"]:
        rows = (
            f"<tr><td><code>{escape(each['name'])}</code><td>{each['in']}"
            f"<td>{escape(each.get('description', ''))}"
            for each in operation["parameters"]
        )
        parts.append(f"<table><tr><th>parameter<th>in<th>{''.join(rows)}</table>")
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        parts.append(_fields(document, schema))
    answers = (
        f"<tr><td>{status}<td>{escape(answer['description'])}"
        for status, answer in sorted(operation["responses"].items())
    )
    parts.append(f"<table><tr><th>answer<th>{''.join(answers)}</table></details>")
    return "".join(parts)


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> str:
    found = _resolved(document, schema)
    required = set(found.get("required", ()))
    rows = (
        f"<tr><td><code>{escape(name)}</code><td>{escape(_kind(document, each))}"
        f"<td>{'required' if name in required else ''}"
        for name, each in found.get("properties", {}).items()
    )
    return f"<table><tr><th>body<th>type<th>{''.join(rows)}</table>"


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    found = _resolved(document, schema)
    if "enum" in found:
        return " | ".join(map(str, found["enum"]))
    if "anyOf" in found:
        return " or ".join(_kind(document, each) for each in found["anyOf"][:6])
    kind = str(found.get("title") or found.get("type", ""))
    return f"{kind} ({found['format']})" if "format" in found else kind
