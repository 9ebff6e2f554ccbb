"""Capital plans in a replay: proposed every so many days, approved by a second person, applied."""

from collections.abc import Iterator, Sequence

from fencang.app.desk.replay_settings import PlanSettings
from fencang.app.replay.view import OutsideView
from fencang.messages.commands import AnyCommand, ApplyPlan, ApprovePlan, ProposePlan
from fencang.messages.events import PlanProposed
from fencang.messages.record import Record

__all__ = ["Planner"]


class Planner:
    """Counts settled days and proposes when it is time; keeps the plans that could not be made."""

    def __init__(self, settings: PlanSettings | None) -> None:
        self._settings = settings
        self._days = 0
        self.not_made: list[str] = []

    def proposals(self, view: OutsideView, at_sequence: int) -> Iterator[ProposePlan]:
        """Yield one plan per owner on a plan day; nothing on other days."""
        settings = self._settings
        if settings is None:
            return
        self._days += 1
        if self._days % settings.every_days:
            return
        from fencang.planning.parameters import PlanningFault
        from fencang.planning.plan import (
            changes_nothing,
            propose_by_volatility,
            total_capital_micros,
        )

        for owner_id in view.owner_ids():
            try:
                plan = propose_by_volatility(
                    view,
                    owner_id,
                    total_capital_micros(view, owner_id),
                    settings.parameters,
                    at_sequence,
                    entered_by=settings.proposed_by,
                )
            except PlanningFault as fault:
                self.not_made.append(str(fault))
                continue
            if not changes_nothing(plan):
                yield plan

    def decision(self, records: Sequence[Record]) -> list[AnyCommand]:
        """Return approval and application of the plan in these records, if one was accepted."""
        assert self._settings is not None
        for record in records:
            for event in record.events:
                if isinstance(event, PlanProposed):
                    return [
                        ApprovePlan(plan_id=event.plan_id, approved_by=self._settings.approved_by),
                        ApplyPlan(plan_id=event.plan_id, entered_by=self._settings.proposed_by),
                    ]
        return []
