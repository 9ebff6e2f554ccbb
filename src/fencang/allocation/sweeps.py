"""Sweeps: which wires and conversions bring balances to their stated targets.

Only accounts and currencies with a target take part.  First cash of the same currency moves from
where there is more than the target to where there is less; what is still short is bought at its own
carrying account with another currency's surplus there.  Everything goes in sorted order, so that
the same balances give the same proposal.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fencang.basics.rounding import divide_ceiling, divide_floor

__all__ = ["SweepConversion", "SweepPlace", "SweepWire", "propose_sweeps"]


class SweepPlace(NamedTuple):
    """One balance of one owner with its target, in micros."""

    carrying_account_id: str
    currency: str
    free_micros: int
    """Cash that margin and wires under way do not need, with what is on its way here."""
    target_micros: int
    least_micros: int
    """Smaller amounts are not moved to or from here."""


class SweepWire(NamedTuple):
    """Cash to be wired from one carrying account to another."""

    from_account_id: str
    to_account_id: str
    currency: str
    amount_micros: int


class SweepConversion(NamedTuple):
    """Cash to be exchanged at a carrying account, at the desk's rates."""

    carrying_account_id: str
    sold_currency: str
    sold_micros: int
    bought_currency: str
    bought_micros: int


def propose_sweeps(
    places: Sequence[SweepPlace], rate_nanos: Mapping[str, int]
) -> tuple[list[SweepWire], list[SweepConversion]]:
    """Return the wires, then the conversions, that bring one owner's balances to their targets.

    ``rate_nanos`` values currencies in a common one; those without a rate are not converted.
    No balance is taken below its target or lifted above it.
    """
    ordered = sorted(places)
    surplus = [max(0, place.free_micros - place.target_micros) for place in ordered]
    short = [max(0, place.target_micros - place.free_micros) for place in ordered]
    wires = []
    for to, target in enumerate(ordered):
        for source, giving in enumerate(ordered):
            amount = min(short[to], surplus[source])
            if giving.currency != target.currency or not _is_worth(amount, giving, target):
                continue
            surplus[source] -= amount
            short[to] -= amount
            accounts = (giving.carrying_account_id, target.carrying_account_id)
            wires.append(SweepWire(*accounts, target.currency, amount))
    return wires, _conversions(ordered, surplus, short, rate_nanos)


def _is_worth(amount: int, giving: SweepPlace, target: SweepPlace) -> bool:
    return amount > 0 and amount >= max(giving.least_micros, target.least_micros)


def _conversions(
    ordered: Sequence[SweepPlace],
    surplus: list[int],
    short: list[int],
    rate_nanos: Mapping[str, int],
) -> list[SweepConversion]:
    found = []
    for to, target in enumerate(ordered):
        for source, giving in enumerate(ordered):
            own, other = rate_nanos.get(target.currency, 0), rate_nanos.get(giving.currency, 0)
            here = giving.carrying_account_id == target.carrying_account_id
            if not (here and own and other and short[to] and surplus[source]):
                continue
            # What the surplus buys, rounded down; what that costs, rounded up.
            bought = min(short[to], divide_floor(surplus[source] * other, own))
            sold = divide_ceiling(bought * own, other)
            if bought < max(1, target.least_micros) or sold < giving.least_micros:
                continue
            surplus[source] -= sold
            short[to] -= bought
            found.append(
                SweepConversion(
                    target.carrying_account_id, giving.currency, sold, target.currency, bought
                )
            )
    return found
