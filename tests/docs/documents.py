"""Reading the documents: commands, headings, links, and what their code words mean in the source.

Knows Markdown as far as this project uses it: fenced blocks, headings, links, code spans.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "fencang"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(#+) ", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")
_NAME_IN_FILE = re.compile(r"`([A-Za-z_][\w.]*)`\s+(?:in|of)\s+`([\w./-]+\.py)`")


class Defined(NamedTuple):
    """What a file defines: every name, and the members of each class."""

    names: frozenset[str]
    members: dict[str, frozenset[str]]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def names_of(pattern: str) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern))


def commands(name: str) -> list[str]:
    """Return the command lines of the sh blocks of a document, in order."""
    blocks = [body for language, body in _FENCE.findall(text_of(name)) if language == "sh"]
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def prose(name: str) -> str:
    return _FENCE.sub("", text_of(name))


def heading_levels(name: str) -> list[int]:
    return [len(marks) for marks in _HEADING.findall(prose(name))]


def link_targets(name: str) -> list[str]:
    return _LINK.findall(prose(name))


def code_spans(name: str) -> list[str]:
    return list(dict.fromkeys(_SPAN.findall(prose(name))))


def names_in_files(name: str) -> list[tuple[str, str]]:
    """Return (name, file) wherever a document says that a name stands in a file."""
    return list(dict.fromkeys(_NAME_IN_FILE.findall(prose(name))))


def place_of(path: str) -> Path | None:
    """Return where a path of a document lies: below the root or below the package."""
    for folder in (ROOT, PACKAGE):
        if (folder / path).exists():
            return folder / path
    return None


@cache
def words_of_code() -> frozenset[str]:
    """Return every word of the source, the tests and the project's own files."""
    folders = [ROOT / name for name in ("src", "tests", "benchmarks")]
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    paths = [path for path in paths if path.parent != Path(__file__).parent]
    paths += [ROOT / name for name in ("Makefile", "pyproject.toml", ".ci/run")]
    words: set[str] = set()
    for path in paths:
        words.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return frozenset(words)


@cache
def defined_in(path: Path) -> Defined:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = frozenset(_names(tree))
    members = {
        node.name: frozenset(_names(node)) | frozenset(_strings(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    return Defined(names, members)


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name):
                yield name
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                yield name
            case _:
                pass


def _strings(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of a class: its slots are among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@cache
def classes() -> dict[str, frozenset[str]]:
    """Return the members of every class of the package, joined over equal names."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for name, members in defined_in(path).members.items():
            found[name] = found.get(name, frozenset()) | members
    return found


@cache
def desk_file_keys() -> frozenset[str]:
    """Return every key that the readers of ``app/desk`` ask a desk file for."""
    asked = re.compile(
        r"(?:fields|head|capital|slippage|root)\.(?:text|identifier|identifiers|currency|country"
        r"|flag|whole|wholes|decimal|percent|multiple|span_ns|day|days|choice|pairs|inner|each|has)"
        r'\(\s*"(\w+)"|_(?:micros|nanos)\(fields, "(\w+)"'
    )
    keys: set[str] = set()
    for path in sorted((PACKAGE / "app" / "desk").glob("*.py")):
        for first, second in asked.findall(path.read_text(encoding="utf-8")):
            keys.add(first or second)
    return frozenset(keys)
