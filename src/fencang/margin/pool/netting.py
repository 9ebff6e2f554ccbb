"""Netting sets: one legal person, one carrying account, one clearing house, and nothing wider.

An omnibus account is gross by owner: each owner in it is a netting set of its own, with its own
collateral, and one owner's cash or excess never supports another.  An owner other than the holder
of an account that is not omnibus is refused: it must be declared.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fencang.margin.method import MarginRefused, Positions, pooled
from fencang.margin.span.frozen import Frozen
from fencang.margin.span.portfolio import Lots
from fencang.refdata.account import CarryingAccount

__all__ = ["Holding", "NettingKey", "NettingSet", "netting_sets"]


class NettingKey(NamedTuple):
    """What positions must share to net."""

    person: str
    carrying_account: str
    clearing_house: str


class Holding(Frozen):
    """One sub-account's positions in one carrying account at one clearing house.

    The suspense account is a sub-account like others: nothing is left out of a pool.
    """

    sub_account: str
    owner: str
    carrying_account: str
    clearing_house: str
    positions: Positions


class NettingSet(Frozen):
    """The books that net, by sub-account."""

    key: NettingKey
    books: Mapping[str, Positions]

    @property
    def positions(self) -> dict[str, Lots]:
        """Return the pool: long and short lots of all books added apart."""
        return pooled(self.books.values())


def netting_sets(
    holdings: Iterable[Holding], accounts: Iterable[CarryingAccount]
) -> tuple[NettingSet, ...]:
    """Return the netting sets in the order of their keys; holdings of one book add up.

    Raises:
        MarginRefused: unknown carrying accounts and undeclared owners, all of them.
    """
    known = {account.carrying_account_id: account for account in accounts}
    faults: list[str] = []
    sets: dict[NettingKey, dict[str, Positions]] = {}
    for holding in holdings:
        account = known.get(holding.carrying_account)
        if account is None:
            faults.append(
                f"{holding.sub_account}: carrying account {holding.carrying_account} is unknown"
            )
            continue
        if holding.owner != account.holder_id and not account.omnibus:
            faults.append(
                f"{holding.sub_account}: owner {holding.owner} is not {account.holder_id}, the "
                f"holder of {holding.carrying_account}, which is not declared omnibus"
            )
            continue
        key = NettingKey(holding.owner, holding.carrying_account, holding.clearing_house)
        books = sets.setdefault(key, {})
        held = books.get(holding.sub_account, {})
        books[holding.sub_account] = pooled((held, holding.positions))
    if faults:
        raise MarginRefused(faults)
    return tuple(NettingSet(key=key, books=sets[key]) for key in sorted(sets))
