"""Capital plans that a desk computes when asked: what is asked, what is answered, and why.

What is asked is in the domain's form (the API's is made from it), answers are in the API's.
"""

from datetime import date
from typing import Annotated, Any, Protocol

import msgspec

from fencang.gateways.forms.forms import form_of
from fencang.messages.commands import ProposePlan
from fencang.projections.tables.texts import DecimalText, TimeText
from fencang.refdata.definition import Identifier

__all__ = [
    "BODY",
    "COMPUTATION_ID",
    "AccountComputed",
    "AccountSeries",
    "ComputationAsked",
    "ComputePlan",
    "ComputedPlan",
    "DayReturn",
    "GivenSeries",
    "InverseVolatility",
    "PlanAnswer",
    "PlanAsked",
    "PlanFault",
    "PlanQuestions",
]

COMPUTATION_ID = r"^[0-9a-f]{64}$"
DAYS_MAX = 10_000
RETURN_NANOS_MAX = 1_000 * 10**9
"""A day's return lies within ±1,000 times the capital."""

Days = Annotated[int, msgspec.Meta(ge=0, le=DAYS_MAX)]
Ppm = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
WidePpm = Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]


class InverseVolatility(
    msgspec.Struct, frozen=True, kw_only=True, tag="InverseVolatility", forbid_unknown_fields=True
):
    """Shares in proportion to 1/volatility: calm sub-accounts get more capital, wild ones less.

    Volatility per year from daily returns, weighted by ``half_life_days``;
    ``prior_volatility_ppm`` stands alone below ``history_days_min`` days, and counts afterwards as
    ``prior_observations`` days.  No volatility below ``volatility_floor_ppm`` is believed.  Shares
    are from ``floor_ppm`` to ``cap_ppm`` of what is distributed; no account moves by more than
    ``step_ppm``, or at all within ``band_ppm`` of its target, or below its margin requirement and
    ``margin_buffer_ppm`` of it.  ``deploy_ppm`` of the owner's capital is distributed.
    """

    half_life_days: Annotated[int, msgspec.Meta(ge=0, le=DAYS_MAX // 10)] = 60
    history_days_min: Days = 20
    prior_volatility_ppm: WidePpm = 150_000
    prior_observations: Days = 20
    volatility_floor_ppm: WidePpm = 10_000
    trading_days_per_year: Annotated[int, msgspec.Meta(ge=0, le=366)] = 252
    floor_ppm: Ppm = 5_000
    cap_ppm: Ppm = 100_000
    step_ppm: Ppm = 20_000
    band_ppm: Ppm = 2_000
    deploy_ppm: Ppm = 900_000
    margin_buffer_ppm: WidePpm = 250_000


class DayReturn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a day earned per unit of the capital that it was earned on: 0.0125 is 1.25 %."""

    trading_day: date
    daily_return_nanos: Annotated[int, msgspec.Meta(ge=-RETURN_NANOS_MAX, le=RETURN_NANOS_MAX)]


class AccountSeries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sub-account's returns day by day, the oldest first."""

    sub_account_id: Identifier
    days: Annotated[tuple[DayReturn, ...], msgspec.Meta(max_length=DAYS_MAX)]


class GivenSeries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Returns from elsewhere: they take the place of the desk's own for the accounts named.

    ``source`` says where they are from, and stands in the answer.
    """

    source: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    accounts: Annotated[tuple[AccountSeries, ...], msgspec.Meta(min_length=1, max_length=1_000)]


class ComputePlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an owner's capital would be spread now; nothing is entered.

    Without ``series`` volatilities come from the desk's own settled days.
    """

    owner_id: Identifier
    policy: InverseVolatility
    series: GivenSeries | None = None


class PlanAsked(msgspec.Struct, frozen=True):
    """A plan to be computed; ``asker`` is whose computations wait in one line."""

    asked: ComputePlan
    asker: str


class ComputationAsked(msgspec.Struct, frozen=True):
    """A plan computed before, to be computed again; ``is_proposed`` keeps its input for ever."""

    computation_id: str
    asker: str
    is_proposed: bool = False


BODY = form_of(ProposePlan, is_tagged=False, without=frozenset({"entered_by"}))
"""How a plan is said in the body that proposes it."""
_Proposal: Any = BODY.form
_Policy: Any = form_of(InverseVolatility).form


class AccountComputed(msgspec.Struct, frozen=True, kw_only=True):
    """How one sub-account comes to its new capital, step by step.

    ``ideal`` is its share by volatility within floor and cap (``ideal_bound`` names the one that
    bound), ``target`` the same within step and margin (``target_bound``), ``new`` what it gets;
    where ``is_kept`` that is what it has.  ``rounding`` is what rounding the ideal to a whole
    micro gave it, and with a sign took.  ``need`` is what it is never cut below.
    ``returns_source`` "" is the desk's own journal; the times say how old its margin and the
    oldest price of what it holds are.
    """

    sub_account_id: str
    old: DecimalText
    new: DecimalText
    change: DecimalText
    weight_ppm: int
    why: str
    volatility_ppm: int
    is_volatility_floored: bool
    uses_prior_only: bool
    ideal: DecimalText
    ideal_bound: str
    rounding: DecimalText
    target: DecimalText
    target_bound: str
    is_kept: bool
    requirement: DecimalText
    need: DecimalText
    returns_source: str
    days_count: int
    first_trading_day: date | None
    last_trading_day: date | None
    requirement_time: TimeText | None
    oldest_price_time: TimeText | None


class ComputedPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that was computed and not entered; ``proposal`` is the body that proposes it.

    ``computation_id`` is the hash of the exact input.  It was computed from the durable record
    ``at_sequence`` of ``at_time``; ``settled_day`` is the last day that was settled then.
    ``moved`` beyond ``second_person_above`` is a draft: two persons sign its approval
    (``needs_second_person``).  ``step`` is wider than the policy asks where ``is_step_widened``.
    """

    computation_id: str
    at_sequence: int
    at_time: TimeText
    owner_id: str
    policy: _Policy
    proposal: _Proposal
    accounts: tuple[AccountComputed, ...]
    total: DecimalText
    releasable: DecimalText
    distributed: DecimalText
    released: DecimalText
    moved: DecimalText
    step: DecimalText
    is_step_widened: bool
    changes_nothing: bool
    settled_day: date | None
    needs_second_person: bool = False
    second_person_above: DecimalText | None = None


class PlanFault(msgspec.Struct, frozen=True):
    """One reason why no plan was made; ``where`` may be empty."""

    where: str
    what: str


class PlanAnswer(msgspec.Struct, frozen=True):
    """A computed plan, or why there is none."""

    computed: ComputedPlan | None
    detail: str = ""
    faults: tuple[PlanFault, ...] = ()


class PlanQuestions(Protocol):
    """Questions about plans; worked out beside the desk, never in its way."""

    async def compute_plan(self, asked: PlanAsked) -> PlanAnswer:
        """Return a plan as of what is durable now; its input is kept for a while."""
        ...

    async def computed_plan(self, asked: ComputationAsked) -> PlanAnswer:
        """Return a plan computed before, computed again from its kept input."""
        ...
