"""The house rules that no other tool checks, as functions from a file to its faults.

A rule takes a path (relative to the root) and what stands in the file, and yields sentences that
say what to do instead. Rules open no files; `test_tidy.py` walks the tree and `test_rules.py`
shows each rule at work.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
FUNCTION_LINES_GOOD = 40

PACKAGES = frozenset(
    "simulation app client gateways reports adaptive audit projections planning engine journal "
    "limits allocation rules parameters margin ledger messages refdata signing basics".split()
)
INTEGER_PACKAGES = frozenset(
    "margin ledger limits allocation rules engine messages refdata signing basics".split()
)

SUFFIXES = {
    "Manager": "name what it keeps or does (Sequencer, OrderBook)",
    "Helper": "name what it does, or make it a function",
    "Util": "name what it does, or make it a function",
    "Utils": "name what it does, or make it a function",
    "Processor": "name what comes out of it (Parser, Matcher)",
    "Info": "name the thing itself (Contract, not ContractInfo)",
    "Impl": "name the technology (SqliteJournal, SystemClock)",
    "Base": "name the role; a port is a Protocol with a noun for a name",
}
MODULES = dict.fromkeys(
    "utils util common core helpers helper models services managers misc".split(),
    "name the package after the trade's word for what it holds",
)

# Spelled in two halves, so that this file keeps its own rules.
_UNFINISHED = re.compile("#.*\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b")
_INDEX_HOST = re.compile("py" + r"pi\.org|python" + r"hosted\.org")
_MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:work|root|home|Users)/[\w.]")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)|(?:src|href|srcset)=\"([^\"]+)\"")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)


class Function(NamedTuple):
    """One function of a module and how many lines it takes, its docstring included."""

    path: PurePosixPath
    line: int
    name: str
    lines: int


def package_of(path: PurePosixPath) -> str | None:
    """Return the fencang package a path lies in; None outside of all."""
    parts = path.parts
    return parts[2] if parts[:2] == ("src", "fencang") and len(parts) > 3 else None


def file_size(path: PurePosixPath, text: str) -> Iterator[str]:
    lines = text.count("\n")
    if path.suffix in {".py", ".md"} and path.name != "CHANGELOG.md" and lines > FILE_LINES_MAX:
        yield f"{path}: {lines} lines; split it by subject before it passes {FILE_LINES_MAX}"


def functions(path: PurePosixPath, tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(path, node.lineno, node.name, lines)


def function_size(path: PurePosixPath, tree: ast.Module) -> Iterator[str]:
    for function in functions(path, tree):
        if function.lines > FUNCTION_LINES_MAX:
            yield (
                f"{path}:{function.line}: {function.name} has {function.lines} lines; "
                f"a function fits on a screen, which is {FUNCTION_LINES_MAX}"
            )


def class_names(path: PurePosixPath, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for suffix, instead in SUFFIXES.items():
                if node.name.endswith(suffix):
                    yield f"{path}:{node.lineno}: class {node.name}: no …{suffix}; {instead}"


def module_names(path: PurePosixPath) -> Iterator[str]:
    for part in path.with_suffix("").parts:
        if path.suffix == ".py" and part in MODULES:
            yield f"{path}: nothing is called {part}; {MODULES[part]}"


def placed(path: PurePosixPath) -> Iterator[str]:
    package = package_of(path)
    if package is not None and package not in PACKAGES:
        yield f"{path}: {package} is no package of the design; the rows stand in ARCHITECTURE.md"


def docstring(path: PurePosixPath, tree: ast.Module) -> Iterator[str]:
    if tree.body and ast.get_docstring(tree) is None:
        yield f"{path}: open with a docstring: what it is for, what it refuses to know"


def integers_only(path: PurePosixPath, tree: ast.Module) -> Iterator[str]:
    """Money, price and quantity are integers; only kernels may round as the machine does."""
    if package_of(path) not in INTEGER_PACKAGES or path.name == "kernels.py":
        return
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield f"{path}:{node.lineno}: no /; use a rounding function of fencang.basics"
            case ast.Call(func=ast.Name(id="float")):
                yield f"{path}:{node.lineno}: no float(); this package counts in integers"


def printing(path: PurePosixPath, tree: ast.Module) -> Iterator[str]:
    """Only a program talks to a person: the command line and what `python -m` starts."""
    if path.parts[0] != "src" or package_of(path) == "app" or _is_program(path, tree):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="print")):
                yield f"{path}:{node.lineno}: no print(); return it, or let fencang.app say it"


def _is_program(path: PurePosixPath, tree: ast.Module) -> bool:
    starts = (
        isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
        for node in tree.body
    )
    return path.name == "__main__.py" or any(starts)


def unfinished(path: PurePosixPath, text: str) -> Iterator[str]:
    if path.suffix == ".py":
        for number, line in enumerate(text.splitlines(), 1):
            if found := _UNFINISHED.search(line):
                yield f"{path}:{number}: no {found[1]}; finish it, or open an issue"


def foreign_places(path: PurePosixPath, text: str) -> Iterator[str]:
    """What is true on one machine only has no place in a file that all share."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := _INDEX_HOST.search(line):
            yield f"{path}:{number}: no package index ({found[0]}); the user chooses it"
        if found := _MACHINE_PATH.search(line):
            yield f"{path}:{number}: no path of one machine ({found[0]}…); make it relative"


def links(path: PurePosixPath, text: str) -> Iterator[str]:
    """Yield the relative targets of a page's links and pictures, without their fragment."""
    if path.suffix == ".md":
        for match in _LINK.finditer(_CODE.sub("", text)):
            target = (match[1] or match[2]).partition("#")[0]
            if target and not re.match(r"[a-z][a-z0-9+.-]*:", target):
                yield target
