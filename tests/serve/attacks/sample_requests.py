"""One request for every operation, made from its own types: what fits, about one book."""

import re

import msgspec

_TEXTS = (
    "ALPHA",
    "USD",
    "1",
    "1.5",
    "2026-11-26",
    "2026-11-26T12:00:00Z",
    "12:00",
    "orders:read",
    "ab" * 32,
    "ab" * 64,
    "YQ==",
    "60",
    "a",
)
_OF_BOOK = {"sub_account_id", "from_sub_account_id", "node_id"}
_NAMED = {
    "to_sub_account_id": "BETA",
    "contract_id": "COPPER-C",
    "carrying_account_id": "BROKER-1",
    "currency": "USD",
    "venue_id": "EXCHANGE",
}


def sample_body(operation):
    """Return the smallest body that an operation's form takes, None where it takes none."""
    if operation.body is None:
        return None
    (schema,), parts = msgspec.json.schema_components(
        [operation.body], ref_template="#/$defs/{name}"
    )
    return _sample(schema, parts, "")


def sample_path(operation, ids):
    """Return the path with what stands in braces filled: from ``ids``, else a first of its kind."""

    def fill(found):
        name = found.group(1)
        return str(ids.get(name, _NAMED.get(name, "1")))

    return re.sub(r"\{(\w+)\}", fill, operation.path)


def _sample(schema, parts, name):
    if "$ref" in schema:
        return _sample(parts[schema["$ref"].rpartition("/")[2]], parts, name)
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0], parts, name)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", ())
            return {each: _sample(schema["properties"][each], parts, each) for each in wanted}
        case "array":
            items = schema.get("prefixItems") or [schema.get("items", {})] * max(
                1, schema.get("minItems", 1)
            )
            return [_sample(each, parts, name) for each in items]
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return _text(schema, name)


def _text(schema, name):
    if schema.get("format") == "date":
        return "2026-11-26"
    if schema.get("format") == "date-time":
        return "2026-11-26T12:00:00Z"
    if name in _OF_BOOK:
        return "ALPHA"
    if name in {"body", "signature"}:
        return "YWFh" * 22 if name == "body" else "YWFh" * 21 + "YQ=="
    if name in _NAMED:
        return _NAMED[name]
    low, high = schema.get("minLength", 0), schema.get("maxLength", 1 << 20)
    pattern = schema.get("pattern", "")
    fitting = (each for each in _TEXTS if low <= len(each) <= high and re.search(pattern, each))
    return next(fitting, "a" * max(low, 1))
