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

    def claimable_lots(self, fill: SuspendedFill, *, is_gross: bool) -> int:
        """Return how many lots of an opening fill are still there to be claimed.

        Options in suspense may have been exercised or assigned since: what fills of a contract come
        to beyond the position is gone, whichever fill it came with.
        """
        side, opened, signed = fill.side, 0, 0
        for other in self.fills.values():
            if other.contract_id != fill.contract_id:
                continue
            opens = not other.offset.is_close
            if opens and other.side is side:
                opened += other.quantity_lots
            if not is_gross or opens == (other.side is side):
                signed += other.side.sign * other.quantity_lots
        position = self.position(fill.contract_id)
        held = position.net_lots
        if is_gross:
            held = position.long_lots if side is Side.BUY else -position.short_lots
        gone = max(0, side.sign * (signed - held))
        return min(fill.quantity_lots, opened - gone)
