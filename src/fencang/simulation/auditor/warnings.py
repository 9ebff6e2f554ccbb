"""The auditor's view of warnings: of a level that a row states, and that the use has reached.

Laws: who is warned of a limit is warned at a level of the nearest row above it, by a use that is
there; what has ended was told before, at a higher level than the one that is left.
"""

from fencang.basics.money import PPM
from fencang.messages.limit_events import LimitWarned, LimitWarningEnded
from fencang.refdata.limit_warning import LimitWarning
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["Warnings"]


class Warnings:
    """Levels that were told, by control, node, scope and side."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.told: dict[tuple[int, str, str, str], int] = {}
        self.handlers: Handlers = {LimitWarned: self._warn, LimitWarningEnded: self._end}

    def _warn(self, page: Page, event: LimitWarned) -> None:
        if event.level_ppm not in self._levels(event.node_id):
            page.report("warning", f"{event.node_id} states no level of {event.level_ppm} ppm")
        if event.value * PPM < event.level_ppm * event.limit:
            use = f"{event.value} of {event.limit}"
            page.report("warning", f"{event.control} at {event.node_id}: {use} is below the level")
        self._keep(event)

    def _end(self, page: Page, event: LimitWarningEnded) -> None:
        known = self.told.get(_key(event), 0)
        if known <= event.level_ppm:
            words = f"{event.control} at {event.node_id}: {known} ppm were told"
            page.report("warning", f"{words}, and fall to {event.level_ppm}")
        self._keep(event)

    def _keep(self, event: LimitWarned | LimitWarningEnded) -> None:
        self.told.pop(_key(event), None)
        if event.level_ppm:
            self.told[_key(event)] = event.level_ppm

    def _levels(self, node_id: str) -> tuple[int, ...]:
        """Return the levels of the nearest row: the node's, its parents', the master account's."""
        rows = self.reference.rows.get(LimitWarning, {})
        # The pool of an owner is told of under the owner's name.
        for name in (node_id, f"person:{node_id}", *self.reference.chain(node_id)):
            row = rows.get((name,))
            if row is not None:
                return tuple(row.levels_ppm)
        return ()


def _key(event: LimitWarned | LimitWarningEnded) -> tuple[int, str, str, str]:
    return int(event.reason), event.node_id, event.scope_id, event.side
