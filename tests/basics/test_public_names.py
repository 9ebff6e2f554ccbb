"""What a module offers stands in its ``__all__``: complete, sorted, importable."""

import ast
import importlib
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
MODULES = sorted(path for path in (SOURCE / "fencang").rglob("*.py"))
PURE = frozenset("basics signing refdata messages margin ledger limits allocation rules".split())


def dotted(path):
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package(module):
    return module.split(".")[1] if "." in module else ""


def bound_names(node):
    """Return the names that a statement at the top of a module binds."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [(alias.asname or alias.name).split(".")[0] for alias in names]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def public_names(tree):
    """Return the literal value of ``__all__``; None where a module has none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and bound_names(node) == ["__all__"]:
            return ast.literal_eval(node.value)
    return None


TREES = {dotted(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
LISTED = {module: public_names(tree) for module, tree in TREES.items()}
LISTING = [module for module, names in LISTED.items() if names is not None]
PURE_MODULES = [module for module in TREES if package(module) in PURE]


def sort_key(name):
    """Constants, then classes, then the rest, numbers by value: as ruff's RUF022 sorts."""
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


@pytest.mark.parametrize("module", LISTING)
def test_public_names_are_sorted_and_listed_once(module):
    names = LISTED[module]
    assert names == sorted(set(names), key=sort_key)


@pytest.mark.parametrize("module", LISTING)
def test_public_names_are_there(module):
    bound = {name for node in TREES[module].body for name in bound_names(node)}
    assert [name for name in LISTED[module] if name not in bound] == []


@pytest.mark.parametrize("module", PURE_MODULES)
def test_public_names_of_the_pure_packages_can_be_imported(module):
    loaded = importlib.import_module(module)
    for name in LISTED[module] or ():
        assert getattr(loaded, name) is not None


@pytest.mark.parametrize("module", PURE_MODULES)
def test_every_public_function_and_class_of_the_pure_packages_is_listed(module):
    made = [
        node.name
        for node in TREES[module].body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert [name for name in made if name not in (LISTED[module] or ())] == []


@pytest.mark.parametrize("module", TREES)
def test_a_package_takes_only_public_names_of_another(module):
    """Law: what another package may rely on is what a module lists."""
    taken = [
        (node.module, alias.name)
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.ImportFrom) and node.module in LISTED
        for alias in node.names
        if f"{node.module}.{alias.name}" not in LISTED and package(node.module)
    ]
    hidden = [
        f"{source}.{name}"
        for source, name in taken
        if package(source) != package(module) and name not in (LISTED[source] or ())
    ]
    assert hidden == []
