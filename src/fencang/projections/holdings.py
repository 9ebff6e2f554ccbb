"""Lots and unpaid variation of one book in one contract at one carrying account.

Carried value is what the lots cost up to the last settlement: trades enter at their price, each
settlement replaces it by the settlement value and pays the difference.  Worked number, CL: 2 lots
bought at 50.00 carry USD 100,000; at a mark of 49.00 USD -2,000 are unpaid.
"""

from dataclasses import dataclass

from fencang.messages.message import Offset, Side
from fencang.refdata.contract import Product

__all__ = ["Holding"]


@dataclass(slots=True)
class Holding:
    """Long and short lots apart; in a net book one of them is always 0."""

    long_lots: int = 0
    short_lots: int = 0
    carried_micros: int = 0

    @property
    def net_lots(self) -> int:
        """Return long less short lots."""
        return self.long_lots - self.short_lots

    @property
    def is_flat(self) -> bool:
        """Return whether nothing is left, neither lots nor unpaid value."""
        return not (self.long_lots or self.short_lots or self.carried_micros)

    def trade(
        self, product: Product, side: Side, offset: Offset, quantity_lots: int, price_nanos: int
    ) -> int:
        """Take in lots at a price; a negative quantity takes the same trade back.

        Return the cash that moves at once, a premium: what was paid whole carries nothing.
        """
        value = side.sign * product.value_micros(price_nanos, quantity_lots)
        if not product.pays_premium:
            self.carried_micros += value
        buys = side is Side.BUY
        if offset is Offset.NET:
            net = self.net_lots + side.sign * quantity_lots
            self.long_lots, self.short_lots = max(net, 0), max(-net, 0)
        elif (offset is Offset.OPEN) == buys:
            self.long_lots += quantity_lots if buys else -quantity_lots
        else:
            self.short_lots += -quantity_lots if buys else quantity_lots
        return -value if product.pays_premium else 0

    def move(self, side: Side, quantity_lots: int, value_micros: int, *, is_net: bool) -> None:
        """Take in lots of a side for a value; negative lots and value give them away."""
        self.carried_micros += side.sign * value_micros
        if is_net:
            net = self.net_lots + side.sign * quantity_lots
            self.long_lots, self.short_lots = max(net, 0), max(-net, 0)
        elif side is Side.BUY:
            self.long_lots += quantity_lots
        else:
            self.short_lots += quantity_lots

    def converted(self, new_lots: int, old_lots: int) -> "Holding":
        """Return the same value in lots of a successor, ``new_lots`` for every ``old_lots``."""
        longs, shorts = (
            self.long_lots * new_lots // old_lots,
            self.short_lots * new_lots // old_lots,
        )
        return Holding(longs, shorts, self.carried_micros)

    def unpaid_micros(self, product: Product, price_nanos: int) -> int:
        """Return profit at this price that no cash has moved for: none once a premium was paid."""
        if product.pays_premium:
            return 0
        return product.value_micros(price_nanos, self.net_lots) - self.carried_micros

    def settle(self, product: Product, price_nanos: int, *, is_final: bool = False) -> None:
        """Carry the lots at the settlement price from here on, where a settlement moves cash."""
        if product.pays_variation(is_final=is_final):
            self.carried_micros = product.value_micros(price_nanos, self.net_lots)
