"""The broker's add-ons, live: charges for concentration of a book or a pool, and fixed amounts.

A charge counts in the standing of whoever holds the lots: in a sub-account's stand-alone
requirement by its own lots (every lot that is free is free to it alone), in the owner's pool by
all.  Lots are those that margin is asked for, so orders count in their worst case.  A fixed amount
is the pool's of the account's holder: no book brings it.

Caches: they can be rebuilt from exposures and definitions.
"""

from typing import TYPE_CHECKING

from fencang.engine.accounts import ContractState, MarginEntry, PoolState, SubState
from fencang.margin.pool.house import concentration_micros

if TYPE_CHECKING:
    from fencang.engine.state import DeskState
    from fencang.margin.standing import Standing
    from fencang.refdata.broker_terms import BrokerAddOn

__all__ = ["ConcentrationCharge", "attach_add_ons", "relink_add_ons"]


class ConcentrationCharge:
    """One concentration add-on as it stands in one book or pool."""

    __slots__ = ("lots", "standing", "term")

    def __init__(self, term: "BrokerAddOn", standing: "Standing") -> None:
        self.term = term
        self.standing = standing
        self.lots = 0
        """Margined lots over all contracts of the add-on."""

    @property
    def charged_micros(self) -> int:
        """Return what the lots are charged."""
        return self.charge_micros(self.lots)

    def change(self, lots: int) -> None:
        """Change the lots and carry the change of the charge into the standing."""
        before = self.charge_micros(self.lots)
        self.lots += lots
        change = self.charge_micros(self.lots) - before
        if change:
            self.standing.add_requirement(self.term.currency, change)

    def addition_of(self, lots: int) -> int:
        """Return what further lots would add, in micros."""
        return self.charge_micros(self.lots + lots) - self.charge_micros(self.lots)

    def charge_micros(self, lots: int) -> int:
        """Return what so many lots would be charged."""
        return concentration_micros(lots, self.term.free_lots, self.term.per_lot_micros)


def attach_add_ons(
    state: "DeskState",
    entry: MarginEntry,
    holder: SubState | PoolState,
    carrying_id: str,
    contract: ContractState,
) -> None:
    """Let an exposure count in the add-ons that name its contract or product."""
    names = {contract.contract.contract_id, contract.product.product_id}
    found = []
    for add_on_id in sorted(state.add_ons):
        term = state.add_ons[add_on_id]
        if term.carrying_account_id != carrying_id or names.isdisjoint(term.scope_ids):
            continue
        charge = holder.add_ons.get(add_on_id)
        if charge is None:
            charge = holder.add_ons[add_on_id] = ConcentrationCharge(term, entry.standing)
        charge.change(entry.exposure.margined_lots())
        found.append(charge)
    entry.add_ons = tuple(found)


def relink_add_ons(state: "DeskState") -> None:
    """Charge every exposure and every holder anew: add-ons came, changed or ended."""
    for holder in state.holders():
        for charge in holder.add_ons.values():
            charge.change(-charge.lots)
        holder.add_ons.clear()
    for contract_id in sorted(state.contracts):
        contract = state.contracts[contract_id]
        for line in contract.sorted_lines():
            attach_add_ons(state, line.entry, line.sub, line.carrying_account_id, contract)
    for owner_id in sorted(state.pools):
        pool = state.pools[owner_id]
        for carrying_id, contract_id in sorted(pool.entries):
            entry = pool.entries[carrying_id, contract_id]
            attach_add_ons(state, entry, pool, carrying_id, state.contracts[contract_id])
        _charge_fixed(state, pool)


def _charge_fixed(state: "DeskState", pool: PoolState) -> None:
    """Charge the fixed amounts of the accounts that the pool's owner holds."""
    for currency, micros in pool.fixed_add_ons.items():
        pool.standing.add_requirement(currency, -micros)
    pool.fixed_add_ons = {}
    for add_on_id in sorted(state.add_ons):
        term = state.add_ons[add_on_id]
        holder_id = state.carrying[term.carrying_account_id].account.holder_id
        if term.amount_micros and holder_id == pool.owner_id:
            before = pool.fixed_add_ons.get(term.currency, 0)
            pool.fixed_add_ons[term.currency] = before + term.amount_micros
            pool.standing.add_requirement(term.currency, term.amount_micros)
