"""A statement as JSON: the model's own fields, integers throughout, one object, stable bytes.

Amounts are integers in micros and prices integers in nanos, as the field names say; readers whose
numbers are floating point must take them as big integers.
"""

import msgspec

from fencang.reports.statement.values import Statement

__all__ = ["render_json"]

_encoder = msgspec.json.Encoder()


def render_json(statement: Statement) -> bytes:
    """Return the JSON text in UTF-8, indented by one, ended by a line feed."""
    return msgspec.json.format(_encoder.encode(statement), indent=1) + b"\n"
