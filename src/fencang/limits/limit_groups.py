"""The groups of products and contracts that position limits count together, by what is in them."""

from fencang.refdata.limit_group import LimitGroup

__all__ = ["LimitGroups"]


class LimitGroups:
    """All groups of a desk."""

    __slots__ = ("_holding", "rows")

    def __init__(self) -> None:
        self.rows: dict[str, LimitGroup] = {}
        self._holding: dict[tuple[str, str], tuple[tuple[str, int], ...]] = {}

    def set(self, group: LimitGroup) -> None:
        """Define or replace a group."""
        self.rows[group.group_id] = group
        self._holding.clear()

    def all(self) -> list[LimitGroup]:
        """Return every group, by identifier."""
        return [self.rows[key] for key in sorted(self.rows)]

    def holding(self, contract_id: str, product_id: str) -> tuple[tuple[str, int], ...]:
        """Return the groups that a contract counts in, and what one lot of it counts in each."""
        key = contract_id, product_id
        found = self._holding.get(key)
        if found is None:
            ratios = ((group.group_id, group.ratio_of(*key)) for group in self.all())
            found = self._holding[key] = tuple(each for each in ratios if each[1])
        return found
