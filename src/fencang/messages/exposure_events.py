"""Events of exposure: betas that are known from here on."""

from fencang.messages.exposure_commands import BetaMark
from fencang.messages.message import Event

__all__ = ["BetasReported"]


class BetasReported(Event, tag="BetasReported.1"):
    """Betas to an index as of a moment, and who said so."""

    index_id: str
    as_of_ns: int
    source: str
    betas: tuple[BetaMark, ...]
