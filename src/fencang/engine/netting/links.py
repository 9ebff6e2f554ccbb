"""Which exposures hang on which netting set: attached when they appear, anew when files change.

A netting set is one owner's (or one sub-account's) exposures at one carrying account under one
clearing house: nothing nets across legal persons, accounts or houses.
"""

from typing import TYPE_CHECKING

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling
from fencang.engine.accounts import ContractState, MarginEntry, Netted, PoolState, SubState
from fencang.engine.netting.add_ons import attach_add_ons
from fencang.engine.netting.cross_margin import link_cross_margin, watched_codes
from fencang.engine.netting.node import SpanNode
from fencang.engine.netting.rate_links import attach_to_rate, cover_by_rate
from fencang.engine.netting.sets import SpanTerms

if TYPE_CHECKING:
    from fencang.engine.state import DeskState

__all__ = [
    "attach",
    "cover",
    "cover_anew",
    "is_stale",
    "leave_all",
    "open_entry",
    "refresh_terms",
    "relink",
    "span_terms",
]


def cover(state: "DeskState", contract: ContractState) -> None:
    """Note whether the file in force has a contract; without it the product's rate margins it."""
    span = state.span_sets.get(contract.venue.venue.clearing_house_id)
    key = contract.contract.margin_key
    in_force = span is not None and span.active is not None and bool(key)
    contract.is_span_margined = bool(in_force and span is not None and span.terms(key) is not None)
    contract.lacks_parameters = in_force and not contract.is_span_margined


def cover_anew(state: "DeskState", contract: ContractState) -> None:
    """Find what margins a contract after files changed: SPAN, a stated or the product's rate."""
    cover(state, contract)
    contract.mark_again()  # the rate's requirement came, went or has a floor
    cover_by_rate(state, contract)


def attach(
    state: "DeskState",
    entry: MarginEntry,
    holder: SubState | PoolState,
    carrying_id: str,
    contract: ContractState,
) -> None:
    """Put an exposure into its netting set with everything it holds and works."""
    staging = state.stagings.get(contract.venue.venue.clearing_house_id)
    if staging is not None and entry.staged is None:
        staging.take(state, (entry, holder, carrying_id, contract))
    if not contract.is_span_margined:
        if entry.rate_node is None:
            entry.netted = None
        return
    house = contract.venue.venue.clearing_house_id
    span = state.span_sets[house]
    key = (carrying_id, house)
    node = holder.span_nodes.get(key)
    if node is None:
        terms = span_terms(state, carrying_id, house)
        node = holder.span_nodes[key] = SpanNode(span, entry.standing, terms)
        link_cross_margin(state, holder, carrying_id, node)
    row = span.terms(contract.contract.margin_key)
    assert row is not None, contract.contract.margin_key
    entry.netted = Netted(node, row)
    exposure = entry.exposure
    node.change(row, exposure.long_lots, exposure.short_lots, exposure.buy_lots, exposure.sell_lots)


def open_entry(
    state: "DeskState",
    entry: MarginEntry,
    holder: SubState | PoolState,
    carrying_id: str,
    contract: ContractState,
) -> None:
    """Let a new exposure count wherever margin of its contract is asked for."""
    contract.entries.append(entry)
    attach(state, entry, holder, carrying_id, contract)
    attach_to_rate(state, entry, holder.rate_nodes, carrying_id, contract)
    if state.add_ons:
        attach_add_ons(state, entry, holder, carrying_id, contract)


def span_terms(state: "DeskState", carrying_id: str, house: str) -> SpanTerms:
    """Return how a netting set is margined: by the account's terms, more while a file is stale."""
    carrying = state.carrying[carrying_id]
    account = carrying.account
    multiplier = account.house_multiplier_ppm
    if is_stale(state, house):
        multiplier = divide_ceiling(multiplier * state.settings.span_stale_ppm, PPM)
    watched = watched_codes(state, carrying_id, house) if state.agreements else ()
    return SpanTerms(carrying.is_gross, account.account_type, multiplier, watched)


def is_stale(state: "DeskState", house: str) -> bool:
    """Return whether the file in force is older than the desk allows on the house's last day."""
    span = state.span_sets.get(house)
    if span is None or span.active is None:
        return False
    today = max(
        (found.today for found in state.venues.values() if found.venue.clearing_house_id == house),
        default=0,
    )
    return today - span.active.business_date.toordinal() > state.settings.span_age_days_max


def relink(state: "DeskState") -> None:
    """Take every exposure out of its netting set and put it into the one that is right now.

    Marks come with it: a contract that the file in force lacks is margined by rate from here on.
    """
    for house in sorted(state.span_sets):
        leave_all(state, house)
    for holder in state.holders():
        holder.cross_margins.clear()
    for staging in state.stagings.values():
        staging.drop()
    state.stagings.clear()
    for house, span in state.span_sets.items():
        span.use(contract.contract.margin_key for contract in state.contracts_of_house(house))
    for contract_id in sorted(state.contracts):
        contract = state.contracts[contract_id]
        cover_anew(state, contract)
        for line in contract.sorted_lines():
            attach(state, line.entry, line.sub, line.carrying_account_id, contract)
    for owner_id in sorted(state.pools):
        pool = state.pools[owner_id]
        for (carrying_id, contract_id), entry in sorted(pool.entries.items(), key=_by_key):
            attach(state, entry, pool, carrying_id, state.contracts[contract_id])


def leave_all(state: "DeskState", clearing_house: str) -> None:
    """Take every netting set of a clearing house out of the standings."""
    for holder in state.holders():
        nodes = holder.span_nodes
        for key in [key for key in nodes if key[1] == clearing_house]:
            nodes.pop(key).leave()


def _by_key(item: tuple[tuple[str, str], MarginEntry]) -> tuple[str, str]:
    return item[0]


def refresh_terms(state: "DeskState") -> None:
    """Let every netting set count by the terms of now: a file may have become stale."""
    for holder in state.holders():
        for (carrying_id, house), node in holder.span_nodes.items():
            node.set_terms(span_terms(state, carrying_id, house))
