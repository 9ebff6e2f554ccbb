"""What a caller may see and touch: the node of its key and everything below it."""

from fencang.gateways.rest.operation import Call
from fencang.gateways.rest.problem import Refused
from fencang.projections.tables.board import Board

__all__ = ["EVERYBODYS", "is_under", "require_book", "require_common", "sees", "sees_book"]

EVERYBODYS = frozenset({"prices"})
"""Tables that belong to no book and are shown to every key, whatever sub-tree binds it."""


def is_under(board: Board, book_id: str, node_id: str) -> bool:
    """Return whether a book is a node of the account tree or stands under it."""
    subs = board.reference.sub_accounts
    if node_id in board.reference.masters:
        return True
    current: str | None = book_id
    for _ in range(len(subs) + 1):
        if current is None or current == node_id:
            return current is not None
        found = subs.get(current)
        current = found.parent_id if found is not None else None
    return False


def sees(board: Board, sub_tree: str, book_id: str | None) -> bool:
    """Return whether a key reaches a row: without a sub-tree all, else what stands under it.

    ``book_id`` is None for rows that belong to no book; suspense ("") is under nobody's node.
    """
    return not sub_tree or book_id is None or is_under(board, book_id, sub_tree)


def sees_book(call: Call, book_id: str | None) -> bool:
    """Return whether a caller's key reaches a book."""
    return sees(call.desk.board, call.caller.sub_tree, book_id)


def require_common(sub_tree: str, what: str, *, is_of_books: bool) -> None:
    """Refuse a key that is bound to a node what belongs to no book, but for market prices.

    Raises:
        Refused: it is bound, and this is the whole desk's.
    """
    if sub_tree and not is_of_books and what not in EVERYBODYS:
        raise Refused.of(403, "outside-sub-tree", f"{what} are of the whole desk, this key is not")


def require_book(call: Call, book_id: str) -> None:
    """Refuse what is outside a caller's sub-tree; whether it exists is not told.

    Raises:
        Refused: it is.
    """
    if not sees_book(call, book_id):
        raise Refused.of(403, "outside-sub-tree", f"this key does not reach {book_id}")
