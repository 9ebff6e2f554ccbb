"""Whether the order path runs as machine code or as plain Python; both decide the same."""

from fencang.basics import rounding

__all__ = ["core_name"]


def core_name() -> str:
    """Return ``compiled`` or ``python``: what the modules of the order path run as.

    ``make compiled`` compiles them all together, so one of them tells for all.
    """
    return "python" if (rounding.__file__ or "").endswith(".py") else "compiled"
