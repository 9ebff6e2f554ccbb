"""Run every benchmark, each in a process of its own, and print the figures of all.

``python -m benchmarks --json`` prints one JSON list; names as arguments choose some of them.
"""

import argparse
import json
import subprocess
import sys

from benchmarks import NAMES
from benchmarks.report import print_table

SECONDS_MAX = 900
"""A benchmark that takes longer hangs."""


def main() -> int:
    """Return 1 when one of them failed, with its name and last words on stderr."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--json", action="store_true", help="print one JSON list")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}")
    results, failed = [], []
    for name in arguments.names or NAMES:
        sys.stderr.write(f"{name} …\n")
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json"]
        try:
            run = subprocess.run(
                command, capture_output=True, text=True, check=True, timeout=SECONDS_MAX
            )
            results.append(json.loads(run.stdout))
        except (subprocess.SubprocessError, json.JSONDecodeError) as fault:
            failed.append(name)
            said = (getattr(fault, "stderr", None) or str(fault)).strip().splitlines()[-5:]
            sys.stderr.write(f"{name} failed:\n  " + "\n  ".join(said) + "\n")
    if arguments.json:
        sys.stdout.write(json.dumps(results) + "\n")
    else:
        print_table(results)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
