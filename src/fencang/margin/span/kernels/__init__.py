"""SPAN on arrays: compiled, integers only, one account at a time; twin: ``margin/reference``.

Shapes and units stand in ``tables/layout``, rules (S1, X4 …) in docs/span-method.md.

Bounds, asserted by ``tables/bounds`` before every call: per commodity, Σ (long + short lots) is at
most its ``lots_max``.  Then vectors × unit, sums of charges and option values stay below 2^60
(also after merging), deltas below 2^47 e4, and every product formed here below 2^62.  A credit
that would pass 2^60 stops there, which changes no result: the credit of a commodity is capped by
its risk (X10).

numba looks for changes in a cached kernel's own file only.  ``layout.KERNELS_REVISION``, a digest
of this package, is therefore part of the types of the signatures: a test tells its new value, and
what was compiled from other sources is never found in the cache.
"""

__all__ = ["warm_up"]


def warm_up() -> None:
    """Compile the kernels (half a minute) or read them from numba's cache (a second).

    Their signatures are stated, so importing them is all it takes.
    """
    import fencang.margin.span.kernels.account  # noqa: F401
