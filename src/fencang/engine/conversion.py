"""A contract that became another one: its successor, and how lots and prices carry over."""

from typing import NamedTuple

from fencang.basics.price import NANOS
from fencang.engine.accounts import ContractState

__all__ = ["Conversion", "ended_words", "living"]


class Conversion(NamedTuple):
    """``new_lots`` for every ``old_lots``, prices times numerator over denominator; since a day.

    Worked number, a multiplier that is halved: CL of 1,000 barrels at 20.00 becomes a contract of
    500 barrels: 2 lots for 1, prices stay, 1/1.
    """

    successor: ContractState
    day: int
    new_lots: int
    old_lots: int
    price_numerator: int
    price_denominator: int

    def lots(self, lots: int) -> int | None:
        """Return lots of the successor, None where they are not whole."""
        found, rest = divmod(lots * self.new_lots, self.old_lots)
        return None if rest else found

    def price(self, price_nanos: int) -> int | None:
        """Return a price of the successor, None where a lot is not worth whole micros at it."""
        price, rest = divmod(price_nanos * self.price_numerator, self.price_denominator)
        if rest or price * self.successor.product.point_value_micros % NANOS:
            return None
        return price


def living(contract: ContractState) -> ContractState:
    """Return what a contract is now: itself, or the last of its successors."""
    while contract.conversion is not None:
        contract = contract.conversion.successor
    return contract


def ended_words(contract: ContractState) -> str:
    """Return how a contract that takes nothing more has ended."""
    name = contract.contract.contract_id
    if contract.conversion is None:
        return f"{name} has expired"
    return f"{name} was converted into {contract.conversion.successor.contract.contract_id}"
