"""SPAN XML files (``.spn``, fileFormat 4.00): reading and writing.

What is confirmed about the format, and what is our reading of it, stands in ``vocabulary``.
"""

from fencang.parameters.spn.reader import read_spn
from fencang.parameters.spn.writer import write_spn

__all__ = ["read_spn", "write_spn"]
