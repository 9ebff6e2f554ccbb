"""The common form of a benchmark: its command line, its figures, the machine they are true of.

What could not be measured is a word instead of a number: it says why.  JSON has null there, and the
word under ``notes``.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.compiled import CORES, run_in_core
from fencang import __version__
from fencang.basics.compiled import core_name

__all__ = ["Figures", "describe_machine", "describe_versions", "main", "percentile", "print_table"]

Figures = dict[str, float | str]
"""Key → number, or in plain words why there is none."""
PACKAGES = ("numpy", "numba", "scipy", "msgspec", "pynacl")


def main(
    name: str,
    measure: Callable[[argparse.Namespace], Figures],
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None,  # noqa: ARG005
) -> None:
    """Run one benchmark from the command line: ``--json``, ``--seed``, ``--core``, its own."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seed", type=int, default=1, help="seed of the workload (default 1)")
    parser.add_argument(
        "--core", choices=CORES, default="auto", help="auto: compiled where make compiled made it"
    )
    add_arguments(parser)
    arguments = parser.parse_args()
    run_in_core(name, arguments.core)
    measured = measure(arguments)
    result: dict[str, Any] = {
        "name": name,
        "figures": {
            key: None if isinstance(value, str) else _rounded(value)
            for key, value in measured.items()
        },
        "machine": describe_machine(),
        "versions": describe_versions(),
        "seed": arguments.seed,
    }
    notes = {key: value for key, value in measured.items() if isinstance(value, str)}
    if notes:
        result["notes"] = notes
    if arguments.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        print_table([result])


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of all values do not exceed."""
    assert values, "nothing was measured"
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def describe_machine() -> dict[str, Any]:
    """Return what the figures depend on besides the program."""
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.release()}",
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def describe_versions() -> dict[str, str]:
    """Return the versions of what ran."""
    versions = {
        "fencang": __version__,
        "core": core_name(),
        "python": platform.python_version(),
    }
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def print_table(results: Sequence[dict[str, Any]]) -> None:
    """Print figures for people: one line each."""
    for result in results:
        sys.stdout.write(f"{result['name']}\n")
        notes = result.get("notes", {})
        for key, value in result["figures"].items():
            shown = f"{'–':>16}  {notes[key]}" if value is None else f"{value:>16,}"
            sys.stdout.write(f"  {key:<24} {shown}\n")
    if results:
        machine = results[0]["machine"]
        core = results[0]["versions"]["core"]
        sys.stdout.write(
            f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}, {core} core\n"
        )


def _rounded(value: float) -> float:
    return round(value) if abs(value) >= 1_000 else float(f"{value:.4g}")


def _cpu_name() -> str:
    processors = Path("/proc/cpuinfo")
    if processors.exists():
        for line in processors.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
