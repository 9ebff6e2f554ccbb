"""The copy that computes plans: read models folded from the journal, and the planner's arithmetic.

The input of each plan is kept under its hash, so that whoever approves one may see it computed
again from the very same numbers.
"""

from datetime import date
from pathlib import Path

import msgspec

from fencang.app.serve.copies.kept import InputAge, KeptInput, KeptInputs
from fencang.basics.decimals import format_scaled
from fencang.basics.money import PPM, format_money
from fencang.basics.price import NANOS
from fencang.basics.time import format_time
from fencang.gateways.computed_plans import (
    BODY,
    AccountComputed,
    ComputationAsked,
    ComputedPlan,
    ComputePlan,
    GivenSeries,
    InverseVolatility,
    PlanAnswer,
    PlanAsked,
    PlanFault,
)
from fencang.gateways.forms.forms import form_of
from fencang.journal.sqlite import SqliteJournal
from fencang.planning.computation import (
    AccountFigures,
    AccountInput,
    Computation,
    PlanInput,
    compute_plan,
)
from fencang.planning.parameters import ParametersFault, PlanningFault, VolatilityParameters
from fencang.planning.plan import changes_nothing, input_of, total_capital_micros
from fencang.projections.ages import InputAges
from fencang.projections.desk_view import DeskView

__all__ = ["PLANS_FOLDER", "PlanCopy", "computed_of", "parameters_of"]

PLANS_FOLDER = "plans"
PLANNER = "planner"

_pack = msgspec.msgpack.Encoder().encode
_asked = msgspec.msgpack.Decoder(PlanAsked).decode
_again = msgspec.msgpack.Decoder(ComputationAsked).decode


class PlanCopy:
    """Every read model of the desk, and when what it says was last said."""

    def __init__(self, journal: SqliteJournal, folder: Path) -> None:
        self._journal = journal
        self._view, self._ages = DeskView(), InputAges()
        self._kept = KeptInputs(folder / PLANS_FOLDER)

    @property
    def sequence(self) -> int:
        """Return the last record taken in."""
        return self._view.sequence

    def catch_up(self) -> None:
        """Take in every durable record that is new."""
        for stored in self._journal.read(self._view.sequence + 1):
            record = stored.record()
            self._view.apply(record)
            self._ages.apply(record)

    def answer(self, name: str, argument: bytes) -> bytes:
        """Return the answer to a question, in msgpack."""
        if name == "compute":
            return _pack(self._compute(_asked(argument).asked))
        asked = _again(argument)
        kept = self._kept.find(asked.computation_id, is_proposed=asked.is_proposed)
        if kept is None:
            words = f"the input {asked.computation_id} is not kept: it was not computed here, or"
            return _pack(PlanAnswer(None, f"{words} long ago and not proposed"))
        return _pack(computed_of(kept))

    def _compute(self, asked: ComputePlan) -> PlanAnswer:
        view, owner_id = self._view, asked.owner_id
        parameters = parameters_of(asked.policy)
        total_micros = total_capital_micros(view, owner_id)
        given = input_of(view, owner_id, total_micros, parameters, view.sequence)
        if asked.series is not None:
            faults = series_faults(given, asked.series)
            if faults:
                return PlanAnswer(None, "the series cannot be used; no plan was made", faults)
            given = with_series(given, asked.series)
        kept = KeptInput(
            given, view.time_ns, self._ages.settled_day, tuple(map(self._age, given.accounts))
        )
        answer = computed_of(kept)
        if answer.computed is not None:
            self._kept.keep(kept)
        return answer

    def _age(self, account: AccountInput) -> InputAge:
        book_id = account.sub_account_id
        held = [contract_id for _, contract_id in self._view.books.holdings(book_id)]
        prices = [found for each in held if (found := self._ages.price_ns(each)) is not None]
        return InputAge(self._ages.margin_ns(book_id), min(prices, default=None))


def parameters_of(policy: InverseVolatility) -> VolatilityParameters:
    """Return a policy as the planner has it."""
    return VolatilityParameters(**msgspec.structs.asdict(policy))


def series_faults(given: PlanInput, series: GivenSeries) -> tuple[PlanFault, ...]:
    """Return what of a given series cannot be: strangers, accounts twice, days out of order."""
    known, seen = {each.sub_account_id for each in given.accounts}, set()
    faults = []
    for place, account in enumerate(series.accounts):
        where, name = f"$.series.accounts[{place}]", account.sub_account_id
        if name not in known:
            what = f"{name} is no sub-account of {given.owner_id}"
            faults.append(PlanFault(f"{where}.sub_account_id", what))
        if name in seen:
            faults.append(PlanFault(f"{where}.sub_account_id", f"{name} stands twice"))
        seen.add(name)
        days = [each.trading_day for each in account.days]
        late = next((at for at in range(1, len(days)) if days[at] <= days[at - 1]), None)
        if late is not None:
            what = f"{days[late]} does not come after {days[late - 1]}: the oldest day is first"
            faults.append(PlanFault(f"{where}.days[{late}].trading_day", what))
    return tuple(faults)


