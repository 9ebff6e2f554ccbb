"""Position limits of jurisdictions: what was told, and what is due."""

from typing import TypeVar

from fencang.engine.regimes.book import DUTIES_MAX, DutyKey, NoticeKey, StepKey
from fencang.engine.state import DeskState
from fencang.messages.regime_events import (
    LimitNotice,
    LimitStepApproached,
    ReportDutyArisen,
    ReportDutyEnded,
)

__all__: list[str] = []

Key = TypeVar("Key", NoticeKey, DutyKey, StepKey)


def on_notice(state: DeskState, event: LimitNotice) -> None:
    """Remember that it was told today."""
    regimes = state.regimes
    regimes.notices.pop((event.limit_id, event.persons_id, event.side), None)
    regimes.notices[event.limit_id, event.persons_id, event.side] = regimes.day
    _forget_oldest(regimes.notices)


def on_step_approached(state: DeskState, event: LimitStepApproached) -> None:
    """Remember that it was told, until the step is taken."""
    book = state.regimes
    for key in [key for key in book.steps if key[3] <= book.day]:
        del book.steps[key]
    step_day = event.from_day.toordinal()
    book.steps[event.limit_id, event.persons_id, event.side, step_day] = book.day
    _forget_oldest(book.steps)


def on_duty_arisen(state: DeskState, event: ReportDutyArisen) -> None:
    """Keep the duty until the position falls below its level."""
    key = event.threshold_id, event.persons_id, event.month, event.side
    state.regimes.duties[key] = event.trading_day.toordinal()
    _forget_oldest(state.regimes.duties)


def on_duty_ended(state: DeskState, event: ReportDutyEnded) -> None:
    """Let the duty go."""
    key = event.threshold_id, event.persons_id, event.month, event.side
    state.regimes.duties.pop(key, None)


def _forget_oldest(told: dict[Key, int]) -> None:
    """Forget the oldest beyond the bound; of one day the first by name, in every desk alike."""
    while len(told) > DUTIES_MAX:
        del told[min(told, key=lambda key: (told[key], key))]
