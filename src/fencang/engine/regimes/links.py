"""Which exposure counts in which counters: anew when rules, ties, deltas or the day change."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from fencang.engine.accounts import ContractState, MarginEntry, PoolState
from fencang.engine.regimes.counters import Bound, RegimeCounter, Tally
from fencang.limits.regimes.aggregation import AggregationGroups, TieKind, aggregation_groups
from fencang.limits.regimes.counting import lot_parts
from fencang.messages.message import Side
from fencang.refdata.account import SubAccount
from fencang.refdata.evasion import EvasionWatch
from fencang.refdata.regime import (
    PPM,
    ContractGroup,
    GroupMember,
    LimitBucket,
    Netting,
    Regime,
    RegimeLimit,
    SettlementKind,
)
from fencang.refdata.ties import ControlBasis, ControlEdge

if TYPE_CHECKING:
    from fencang.engine.state import DeskState

__all__ = [
    "Counted",
    "attach_to_regimes",
    "closing_lots",
    "control_of_fact",
    "controller_of",
    "counted_in",
    "delta_ppm_of",
    "groups_of",
    "keep_deltas",
    "month_of",
    "open_groups_of",
    "regime_fault",
    "relink_regimes",
    "today_of",
]


class Counted(NamedTuple):
    """That a contract counts in a group of a regime."""

    regime: Regime
    group: ContractGroup
    member: GroupMember


def relink_regimes(state: "DeskState") -> None:
    """Count everything anew: under the rules, ties and deltas as they are on the latest day."""
    book = state.regimes
    book.counters.clear()
    book.groups.clear()
    book.open_groups.clear()
    book.with_options = {
        each.group.key
        for contract in state.contracts.values()
        if contract.product.option is not None
        for each in counted_in(state, contract)
    }
    book.day = max((venue.today for venue in state.venues.values()), default=0)
    book.watch_rules = _watch_rules(state)
    for contract in state.contracts.values():
        contract.regime_fault = "" if book.is_empty else regime_fault(state, contract)
    for owner_id in sorted(state.pools):
        pool = state.pools[owner_id]
        for (carrying_id, contract_id), entry in sorted(pool.entries.items()):
            attach_to_regimes(state, entry, pool, carrying_id, state.contracts[contract_id])


def _watch_rules(state: "DeskState") -> EvasionWatch:
    """Return the numbers of alarms that hold on the day: the latest that have begun."""
    today = today_of(state)
    begun = [each for each in state.regimes.each(EvasionWatch) if each.valid_from <= today]
    return max(begun, key=lambda each: each.valid_from, default=EvasionWatch(valid_from=date.min))


def today_of(state: "DeskState") -> date:
    """Return the day for which the counters stand."""
    return date.fromordinal(max(1, state.regimes.day))


def counted_in(state: "DeskState", contract: ContractState) -> Iterator[Counted]:
    """Yield the groups that a contract counts in, by regime and group."""
    book = state.regimes
    scopes = (contract.contract.contract_id, contract.product.product_id)
    for regime in book.governing(contract.product.venue_id):
        for member in book.membership(regime.regime_id, *scopes):
            group = book.get(ContractGroup, regime.regime_id, member.group_id)
            assert group is not None, member
            yield Counted(regime, group, member)


def regime_fault(state: "DeskState", contract: ContractState) -> str:
    """Return why nothing may be opened in a contract: what its regimes need and nobody knows."""
    book, day = state.regimes, today_of(state)
    name = contract.contract.contract_id
    counted = list(counted_in(state, contract))
    for regime in book.governing(contract.product.venue_id):
        if not regime.is_valid(day):
            return f"{regime.regime_id} {regime.version} says nothing of {day}"
        if not any(each.regime.regime_id == regime.regime_id for each in counted):
            return f"{name} stands in no contract group of {regime.regime_id}"
    for regime, group, _ in counted:
        if not group.confirmed:
            return f"group {group.group_id} was not confirmed from the official text"
        for limit in book.limits(regime.regime_id, group.group_id):
            if not limit.confirmed:
                return f"limit {limit.limit_id} was not confirmed from the official text"
        if _needs_month(book.limits(regime.regime_id, group.group_id)) and not month_of(
            state, contract
        ):
            return f"the delivery month of {name} is not known"
        if delta_ppm_of(state, contract) is None:
            return f"the delta of {name} is not known"
    return ""


def _needs_month(limits: list[RegimeLimit]) -> bool:
    return any(limit.bucket is not LimitBucket.ALL_MONTHS for limit in limits)


def month_of(state: "DeskState", contract: ContractState) -> str:
    """Return the month a contract counts in: of an option, that of what it is on."""
    underlying = contract.contract.underlying_id
    if underlying is not None:
        return state.contracts[underlying].contract.month
    return contract.contract.month


def delta_ppm_of(state: "DeskState", contract: ContractState) -> int | None:
    """Return the delta of one lot: of an option, by the parameter file in force, else None."""
    if contract.product.option is None:
        return PPM
    span = state.span_sets.get(contract.venue.venue.clearing_house_id)
    terms = span.terms(contract.contract.margin_key) if span and span.active else None
    if terms is not None:
        return terms.raw_delta_e4 * (PPM // 10_000)
    return None


def keep_deltas(state: "DeskState", clearing_house: str) -> None:
    """Keep the deltas of a clearing house's options before another file comes in force."""
    for contract in state.contracts_of_house(clearing_house):
        if contract.product.option is not None:
            before = delta_ppm_of(state, contract)
            if before is not None:
                state.regimes.lagged_ppm[contract.contract.contract_id] = before


