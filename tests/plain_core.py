"""Tests that put something else in the place of a function or an object of the order path.

The compiled core calls its own functions directly and takes its own objects only, so nothing can
be put in their place there; plain Python runs the same sources.
"""

import pytest

from fencang.basics.compiled import core_name

__all__ = ["plain_core_only"]

plain_core_only = pytest.mark.skipif(
    core_name() == "compiled", reason="nothing can be put in the place of compiled code"
)
