"""An independent auditor: reads durable records one after another and keeps books of its own.

It shares no code with the engine, the ledger or the limits: it imports values and messages only
and computes everything a second time in the simplest way (plain maps, Python integers, sums from
scratch).  It does not predict refusals; it checks laws: whatever was decided must be allowed.
"""

from fencang.simulation.auditor.audit import Auditor
from fencang.simulation.auditor.page import AuditFault

__all__ = ["AuditFault", "Auditor"]
