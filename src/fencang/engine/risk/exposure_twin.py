"""Exposure the slow way: every row from books, orders and marks alone, for comparison."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fencang.engine.regimes.links import delta_ppm_of
from fencang.engine.risk.exposure_links import span_lot_micros
from fencang.limits.exposures import LotValue, Weights, floor_micros, lot_value, weights
from fencang.messages.message import Offset, Side
from fencang.refdata.account import side_nodes
from fencang.refdata.exposure_limit import ExposureLimit

if TYPE_CHECKING:
    from fencang.engine.accounts import ContractState
    from fencang.engine.state import DeskState

__all__ = ["HeldLots", "exposure_sums", "held_lots"]

Working = Counter[tuple[str, str, str, Side, bool]]
"""(sub-account, carrying account, contract, side, whether it closes) → working lots."""


class HeldLots(NamedTuple):
    """What one book (or the suspense account) holds and works in one contract."""

    path: tuple[str, ...]
    contract_id: str
    is_gross: bool
    long_lots: int
    short_lots: int
    buys: int = 0
    sells: int = 0
    closing_buys: int = 0
    closing_sells: int = 0

    @property
    def gross_lots(self) -> int:
        """Return the worst long and the worst short lots of the book, added."""
        if self.is_gross:
            return abs(self.long_lots) + abs(self.short_lots) + self.buys + self.sells
        net = self.long_lots - self.short_lots
        return max(0, net + self.buys) + max(0, self.sells - net)

    @property
    def bought_lots(self) -> int:
        """Return how long it would be if every buy were filled and no sell."""
        return self.long_lots - self.short_lots + self.buys + self.closing_buys

    @property
    def sold_lots(self) -> int:
        """Return how short it would be if every sell were filled and no buy."""
        return self.short_lots - self.long_lots + self.sells + self.closing_sells


def exposure_sums(state: "DeskState", row: ExposureLimit) -> dict[str, tuple[int, ...]]:
    """Return per currency gross, long, short, beta long and beta short of a row."""
    assert state.master is not None
    root = state.risk.exposures.definitions[state.master.master_account_id, "*"]
    sums: dict[str, list[int]] = {}
    for held in held_lots(state):
        contract = state.contracts[held.contract_id]
        if row.node_id not in held.path or not _covers(row, contract):
            continue
        found = _weights(state, row, root, contract)
        total = sums.setdefault(contract.currency, [0] * 5)
        bought, sold = held.bought_lots, held.sold_lots
        long, short = (sold, bought) if found.is_turned else (bought, sold)
        total[0] += found.value * held.gross_lots
        total[1] += found.value * long
        total[2] += found.value * short
        long, short = (sold, bought) if found.is_beta_turned else (bought, sold)
        if found.is_beta_unknown:
            long = short = held.gross_lots
        if row.beta_micros_max is not None:
            total[3] += found.beta * long
            total[4] += found.beta * short
    for currency, most in _covers_of(state, row, root):
        total = sums.setdefault(currency, [0] * 5)
        sums[currency] = [own + more for own, more in zip(total, most, strict=True)]
    return {currency: tuple(each) for currency, each in sorted(sums.items()) if any(each)}


def _covers_of(
    state: "DeskState", row: ExposureLimit, root: ExposureLimit
) -> Iterator[tuple[str, list[int]]]:
    """Yield what covered lots of envelopes count: in each sum the contract that counts most."""
    for envelope in state.risk.envelopes.open.values():
        most = [0] * 5
        if envelope.cover is None or row.node_id not in envelope.lines[0].path:
            continue
        for line in envelope.lines:
            if not _covers(row, line.contract):
                continue
            found = _weights(state, row, root, line.contract)
            is_buy = envelope.side is Side.BUY
            longs = (
                is_buy != found.is_turned,
                found.is_beta_unknown or (is_buy != found.is_beta_turned),
            )
            shorts = not longs[0], found.is_beta_unknown or not longs[1]
            beta = found.beta if row.beta_micros_max is not None else 0
            counted = [
                found.value,
                found.value * longs[0],
                found.value * shorts[0],
                beta * longs[1],
                beta * shorts[1],
            ]
            most = [max(pair) for pair in zip(most, counted, strict=True)]
        yield envelope.lines[0].contract.currency, [each * envelope.unused_lots for each in most]


def held_lots(state: "DeskState") -> Iterator[HeldLots]:
    """Yield what every book and every suspense account holds and works."""
    assert state.master is not None
    works = _working(state)
    for sub_id, sub in sorted(state.subs.items()):
        for (carrying_id, contract_id), position in sorted(sub.book.positions.items()):
            venue_id = state.contracts[contract_id].product.venue_id
            beside = side_nodes(carrying_id, venue_id, sub.definition.owner_id)
            lots = [
                works[sub_id, carrying_id, contract_id, side, closes]
                for closes in (False, True)
                for side in Side
            ]
            yield HeldLots(
                (*sub.path, *beside),
                contract_id,
                state.carrying[carrying_id].is_gross,
                position.long.quantity_lots,
                position.short.quantity_lots,
                *lots,
            )
    for carrying_id, carrying in sorted(state.carrying.items()):
        for contract_id, suspended in sorted(carrying.suspense.positions.items()):
            venue_id = state.contracts[contract_id].product.venue_id
            beside = side_nodes(carrying_id, venue_id, carrying.account.holder_id)
            path = (state.master.master_account_id, *beside)
            longs, shorts = suspended.long_lots, suspended.short_lots
            yield HeldLots(path, contract_id, carrying.is_gross, longs, shorts)


def _working(state: "DeskState") -> Working:
    works: Working = Counter()
    for envelope in state.risk.envelopes.open.values():
        for line in envelope.lines if envelope.cover is None else ():
            works[line.sub.sub_account_id, *line.key, envelope.side, False] += envelope.unused_lots
    for sub_id, sub in state.subs.items():
        for order in sub.working.values():
            terms = order.terms
            place = (sub_id, terms.carrying_account_id, terms.contract_id)
            closes = terms.offset not in (Offset.NET, Offset.OPEN)
            works[*place, terms.side, closes] += order.needed_lots
    for block in state.blocks.values():
        closes = block.offset not in (Offset.NET, Offset.OPEN)
        for leg, received in zip(block.legs, block.received, strict=True):
            place = (leg.sub_account_id, block.carrying_account_id, block.contract_id)
            works[*place, block.side, closes] += max(0, leg.quantity_lots - received)
    return works


def _covers(row: ExposureLimit, contract: "ContractState") -> bool:
    product_id = contract.product.product_id
    if row.product_ids:
        return product_id in row.product_ids
    return row.scope_id in ("*", product_id, contract.contract.contract_id)


def _weights(
    state: "DeskState", row: ExposureLimit, root: ExposureLimit, contract: "ContractState"
) -> Weights:
    def stated(field: str) -> int:
        own = getattr(row, field)
        return int(getattr(root, field) if own is None else own)

    betas, beta_ppm = state.risk.exposures.betas, None
    index = row.beta_index or root.beta_index or ""
    for scope_id in (contract.contract.contract_id, contract.product.product_id):
        beta = betas.get((index, scope_id))
        if beta is not None:
            is_young = state.time_ns - beta.as_of_ns <= stated("beta_age_ns_max")
            beta_ppm = beta.beta_ppm if is_young else None
            break
    floor = floor_micros(contract.product, stated("floor_ticks"))
    return weights(_lot(state, contract), floor, beta_ppm, stated("beta_unknown_ppm"))


def _lot(state: "DeskState", contract: "ContractState") -> LotValue:
    margin = contract.requirement_per_lot
    if contract.is_span_margined:
        margin = span_lot_micros(state, contract)
    for rate in contract.rate_rows.values():
        for picos in (rate.long_picos, rate.short_picos):
            margin = max(margin, -(-picos // 1_000_000))
    underlying_id = contract.contract.underlying_id
    underlying = None if underlying_id is None else state.contracts[underlying_id].mark_nanos
    is_option = contract.product.option is not None
    return lot_value(
        contract.product,
        contract.contract,
        contract.mark_nanos,
        delta_ppm=delta_ppm_of(state, contract) if is_option else None,
        underlying_nanos=underlying,
        margin_micros=margin,
    )
