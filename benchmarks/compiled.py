"""Which core a benchmark runs: the compiled one where ``make compiled`` has made it, else Python.

A compiled core that was made from other sources than these is not measured: it would tell of code
that nobody reads any more.
"""

import os
import subprocess
import sys
from pathlib import Path

from fencang.basics.compiled import core_name

__all__ = ["COMPILED", "CORES", "ROOT", "run_in_core", "why_not_compiled"]

ROOT = Path(__file__).resolve().parents[1]
COMPILED = ROOT / "build" / "compiled"
CORES = ("auto", "compiled", "python")


def run_in_core(name: str, core: str) -> None:
    """Start the benchmark again in the core that was asked for, unless this is it.

    Raises:
        SystemExit: the benchmark ended there (its status), or the compiled core that was asked for
            is not there (2).
    """
    running = core_name()
    if core == running or (core == "auto" and running == "compiled"):
        return
    fault = why_not_compiled() if core in {"auto", "compiled"} else ""
    if fault and core == "auto":
        return
    if fault or running == "compiled":
        sys.stderr.write(f"{fault or 'unset PYTHONPATH to measure plain Python'}\n")
        raise SystemExit(2)
    environment = {**os.environ, "PYTHONPATH": str(COMPILED)}
    command = [sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:], "--core=compiled"]
    raise SystemExit(subprocess.run(command, env=environment, check=False).returncode)


def why_not_compiled() -> str:
    """Return in plain words why the compiled core cannot be measured, or nothing."""
    package = COMPILED / "fencang"
    if not package.is_dir():
        return "there is no compiled core: make compiled builds it"
    sources = ROOT / "src" / "fencang"
    for source in sorted(sources.rglob("*.py")):
        part = source.relative_to(sources)
        built = package / part
        if not built.is_file() or built.read_bytes() != source.read_bytes():
            return f"the compiled core was made from another {part}: make compiled builds it anew"
    return ""
