"""A venue on paper: matches our orders against replayed prices, and misbehaves on demand.

It speaks reports (commands) and effects (events) only, so FIX or CTP can stand in its place.  It
has no clock, no file and no chance of its own: the same calls give the same reports.
"""

from fencang.gateways.paper.faults import Fault, FaultKind, FaultPlan
from fencang.gateways.paper.state import PaperConfig
from fencang.gateways.paper.venue import PaperVenue

__all__ = ["Fault", "FaultKind", "FaultPlan", "PaperConfig", "PaperVenue"]
