"""Keep the house in order: every rule of `rules.py` over every file that belongs to the project."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

from tests.tidy import rules

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"__pycache__", "build", "dist", "node_modules"}

# A ratchet: how many functions under src are longer than a comfortable read. Shorten one, lower
# the number; raising it needs an argument in the change that does so.
FUNCTIONS_OVER_GOOD_SIZE = 0


@cache
def files() -> tuple[PurePosixPath, ...]:
    """Everything git keeps or would keep; without git, everything that is not hidden or made."""
    git = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if git.returncode == 0:
        names = [name for name in git.stdout.decode().split("\0") if name]
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
        names = [name for name in names if not _is_hidden_or_made(PurePosixPath(name))]
    return tuple(PurePosixPath(name) for name in sorted(names) if (ROOT / name).is_file())


def _is_hidden_or_made(path: PurePosixPath) -> bool:
    folders = path.parts[:-1]
    return any(part.startswith(".") or part.endswith(".egg-info") for part in folders) or bool(
        NOT_OURS.intersection(folders)
    )


@cache
def texts() -> dict[PurePosixPath, str]:
    found = {}
    for path in files():
        try:
            found[path] = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and packed data
    return found


@cache
def trees() -> dict[PurePosixPath, ast.Module]:
    return {path: ast.parse(text) for path, text in texts().items() if path.suffix == ".py"}


def long_functions() -> Iterator[rules.Function]:
    for path, tree in trees().items():
        if path.parts[0] == "src":
            for function in rules.functions(path, tree):
                if function.lines > rules.FUNCTION_LINES_GOOD:
                    yield function


def tidy(faults):
    found = list(faults)
    assert not found, "\n" + "\n".join(found)


def test_the_walk_finds_the_project():
    assert PurePosixPath("pyproject.toml") in files()
    assert PurePosixPath("src/fencang/__init__.py") in trees()


def test_no_file_is_longer_than_a_sitting():
    tidy(fault for path, text in texts().items() for fault in rules.file_size(path, text))


def test_no_function_is_longer_than_a_screen():
    tidy(fault for path, tree in trees().items() for fault in rules.function_size(path, tree))


def test_the_number_of_long_functions_is_exactly_the_ratchet():
    found = sorted(long_functions(), key=lambda function: -function.lines)
    listing = "\n".join(f"{f.path}:{f.line}: {f.name} has {f.lines} lines" for f in found)
    assert len(found) <= FUNCTIONS_OVER_GOOD_SIZE, f"shorten one of these:\n{listing}"
    assert len(found) == FUNCTIONS_OVER_GOOD_SIZE, f"lower the ratchet to {len(found)}:\n{listing}"


def test_classes_are_named_after_what_they_are():
    tidy(fault for path, tree in trees().items() for fault in rules.class_names(path, tree))


def test_packages_and_modules_are_named_after_what_they_hold():
    tidy(fault for path in files() for fault in rules.module_names(path))


def test_every_package_is_one_of_the_design():
    tidy(fault for path in files() for fault in rules.placed(path))


def test_every_module_says_what_it_is_for():
    tidy(fault for path, tree in trees().items() for fault in rules.docstring(path, tree))


def test_packages_that_decide_count_in_integers():
    tidy(fault for path, tree in trees().items() for fault in rules.integers_only(path, tree))


def test_only_programs_print():
    tidy(fault for path, tree in trees().items() for fault in rules.printing(path, tree))


def test_nothing_is_left_unfinished():
    tidy(fault for path, text in texts().items() for fault in rules.unfinished(path, text))


def test_no_file_names_an_index_or_a_machine():
    tidy(fault for path, text in texts().items() for fault in rules.foreign_places(path, text))


def test_every_relative_link_leads_somewhere():
    tidy(
        f"{path}: the link to {target} leads nowhere"
        for path, text in texts().items()
        for target in rules.links(path, text)
        if not (ROOT / path.parent / target).exists()
    )
