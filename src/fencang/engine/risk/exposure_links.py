"""Which lots count in which rows of exposure: attached as they appear, anew after definitions."""

from typing import TYPE_CHECKING

from fencang.engine.netting.commodity import Commodity
from fencang.engine.regimes.links import delta_ppm_of
from fencang.engine.risk.exposures import CountedContract, Exposed
from fencang.margin.exposure import Exposure
from fencang.refdata.account import side_nodes

if TYPE_CHECKING:
    from fencang.engine.accounts import ContractState, Line
    from fencang.engine.state import DeskState

__all__ = [
    "attach_to_exposures",
    "relink_exposures",
    "reprice_exposures",
    "span_lot_micros",
    "suspend_exposure",
]


def relink_exposures(state: "DeskState") -> None:
    """Count everything anew: under the rows, products, deltas and betas of now."""
    book = state.risk.exposures
    root_id = "" if state.master is None else state.master.master_account_id
    book.begin(root_id, state.rates.base_currency)
    for row in book.rows.values():
        row.refresh(state.risk.warnings, state.path_above(row.row.node_id))
    for contract in state.contracts.values():
        contract.exposed = None
        for line in contract.sorted_lines():
            line.exposed = None
    if not book.rows:
        return
    for contract_id in sorted(state.contracts):
        for line in state.contracts[contract_id].sorted_lines():
            attach_to_exposures(state, line)
    for carrying_id, carrying in sorted(state.carrying.items()):
        for contract_id, position in sorted(carrying.suspense.positions.items()):
            contract = state.contracts[contract_id]
            longs, shorts = position.long_lots, position.short_lots
            suspend_exposure(state, contract, carrying_id, longs, shorts)


def reprice_exposures(state: "DeskState") -> None:
    """Count by another parameter file: lots stay where they count, whatever their number."""
    for contract in state.contracts.values():
        if contract.exposed is not None:
            _take_terms(state, contract.exposed)


def attach_to_exposures(state: "DeskState", line: "Line") -> None:
    """Let what a line holds and works count in every row above it."""
    book = state.risk.exposures
    if not book.rows:
        return
    counted = _counted(state, line.contract)
    links = book.links_of(line.path, counted, state.time_ns)
    if not links:
        return
    exposed = line.exposed = Exposed(links, line.exposure)
    exposure = line.exposure
    lots = exposure.long_lots, exposure.short_lots, exposure.buy_lots, exposure.sell_lots
    if any(lots):
        exposed.change(*lots)
    for (side, _), frozen in line.frozen.items():
        exposed.change_closing(side, frozen)


def suspend_exposure(
    state: "DeskState", contract: "ContractState", carrying_id: str, longs: int, shorts: int
) -> None:
    """Count lots that no book has yet, under the master account and the account's holder."""
    book = state.risk.exposures
    if not book.rows or state.master is None:
        return
    key = (carrying_id, contract.contract.contract_id)
    found = book.suspended.get(key)
    if found is None:
        carrying = state.carrying[carrying_id]
        beside = side_nodes(carrying_id, contract.product.venue_id, carrying.account.holder_id)
        path = (state.master.master_account_id, *beside)
        links = book.links_of(path, _counted(state, contract), state.time_ns)
        found = book.suspended[key] = Exposed(links, Exposure(is_gross=carrying.is_gross))
    found.exposure.change(longs, shorts, 0, 0)
    found.change(longs, shorts, 0, 0)


def _counted(state: "DeskState", contract: "ContractState") -> CountedContract:
    """Return what a lot of a contract counts, found once until everything is counted anew."""
    found = contract.exposed
    if found is not None:
        return found
    found = contract.exposed = CountedContract(contract)
    underlying_id = contract.contract.underlying_id
    if underlying_id is not None:
        underlying = found.underlying = state.contracts[underlying_id]
        _counted(state, underlying).dependents.append(found)
    _take_terms(state, found)
    return found


def _take_terms(state: "DeskState", counted: CountedContract) -> None:
    """Count a contract by what the parameter file in force says of it."""
    contract = counted.contract
    if contract.product.option is not None:
        counted.delta_ppm = delta_ppm_of(state, contract)
    is_covered = contract.is_span_margined
    counted.span_micros = span_lot_micros(state, contract) if is_covered else 0
    counted.reprice()


def span_lot_micros(state: "DeskState", contract: "ContractState") -> int:
    """Return the most that one lot by itself asks for, bought or sold, by the file in force.

    Of the account types that the desk has, and without any broker's multiplier.  A file in another
    currency than the contract's says nothing here.
    """
    span = state.span_sets[contract.venue.venue.clearing_house_id]
    row = span.terms(contract.contract.margin_key)
    assert row is not None, contract.contract
    most = 0
    for account_type in sorted({held.account.account_type for held in state.carrying.values()}):
        terms = span.commodity_terms(row.commodity, account_type)
        if terms.currency == contract.currency:
            nothing = Commodity(terms, span.scenarios)
            most = max(most, *(nothing.addition_with(row, *lots) for lots in ((1, 0), (0, 1))))
    return most
