# SPDX-License-Identifier: Apache-2.0
"""Builds fencang: as plain Python, or with the modules of the order path as machine code.

``FENCANG_COMPILED=1`` compiles the modules that ``pyproject.toml`` names under
``[tool.fencang.compiled]`` with mypyc; the wheel then belongs to one system and one Python.
``make compiled`` does so.  Without it nothing needs a compiler.  ``FENCANG_COMPILED_LEVEL`` is how
much the C compiler optimises, 0 to 3: less is sooner made, and does the same.
"""

import os
import tomllib
from pathlib import Path

from setuptools import setup

MODULES = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["fencang"][
    "compiled"
]["modules"]

if os.environ.get("FENCANG_COMPILED") == "1":
    # mypyc reads no cache but opens it, and `make check` at that moment finds the database locked.
    os.environ["MYPY_CACHE_DIR"] = os.devnull
    from mypyc.build import mypycify

    extensions = mypycify(
        [f"src/fencang/{module}" for module in MODULES],
        group_name="fencang",
        opt_level=os.environ.get("FENCANG_COMPILED_LEVEL", "2"),
        debug_level="0",
    )
else:
    extensions = []

setup(ext_modules=extensions)
