"""The OpenAPI 3.1 document, made from the table of operations and their types.

OpenAPI 3.1 takes JSON Schema as it is, and msgspec writes the schema of the very types that read
and write the bodies; so the document cannot drift from what the server does.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from fencang import __version__
from fencang.gateways.rest.operation import Operation, Parameter
from fencang.gateways.rest.preconditions import IF_MATCH, IF_NONE_MATCH, VERSION_PATTERN
from fencang.gateways.rest.problem import Problem

__all__ = ["IDEMPOTENCY_KEY", "document"]

REF = "#/components/schemas/{name}"
IDEMPOTENCY_KEY = "Idempotency-Key"

SECURITY_SCHEMES = {
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": "RFC 9421 with Ed25519 over method, path, query, digest, time and nonce.",
    },
    "token": {"type": "http", "scheme": "bearer", "description": "For reading only."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-fencang",
        "description": "Of a person who signed in; a write also has the session's X-CSRF-Token.",
    },
}

_WORDS = {
    200: "Done.",
    201: "Accepted.",
    304: "Not modified: the version that you have is the present one.",
    400: "Faulty: every fault is listed, nothing was done.",
    401: "No valid key or signature.",
    403: "This key may not do that.",
    404: "Nothing of that name.",
    409: "The version that you have is not the present one; nothing was done.",
    412: "The version that you have is not the present one; nothing was done.",
    413: "The body is too large.",
    422: "Refused by the desk; the reason is numbered and stands in the journal.",
    428: "Say which version it changes (If-Match), or that it is new (If-None-Match: *).",
    429: "Too many requests.",
    503: "The desk is busy or stopped; ask again with the same Idempotency-Key.",
}


_PRECONDITIONS = [
    {
        "name": IF_MATCH,
        "in": "header",
        "required": False,
        "description": "The version that it changes: the ETag that was read.",
        "schema": {"type": "string", "pattern": VERSION_PATTERN},
    },
    {
        "name": IF_NONE_MATCH,
        "in": "header",
        "required": False,
        "description": "Instead of If-Match: it shall be new.",
        "schema": {"type": "string", "enum": ["*"]},
    },
]


def document(
    operations: Sequence[Operation], *, is_single_operator: bool = False
) -> dict[str, Any]:
    """Return the whole document as plain values."""
    kinds: list[Any] = [Problem]
    for operation in operations:
        kinds += [operation.answer] if operation.answer is not None else []
        kinds += [operation.body] if operation.body is not None else []
        kinds += [parameter.type for parameter in operation.parameters]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    by_kind = {id(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        place = paths.setdefault("/v1" + operation.path, {})
        place[operation.method.lower()] = _operation(operation, by_kind)
    return {
        "openapi": "3.1.0",
        "info": _info(is_single_operator=is_single_operator),
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": SECURITY_SCHEMES},
        "tags": [{"name": tag} for tag in sorted({each.tag for each in operations})],
    }


def _info(*, is_single_operator: bool) -> dict[str, Any]:
    loud = "This desk has a single operator: one person alone may loosen."
    words = (
        "One futures master account in many hands. Money and prices are exact decimal text, times "
        "RFC 3339 with nanoseconds, errors RFC 9457."
    )
    return {
        "title": "fencang",
        "version": __version__,
        "description": f"{words} {loud}" if is_single_operator else words,
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }


def _operation(operation: Operation, by_kind: dict[int, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [_parameter(each, by_kind) for each in operation.parameters],
        "responses": _responses(operation, by_kind),
        "security": [{"signature": []}] if operation.scope else [],
    }
    if operation.scope and not operation.is_write:
        found["security"].append({"token": []})
    if operation.scope:
        found["security"].append({"session": []})
    if operation.scope:
        found["x-scope"] = operation.scope
    if operation.description:
        found["description"] = operation.description
    if operation.is_write:
        found["parameters"].append(
            {
                "name": IDEMPOTENCY_KEY,
                "in": "header",
                "required": True,
                "description": "Names the request: repeated with the same body, it is done once.",
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,64}$"},
            }
        )
    if operation.is_conditional:
        found["parameters"] += _PRECONDITIONS
    if operation.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": by_kind[id(operation.body)]}},
        }
    return found


def _parameter(parameter: Parameter, by_kind: dict[int, Any]) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "path" if parameter.is_in_path else "query",
        "required": parameter.is_in_path,
        "description": parameter.description,
        "schema": by_kind[id(parameter.type)],
    }


def _responses(operation: Operation, by_kind: dict[int, Any]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": by_kind[id(Problem)]}}
    answer: dict[str, Any] = {"description": _WORDS[operation.status]}
    if operation.answer is not None:
        answer["content"] = {"application/json": {"schema": by_kind[id(operation.answer)]}}
    if operation.links:
        answer["links"] = {
            name: {"operationId": name, "parameters": {parameter: f"$response.body#{place}"}}
            for name, parameter, place in operation.links
        }
    found = {str(operation.status): answer}
    general = (401, 403, 413, 429) if operation.scope else (413, 429)
    for status in sorted({*operation.statuses, *general}):
        content = {} if status == 304 else {"content": problem}
        found[str(status)] = {"description": _WORDS[status], **content}
    return found
