"""The trading day: what operations waits for.

``statements_per_s``: daily statements of ``--sub-accounts`` (200) books with 50 open positions and
20 fills each, compiled, checked to foot and rendered as HTML, one after another on one core.
``reconcile_s_100k``: a broker's statement of 100,000 lines, from its bytes to the list of breaks.
``close_s_1000x50``: 1,000 sub-accounts with 50 positions each, settled in slices and closed by the
checklist while orders go on; ``close_longest_stall_ms_1000x50`` is the longest that one of them
waited.
"""

import argparse

from benchmarks.day_close import measure_close
from benchmarks.reconciliation import reconcile_seconds
from benchmarks.report import Figures, main
from benchmarks.statements import statements_per_s


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure every part of the day."""
    return {
        "statements_per_s": statements_per_s(arguments.sub_accounts),
        "reconcile_s_100k": reconcile_seconds(seed=arguments.seed),
        **measure_close(seed=arguments.seed),
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sub-accounts", type=int, default=200, help="books (default 200)")


if __name__ == "__main__":
    main("day", measure, _arguments)
