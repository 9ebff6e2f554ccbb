"""Everything that is generated, in the style of the repository."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fencang.app.client_types.resources_text import resources_files
from fencang.app.client_types.types_text import types_files
from fencang.gateways.rest.app import OPERATIONS
from fencang.gateways.rest.openapi import document

__all__ = ["generated", "present_document"]


def present_document() -> dict[str, Any]:
    """Return the OpenAPI document of this version, as a client reads it."""
    found: dict[str, Any] = json.loads(json.dumps(document(OPERATIONS)))
    return found


def generated(described: Mapping[str, Any]) -> dict[str, str]:
    """Return every generated file by its path below ``client``, formatted."""
    files = {f"types/{name}": text for name, text in types_files(described).items()}
    files |= {f"resources/{name}": text for name, text in resources_files(described).items()}
    return {name: _formatted(name, text) for name, text in sorted(files.items())}


def _formatted(name: str, text: str) -> str:
    """Return text as ruff writes it: imports in order, then the layout."""
    stdin_name = str(Path("src", "fencang", "client", name))
    for arguments in (
        ["check", "--quiet", "--fix-only", "--select", "I,RUF022,F401"],
        ["format", "--quiet"],
    ):
        text = subprocess.run(  # noqa: S603 - our own formatter
            [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", stdin_name, "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return text
