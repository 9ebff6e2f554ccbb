"""The compiled core is the plain one, faster: the same modules, the same decisions."""

import os
import subprocess
import sys
import tomllib

import pytest

from benchmarks.compiled import COMPILED, ROOT, why_not_compiled

MODULES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "fencang"
]["compiled"]["modules"]


def test_the_list_of_compiled_modules_is_in_order_and_names_files_that_are_there() -> None:
    assert sorted(set(MODULES)) == MODULES
    assert [module for module in MODULES if not (ROOT / "src/fencang" / module).is_file()] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_compiled_module_defines_no_structure_of_msgspec(module: str) -> None:
    """``mypyc`` cannot compile them: their metaclass makes the class when it is defined."""
    assert "(msgspec.Struct" not in (ROOT / "src/fencang" / module).read_text(encoding="utf-8")


def test_both_cores_bring_one_simulated_desk_to_the_same_state() -> None:
    fault = why_not_compiled()
    if fault:
        pytest.skip(fault)
    told = {
        core: subprocess.run(
            [sys.executable, "-m", "fencang.simulation", "--seed", "7"],
            env={**os.environ, "PYTHONPATH": path},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for core, path in (("compiled", str(COMPILED)), ("python", str(ROOT / "src")))
    }
    assert told["compiled"] == told["python"]
    assert "state_hash=" in told["python"]


def test_a_benchmark_says_what_is_missing_when_the_compiled_core_is_asked_for() -> None:
    if not why_not_compiled():
        pytest.skip("the compiled core is there")
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.decide", "--core=compiled"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ""},
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2
    assert "make compiled builds it" in run.stderr
