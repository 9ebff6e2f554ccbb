"""What a caller may see and touch: the node of its key and everything below it."""

from collections.abc import Iterator

from fencang.gateways.rest.lanes import books_of
from fencang.gateways.rest.operation import Call
from fencang.gateways.rest.problem import Refused
from fencang.messages.commands import ConvertCurrency, TransferCapital
from fencang.messages.envelope_commands import CloseEnvelope
from fencang.messages.events import AnyEvent
from fencang.messages.message import Command
from fencang.messages.record import Record
from fencang.projections.tables.board import Board
from fencang.refdata.api_key import ApiKey
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.service_tier import ServiceTier
from fencang.refdata.venue import Venue

__all__ = [
    "EVERYBODYS",
    "is_of_books",
    "is_under",
    "reach_of",
    "require_book",
    "require_common",
    "sees",
    "sees_book",
    "sees_item",
    "told_to",
]

EVERYBODYS = frozenset({"prices"})
"""Tables that belong to no book and are shown to every key, whatever sub-tree binds it."""

_MARKET = (Contract, Product, Venue)
"""Kinds of reference values that say what can be traded, and are shown to every key."""
_ITEM_FIELDS = ("node_id", "sub_account_id", "to_sub_account_id")
"""Fields of a reference value that name the node or book it is about."""


_BOOK_FIELDS = (
    "sub_account_id",
    "book_id",
    "from_book_id",
    "to_book_id",
    "from_sub_account_id",
    "to_sub_account_id",
    "node_id",
)


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


def reach_of(board: Board, command: Command) -> list[tuple[str, str]]:
    """Return the books that a command reaches, each with the words that the request has for it.

    Empty where it is about the whole desk: definitions, drafts, plans, which move the capital of a
    pool, cash of owners, prices, and fills, which touch every book that had them.  An envelope says
    by its number alone whose it is; a reserve is under nobody's node, as is what is not known.
    """
    match command:
        case CloseEnvelope(envelope_id=number):
            return [(board.envelopes.book_of(number) or "", f"envelope {number}")]
        case TransferCapital(from_sub_account_id=None, to_sub_account_id=str(receiver)):
            return [("", "the reserve"), (receiver, receiver)]
        case ConvertCurrency(book_id=book_id):
            return [(book_id, book_id)]
        case _:
            return [(book_id, book_id) for book_id in books_of(command)]


def require_book(call: Call, book_id: str, named: str = "") -> None:
    """Refuse what is outside a caller's sub-tree; whether it exists is not told, nor whose it is.

    Raises:
        Refused: it is.
    """
    if not sees_book(call, book_id):
        raise Refused.of(403, "outside-sub-tree", f"this key does not reach {named or book_id}")


def told_to(board: Board, sub_tree: str, record: Record) -> tuple[AnyEvent, ...]:
    """Return the events of a record that a caller who entered its command may be told.

    One record may hold what became due with it for others: instructions of their day, the next
    cancels of somebody's mass cancel, cuts of a rule.  A bound key is told events that name books
    within its node, and those of orders that its command, or such an event, names.
    """
    if not sub_tree:
        return record.events
    orders = {getattr(record.command, "order_id", None)}
    told: list[AnyEvent] = []
    for event in record.events:
        books = [book for name in _BOOK_FIELDS if (book := getattr(event, name, None)) is not None]
        order_id = getattr(event, "order_id", None)
        if books and all(is_under(board, book, sub_tree) for book in books):
            orders.add(order_id)
        elif books or order_id is None or order_id not in orders:
            continue
        told.append(event)
    return tuple(told)


def is_of_books(kind: type[DeskItem]) -> bool:
    """Return whether values of a kind may be shown to a key that is bound to a node."""
    if kind is ApiKey:
        return False
    is_of_all = kind in _MARKET or kind is ServiceTier
    return is_of_all or any(name in kind.__struct_fields__ for name in _ITEM_FIELDS)


def sees_item(board: Board, sub_tree: str, item: DeskItem) -> bool:
    """Return whether a key reaches a reference value.

    Bound to a node it sees what can be traded, the accounts under the node, what is stated for
    nodes under it and for no other, and the service tiers of its accounts.
    """
    if not sub_tree or isinstance(item, _MARKET):
        return True
    if not is_of_books(type(item)):
        return False
    if isinstance(item, ServiceTier):
        accounts = board.reference.sub_accounts.values()
        theirs = (each for each in accounts if each.service_tier == item.tier_id)
        return any(is_under(board, each.sub_account_id, sub_tree) for each in theirs)
    books = list(_books_of(item))
    return bool(books) and all(is_under(board, book_id, sub_tree) for book_id in books)


def _books_of(item: DeskItem) -> Iterator[str]:
    for name in _ITEM_FIELDS:
        book_id = getattr(item, name, "")
        if book_id:
            yield book_id
