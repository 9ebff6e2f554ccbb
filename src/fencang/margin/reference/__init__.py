"""SPAN in plain Python integers, written to be read: one function per rule of the method.

``docs/span-method.md`` is the text, and every function names its rule.  ``fencang.margin.span``
computes the same on arrays; the two share parameters and results and nothing else, and property
tests hold them to the same micro.  Nothing here is fast, and nothing here knows accounts or files.
"""

from fencang.margin.reference.requirement import converted, requirement
from fencang.margin.reference.working import worst_scan

__all__ = ["converted", "requirement", "worst_scan"]