def groups_of(state: "DeskState", regime: Regime, group: ContractGroup) -> AggregationGroups:
    """Return who counts as one in dealings in a group of contracts, on the day."""
    book = state.regimes
    known = book.groups.get(group.key)
    if known is None:
        ties, products = book.ties(control_of_fact(state)), _products_of(state, group)
        known = aggregation_groups(regime, state.persons, ties, today_of(state), products)
        book.groups[group.key] = known
    return known


def open_groups_of(state: "DeskState", regime: Regime, group: ContractGroup) -> AggregationGroups:
    """Return who would count as one if no claim of independence had been made.

    Persons whose owners are not declared are not joined for that alone: nothing is known of them.
    """
    book = state.regimes
    known = book.open_groups.get(group.key)
    if known is None:
        ties = book.ties(control_of_fact(state))._replace(claims=())
        products, today = _products_of(state, group), today_of(state)
        found = aggregation_groups(regime, state.persons, ties, today, products)
        told = [tie for tie in found.ties if tie.kind is not TieKind.UNDECLARED]
        known = book.open_groups[group.key] = AggregationGroups(state.persons, told)
    return known


def _products_of(state: "DeskState", group: ContractGroup) -> frozenset[str]:
    """Return the products that count in a group."""
    return frozenset(
        state.contracts[member.scope_id].product.product_id
        if member.scope_id in state.contracts
        else member.scope_id
        for member in state.regimes.members(group.regime_id, group.group_id)
    )


def controller_of(state: "DeskState", definition: SubAccount) -> str:
    """Return who sends a sub-account's orders: the holder of the desk unless it is said."""
    assert state.master is not None
    return definition.controller_id or state.master.person_id


def control_of_fact(state: "DeskState") -> tuple[ControlEdge, ...]:
    """Return who directs whose trading on this desk."""
    pairs = {
        (controller_of(state, sub.definition), sub.definition.owner_id)
        for sub in state.subs.values()
    }
    return tuple(
        ControlEdge(
            controller_id=controller,
            controlled_id=owner,
            basis=ControlBasis.DE_FACTO,
            valid_from=date.min,
            evidence="orders sent here",
        )
        for controller, owner in sorted(pairs)
        if controller != owner
    )


