"""The substitutes that mandates name, and how markets move."""

from fencang.limits.substitution import Moves
from fencang.refdata.substitute import Substitute

__all__ = ["Substitutes"]


class Substitutes:
    """Rows by identifier; what was reported of moves is primary state."""

    __slots__ = ("_of", "moves", "rows")

    def __init__(self) -> None:
        self.rows: dict[str, Substitute] = {}
        self.moves = Moves()
        self._of: dict[tuple[str, str], tuple[Substitute, ...]] = {}

    def set(self, row: Substitute) -> None:
        """Set or replace a substitute."""
        self.rows[row.substitute_id] = row
        self._of.clear()

    def all(self) -> list[Substitute]:
        """Return every substitute, by identifier."""
        return [self.rows[key] for key in sorted(self.rows)]

    def of(self, sub_account_id: str, scope_ids: tuple[str, ...]) -> tuple[Substitute, ...]:
        """Return the substitutes for a sub-account's orders in a contract, in their order."""
        key = (sub_account_id, scope_ids[0])
        found = self._of.get(key)
        if found is None:
            found = self._of[key] = tuple(
                row
                for row in self.all()
                if row.node_id == sub_account_id and row.scope_id in scope_ids and row.cap_lots
            )
        return found
