"""The lane that a command takes in the sequencer's inbox: by the service tier of its book."""

from collections.abc import Iterator

from fencang.gateways.caller import Caller
from fencang.messages.message import Command
from fencang.projections.tables.board import Board
from fencang.refdata.service_tier import ServiceTier

__all__ = ["books_of", "lane_of"]

LANE_MIN, LANE_MAX = 1, 3
"""Lane 0 is the venues' and the desk's own; clients' priority classes begin behind it."""
_OF_BOOK = ("sub_account_id", "from_sub_account_id", "to_sub_account_id", "node_id")


def books_of(command: Command) -> Iterator[str]:
    """Yield the sub-accounts, or the node of the tree, that a command names."""
    for field in _OF_BOOK:
        book_id = getattr(command, field, None)
        if isinstance(book_id, str):
            yield book_id


def lane_of(board: Board, command: Command, caller: Caller) -> int:
    """Return the lane of a command: its book's priority class, or the caller's own lane."""
    book_id = next(books_of(command), None)
    account = None if book_id is None else board.reference.sub_accounts.get(book_id)
    if account is None:
        return caller.lane
    defined = board.definitions.get(ServiceTier.__name__, account.service_tier)
    if defined is None or not isinstance(defined.item, ServiceTier):
        return caller.lane
    return min(LANE_MAX, LANE_MIN + defined.item.priority_class)
