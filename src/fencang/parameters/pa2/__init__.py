"""CME's expanded unpacked SPAN files (``.pa2``, format U2): layouts, reader and writer.

``layouts`` states every record column by column and serves both ways; ``reader`` turns bytes into
``SpanParameters``, ``writer`` turns them back.  The package knows no method: what a number does to
a requirement stands in ``docs/span-method.md``.
"""

from fencang.parameters.pa2.reader import PARSER_VERSION, read_pa2
from fencang.parameters.pa2.writer import write_pa2

__all__ = ["PARSER_VERSION", "read_pa2", "write_pa2"]