def attach_to_regimes(
    state: "DeskState",
    entry: MarginEntry,
    pool: PoolState,
    carrying_id: str,
    contract: ContractState,
) -> None:
    """Let an owner's exposure in a contract count where its regimes count it."""
    entry.tallies = ()
    if state.regimes.is_empty:
        return
    found: list[Tally] = []
    for counted in counted_in(state, contract):
        found += _tallies(state, counted, entry, pool, contract)
    entry.tallies = tuple(found)
    exposure = entry.exposure
    lots = exposure.long_lots, exposure.short_lots, exposure.buy_lots, exposure.sell_lots
    for tally in found:
        tally.change(exposure, *lots)
        for side in Side:
            tally.change_closing(side, closing_lots(contract, carrying_id, pool, side))


def closing_lots(contract: ContractState, carrying_id: str, pool: PoolState, side: Side) -> int:
    """Return an owner's working lots that close in an account with both sides, of one side.

    In a net account they are among the exposure's working lots.
    """
    return sum(
        line.closing_lots(side)
        for line in contract.lines.get(carrying_id, {}).values()
        if line.is_gross and line.sub.pool is pool
    )


def _tallies(
    state: "DeskState",
    counted: Counted,
    entry: MarginEntry,
    pool: PoolState,
    contract: ContractState,
) -> Iterator[Tally]:
    """Yield one tally per bucket and settlement that has a limit, and per day of deltas."""
    book, (regime, group, member) = state.regimes, counted
    person = pool.owner_id
    month = month_of(state, contract)
    limits = book.limits(regime.regime_id, group.group_id)
    if not limits:
        return
    persons_id = groups_of(state, regime, group).group_of(person)
    has_options = group.key in book.with_options
    for view, delta_ppm in _deltas(state, contract):
        if view and not has_options:
            continue
        parts = lot_parts(member.ratio_ppm, delta_ppm, regime.counting.options)
        if not parts:
            continue
        for bucket, settlement in sorted({_place(limit) for limit in limits}):
            own = [limit for limit in limits if _place(limit) == (bucket, settlement)]
            if settlement not in (SettlementKind.ANY, member.settlement):
                continue
            counted_month = "" if bucket is LimitBucket.ALL_MONTHS else month
            if bucket is LimitBucket.SPOT:
                own = [limit for limit in own if limit.month == month]
            if own:
                key = (*group.key, persons_id, bucket, settlement, counted_month, view)
                counter = _counter(state, key, persons_id, regime, own)
                yield Tally(counter, person, parts, is_gross=entry.exposure.is_gross)


def _place(limit: RegimeLimit) -> tuple[LimitBucket, SettlementKind]:
    return limit.bucket, limit.settlement


def _deltas(state: "DeskState", contract: ContractState) -> Iterator[tuple[str, int]]:
    """Yield the delta of today and, as ``lagged``, that of the day before; a future's are one."""
    now = delta_ppm_of(state, contract)
    if now is None:
        # Its own opening is blocked; what is held counts in full, on the side of its right.
        now = -PPM if contract.contract.right == "put" else PPM
    before = state.regimes.lagged_ppm.get(contract.contract.contract_id, now)
    yield "", now
    yield "lagged", before


def _counter(
    state: "DeskState",
    key: tuple[str, ...],
    persons_id: str,
    regime: Regime,
    limits: list[RegimeLimit],
) -> RegimeCounter:
    book, day = state.regimes, today_of(state)
    found = book.counters.get(key)
    if found is None:
        is_net = regime.counting.netting is Netting.NET
        found = book.counters[key] = RegimeCounter(key, persons_id, is_net=is_net)
        found.bounds = tuple(
            Bound(limit, lots_max)
            for limit in limits
            if (lots_max := limit.lots_max(day)) is not None
        )
        found.exemptions = tuple(
            each
            for each in book.exemptions(limits[0].regime_id, limits[0].group_id)
            if each.is_valid(day) and limits[0].bucket in each.buckets
        )
    return found
