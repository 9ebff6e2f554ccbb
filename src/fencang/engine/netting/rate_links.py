"""Which exposures hang on which netting set margined by rate, and when a rate begins or changes.

A contract is margined so while a stated rate is in force and no SPAN file in force has it; without
either the product's own rate counts.  Days come from the venue's state, prices from the contract's.

An exposure counts by the rate for the type of its carrying account.  A contract's requirement per
lot counts at every account or, while rates are in force, at none: so every account type has a rate
of a contract or none has.  The desk sees to it by refusing a rate for one type that leaves another
without (``account_type_faults``), which costs an order nothing; two ways of margin side by side in
one contract would be asked about with every change of lots.
"""

from typing import TYPE_CHECKING

from fencang.engine.accounts import ContractState, MarginEntry, Netted, SpanKey
from fencang.engine.netting.rate_node import RateNode
from fencang.engine.netting.rate_terms import RateTerms
from fencang.engine.netting.sets import SpanTerms
from fencang.refdata.account import AccountType
from fencang.refdata.margin_rate import MarginRate

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
    if not contract.rate_rows:
        return
    carrying = state.carrying[carrying_id]
    account = carrying.account
    row = contract.rate_rows[account.account_type]
    key = (carrying_id, contract.venue.venue.clearing_house_id)
    node = nodes.get(key)
    if node is None:
        terms = SpanTerms(carrying.is_gross, account.account_type, account.house_multiplier_ppm)
        node = nodes[key] = RateNode(entry.standing, terms)
    entry.netted = Netted(node, row)
    exposure = entry.exposure
    node.change(row, exposure.long_lots, exposure.short_lots, exposure.buy_lots, exposure.sell_lots)


def cover_by_rate(state: "DeskState", contract: ContractState) -> None:
    """Margin a contract by the rates in force on its venue's day, by none where SPAN has it."""
    rates = _in_force(state, contract)
    if rates.keys() != contract.rate_rows.keys():
        # Rates begin or end, or the desk has an account of a type that it had none of.
        if contract.rate_rows:
            _detach(contract)
        if rates:
            _begin(state, contract, rates)
        return
    venue = contract.venue
    for account_type, rate in rates.items():
        row = contract.rate_rows[account_type]
        if row.set_stage(rate, today=venue.today, settled_day=venue.settled_day):
            contract.reprice(row)


def _in_force(state: "DeskState", contract: ContractState) -> dict[AccountType, MarginRate]:
    """Return the rate in force for every type that a carrying account of the desk has."""
    if contract.is_span_margined or not state.margin_rates:
        return {}
    today = contract.venue.today
    rates = {}
    for account_type in sorted({found.account.account_type for found in state.carrying.values()}):
        rate = state.margin_rates.in_force(contract.contract, account_type, today)
        if rate is not None:
            rates[account_type] = rate
    return rates


def _begin(
    state: "DeskState", contract: ContractState, rates: dict[AccountType, MarginRate]
) -> None:
    """Put every exposure of a contract into its netting set, at the rate for its account."""
    venue = contract.venue
    contract.rate_rows = {
        account_type: RateTerms(
            contract.contract,
            contract.product,
            venue.venue,
            rate,
            today=venue.today,
            settled_day=venue.settled_day,
        )
        for account_type, rate in rates.items()
    }
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
        if state.contracts[contract_id].rate_rows:
            _detach(state.contracts[contract_id])
    for sub in state.subs.values():
        sub.rate_nodes.clear()
    for pool in state.pools.values():
        pool.rate_nodes.clear()
    for contract_id in sorted(state.contracts):
        cover_by_rate(state, state.contracts[contract_id])


def _detach(contract: ContractState) -> None:
    """Take every exposure of a contract out of its netting set; the product's rate counts again."""
    for entry in contract.entries:
        netted = entry.netted
        if netted is not None and isinstance(netted.node, RateNode):
            held = entry.exposure
            netted.node.change(
                netted.row, -held.long_lots, -held.short_lots, -held.buy_lots, -held.sell_lots
            )
            entry.netted = None
    contract.rate_rows = {}
    contract.mark_again()
