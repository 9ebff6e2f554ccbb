"""What a caller may see and touch: the node of its key and everything below it."""

from fencang.gateways.rest.operation import Call
from fencang.gateways.rest.problem import Refused
from fencang.projections.tables.board import Board

__all__ = ["is_under", "require_book", "sees_book"]


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


def sees_book(call: Call, book_id: str) -> bool:
    """Return whether a caller's key reaches a book; one without a sub-tree reaches all."""
    return not call.caller.sub_tree or is_under(call.desk.board, book_id, call.caller.sub_tree)


def require_book(call: Call, book_id: str) -> None:
    """Refuse what is outside a caller's sub-tree; whether it exists is not told.

    Raises:
        Refused: it is.
    """
    if not sees_book(call, book_id):
        raise Refused.of(403, "outside-sub-tree", f"this key does not reach {book_id}")
