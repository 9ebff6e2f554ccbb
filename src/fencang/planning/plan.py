"""A plan by volatility: what the projections know becomes a ``ProposePlan`` of integers.

Sees the desk through ``CapitalView`` only.  The law: the lines' new amounts sum to the old ones
plus what the reserve releases, to the micro; what the engine has to believe is small enough to
check (sums, old amounts, age), and the hash names the exact input the plan was made from.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from fencang.basics.hashing import sha256_canonical
from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling, divide_floor
from fencang.messages.commands import PlanLine, ProposePlan
from fencang.planning.inverse_volatility import Claimant, Share, Split, distribute
from fencang.planning.parameters import StandingFault, VolatilityParameters
from fencang.planning.rounding import round_to_total
from fencang.planning.volatility import DayResult, VolatilityEstimate, estimate_volatilities

__all__ = [
    "MODEL",
    "SOLVER_VERSION",
    "CapitalView",
    "changes_nothing",
    "propose_by_volatility",
    "total_capital_micros",
]

MODEL = "inverse volatility"
SOLVER_VERSION = "inverse-volatility.1"
"""Raised when the same input gives another plan."""


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


@dataclass(frozen=True, slots=True)
class _Standing:
    sub_account_id: str
    capital_micros: int
    requirement_micros: int
    history: tuple[DayResult, ...]

    def need_micros(self, buffer_ppm: int) -> int:
        # A plan never cuts below requirement and buffer; it need not repair what is below already.
        with_buffer = divide_ceiling(self.requirement_micros * (PPM + buffer_ppm), PPM)
        return max(0, min(self.capital_micros, with_buffer))


def total_capital_micros(view: CapitalView, owner_id: str) -> int:
    """Return the owner's capital in all sub-accounts and the reserve."""
    books = sum(view.capital_micros(book_id) for book_id in view.sub_account_ids(owner_id))
    return books + view.reserve_micros(owner_id)


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
    standings = _standings(view, owner_id, parameters)
    parameters.check(len(standings))
    amount = _to_distribute(
        given_micros=sum(standing.capital_micros for standing in standings),
        releasable_micros=view.releasable_micros(owner_id),
        total_micros=total_micros,
        parameters=parameters,
    )
    estimates = estimate_volatilities([standing.history for standing in standings], parameters)
    claimants = _claimants(standings, estimates, parameters.margin_buffer_ppm)
    split = distribute(claimants, amount, parameters)
    return ProposePlan(
        model=MODEL,
        solver_version=SOLVER_VERSION,
        input_sha256=_input_hash(owner_id, total_micros, at_sequence, parameters, standings),
        at_sequence=at_sequence,
        owner_id=owner_id,
        lines=_lines(claimants, estimates, split, amount, parameters),
        entered_by=entered_by,
    )


def changes_nothing(plan: ProposePlan) -> bool:
    """Return whether every line leaves its account as it is; such a plan need not be proposed."""
    return all(line.old_micros == line.new_micros for line in plan.lines)


def _standings(
    view: CapitalView, owner_id: str, parameters: VolatilityParameters
) -> list[_Standing]:
    return [
        _Standing(
            sub_account_id=book_id,
            capital_micros=view.capital_micros(book_id),
            requirement_micros=view.requirement_micros(book_id),
            history=tuple(view.history(book_id, parameters.lookback_days)),
        )
        for book_id in sorted(view.sub_account_ids(owner_id))
    ]


def _claimants(
    standings: Sequence[_Standing], estimates: Sequence[VolatilityEstimate], buffer_ppm: int
) -> list[Claimant]:
    return [
        Claimant(
            sub_account_id=standing.sub_account_id,
            volatility=estimate.volatility,
            current=standing.capital_micros,
            need=standing.need_micros(buffer_ppm),
        )
        for standing, estimate in zip(standings, estimates, strict=True)
    ]


