"""Compile every kernel once, so that parallel processes find them in numba's cache.

``python -m fencang.planning.warm_up``; the first time it takes some seconds and says so.
"""

import sys
import time

__all__ = ["main"]


def main() -> None:
    """Compile or load the kernels and say how long it took."""
    begun = time.perf_counter()
    from fencang.margin.span import kernels as span_kernels
    from fencang.parameters.pricing.kernels import elementwise
    from fencang.planning import kernels as planning_kernels

    for kernels in (planning_kernels, span_kernels, elementwise):
        kernels.warm_up()
    sys.stderr.write(f"kernels ready in {time.perf_counter() - begun:.1f} s\n")


if __name__ == "__main__":
    main()