def with_series(given: PlanInput, series: GivenSeries) -> PlanInput:
    """Return the input with returns from elsewhere for the accounts that have some."""
    told = {each.sub_account_id: each.days for each in series.accounts}
    lookback = given.parameters.lookback_days
    accounts = [
        AccountInput(
            each.sub_account_id,
            each.capital_micros,
            each.requirement_micros,
            tuple(
                (_number(day.trading_day), day.daily_return_nanos, NANOS)
                for day in told[each.sub_account_id][-lookback:]
            ),
            series.source,
        )
        if each.sub_account_id in told
        else each
        for each in given.accounts
    ]
    return PlanInput(
        owner_id=given.owner_id,
        total_micros=given.total_micros,
        releasable_micros=given.releasable_micros,
        at_sequence=given.at_sequence,
        parameters=given.parameters,
        accounts=tuple(accounts),
    )


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _date(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)


def computed_of(kept: KeptInput) -> PlanAnswer:
    """Return the plan of an input, whether it is computed first or again."""
    try:
        found = compute_plan(kept.given, entered_by=PLANNER)
    except ParametersFault as fault:
        faults = tuple(PlanFault("$.policy", what) for what in fault.faults)
        return PlanAnswer(None, "the policy cannot hold; no plan was made", faults)
    except PlanningFault as fault:
        return PlanAnswer(None, str(fault))
    return PlanAnswer(_computed(kept, found))


def _computed(kept: KeptInput, found: Computation) -> ComputedPlan:
    given, lines = kept.given, found.proposal.lines
    policy = InverseVolatility(
        **{name: getattr(given.parameters, name) for name in InverseVolatility.__struct_fields__}
    )
    old_micros = sum(line.old_micros for line in lines)
    return ComputedPlan(
        computation_id=found.proposal.input_sha256,
        at_sequence=given.at_sequence,
        at_time=format_time(kept.at_time_ns),
        owner_id=given.owner_id,
        policy=form_of(InverseVolatility).from_domain(policy),
        proposal=BODY.from_domain(found.proposal),
        accounts=tuple(
            _account(found, kept, place, figures) for place, figures in enumerate(found.accounts)
        ),
        total=format_money(given.total_micros),
        releasable=format_money(given.releasable_micros),
        distributed=format_money(found.distributed_micros),
        released=format_money(found.distributed_micros - old_micros),
        moved=format_money(found.moved_micros),
        step=format_money(found.step_micros),
        is_step_widened=found.is_step_widened,
        changes_nothing=changes_nothing(found.proposal),
        settled_day=kept.settled_day,
    )


def _account(
    found: Computation, kept: KeptInput, place: int, figures: AccountFigures
) -> AccountComputed:
    line, given, age = found.proposal.lines[place], kept.given.accounts[place], kept.ages[place]
    estimate, share = figures.estimate, figures.share
    days = given.history[-kept.given.parameters.lookback_days :]
    return AccountComputed(
        sub_account_id=line.sub_account_id,
        old=format_money(line.old_micros),
        new=format_money(line.new_micros),
        change=format_money(line.new_micros - line.old_micros),
        weight_ppm=line.weight_ppm,
        why=line.why,
        volatility_ppm=round(estimate.volatility * PPM),
        is_volatility_floored=estimate.is_floored,
        uses_prior_only=estimate.uses_prior_only,
        ideal=format_money(share.ideal),
        ideal_bound=share.ideal_bound,
        rounding=format_scaled(share.rounding_milliunits, 9),
        target=format_money(share.target),
        target_bound=share.target_bound,
        is_kept=share.is_kept,
        requirement=format_money(given.requirement_micros),
        need=format_money(figures.need_micros),
        returns_source=given.source,
        days_count=estimate.days_count,
        first_trading_day=_date(days[0][0]) if days else None,
        last_trading_day=_date(days[-1][0]) if days else None,
        requirement_time=_time(age.requirement_ns),
        oldest_price_time=_time(age.price_ns),
    )


def _time(time_ns: int | None) -> str | None:
    return None if time_ns is None else format_time(time_ns)
