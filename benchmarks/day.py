"""The trading day: what operations waits for.

``reconcile_s_100k``: a broker's statement of 100,000 lines, from its bytes to the list of breaks.
"""

import argparse

from benchmarks.reconciliation import reconcile_seconds
from benchmarks.report import Figures, main


def measure(arguments: argparse.Namespace) -> Figures:
    """Measure every part of the day."""
    return {"reconcile_s_100k": reconcile_seconds(seed=arguments.seed)}


if __name__ == "__main__":
    main("day", measure)
