"""fencang (分仓): one master futures account's capital in many hands, and the whole kept safe.

This module holds the version and one refusal. Assertions are part of the design: a programmer
error stops the process before it reaches the journal. `python -O` removes them, so under it
nothing of this package can be imported.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"

if not __debug__:
    raise RuntimeError(
        "fencang does not start under python -O or with PYTHONOPTIMIZE set: its assertions "
        "stop the desk before a fault is written down. Start it without that option."
    )
