"""Books: cash per currency and positions.

``Book`` is virtual (a sub-account, an owner's reserve, a suspense account); ``CarryingBook`` is the
real account at the clearing broker.  A virtual position key is (carrying account, contract).
"""

from fencang.ledger.position import Position
from fencang.messages.message import Offset, Side
from fencang.refdata.contract import Product

__all__ = ["Book", "CarryingBook", "SignedPosition", "add_cash", "reserve_id", "suspense_id"]


def reserve_id(person_id: str) -> str:
    """Return the identifier of an owner's reserve; no sub-account can have it."""
    return f"@reserve:{person_id}"


def suspense_id(carrying_account_id: str) -> str:
    """Return the identifier of a carrying account's suspense account."""
    return f"@suspense:{carrying_account_id}"


def add_cash(cash: dict[str, int], currency: str, amount_micros: int) -> None:
    """Add an amount to the balance of its currency."""
    cash[currency] = cash.get(currency, 0) + amount_micros


class Book:
    """One virtual book: cash per currency, fees paid per currency, positions with their lots."""

    __slots__ = ("book_id", "cash", "fees", "owner_id", "positions")

    def __init__(self, book_id: str, owner_id: str) -> None:
        self.book_id = book_id
        self.owner_id = owner_id
        self.cash: dict[str, int] = {}
        self.fees: dict[str, int] = {}
        self.positions: dict[tuple[str, str], Position] = {}

    def pay_fee(self, currency: str, fee_micros: int) -> None:
        """Pay a fee out of cash."""
        add_cash(self.cash, currency, -fee_micros)
        add_cash(self.fees, currency, fee_micros)


class SignedPosition:
    """A position as a venue counts it: lots without cost, possibly negative per side.

    A net account keeps its signed sum in ``long_lots``.  A suspense account may owe lots: a close
    that nobody claims lowers a side below zero until somebody is found.
    """

    __slots__ = ("carried_micros", "long_lots", "short_lots")

    def __init__(self) -> None:
        self.long_lots = 0
        self.short_lots = 0
        self.carried_micros = 0

    @property
    def net_lots(self) -> int:
        """Return long minus short lots."""
        return self.long_lots - self.short_lots

    @property
    def is_flat(self) -> bool:
        """Return whether both sides are empty and nothing is carried."""
        return not (self.long_lots or self.short_lots or self.carried_micros)

    def trade(
        self, product: Product, side: Side, offset: Offset, quantity_lots: int, price_nanos: int
    ) -> int:
        """Book a venue fill; return the cash that moves at once, a premium."""
        signed = side.sign * quantity_lots
        value = product.value_micros(price_nanos, signed)
        if not product.pays_premium:
            self.carried_micros += value
        if offset is Offset.NET:
            self.long_lots += signed
        elif (offset is Offset.OPEN) == (side is Side.BUY):
            # Opening buys raise the long side, closing sells lower it.
            self.long_lots += signed
        else:
            self.short_lots -= signed
        return -value if product.pays_premium else 0

    def variation(self, product: Product, price_nanos: int, *, is_final: bool = False) -> int:
        """Return what a settlement at a price pays: nothing where cash moves at another time."""
        if not product.pays_variation(is_final=is_final):
            return 0
        return product.value_micros(price_nanos, self.net_lots) - self.carried_micros

    def settle(self, product: Product, price_nanos: int, *, is_final: bool = False) -> int:
        """Carry the position at the settlement price; return the variation it is paid."""
        variation = self.variation(product, price_nanos, is_final=is_final)
        self.carried_micros += variation
        return variation


class CarryingBook:
    """Cash per owner and currency, and positions per contract, of one carrying account.

    An omnibus account keeps its owners' cash apart: one owner's cash never pays for another.
    """

    __slots__ = ("carrying_account_id", "cash", "positions")

    def __init__(self, carrying_account_id: str) -> None:
        self.carrying_account_id = carrying_account_id
        self.cash: dict[tuple[str, str], int] = {}
        """(owner, currency) → micros."""
        self.positions: dict[str, SignedPosition] = {}

    def add_cash(self, owner_id: str, currency: str, amount_micros: int) -> None:
        """Add to an owner's part of the balance."""
        key = (owner_id, currency)
        self.cash[key] = self.cash.get(key, 0) + amount_micros

    def cash_of(self, owner_id: str, currency: str) -> int:
        """Return an owner's part of the balance."""
        return self.cash.get((owner_id, currency), 0)

    def position(self, contract_id: str) -> SignedPosition:
        """Return the position in a contract, opening an empty one when there is none."""
        found = self.positions.get(contract_id)
        if found is None:
            found = self.positions[contract_id] = SignedPosition()
        return found
