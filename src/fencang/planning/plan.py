"""A plan by volatility: what the projections know becomes a ``ProposePlan`` of integers.

Sees the desk through ``CapitalView`` only.  The law: the lines' new amounts sum to the old ones
plus what the reserve releases, to the micro; what the engine has to believe is small enough to
check (sums, old amounts, age), and the hash names the exact input the plan was made from.
"""

from collections.abc import Sequence
from typing import Protocol

from fencang.messages.commands import ProposePlan
from fencang.planning.computation import AccountInput, PlanInput, compute_plan
from fencang.planning.parameters import VolatilityParameters
from fencang.planning.volatility import DayResult

__all__ = [
    "CapitalView",
    "changes_nothing",
    "input_of",
    "propose_by_volatility",
    "total_capital_micros",
]


class CapitalView(Protocol):
    """What a planner sees of the desk, as of one durable sequence."""

    def sub_account_ids(self, owner_id: str) -> Sequence[str]:
        """Return the owner's sub-accounts."""
        ...

    def capital_micros(self, book_id: str) -> int:
        """Return a book's equity in the base currency: cash and unpaid variation."""
        ...

    def reserve_micros(self, owner_id: str) -> int:
        """Return the owner's capital that no sub-account has."""
        ...

    def releasable_micros(self, owner_id: str) -> int:
        """Return what a plan may take out of the reserve now: base-currency cash, deficits off."""
        ...

    def requirement_micros(self, book_id: str) -> int:
        """Return the margin requirement published last for a book."""
        ...

    def history(self, book_id: str, days_max: int) -> Sequence[DayResult]:
        """Return (trading day, profit, capital it was earned on) of the last days, oldest first."""
        ...


def total_capital_micros(view: CapitalView, owner_id: str) -> int:
    """Return the owner's capital in all sub-accounts and the reserve."""
    books = sum(view.capital_micros(book_id) for book_id in view.sub_account_ids(owner_id))
    return books + view.reserve_micros(owner_id)


def input_of(
    view: CapitalView,
    owner_id: str,
    total_micros: int,
    parameters: VolatilityParameters,
    at_sequence: int,
) -> PlanInput:
    """Return what a desk's own view gives a plan to be computed from."""
    return PlanInput(
        owner_id=owner_id,
        total_micros=total_micros,
        releasable_micros=view.releasable_micros(owner_id),
        at_sequence=at_sequence,
        parameters=parameters,
        accounts=tuple(
            AccountInput(
                sub_account_id=book_id,
                capital_micros=view.capital_micros(book_id),
                requirement_micros=view.requirement_micros(book_id),
                history=tuple(view.history(book_id, parameters.lookback_days)),
            )
            for book_id in sorted(view.sub_account_ids(owner_id))
        ),
    )


def propose_by_volatility(
    view: CapitalView,
    owner_id: str,
    total_micros: int,
    parameters: VolatilityParameters,
    at_sequence: int,
    *,
    entered_by: str = "planner",
) -> ProposePlan:
    """Return the plan that spreads an owner's capital by inverse volatility.

    ``deploy_ppm`` of ``total_micros`` (see ``total_capital_micros``) is distributed: never more
    than accounts hold and the reserve can release, and just what the accounts have where that
    lies within the band.

    Raises:
        ParametersFault: the parameters contradict each other or the number of accounts.
        StandingFault: there is nothing to distribute, or less than the accounts need.
    """
    given = input_of(view, owner_id, total_micros, parameters, at_sequence)
    return compute_plan(given, entered_by=entered_by).proposal


def changes_nothing(plan: ProposePlan) -> bool:
    """Return whether every line leaves its account as it is; such a plan need not be proposed."""
    return all(line.old_micros == line.new_micros for line in plan.lines)
