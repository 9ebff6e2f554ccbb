"""What reconciliation sends: statements compared, breaks given to somebody, breaks resolved.

A few breaks per account come and go, so that most of them are known; statements are of the wrong
day or of a book that does not exist, bookings older than what was compared.
"""

from datetime import timedelta

from fencang.messages.commands import AnyCommand
from fencang.messages.reconciliation_commands import (
    AssignBreak,
    BreakFound,
    BreakKind,
    Proposal,
    ReportReconciliation,
    Resolution,
    ResolveBreak,
    StatementSection,
)
from fencang.refdata.account import CarryingAccount
from fencang.refdata.desk import DeskItem
from fencang.simulation.desks import FIRST_DAY
from fencang.simulation.notes import Notes
from fencang.simulation.random import Chance

__all__ = ["Reconcilers"]

BREAKS_KNOWN = 6
"""So many different breaks an account has."""


class Reconcilers:
    """People who compare the brokers' statements with the books."""

    def __init__(self, chance: Chance, items: list[DeskItem], notes: Notes) -> None:
        self._chance, self._notes = chance, notes
        self._carrying = [
            item.carrying_account_id for item in items if isinstance(item, CarryingAccount)
        ]

    def report(self) -> list[AnyCommand]:
        """Tell what a statement differs in."""
        chance = self._chance
        day = max(self._notes.today.values(), default=FIRST_DAY)
        day -= timedelta(days=chance.one_of((0, 0, 0, 1, 2, -1)))
        sections = tuple(each for each in StatementSection if chance.strikes(700_000))
        numbers = [each for each in range(BREAKS_KNOWN) if chance.strikes(400_000)]
        breaks = [self._found(number) for number in numbers]
        if chance.strikes(950_000):
            breaks = [found for found in breaks if found.section in sections]
        if breaks and chance.strikes(30_000):
            breaks.append(breaks[0])
        before = 1 if chance.strikes(50_000) else -chance.below(30)
        return [
            ReportReconciliation(
                carrying_account_id=chance.one_of(self._carrying[:2]),
                trading_day=day,
                sha256=f"{chance.next():064x}",
                at_sequence=max(0, self._notes.sequence + before),
                sections=sections or (StatementSection.CASH,),
                tolerances=(),
                lines_compared=len(breaks),
                breaks=tuple(breaks),
            )
        ]

    def _found(self, number: int) -> BreakFound:
        """Return one of the account's breaks with today's amounts."""
        cause = f"{number - 1:064x}" if number % 3 == 2 else ""
        return BreakFound(
            break_id=f"{number:064x}",
            kind=list(BreakKind)[number],
            section=list(StatementSection)[number % len(StatementSection)],
            subject=f"subject {number}",
            contract_id="",
            currency="",
            ours=self._chance.one_of((None, 5, 5, 7)),
            theirs=self._chance.one_of((None, 5, 6)),
            cause_id=cause,
            proposal=Proposal.ASK_BROKER,
            why="they differ",
        )

    def look_after(self) -> list[AnyCommand]:
        """Give a break to somebody or resolve it, now and then one that is not open."""
        chance = self._chance
        account, break_id = chance.one_of(self._carrying), f"{chance.below(BREAKS_KNOWN):064x}"
        if self._notes.breaks and chance.strikes(850_000):
            account, break_id = chance.one_of(list(self._notes.breaks))
        if chance.strikes(300_000):
            return [
                AssignBreak(
                    carrying_account_id=account,
                    break_id=break_id,
                    owner="ops-3",
                    reason="asks the broker",
                    entered_by="ops-1",
                )
            ]
        resolution = chance.one_of(list(Resolution))
        booked = 0
        if resolution is Resolution.BOOKED or chance.strikes(50_000):
            booked = max(0, self._notes.sequence - chance.one_of((0, 0, 1, 40)))
        return [
            ResolveBreak(
                carrying_account_id=account,
                break_id=break_id,
                resolution=resolution,
                booked_sequence=booked,
                reason=chance.one_of(("found", "found", "found", " ")),
                entered_by="ops-1",
                approved_by=chance.weighted((("ops-2", 8), ("", 1), ("ops-1", 1))),
            )
        ]
