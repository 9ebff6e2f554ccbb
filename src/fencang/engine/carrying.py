"""Carrying accounts as the engine keeps them: the real book, and the suspense account beside it."""

from fencang.ledger.book import Book, CarryingBook, SignedPosition
from fencang.margin.standing import Standing
from fencang.messages.message import Offset, Side
from fencang.refdata.account import CarryingAccount, PositionMode

__all__ = ["CarryingState", "SuspendedFill", "SuspenseState"]


class CarryingState:
    """A carrying account with its real book and its suspense account."""

    __slots__ = ("account", "book", "is_gross", "suspense")

    def __init__(self, account: CarryingAccount, suspense: "SuspenseState") -> None:
        self.account = account
        self.book = CarryingBook(account.carrying_account_id)
        self.is_gross = account.position_mode is PositionMode.GROSS
        self.suspense = suspense


class SuspendedFill:
    """Lots of one execution that nobody has claimed yet; ``price_nanos`` is what carries them."""

    __slots__ = (
        "contract_id",
        "day",
        "fee_micros",
        "offset",
        "price_nanos",
        "quantity_lots",
        "side",
    )

    def __init__(
        self,
        contract_id: str,
        side: Side,
        offset: Offset,
        quantity_lots: int,
        price_nanos: int,
        fee_micros: int,
        day: int,
    ) -> None:
        self.contract_id = contract_id
        self.side = side
        self.offset = offset
        self.quantity_lots = quantity_lots
        self.price_nanos = price_nanos
        self.fee_micros = fee_micros
        self.day = day


class SuspenseState:
    """The suspense account of one carrying account: cash, positions, unclaimed fills."""

    __slots__ = ("book", "fills", "positions", "standing")

    def __init__(self, book: Book) -> None:
        self.book = book
        self.standing = Standing()
        self.positions: dict[str, SignedPosition] = {}
        self.fills: dict[str, SuspendedFill] = {}

    def position(self, contract_id: str) -> SignedPosition:
        """Return the position in a contract, opening an empty one when there is none."""
        found = self.positions.get(contract_id)
        if found is None:
            found = self.positions[contract_id] = SignedPosition()
        return found
