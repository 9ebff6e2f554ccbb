"""Events of a contract's life: positions that are rolled, contracts that the exchange changes."""

from datetime import date

from fencang.messages.message import Event, Side

__all__ = [
    "ContractConverted",
    "ConvertedAccount",
    "ConvertedBook",
    "LifeEvent",
    "RollDone",
    "RollStarted",
]


class RollStarted(Event, tag="RollStarted.1"):
    """A roll passed every check; its two orders follow and carry its identifier.

    ``side`` is that of the lots that move: BUY for long ones.
    """

    roll_id: int
    sub_account_id: str
    client_roll_id: str
    carrying_account_id: str
    from_contract_id: str
    to_contract_id: str
    side: Side
    quantity_lots: int
    near_order_id: int
    far_order_id: int


class RollDone(Event, tag="RollDone.1"):
    """No leg of a roll works any more; told again when a fill comes late.

    Averages are those of the lots that reached the sub-account, rounded half away from zero, None
    without any; ``difference_nanos`` is far less near, None while a leg has none.
    ``imbalance_lots`` is far less near: below zero more was closed than opened.
    """

    roll_id: int
    sub_account_id: str
    near_lots: int
    far_lots: int
    near_average_nanos: int | None
    far_average_nanos: int | None
    difference_nanos: int | None
    imbalance_lots: int


class ConvertedBook(Event):
    """One virtual book's lots in the old contract, which became lots of the new one.

    What they cost and what carries them moves with them; a flat book may still carry value.
    """

    book_id: str
    carrying_account_id: str
    long_lots: int
    short_lots: int
    new_long_lots: int
    new_short_lots: int


class ConvertedAccount(Event):
    """The same of a carrying account; a net account has its signed lots on the long side."""

    carrying_account_id: str
    long_lots: int
    short_lots: int
    new_long_lots: int
    new_short_lots: int


class ContractConverted(Event, tag="ContractConverted.1"):
    """A contract became another one, in every book and account at once; no cash moves.

    ``mark_nanos`` and ``settlement_nanos`` are prices that the successor takes over, None where it
    has its own or the old contract has none.
    """

    from_contract_id: str
    to_contract_id: str
    trading_day: date
    new_lots: int
    old_lots: int
    price_numerator: int
    price_denominator: int
    mark_nanos: int | None
    settlement_nanos: int | None
    carrying: tuple[ConvertedAccount, ...]
    books: tuple[ConvertedBook, ...]
    source: str
    reason: str
    approved_by: str

    def price(self, price_nanos: int) -> int | None:
        """Return a price of the old contract as one of the successor, None where it is no nano."""
        price, rest = divmod(price_nanos * self.price_numerator, self.price_denominator)
        return None if rest else price


LifeEvent = RollStarted | RollDone | ContractConverted
