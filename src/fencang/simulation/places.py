"""The nodes that controls of one seed's desk stand at, and the scopes that they name."""

from fencang.refdata.account import CarryingAccount, SubAccount
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.person import LegalPerson
from fencang.refdata.venue import Venue
from fencang.simulation.desks import MASTER
from fencang.simulation.random import Chance

__all__ = ["Places"]


class Places:
    """The account tree, the nodes beside it, links of carrying accounts to venues, scopes."""

    def __init__(self, items: list[DeskItem]) -> None:
        self.subs = [item for item in items if isinstance(item, SubAccount)]
        self.carrying = [item for item in items if isinstance(item, CarryingAccount)]
        self.contracts = [item.contract_id for item in items if isinstance(item, Contract)]
        products = [item.product_id for item in items if isinstance(item, Product)]
        self.scopes = ["*", *products, *self.contracts]
        self.tree = [MASTER, *(sub.sub_account_id for sub in self.subs)]
        owners = {sub.owner_id: None for sub in self.subs}
        known = [item.person_id for item in items if isinstance(item, LegalPerson)]
        self.persons = [f"person:{person}" for person in known if person in owners]
        venues = [item.venue_id for item in items if isinstance(item, Venue)]
        accounts = [item.carrying_account_id for item in self.carrying]
        self.beside = [
            *(f"carrying:{name}" for name in accounts),
            *(f"venue:{name}" for name in venues),
            *self.persons,
        ]
        self.links = [
            (item.carrying_account_id, venue) for item in self.carrying for venue in item.venues
        ]

    def over(self, sub: SubAccount) -> set[str]:
        """Return the nodes that a sub-account stands under: on the tree, and beside it."""
        parents = {each.sub_account_id: each.parent_id for each in self.subs}
        found = {MASTER, f"person:{sub.owner_id}"}
        node: str | None = sub.sub_account_id
        while node is not None:
            found.add(node)
            node = parents[node]
        for route in sub.routes:
            found |= {f"carrying:{route.carrying_account_id}", f"venue:{route.venue_id}"}
        return found

    def some(self, chance: Chance, most: int, *, root: bool = True) -> list[str]:
        """Return up to ``most`` different nodes of the tree and beside it."""
        nodes = [*self.tree[0 if root else 1 :], *self.beside]
        return list({chance.one_of(nodes): None for _ in range(chance.between(1, most))})
