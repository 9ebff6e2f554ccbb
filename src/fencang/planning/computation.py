"""The computation of a plan by volatility: one exact input, one output, every figure kept.

The same input gives the same plan wherever it is computed; its hash stands in the proposal, so a
plan is explained by computing it again from the input that the hash names.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

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
    "AccountFigures",
    "AccountInput",
    "Computation",
    "PlanInput",
    "compute_plan",
]

MODEL = "inverse volatility"
SOLVER_VERSION = "inverse-volatility.1"
"""Raised when the same input gives another plan."""


@dataclass(frozen=True, slots=True)
class AccountInput:
    """What is known of one sub-account; ``source`` names a given series, "" is the desk's own."""

    sub_account_id: str
    capital_micros: int
    requirement_micros: int
    history: tuple[DayResult, ...]
    source: str = ""

    def need_micros(self, buffer_ppm: int) -> int:
        """Return what the account keeps: requirement and buffer, at most what it has."""
        # A plan never cuts below requirement and buffer; it need not repair what is below already.
        with_buffer = divide_ceiling(self.requirement_micros * (PPM + buffer_ppm), PPM)
        return max(0, min(self.capital_micros, with_buffer))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInput:
    """Everything that a plan is computed from; ``total_micros`` is the owner's capital."""

    owner_id: str
    total_micros: int
    releasable_micros: int
    at_sequence: int
    parameters: VolatilityParameters
    accounts: tuple[AccountInput, ...]

    def sha256(self) -> str:
        """Return the hash that names this input."""
        return sha256_canonical(
            {
                "owner_id": self.owner_id,
                "total_micros": self.total_micros,
                "releasable_micros": self.releasable_micros,
                "at_sequence": self.at_sequence,
                "parameters": asdict(self.parameters),
                "accounts": [
                    [
                        each.sub_account_id,
                        each.capital_micros,
                        each.requirement_micros,
                        each.history,
                        each.source,
                    ]
                    for each in self.accounts
                ],
            }
        )


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """How one account came to its new capital; ``need_micros`` is what it is never cut below."""

    estimate: VolatilityEstimate
    share: Share
    need_micros: int


@dataclass(frozen=True, slots=True)
class Computation:
    """A plan with every figure on the way to it; accounts in the order of its lines.

    ``distributed_micros`` is what the new capital sums to; ``step_micros`` the step that was
    possible, wider than asked where ``is_step_widened``.
    """

    proposal: ProposePlan
    accounts: tuple[AccountFigures, ...]
    distributed_micros: int
    step_micros: int
    is_step_widened: bool

    @property
    def moved_micros(self) -> int:
        """Return what the plan moves: all that is given or all that is taken, the larger."""
        changes = [line.new_micros - line.old_micros for line in self.proposal.lines]
        given = sum(change for change in changes if change > 0)
        return max(given, given - sum(changes))


def compute_plan(given: PlanInput, *, entered_by: str) -> Computation:
    """Return the plan of an input, with every figure.

    Raises:
        ParametersFault: the parameters contradict each other or the number of accounts.
        StandingFault: there is nothing to distribute, or less than the accounts need.
    """
    parameters, accounts = given.parameters, given.accounts
    parameters.check(len(accounts))
    amount = _to_distribute(given)
    estimates = estimate_volatilities([each.history for each in accounts], parameters)
    claimants = _claimants(accounts, estimates, parameters.margin_buffer_ppm)
    split = distribute(claimants, amount, parameters)
    proposal = ProposePlan(
        model=MODEL,
        solver_version=SOLVER_VERSION,
        input_sha256=given.sha256(),
        at_sequence=given.at_sequence,
        owner_id=given.owner_id,
        lines=_lines(claimants, estimates, split, amount, parameters),
        entered_by=entered_by,
    )
    figures = tuple(
        AccountFigures(estimate, share, claimant.need)
        for estimate, share, claimant in zip(estimates, split.shares, claimants, strict=True)
    )
    return Computation(proposal, figures, amount, split.step, split.is_step_widened)


def _claimants(
    accounts: Sequence[AccountInput], estimates: Sequence[VolatilityEstimate], buffer_ppm: int
) -> list[Claimant]:
    return [
        Claimant(
            sub_account_id=account.sub_account_id,
            volatility=estimate.volatility,
            current=account.capital_micros,
            need=account.need_micros(buffer_ppm),
        )
        for account, estimate in zip(accounts, estimates, strict=True)
    ]


def _to_distribute(given: PlanInput) -> int:
    parameters = given.parameters
    held_micros = sum(account.capital_micros for account in given.accounts)
    wanted = divide_floor(given.total_micros * parameters.deploy_ppm, PPM)
    amount = min(wanted, held_micros + max(0, given.releasable_micros))
    if amount <= 0:
        raise StandingFault(
            f"no plan was made: {amount:,} micros are to be distributed (accounts hold "
            f"{held_micros:,}, the reserve can release {given.releasable_micros:,}); deposit cash "
            "first"
        )
    within_band = abs(amount - held_micros) < amount * parameters.band_ppm // PPM
    return held_micros if within_band else amount


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
