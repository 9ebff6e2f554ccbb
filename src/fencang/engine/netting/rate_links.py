"""Which exposures hang on which netting set margined by rate, and when a rate begins or changes.

A contract is margined so while a stated rate is in force and no SPAN file in force has it; without
either the product's own rate counts.  Days come from the venue's state, prices from the contract's.
"""

from typing import TYPE_CHECKING

from fencang.engine.accounts import ContractState, MarginEntry, Netted, SpanKey
from fencang.engine.netting.rate_node import RateNode
from fencang.engine.netting.rate_terms import RateTerms
from fencang.engine.netting.sets import SpanTerms

if TYPE_CHECKING:
    from fencang.engine.state import DeskState

__all__ = ["attach_to_rate", "cover_by_rate", "refresh_rates", "relink_rates"]


def attach_to_rate(
    state: "DeskState",
    entry: MarginEntry,
    nodes: dict[SpanKey, RateNode],
    carrying_id: str,
    contract: ContractState,
) -> None:
    """Put an exposure into its netting set with everything it holds and works."""
    row = contract.rate_row
    if row is None:
        return
    key = (carrying_id, contract.venue.venue.clearing_house_id)
    node = nodes.get(key)
    if node is None:
        carrying = state.carrying[carrying_id]
        account = carrying.account
        terms = SpanTerms(carrying.is_gross, account.account_type, account.house_multiplier_ppm)
        node = nodes[key] = RateNode(entry.standing, terms)
    entry.netted = Netted(node, row)
    exposure = entry.exposure
    node.change(row, exposure.long_lots, exposure.short_lots, exposure.buy_lots, exposure.sell_lots)


def cover_by_rate(state: "DeskState", contract: ContractState) -> None:
    """Margin a contract by the rate in force on its venue's day, by none where SPAN has it."""
    venue = contract.venue
    rate = None
    if not contract.is_span_margined:
        rate = state.margin_rates.in_force(contract.contract, venue.today)
    row, today, settled_day = contract.rate_row, venue.today, venue.settled_day
    if rate is None:
        if row is not None:
            _detach(contract)
        return
    if row is not None:
        if row.set_stage(rate, today=today, settled_day=settled_day):
            contract.reprice()
        return
    contract.rate_row = RateTerms(
        contract.contract,
        contract.product,
        venue.venue,
        rate,
        today=today,
        settled_day=settled_day,
    )
    contract.take_prices()
    contract.mark_again()
    for line in contract.sorted_lines():
        attach_to_rate(state, line.entry, line.sub.rate_nodes, line.carrying_account_id, contract)
    for owner_id in sorted(state.pools):
        pool = state.pools[owner_id]
        for carrying_id in sorted(state.carrying):
            entry = pool.entries.get((carrying_id, contract.contract.contract_id))
            if entry is not None:
                attach_to_rate(state, entry, pool.rate_nodes, carrying_id, contract)


def refresh_rates(state: "DeskState", venue_id: str) -> None:
    """Let stages begin and larger sides end that the venue's new day brings."""
    if not state.margin_rates:
        return
    for contract_id in sorted(state.contracts):
        contract = state.contracts[contract_id]
        if contract.product.venue_id == venue_id and not contract.is_expired:
            cover_by_rate(state, contract)


def relink_rates(state: "DeskState") -> None:
    """Make every netting set anew: rates, accounts, products or calendars changed."""
    for contract_id in sorted(state.contracts):
        if state.contracts[contract_id].rate_row is not None:
            _detach(state.contracts[contract_id])
    for sub in state.subs.values():
        sub.rate_nodes.clear()
    for pool in state.pools.values():
        pool.rate_nodes.clear()
    for contract_id in sorted(state.contracts):
        cover_by_rate(state, state.contracts[contract_id])


def _detach(contract: ContractState) -> None:
    """Take every exposure of a contract out of its netting set; the product's rate counts again."""
    row = contract.rate_row
    assert row is not None, contract.contract
    for entry in contract.entries:
        node = entry.rate_node
        if node is not None:
            held = entry.exposure
            node.change(row, -held.long_lots, -held.short_lots, -held.buy_lots, -held.sell_lots)
            entry.netted = None
    contract.rate_row = None
    contract.mark_again()
