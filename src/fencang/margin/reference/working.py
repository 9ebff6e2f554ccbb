"""The worst scan risk that any subset of working orders could bring, per combined commodity.

Each order may fill or not, so in a scenario it is filled where it loses and left where it gains:
``max over s of (Σ lots · value_s + Σ max(0, q_i · value_i,s))``, exact for any subset
of fills, and one more order is one more vector to add.  Orders earn no credit against each other.
"""

from collections.abc import Iterable

from fencang.margin.reference.deltas import tier_of_month
from fencang.margin.reference.gross import gross_scan_risk
from fencang.margin.reference.positions import Position, contract_of, positions_of, replaced
from fencang.margin.reference.requirement import open_book
from fencang.margin.span.parameters import SpanParameters
from fencang.margin.span.portfolio import Lots, Portfolio

__all__ = ["worst_scan"]


def worst_scan(
    parameters: SpanParameters, portfolio: Portfolio, working: Iterable[tuple[int, int]]
) -> dict[str, int]:
    """Return the worst scan risk in micros by code of combined commodity, in the set's order.

    Of one commodity (and scan tier) this is exact: the greatest scan risk over all subsets of the
    orders, wholly filled or not (a part of an order never loses more in a scenario than the greater
    of none and all).  Orders in combinations fill with all legs; where the legs lie in several
    commodities or tiers, each is counted at its own worst.

    Args:
        parameters: the set.
        portfolio: the positions.
        working: row and lots of each order, above zero to buy, below to sell.  In a gross account
            all orders open.

    Raises:
        MarginRefused: lots of a combination do not make whole lots of its legs (P2).
    """
    orders = [_order_positions(parameters, row, lots) for row, lots in working]
    positions = positions_of(parameters, portfolio)
    if portfolio.is_gross:
        return _worst_gross(parameters, (*positions, *(leg for order in orders for leg in order)))
    sums = _tier_sums(parameters, positions)
    for order in orders:
        for place, vector in _tier_sums(parameters, order).items():
            total = sums.setdefault(place, [0] * len(vector))
            for scenario, loss in enumerate(vector):
                total[scenario] += max(0, loss)
    worst: dict[str, int] = {}
    for terms in parameters.commodities:
        tiers = [vector for (code, _), vector in sums.items() if code == terms.code]
        if tiers:
            worst[terms.code] = sum(max(0, *vector) for vector in tiers) * terms.risk_unit_micros
    return worst


def _order_positions(parameters: SpanParameters, row: int, lots: int) -> tuple[Position, ...]:
    side = Lots(max(lots, 0), max(-lots, 0))
    return tuple(
        Position(contract_of(parameters, leg), held)
        for leg, held in sorted(replaced(parameters, {row: side}).items())
    )


def _tier_sums(
    parameters: SpanParameters, positions: Iterable[Position]
) -> dict[tuple[str, int], list[int]]:
    """S1: sums of lots times value per scenario, in risk units, by commodity and scan tier."""
    tiers_of = {terms.code: terms.scan_tiers for terms in parameters.commodities}
    sums: dict[tuple[str, int], list[int]] = {}
    for contract, lots in positions:
        tier = tier_of_month(tiers_of[contract.commodity], contract.month)
        place = (contract.commodity, tier.number if tier else 0)
        total = sums.setdefault(place, [0] * len(contract.values))
        for scenario, value in enumerate(contract.values):
            total[scenario] += lots.net * value
    return sums


def _worst_gross(parameters: SpanParameters, positions: Iterable[Position]) -> dict[str, int]:
    """G1: sides never offset, so every opening order adds its own worst."""
    book = open_book(parameters, positions)
    return {code: gross_scan_risk(commodity) for code, commodity in book.commodities.items()}