def _to_distribute(
    *,
    given_micros: int,
    releasable_micros: int,
    total_micros: int,
    parameters: VolatilityParameters,
) -> int:
    wanted = divide_floor(total_micros * parameters.deploy_ppm, PPM)
    amount = min(wanted, given_micros + max(0, releasable_micros))
    if amount <= 0:
        raise StandingFault(
            f"no plan was made: {amount:,} micros are to be distributed (accounts hold "
            f"{given_micros:,}, the reserve can release {releasable_micros:,}); deposit cash first"
        )
    within_band = abs(amount - given_micros) < amount * parameters.band_ppm // PPM
    return given_micros if within_band else amount


def _input_hash(
    owner_id: str,
    total_micros: int,
    at_sequence: int,
    parameters: VolatilityParameters,
    standings: Sequence[_Standing],
) -> str:
    return sha256_canonical(
        {
            "owner_id": owner_id,
            "total_micros": total_micros,
            "at_sequence": at_sequence,
            "parameters": asdict(parameters),
            "accounts": [list(_plain(standing)) for standing in standings],
        }
    )


def _plain(standing: _Standing) -> tuple[object, ...]:
    return (
        standing.sub_account_id,
        standing.capital_micros,
        standing.requirement_micros,
        standing.history,
    )


def _lines(
    claimants: Sequence[Claimant],
    estimates: Sequence[VolatilityEstimate],
    split: Split,
    amount: int,
    parameters: VolatilityParameters,
) -> tuple[PlanLine, ...]:
    weights = _weights_ppm(claimants, split, amount, parameters)
    return tuple(
        PlanLine(
            sub_account_id=claimant.sub_account_id,
            old_micros=claimant.current,
            new_micros=share.new,
            weight_ppm=weight,
            why=_why(estimate, share, split, amount, parameters),
        )
        for claimant, estimate, share, weight in zip(
            claimants, estimates, split.shares, weights, strict=True
        )
    )


def _weights_ppm(
    claimants: Sequence[Claimant], split: Split, amount: int, parameters: VolatilityParameters
) -> list[int]:
    exact = [share.new * PPM / amount for share in split.shares]
    # An account that needs more than its cap keeps it: then only the sum binds.
    highs = [max(parameters.cap_ppm, -(-share.new * PPM // amount)) for share in split.shares]
    order = sorted(range(len(exact)), key=lambda index: claimants[index].sub_account_id)
    ranks = [order.index(index) for index in range(len(exact))]
    return round_to_total(
        exact, PPM, lows=[parameters.floor_ppm] * len(exact), highs=highs, ranks=ranks
    )


def _why(
    estimate: VolatilityEstimate,
    share: Share,
    split: Split,
    amount: int,
    parameters: VolatilityParameters,
) -> str:
    ideal = _percent(share.ideal, amount)
    at_bound = f" (the {share.ideal_bound})" if share.ideal_bound else ""
    parts = [f"{_volatility_words(estimate, parameters)} → {ideal}{at_bound}"]
    target = _percent(share.target, amount)
    if share.target_bound == "step":
        widened = ", widened to place the whole," if split.is_step_widened else ""
        parts.append(f"step limit{widened} held it at {target}")
    elif share.target_bound == "need":
        parts.append(f"margin requirement with buffer held it at {target}")
    elif target != ideal:
        parts.append(f"limits of other accounts left it {target}")
    if share.is_kept:
        parts.append("within the band: unchanged")
    elif share.new != share.target:
        parts.append(f"within the band, moved to {_percent(share.new, amount)} to keep the sum")
    return "; ".join(parts)


def _volatility_words(estimate: VolatilityEstimate, parameters: VolatilityParameters) -> str:
    words = f"volatility {100 * estimate.volatility:.1f} % a year"
    if estimate.is_floored:
        return f"{words} (the least that is believed)"
    if estimate.uses_prior_only:
        days = f"{estimate.days_count} of {parameters.history_days_min} days of history"
        return f"{words} (the prior: {days})"
    return words


def _percent(units: int, total: int) -> str:
    return f"{100 * units / total:.2f} %"
