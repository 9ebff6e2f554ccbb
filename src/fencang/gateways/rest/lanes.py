"""The lane that a command takes in the sequencer's inbox: by the service tier of its book.

What cancels or stops goes before every client's orders, whoever sends it and of whatever tier: it
can only make the desk's risk smaller, and it is wanted most when most waits.  It names an order
that was accepted, or stops what is under way too; a mass cancel overtakes orders of the same client
that are not answered yet, and a socket therefore sends it behind its own (`stream/connection.py`).
"""

from collections.abc import Iterator

from fencang.gateways.caller import Caller
from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.commands import CancelOrder
from fencang.messages.connection_commands import StopTrading
from fencang.messages.instruction_commands import CancelInstruction
from fencang.messages.message import Command
from fencang.projections.tables.board import Board
from fencang.refdata.service_tier import ServiceTier

__all__ = ["LANE_AHEAD", "books_of", "lane_of"]

LANE_MIN, LANE_MAX = 1, 3
"""Lane 0 is the venues' and the desk's own; clients' priority classes begin behind it."""
LANE_AHEAD = LANE_MIN
"""The lane of what cancels or stops."""
_AHEAD = (CancelOrder, CancelOrders, CancelInstruction, StopTrading)
_OF_BOOK = ("sub_account_id", "from_sub_account_id", "to_sub_account_id", "node_id")


def books_of(command: Command) -> Iterator[str]:
    """Yield the sub-accounts, or the node of the tree, that a command names."""
    for field in _OF_BOOK:
        book_id = getattr(command, field, None)
        if isinstance(book_id, str):
            yield book_id


def lane_of(board: Board, command: Command, caller: Caller) -> int:
    """Return the lane of a command: ahead, its book's priority class, or the caller's own lane."""
    if isinstance(command, _AHEAD):
        return LANE_AHEAD
    book_id = next(books_of(command), None)
    account = None if book_id is None else board.reference.sub_accounts.get(book_id)
    if account is None:
        return caller.lane
    defined = board.definitions.get(ServiceTier.__name__, account.service_tier)
    if defined is None or not isinstance(defined.item, ServiceTier):
        return caller.lane
    return min(LANE_MAX, LANE_MIN + defined.item.priority_class)
