"""Compile every kernel once, so that parallel processes find them in numba's cache.

``python -m fencang.planning.warm_up``; the first time it takes some seconds and says so.
"""

import importlib
import sys
import time

__all__ = ["main"]


def main() -> None:
    """Compile or load the kernels and say how long it took."""
    begun = time.perf_counter()
    from fencang.margin.span import kernels as span_kernels
    from fencang.planning import kernels as planning_kernels

    for kernels in (planning_kernels, span_kernels):
        kernels.warm_up()
    # These state their signatures: importing them compiles them.
    importlib.import_module("fencang.parameters.pricing.kernels.elementwise")
    sys.stderr.write(f"kernels ready in {time.perf_counter() - begun:.1f} s\n")


if __name__ == "__main__":
    main()
